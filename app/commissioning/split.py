"""Which funds pay for a request, and why each of them does or does not. Pure: facts in, a proposal out, whole pence.

The rule: funds whose restrictions and dates fit, the most restricted and soonest-ending first, each up to what it has left,
no funder beyond its ceiling for this child in this school year. Taking in that order finds the most money there is (funds
within funders are nested limits), so a shortfall is never the order's fault.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from flask_babel import gettext as _

from app.shared.money import pounds, split
from app.shared.view import full_date, sentence_list

_OUTCODE_LETTERS = re.compile(r"^[A-Z]+")


@dataclass(frozen=True)
class FundFacts:
    """One fund: its limits, and the pence in it that may be used. An empty limit limits nothing; both days are included."""

    id: uuid.UUID
    name: str
    funder: str
    left: int
    starts_on: date
    ends_on: date
    school_id: uuid.UUID | None = None
    school_name: str = ""
    ward: str = ""
    postcode_area: str = ""
    year_from: int | None = None
    year_to: int | None = None
    gender: str = ""
    need_area: str = ""
    is_closed: bool = False

    @property
    def restrictions(self) -> int:
        return sum((
            self.school_id is not None, bool(self.ward), bool(self.postcode_area),
            self.year_from is not None or self.year_to is not None, bool(self.gender), bool(self.need_area),
        ))


@dataclass(frozen=True)
class Purpose:
    """Who and what the money is for. `year_group` is None where it is not known; the days are those of the sessions."""

    need_area: str
    first_on: date
    last_on: date
    school_id: uuid.UUID | None = None
    ward: str = ""
    postcode_area: str = ""
    year_group: int | None = None
    gender: str = ""


@dataclass(frozen=True)
class Ceiling:
    """No funder gives this child's school year more than `cap`. `used` is what each has promised or paid already."""

    percent: int
    cap: int
    used: Mapping[str, int] = field(default_factory=dict)

    def room(self, funder: str) -> int:
        return max(0, self.cap - self.used.get(funder, 0))


@dataclass(frozen=True)
class Part:
    """One fund's line: what it gives (nil for a fund that is not used), and why. `could` is what it had left when asked."""

    fund: FundFacts
    pence: int
    why: str
    could: int = 0


@dataclass(frozen=True)
class Proposal:
    """The split of `total`. `parts` are all funds, those that pay first; `over` names funders beyond the ceiling."""

    total: int
    parts: tuple[Part, ...]
    over: tuple[str, ...] = ()

    @property
    def paying(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.pence)

    @property
    def found(self) -> int:
        return sum(part.pence for part in self.parts)

    @property
    def shortfall(self) -> int:
        return self.total - self.found

    @property
    def is_complete(self) -> bool:
        return self.shortfall == 0

    @property
    def left_words(self) -> str:
        """"£300 left"."""
        return _("%(amount)s left", amount=pounds(self.found))

    @property
    def needs_override(self) -> bool:
        return bool(self.over)


def propose(total: int, funds: Sequence[FundFacts], purpose: Purpose, ceiling: Ceiling, *, past_ceiling: bool = False) -> Proposal:
    """Split `total` pence. With `past_ceiling`, what is still missing at the ceiling is taken beyond it (a named override)."""
    if total < 0:
        raise ValueError("a price is never below nil")
    ordered = in_order(funds)
    misfits = {fund.id: misfit(fund, purpose) for fund in ordered}
    given: dict[uuid.UUID, int] = dict.fromkeys(misfits, 0)
    by_funder: dict[str, int] = {}
    missing = total
    for unlimited in (False, True) if past_ceiling else (False,):
        for fund in ordered:
            if misfits[fund.id]:
                continue
            room = missing if unlimited else ceiling.room(fund.funder) - by_funder.get(fund.funder, 0)
            taken = max(0, min(missing, fund.left - given[fund.id], room))
            given[fund.id] += taken
            by_funder[fund.funder] = by_funder.get(fund.funder, 0) + taken
            missing -= taken
    parts = [
        Part(fund, given[fund.id], misfits[fund.id] or _why(fund, given[fund.id], missing, ceiling, by_funder), fund.left)
        for fund in ordered
    ]
    over = tuple(sorted(f for f, pence in by_funder.items() if pence > ceiling.room(f)))
    return Proposal(total, tuple(sorted(parts, key=lambda part: part.pence == 0)), over)


