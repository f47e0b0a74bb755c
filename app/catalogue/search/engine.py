"""The way into search. `search` answers a program's list, best first; `browse` answers a page with counts, map and sorting.

Both look only at live offerings of one Zone, through `offering_text`.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from heapq import nlargest
from typing import Any, Literal

import sqlalchemy as sa

from app.catalogue.availability import free_places_of_offerings, is_running, places_of_offerings
from app.catalogue.models import Cohort, Session, SessionState
from app.catalogue.search import facets, listing
from app.catalogue.search.facets import Facet, Widening
from app.catalogue.search.filters import Filters, admits, conditions, row_distance
from app.catalogue.search.lexicon import Lexicon
from app.catalogue.search.matching import (
    ENOUGH,
    LIGHT,
    NAMES,
    WORDS,
    Match,
    first_found,
    holds_all,
    holds_any,
    looked_for,
    rows_of,
    select_rows,
)
from app.catalogue.search.query import Query
from app.catalogue.search.scoring import ALL, ANSWERS, score
from app.catalogue.search.snapshot import Vocabulary, read_vocabulary
from app.catalogue.search.understood import heard, understood
from app.catalogue.search.views import View, view_of
from app.shared import clock
from app.shared.db import db, in_parts

MOST_SCORED = 400
"""Rows weighed for one query; where more answer it, those with the words in title or tags come first."""
EVERY = 1_000_000
Sort = Literal["fit", "distance", "soonest", "places"]
SORTS: tuple[Sort, ...] = ("fit", "distance", "soonest", "places")


@dataclass(frozen=True)
class Hit:
    offering_id: uuid.UUID
    source_ref: str
    score: float


@dataclass(frozen=True)
class Found:
    query: Query
    hits: tuple[Hit, ...]


def search(zone_id: uuid.UUID, typed: str, filters: Filters, top: int = 10, *, words: Lexicon | None = None) -> Found:
    """The best `top` of the Zone's live offerings that pass the filters: what answers every part of the query first, then what
    answers some of it. Score descending, ties by the source's reference. Without words, everything that passes, score nil.
    `words` is a lexicon to try instead of the one in force."""
    view, vocabulary = _at_hand(zone_id)
    if words is not None:
        vocabulary = replace(vocabulary, lexicon=words)
    query, may_answer = heard(zone_id, view, typed, vocabulary)
    if query.is_empty and typed.strip():
        return Found(query, ())
    if view is not None:
        return Found(query, tuple(Hit(line.offering_id, line.source_ref, line.score) for line in listing.find(view, query, filters, max(0, top))))
    rows = _candidates(zone_id, query, vocabulary, filters, top, may_answer=may_answer)
    hits = [Hit(row.offering_id, row.source_ref, 0.0) for row in rows] if query.is_empty else _named(
        zip(score(query, vocabulary, [row.whole for row in rows]), (row.id for row in rows), strict=True), top)
    hits.sort(key=lambda hit: (-hit.score, hit.source_ref, str(hit.offering_id)))
    return Found(query, tuple(hits[: max(0, top)]))


def _named(scored: Iterable[tuple[float, int]], top: int) -> list[Hit]:
    """Those that may be among the first `top`, with what they are called: of the rest nobody needs to know."""
    found = [(points, id_) for points, id_ in scored if points > 0]
    if len(found) > top > 0:
        border = nlargest(top, (points for points, _ in found))[-1]
        found = [(points, id_) for points, id_ in found if points >= border]
    points_of = {id_: points for points, id_ in found}
    return [Hit(row.offering_id, row.source_ref, points_of[row.id]) for row in rows_of(NAMES, list(points_of))]


def _at_hand(zone_id: uuid.UUID) -> tuple[View | None, Vocabulary]:
    """The Zone's snapshot, when it is large enough to have one, and its words."""
    view = view_of(zone_id)
    return view, view.vocabulary if view is not None else read_vocabulary(zone_id)


