"""When cohorts meet: slots of an offering, days of a Zone's terms, and London's clock. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import gettext as _

from app.shared import clock

Span = tuple[date, date]
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True)
class ZoneTerms:
    """The terms and closures of each school of a Zone.

    A day is in term when at least half of the schools whose terms are known have one on it (weekends within a term count: a
    Saturday club meets then). Where no terms are known, every day counts as term and none as holiday.
    """

    schools: tuple[tuple[tuple[Span, ...], tuple[Span, ...]], ...] = ()

    def is_term(self, day: date) -> bool:
        knowing = [(terms, closures) for terms, closures in self.schools if _reaches(terms, day)]
        if not knowing:
            return True
        in_term = sum(_inside(day, terms) and not _inside(day, closures) for terms, closures in knowing)
        return 2 * in_term >= len(knowing)


@dataclass(frozen=True)
class SchoolYear:
    """The terms that count for a series, and what the breaks in them are called."""

    terms: ZoneTerms
    names: tuple[tuple[date, date, str], ...] = ()

    def is_term(self, day: date) -> bool:
        return self.terms.is_term(day)

    def holiday(self, day: date) -> str:
        """What the break is called that this day falls in; "" in term."""
        if self.is_term(day):
            return ""
        return next((name for start, end, name in self.names if start <= day <= end), _("School holidays"))


def _reaches(terms: Sequence[Span], day: date) -> bool:
    """Is the day between the first and the last day of the terms on record?"""
    return bool(terms) and min(start for start, _ in terms) <= day <= max(end for _, end in terms)


def _inside(day: date, spans: Sequence[Span]) -> bool:
    return any(start <= day <= end for start, end in spans)


def meetings(
    slots: Sequence[Mapping[str, Any]], terms: ZoneTerms, *, first: date, last: date
) -> Iterator[tuple[datetime, datetime]]:
    """Start and end (UTC) of every meeting from `first` to `last`, both included, in time order.

    A slot says London's wall-clock time, so four o'clock stays four o'clock when the clocks change.
    """
    by_day: dict[int, list[tuple[time, time, str]]] = {}
    for slot in slots:
        if slot["day"] in DAYS:
            by_day.setdefault(DAYS.index(slot["day"]), []).append(
                (time.fromisoformat(slot["start"]), time.fromisoformat(slot["end"]), str(slot.get("season", "term")))
            )
    day = first
    while by_day and day <= last:
        today = by_day.get(day.weekday())
        if today:
            season = "term" if terms.is_term(day) else "holiday"
            for start, end, when in sorted(today):
                if when == season:
                    yield clock.at_london(day, start), clock.at_london(day, end)
        day += timedelta(days=1)


def slot_text(slot: Mapping[str, Any]) -> str:
    """Tue 16:00-17:30 term, as the exchange format writes it."""
    return f"{slot['day']} {slot['start']}-{slot['end']} {slot.get('season', 'term')}"
