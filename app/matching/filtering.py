"""The hard rules asked of all offerings at once: what rules.py says of one, as a bit for each rule it breaks. Pure.

rules.py is the truth; tests/matching/test_filtering.py holds the two against each other on random children and offerings.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from app.matching import kernels, rules
from app.matching.columns import AUDIENCE_BIT, DAY, NEAR_EDGE_KM, Array, Columns, chord, edge_of, on_sphere
from app.matching.grid import ANYWHERE, FETCHED, ORDINARY, between
from app.matching.profile import Profile

T = TypeVar("T")
BIT = {rule.name: 1 << at for at, rule in enumerate(rules.RULES)}

BEFORE_DISTANCE = np.uint32(sum(bit for name, bit in BIT.items() if rules.ORDER[name] < rules.ORDER["distance"]) & ~BIT["home_visits"])
"""Rules that come before distance in the table and hang on the combination of `whos` alone."""


@dataclass(frozen=True)
class Reaches:
    """How far it may be to an offering of each combination of `whos`: in kilometres, and as a chord; endless for what is anywhere. `edge`: how near to a
    limit a chord is not trusted. `by_kind`: the same as kernels.sift has it."""

    reach: Array
    chords: Array
    edge: np.float32
    by_kind: tuple[Array, Array]


@dataclass(frozen=True)
class Limits:
    """Where the child is, and how far it may be to each kind of offering: a straight line, squared, and in kilometres."""

    place: tuple[np.float32, np.float32, np.float32]
    reaches: Reaches


@dataclass(frozen=True)
class Sieve:
    """The rules of one child for one shelf of columns, asked of each combination once."""

    child: Profile
    columns: Columns
    who: Array
    terms: Array
    weeks: Array
    is_spare: Array
    limits: Limits | None

    def broken(self, rows: Array, who: Array | None = None) -> Array:
        """A bit for each rule that some offerings break; refusals and places are asked separately. `who` of the rows, where it is known."""
        columns = self.columns
        who = columns.who.take(rows) if who is None else who
        out: Array = self.who.take(who)
        out |= self.terms.take(columns.term.take(rows))
        out |= self.weeks.take(columns.week.take(rows))
        homes = np.flatnonzero(columns.of_who["is_home"][who])
        if self.limits is None:
            out |= _bit("distance", ~(columns.of_who["is_online"] | columns.of_who["is_home"]))[who]
            out[homes] |= np.uint32(BIT["home_visits"])
            return out
        out |= _far(self.child, columns, rows, who, self.limits)
        if len(homes):
            at = rows[homes]
            out[homes] |= _bit("home_visits", ~(km(columns, self.child, at) <= columns.home_km[at]))
        return out

    def near(self, further_km: float = 0.0) -> tuple[Array, Array]:
        """The rows worth asking, in order, and their `who`: those that may be within reach, or so much beyond it. Every other row is too
        far, or its combination breaks a rule that comes before distance and, in all, at least two."""
        rows = self._within(further_km)
        who = self.columns.who.take(rows)
        if self.is_spare.any():
            kept = (~self.is_spare).take(who).nonzero()[0]
            rows, who = rows.take(kept), who.take(kept)
        return rows, who

    def _within(self, further_km: float) -> Array:
        grid = self.columns.grid
        anywhere = grid.rows(ANYWHERE)
        latitude, longitude = self.child.latitude, self.child.longitude
        if latitude is None or longitude is None:
            return anywhere
        return np.concatenate((
            grid.near(ORDINARY, latitude, longitude, self.child.max_km + further_km),
            grid.near(FETCHED, latitude, longitude, rules.TRANSPORT_KM + further_km), anywhere,
        ))

    def spans(self, further_km: float) -> tuple[Array, Array, Array]:
        """The rows of `_within`, as ranges: where each begins and ends, and which of kernels.WITHIN ... it is."""
        grid = self.columns.grid
        latitude, longitude = self.child.latitude, self.child.longitude
        found: list[tuple[Array | tuple[int, ...], Array | tuple[int, ...], int]] = []
        if latitude is not None and longitude is not None:
            for part, km_, (kind, beyond) in (
                (ORDINARY, self.child.max_km, (kernels.WITHIN, kernels.BEYOND)), (FETCHED, rules.TRANSPORT_KM, (kernels.FETCHED, kernels.BEYOND_FETCHED)),
            ):
                near = grid.spans(part, latitude, longitude, km_)
                found.append((*near, kind))
                if further_km:
                    found.append((*between(grid.spans(part, latitude, longitude, km_ + further_km), near), beyond))
        found.append((grid.starts[ANYWHERE : ANYWHERE + 1], grid.starts[ANYWHERE + 1 : ANYWHERE + 2], kernels.ANYWHERE))
        starts, ends, kinds = zip(*found, strict=True)
        return np.concatenate(starts, dtype=np.int64), np.concatenate(ends, dtype=np.int64), np.repeat(kinds, [len(one) for one in starts])

    def may_be_only_far(self, further_km: float) -> Array:
        """The rows within reach, or so much beyond it, that break no rule of the combinations: what distance alone may rule out."""
        columns, grid = self.columns, self.columns.grid
        latitude, longitude = self.child.latitude, self.child.longitude
        if latitude is None or longitude is None:
            return np.zeros(0, np.int64)
        fits_who = self.who == 0
        found = []
        for part, km_ in ((ORDINARY, self.child.max_km), (FETCHED, rules.TRANSPORT_KM)):
            rows = grid.near(part, latitude, longitude, km_ + further_km)
            found.append(self._suiting(rows[fits_who.take(columns.who.take(rows))]))
        return np.concatenate(found)

    def beyond(self, rows: Array, further_km: float) -> tuple[Array, Array]:
        """Those of some rows that are too far, but by no more than that; and by how much."""
        if self.limits is None:
            return rows[:0], np.zeros(0)
        reach = self.limits.reaches.reach.take(self.columns.who.take(rows))
        chords = _chords(self.columns, rows, self.limits.place)
        about = ((chords > chord(np.maximum(0.0, reach - NEAR_EDGE_KM))) & (chords < chord(reach + further_km + NEAR_EDGE_KM))).nonzero()[0]
        by = km(self.columns, self.child, rows[about]) - reach[about]
        kept = ((by > 0) & (by <= further_km)).nonzero()[0]
        return rows[about[kept]], by[kept]

    def fitting(self) -> Array:
        """The rows in the box around the child that break no rule of the combinations. Distance and home visits are still to be asked."""
        rows = self._within(0.0)
        return self._suiting(rows[(self.who == 0).take(self.columns.who.take(rows))])

    def _suiting(self, rows: Array) -> Array:
        """Those of some rows whose terms and times break no rule."""
        rows = rows[(self.terms == 0).take(self.columns.term.take(rows))]
        suiting: Array = rows[(self.weeks == 0).take(self.columns.week.take(rows))]
        return suiting

    def reach_km(self, rows: Array) -> Array:
        reach: Array = np.where(self.columns.of_who["has_transport"][self.columns.who[rows]], rules.TRANSPORT_KM, self.child.max_km)
        return reach


def sieve(child: Profile, columns: Columns) -> Sieve:
    """What was asked before on behalf of another child with the same facts is known."""
    of_who = (child.age, child.audiences, child.is_girl, child.is_boy, child.is_girls_only, child.is_online_ok, child.needs_step_free,
              child.needs_quiet, child.parent_cannot_stay)
    of_terms = (child.max_cost_pence, child.languages, child.sibling_ages, child.max_group)
    who = known(columns, ("who", *of_who), lambda: _who(child, columns))
    return Sieve(
        child, columns, who, known(columns, ("terms", *of_terms), lambda: _terms(child, columns)),
        known(columns, ("weeks", child.windows, child.are_holidays_ok), lambda: _weeks(child, columns)),
        known(columns, ("spare", *of_who), lambda: (np.bitwise_count(who) >= 2) & (first_broken(who) & BEFORE_DISTANCE != 0)), _limits(child, columns),
    )


MOST_ASKED = 600
"""Answers kept of one part of a shelf."""


def known(columns: Columns, asked: Hashable, answer: Callable[[], T]) -> T:
    found: T | None = columns.asked.get(asked)
    if found is None:
        if len(columns.asked) >= MOST_ASKED:
            columns.asked.clear()
        found = columns.asked[asked] = answer()
    return found


def first_broken(broken: Array) -> Array:
    """Of each set of bits the lowest: the rule that comes first in the table."""
    lowest: Array = broken & (~broken + np.uint32(1))
    return lowest


def by_rule(bits: Array, sizes: Array | None = None) -> Array:
    """How often each rule's own bit stands among some; `sizes`: how many offerings each of them stands for."""
    rule = np.bitwise_count(bits - np.uint32(1))  # 0 wraps round to 32
    return np.bincount(rule, sizes, minlength=33)[: len(rules.RULES)].astype(np.int64)


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


