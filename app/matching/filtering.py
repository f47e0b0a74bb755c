"""The hard rules asked of all offerings at once: what rules.py says of one, as a bit for each rule it breaks. Pure.

rules.py is the truth; tests/matching/test_filtering.py holds the two against each other on random children and offerings.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from app.matching import rules
from app.matching.columns import AUDIENCE_BIT, DAY, Array, Columns, chord, edge_of, on_sphere
from app.matching.profile import Profile

BIT = {rule.name: 1 << at for at, rule in enumerate(rules.RULES)}

@dataclass(frozen=True)
class Sifted:
    """`broken` has a bit for each rule an offering breaks; places are asked separately. `chords` are straight lines through the Earth,
    squared, as a share of its radius: see `km`."""

    broken: Array
    chords: Array | None


def sift(child: Profile, columns: Columns) -> Sifted:
    broken = _who(child, columns)[columns.who]
    broken |= _terms(child, columns)[columns.term]
    broken |= _weeks(child, columns)[columns.week]
    return Sifted(broken, _far(child, columns, broken))


def _who(child: Profile, columns: Columns) -> Array:
    """Rule by rule as rules.py has them, for each combination of whom it is for and how it takes place."""
    who = columns.of_who
    audiences = np.uint32(sum(AUDIENCE_BIT[name] for name in child.audiences))
    out = _bit("age", (who["age_min"] > child.age) | (who["age_max"] < child.age))
    out |= _bit("made_for", (who["audiences"] != 0) & ((who["audiences"] & audiences) == 0))
    if not child.is_girl:
        out |= _bit("gender", who["girls"])
    if not child.is_boy:
        out |= _bit("gender", who["boys"])
    if child.is_girls_only:
        out |= _bit("girls_only", ~who["girls"])
    if not child.is_online_ok:
        out |= _bit("online", who["is_online"])
    if child.needs_step_free:
        out |= _bit("step_free", ~who["is_step_free"])
    if child.needs_quiet:
        out |= _bit("quiet", ~who["has_quiet"])
    if child.parent_cannot_stay:
        out |= _bit("parent_stays", who["must_parent_stay"])
    return out


def _terms(child: Profile, columns: Columns) -> Array:
    term = columns.of_term
    languages = frozenset(child.languages)
    out = _bit("cost", term["cost"] > child.max_cost_pence)
    out |= _bit("language", np.array([languages.isdisjoint(spoken) for spoken in columns.tongues], bool)[term["languages"]])
    if child.sibling_ages:
        out |= _bit("siblings", term["sibling"] > min(child.sibling_ages))
    if child.max_group is not None:
        out |= _bit("group", term["group"] > child.max_group)
    return out


def _weeks(child: Profile, columns: Columns) -> Array:
    fits = columns.by_arrangement.copy()
    good = columns.are_holidays & child.are_holidays_ok
    for window in child.windows:
        good |= (~columns.are_holidays & (columns.days == DAY.get(window.day, 8))
                 & (columns.starts >= window.start) & (columns.ends <= window.end))
    fits[columns.week_of[good]] = True
    return _bit("time", ~fits)


def _bit(name: str, broken: Array) -> Array:
    result: Array = broken.astype(np.uint32) << np.uint32(rules.ORDER[name])
    return result


def _far(child: Profile, columns: Columns, broken: Array) -> Array | None:
    """Marks what is too far, and answers how far everything is. A place nobody knows is too far."""
    who = columns.of_who
    is_place = ~(who["is_online"] | who["is_home"])
    if child.latitude is None or child.longitude is None:
        broken |= _bit("distance", is_place)[columns.who]
        broken[columns.homes] |= np.uint32(BIT["home_visits"])
        return None
    x, y, z = (np.float32(part) for part in on_sphere(child.latitude, child.longitude))
    chords = np.square(columns.x - x)
    chords += np.square(columns.y - y)
    chords += np.square(columns.z - z)
    limit = np.where(is_place, np.where(who["has_transport"], chord(rules.TRANSPORT_KM), chord(child.max_km)), np.inf).astype(np.float32)
    limit = limit[columns.who]
    far = ~(chords <= limit)
    if not is_place.all():
        far &= is_place[columns.who]
    edge = np.float32(max(edge_of(rules.TRANSPORT_KM), edge_of(child.max_km)))
    for at in np.flatnonzero(np.abs(chords - limit) < edge):
        reach = rules.TRANSPORT_KM if who["has_transport"][columns.who[at]] else child.max_km
        far[at] = not _distance(child, columns, int(at)) <= reach
    broken |= far.astype(np.uint32) << np.uint32(rules.ORDER["distance"])
    if len(columns.homes):
        there = chords[columns.homes]
        away = ~(there <= columns.home_chords)
        for row in np.flatnonzero(np.abs(there - columns.home_chords) < columns.home_edges):
            away[row] = not _distance(child, columns, int(columns.homes[row])) <= columns.home_km[row]
        broken[columns.homes] |= away.astype(np.uint32) << np.uint32(rules.ORDER["home_visits"])
    return chords


def _distance(child: Profile, columns: Columns, at: int) -> float:
    assert child.latitude is not None and child.longitude is not None
    return rules.distance_km(child.latitude, child.longitude, float(columns.latitude[at]), float(columns.longitude[at]))


def km(columns: Columns, child: Profile, positions: Array) -> Array:
    """How far away some of the offerings are; not a number where one of the places is not known."""
    if child.latitude is None or child.longitude is None:
        return np.full(len(positions), np.nan)
    a, b = math.radians(child.latitude), np.radians(columns.latitude[positions])
    east = np.radians(columns.longitude[positions] - child.longitude)
    h = np.sin((b - a) / 2) ** 2 + math.cos(a) * np.cos(b) * np.sin(east / 2) ** 2
    result: Array = 2 * rules.EARTH_KM * np.arcsin(np.minimum(1.0, np.sqrt(h)))
    return result
