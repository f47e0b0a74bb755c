"""All children at once: nothing good, places nobody matches, and sharing out what is short."""

from __future__ import annotations

import uuid

import pytest

from app.accounts.models import Role
from app.matching import surveys
from app.matching.models import MatchSurvey
from app.matching.placing import share_out, wanted_most
from app.notifications.handlers import Job
from app.shared.db import atomic, db
from app.shared.errors import Forbidden, Invalid
from tests import factories as make
from tests.matching.conftest import World

DRUMS, CHESS, SWIM = (uuid.UUID(int=number) for number in (1, 2, 3))


def test_places_go_to_the_fewest_options_first_then_to_whoever_would_lose_most() -> None:
    lists = {
        "many": [(DRUMS, 2.0), (CHESS, 1.9), (SWIM, 1.8)],
        "only drums": [(DRUMS, 1.0)],
        "keen on chess": [(CHESS, 2.0), (SWIM, 0.9)],
        "either": [(CHESS, 2.0), (SWIM, 1.9)],
        "nothing": [],
    }
    placed = share_out(lists, {DRUMS: 1, CHESS: 1, SWIM: None})
    assert placed.suggested == {"only drums": DRUMS, "keen on chess": CHESS, "either": SWIM, "many": SWIM}
    assert (placed.first, placed.without) == (2, ())
    short = share_out(lists, {DRUMS: 1, CHESS: 1, SWIM: 0})
    assert short.without == ("either", "many"), "those with other options wait, in the order they were asked"
    assert share_out(dict(reversed(lists.items())), {DRUMS: 1, CHESS: 1, SWIM: None}) == placed, "whatever order they come in"
    assert wanted_most(lists, {DRUMS: 1, CHESS: 3, SWIM: None}) == [(DRUMS, 2, 1)]


def run(world: World) -> MatchSurvey:
    manager = make.make_person(Role.ZONE_MANAGER, world.zone)
    survey_id = surveys.start_survey(zone_id=world.zone.id, actor=manager).id
    for actor, refusal in ((manager, Invalid), (world.link_worker, Forbidden)):
        with pytest.raises(refusal):
            surveys.start_survey(zone_id=world.zone.id, actor=actor)
    surveys.run_survey(Job(uuid.uuid4(), surveys.TOPIC, {"survey_id": str(survey_id)}, 1))
    return db.session.get_one(MatchSurvey, survey_id)


def test_survey_says_who_has_nothing_good_and_which_rule_would_have_to_give(world: World) -> None:
    unlucky = make.make_child(world.school, world.link_worker, first_name="Ben", max_km=0.1)
    world.offer(title="Samba drums")
    world.offer(title="Full drums", places=0)
    old = world.offer(title="Drums for teenagers", age_min=15, age_max=17)
    found = run(world).found
    assert [one["child"] for one in found["nothing"]] == [str(unlucky.id)]
    assert found["nothing"][0]["gives"] == [["distance", 1]]
    assert found["nobodys"] == [{"offering": str(old.id), "fits": False}], "neither what is full nor what is listed"
    assert (found["suggested"], found["first"], found["considered"]) == (1, 1, 3)
    assert list(found["places"]) == [str(world.child.id)]
    fell = surveys.set_down_for(world.child)
    assert fell is not None
    assert str(fell.offering_id) == found["places"][str(world.child.id)]
    assert surveys.set_down_for(unlucky) is None
    manager = make.make_person(Role.ZONE_MANAGER, world.zone)
    shown = surveys.shown(db.session.query(MatchSurvey).one(), manager)
    assert [one.child.id for one in shown.nothing] == [unlucky.id]
    assert shown.rules == [("too far", 1)]
    stranger = make.make_person(Role.ZONE_MANAGER, make.make_zone())
    assert surveys.shown(db.session.query(MatchSurvey).one(), stranger).nothing == [], "names only for who may see the child"


def test_a_child_of_whom_too_little_is_known_is_no_child_for_whom_nothing_is_good(world: World) -> None:
    """Nobody has heard the one, nobody knows when the other is free: neither says anything about what there is."""
    world.offer(title="Samba drums")
    silent = make.make_child(world.school, world.link_worker, first_name="Ben", interests=[])
    busy = make.make_child(world.school, world.link_worker, first_name="Chloe", windows=[])
    with atomic():
        for row in (*silent.voices, *silent.needs):
            db.session.delete(row)
    found = run(world).found
    assert found["nothing"] == []
    assert sorted((one["child"], one["lacks"]) for one in found["unheard"]) == sorted([(str(silent.id), "words"), (str(busy.id), "times")])
    assert list(found["places"]) == [str(world.child.id)], "no place falls to a child whom nobody has heard"
    shown = surveys.shown(db.session.query(MatchSurvey).one(), make.make_person(Role.ZONE_MANAGER, world.zone))
    assert [(one.child.id, one.lacks) for one in shown.unheard] == [(silent.id, "words"), (busy.id, "times")]
    stranger = make.make_person(Role.ZONE_MANAGER, make.make_zone())
    assert surveys.shown(db.session.query(MatchSurvey).one(), stranger).unheard == []


def test_a_second_survey_takes_the_place_of_the_first(world: World) -> None:
    world.offer()
    first, second = run(world).id, run(world).id
    assert first != second
    assert db.session.query(MatchSurvey).count() == 1
