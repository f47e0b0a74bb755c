"""Each hard rule by name, on either side of its edge; and the whole filter against a slow restatement of it."""

from __future__ import annotations

import math
import uuid
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.matching import rules
from app.matching.profile import Candidate, Profile, Span

HOME = (51.5, -0.2)
KM_NORTH = 1 / (math.pi * rules.EARTH_KM / 180)  # degrees of latitude in a kilometre
OFFERING_ID = uuid.UUID(int=7)

CHILD = Profile(
    id="k1", called="Amara", age=9, gender="girl", latitude=HOME[0], longitude=HOME[1], max_km=3.0,
    windows=(Span("Tue", 930, 1050), Span("Wed", 930, 1050)), max_cost_pence=200, languages=("en", "so"),
)
OFFERING = Candidate(
    id=OFFERING_ID, ref="o1", title="Drums", organisation_id=uuid.UUID(int=8), organisation="Beats", age_min=7, age_max=11,
    latitude=HOME[0], longitude=HOME[1], slots=(Span("Tue", 960, 1020),), cost_pence=0, group_size=10,
)


def breaks(child: dict[str, Any], offering: dict[str, Any], free: int | None = 3) -> list[str]:
    return rules.broken(replace(CHILD, **child), replace(OFFERING, **offering), free)


def test_nothing_stands_in_the_way_to_begin_with() -> None:
    assert breaks({}, {}) == []


def north(km: float) -> dict[str, Any]:
    return {"latitude": HOME[0] + km * KM_NORTH, "longitude": HOME[1]}


HOLIDAY = {"slots": (Span("Thu", 600, 720, True),)}
EDGES: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    # rule, child and offering just inside, child and offering just outside
    ("age", {"age": 7}, {}, {"age": 6}, {}),
    ("age", {"age": 11}, {}, {"age": 12}, {}),
    ("gender", {}, {"gender": "girls"}, {"gender": "boy"}, {"gender": "girls"}),
    ("gender", {"gender": "boy"}, {"gender": "boys"}, {"gender": "girl"}, {"gender": "boys"}),
    ("gender", {"gender": "non-binary"}, {"gender": "any"}, {"gender": "non-binary"}, {"gender": "girls"}),
    ("girls_only", {"is_girls_only": True}, {"gender": "girls"}, {"is_girls_only": True}, {"gender": "any"}),
    ("place", {}, {}, {}, {"free": 0}),
    ("online", {"is_online_ok": True}, {"delivery": "online"}, {"is_online_ok": False}, {"delivery": "online"}),
    ("home_visits", {}, {"delivery": "home", "home_visit_radius_km": 5.0, **north(4.99)}, {},
     {"delivery": "home", "home_visit_radius_km": 5.0, **north(5.01)}),
    ("home_visits", {}, {"delivery": "home", "home_visit_radius_km": 5.0}, {}, {"delivery": "home"}),
    ("distance", {}, north(2.99), {}, north(3.01)),
    ("distance", {}, {"delivery": "school", **north(2.99)}, {}, {"delivery": "school", **north(3.01)}),
    ("distance", {}, {"accessibility": frozenset({"transport-provided"}), **north(14.99)}, {},
     {"accessibility": frozenset({"transport-provided"}), **north(15.01)}),
    ("distance", {}, north(0), {}, {"latitude": None}),
    ("distance", {}, north(0), {"latitude": None}, {}),
    ("time", {}, {"slots": (Span("Tue", 930, 1050),)}, {}, {"slots": (Span("Tue", 929, 1050),)}),
    ("time", {}, {"slots": (Span("Tue", 930, 1050),)}, {}, {"slots": (Span("Tue", 930, 1051),)}),
    ("time", {}, {"slots": (Span("Wed", 960, 1020),)}, {}, {"slots": (Span("Thu", 960, 1020),)}),
    ("time", {"are_holidays_ok": True}, HOLIDAY, {"are_holidays_ok": False}, HOLIDAY),
    ("time", {}, {"slots": (), "is_by_arrangement": True}, {}, {"slots": ()}),
    ("cost", {}, {"cost_pence": 200}, {}, {"cost_pence": 201}),
    ("language", {}, {"languages": frozenset({"so", "pl"})}, {}, {"languages": frozenset({"pl"})}),
    ("language", {}, {"languages": frozenset({"en"})}, {}, {"languages": frozenset()}),
    ("step_free", {"needs_step_free": True}, {"is_step_free": True}, {"needs_step_free": True}, {"is_step_free": False}),
    ("siblings", {"sibling_ages": (4, 7)}, {"sibling_min_age": 4}, {"sibling_ages": (3, 7)}, {"sibling_min_age": 4}),
    ("siblings", {"sibling_ages": ()}, {"sibling_min_age": None}, {"sibling_ages": (16,)}, {"sibling_min_age": None}),
    ("group", {"max_group": 10}, {"group_size": 10}, {"max_group": 10}, {"group_size": 11}),
    ("group", {"max_group": None}, {"group_size": None}, {"max_group": 10}, {"group_size": None}),
    ("quiet", {"needs_quiet": True}, {"accessibility": frozenset({"quiet-space"})}, {"needs_quiet": True}, {}),
    ("parent_stays", {"parent_cannot_stay": False}, {"must_parent_stay": True}, {"parent_cannot_stay": True}, {"must_parent_stay": True}),
    ("refused", {"refused": frozenset({uuid.UUID(int=9)})}, {}, {"refused": frozenset({OFFERING_ID})}, {}),
    ("made_for", {"audiences": frozenset({"deaf"})}, {"audiences": frozenset({"deaf", "autistic"})}, {"audiences": frozenset({"autistic"})},
     {"audiences": frozenset({"deaf"})}),
]