def _candidates(zone_id: uuid.UUID, query: Query, vocabulary: Vocabulary, filters: Filters, top: int, *, may_answer: bool = True) -> list[Any]:
    """What may be among the best `top`. Whatever answers every part stands above the rest, so the rest is only read when there is
    too little of that (or `may_answer` says that there is none); of either at most MOST_SCORED, those with the words in title or tags first."""
    if query.is_empty:
        return _passing(select_rows(zone_id, LIGHT, None, *conditions(filters)), filters)
    answers: list[Any] = []
    if may_answer:
        answers = _up_to_most(zone_id, lambda in_head: holds_all(query, vocabulary, in_head=in_head, least=ANSWERS), filters, ())
        if len(answers) >= top:
            return answers
    known = {row.id for row in answers}
    return [*answers, *_up_to_most(zone_id, lambda in_head: holds_any(query, vocabulary, in_head=in_head), filters, known)]


def _up_to_most(zone_id: uuid.UUID, words: Callable[[bool], Match | None], filters: Filters, known: Container[int]) -> list[Any]:
    """Without those that are `known` already, though they count."""
    everywhere, in_head = words(False), words(True)
    if everywhere is None or in_head is None:
        return []
    where, is_looked_through = conditions(filters), bool(filters.within_km or filters.places_now)
    ids = first_found(zone_id, in_head, *where, limit=MOST_SCORED)
    if len(ids) < MOST_SCORED or is_looked_through:
        ids = list(dict.fromkeys([*ids, *first_found(zone_id, everywhere, *where, limit=MOST_SCORED + 1)]))
    if not is_looked_through:
        ids = ids[:MOST_SCORED]
    rows = {row.id: row for row in rows_of((*LIGHT, WORDS[1]) if filters.in_use else WORDS, [id_ for id_ in ids if id_ not in known])}
    return _passing([rows[id_] for id_ in ids if id_ in rows], filters)[:MOST_SCORED]


def _passing(rows: Sequence[Any], filters: Filters) -> list[Any]:
    passing = [row for row in rows if admits(filters, row)]
    if not filters.places_now:
        return passing
    free = free_places_of_offerings(row.offering_id for row in passing)
    return [row for row in passing if free[row.offering_id]]


@dataclass(frozen=True)
class Result:
    """One line of a page. `km` from the origin; `starts_on` the next time somebody could go, as far as it is planned."""

    offering_id: uuid.UUID
    score: float
    km: float | None
    free: int
    starts_on: date | None
    capacity: int = 0

    @property
    def is_close(self) -> bool:
        """Answers every part of what was asked, not only something near it (or nothing was asked)."""
        return self.score >= ALL or not self.score


@dataclass(frozen=True)
class Page:
    """`total` results pass everything; `of_all` answer the words before any filter. `is_partial`: too few answered every part."""

    query: Query
    total: int
    of_all: int
    results: tuple[Result, ...]
    facets: tuple[Facet, ...]
    widenings: tuple[Widening, ...]
    is_partial: bool = False
    page: int = 1
    pages: int = 1
    close: int = 0
    """Of `total`, those that answer every part."""
    vocabulary: Vocabulary = field(default_factory=Vocabulary, repr=False)


