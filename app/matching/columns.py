"""Offerings as columns, for asking the rules of all of them at once. Made once from rows, never changed. Pure.

Facts that few values share out (ages, delivery, cost, ...) are kept as the number of their combination: a rule is then asked of each
combination, of which there are hundreds, and looked up for each offering, of which there are a hundred thousand.
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.catalogue.models import NEEDS
from app.catalogue.search.meaning import Meanings
from app.children.services.profile import AUDIENCES
from app.matching.grid import Grid, grid_of, place_of
from app.matching.profile import Candidate, Span
from app.matching.text import Index

Array = NDArray[Any]
AUDIENCE_BIT = {name: 1 << at for at, name in enumerate(AUDIENCES)}
NEED_BIT = {code: 1 << at for at, code in enumerate(NEEDS)}
DAY = {day: at for at, day in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))}
NO_DATE = -100_000
UNKNOWN = 1 << 30
TAGS = 4
"""Interests of an offering that are compared by meaning; its title stands in where it has none."""


@dataclass(frozen=True)
class Who:
    """Whom an offering is for and how it takes place, in one combination."""

    age_min: int
    age_max: int
    gender: str
    audiences: frozenset[str]
    delivery: str
    has_transport: bool
    is_step_free: bool
    has_quiet: bool
    must_parent_stay: bool


@dataclass(frozen=True)
class Terms:
    """What it asks for, in one combination."""

    cost_pence: int
    languages: frozenset[str]
    sibling_min_age: int | None
    group_size: int | None


@dataclass(frozen=True)
class Week:
    """When it is."""

    slots: tuple[Span, ...]
    is_by_arrangement: bool


@dataclass(eq=False)
class Columns:
    """One row an offering, in the order of where it is (grid). `who`, `terms` and `week` number the combinations in the lists."""

    ids: list[uuid.UUID]
    refs: list[str]
    whos: list[Who]
    terms: list[Terms]
    weeks: list[Week]
    who: Array
    term: Array
    week: Array
    week_of: Array
    days: Array
    starts: Array
    ends: Array
    are_holidays: Array
    latitude: Array
    longitude: Array
    x: Array
    y: Array
    z: Array
    home_km: Array
    needs: Array
    need_count: Array
    organisation: Array
    organisations: list[uuid.UUID]
    confirmed: Array
    kind: Array
    kinds: list[str]
    tags: Array
    tag_vectors: Array
    tag_names: list[str]
    texts: Array
    meant: Array
    situation: Array
    situations: list[frozenset[str]]
    meant_vectors: Array
    grid: Grid

    @property
    def size(self) -> int:
        return len(self.ids)

    @cached_property
    def of_who(self) -> dict[str, Array]:
        """The combinations of `whos` as columns of their own."""
        rows = self.whos
        return {
            "age_min": np.array([who.age_min for who in rows], np.int16), "age_max": np.array([who.age_max for who in rows], np.int16),
            "audiences": np.array([sum(AUDIENCE_BIT[name] for name in who.audiences) for who in rows], np.uint32),
            **{gender: np.array([who.gender == gender for who in rows], bool) for gender in ("girls", "boys")},
            **{f"is_{kind}": np.array([who.delivery == kind for who in rows], bool) for kind in ("online", "home")},
            **{name: np.array([getattr(who, name) for who in rows], bool)
               for name in ("has_transport", "is_step_free", "has_quiet", "must_parent_stay")},
        }

    @cached_property
    def of_term(self) -> dict[str, Array]:
        """The combinations of `terms` as columns; what nobody wrote down is larger than anything."""
        rows = self.terms
        return {
            "cost": np.array([term.cost_pence for term in rows], np.int64),
            "languages": np.array([self.tongues.index(term.languages) for term in rows], np.int32),
            "sibling": np.array([UNKNOWN if term.sibling_min_age is None else term.sibling_min_age for term in rows], np.int32),
            "group": np.array([UNKNOWN if term.group_size is None else term.group_size for term in rows], np.int32),
        }

    def is_tag(self, names: set[str]) -> Array:
        return np.array([name in names for name in self.tag_names], bool)

    def number_of(self, organisation_id: uuid.UUID | None) -> int:
        """Of one of the organisations; -1 for one that has nothing here."""
        return next((number for number, id_ in enumerate(self.organisations) if id_ == organisation_id), -1)

    @cached_property
    def asked(self) -> dict[Hashable, Any]:
        """What rules said of the combinations, by what they asked of the child: children share ages, free times and purses (filtering.sieve)."""
        return {}

    @cached_property
    def home_chords(self) -> Array:
        """How far home visits go, as chords in single precision."""
        chords: Array = chord(self.home_km).astype(np.float32)
        return chords

    @cached_property
    def home_edge(self) -> np.float32:
        """How much of any of them is too near to be trusted."""
        return np.float32(edge_of(np.nanmax(self.home_km, initial=0.0)))

    @cached_property
    def programmes(self) -> Array:
        """Of each kind, whether a Zone pays for it child by child."""
        return np.array([kind == "commissioned" for kind in self.kinds], bool)

    @cached_property
    def is_programme(self) -> Array:
        found: Array = self.programmes[self.kind]
        return found

    @cached_property
    def is_anywhere(self) -> Array:
        """Of each combination of `whos`, whether nobody has to go there."""
        return np.logical_or(self.of_who["is_online"], self.of_who["is_home"])

    @cached_property
    def is_paid(self) -> Array:
        """Of each of the terms, whether the family pays."""
        return np.asarray(self.of_term["cost"] > 0)

    @cached_property
    def tongues(self) -> list[frozenset[str]]:
        """The sets of languages there are."""
        return list(dict.fromkeys(term.languages for term in self.terms))

    @cached_property
    def by_arrangement(self) -> Array:
        return np.array([week.is_by_arrangement for week in self.weeks], bool)


class _Numbers:
    """Gives each new value the next number."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._number: dict[Hashable, int] = {}

    def __call__(self, value: Hashable) -> int:
        number = self._number.get(value)
        if number is None:
            number = self._number[value] = len(self.values)
            self.values.append(value)
        return number