def _limits(child: Profile, columns: Columns) -> Limits | None:
    """None where nobody knows where the child is."""
    if child.latitude is None or child.longitude is None:
        return None
    x, y, z = (np.float32(part) for part in on_sphere(child.latitude, child.longitude))
    return Limits((x, y, z), known(columns, ("reaches", child.max_km), lambda: _reaches(child, columns)))


FURTHER_KM = 5.0
"""Further than this beyond a child's reach an offering is simply too far."""


def _reaches(child: Profile, columns: Columns) -> Reaches:
    who = columns.of_who
    anywhere = who["is_online"] | who["is_home"]
    reach = np.where(anywhere, np.inf, np.where(who["has_transport"], rules.TRANSPORT_KM, child.max_km))
    chords = np.where(anywhere, np.inf, chord(np.where(anywhere, 0.0, reach))).astype(np.float32)
    edge = np.float32(max(edge_of(rules.TRANSPORT_KM), edge_of(child.max_km)))
    kms = np.array([child.max_km, rules.TRANSPORT_KM, np.inf, child.max_km, rules.TRANSPORT_KM])
    limits = np.stack((chord(kms), chord(kms + FURTHER_KM + NEAR_EDGE_KM), np.full(len(kms), edge)), axis=1)
    limits[kernels.ANYWHERE] = np.inf, np.inf, columns.home_edge
    return Reaches(reach, chords, edge, (kms, limits.astype(np.float32)))


