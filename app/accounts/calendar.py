"""School days: pure counting over a school's terms and closures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

Span = tuple[date, date]
SATURDAY = 5


@dataclass(frozen=True)
class SchoolDays:
    """The days on which a school is open: weekdays inside a term and outside closures.

    Spans include both days. Where no term is known (a new school, or a day before the first or after the last term on record)
    every weekday counts, so that no clock ever stands still.
    """

    terms: tuple[Span, ...] = ()
    closures: tuple[Span, ...] = ()

    def is_school_day(self, day: date) -> bool:
        if day.weekday() >= SATURDAY or _inside(day, self.closures):
            return False
        known = self.terms and min(start for start, _ in self.terms) <= day <= max(end for _, end in self.terms)
        return not known or _inside(day, self.terms)

    def after(self, day: date, n: int) -> date:
        """The `n`-th school day after `day` (n = 0: the first one from `day` on)."""
        if n < 0:
            raise ValueError("school days are counted forwards")
        if n == 0:
            day, n = day - timedelta(days=1), 1
        while n:
            day += timedelta(days=1)
            n -= self.is_school_day(day)
        return day

    def count(self, from_: date, to: date) -> int:
        """How many school days lie after `from_`, up to and including `to`; nil when `to` is not later.

        `count(day, after(day, n)) == n` for n of 1 or more.
        """
        return sum(self.is_school_day(from_ + timedelta(days=i)) for i in range(1, (to - from_).days + 1))


def _inside(day: date, spans: tuple[Span, ...]) -> bool:
    return any(start <= day <= end for start, end in spans)