def build(rows: Sequence[Candidate], index: Index, table: Meanings, stems_of: Callable[[str], list[str]]) -> Columns:
    """`rows` in the order of `in_order`. `index` holds their texts in the same order."""
    whos, terms, weeks, organisations, tag_names, kinds = (_Numbers() for _ in range(6))
    who, term, week, organisation, tags = [], [], [], [], []
    for row in rows:
        access = row.accessibility
        who.append(whos(Who(
            row.age_min, row.age_max, row.gender, row.audiences, row.delivery, "transport-provided" in access, row.is_step_free,
            "quiet-space" in access, row.must_parent_stay,
        )))
        term.append(terms(Terms(row.cost_pence, row.languages, row.sibling_min_age, row.group_size)))
        week.append(weeks(Week(row.slots, row.is_by_arrangement)))
        organisation.append(organisations(row.organisation_id))
        named = [tag_names(tag.strip().lower()) for tag in row.interests[:TAGS]] or [tag_names(row.title.lower())]
        tags.append([*named, *[named[0]] * (TAGS - len(named))])
    latitude = np.array([math.nan if row.latitude is None or row.longitude is None else row.latitude for row in rows], np.float64)
    longitude = np.array([math.nan if row.latitude is None or row.longitude is None else row.longitude for row in rows], np.float64)
    x, y, z = on_sphere(latitude, longitude)
    slots = [(at, slot) for at, one in enumerate(weeks.values) for slot in one.slots]
    needs = np.array([sum(NEED_BIT.get(code, 0) for code in set(row.needs)) for row in rows], np.uint32)
    meant, situations = _Numbers(), _Numbers()
    situation = [situations(row.circumstances) for row in rows]
    meant_of = [meant(row.meant_for) if row.meant_for else -1 for row in rows]
    return Columns(
        ids=[row.id for row in rows], refs=[row.ref for row in rows], whos=whos.values, terms=terms.values, weeks=weeks.values,
        who=np.array(who, np.int32), term=np.array(term, np.int32), week=np.array(week, np.int32),
        week_of=np.array([at for at, _ in slots], np.int32), days=np.array([DAY.get(slot.day, 7) for _, slot in slots], np.int8),
        starts=np.array([slot.start for _, slot in slots], np.int16), ends=np.array([slot.end for _, slot in slots], np.int16),
        are_holidays=np.array([slot.is_holiday for _, slot in slots], bool), latitude=latitude, longitude=longitude,
        x=x.astype(np.float32), y=y.astype(np.float32), z=z.astype(np.float32),
        home_km=np.array([math.nan if row.home_visit_radius_km is None else row.home_visit_radius_km for row in rows], np.float64),
        needs=needs, need_count=np.bitwise_count(needs).astype(np.float32), organisation=np.array(organisation, np.int32),
        organisations=organisations.values,
        confirmed=np.array([NO_DATE if row.confirmed_on is None else row.confirmed_on.toordinal() for row in rows], np.int32),
        kind=np.array([kinds(row.kind) for row in rows], np.int8), kinds=kinds.values, tags=np.array(tags, np.int32).reshape(len(rows), TAGS),
        tag_vectors=_vectors([[(stem, index.rarity(stem)) for stem in stems_of(name)] for name in tag_names.values], table),
        tag_names=tag_names.values, texts=_text_vectors(index, len(rows), table),
        meant=np.array(meant_of, np.int32), situation=np.array(situation, np.int32), situations=situations.values,
        meant_vectors=_vectors([[(stem, index.rarity(stem)) for stem in stems_of(said)] for said in meant.values], table),
        grid=grid_of([place_of(row) for row in rows]),
    )


