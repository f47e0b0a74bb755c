"""Nobody sees a child outside their role's reach: not by id, list, search or count."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.models import Person, Role
from app.children import policies, queries, services
from app.children.models import CaseloadKind, Child
from app.extensions import db
from app.shared import clock
from app.shared.db import atomic
from app.shared.errors import NotFound
from tests import factories as make
from tests.children.conftest import World
from tests.support.people import sign_in

DAY = timedelta(days=1)


def everybody(world: World) -> dict[str, Person]:
    """One person of each kind, within and without reach."""
    elsewhere = make.make_zone()
    far_school = make.make_school(elsewhere)
    return {
        "own link worker": world.link_worker, "manager": world.manager, "lead": world.lead,
        "other link worker": make.make_person(Role.LINK_WORKER, world.zone),
        "manager elsewhere": make.make_person(Role.ZONE_MANAGER, elsewhere),
        "lead of another school": make.make_person(Role.SCHOOL_LEAD, world.zone, school=world.other_school),
        "lead elsewhere": make.make_person(Role.SCHOOL_LEAD, elsewhere, school=far_school),
        "safeguarding lead of the Zone": make.make_person(Role.SAFEGUARDING_LEAD, world.zone),
        "safeguarding lead of the school": make.make_person(Role.SAFEGUARDING_LEAD, world.zone, school=world.school),
        "safeguarding lead of another school": make.make_person(Role.SAFEGUARDING_LEAD, world.zone, school=world.other_school),
        "budget holder": make.make_person(Role.BUDGET_HOLDER, world.zone),
        "partner": make.make_person(Role.PARTNER_ADMIN, world.zone, organisation=world.organisation),
        "practitioner": make.make_person(Role.PRACTITIONER, world.zone, organisation=world.organisation),
        "administrator": make.make_person(Role.ADMINISTRATOR),
        "nobody": make.make_person(),
    }


SEES = {"own link worker", "manager", "lead", "safeguarding lead of the Zone", "safeguarding lead of the school"}


def test_only_these_roles_see_the_child_by_id_list_and_search(world: World) -> None:
    make.make_child(world.other_school, first_name="Somebody else")
    for who, person in everybody(world).items():
        sees = who in SEES
        assert policies.can_see_child(person, world.child) == sees, who
        assert (world.child in queries.list_visible(person)) == sees, who
        assert (world.child in queries.list_visible(person, "Ama")) == sees, who
        assert (world.child in queries.list_visible(person, world.child.reference)) == sees, who
        if sees:
            assert queries.get_child(world.child.id, person) == world.child
        else:
            with pytest.raises(NotFound):
                queries.get_child(world.child.id, person)


def test_the_condition_in_sql_and_the_policy_say_the_same(world: World) -> None:
    people = everybody(world)
    elsewhere = make.make_zone()
    children = [
        world.child, make.make_child(world.other_school), make.make_child(make.make_school(elsewhere), world.link_worker),
        make.make_child(world.school, people["other link worker"]),
    ]
    left = make.make_child(world.school, world.link_worker)
    services.child_left(child_id=left.id, on=clock.today(), reason="Finished", actor=world.manager)
    for who, person in people.items():
        seen = set(queries.list_visible(person, with_ended=True))
        for child in [*children, left]:
            assert (child in seen) == policies.can_see_child(person, child), (who, child.first_name)


def test_unseen_child_answers_like_one_that_is_not_there(client: FlaskClient, world: World) -> None:
    sign_in(client, make.make_person(Role.LINK_WORKER, world.zone))
    hidden, nowhere = client.get(f"/children/{world.child.id}"), client.get(f"/children/{make.some_id()}")
    assert hidden.status_code == nowhere.status_code == 404
    assert "Amara" not in hidden.text


def test_unseen_children_are_in_no_count(client: FlaskClient, world: World) -> None:
    make.make_child(world.other_school, make.make_person(Role.LINK_WORKER, world.zone), first_name="Amarachi")
    sign_in(client, world.link_worker)
    page = client.post("/children", data={"q": "Ama"}).text
    assert "1 child found" in page
    assert "Amarachi" not in page


def test_cover_sees_the_child_from_the_first_to_the_last_day_and_no_longer(world: World) -> None:
    cover = make.make_person(Role.LINK_WORKER, world.zone)
    today = clock.today()
    services.assign_caseload(
        child_id=world.child.id, person_id=cover.id, kind=CaseloadKind.COVER, starts_on=today + DAY, ends_on=today + 3 * DAY,
        actor=world.manager,
    )
    sees = []
    for offset in range(6):
        with clock.freeze(clock.now() + offset * DAY):
            db.session.expire_all()
            sees.append(world.child in queries.list_visible(cover))
            assert policies.can_see_child(cover, world.child) == sees[-1]
    assert sees == [False, True, True, True, False, False]


def test_earlier_lead_loses_sight_on_the_day_the_next_one_begins(world: World) -> None:
    successor = make.make_person(Role.LINK_WORKER, world.zone)
    services.assign_caseload(child_id=world.child.id, person_id=successor.id, starts_on=clock.today(), actor=world.manager)
    assert world.child in queries.list_caseload(successor)
    assert queries.list_caseload(world.link_worker) == []
    assert queries.list_visible(world.link_worker) == []
    assert queries.find_lead(world.child.id) == successor


def test_caseload_without_the_role_in_force_shows_nothing(world: World) -> None:
    with atomic():
        world.link_worker.grants[0].ends_on = clock.today() - DAY
    assert queries.list_visible(world.link_worker) == []
    assert queries.list_caseload(world.link_worker) == []


def test_school_lead_no_longer_sees_a_child_who_changed_school(world: World) -> None:
    assert world.child in queries.list_visible(world.lead)
    services.change_school(child_id=world.child.id, school_id=world.other_school.id, actor=world.manager)
    assert queries.list_visible(world.lead) == []


def test_child_who_left_is_seen_by_the_zone_only(world: World) -> None:
    services.child_left(child_id=world.child.id, on=clock.today() - DAY, reason="Moved away", actor=world.manager)
    assert queries.list_visible(world.lead, with_ended=True) == []
    assert queries.list_visible(world.manager) == []
    assert queries.list_visible(world.manager, with_ended=True) == [world.child]
    with clock.freeze(clock.now() + 2 * DAY):
        assert queries.list_visible(world.link_worker, with_ended=True) == []


def test_search_takes_what_is_typed_as_letters(app: Flask, world: World) -> None:
    assert queries.list_visible(world.manager, "%") == []
    assert queries.list_visible(world.manager, "_mara") == []
    assert queries.list_visible(world.manager, "amara ok") == [world.child]
    assert queries.list_visible(world.manager, "\\") == []


@pytest.mark.parametrize("who", ["manager elsewhere", "other link worker"])
def test_forms_of_an_unseen_child_change_nothing(client: FlaskClient, world: World, who: str) -> None:
    sign_in(client, everybody(world)[who])
    before = len(world.child.voices)
    answer = client.post(f"/children/{world.child.id}/words/new", data={"words": "I was here", "said_on": str(clock.today())})
    assert answer.status_code == 404
    db.session.expire_all()
    assert len(db.session.get_one(Child, world.child.id).voices) == before
