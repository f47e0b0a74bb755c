"""A query put to a snapshot's arrays: which offerings answer, their scores, their counts. The same answers as over rows of the database.

`Asked` is one query over one segment. The score is `scoring`'s, number by number, done for many offerings at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import radians
from types import SimpleNamespace

import numpy as np

from app.catalogue.models import Delivery, OfferingKind
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
from app.catalogue.search.lexicon import SAME
from app.catalogue.search.matching import MOST_GROUPS, looked_for
from app.catalogue.search.scoring import ADJACENT, ALL, ANSWERS, SATURATION, STEPS, Plan
from app.catalogue.search.segment import Array, Posting, Segment
from app.catalogue.search.understanding import Query

Phrases = Callable[[str, Segment], Posting]
FEW = 6
"""Where fewer than one in this many of a posting's offerings are wanted, they are looked up one by one."""


class Asked:
    """`ranks` say for each group which of its alternatives (lightest first, from 1) is the weightiest that an offering holds."""

    def __init__(self, segment: Segment, query: Query, plan: Plan, phrases: Phrases) -> None:
        self.segment, self.query, self.plan = segment, query, plan
        self.postings: list[list[tuple[float, Array, Array]]] = []
        self.ranks: list[Array] = []
        for alternatives in plan.alternatives:
            held = []
            rank = np.zeros(segment.size, np.uint8)
            for place, (wanted, weight) in enumerate(alternatives, 1):
                docs, impacts = segment.posting(wanted) or phrases(wanted, segment)
                if len(docs):
                    rank[docs] = place
                    held.append((weight, docs, impacts))
            self.postings.append(held)
            self.ranks.append(rank)
        self.required = [i for i, group in enumerate(query.groups) if group.is_required]
        self.finding = looked_for(query)

    def all_of(self, least: float = 0.0) -> Array:
        """Who holds something of every required group, of at least that weight."""
        found: Array | None = None
        for i in self.required[:MOST_GROUPS]:
            weights = [weight for _, weight in self.plan.alternatives[i]]
            first = next((place for place, weight in enumerate(weights, 1) if weight >= least), len(weights) + 1)
            holds = self.ranks[i] >= first
            found = holds if found is None else found & holds
        return np.zeros(self.segment.size, bool) if found is None else found

    def any_of(self) -> Array:
        """Who holds something of any group that finds."""
        found = np.zeros(self.segment.size, bool)
        for place in self.finding:
            found |= self.ranks[place] > 0
        return found

    def scores(self, docs: Array) -> Array:
        """`scoring.Plan.score` for each of these offerings."""
        points, covered = np.zeros(len(docs)), np.zeros(len(docs))
        answered = np.full(len(docs), bool(self.required))
        for i, (weight, held, rank) in enumerate(zip(self.plan.weights, self.postings, self.ranks, strict=True)):
            table = np.array([0.0, *(each for _, each in self.plan.alternatives[i])])
            heaviest = table[rank[docs]]
            if i in self.required:
                answered &= heaviest >= ANSWERS
            if not held:
                continue
            frequency = self._frequencies(held, docs)
            frequency /= np.where(heaviest > 0, heaviest * heaviest, 1.0)
            points += weight * heaviest * frequency / (SATURATION + frequency)
            covered += weight * np.minimum(1.0, heaviest / SAME)
        found = points > 0
        share = covered / self.plan.total
        points *= 0.3 + 0.7 * (share * share)
        if self.plan.pairs:
            points += ADJACENT * self._side_by_side(docs) * found
        points += np.where(answered & found, ALL, 0.0)
        return np.rint(points * 1e6) / 1e6

    def _frequencies(self, held: Sequence[tuple[float, Array, Array]], docs: Array) -> Array:
        """The sum of squared weight times impact, lightest first, as `scoring` adds up."""
        entries = sum(len(found) for _, found, _ in held)
        if len(docs) * FEW < entries:
            out = np.zeros(len(docs))
            for weight, found, impacts in held:
                at = np.searchsorted(found, docs)
                at[at == len(found)] = 0
                hit = np.flatnonzero(found[at] == docs)
                out[hit] += impacts[at[hit]] * (weight * weight / STEPS)
            return out
        added = np.concatenate([impacts * (weight * weight / STEPS) for weight, _, impacts in held])
        whole: Array = np.bincount(np.concatenate([found for _, found, _ in held]), added, self.segment.size)  # in this order, one by one
        return whole[docs]

    def _side_by_side(self, docs: Array) -> Array:
        count = np.zeros(len(docs))
        for pair in self.plan.pairs:
            found = self.segment.pair(pair)
            if len(found):
                mask = np.zeros(self.segment.size, bool)
                mask[found] = True
                count += mask[docs]
        return count


