"""Tasks: one thing for one person, once, until it is done."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts.models import Person, Role, Zone
from app.notifications import queries, services
from app.notifications.models import Task, Urgency
from app.shared import clock
from app.shared.db import atomic, db
from tests import factories


@pytest.fixture
def zone(app: Flask) -> Zone:
    return factories.make_zone()


@pytest.fixture
def person(zone: Zone) -> Person:
    return factories.make_person(Role.LINK_WORKER, zone)


def open_task(person: Person, subject: Zone, kind: str = "look", **given: object) -> Task:
    with atomic():
        return services.open_task(**{  # type: ignore[arg-type]
            "person_id": person.id, "kind": kind, "subject": subject, "title": kind, "url": "/", "zone_id": subject.id, **given,
        })


def titles(person: Person) -> list[str]:
    return [task.title for task in queries.list_open_tasks(person)]


def test_the_list_is_most_urgent_first_then_by_day(person: Person, zone: Zone) -> None:
    today = clock.today()
    for kind, urgency, days in [
        ("week", Urgency.WEEK, 0), ("today, later", Urgency.TODAY, 5), ("now", Urgency.NOW, 9), ("today, sooner", Urgency.TODAY, 1),
    ]:
        open_task(person, zone, kind, urgency=urgency, due_on=today + timedelta(days=days))
    assert titles(person) == ["now", "today, sooner", "today, later", "week"]
    assert [task.title for task in queries.list_open_tasks(person, limit=1)] == ["now"]
    assert queries.count_open_tasks(person) == 4


def test_a_task_opened_again_is_the_same_with_newer_words(person: Person, zone: Zone) -> None:
    first = open_task(person, zone, title="Ask the library")
    second = open_task(person, zone, title="Ask the library again", urgency=Urgency.NOW, due_on=clock.today())
    assert first.id == second.id
    assert titles(person) == ["Ask the library again"]


def test_a_task_opened_at_the_same_moment_by_many_is_one(app: Flask, person: Person, zone: Zone) -> None:
    person_id, zone_id = person.id, zone.id

    def one(_: int) -> None:
        with app.app_context():
            open_task(db.session.get_one(Person, person_id), db.session.get_one(Zone, zone_id))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, range(8)))
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Task)) == 1


def test_a_closed_task_can_be_opened_anew(person: Person, zone: Zone) -> None:
    first = open_task(person, zone)
    with atomic():
        assert services.close_tasks(kind="look", subject=zone, why="looked") == 1
        assert services.close_tasks(kind="look", subject=zone, why="looked") == 0
    assert titles(person) == []
    assert open_task(person, zone).id != first.id
    assert (first.closed_why, first.closed_at is not None) == ("looked", True)


def test_closing_is_for_everybody_or_one_person_and_for_one_kind_or_all(person: Person, zone: Zone) -> None:
    other = factories.make_person(Role.LINK_WORKER, zone)
    for somebody in (person, other):
        for kind in ("look", "ask"):
            open_task(somebody, zone, kind)
    with atomic():
        services.close_tasks(kind="look", subject=zone, why="done", person_id=person.id)
    assert (titles(person), sorted(titles(other))) == (["ask"], ["ask", "look"])
    with atomic():
        services.close_tasks(kind=None, subject=zone, why="gone")
    assert (titles(person), titles(other)) == ([], [])


def test_tasks_about_a_child_close_with_its_caseload(person: Person, zone: Zone) -> None:
    child = factories.make_child(factories.make_school(zone), person)
    other = factories.make_person(Role.LINK_WORKER, zone)
    for somebody in (person, other):
        open_task(somebody, zone, "visit", child_id=child.id)
    open_task(person, zone, "unrelated")
    with atomic():
        services.close_tasks_about_child(child_id=child.id, why="handed over", person_id=person.id)
    assert (titles(person), titles(other)) == (["unrelated"], ["visit"])


def test_the_zone_is_the_subjects_or_the_persons(person: Person, zone: Zone) -> None:
    school = factories.make_school(zone)
    with atomic():
        assert services.open_task(person_id=person.id, kind="a", subject=school, title="A", url="/").zone_id == zone.id
        assert services.open_task(person_id=person.id, kind="b", subject=person, title="B", url="/").zone_id == zone.id


def test_a_task_outside_a_transaction_is_refused(person: Person, zone: Zone) -> None:
    with pytest.raises(RuntimeError):
        services.open_task(person_id=person.id, kind="a", subject=zone, title="A", url="/")


def test_one_sees_only_ones_own_tasks(person: Person, zone: Zone) -> None:
    open_task(factories.make_person(Role.LINK_WORKER, zone), zone)
    assert titles(person) == []
