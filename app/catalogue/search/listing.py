"""Search and browse over a view: the array form of what `engine` does over rows of the database, with the same answers."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from app.catalogue.search import array_counts
from app.catalogue.search.array_counts import Narrowed, numbers_of
from app.catalogue.search.asking import Asked, best, distances
from app.catalogue.search.facets import Counts, Widening
from app.catalogue.search.filters import Filters
from app.catalogue.search.matching import (
    ENOUGH,
    MOST_GROUPS,
    NAMES,
    WORDS,
    holds_any,
    required_groups,
    select_rows,
)
from app.catalogue.search.scoring import ANSWERS, STEPS, WEIGHTS, Plan, phrase_frequency, rounded_impact
from app.catalogue.search.segment import Array, Posting, Segment
from app.catalogue.search.understanding import Group, Query
from app.catalogue.search.views import Part, View, free_places

MOST_PHRASES = 2_000
FAR = float("inf")
Soonest = Callable[[Sequence[uuid.UUID]], dict[uuid.UUID, date]]


@dataclass(frozen=True)
class Line:
    """One result, with all that its place in the list depends on."""

    offering_id: uuid.UUID
    source_ref: str
    score: float
    km: float
    starts_on: date | None = None


@dataclass(frozen=True)
class Listing:
    lines: list[Line]
    total: int
    of_all: int
    counts: Counts
    widenings: tuple[Widening, ...]
    is_partial: bool
    page: int
    pages: int
    close: int


class Asking:
    """One query over a view."""

    def __init__(self, view: View, query: Query) -> None:
        self.view, self.query = view, query
        self.plan = Plan(query, view.vocabulary)
        self.asked = [Asked(part.segment, query, self.plan, self._phrase) for part in view.parts]
        self._with_everything: list[Array] | None = None

    def _phrase(self, wanted: str, segment: Segment) -> Posting:
        """A phrase that the snapshot has not prepared: the database's own index knows who holds it."""
        key = wanted, id(segment)
        if key not in self.view.phrases:
            if len(self.view.phrases) > MOST_PHRASES:
                self.view.phrases.clear()
            self.view.phrases[key] = self._find_phrase(wanted, segment)
        return self.view.phrases[key]

    def _find_phrase(self, wanted: str, segment: Segment) -> Posting:
        match = holds_any(Query("", (Group(wanted, {wanted: 1.0}),)))
        rows = select_rows(self.view.zone_id, (NAMES[1], *WORDS[1:]), match)
        impacts = {}
        for row in rows:
            frequency = phrase_frequency(wanted, [(name, weight, getattr(row, name)) for name, weight in WEIGHTS.items()])
            if frequency:
                impacts[row.offering_id] = round(rounded_impact(frequency) * STEPS)
        ids = sorted(impacts, key=lambda id_: id_.bytes)
        held = [id_ for id_ in ids if len(segment.numbers([id_]))]
        return segment.numbers(held).astype(np.uint32), np.array([impacts[id_] for id_ in held], np.uint16)

    def masks(self, read: Callable[[Asked], Array]) -> list[Array]:
        """Of each part, those who are still as they were and for whom `read` holds."""
        return [
            read(asked) if part.alive is None else read(asked) & part.alive for asked, part in zip(self.asked, self.view.parts, strict=True)
        ]

    def with_everything(self) -> list[Array]:
        """Who answers every part."""
        if self._with_everything is None:
            self._with_everything = self.masks(lambda asked: asked.all_of(ANSWERS))
        return self._with_everything

    def narrowed(self, masks: Sequence[Array], filters: Filters, *, with_places: bool = True) -> list[Narrowed]:
        places: list[Any] = [None] * len(masks)
        if with_places or filters.places_now:
            places = [free > 0 for free in free_places(self.view)]
        return [
            Narrowed(part.segment, filters, mask, free, len(masks) == 1) for part, mask, free in zip(self.view.parts, masks, places, strict=True)
        ]

    def passing(self, masks: Sequence[Array], filters: Filters) -> list[Array]:
        """The numbers of those who also pass the filters."""
        if not filters.in_use:
            return [numbers_of(mask) for mask in masks]
        return [narrowed.docs for narrowed in self.narrowed(masks, filters, with_places=False)]


def is_answered(view: View, query: Query) -> bool:
    """Somebody answers every part, or nothing is required."""
    return not required_groups(query) or any(bool(mask.any()) for mask in Asking(view, query).with_everything())


def find(view: View, query: Query, filters: Filters, top: int) -> list[Line]:
    """The best `top`: see engine.search."""
    asking = Asking(view, query)
    if query.is_empty:
        docs = [n.docs for n in asking.narrowed([part.living for part in view.parts], filters, with_places=False)]
        lines = [
            line for part, found in zip(view.parts, docs, strict=True)
            for line in _lines(part, found[best(part.segment.ref_rank[found], (), top)])
        ]
    else:
        docs = asking.passing(asking.with_everything(), filters)
        if sum(map(len, docs)) < top:
            docs = asking.passing(asking.masks(Asked.any_of), filters)
        lines = []
        for part, asked, found in zip(view.parts, asking.asked, docs, strict=True):
            scores = asked.scores(found)
            places = best(-scores, (part.segment.ref_rank[found],), top)
            places = places[scores[places] > 0]
            lines += _lines(part, found[places], scores[places])
    lines.sort(key=lambda line: (-line.score, line.source_ref, line.offering_id.bytes))
    return lines[:top]


