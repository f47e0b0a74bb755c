"""children.json, one child at a time: what comes in goes out the same, twice is once, wrong rows are named."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.catalogue.models import NEEDS
from app.children import services
from app.children.models import Child, Voice
from app.children.record_values import DAYS, Window
from app.children.records import ChildRecord, read_record, read_records
from app.children.services import Outcome, export_dict, upsert_child
from app.shared.db import db
from tests.children.conftest import World

SAMPLE: dict[str, Any] = {
    "id": "k01", "first_name": "Idris", "age": 9, "school_year": "Year 5", "gender": "boy", "region": "West London",
    "town": "North Kensington", "lat": 51.5189, "lon": -0.2143,
    "own_words": " I can nearly do a handstand against the wall.\nI don't like it when everyone watches. ",
    "link_worker_note": "Moves all day.", "interests": ["handstands", "climbing things"],
    "needs": [{"code": "Social:teamwork", "priority": 2}, {"code": "Emotional:self-esteem", "priority": 1},
              {"code": "Academic:maths", "priority": 2}],
    "goals": "Show one thing to the class without hiding.", "barriers": "Must be done by 17:30.",
    "constraints": {
        "max_km": 3.0, "windows": [{"days": ["Mon", "Fri"], "start": "15:30", "end": "17:30"}], "holidays_ok": False, "online_ok": False,
        "max_cost_gbp": 3.5, "languages": ["so", "en"], "step_free": False, "girls_only": False, "sibling_ages": [7, 4],
        "max_group": 16, "quiet_required": False, "parent_cannot_stay": True,
    },
}


def changed(**changes: Any) -> dict[str, Any]:
    sample = copy.deepcopy(SAMPLE)
    for name, value in changes.items():
        (sample["constraints"] if name in sample["constraints"] else sample)[name] = value
    return sample


def read(raw: dict[str, Any]) -> ChildRecord:
    record, faults = read_record(raw)
    assert record is not None, faults
    return record


def bring_in(world: World, raw: dict[str, Any]) -> services.Upserted:
    return upsert_child(zone_id=world.zone.id, source="file", record=read(raw), actor=world.manager)


def test_child_comes_out_as_it_went_in_key_by_key(world: World) -> None:
    child = bring_in(world, SAMPLE).child
    assert json.dumps(export_dict(child), ensure_ascii=False) == json.dumps(SAMPLE, ensure_ascii=False)


def test_same_record_twice_changes_nothing(world: World) -> None:
    assert [bring_in(world, SAMPLE).outcome for _ in range(3)] == [Outcome.CREATED, Outcome.UNCHANGED, Outcome.UNCHANGED]
    assert db.session.query(Child).filter(Child.source == "file").count() == 1
    assert db.session.query(Voice).filter(Voice.source == "import").count() == 1


@pytest.mark.parametrize(("name", "value"), [
    ("first_name", "Idriss"), ("interests", ["climbing things", "handstands"]), ("max_km", 4), ("own_words", "New words"),
    ("needs", [{"code": "Social:teamwork", "priority": 2}]), ("needs", []), ("max_cost_gbp", 0), ("windows", []), ("lat", None),
    ("needs", [{"code": "Emotional:self-esteem", "priority": 1}, {"code": "Social:teamwork", "priority": 2},
               {"code": "Academic:maths", "priority": 2}]),
])
def test_changed_record_updates_once_and_comes_out_changed(world: World, name: str, value: Any) -> None:
    bring_in(world, SAMPLE)
    new = changed(**{name: value})
    if name == "lat":
        new["lon"] = None
    assert [bring_in(world, new).outcome for _ in range(2)] == [Outcome.UPDATED, Outcome.UNCHANGED]
    child = db.session.query(Child).filter(Child.source_ref == "k01").one()
    assert export_dict(child) == new


def test_earlier_words_stay_when_new_ones_come(world: World) -> None:
    bring_in(world, SAMPLE)
    bring_in(world, changed(own_words="Now I can do it"))
    assert db.session.query(Voice).filter(Voice.source == "import").count() == 2


def test_same_id_of_another_source_or_zone_is_another_child(world: World) -> None:
    bring_in(world, SAMPLE)
    other = upsert_child(zone_id=world.zone.id, source="other file", record=read(SAMPLE), actor=world.manager)
    assert other.outcome is Outcome.CREATED


def test_what_the_file_does_not_know_is_left_alone(world: World) -> None:
    child = bring_in(world, SAMPLE).child
    services.set_strengths(
        child_id=child.id, strengths=["brave"], interests=SAMPLE["interests"], aspiration="Fly", what_helps="", what_does_not="",
        must_know="Asthma", actor=world.manager,
    )
    services.set_carer(child_id=child.id, name="Dad", actor=world.manager)
    assert bring_in(world, changed(age=10)).outcome is Outcome.UPDATED
    child = db.session.get_one(Child, child.id)
    assert (child.age, child.strengths, child.must_know, child.carers[0].name) == (10, ["brave"], "Asthma", "Dad")


@pytest.mark.parametrize(("name", "value", "column"), [
    ("id", "", "id"), ("id", None, "id"), ("first_name", "", "first_name"), ("first_name", 7, "first_name"), ("age", "nine", "age"),
    ("age", 9.5, "age"), ("age", True, "age"), ("age", 26, "age"), ("lat", 91, "lat"), ("lat", None, "lat"), ("lon", "west", "lon"),
    ("interests", "drums", "interests"), ("interests", [1], "interests"), ("needs", [{"code": "Social:magic", "priority": 1}], "needs"),
    ("needs", [{"code": "Social:teamwork", "priority": 0}], "needs"), ("needs", [{"code": "Social:teamwork"}], "needs"),
    ("needs", [{"code": "Social:teamwork", "priority": 1}] * 2, "needs"), ("needs", {}, "needs"), ("constraints", None, "constraints"),
    ("max_km", 0, "constraints.max_km"), ("max_km", float("nan"), "constraints.max_km"), ("max_km", None, "constraints.max_km"),
    ("windows", [{"days": ["Mon"], "start": "17:00", "end": "15:00"}], "constraints.windows"),
    ("windows", [{"days": ["Funday"], "start": "15:00", "end": "17:00"}], "constraints.windows"),
    ("windows", [{"days": ["Mon"], "start": "3pm", "end": "17:00"}], "constraints.windows"), ("windows", None, "constraints.windows"),
    ("holidays_ok", "yes", "constraints.holidays_ok"), ("max_cost_gbp", -1, "constraints.max_cost_gbp"),
    ("max_cost_gbp", 1.005, "constraints.max_cost_gbp"), ("languages", [], "constraints.languages"),
    ("languages", ["English"], "constraints.languages"), ("sibling_ages", [-1], "constraints.sibling_ages"),
    ("max_group", 0, "constraints.max_group"), ("own_words", "a\x00b", "own_words"), ("town", "x" * 121, "town"),
])
def test_wrong_value_is_named_by_its_column(name: str, value: Any, column: str) -> None:
    raw = changed(**{name: value}) if name != "constraints" else {**SAMPLE, "constraints": value}
    record, faults = read_record(raw, row=4)
    assert record is None
    assert [(fault.row, fault.column) for fault in faults] == [(4, column)]
    assert "found" in str(faults[0])


@pytest.mark.parametrize(("name", "value", "key", "meant"), [
    ("age", 9.0, "age", 9), ("max_group", 12.0, "max_group", 12), ("sibling_ages", [4.0], "sibling_ages", (4,)),
    ("needs", None, "needs", ()), ("sibling_ages", None, "sibling_ages", ()), ("online_ok", None, "online_ok", False),
    ("max_cost_gbp", None, "max_cost_pence", 0), ("languages", None, "languages", ("en",)), ("languages", ["EN", "Bsl", "en"], "languages", ("en", "bsl")),
    ("needs", [{"code": "Social:teamwork", "priority": 4.0}], "needs", (("Social:teamwork", 3),)),
    ("windows", [{"days": ["Mon"], "start": "9:00", "end": "10:30"}], "windows", (Window(("Mon",), "09:00", "10:30"),)),
])
def test_null_is_nothing_said_and_what_can_only_mean_one_thing_is_right(name: str, value: Any, key: str, meant: object) -> None:
    record, faults = read_record(changed(**{name: value}))
    assert faults == [] and record is not None
    assert getattr(record, key) == meant


def test_wrong_row_does_not_stop_the_others() -> None:
    good, faults = read_records([SAMPLE, 7, changed(id="k02", age="x", max_km=-2), changed(id="k03"), changed(id="k01")])
    assert [(row, record.id) for row, record in good] == [(1, "k01"), (4, "k03")]
    assert [(fault.row, fault.column) for fault in faults] == [(2, "row"), (3, "age"), (3, "constraints.max_km"), (5, "id")]


def test_file_that_is_no_list_is_one_fault() -> None:
    good, faults = read_records({"children": []})
    assert (good, len(faults)) == ([], 1)


text = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)
times = st.builds(lambda a, b: tuple(sorted((a, b))), st.integers(0, 1438), st.integers(0, 1438)).filter(lambda t: t[0] < t[1])


def as_time(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


records = st.fixed_dictionaries({
    "id": text.filter(str.strip), "first_name": text.filter(str.strip), "age": st.integers(0, 25), "school_year": text.map(lambda t: t[:20]),
    "gender": st.sampled_from(["girl", "boy", "non-binary", ""]), "region": text, "town": text, "lat": st.floats(-90, 90),
    "lon": st.floats(-180, 180), "own_words": text.filter(lambda t: t == "" or t.strip()), "link_worker_note": text,
    "interests": st.lists(text.filter(str.strip), max_size=4),
    "needs": st.lists(st.builds(lambda c, p: {"code": c, "priority": p}, st.sampled_from(NEEDS), st.integers(1, 3)),
                      max_size=5, unique_by=lambda need: need["code"]),
    "goals": text, "barriers": text,
    "constraints": st.fixed_dictionaries({
        "max_km": st.floats(0.1, 100), "windows": st.lists(st.builds(
            lambda days, t: {"days": days, "start": as_time(t[0]), "end": as_time(t[1])},
            st.lists(st.sampled_from(DAYS), min_size=1, max_size=7, unique=True), times), max_size=3),
        "holidays_ok": st.booleans(), "online_ok": st.booleans(),
        "max_cost_gbp": st.integers(0, 5000).map(lambda p: p // 100 if p % 100 == 0 else p / 100),
        "languages": st.lists(st.sampled_from(["en", "so", "ar", "bsl"]), min_size=1, unique=True), "step_free": st.booleans(),
        "girls_only": st.booleans(), "sibling_ages": st.lists(st.integers(0, 17), max_size=3),
        "max_group": st.none() | st.integers(1, 40), "quiet_required": st.booleans(), "parent_cannot_stay": st.booleans(),
    }),
})


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(records)
def test_any_good_record_reads_and_writes_back_the_same(raw: dict[str, Any]) -> None:
    assert read(raw).as_dict() == raw
