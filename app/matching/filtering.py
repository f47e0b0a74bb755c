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

BLOCK = 16_384
"""Offerings at a time: what is worked on stays in the processor's own memory."""


def sift(child: Profile, columns: Columns) -> Array:
    """A bit for each rule an offering breaks; refusals and places are asked separately."""
    who, terms, weeks = _who(child, columns), _terms(child, columns), _weeks(child, columns)
    limits = _limits(child, columns)
    broken = np.empty(columns.size, np.uint32)
    for first in range(0, columns.size, BLOCK):
        rows = slice(first, first + BLOCK)
        part = who[columns.who[rows]]
        part |= terms[columns.term[rows]]
        part |= weeks[columns.week[rows]]
        if limits is not None:
            _far(child, columns, rows, part, limits)
        broken[rows] = part
    if limits is None:
        is_place = ~(columns.of_who["is_online"] | columns.of_who["is_home"])
        broken |= _bit("distance", is_place)[columns.who]
        broken[columns.homes] |= np.uint32(BIT["home_visits"])
    elif len(columns.homes):
        away = ~(km(columns, child, columns.homes) <= columns.home_km)
        broken[columns.homes] |= _bit("home_visits", away)
    return broken


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


@dataclass(frozen=True)
class _Limits:
    """Where the child is, and how far it may be to each kind of offering: a straight line, squared, and in kilometres."""

    place: tuple[np.float32, np.float32, np.float32]
    chords: Array
    reach: Array
    edge: np.float32


def _limits(child: Profile, columns: Columns) -> _Limits | None:
    """None where nobody knows where the child is."""
    if child.latitude is None or child.longitude is None:
        return None
    who = columns.of_who
    x, y, z = (np.float32(part) for part in on_sphere(child.latitude, child.longitude))
    anywhere = who["is_online"] | who["is_home"]
    reach = np.where(anywhere, np.inf, np.where(who["has_transport"], rules.TRANSPORT_KM, child.max_km))
    chords = np.where(anywhere, np.inf, chord(np.where(anywhere, 0.0, reach))).astype(np.float32)
    return _Limits((x, y, z), chords, reach, np.float32(max(edge_of(rules.TRANSPORT_KM), edge_of(child.max_km))))


def _far(child: Profile, columns: Columns, rows: slice, broken: Array, limits: _Limits) -> None:
    """Marks what is too far among some rows. A place nobody knows is too far; what lies near a limit is measured again exactly."""
    x, y, z = limits.place
    chords = columns.x[rows] - x
    chords *= chords
    for column, middle in ((columns.y, y), (columns.z, z)):
        along = column[rows] - middle
        along *= along
        chords += along
    who = columns.who[rows]
    limit = limits.chords[who]
    far = ~(chords <= limit) & (limit != np.inf)
    chords -= limit
    close = np.flatnonzero(np.abs(chords) < limits.edge)
    if len(close):
        far[close] = ~(km(columns, child, close + rows.start) <= limits.reach[who[close]])
    broken |= far.astype(np.uint32) << np.uint32(rules.ORDER["distance"])


def km(columns: Columns, child: Profile, positions: Array) -> Array:
    """How far away some of the offerings are; not a number where one of the places is not known."""
    if child.latitude is None or child.longitude is None:
        return np.full(len(positions), np.nan)
    a, b = math.radians(child.latitude), np.radians(columns.latitude[positions])
    east = np.radians(columns.longitude[positions] - child.longitude)
    h = np.sin((b - a) / 2) ** 2 + math.cos(a) * np.cos(b) * np.sin(east / 2) ** 2
    result: Array = 2 * rules.EARTH_KM * np.arcsin(np.minimum(1.0, np.sqrt(h)))
    return result