def _lines(part: Part, docs: Array, scores: Array | None = None, km: Array | None = None) -> list[Line]:
    refs, id_of = part.segment.refs, part.segment.offering_id
    return [
        Line(id_of(doc), refs[doc], 0.0 if scores is None else float(scores[n]), FAR if km is None else float(km[n]))
        for n, doc in enumerate(docs.tolist())
    ]


def listed(view: View, query: Query, typed: str, filters: Filters, sort: str, page: int, size: int, soonest: Soonest) -> Listing:
    """One page: see engine.browse."""
    asking = Asking(view, query)
    masks, is_partial = _answering(asking, typed)
    narrowed = asking.narrowed(masks, filters)
    total = sum(n.number for n in narrowed)
    pages = max(1, -(-total // size))
    page = min(max(1, page), pages)
    close = total
    answers: list[Array] | None = None
    if not query.is_empty:
        answers = [n.mask & mask for n, mask in zip(narrowed, asking.with_everything(), strict=True)]
        close = sum(int(np.count_nonzero(mask)) for mask in answers)
    docs = _wanted(narrowed, answers, close, query, sort, page * size)
    lines = _ordered(asking, docs, filters, sort, page * size, soonest)[(page - 1) * size : page * size]
    counts = array_counts.added([array_counts.counts(n) for n in narrowed])
    widenings = () if total else _widenings(asking, masks, filters)
    of_all = sum(int(np.count_nonzero(mask)) for mask in masks)
    return Listing(lines, total, of_all, counts, widenings, is_partial, page, pages, close)


def _answering(asking: Asking, typed: str) -> tuple[list[Array], bool]:
    query, parts = asking.query, asking.view.parts
    if query.is_empty:
        return [np.zeros(part.segment.size, bool) if typed.strip() else part.living for part in parts], False
    if not required_groups(query):
        return asking.masks(Asked.any_of), False
    every_part = asking.masks(Asked.all_of)
    number = sum(map(np.count_nonzero, every_part))
    if number >= ENOUGH or len(query.groups) == 1:
        return every_part, False
    some = asking.masks(Asked.any_of)
    return some, sum(map(np.count_nonzero, some)) > number


def _ordered(asking: Asking, docs: list[Array], filters: Filters, sort: str, count: int, soonest: Soonest) -> list[Line]:
    """The first `count` lines."""
    query, parts = asking.query, asking.view.parts
    out: list[tuple[Any, Line]] = []
    free = free_places(asking.view) if sort == "places" else []
    starts = soonest([part.segment.offering_id(d) for part, found in zip(parts, docs, strict=True) for d in found.tolist()]) if sort == "soonest" else {}
    for n, (part, asked, found) in enumerate(zip(parts, asking.asked, docs, strict=True)):
        scores = np.zeros(len(found)) if query.is_empty else asked.scores(found)
        km = np.zeros(len(found)) if filters.origin is None else distances(part.segment, filters.origin, found)
        first = -scores
        keys = [km]
        if sort == "distance" or (sort == "fit" and query.is_empty):
            first, keys = km, [first]
        elif sort == "places":
            first, keys = -free[n][found].astype(np.float64), [first, km]
        elif sort == "soonest":
            days = [starts.get(part.segment.offering_id(d), date.max).toordinal() for d in found.tolist()]
            first, keys = np.array(days, np.float64), [first, km]
        places = np.arange(min(count, len(found))) if not first.any() and not any(key.any() for key in keys) else best(first, (*keys, found), count)
        for place, line in zip(places.tolist(), _lines(part, found[places], scores[places], km[places]), strict=True):
            out.append(((first[place], *(key[place] for key in keys), line.offering_id.bytes), line))
    out.sort(key=lambda item: item[0])
    lines = [line for _, line in out[:count]]
    nowhere = filters.origin is None
    return [replace(line, km=FAR if nowhere else line.km, starts_on=starts.get(line.offering_id)) for line in lines]


def _wanted(narrowed: list[Narrowed], answers: list[Array] | None, close: int, query: Query, sort: str, count: int) -> list[Array]:
    """Those who may be among the first `count`. Whoever answers every part stands above all others: where they fill the pages asked
    for, the rest needs no score."""
    if sort == "fit" and answers is not None and close >= count and 0 < len(required_groups(query)) < MOST_GROUPS:
        return [numbers_of(mask) for mask in answers]
    return [n.docs for n in narrowed]


def _widenings(asking: Asking, masks: list[Array], filters: Filters) -> tuple[Widening, ...]:
    found = []
    for name in filters.in_use:
        number = sum(n.number for n in asking.narrowed(masks, filters.without(name)))
        found.append(Widening(name, number))
    return tuple(sorted((w for w in found if w.count), key=lambda w: -w.count))
