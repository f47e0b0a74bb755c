"""The rules asked of all offerings at once say what rules.py says of each."""

from __future__ import annotations

import math
import uuid
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from app.matching import ranking, rules
from app.matching.filtering import BIT, km, sieve
from app.matching.profile import Candidate, Profile
from app.matching.weights import WEIGHTS
from benchmarks.judged import shelf
from tests.matching.test_rules import CHILD, KM_NORTH, OFFERING, candidates, profiles

FREE = 3


def bits(child: Profile, offerings: list[Candidate]) -> list[set[str]]:
    columns = shelf.shelf_of(offerings).parts[0].columns
    found = dict(zip(columns.refs, sieve(child, columns).broken(np.arange(columns.size)), strict=True))
    return [{name for name, bit in BIT.items() if int(found[offering.ref]) & bit} for offering in offerings]


def told_apart(offerings: list[Candidate]) -> list[Candidate]:
    return [replace(offering, id=uuid.UUID(int=at), ref=f"{at:03d}") for at, offering in enumerate(offerings)]


@settings(max_examples=200, deadline=None)
@given(profiles, st.lists(candidates, min_size=1, max_size=12).map(told_apart))
def test_all_at_once_agrees_with_one_by_one(child: Profile, offerings: list[Candidate]) -> None:
    """But for refusals and places, which are asked anew: see ranking.rank and the next test."""
    child = replace(child, refused=frozenset())
    assert bits(child, offerings) == [set(rules.broken(child, offering, FREE)) for offering in offerings]


@settings(max_examples=60, deadline=None)
@given(profiles, st.lists(candidates, min_size=1, max_size=12).map(told_apart), st.sampled_from([0, 2]))
def test_what_is_shown_and_counted_is_what_the_rules_say(child: Profile, offerings: list[Candidate], places: int) -> None:
    child = replace(child, refused=frozenset({uuid.UUID(int=1)}))
    made = shelf.shelf_of(offerings, places=places)
    broken = {offering.ref: rules.broken(child, offering, places) for offering in offerings}
    found = ranking.rank(made, child, "", WEIGHTS)
    assert found.considered == len(offerings)
    fit = {ref for ref, names in broken.items() if not names}
    assert shelf.eligible(made, child) == fit
    [only] = ranking.rank(made, child, "", WEIGHTS, counted=False).rankings
    assert {only.columns.refs[at] for at in only.positions} == fit
    counted = [names[0] for names in broken.values() if names]
    assert found.ruled_out == {rule.name: counted.count(rule.name) for rule in rules.RULES if rule.name in counted}
    one = [names[0] for ref, names in broken.items() if len(names) == 1 and names != ["distance"]]
    assert {name: count for name, count in found.would_open.items() if name != "distance"} == {name: one.count(name) for name in one}


def test_counted_or_not_the_same_offerings_fit() -> None:
    made = shelf.shelf_of(told_apart([OFFERING, OFFERING, replace(OFFERING, age_min=17), replace(OFFERING, delivery="home")]), places=3)
    child = replace(CHILD, refused=frozenset({uuid.UUID(int=1)}))
    for counted in (True, False):
        [found] = ranking.rank(made, child, "", WEIGHTS, counted=counted).rankings
        assert [found.columns.refs[at] for at in found.positions] == ["000"], counted


def at_the_limit() -> list[Candidate]:
    """Within a hand's breadth of three kilometres on every side, half of them people who come home: single precision is half a metre wide here."""
    offerings = []
    for number in range(120):
        angle, kilometres = math.tau * number / 120, 3.0 + (-1e-3, -1e-4, 1e-4, 1e-3)[number % 4]
        latitude = CHILD.latitude + kilometres * KM_NORTH * math.cos(angle)
        place = {"latitude": latitude, "longitude": CHILD.longitude + kilometres * KM_NORTH * math.sin(angle) / math.cos(math.radians((latitude + CHILD.latitude) / 2))}
        home = {"delivery": "home", "home_visit_radius_km": 3.0} if number % 8 < 4 else {}
        offerings.append(replace(OFFERING, **place, **home))
    return told_apart(offerings)


def test_a_hands_breadth_either_side_of_the_limit_is_told_apart() -> None:
    offerings = at_the_limit()
    wanted = [set(rules.broken(CHILD, offering, FREE)) for offering in offerings]
    assert 0 < sum(map(bool, wanted)) < len(wanted)
    assert bits(CHILD, offerings) == wanted


def test_distances_are_those_of_the_rules() -> None:
    offerings = told_apart([replace(OFFERING, latitude=51.5 + at / 50, longitude=-0.2 + at / 40) for at in range(5)])
    columns = shelf.shelf_of(offerings).parts[0].columns
    at = {offering.ref: offering for offering in offerings}
    wanted = [rules.distance_between(CHILD, at[ref]) for ref in columns.refs]
    assert np.allclose(km(columns, CHILD, np.arange(5)), wanted, atol=1e-9)
