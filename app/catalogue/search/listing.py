"""Search and browse over a view: the array form of what `engine` does over rows of the database, with the same answers."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from app.catalogue.search import array_counts
from app.catalogue.search.array_counts import Narrowed
from app.catalogue.search.asking import (
    FEW,
    Asked,
    People,
    best,
    distances,
    leading,
    leading_by_rank,
    together,
)
from app.catalogue.search.facets import Counts, Widening
from app.catalogue.search.filters import Filters
from app.catalogue.search.matching import (
    ENOUGH,
    MOST_GROUPS,
    NAMES,
    TEXTS,
    holds_any,
    looked_for,
    required_groups,
    select_rows,
)
from app.catalogue.search.places_now import Part, free_places
from app.catalogue.search.scoring import STEPS, WEIGHTS, Plan, phrase_frequency, rounded_impact
from app.catalogue.search.segment import Array, Posting, Segment
from app.catalogue.search.understanding import Group, Query
from app.catalogue.search.views import View

MOST_PHRASES = 2_000
FAR = float("inf")
Soonest = Callable[[Sequence[uuid.UUID]], dict[uuid.UUID, date]]


class Line(NamedTuple):
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
        plan = Plan(query, view.vocabulary)
        self.asked = [Asked(part.segment, part.living, query, plan, self._phrase) for part in view.parts]

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
        rows = select_rows(self.view.zone_id, (NAMES[1], *TEXTS), match)
        impacts = {}
        for row in rows:
            frequency = phrase_frequency(wanted, [(name, weight, getattr(row, name)) for name, weight in WEIGHTS.items()])
            if frequency:
                impacts[row.offering_id] = round(rounded_impact(frequency) * STEPS)
        ids = sorted(impacts, key=lambda id_: id_.bytes)
        held = [id_ for id_ in ids if len(segment.numbers([id_]))]
        return segment.numbers(held).astype(np.uint32), np.array([impacts[id_] for id_ in held], np.uint16)

    def narrowed(self, people: Sequence[People], filters: Filters, *, with_places: bool = True) -> list[Narrowed]:
        places: list[Any] = [None] * len(people)
        if with_places or filters.places_now:
            free_places(self.view.zone_id, self.view.parts)
            places = [part.has_places for part in self.view.parts]
        return [
            Narrowed(part.segment, filters, who, free, is_alone=len(people) == 1) for part, who, free in zip(self.view.parts, people, places, strict=True)
        ]

    def passing(self, people: Sequence[People], filters: Filters) -> Sequence[People]:
        """Those who also pass the filters."""
        if not filters.in_use:
            return people
        return [narrowed.kept for narrowed in self.narrowed(people, filters, with_places=False)]


def is_answered(view: View, query: Query) -> bool:
    """Somebody answers every part, or nothing is required."""
    return not required_groups(query) or any(asked.answers.number for asked in Asking(view, query).asked)


def _everybody(view: View) -> list[People]:
    return [People(part.living, int(np.bitwise_count(part.living).sum())) for part in view.parts]


def find(view: View, query: Query, filters: Filters, top: int) -> list[Line]:
    """The best `top`: see engine.search."""
    asking = Asking(view, query)
    if query.is_empty:
        lines = []
        for part, who in zip(view.parts, asking.passing(_everybody(view), filters), strict=True):
            first = -part.segment.ref_rank[who.docs].astype(np.float64)
            lines += _lines(part, who.docs[best(first, lambda places: (), top)[0]])
    else:
        people = asking.passing([asked.answers for asked in asking.asked], filters)
        if together(people) < top:
            people = asking.passing([asked.some for asked in asking.asked], filters)
        lines = []
        for part, asked, who in zip(view.parts, asking.asked, people, strict=True):
            lines += _lines(part, *_best_of(part.segment, asked.scores(who), top))
    lines.sort(key=lambda line: (-line.score, line.source_ref, line.offering_id.bytes))
    return lines[:top]


def _best_of(segment: Segment, scored: tuple[Array, Array], top: int) -> tuple[Array, Array]:
    """Of those who hold anything the best, equal ones in the order of their references."""
    if 0 < top <= FEW:
        return leading_by_rank(segment, scored, top)
    docs, scores = scored
    places, _ = best(scores, lambda places: (segment.ref_rank[docs[places]],), top)
    places = places[scores[places] > 0]
    return docs[places], scores[places]


def _lines(part: Part, docs: Array, scores: Array | None = None, km: Array | None = None) -> list[Line]:
    refs = part.segment.refs
    points = [0.0] * len(docs) if scores is None else scores.tolist()
    away = [FAR] * len(docs) if km is None else km.tolist()
    return list(map(Line, part.segment.offering_ids(docs), [refs[doc] for doc in docs.tolist()], points, away))


def listed(view: View, query: Query, typed: str, filters: Filters, sort: str, page: int, size: int, soonest: Soonest) -> Listing:
    """One page: see engine.browse."""
    asking = Asking(view, query)
    people, is_partial = _answering(asking, typed)
    narrowed = asking.narrowed(people, filters)
    total = sum(n.kept.number for n in narrowed)
    pages = max(1, -(-total // size))
    page = min(max(1, page), pages)
    close = total
    answers: list[People] | None = None
    if not query.is_empty:
        answers = [n.kept.both(asked.answers) for n, asked in zip(narrowed, asking.asked, strict=True)]
        close = together(answers)
    wanted = _wanted(narrowed, answers, close, query, sort, page * size)
    lines = _ordered(asking, wanted, filters, sort, page * size, soonest)[(page - 1) * size : page * size]
    counts = array_counts.added([array_counts.counts(n) for n in narrowed])
    widenings = () if total else _widenings(asking, people, filters)
    return Listing(lines, total, together(people), counts, widenings, is_partial, page, pages, close)


def _answering(asking: Asking, typed: str) -> tuple[list[People], bool]:
    query, every = asking.query, [asked.every for asked in asking.asked]
    if query.is_empty:
        return every if typed.strip() else _everybody(asking.view), False
    some = [asked.some for asked in asking.asked]
    if not required_groups(query):
        return some, False
    if together(every) >= ENOUGH or len(looked_for(query)) == 1:
        return every, False
    return some, together(some) > together(every)


def _ordered(asking: Asking, people: list[People], filters: Filters, sort: str, count: int, soonest: Soonest) -> list[Line]:
    """The first `count` lines. Each order ends in fit, distance and the id, so that it is always the same."""
    view, origin = asking.view, filters.origin
    free = free_places(view.zone_id, view.parts) if sort == "places" else []
    starts = soonest([id_ for part, who in zip(view.parts, people, strict=True) for id_ in part.segment.offering_ids(who.docs)]) if sort == "soonest" else {}
    out: list[tuple[Any, Line]] = []
    for n, (part, asked, who) in enumerate(zip(view.parts, asking.asked, people, strict=True)):
        ids = part.segment.offering_ids
        docs, scores = (who.docs, np.zeros(who.number)) if asking.query.is_empty else asked.scores(who)
        if sort == "fit" and count <= FEW and not asking.query.is_empty:
            found, points, km = leading(part.segment, (docs, scores), count, origin)
            out += _keyed(part, found, (-points).tolist(), points, km)
            continue

        def ties(places: Array, part: Part = part, docs: Array = docs, scores: Array = scores) -> list[Array]:
            km = np.full(len(places), FAR) if origin is None else distances(part.segment, origin, docs[places])
            return [-scores[places], km, docs[places]]

        first = scores
        if sort == "distance" or (sort == "fit" and asking.query.is_empty):
            first = -ties(np.arange(len(docs)))[1]
        elif sort == "places":
            first = free[n][docs].astype(np.float64)
        elif sort == "soonest":
            first = np.array([-starts.get(id_, date.max).toordinal() for id_ in ids(docs)], np.float64)
        places, (_, km, found) = best(first, ties, count)
        out += _keyed(part, found, (-first[places]).tolist(), scores[places], km)
    if len(view.parts) > 1:
        out.sort(key=lambda item: item[0])
    lines = [line for _, line in out[:count]]
    return [line._replace(starts_on=starts.get(line.offering_id)) for line in lines] if starts else lines


def _keyed(part: Part, docs: Array, first: list[float], scores: Array, km: Array) -> list[tuple[Any, Line]]:
    """Lines with what puts them in order among those of another part."""
    lines = _lines(part, docs, scores, km)
    return [((at, -line.score, line.km, line.offering_id.bytes), line) for at, line in zip(first, lines, strict=True)]


def _wanted(narrowed: list[Narrowed], answers: list[People] | None, close: int, query: Query, sort: str, count: int) -> list[People]:
    """Those who may be among the first `count`. Whoever answers every part stands above all others: where they fill the pages asked
    for, the rest needs no score."""
    if sort == "fit" and answers is not None and close >= count and 0 < len(required_groups(query)) < MOST_GROUPS:
        return answers
    return [n.kept for n in narrowed]


def _widenings(asking: Asking, people: list[People], filters: Filters) -> tuple[Widening, ...]:
    found = []
    for name in filters.in_use:
        number = sum(n.kept.number for n in asking.narrowed(people, filters.without(name)))
        found.append(Widening(name, number))
    return tuple(sorted((w for w in found if w.count), key=lambda w: -w.count))


def practise(view: View) -> None:
    """Every compiled loop once, over anything, for what it does to this process: from then on it is there."""
    some = view.base.segment.terms[:1]
    asking = Asking(view, Query("", (Group("", dict.fromkeys(some, 1.0)),)))
    for part, asked in zip(view.parts, asking.asked, strict=True):
        scored = asked.scores(asked.every.both(asked.some))
        leading(part.segment, scored, 1, None)
        array_counts.counts(Narrowed(part.segment, Filters(origin=(51.5, -0.1), age=9), asked.every, part.living))
    for words in (view.vocabulary, view.vocabulary.lexicon):
        list(words.spelt.near("practise", 1, 1, is_compiled=True))