def on_sphere(latitude: Any, longitude: Any) -> tuple[Any, Any, Any]:
    """A place as a point at distance 1 from the middle of the Earth."""
    north, east = np.radians(latitude), np.radians(longitude)
    return np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)


EARTH_KM = 6371.0088
NEAR_EDGE_KM = 0.005
"""Single precision errs by a metre at most: what lies nearer to a limit is measured again exactly."""


def chord(distance_km: Any) -> Any:
    """The straight line through the Earth, squared, as a share of its radius."""
    return np.square(2 * np.sin(np.minimum(np.asarray(distance_km) / EARTH_KM, np.pi) / 2))


def edge_of(distance_km: Any) -> Any:
    """How much of a chord is too near to the limit to be trusted."""
    return chord(distance_km + NEAR_EDGE_KM) - chord(np.maximum(0.0, distance_km - NEAR_EDGE_KM)) + chord(NEAR_EDGE_KM)


def _vectors(texts: list[list[tuple[str, float]]], table: Meanings) -> Array:
    out = np.zeros((len(texts), table.width), np.float32)
    for at, text in enumerate(texts):
        out[at] = table.of(text)
    return out


STEPS = 127
_AT_ONCE = 16_384


def _text_vectors(index: Index, many: int, table: Meanings) -> Array:
    """Each offering's whole text as one vector in steps of a byte: its words' vectors by how telling they are there."""
    rows = np.array([table.row_of.get(term, -1) for term in index.terms], np.int32)
    terms = np.repeat(rows, np.diff(index.starts))
    known = terms >= 0
    terms, docs, impacts = terms[known], index.docs[known], index.impacts[known]
    order = np.argsort(docs, kind="stable")
    terms, docs, impacts = terms[order], docs[order], impacts[order]
    out = np.zeros((many, table.width), np.int8)
    bounds = np.searchsorted(docs, np.arange(many + 1))
    first = 0
    while first < many:
        last = max(first + 1, int(np.searchsorted(bounds, bounds[first] + _AT_ONCE, side="right")) - 1)
        a, b = int(bounds[first]), int(bounds[last])
        held = np.flatnonzero(np.diff(bounds[first : last + 1]))
        if len(held):
            sums = np.add.reduceat(table.vectors[terms[a:b]] * impacts[a:b, None], bounds[first : last][held] - a, axis=0)
            sums /= np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
            out[first + held] = np.round(sums * STEPS).astype(np.int8)
        first = last
    return out
