"""A concern is read by few; an urgent look ends by itself and is announced; looks that stand out are found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts.models import Person, Role
from app.audit import services as audit
from app.audit.models import AuditEntry, Sight
from app.children import policies as children_policies
from app.children.models import Caseload, Child
from app.children.queries import get_child, list_visible
from app.notifications.models import Task
from app.safeguarding import queries, services
from app.safeguarding.models import Concern, ConcernState
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import DomainError, IllegalMove, Invalid, NotFound
from tests import factories

WORDS = "He said that he sleeps in the shed."
WHY = "The police ask whether he is known here, and the lead cannot be reached."


@dataclass
class Place:
    child: Child
    link_worker: Person
    lead: Person
    school_lead: Person
    manager: Person
    administrator: Person


@pytest.fixture
def place(app: Flask) -> Place:
    zone = factories.make_zone()
    school = factories.make_school(zone)
    link_worker = factories.make_person(Role.LINK_WORKER, zone)
    return Place(
        factories.make_child(school, link_worker), link_worker, factories.make_person(Role.SAFEGUARDING_LEAD, zone),
        factories.make_person(Role.SAFEGUARDING_LEAD, zone, school=school), factories.make_person(Role.ZONE_MANAGER, zone),
        factories.make_person(Role.ADMINISTRATOR),
    )


def raised(place: Place) -> Concern:
    return services.raise_concern(
        zone_id=place.child.zone_id, child_id=place.child.id, about="Amara", words=WORDS, actor=place.link_worker,
    )


def test_a_concern_is_read_by_the_zones_safeguarding_lead_alone(place: Place) -> None:
    concern_id = raised(place).id
    assert queries.get_concern(concern_id, place.lead).words == WORDS
    for who in (place.link_worker, place.school_lead, place.manager, place.administrator):
        with pytest.raises(NotFound):
            queries.get_concern(concern_id, who)
        with pytest.raises(NotFound):
            services.take_up(concern_id=concern_id, actor=who)
    assert [task.person_id for task in db.session.scalars(sa.select(Task))] == [place.lead.id]
    trail = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action.like("safeguarding.%"))).all()
    assert trail and all(entry.child_id is None and WORDS not in str(entry.details) + entry.reason for entry in trail), "in nobody's timeline"


def test_a_concern_is_taken_up_noted_closed_and_opened_again(place: Place) -> None:
    concern_id = raised(place).id
    with pytest.raises(IllegalMove):
        services.add_note(concern_id=concern_id, words="Rang the council.", closes=True, actor=place.lead)
    assert services.take_up(concern_id=concern_id, actor=place.lead).taken_up_by_id == place.lead.id
    assert not db.session.scalars(sa.select(Task).where(Task.closed_at.is_(None))).all()
    assert services.add_note(concern_id=concern_id, words="Rang the council.", closes=True, actor=place.lead).state is ConcernState.CLOSED
    assert services.take_up(concern_id=concern_id, actor=place.lead).state is ConcernState.TAKEN_UP
    assert queries.list_own(place.link_worker)[0].taken_up_by_id == place.lead.id


def test_without_a_lead_the_manager_learns_that_one_waits_and_not_what(place: Place) -> None:
    zone = factories.make_zone()
    link_worker, manager = factories.make_person(Role.LINK_WORKER, zone), factories.make_person(Role.ZONE_MANAGER, zone)
    services.raise_concern(zone_id=zone.id, child_id=None, about="A boy", words=WORDS, actor=link_worker)
    task = db.session.scalars(sa.select(Task).where(Task.person_id == manager.id)).one()
    assert "safeguarding lead" in task.text and WORDS not in task.text
    for given in ({"zone_id": place.child.zone_id}, {"child_id": place.child.id}, {"words": " "}):
        with pytest.raises(DomainError):
            services.raise_concern(**{"zone_id": zone.id, "child_id": None, "about": "A boy", "words": WORDS, "actor": link_worker, **given})


def look(place: Place, **given: object) -> None:
    services.look_urgently(**{  # type: ignore[arg-type]
        "reference": place.child.reference.lower(), "slug": place.lead.grants[0].zone.slug, "why": WHY, "hours": 4, "actor": place.administrator, **given,
    })


def test_an_administrator_sees_one_child_for_the_hours_of_a_look_and_no_other(place: Place) -> None:
    other, start, administrator = factories.make_child(place.child.school, place.link_worker), clock.now(), place.administrator  # type: ignore[arg-type]
    assert not list_visible(administrator)
    with clock.freeze(start):
        for wrong in ({"why": "because"}, {"hours": 25}, {"hours": 0}, {"reference": "K-NONE"}, {"slug": factories.make_zone().slug}):
            with pytest.raises(Invalid):
                look(place, **wrong)
        with pytest.raises(DomainError):
            look(place, actor=place.manager)
        look(place)
        assert [child.id for child in list_visible(administrator)] == [place.child.id]
        child = get_child(place.child.id, administrator)
        assert children_policies.can_see_child(administrator, child)
        assert not children_policies.can_work_with_child(administrator, child)
        assert not children_policies.can_see_private_notes(administrator, child)
        with pytest.raises(NotFound):
            get_child(other.id, administrator)
        told = {task.person_id for task in db.session.scalars(sa.select(Task).where(Task.kind == "safeguarding.urgent_look"))}
        assert told == {place.lead.id, place.manager.id}
    with clock.freeze(start + timedelta(hours=4)):
        with pytest.raises(NotFound):
            get_child(place.child.id, administrator)
        assert not children_policies.can_see_child(administrator, db.session.get_one(Child, place.child.id))


def test_who_looked_names_everybody_with_what_they_are(place: Place) -> None:
    audit.note_sight(person=place.link_worker, child_id=place.child.id, what="child’s page")
    audit.note_sight(person=place.link_worker, child_id=place.child.id, what="form: children.note_new")
    audit.note_sight(person=place.administrator, child_id=place.child.id, what="plan", why=WHY)
    lines = queries.who_looked(place.child)
    assert [(line.name, line.role, line.looks) for line in lines] == [
        (place.administrator.name, "Administrator", 1), (place.link_worker.name, "Link Worker", 2),
    ]
    assert lines[0].why == [WHY]
    assert lines[1].what == ["a form", "child’s page"]


def test_looks_that_stand_out_are_found_and_ordinary_ones_are_not(place: Place) -> None:
    day = datetime(2026, 11, 18, 11, 0, tzinfo=clock.now().tzinfo)
    school = place.child.school
    assert school is not None
    away = factories.make_person(Role.SCHOOL_LEAD, place.lead.grants[0].zone, school=factories.make_school(place.lead.grants[0].zone))
    before = factories.make_person(Role.LINK_WORKER, place.lead.grants[0].zone)
    factories.save(Caseload(child_id=place.child.id, person_id=before.id, kind="cover", starts_on=day.date() - timedelta(30), ends_on=day.date() - timedelta(10)))
    many = [factories.make_child(school, place.link_worker) for _ in range(queries.MANY_IN_AN_HOUR)]

    def looks(who: Person, at: datetime, children: list[Child], what: str = "child’s page") -> None:
        with atomic():
            db.session.add_all(Sight(person_id=who.id, child_id=child.id, at=at, what=what) for child in children)

    looks(place.link_worker, day, many[:-1])
    looks(place.link_worker, day + timedelta(hours=2), many, "today")
    with clock.freeze(day + timedelta(days=1)):
        zones = [place.child.zone_id]
        assert queries.odd_looks(zones) == [], "an ordinary day"
        looks(place.manager, day, many)
        looks(place.manager, day + timedelta(hours=12), many[:1])
        looks(away, day, many[:1])
        looks(before, day, [place.child])
        look(place)
        kinds = {(odd.kind, odd.person) for odd in queries.odd_looks(zones)}
        assert kinds == {
            ("Many children in an hour", place.manager.name), ("At night", place.manager.name), ("Another school’s child", away.name),
            ("After a hand-over", before.name), ("Urgent look", place.administrator.name),
        }
        assert queries.odd_looks([factories.make_zone().id]) == []
