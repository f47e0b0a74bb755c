"""A query put to a snapshot's arrays: which offerings answer, their scores, their counts. The same answers as over rows of the database.

`Asked` is one query over one segment. The score is `scoring`'s, number by number, done for many offerings at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from math import cos, radians, sin
from types import SimpleNamespace

import numpy as np

from app.catalogue.models import Delivery, OfferingKind
from app.catalogue.search import kernels
from app.catalogue.search.facets import DISTANCES
from app.catalogue.search.filters import (
    CHECKS,
    EARTH_KM,
    Filters,
    Point,
    access_bits,
    days_bits,
    folded,
    needs_bits,
    times_bits,
)
from app.catalogue.search.matching import MOST_GROUPS, looked_for
from app.catalogue.search.scoring import Plan
from app.catalogue.search.segment import Array, Posting, Segment, packed
from app.catalogue.search.understanding import Query

Phrases = Callable[[str, Segment], Posting]
FEW = 100
"""The most of a list that are looked for one by one."""
FEW_PLACES = 64
"""Places asked from that are remembered with a segment: half a bit for each of its offerings."""
NOWHERE = (float("nan"), float("nan"))
"""From there everything is infinitely far."""


class People:
    """Some of a segment's offerings, as a set (`kernels`), and how many."""

    def __init__(self, words: Array, number: int) -> None:
        self.words, self.number = words, number

    @cached_property
    def docs(self) -> Array:
        return kernels.members(self.words)

    def both(self, others: People) -> People:
        """Those who are also among these."""
        return People(*kernels.both(self.words, others.words))


class Asked:
    """The offerings of one segment that hold something of `some` group that finds, of `every` required group, and of each of these
    something that `answers` it; of those still `alive`."""

    def __init__(self, segment: Segment, alive: Array, query: Query, plan: Plan, phrases: Phrases) -> None:
        self.segment, self.plan = segment, plan
        numbers, weights, ends = list[int](), list[float](), list[int]()
        others: list[Posting] = []
        known = segment.number_of
        for alternatives in plan.alternatives:
            for wanted, weight in alternatives:
                number = known.get(wanted)
                if number is None and " " in wanted:
                    others.append(phrases(wanted, segment))
                    number = -len(others)
                if number is not None:
                    numbers.append(number)
                    weights.append(weight)
            ends.append(len(numbers))
        flags = [0] * len(ends)
        for place in looked_for(query):
            flags[place] |= kernels.SOUGHT
        for n, place in enumerate(plan.required):
            flags[place] |= kernels.COUNTED | (kernels.REQUIRED if n < MOST_GROUPS else 0)
        self._terms = np.array(numbers, np.int64), np.array(weights, np.float64), np.array(ends, np.int64), np.array(flags, np.int64)
        self._others = _one_behind_the_other(others) if others else _NOTHING
        starts, docs, _ = self._others
        sets, totals = kernels.find(segment.starts, segment.docs, starts, docs, *self._terms, alive)
        self.some, self.every, self.answers = map(People, sets, totals.tolist())

    def scores(self, people: People) -> tuple[Array, Array]:
        """These offerings, and `scoring.Plan.scores` for each of them."""
        s, plan = self.segment, self.plan
        pairs = [place for pair in plan.pairs if (place := s.pair(pair)) is not None]
        return kernels.weigh(
            s.starts, s.docs, s.impacts, *self._others, *self._terms, np.array(plan.weights, np.float64), plan.total, s.pair_starts, s.pair_docs,
            np.array(pairs, np.int64), people.words, people.number,
        )


def _one_behind_the_other(postings: Sequence[Posting]) -> tuple[Array, Array, Array]:
    made = (
        np.cumsum([0, *(len(docs) for docs, _ in postings)], dtype=np.int64),
        np.concatenate([docs for docs, _ in postings]).astype(np.uint32), np.concatenate([impacts for _, impacts in postings]).astype(np.uint16),
    )
    for part in made:
        part.setflags(write=False)
    return made


_NOTHING = _one_behind_the_other([(np.zeros(0, np.uint32), np.zeros(0, np.uint16))])


def best(first: Array, ties: Callable[[Array], Sequence[Array]], count: int) -> tuple[Array, list[Array]]:
    """The places of the `count` largest of `first`, in order, equal ones by `ties` of those places, the smallest first; and their ties."""
    if count < len(first) and count:
        places = np.flatnonzero(first >= np.partition(first, len(first) - count)[len(first) - count])
    else:
        places = np.arange(len(first))
    keys = ties(places)
    order = np.lexsort((*reversed(keys), -first[places]))[:count]
    return places[order], [key[order] for key in keys]


def leading(segment: Segment, scored: tuple[Array, Array], count: int, origin: Point | None) -> tuple[Array, Array, Array]:
    """The first `count` (at most FEW) of those scored: their numbers, scores and kilometres from there; equal scores by these, then in order."""
    here, there = NOWHERE if origin is None else map(radians, origin)
    return kernels.leading(*scored, count, False, segment.ref_rank, segment.latitude, segment.longitude, here, there)


