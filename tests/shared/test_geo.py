"""The map's numbers: where pins fall, what is drawn beneath them, and what happens where no outlines are known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.shared.geo import Outlines

SCHOOL = {"lat": 51.507, "lon": -0.226, "home": True}
WIGAN = {"lat": 53.545, "lon": -2.632, "home": True}


@pytest.fixture
def outlines(tmp_path: Path) -> Outlines:
    square = [[-0.6, 51.3], [0.2, 51.3], [0.2, 51.7], [-0.6, 51.7], [-0.6, 51.3]]
    ground: dict[str, Any] = {
        "credit": "credit where due",
        "areas": [{"name": "All of it", "rings": [square]}],
        "lines": [{"name": "Hammersmith & City", "points": [[-0.3, 51.507], [-0.226, 51.507], [-0.1, 51.507]]}],
    }
    (tmp_path / "map.json").write_text(json.dumps(ground))
    return Outlines(tmp_path / "map.json")


def test_north_is_up_and_east_is_right(outlines: Outlines) -> None:
    north_east = {"lat": 51.520, "lon": -0.200}
    school, other = outlines.view([SCHOOL, north_east])["pins"]
    assert other["x"] > school["x"]
    assert other["y"] < school["y"]


def test_two_pins_on_one_spot_are_moved_apart_to_be_pressed(outlines: Outlines) -> None:
    a, b = outlines.view([SCHOOL, dict(SCHOOL)])["pins"]
    assert ((a["x"] - b["x"]) ** 2 + (a["y"] - b["y"]) ** 2) ** 0.5 >= 25


def test_the_ring_is_one_mile_at_the_maps_own_scale(outlines: Outlines) -> None:
    mile_north = {"lat": 51.507 + 1.609344 / 110.57, "lon": -0.226}
    drawn = outlines.view([SCHOOL, mile_north], 600, 600)
    school, other = drawn["pins"]
    assert abs((school["y"] - other["y"]) - drawn["mile_px"]) < 1


def test_ground_reaching_far_beyond_is_cut_to_the_picture(outlines: Outlines) -> None:
    drawn = outlines.view([SCHOOL, {"lat": 51.510, "lon": -0.220}], 300, 300)
    assert drawn["known_ground"]
    assert len(drawn["areas"][0]) < 60
    assert "hammersmith-city" in drawn["lines"]
    assert drawn["credit"] == "credit where due"


def test_outside_london_pins_stand_on_plain_ground_without_credit(outlines: Outlines) -> None:
    drawn = outlines.view([WIGAN, {"lat": 53.55, "lon": -2.64}])
    assert not drawn["known_ground"]
    assert drawn["areas"] == []
    assert drawn["lines"] == {}
    assert drawn["credit"] == ""


def test_boundaries_of_the_zone_replace_the_built_in_ones(outlines: Outlines) -> None:
    ring = [(-2.7, 53.5), (-2.5, 53.5), (-2.5, 53.6), (-2.7, 53.6), (-2.7, 53.5)]
    drawn = outlines.view([WIGAN], areas=[{"name": "Wigan", "rings": [ring]}])
    assert drawn["known_ground"]
    assert drawn["credit"] == ""