def browse(zone_id: uuid.UUID, typed: str, filters: Filters, *, sort: Sort = "fit", page: int = 1, size: int = 20) -> Page:
    """One page of results with the counts of every facet, all from the same rows."""
    view, vocabulary = _at_hand(zone_id)
    query = understood(zone_id, view, typed, vocabulary)
    if view is not None:
        return _browse_view(view, query, typed, filters, sort, page, size)
    rows, is_partial = _answering(zone_id, query, typed)
    places = places_of_offerings(row.offering_id for row in rows)
    free = {id_: each.free for id_, each in places.items()}
    kept = facets.passing(rows, filters, free)
    scores = _scores(zone_id, query, vocabulary, kept)
    starts = _soonest([row.offering_id for row in kept]) if sort == "soonest" else {}
    results = [Result(row.offering_id, scores.get(row.id, 0.0), row_distance(row, filters.origin), free[row.offering_id],
                      starts.get(row.offering_id), places[row.offering_id].capacity) for row in kept]
    results.sort(key=_order(sort))
    pages = max(1, -(-len(results) // size))
    page = min(max(1, page), pages)
    return Page(
        query, len(results), len(rows), tuple(results[(page - 1) * size : page * size]), facets.count(rows, filters, free),
        () if results else facets.widenings(rows, filters, free), is_partial, page, pages,
        sum(result.is_close for result in results), vocabulary,
    )


def _browse_view(view: View, query: Query, typed: str, filters: Filters, sort: Sort, page: int, size: int) -> Page:
    found = listing.listed(view, query, typed, filters, sort, page, size, _soonest)
    places = places_of_offerings(line.offering_id for line in found.lines)
    results = tuple(
        Result(
            line.offering_id, line.score, line.km if line.km != float("inf") else None, places[line.offering_id].free, line.starts_on,
            places[line.offering_id].capacity,
        )
        for line in found.lines
    )
    return Page(
        query, found.total, found.of_all, results, facets.assemble(found.counts, filters), found.widenings, found.is_partial, found.page,
        found.pages, found.close, view.vocabulary,
    )


def fitting(zone_id: uuid.UUID, typed: str, filters: Filters) -> list[uuid.UUID]:
    """Every live offering of the Zone that passes the filters and answers every part of the words, best first."""
    found = browse(zone_id, typed, filters, size=EVERY)
    return [result.offering_id for result in found.results if result.is_close]


def _answering(zone_id: uuid.UUID, query: Query, typed: str) -> tuple[Sequence[Any], bool]:
    """The rows that counts and results both come from, whatever the filters."""
    if query.is_empty:
        return ((), False) if typed.strip() else (select_rows(zone_id, LIGHT, None), False)
    every_part = holds_all(query)
    if every_part is not None:
        rows = select_rows(zone_id, LIGHT, every_part)
        if len(rows) >= ENOUGH or len(looked_for(query)) == 1:
            return rows, False
        some = select_rows(zone_id, LIGHT, holds_any(query))
        return some, len(some) > len(rows)
    return select_rows(zone_id, LIGHT, holds_any(query)), False


def _scores(zone_id: uuid.UUID, query: Query, vocabulary: Vocabulary, kept: Sequence[Any]) -> dict[int, float]:
    if query.is_empty or not kept:
        return {}
    ids = [row.id for row in kept]
    if len(ids) > MOST_SCORED:
        wanted = set(ids)
        ids = [row.id for row in _candidates(zone_id, query, vocabulary, Filters(), MOST_SCORED) if row.id in wanted][:MOST_SCORED]
    texts = rows_of(WORDS, ids)
    return {row.id: points for row, points in zip(texts, score(query, vocabulary, [row.whole for row in texts]), strict=True)}


def _order(sort: Sort) -> Callable[[Result], Any]:
    """Each order ends in fit, distance and the id, so that it is always the same."""
    def key(result: Result) -> Any:
        km = result.km if result.km is not None else float("inf")
        by_fit = (-result.score, km, str(result.offering_id))
        first: dict[Sort, tuple[Any, ...]] = {
            "fit": (), "distance": (km,), "places": (-result.free,), "soonest": (result.starts_on or date.max,),
        }
        return (*first[sort], *by_fit)

    return key


def _soonest(offering_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, date]:
    """The first planned session still to come of an offering's open groups, or the first day of one still to begin."""
    today, out = clock.today(), dict[uuid.UUID, date]()

    def note(offering_id: uuid.UUID, day: date) -> None:
        out[offering_id] = min(day, out.get(offering_id, day))

    for part in in_parts(offering_ids):
        sessions: Any = db.session.execute(
            sa.select(Cohort.offering_id, sa.func.min(Session.starts_at)).join(Session, Session.cohort_id == Cohort.id)
            .where(Cohort.offering_id.in_(part), *is_running(), Session.state == SessionState.SCHEDULED, Session.starts_at >= clock.now())
            .group_by(Cohort.offering_id)
        )
        for offering_id, starts_at in sessions:
            if isinstance(starts_at, datetime):
                note(offering_id, clock.london(starts_at).date())
        runs: Any = db.session.execute(
            sa.select(Cohort.offering_id, sa.func.min(Cohort.starts_on))
            .where(Cohort.offering_id.in_(part), *is_running(), Cohort.starts_on > today).group_by(Cohort.offering_id)
        )
        for offering_id, starts_on in runs:
            note(offering_id, starts_on)
    return out
