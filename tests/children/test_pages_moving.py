"""The page of a child who moves to another Zone: read first, with who agreed; then each side says so on its own record."""

from __future__ import annotations

import sqlalchemy as sa

from app.accounts.models import Person, Role
from app.audit.models import Sight
from app.children.models import Child, ChildState
from app.shared import clock
from app.shared.db import atomic, db
from tests import factories as make
from tests.children.conftest import World
from tests.support.client import StrictClient
from tests.support.people import sign_in


def test_a_move_to_another_zone_from_its_preview_to_both_records(client: StrictClient, world: World) -> None:
    page = f"/children/{world.child.id}/zone"
    sign_in(client, world.manager)
    assert "There is no other Zone to move to" in client.get(page).text
    there, mother = make.make_zone(name="Wigan"), world.child.carers[0].id
    wanda = make.make_person(Role.ZONE_MANAGER, there, name="Wanda")
    assert page in client.get(f"/children/{world.child.id}").text
    told = client.get(page, query_string={"zone_id": str(there.id)}).text
    assert "A new record begins in Wigan" in told and "nothing is shared there before the family agrees there" in told
    assert f"{world.school.name} no longer sees it" in told
    typed = {"zone_id": str(there.id), "agreed_by": str(mother), "agreed_on": clock.today().isoformat()}
    for wrong, says in (
        ({"zone_id": "x"}, "Choose a Zone"), ({"agreed_by": ""}, "Choose who agreed"), ({"agreed_on": "2999-01-01"}, "today or before"),
        ({"sees_until": "2999-01-01"}, "Choose a day from today"),
    ):
        answer = client.post(page, data={**typed, **wrong})
        assert answer.status_code == 422 and says in answer.text, wrong
    assert db.session.get_one(Child, world.child.id).state is ChildState.ACTIVE
    for _ in range(2):
        assert client.post(page, data=typed).status_code == 303, "a double click is one move"
    assert "moved to Wigan on" in client.get(f"/children/{world.child.id}").text
    new = db.session.scalars(sa.select(Child).where(Child.zone_id == there.id)).one()
    assert client.get(f"/children/{new.id}").status_code == 404, "the old Zone has no look at the new record"
    sign_in(client, db.session.get_one(Person, wanda.id))
    assert "Moved here from" in client.get("/").text
    shown = client.get(f"/children/{new.id}").text
    assert f"came from {world.zone.name} on" in shown and "Nothing about Amara is shared with anybody" in shown
    assert client.get(f"/children/{world.child.id}").status_code == 404
    looked = db.session.scalars(sa.select(Sight.child_id).where(Sight.person_id == wanda.id)).all()
    assert new.id in looked and world.child.id not in looked


def test_nobody_moves_a_child_for_whom_no_parent_could_agree(client: StrictClient, world: World) -> None:
    there = make.make_zone()
    make.make_person(Role.ZONE_MANAGER, there)
    with atomic():
        world.child.carers[0].has_parental_responsibility = False
    sign_in(client, world.manager)
    told = client.get(f"/children/{world.child.id}/zone", query_string={"zone_id": str(there.id)}).text
    assert "Nobody with parental responsibility is written down" in told and "agreed_by" not in told
