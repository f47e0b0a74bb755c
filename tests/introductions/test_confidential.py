"""What tells something of the child who goes there stays with those who work with the child: a school lead does not see it."""

from __future__ import annotations

from typing import Any

import pytest

from app.accounts.models import Role, RoleGrant
from app.catalogue.models import Offering
from app.introductions import queries, services
from app.introductions.confidential import tells_of_the_child
from app.introductions.models import IntroductionState
from app.shared import clock
from app.shared.db import db
from tests import factories
from tests.introductions.world import World, change
from tests.support.client import StrictClient
from tests.support.people import sign_in


@pytest.mark.parametrize(("told", "tells"), [
    ({"title": "Play therapy"}, True), ({"title": "Talking time", "description": "Counselling, an hour a week."}, True),
    ({"title": "Young carers’ Thursday"}, True), ({"title": "Rainbow room", "description": "For LGBTQ+ young people."}, True),
    ({"title": "Two Homes", "description": "For children whose parents have separated."}, True), ({"title": "Food bank"}, True),
    ({"title": "Wave Rooms", "description": "Run with CAMHS."}, True), ({"title": "Wave Rooms", "description": "For your mental health."}, True),
    ({"title": "Wave Rooms", "description": "An hour with a psychologist."}, True),
    ({"title": "First Beats"}, False), ({"title": "Football", "description": "Autistic children welcome."}, False),
    ({"title": "Polska Szkoła", "interests": ["polish"], "languages": ["pl"]}, False),
])
def test_therapy_and_what_is_for_particular_children_tell_of_the_child(told: dict[str, Any], tells: bool) -> None:
    assert tells_of_the_child(Offering(**{"description": "", "interests": [], "languages": ["en"], **told})) is tells


def pages(client: StrictClient, world: World, introduction_id: object) -> dict[str, str]:
    where = {
        "list": "/introductions", "child": f"/children/{world.child.id}", "children": "/children", "today": "/",
        "introduction": f"/introductions/{introduction_id}", "week": f"/children/{world.child.id}/week",
    }
    return {name: client.get(url).get_data(as_text=True) for name, url in where.items()}


def test_school_lead_never_reads_that_a_child_is_introduced_to_therapy(client: StrictClient, world: World) -> None:
    introduction = world.at(IntroductionState.ASKED)
    lead = factories.make_person(Role.SCHOOL_LEAD, world.zone, school=world.school)
    sign_in(client, lead)
    before = pages(client, world, introduction.id)
    assert {"list", "child", "introduction"} <= {name for name, text in before.items() if "First Beats" in text}
    change(db.session.get_one(Offering, introduction.offering_id), title="Play therapy")
    after = pages(client, world, introduction.id)
    assert [name for name, text in after.items() if "Play therapy" in text] == []
    assert client.get(f"/introductions/{introduction.id}").status_code == 404
    assert queries.count_by_state(lead) == {}


def test_school_lead_does_not_read_of_a_signpost_to_therapy(client: StrictClient, world: World) -> None:
    services.give_signpost(child_id=world.child.id, offering_id=world.offering.id, to_whom="Her mother", actor=world.link_worker)
    lead = factories.make_person(Role.SCHOOL_LEAD, world.zone, school=world.school)
    for title, is_read in (("First Beats", True), ("Play therapy", False)):
        change(db.session.get_one(Offering, world.offering.id), title=title)
        for person, reads in ((lead, is_read), (world.link_worker, True)):
            sign_in(client, person)
            assert (title in client.get(f"/children/{world.child.id}").get_data(as_text=True)) is reads, (title, person.name)


@pytest.mark.parametrize("role", [Role.LINK_WORKER, Role.ZONE_MANAGER, Role.SAFEGUARDING_LEAD])
def test_who_works_with_the_child_or_keeps_it_safe_reads_it(client: StrictClient, world: World, role: Role) -> None:
    introduction = world.at(IntroductionState.ASKED)
    change(db.session.get_one(Offering, introduction.offering_id), title="Play therapy")
    sign_in(client, world.link_worker if role is Role.LINK_WORKER else factories.make_person(role, world.zone))
    found = pages(client, world, introduction.id)
    assert {"list", "child", "introduction"} <= {name for name, text in found.items() if "Play therapy" in text}


def test_school_lead_who_is_the_childs_link_worker_too_reads_it(world: World) -> None:
    introduction = world.at(IntroductionState.ASKED)
    change(db.session.get_one(Offering, introduction.offering_id), title="Play therapy")
    lead = RoleGrant(role=Role.SCHOOL_LEAD, zone_id=world.zone.id, school_id=world.school.id, starts_on=clock.today())
    change(world.link_worker, grants=[*world.link_worker.grants, lead])
    assert queries.is_visible(introduction.id, world.link_worker)


def test_school_lead_is_not_told_which_particular_children_a_child_is_among(client: StrictClient, world: World) -> None:
    change(world.child, audiences=["lgbtq"])
    url = f"/children/{world.child.id}"
    sign_in(client, factories.make_person(Role.SCHOOL_LEAD, world.zone, school=world.school))
    assert "LGBT" not in client.get(url).get_data(as_text=True)
    sign_in(client, world.link_worker)
    assert "LGBT" in client.get(url).get_data(as_text=True)
