"""The only source of the time. Instants are aware UTC; days are London days, whatever the server's clock zone is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
MIDNIGHT = time(0, 0)
_frozen: ContextVar[datetime | None] = ContextVar("frozen", default=None)


def now() -> datetime:
    """The present instant, aware UTC."""
    return _frozen.get() or datetime.now(UTC)


def today() -> date:
    """The present day in London."""
    return london(now()).date()


def london(instant: datetime) -> datetime:
    return instant.astimezone(LONDON)


def at_london(day: date, clock_time: time) -> datetime:
    """The UTC instant of a London wall-clock time. In the repeated autumn hour the first one is meant."""
    return datetime.combine(day, clock_time, LONDON).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """The first instant after the London day `day`."""
    return at_london(day + timedelta(days=1), MIDNIGHT)


@contextmanager
def freeze(instant: datetime) -> Iterator[None]:
    """Stand still at `instant` (aware), in this context only. For tests and for loading the demo's past year."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    token = _frozen.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)


def school_year(day: date) -> int:
    """The calendar year in which the English school year of `day` began (1 September)."""
    return day.year if day.month >= 9 else day.year - 1
