"""A child moves to another Zone: what comes along, what stays, and who sees which of the two records on which day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from app.accounts.models import Person, Role, Zone
from app.audit.models import AuditEntry
from app.children import policies, queries, services
from app.children.models import (
    Carer,
    CaseloadKind,
    Child,
    ChildState,
    Closeness,
    Consent,
    Goal,
    GoalReview,
    ListeningNote,
    NoteKind,
    OnePage,
    Relationship,
    RelationshipKind,
    RelationshipMoment,
    Voice,
    Warmth,
)
from app.children.school_models import Informant, Measure
from app.children.services import Agreed, carrying
from app.children.services.caseload import NEW_SCHOOL
from app.notifications.models import Task
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import DomainError, Invalid
from tests import factories as make
from tests.children.conftest import World

DAY = timedelta(days=1)


@pytest.fixture
def there(world: World) -> Zone:
    zone = make.make_zone(name="Wigan")
    make.make_person(Role.ZONE_MANAGER, zone, name="Wanda")
    return zone


def move(world: World, there: Zone, **given: Any) -> Child:
    """The new record."""
    agreed = Agreed(world.child.carers[0].id, clock.today())
    services.move_zone(child_id=world.child.id, zone_id=there.id, actor=world.manager, **{"agreed": agreed, **given})
    db.session.expire_all()
    return new_record(there)


def new_record(there: Zone) -> Child:
    return db.session.scalars(sa.select(Child).where(Child.zone_id == there.id)).one()


def test_every_fact_of_a_child_goes_along_or_begins_anew() -> None:
    assert not carrying.GOES_ALONG & carrying.BEGINS_ANEW
    assert {column.key for column in Child.__table__.columns} == carrying.GOES_ALONG | carrying.BEGINS_ANEW


def test_what_the_child_and_home_said_comes_along_and_what_others_wrote_stays(world: World, there: Zone) -> None:
    child, mother = world.child, world.child.carers[0].name
    make.make_consent(child, world.organisation)
    make.make_one_page(child, read_by=world.link_worker)
    with atomic():
        child.what_helps, child.link_worker_note, child.ward = "A quiet start.", "Asks for Nan.", "Acton Central"
        child.carers[0].may_not_know_where = True
        child.programme_ends_on = date(2030, 7, 20)
        told = {"child_id": child.id, "noted_on": clock.today(), "noted_by_id": world.link_worker.id}
        goal = Goal(child_id=child.id, area="Social", words="To have one friend.")
        nan = Relationship(child_id=child.id, name="Nan", kind=RelationshipKind.FAMILY, is_trusted_adult=True, other_child_id=uuid4())
        db.session.add_all([
            goal, nan, Relationship(child_id=child.id, name="Mr Webb", kind=RelationshipKind.SCHOOL),
            ListeningNote(kind=NoteKind.MOTIVATES, text="Drums.", **told),
            ListeningNote(kind=NoteKind.BARRIER, text="From therapy.", is_private=True, **told),
            *(Measure(child_id=child.id, code="sdq_total", informant=who, tenths=90, measured_on=clock.today()) for who in (Informant.SELF, Informant.TEACHER)),
        ])
        db.session.flush()
        db.session.add_all([
            GoalReview(goal_id=goal.id, stars=3, reviewed_on=clock.today()),
            RelationshipMoment(relationship_id=nan.id, from_on=clock.today(), closeness=Closeness.CLOSE, warmth=Warmth.WARM),
        ])
    said = [voice.words for voice in child.voices]
    new = move(world, there)
    assert (new.first_name, new.what_helps, new.reference, new.programme_ends_on) == ("Amara", "A quiet start.", child.reference, date(2030, 7, 20))
    assert (new.link_worker_note, new.ward, new.school_id, new.caseload, new.consents) == ("", "", None, [], [])
    assert [voice.words for voice in new.voices] == said != []
    assert [note.text for note in new.notes] == ["Drums."]
    assert [(g.words, [r.stars for r in g.reviews]) for g in new.goals] == [("To have one friend.", [3])]
    assert [(t.name, t.is_trusted_adult, t.other_child_id, len(t.moments)) for t in new.relationships] == [("Nan", True, None, 1)]
    assert [(c.name, c.phone, c.may_not_know_where) for c in new.carers] == [(mother, "07700 900123", True)]
    assert [need.code for need in new.needs] == [need.code for need in child.live_needs] != []
    assert db.session.scalars(sa.select(Measure.informant).where(Measure.child_id == new.id)).all() == [Informant.SELF]
    page = db.session.scalars(sa.select(OnePage).where(OnePage.child_id == new.id)).one()
    assert (page.version, page.approved_on) == (1, None), "it is read out again first"
    assert db.session.scalar(sa.select(sa.func.count(Consent.id)).where(Consent.child_id == child.id)) == 1, "what was agreed here stays on record here"
    assert db.session.scalar(sa.select(sa.func.count(Voice.id)).where(Voice.child_id == child.id)) == len(said)


def sees(person: Person) -> set[str]:
    """Which of the two records: here, there; by id and by list alike."""
    db.session.expire_all()
    found = {child.id for child in queries.list_visible(person, with_ended=True)}
    records = db.session.scalars(sa.select(Child)).unique().all()
    assert found == {child.id for child in records if policies.can_see_child(person, child)}
    return {"there" if child.came_from_zone_id else "here" for child in records if child.id in found}


def test_both_sides_see_their_own_record_and_the_old_link_worker_until_a_day(world: World, there: Zone) -> None:
    cover = make.make_person(Role.LINK_WORKER, world.zone)
    services.assign_caseload(
        child_id=world.child.id, person_id=cover.id, kind=CaseloadKind.COVER, starts_on=clock.today() + 9 * DAY, ends_on=clock.today() + 20 * DAY,
        actor=world.manager,
    )
    move(world, there, sees_until=clock.today() + 7 * DAY)
    wanda = db.session.scalars(sa.select(Person).where(Person.name == "Wanda")).one()
    assert [sees(person) for person in (world.manager, wanda, world.link_worker, world.lead)] == [{"here"}, {"there"}, {"here"}, set()]
    old, new = db.session.get_one(Child, world.child.id), new_record(there)
    assert (old.state, old.moved_to, new.state, new.came_from) == (ChildState.ENDED, there, ChildState.ACTIVE, world.zone)
    asked = db.session.scalars(sa.select(Task).where(Task.kind == NEW_SCHOOL, Task.closed_at.is_(None))).one()
    assert (asked.person_id, asked.child_id, asked.zone_id) == (wanda.id, new.id, there.id)
    later = clock.now() + 10 * DAY
    with clock.freeze(later):
        assert [sees(person) for person in (world.link_worker, cover)] == [set(), set()], "cover that had not begun never begins"
    theirs = make.make_person(Role.LINK_WORKER, there)
    services.assign_caseload(child_id=new.id, person_id=theirs.id, actor=wanda)
    assert sees(theirs) == {"there"}
    assert db.session.scalar(sa.select(sa.func.count(Task.id)).where(Task.kind == NEW_SCHOOL, Task.closed_at.is_(None))) == 0


def test_a_move_is_one_however_often_it_is_sent_and_the_trails_of_both_zones_say_so(world: World, there: Zone) -> None:
    mother = world.child.carers[0].id
    for _ in range(2):
        move(world, there)
    entries = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action.in_(
        ("children.child.moved_zone", "children.child.came_from_zone"))).order_by(AuditEntry.id)).all()
    assert [(e.zone_id, e.child_id) for e in entries] == [(world.zone.id, world.child.id), (there.id, new_record(there).id)]
    assert entries[0].details["agreed_by"] == str(mother)
    elsewhere = make.make_zone()
    make.make_person(Role.ZONE_MANAGER, elsewhere)
    with pytest.raises(DomainError, match="has left already"):
        services.move_zone(child_id=world.child.id, zone_id=elsewhere.id, agreed=Agreed(mother, clock.today()), actor=world.manager)


def test_a_move_that_cannot_be_is_refused_at_the_field_and_changes_nothing(world: World, there: Zone) -> None:
    mother = world.child.carers[0]
    father = make.save(Carer(child_id=world.child.id, name="Bob", has_parental_responsibility=False))
    empty, demo = make.make_zone(), make.make_zone(is_demo=True)
    make.make_person(Role.ZONE_MANAGER, demo)
    today = clock.today()
    for field, zone, agreed, until in (
        ("zone_id", empty, Agreed(mother.id, today), None), ("zone_id", demo, Agreed(mother.id, today), None),
        ("zone_id", world.zone, Agreed(mother.id, today), None), ("agreed_by", there, Agreed(father.id, today), None),
        ("agreed_by", there, Agreed(None, today), None), ("agreed_on", there, Agreed(mother.id, today + DAY), None),
        ("agreed_on", there, Agreed(mother.id, None), None), ("sees_until", there, Agreed(mother.id, today), today - DAY),
        ("sees_until", there, Agreed(mother.id, today), today + 29 * DAY),
    ):
        with pytest.raises(Invalid) as refused:
            services.move_zone(child_id=world.child.id, zone_id=zone.id, agreed=agreed, sees_until=until, actor=world.manager)
        assert refused.value.field == field, (field, zone.name, agreed, until)
    db.session.expire_all()
    assert world.child.state is ChildState.ACTIVE
    assert db.session.scalar(sa.select(sa.func.count(Child.id))) == 1