def in_order(funds: Sequence[FundFacts]) -> list[FundFacts]:
    """The most restricted first, then the one that ends soonest; the name settles the rest, so that the answer is always the same."""
    return sorted(funds, key=lambda fund: (-fund.restrictions, fund.ends_on, fund.name, fund.id))


def misfit(fund: FundFacts, purpose: Purpose) -> str:
    """Why this fund may not pay for this, in a sentence; "" when it may."""
    return _misfit_of_child(fund, purpose) or _misfit_of_days(fund, purpose)


def _misfit_of_child(fund: FundFacts, purpose: Purpose) -> str:
    if fund.is_closed:
        return _("This fund is closed.")
    if fund.school_id is not None and fund.school_id != purpose.school_id:
        return _("Only for children at %(school)s.", school=fund.school_name or _("another school"))
    if fund.ward and _plain(fund.ward) != _plain(purpose.ward):
        only = _("Only for children who live in %(ward)s ward.", ward=fund.ward)
        return only if purpose.ward else _("%(only)s We do not know this child's ward.", only=only)
    if fund.postcode_area and not _is_in_area(purpose.postcode_area, fund.postcode_area):
        only = _("Only for children who live in %(area)s.", area=fund.postcode_area)
        return only if purpose.postcode_area else _("%(only)s We do not know this child's postcode area.", only=only)
    if (fund.year_from is not None or fund.year_to is not None) and not _is_in_years(fund, purpose.year_group):
        only = _("Only for %(years)s.", years=_years(fund))
        return only if purpose.year_group is not None else _("%(only)s We do not know this child's year.", only=only)
    if fund.gender and singular(fund.gender) != singular(purpose.gender):
        return _("Only for %(whom)s.", whom=_girls_or_boys(fund))
    if fund.need_area and _plain(fund.need_area) != _plain(purpose.need_area):
        return _("Only for %(area)s needs.", area=fund.need_area.lower())
    return ""


def _misfit_of_days(fund: FundFacts, purpose: Purpose) -> str:
    if fund.ends_on < purpose.first_on:
        return _("It ends on %(day)s, before the first session on %(session)s.", day=full_date(fund.ends_on), session=full_date(purpose.first_on))
    if fund.ends_on < purpose.last_on:
        return _("It ends on %(day)s, before the last session on %(session)s.", day=full_date(fund.ends_on), session=full_date(purpose.last_on))
    if fund.starts_on > purpose.first_on:
        return _("It starts on %(day)s, after the first session on %(session)s.", day=full_date(fund.starts_on), session=full_date(purpose.first_on))
    return ""


def _why(fund: FundFacts, pence: int, missing: int, ceiling: Ceiling, by_funder: Mapping[str, int]) -> str:
    """The reason beside a fund that fits."""
    at_ceiling = by_funder.get(fund.funder, 0) >= ceiling.room(fund.funder)
    if pence == 0:
        if fund.left <= 0:
            return _("Nothing is left in it.")
        if at_ceiling:
            return _(
                "%(funder)s already gives this child's year the %(percent)s%% it may (%(cap)s).",
                funder=fund.funder, percent=ceiling.percent, cap=pounds(ceiling.cap),
            )
        return _("Not needed: the funds above it are spent first.") if not missing else _("Not needed.")
    limits = limits_in_words(fund)
    ends = full_date(fund.ends_on)
    why = _("It is open to every child in the Zone; it ends on %(day)s.", day=ends)
    if limits:
        why = _("It is kept for %(limits)s, so it is spent first; it ends on %(day)s.", limits=limits, day=ends)
    cut = ""
    if pence == fund.left and missing:
        cut = _("All that was left in it is used.")
    elif by_funder.get(fund.funder, 0) > ceiling.room(fund.funder):
        cut = _("This takes %(funder)s past its %(percent)s%% of the child's year.", funder=fund.funder, percent=ceiling.percent)
    elif at_ceiling and pence < fund.left:
        cut = _("More would take %(funder)s past its %(percent)s%% of the child's year.", funder=fund.funder, percent=ceiling.percent)
    return f"{why} {cut}" if cut else why


