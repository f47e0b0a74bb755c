"""Sentences of a match that are true of this child, and say no more than is known."""

from __future__ import annotations

from typing import Any

import pytest

from app.catalogue.models import Delivery
from app.children.models import Child, Need
from app.matching import circumstances
from app.matching.queries import Match, match_child
from app.shared import clock
from app.shared.db import atomic, db
from tests.matching.conftest import World


def first(world: World, **child: Any) -> Match:
    with atomic():
        for name, value in child.items():
            setattr(world.child, name, value)
    return match_child(world.child).matches[0]


def sentences(match: Match) -> dict[str, str]:
    return {reason.code: reason.sentence for reason in match.reasons}


def test_what_only_comes_near_to_a_childs_interest_is_not_called_by_its_name(world: World) -> None:
    world.offer(title="Free ride Fridays", description="Ride the track.", interests=["bmx", "cycling", "tricks"])
    said = sentences(first(world, interests=["skateboarding"]))
    assert said["like"] == "It is close to the first thing Amara told us about: skateboarding."
    assert "interest" not in said


def test_what_the_partner_names_in_another_form_is_the_childs_own(world: World) -> None:
    world.offer(title="Learn to skate", description="Boards are lent.", interests=["tricks"])
    assert sentences(first(world, interests=["skateboarding"]))["interest"] == "Skateboarding is the first thing Amara told us about."


def test_a_strength_that_says_never_is_no_refusal(world: World) -> None:
    world.offer(title="Puzzles", interests=["puzzles"])
    match = first(world, interests=[], strengths=["Never gives up on a puzzle"])
    assert match.caution is None
    assert sentences(match)["strength"] == "It builds on what Amara is good at: “Never gives up on a puzzle”"


def needs(world: World, *wanted: tuple[str, int]) -> None:
    with atomic():
        known = {need.code: need for need in world.child.needs}
        for need in world.child.needs:
            need.ended_on = clock.today() if need.code not in dict(wanted) else None
        for code, priority in wanted:
            if code in known:
                known[code].priority = priority
            else:
                world.child.needs.append(Need(code=code, priority=priority))
    db.session.expire_all()


def test_two_needs_of_one_priority_are_both_called_by_it(world: World) -> None:
    world.offer(needs=["Social:friendships", "Emotional:anxiety"])
    needs(world, ("Social:friendships", 1), ("Emotional:anxiety", 1))
    said = sentences(first(world))["need"]
    assert "second" not in said and said.endswith("Amara’s first needs."), said


def test_what_comes_close_to_a_need_says_to_which_and_by_what(world: World) -> None:
    world.offer(needs=["Emotional:self-esteem"], confirmed_on=clock.today())
    needs(world, ("Social:social-confidence", 1))
    match = first(world)
    assert sentences(match)["near_need"] == "It helps with self-esteem, which is close to what Amara needs: social confidence."
    assert match.caution is None, "it does not also say that it helps with nothing of it"


def test_what_helps_with_none_of_the_needs_says_with_which_it_does_not(world: World) -> None:
    world.offer(needs=["Academic:maths"])
    needs(world, ("Social:friendships", 1), ("Emotional:anxiety", 2))
    caution = first(world).caution
    assert caution is not None and caution.sentence == "It does not set out to help with friendships or anxiety."


@pytest.mark.parametrize(("delivery", "is_said"), [(Delivery.VENUE, True), (Delivery.HOME, False)])
def test_only_child_there_is_not_said_of_the_familys_own_home(world: World, delivery: Delivery, is_said: bool) -> None:
    world.offer(group_size=1, delivery=delivery, home_visit_radius_km=50 if delivery is Delivery.HOME else None)
    assert ("one_to_one" in sentences(first(world))) is is_said


def test_a_group_that_is_not_small_is_measured_by_the_child(world: World) -> None:
    world.offer(group_size=12)
    said = sentences(first(world, max_group=16))
    assert said.get("group", "") in ("", "12 children at most, and Amara can be in a group of up to 16.")
    assert "calm" not in said, "twelve are not few"


def test_what_is_for_another_situation_says_so(world: World) -> None:
    world.offer(title="SEND play sessions", must_parent_stay=True)
    caution = first(world).caution
    assert caution is not None and caution.code == "for_others"


def test_wanting_to_know_what_is_inside_is_no_word_of_a_prison(world: World) -> None:
    def spoken(said: str) -> frozenset[str]:
        return circumstances.of_profile(said, needs=frozenset(), languages=("en",), needs_quiet=False, needs_step_free=False)

    assert "prison" not in spoken("I want to know what's inside.")
    assert "prison" in spoken("Dad is inside.")


def test_half_an_hour_on_foot_is_not_close_by(world: World) -> None:
    offering = world.offer()
    child: Child = world.child
    for north, lead in ((0.005, "Close by"), (0.013, "Can be walked")):
        with atomic():
            offering.latitude, offering.longitude = (child.latitude or 0) + north, child.longitude
        match = match_child(child).matches[0]
        assert next(reason.lead for reason in match.reasons if reason.code == "near") == lead


def test_no_sentence_repeats_what_another_says_of_the_distance(world: World) -> None:
    child: Child = world.child
    world.offer(latitude=(child.latitude or 0) + 0.04, longitude=child.longitude)
    match = first(world, max_km=5)
    assert match.caution is not None and match.caution.sentence == "4.4 km is near the furthest Amara can travel."