@pytest.mark.parametrize(("name", "child_in", "offering_in", "child_out", "offering_out"), EDGES)
def test_rule_holds_up_to_its_edge_and_not_beyond(
    name: str, child_in: dict[str, Any], offering_in: dict[str, Any], child_out: dict[str, Any], offering_out: dict[str, Any]
) -> None:
    assert breaks(child_in, offering_in) == []
    free = offering_out.pop("free", 3) if "free" in offering_out else 3
    assert breaks(child_out, offering_out, free) == [name]


def test_every_rule_has_an_edge_above() -> None:
    assert {edge[0] for edge in EDGES} == {rule.name for rule in rules.RULES}


def test_drop_in_needs_no_place() -> None:
    assert breaks({}, {}, None) == []


def test_one_known_distance() -> None:
    """Paddington to Acton Central, by the map 5.3 km."""
    assert rules.distance_km(51.5154, -0.1755, 51.5088, -0.2633) == pytest.approx(6.12, abs=0.05)


# --- the whole filter, restated slowly ---

days = st.sampled_from(["Mon", "Tue", "Sat"])
spans = st.builds(
    lambda day, start, length, holiday: Span(day, start, start + length, holiday), days, st.sampled_from([900, 930, 960]),
    st.sampled_from([30, 60, 120]), st.booleans(),
)
places = st.sampled_from([None, 51.5, 51.52, 51.6, 51.7])
profiles = st.builds(
    Profile, id=st.just("k"), called=st.just("Amara"), age=st.integers(5, 12), gender=st.sampled_from(["girl", "boy", "Female", "other", ""]),
    latitude=places, longitude=st.just(-0.2), max_km=st.sampled_from([1.0, 3.0, 12.0]),
    windows=st.lists(spans, max_size=3).map(tuple), are_holidays_ok=st.booleans(), is_online_ok=st.booleans(),
    max_cost_pence=st.sampled_from([0, 300]), languages=st.lists(st.sampled_from(["en", "so"]), min_size=1, max_size=2).map(tuple),
    needs_step_free=st.booleans(), is_girls_only=st.booleans(), sibling_ages=st.lists(st.integers(2, 9), max_size=2).map(tuple),
    max_group=st.sampled_from([None, 6, 12]), needs_quiet=st.booleans(), parent_cannot_stay=st.booleans(),
    audiences=st.frozensets(st.sampled_from(["deaf", "autistic"])), refused=st.sampled_from([frozenset(), frozenset({OFFERING_ID})]),
)
candidates = st.builds(
    Candidate, id=st.just(OFFERING_ID), ref=st.just("o"), title=st.just("Drums"), organisation_id=st.just(OFFERING_ID),
    organisation=st.just("Beats"), age_min=st.integers(4, 8), age_max=st.integers(8, 13), latitude=places, longitude=st.just(-0.2),
    delivery=st.sampled_from(["venue", "online", "home", "school"]), home_visit_radius_km=st.sampled_from([None, 2.0, 20.0]),
    slots=st.lists(spans, max_size=3).map(tuple), is_by_arrangement=st.booleans(), cost_pence=st.sampled_from([0, 300, 301]),
    languages=st.frozensets(st.sampled_from(["en", "so", "pl"])), gender=st.sampled_from(["any", "any", "girls", "boys"]),
    is_step_free=st.booleans(), must_parent_stay=st.booleans(),
    accessibility=st.frozensets(st.sampled_from(["quiet-space", "transport-provided"])),
    sibling_min_age=st.sampled_from([None, 2, 5]), group_size=st.sampled_from([None, 6, 7, 12]),
    audiences=st.sampled_from([frozenset(), frozenset(), frozenset({"deaf"})]),
)


