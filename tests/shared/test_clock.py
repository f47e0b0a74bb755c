"""Instants are UTC, days are London's."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest

from app.shared import clock

SPRING_NIGHT, AUTUMN_NIGHT = date(2026, 3, 29), date(2026, 10, 25)


def test_now_is_aware_utc_and_goes_on() -> None:
    first = clock.now()
    assert first.tzinfo is UTC
    assert clock.now() >= first


@pytest.mark.parametrize(("instant", "day"), [
    (datetime(2026, 6, 30, 22, 59, tzinfo=UTC), date(2026, 6, 30)),
    (datetime(2026, 6, 30, 23, 0, tzinfo=UTC), date(2026, 7, 1)),
    (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), date(2026, 12, 31)),
    (datetime(2027, 1, 1, 0, 0, tzinfo=UTC), date(2027, 1, 1)),
])
def test_today_is_the_day_in_london(instant: datetime, day: date) -> None:
    with clock.freeze(instant):
        assert clock.today() == day


def test_a_wall_clock_time_becomes_its_instant() -> None:
    assert clock.at_london(date(2026, 7, 1), time(16)) == datetime(2026, 7, 1, 15, tzinfo=UTC)
    assert clock.at_london(date(2026, 12, 1), time(16)) == datetime(2026, 12, 1, 16, tzinfo=UTC)


def test_in_the_repeated_hour_the_first_is_meant_and_a_day_ends_once() -> None:
    assert clock.at_london(AUTUMN_NIGHT, time(1, 30)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert clock.end_of_day(AUTUMN_NIGHT) - clock.at_london(AUTUMN_NIGHT, time(0)) == timedelta(hours=25)
    assert clock.end_of_day(SPRING_NIGHT) - clock.at_london(SPRING_NIGHT, time(0)) == timedelta(hours=23)


def test_the_clock_stands_still_only_inside_the_block_and_only_here() -> None:
    at = datetime(2026, 1, 2, 3, 4, tzinfo=timezone(timedelta(hours=2)))
    elsewhere: list[datetime] = []
    with clock.freeze(at):
        assert clock.now() == at and clock.now().tzinfo is UTC
        with clock.freeze(at + timedelta(days=1)):
            assert clock.now() == at + timedelta(days=1)
        assert clock.now() == at
        thread = threading.Thread(target=lambda: elsewhere.append(clock.now()))
        thread.start()
        thread.join(60)
    assert elsewhere[0] != at
    assert clock.now() != at


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError), clock.freeze(datetime(2026, 1, 1)):
        pass


@pytest.mark.parametrize(("day", "year"), [(date(2026, 8, 31), 2025), (date(2026, 9, 1), 2026), (date(2027, 1, 1), 2026)])
def test_a_school_year_begins_in_september(day: date, year: int) -> None:
    assert clock.school_year(day) == year
