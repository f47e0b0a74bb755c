"""The clock counts school days of the child's school: over half-term, over the change of the clocks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest
import sqlalchemy as sa

from app.accounts.models import Closure, Term
from app.introductions import services
from app.introductions.models import Introduction, IntroductionState
from app.notifications.models import OutboxMessage, Task
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import DomainError
from tests.introductions.world import World, make_world, reread

S = IntroductionState
MONDAY = datetime(2026, 10, 19, 15, 30, tzinfo=UTC)  # British Summer Time; the clocks change on 25 October


@pytest.fixture
def october(app: object) -> Iterator[World]:
    """A world before half-term 2026 (26 to 30 October)."""
    with clock.freeze(datetime(2026, 9, 1, 12, tzinfo=UTC)):
        world = make_world()
    with clock.freeze(MONDAY):
        with atomic():
            school = db.session.merge(world.school)
            school.terms = [Term(name="Autumn", starts_on=date(2026, 9, 1), ends_on=date(2026, 12, 18)),
                            Term(name="Spring", starts_on=date(2027, 1, 4), ends_on=date(2027, 3, 25))]
            school.closures = [Closure(name="Half-term", starts_on=date(2026, 10, 26), ends_on=date(2026, 10, 30))]
        yield world


def at(day: date, hour: int = 12) -> object:
    return clock.freeze(clock.at_london(day, time(hour)))


def messages(topic: str) -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(OutboxMessage).where(OutboxMessage.topic == topic)) or 0


def asked(world: World) -> Introduction:
    return world.at(S.ASKED)


def test_ten_school_days_leave_half_term_out(october: World) -> None:
    introduction = asked(october)
    assert introduction.answer_by_on == date(2026, 11, 9)  # 20 to 23 October, then 2 to 9 November


def test_it_lapses_after_the_tenth_school_day_and_not_on_it(october: World, above: object) -> None:
    introduction = asked(october)
    with at(date(2026, 11, 9), 23):  # type: ignore[attr-defined]
        services.sweep()
        with pytest.raises(DomainError) as refused:
            services.lapse(introduction_id=introduction.id)
        assert refused.value.code == "not_due"
        assert reread(introduction).state is S.ASKED
    with clock.freeze(clock.end_of_day(date(2026, 11, 9))):
        services.sweep()
        assert reread(introduction).state is S.LAPSED
        services.sweep()


def test_the_day_ends_at_midnight_in_london_also_in_summer_time(october: World) -> None:
    with clock.freeze(datetime(2026, 9, 14, 12, tzinfo=UTC)):
        introduction = asked(october)
        assert introduction.answer_by_on == date(2026, 9, 28)
    with clock.freeze(datetime(2026, 9, 28, 22, 59, tzinfo=UTC)):  # 23.59 in London
        services.sweep()
        assert reread(introduction).state is S.ASKED
    with clock.freeze(datetime(2026, 9, 28, 23, 1, tzinfo=UTC)):  # 0.01 the next day in London
        services.sweep()
        assert reread(introduction).state is S.LAPSED


def test_asked_late_at_night_counts_from_the_london_day(october: World) -> None:
    with clock.freeze(datetime(2026, 9, 14, 23, 30, tzinfo=UTC)):  # already Tuesday in London
        assert asked(october).answer_by_on == date(2026, 9, 29)


def test_reminders_go_after_3_6_and_9_school_days_once_each(october: World) -> None:
    introduction = asked(october)
    version = reread(introduction).version
    seen = []
    for offset in range(22):
        day = MONDAY.date() + timedelta(days=offset)
        with at(day):  # type: ignore[attr-defined]
            services.sweep()
            services.sweep()
            seen.append((day, messages("introductions.nudged")))
    first_on = {count: next(day for day, sent in seen if sent == count) for count in (1, 2, 3)}
    assert first_on == {1: date(2026, 10, 22), 2: date(2026, 11, 3), 3: date(2026, 11, 6)}
    assert seen[-1][1] == 3
    assert reread(introduction).nudged_after == 9
    assert reread(introduction).version == version  # a reminder makes nobody's page stale


def test_a_worker_that_slept_reminds_once_and_not_three_times(october: World) -> None:
    asked(october)
    with at(date(2026, 11, 6)):  # type: ignore[attr-defined]
        services.sweep()
    assert messages("introductions.nudged") == 1


def test_the_link_worker_is_told_to_ring_at_the_last_reminder(october: World) -> None:
    introduction = asked(october)
    with at(date(2026, 11, 6)):  # type: ignore[attr-defined]
        services.sweep()
    task = db.session.scalars(sa.select(Task).where(Task.kind == "introduction_waiting")).one()
    assert (task.person_id, task.subject_id) == (october.link_worker.id, introduction.id)
    with at(date(2026, 11, 10)):  # type: ignore[attr-defined]
        services.sweep()
    db.session.rollback()
    assert db.session.get_one(Task, task.id).closed_at is not None


def test_an_answer_stops_the_clock(october: World) -> None:
    introduction = asked(october)
    october.go(introduction, S.AGREED)
    with at(date(2026, 12, 1)):  # type: ignore[attr-defined]
        services.sweep()
        assert services.lapse(introduction_id=introduction.id).state is S.AGREED
    assert messages("introductions.nudged") == 0


def test_the_day_to_ask_again_puts_it_on_the_link_workers_list_once(october: World) -> None:
    introduction = october.at(S.LISTENING)
    october.go(introduction, S.NOT_YET, ask_again_on=date(2026, 11, 2))

    def told() -> int:
        db.session.rollback()
        kinds = sa.select(sa.func.count()).select_from(Task).where(Task.kind == "introduction_ask_again", Task.closed_at.is_(None))
        return db.session.scalar(kinds) or 0

    with at(date(2026, 11, 1)):  # type: ignore[attr-defined]
        services.sweep()
        assert told() == 0
    with at(date(2026, 11, 2), 1):  # type: ignore[attr-defined]
        services.sweep()
        services.sweep()
        assert told() == 1
        october.go(introduction, S.LISTENING)
        assert told() == 0


def test_when_the_meetings_hour_has_come_the_link_worker_is_asked_how_it_went(october: World) -> None:
    introduction = october.at(S.ARRANGED)
    assert introduction.meeting_at is not None
    with clock.freeze(introduction.meeting_at):
        services.sweep()
    task = db.session.scalars(sa.select(Task).where(Task.kind == "introduction_met")).one()
    assert "Amara" in task.title
