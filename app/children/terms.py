"""The terms of a child's two years: the school's own where it has written them down, else three to a year. Pure but for `terms_of`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _

from app.accounts.models import Term
from app.children.models import Child
from app.shared import clock

SHORTEST, LONGEST = 14, 150
"""Days. A span outside this is no term (a holiday club; a whole year in one piece)."""
HALF = 28


@dataclass(frozen=True)
class PlanTerm:
    """`starts_on` names it for ever, whatever the school calls it later."""

    name: str
    starts_on: date
    ends_on: date

    def is_on(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on


def terms_of(child: Child) -> list[PlanTerm]:
    """Those that touch the child's time with us, in order. Without days of the programme: two years from the day the child was added."""
    return plan_terms(*programme_of(child), child.school.terms if child.school else ())


def programme_of(child: Child) -> tuple[date, date]:
    """First and last day of the two years."""
    begins = child.programme_starts_on or clock.london(child.created_at).date()
    return begins, max(child.programme_ends_on or begins + timedelta(days=728), begins)


def plan_terms(begins: date, ends: date, known: Sequence[Term] = ()) -> list[PlanTerm]:
    """The school's own terms, and ordinary ones for the years in which it has none on record; those of which at least a fortnight lies in
    the programme, for in a few days at its edge nothing is planned."""
    own = sorted(
        (PlanTerm(term.name, term.starts_on, term.ends_on) for term in known if SHORTEST <= (term.ends_on - term.starts_on).days <= LONGEST),
        key=lambda term: term.starts_on,
    )
    years = range(clock.school_year(begins), clock.school_year(ends) + 1)
    covered = {clock.school_year(term.starts_on) for term in own}
    ordinary = [term for year in years if year not in covered for term in _ordinary(year)]
    touched = [term for term in sorted([*own, *ordinary], key=lambda t: t.starts_on) if term.starts_on <= ends and term.ends_on >= begins]
    return [term for term in touched if (min(term.ends_on, ends) - max(term.starts_on, begins)).days >= SHORTEST] or touched


def _ordinary(year: int) -> list[PlanTerm]:
    return [
        PlanTerm(_("Autumn %(year)s", year=year), date(year, 9, 1), date(year, 12, 20)), PlanTerm(_("Spring %(year)s", year=year + 1), date(year + 1, 1, 4), date(year + 1, 4, 1)),
        PlanTerm(_("Summer %(year)s", year=year + 1), date(year + 1, 4, 15), date(year + 1, 7, 22)),
    ]


def half_term_begin(day: date, terms: Sequence[PlanTerm]) -> date:
    """The first day of the half term that `day` lies in; in a holiday, of the last one before it. A term of up to eight weeks is a
    half term itself (schools that count six a year)."""
    term = next((t for t in reversed(terms) if t.starts_on <= day), None)
    if term is None:
        return day
    length = (term.ends_on - term.starts_on).days
    middle = term.starts_on + timedelta(days=length // 2)
    return middle if length > 2 * HALF and day >= middle else term.starts_on
