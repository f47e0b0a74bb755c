"""The live offerings of a Zone ranked for one child: what breaks a rule counted by rule, what is left with its score and its turn."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from app.matching import rules, scoring, weighing
from app.matching.columns import Array, Columns
from app.matching.hearing import Heard
from app.matching.part import DROP_IN
from app.matching.profile import Profile
from app.matching.scored import Ranking
from app.matching.shelf import Shelf
from app.matching.sifting import sift
from app.matching.turns import BAND, PROVIDER_CAP, Turn, spread
from app.shared import clock


@dataclass(frozen=True)
class Found:
    """What was ranked, part by part of the shelf; a place in the ranking counts through all parts. `free` beside each ranking."""

    rankings: list[Ranking]
    free: list[Array]
    ruled_out: dict[str, int]
    would_open: dict[str, int]
    further_km: tuple[float, ...]
    considered: int

    @property
    def eligible(self) -> int:
        return sum(len(ranking.positions) for ranking in self.rankings)

    @property
    def scores(self) -> Array:
        """Of all parts, one after the other."""
        return np.concatenate([ranking.scores for ranking in self.rankings]) if self.rankings else np.zeros(0)

    def places(self, part: int, row: int) -> int | None:
        """The places free there; None where nobody counts them."""
        free = int(self.free[part][row])
        return None if free == DROP_IN else free

    def row(self, turn: Turn) -> tuple[int, int]:
        """The part, and the row of its ranking."""
        row = turn.place
        for part, ranking in enumerate(self.rankings):
            if row < len(ranking.positions):
                return part, row
            row -= len(ranking.positions)
        raise LookupError(turn.place)

    def position(self, turn: Turn) -> tuple[int, int]:
        """The part, and the row of its columns."""
        part, row = self.row(turn)
        return part, int(self.rankings[part].positions[row])


def rank(
    shelf: Shelf, profile: Profile, loosened: str, weights: Mapping[str, float], *, counted: bool = True, is_compiled: bool | None = None,
    heard: Heard | None = None, is_patient: bool = False,
) -> Found:
    """Without `counted` only what fits is looked for, and nothing that does not is counted: for many children at once, with what was `heard` of each,
    which then is not kept. `is_compiled`: by compiled loops; where nothing is said, if the Zone is large. `is_patient`: nobody waits for a page (sentences)."""
    heard, today = shelf.hear(profile) if heard is None else heard, clock.today()
    is_compiled = shelf.is_large if is_compiled is None else is_compiled
    weigh = weighing.score if is_compiled else scoring.score
    sifted = [sift(part, profile, loosened, today, is_counted=counted, is_compiled=is_compiled) for part in shelf.parts]
    rankings = [
        weigh(profile, heard, number, part.columns, one.eligible, shelf.reader, shelf.table, today, weights)
        for number, (part, one) in enumerate(zip(shelf.parts, sifted, strict=True))
    ]
    if shelf.sentences is not None:
        rankings = shelf.sentences.moved(rankings, heard, weights["text"], is_patient=is_patient)
    return Found(
        rankings, [one.free for one in sifted], _named([one.counts for one in sifted]), _named([one.opens for one in sifted]),
        tuple(np.sort(np.concatenate([one.further for one in sifted])).tolist()), sum(one.considered for one in sifted),
    )


def _named(counts: Sequence[Array]) -> dict[str, int]:
    return {rule.name: int(count) for rule, count in zip(rules.RULES, np.sum(counts, axis=0), strict=True) if count}


def first_of(found: Found, top: int) -> list[Turn]:
    """The first `top` where nothing was shown of late: spread(turns_of(found, top, 0.0), top, {}), with no more turns made than are looked at."""
    scores = found.scores
    enough = 3 * top
    while True:
        chosen = _best(scores, enough, 0.0)
        turns = _in_order(found, scores, chosen)
        first = spread(turns, top, {})
        if len(chosen) == len(scores) or next(turns, None) is not None:
            return first
        enough *= 4


def turns_of(found: Found, top: int, band: float = BAND) -> list[Turn]:
    """The best, in order: enough of them that nobody further down could be among the first `top`, whoever's turn it is.
    `band`: how much a turn can be worth; nothing where nothing was shown of late.

    Among these are `top` of which no provider has more than PROVIDER_CAP. Whoever is worse than the last of them by more than a turn comes after them
    all, and before it is reached each of them was taken or two others of its provider: in any case as many as are wanted.
    """
    scores = found.scores
    enough = 2 * top
    while enough < len(scores):
        least = _least(_in_order(found, scores, _best(scores, enough, 0.0)), top)
        if least is not None:
            return list(_in_order(found, scores, np.flatnonzero(scores >= least - band - _ROUNDED)))
        enough *= 4
    return list(_in_order(found, scores, np.arange(len(scores))))


_ROUNDED = 1e-5
"""More than rounding can move a score."""


def _least(turns: Iterable[Turn], top: int) -> float | None:
    """The score of the last that is needed for `top`, of each provider PROVIDER_CAP at most; None where there are not so many."""
    seen: Counter[uuid.UUID] = Counter()
    for turn in turns:
        seen[turn.provider] += 1
        top -= seen[turn.provider] <= PROVIDER_CAP
        if not top:
            return turn.score
    return None


def _best(scores: Array, enough: int, band: float) -> Array:
    """The places of so many of the best, of those that are as good as the last of them, and of those at most `band` below it."""
    if enough >= len(scores):
        return np.arange(len(scores))
    return np.flatnonzero(scores >= np.partition(scores, len(scores) - enough)[len(scores) - enough] - band)


def _in_order(found: Found, scores: Array, chosen: Array) -> Iterator[Turn]:
    """Best first; what scores the same by the source's reference, then by id."""
    order = list[tuple[float, str, int, int, Columns, int]]()
    first = 0
    for ranking in found.rankings:
        last, columns = first + len(ranking.positions), ranking.columns
        here = chosen[(chosen >= first) & (chosen < last)]
        rows = zip(here.tolist(), scores[here].tolist(), ranking.positions[here - first].tolist(), strict=True)
        order += [(-score, columns.refs[at], columns.ids[at].int, place, columns, at) for place, score, at in rows]
        first = last
    order.sort()
    for negative, _ref, _id, place, columns, at in order:
        yield Turn(place, -negative, columns.organisations[columns.organisation[at]])