def slowly(child: Profile, offering: Candidate, free: int | None) -> bool:
    """The rules of the format's page, one after the other, in its own words."""
    if child.age not in range(offering.age_min, offering.age_max + 1):
        return False
    sex = {"girl": "girls", "female": "girls", "boy": "boys"}.get(child.gender.lower())
    if offering.gender != "any" and offering.gender != sex:
        return False
    if child.is_girls_only and offering.gender != "girls":
        return False
    if free is not None and free < 1:
        return False
    if offering.delivery == "online":
        if not child.is_online_ok:
            return False
    else:
        if child.latitude is None or offering.latitude is None:
            return False
        km = 111.19492664 * abs(child.latitude - offering.latitude)  # the same meridian
        if offering.delivery == "home":
            if offering.home_visit_radius_km is None or km > offering.home_visit_radius_km:
                return False
        elif km > (15 if "transport-provided" in offering.accessibility else child.max_km):
            return False
    fits = [offering.is_by_arrangement]
    for slot in offering.slots:
        if slot.is_holiday:
            fits.append(child.are_holidays_ok)
        else:
            fits += [w.day == slot.day and w.start <= slot.start <= slot.end <= w.end for w in child.windows]
    if not any(fits):
        return False
    if offering.cost_pence > child.max_cost_pence or not set(child.languages) & offering.languages:
        return False
    if child.needs_step_free and not offering.is_step_free:
        return False
    for age in child.sibling_ages:
        if offering.sibling_min_age is None or age < offering.sibling_min_age:
            return False
    if child.max_group is not None and (offering.group_size is None or offering.group_size > child.max_group):
        return False
    if child.needs_quiet and "quiet-space" not in offering.accessibility:
        return False
    if child.parent_cannot_stay and offering.must_parent_stay:
        return False
    if offering.audiences and not offering.audiences & child.audiences:
        return False
    return offering.id not in child.refused


@settings(max_examples=1500)
@given(profiles, candidates, st.sampled_from([None, 0, 1, 5]))
def test_filter_agrees_with_the_rules_restated(child: Profile, offering: Candidate, free: int | None) -> None:
    assert rules.is_eligible(child, offering, free) == slowly(child, offering, free)
    assert rules.is_eligible(child, offering, free) == (rules.broken(child, offering, free) == [])
