"""What is learnt from what was set aside, what was shown, what if a rule were looser, and a Zone's own weights."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app.accounts.models import Role
from app.audit.models import AuditEntry
from app.children import services as children
from app.children.models import Child
from app.matching import exposure, queries, services
from app.matching.forms import _SAID, WHY, about_of
from app.matching.models import MatchShown
from app.matching.turns import BAND, Turn, discount, spread
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import Forbidden, Invalid
from tests import factories as make
from tests.matching.conftest import World
from tests.support.people import sign_in

MON = [{"day": "Mon", "start": "16:00", "end": "17:00", "season": "term"}]
TUE = [{"day": "Tue", "start": "16:00", "end": "17:00", "season": "term"}]


def refs(world: World) -> list[str]:
    db.session.expire_all()
    return [match.candidate.ref for match in queries.match_child(db.session.get_one(Child, world.child.id)).matches]


@pytest.mark.parametrize(("why", "refused", "like", "unlike"), [
    ("place", {"latitude": 51.5389}, {"latitude": 51.5385}, {"latitude": 51.5385, "delivery": "home", "home_visit_radius_km": 50}),
    ("timing", {"slots": MON}, {"slots": MON}, {"slots": TUE}),
    ("fit", {"interests": ["pottery"]}, {"interests": ["pottery"]}, {"interests": ["kites"]}),
    ("child_no", {"interests": ["pottery"]}, {"interests": ["pottery"]}, {"interests": ["kites"]}),
])
def test_reason_of_setting_aside_lowers_what_is_like_it_in_that_respect(
    world: World, why: str, refused: dict[str, Any], like: dict[str, Any], unlike: dict[str, Any]
) -> None:
    with atomic():
        world.child.windows = [{"days": ["Mon", "Tue"], "start": "15:00", "end": "18:00"}]
        world.child.max_km = 8.0
    same = {"title": "Thing", "description": "", "interests": [], "needs": []}
    first = world.offer(**{**same, **refused}, organisation=make.make_organisation(world.zone), source_ref="0")
    world.offer(**{**same, **like}, organisation=make.make_organisation(world.zone), source_ref="1")
    world.offer(**{**same, **unlike}, organisation=make.make_organisation(world.zone), source_ref="2")

    def lowered() -> dict[str, float]:
        db.session.expire_all()
        found = queries.match_child(db.session.get_one(Child, world.child.id)).matches
        return {match.candidate.ref: match.parts["set_aside"] for match in found}

    assert set(lowered().values()) == {0.0}
    children.record_refusal(
        child_id=world.child.id, offering_id=first.id, why=_SAID[why].format(name="Amara"), is_childs_no=why == "child_no",
        actor=world.link_worker)
    after = lowered()
    assert after["1"] > 0.5
    assert after["2"] < 0.2


def test_not_with_these_people_lowers_what_else_they_do(world: World) -> None:
    refused = world.offer(source_ref="0")
    world.offer(source_ref="1")
    world.offer(source_ref="2", organisation=make.make_organisation(world.zone))
    assert refs(world) == ["0", "1", "2"]
    children.record_refusal(
        child_id=world.child.id, offering_id=refused.id, why="Not with these people: the coach shouts", is_childs_no=False,
        actor=world.link_worker)
    assert refs(world) == ["2", "1"]


def test_every_reason_is_read_back_from_its_sentence() -> None:
    for key, words, about in WHY:
        said = words.format(name="Amara: O’Neill")
        assert about_of(said) == about_of(f"{said}: because\nof that") == about, key
    assert about_of("something else") == "other"


def test_who_was_shown_often_waits_only_where_scores_are_as_good_as_the_same() -> None:
    often, seldom = uuid.UUID(int=1), uuid.UUID(int=2)
    shown = {often: 1000}
    assert discount(1000) == BAND
    near = [Turn(0, 1.0, often), Turn(1, 1.0 - BAND + 0.001, seldom)]
    assert [turn.place for turn in spread(near, 2, shown)] == [1, 0]
    far = [Turn(0, 1.0, often), Turn(1, 1.0 - BAND - 0.001, seldom)]
    assert [turn.place for turn in spread(far, 2, shown)] == [0, 1]
    scores = [turn.score for turn in spread(near, 2, shown)]
    assert scores == sorted(scores, reverse=True)


def test_page_notes_what_it_shows_once_a_day_and_the_clock_forgets(client: FlaskClient, world: World) -> None:
    offering = world.offer()
    sign_in(client, world.link_worker)
    for _ in range(2):
        client.get(f"/children/{world.child.id}/matches")
    rows = db.session.scalars(sa.select(MatchShown)).all()
    assert [(row.child_id, row.offering_id) for row in rows] == [(world.child.id, offering.id)]
    assert exposure.shown_lately(world.zone.id, [offering.organisation_id]) == {offering.organisation_id: 1}
    assert exposure.forget() == 0
    with atomic():
        db.session.get_one(MatchShown, (world.child.id, offering.id)).shown_on = clock.today() - timedelta(days=30)
    assert exposure.forget() == 1


def test_what_if_shows_what_breaks_only_that_rule_and_stores_nothing(client: FlaskClient, world: World) -> None:
    world.offer(title="Near drums")
    world.offer(title="Dear drums", cost_pence=300)
    world.offer(title="Dear drums for teens", cost_pence=300, age_min=13, age_max=16)
    sign_in(client, world.link_worker)
    page = client.get(f"/children/{world.child.id}/matches").text
    assert "Show 1 more that is too dear for the family" in page
    assert "Dear drums" not in page
    loosened = client.get(f"/children/{world.child.id}/matches?what-if=cost").text
    assert "Dear drums" in loosened
    assert "What if: too dear for the family" in loosened
    assert "Dear drums for teens" not in loosened
    assert "Dear drums" not in client.get(f"/children/{world.child.id}/matches?what-if=age").text
    assert "Dear drums" not in client.get(f"/children/{world.child.id}/matches").text


def test_weights_of_a_zone_are_versions_and_change_the_order(world: World) -> None:
    manager = make.make_person(Role.ZONE_MANAGER, world.zone)
    world.offer(title="Drums", source_ref="1", needs=["Academic:maths"])
    world.offer(title="Talking", source_ref="2", interests=["talking"], needs=["Social:friendships"], description="",
                organisation=make.make_organisation(world.zone))
    before = refs(world)
    given = {"needs": 200, "interest": 0, "meaning": 0, "words": 0, "text": 0}
    row = services.save_weights(zone_id=world.zone.id, hundredths=given, version=0, actor=manager)
    assert (row.version, row.hundredths) == (1, given)
    assert refs(world) == ["2", "1"]
    for wrong, version in (({"needs": 201}, 1), ({"needs": -1}, 1), ({"no": 1}, 1), ({"needs": 90}, 0)):
        with pytest.raises(Invalid):
            services.save_weights(zone_id=world.zone.id, hundredths=wrong, version=version, actor=manager)
    with pytest.raises(Forbidden):
        services.save_weights(zone_id=world.zone.id, hundredths={}, version=1, actor=world.link_worker)
    services.save_weights(zone_id=world.zone.id, hundredths={}, version=1, actor=manager)
    assert refs(world) == before
    assert [entry.details["version"] for entry in db.session.scalars(
        sa.select(AuditEntry).where(AuditEntry.action == "matching.weights.saved").order_by(AuditEntry.at))] == [1, 2]


def test_page_of_weights_previews_saves_and_goes_back(client: FlaskClient, world: World) -> None:
    from app.matching.weights import TABLE

    world.offer()
    sign_in(client, make.make_person(Role.ZONE_MANAGER, world.zone))
    page = client.get("/zone/weights")
    assert page.status_code == 200
    assert "Meets the child’s needs" in page.text
    typed = {weight.name: str(weight.usual) for weight in TABLE} | {"needs": "150", "version": "0"}
    looked = client.post("/zone/weights", data={**typed, "action": "look"})
    assert looked.status_code == 200
    assert "the first five stay as they are" in looked.text
    assert services.current_version(world.zone.id) == 0
    assert client.post("/zone/weights", data={**typed, "needs": "999", "action": "save"}).status_code == 422
    assert client.post("/zone/weights", data={**typed, "action": "save"}).status_code == 303
    assert services.saved_weights(world.zone.id)[0].hundredths == {"needs": 150}
    assert client.post("/zone/weights/usual").status_code == 303
    assert services.saved_weights(world.zone.id)[0].hundredths == {}


def test_only_the_zone_manager_changes_weights(client: FlaskClient, world: World) -> None:
    sign_in(client, world.link_worker)
    assert client.get("/zone/weights").status_code == 403
    assert client.post("/zone/weights/usual").status_code == 403