def limits_in_words(fund: FundFacts) -> str:
    """"girls in Years 4 to 6 at St Aldhelm's with emotional needs"; "" for a fund open to all."""
    if not fund.restrictions:
        return ""
    words = [_girls_or_boys(fund) if fund.gender else _("children")]
    if fund.year_from is not None or fund.year_to is not None:
        words.append(_("in %(years)s", years=_years(fund)))
    if fund.school_id is not None:
        words.append(_("at %(school)s", school=fund.school_name or _("one school")))
    places = [_("%(ward)s ward", ward=fund.ward)] if fund.ward else []
    places += [fund.postcode_area] if fund.postcode_area else []
    if places:
        words.append(_("who live in %(places)s", places=sentence_list(places)))
    if fund.need_area:
        words.append(_("with %(area)s needs", area=fund.need_area.lower()))
    return " ".join(words)


def _girls_or_boys(fund: FundFacts) -> str:
    whom = singular(fund.gender)
    return {"girl": _("girls"), "boy": _("boys")}.get(whom, f"{whom}s")


def year_group(text: str) -> int | None:
    """"Year 5" is 5, "Reception" 0, "Nursery" -1; None for what we cannot read."""
    words = text.strip().lower()
    if words.startswith(("reception", "year r")):
        return 0
    if words.startswith("nursery"):
        return -1
    number = re.search(r"\d+", words)
    return int(number.group()) if number else None


def year_word(group: int) -> str:
    return {-1: _("Nursery"), 0: _("Reception")}.get(group) or _("Year %(number)s", number=group)


def singular(gender: str) -> str:
    """"Girls", "girl" and "GIRL" are one."""
    return _plain(gender).removesuffix("s")


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _is_in_area(area: str, wanted: str) -> bool:
    """"W12" is in "W12" and in "W", not in "W1"."""
    area, wanted = area.strip().upper(), wanted.strip().upper()
    if not any(c.isdigit() for c in wanted):
        letters = _OUTCODE_LETTERS.match(area)
        return letters is not None and letters.group() == wanted
    return area == wanted


def _is_in_years(fund: FundFacts, group: int | None) -> bool:
    if group is None:
        return False
    return (fund.year_from is None or fund.year_from <= group) and (fund.year_to is None or group <= fund.year_to)


def _years(fund: FundFacts) -> str:
    if fund.year_from is None and fund.year_to is not None:
        return _("%(year)s and younger", year=year_word(fund.year_to))
    if fund.year_to is None and fund.year_from is not None:
        return _("%(year)s and older", year=year_word(fund.year_from))
    assert fund.year_from is not None and fund.year_to is not None
    if fund.year_from == fund.year_to:
        return year_word(fund.year_from)
    return _("%(first)s to %(last)s", first=year_word(fund.year_from), last=year_word(fund.year_to))


def part_of_session(remaining: Sequence[int], pence: int) -> list[int]:
    """Take `pence` from what the funds of one commission still have committed, in its proportions.

    Each part is at most what that fund has left, the parts sum exactly, and taking until nothing is left empties every fund:
    no penny is lost over many sessions, whatever was taken before.
    """
    if not 0 <= pence <= sum(remaining):
        raise ValueError("more than is left")
    return split(pence, remaining) if pence else [0] * len(remaining)