def _far(child: Profile, columns: Columns, rows: Array, who: Array, limits: Limits) -> Array:
    """The bit of distance for what is too far. A place nobody knows is too far; what lies near a limit is measured again exactly."""
    chords = _chords(columns, rows, limits.place)
    limit = limits.reaches.chords.take(who)
    far = ~(chords <= limit) & (limit != np.inf)
    chords -= limit
    close = np.flatnonzero(np.abs(chords) < limits.reaches.edge)
    if len(close):
        far[close] = ~(km(columns, child, rows[close]) <= limits.reaches.reach[who[close]])
    return _bit("distance", far)


def _chords(columns: Columns, rows: Array, place: tuple[np.float32, np.float32, np.float32]) -> Array:
    """The straight line from a place to some offerings, squared, in single precision."""
    x, y, z = place
    chords: Array = columns.x.take(rows) - x
    chords *= chords
    for column, middle in ((columns.y, y), (columns.z, z)):
        along = column.take(rows) - middle
        along *= along
        chords += along
    return chords


def km(columns: Columns, child: Profile, positions: Array) -> Array:
    """How far away some of the offerings are; not a number where one of the places is not known."""
    if child.latitude is None or child.longitude is None:
        return np.full(len(positions), np.nan)
    a, b = math.radians(child.latitude), np.radians(columns.latitude[positions])
    east = np.radians(columns.longitude[positions] - child.longitude)
    h = np.sin((b - a) / 2) ** 2 + math.cos(a) * np.cos(b) * np.sin(east / 2) ** 2
    result: Array = 2 * rules.EARTH_KM * np.arcsin(np.minimum(1.0, np.sqrt(h)))
    return result
