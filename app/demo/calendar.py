"""School terms for any year, by the usual English pattern. Invented: no authority's own dates."""

from __future__ import annotations

from datetime import date, timedelta


def _monday_on_or_after(day: date) -> date:
    return day + timedelta(days=-day.weekday() % 7)


def _friday_on_or_before(day: date) -> date:
    return day - timedelta(days=(day.weekday() - 4) % 7)


def terms(year: int) -> list[tuple[str, date, date]]:
    """The three terms of the school year that begins in September of `year`: name, first day, last day."""
    return [
        (f"Autumn {year}", _monday_on_or_after(date(year, 9, 1)) + timedelta(days=1), _friday_on_or_before(date(year, 12, 20))),
        (f"Spring {year + 1}", _monday_on_or_after(date(year + 1, 1, 3)), _friday_on_or_before(date(year + 1, 3, 31))),
        (f"Summer {year + 1}", _monday_on_or_after(date(year + 1, 4, 13)), _friday_on_or_before(date(year + 1, 7, 22))),
    ]


def closures(year: int) -> list[tuple[str, date, date]]:
    """The three half-terms and the early May bank holiday of the same school year."""
    autumn = _monday_on_or_after(date(year, 10, 25))
    spring = _monday_on_or_after(date(year + 1, 2, 13))
    summer = _monday_on_or_after(date(year + 1, 5, 25))
    may_day = _monday_on_or_after(date(year + 1, 5, 1))
    return [
        ("Autumn half-term", autumn, autumn + timedelta(days=4)),
        ("Spring half-term", spring, spring + timedelta(days=4)),
        ("May bank holiday", may_day, may_day),
        ("Summer half-term", summer, summer + timedelta(days=4)),
    ]