def leading_by_rank(segment: Segment, scored: tuple[Array, Array], count: int) -> tuple[Array, Array]:
    """The same, of those that hold anything; equal scores in the order of the sources' references."""
    docs, points, _ = kernels.leading(*scored, count, True, segment.ref_rank, segment.latitude, segment.longitude, *NOWHERE)
    return docs, points


# --- filters -------------------------------------------------------------------------------------


def passes(segment: Segment, name: str, filters: Filters, docs: Array) -> Array:
    """Which of these pass this one filter: CHECKS[name] for all of them at once."""
    return _PASSES[name](segment, filters, docs)


def _coded(name: str, filters: Filters, values: Sequence[str], codes: Array, attribute: str) -> Array:
    """The check is made once for each value there is."""
    table = np.array([CHECKS[name](filters, SimpleNamespace(**{attribute: value})) for value in values] or [False], bool)
    return table[codes]


def _named(wanted: Sequence[str], values: Sequence[str], codes: Array) -> Array:
    numbers = [n for n, value in enumerate(values) if value in wanted]
    return np.isin(codes, numbers)


def _interested(segment: Segment, filters: Filters, docs: Array) -> Array:
    names = folded(filters.interests)
    wanted = [n for n, interest in enumerate(segment.interests) if n and interest in names]
    found: Array = np.asarray(np.isin(segment.liked.take(docs, axis=0), wanted).any(axis=1))
    if len(segment.more_docs):
        found = found | np.isin(docs, segment.more_docs[np.isin(segment.more_interests, wanted)])
    return found


def _near(segment: Segment, filters: Filters, docs: Array) -> Array:
    assert filters.origin is not None
    assert filters.within_km is not None
    return near(segment, filters.origin, docs, (filters.within_km,))[0]


def near(segment: Segment, origin: Point, docs: Array, limits: Iterable[float]) -> list[Array]:
    """Which of these are within each of so many kilometres."""
    away = kernels.apart(docs, segment.on_the_ball, *on_the_ball(origin))
    return [away <= through_the_ball(km) for km in limits]


def circles_around(segment: Segment, origin: Point) -> Array:
    """Who is within each of DISTANCES, as sets. They are kept for the last few places asked from: who asks from a place asks again."""
    kept: dict[Point, Array] = segment.__dict__.setdefault("circles", {})
    found = kept.get(origin)
    if found is None:
        found = np.stack([packed(here) for here in near(segment, origin, np.arange(segment.size, dtype=np.uint32), DISTANCES)])
        if len(kept) >= FEW_PLACES:
            kept.clear()
        kept[origin] = found
    return found


def on_the_ball(point: Point) -> tuple[float, float, float]:
    """Where that is on a ball of radius 1."""
    latitude, longitude = map(radians, point)
    return cos(latitude) * cos(longitude), cos(latitude) * sin(longitude), sin(latitude)


def through_the_ball(km: float) -> float:
    """The square of the straight way, through a ball of radius 1, between two points so far apart over the ground of the earth."""
    return 4 * sin(min(km / EARTH_KM / 2, radians(90))) ** 2


def distances(segment: Segment, origin: Point, docs: Array) -> Array:
    """Kilometres from there; infinite for what has no place."""
    lat1, lon1 = map(radians, origin)
    lat2, lon2 = np.radians(segment.latitude[docs]), np.radians(segment.longitude[docs])
    half = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    km: Array = 2 * EARTH_KM * np.arcsin(np.minimum(1.0, np.sqrt(half)))
    return np.where(np.isnan(km), np.inf, km)


_KINDS = [kind.value for kind in OfferingKind]
_DELIVERIES = [delivery.value for delivery in Delivery]
_PASSES: dict[str, Callable[[Segment, Filters, Array], Array]] = {
    "kinds": lambda s, f, d: _coded("kinds", f, _KINDS, s.kind[d], "kind"),
    "deliveries": lambda s, f, d: _coded("deliveries", f, _DELIVERIES, s.delivery[d], "delivery"),
    "regions": lambda s, f, d: _named(folded(f.regions), s.regions, s.region[d]),
    "towns": lambda s, f, d: _named(folded(f.towns), s.towns, s.town[d]),
    "languages": lambda s, f, d: _coded("languages", f, s.languages, s.spoken[d], "languages"),
    "interests": _interested,
    "needs": lambda s, f, d: (s.needs_mask[d] & needs_bits(f.needs)) != 0,
    "days": lambda s, f, d: (s.days[d] & days_bits(f.days)) != 0,
    "times": lambda s, f, d: (s.times[d] & times_bits(f.times, f.days)) != 0,
    "access": lambda s, f, d: (s.access[d] & access_bits(f.access)) == access_bits(f.access),
    "age": lambda s, f, d: (s.age_min[d] <= f.age) & (f.age <= s.age_max[d]),
    "max_cost_pence": lambda s, f, d: s.cost_pence[d] <= f.max_cost_pence,
    "is_free": lambda s, f, d: s.cost_pence[d] == 0,
    "is_step_free": lambda s, f, d: s.is_step_free[d],
    "within_km": _near,
}


def together(parts: Iterable[People]) -> int:
    """How many they are in all."""
    return sum(part.number for part in parts)