def best(first: Array, ties: Sequence[Array], count: int) -> Array:
    """The places of the `count` smallest of `first`, in order; equal ones by `ties`, one after the other."""
    places = None
    if count < len(first):
        border = np.partition(first, count)[count]
        places = np.flatnonzero(first <= border)
        first, ties = first[places], [tie[places] for tie in ties]
    order = np.lexsort((*reversed(ties), first))[:count]
    return order if places is None else places[order]


# --- filters -------------------------------------------------------------------------------------


def passes(segment: Segment, name: str, filters: Filters) -> Array:
    """Who passes this one filter: CHECKS[name] for every offering at once."""
    return _PASSES[name](segment, filters)


def _coded(segment: Segment, name: str, filters: Filters, values: Sequence[str], codes: Array, attribute: str) -> Array:
    """The check is made once for each value there is."""
    table = np.array([CHECKS[name](filters, SimpleNamespace(**{attribute: value})) for value in values] or [False], bool)
    return table[codes]


def _interested(segment: Segment, filters: Filters) -> Array:
    wanted = [n for n, interest in enumerate(segment.interests) if n and interest in folded(filters.interests)]
    found: Array = np.asarray(np.isin(segment.liked, wanted).any(axis=1))
    found[segment.more_docs[np.isin(segment.more_interests, wanted)]] = True
    return found


def _near(segment: Segment, filters: Filters) -> Array:
    assert filters.origin is not None
    assert filters.within_km is not None
    return distances(segment, filters.origin) <= filters.within_km


def distances(segment: Segment, origin: Point, docs: Array | None = None) -> Array:
    """Kilometres from there; infinite for what has no place."""
    latitude, longitude = (segment.latitude, segment.longitude) if docs is None else (segment.latitude[docs], segment.longitude[docs])
    lat1, lon1 = map(radians, origin)
    lat2, lon2 = np.radians(latitude), np.radians(longitude)
    half = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    km: Array = 2 * EARTH_KM * np.arcsin(np.minimum(1.0, np.sqrt(half)))
    return np.where(np.isnan(km), np.inf, km)


_KINDS = [kind.value for kind in OfferingKind]
_DELIVERIES = [delivery.value for delivery in Delivery]
_PASSES: dict[str, Callable[[Segment, Filters], Array]] = {
    "kinds": lambda s, f: _coded(s, "kinds", f, _KINDS, s.kind, "kind"),
    "deliveries": lambda s, f: _coded(s, "deliveries", f, _DELIVERIES, s.delivery, "delivery"),
    "regions": lambda s, f: _coded(s, "regions", f, s.regions, s.region, "region"),
    "towns": lambda s, f: _coded(s, "towns", f, s.towns, s.town, "town"),
    "languages": lambda s, f: _coded(s, "languages", f, s.languages, s.spoken, "languages"),
    "interests": _interested,
    "needs": lambda s, f: (s.needs_mask & needs_bits(f.needs)) != 0,
    "days": lambda s, f: (s.days & days_bits(f.days)) != 0,
    "times": lambda s, f: (s.times & times_bits(f.times, f.days)) != 0,
    "access": lambda s, f: (s.access & access_bits(f.access)) == access_bits(f.access),
    "age": lambda s, f: (s.age_min <= f.age) & (f.age <= s.age_max),
    "max_cost_pence": lambda s, f: s.cost_pence <= f.max_cost_pence,
    "is_free": lambda s, f: s.cost_pence == 0,
    "is_step_free": lambda s, f: s.is_step_free,
    "within_km": _near,
}


def together(masks: Iterable[Array], size: int) -> Array:
    out: Array | None = None
    for mask in masks:
        out = mask if out is None else out & mask
    return np.ones(size, bool) if out is None else out


def tally(codes: Array, names: Sequence[str]) -> Mapping[str, int]:
    """How often each value stands among these codes."""
    counts = np.bincount(codes, minlength=len(names))
    return {names[int(n)]: int(counts[n]) for n in np.flatnonzero(counts)}
