"""The live offerings of a Zone ranked for one child: what breaks a rule counted by rule, what is left with its score and its turn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

import numpy as np

from app.matching import rules, scoring, weighing
from app.matching.columns import Array
from app.matching.profile import Profile
from app.matching.scored import Ranking
from app.matching.shelf import Shelf
from app.matching.sifting import sift
from app.matching.turns import BAND, PROVIDER_CAP, Turn
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
    shelf: Shelf, profile: Profile, loosened: str, weights: Mapping[str, float], *, counted: bool = True, is_compiled: bool | None = None
) -> Found:
    """Without `counted` only what fits is looked for, and nothing that does not is counted: for many children at once. `is_compiled`: by
    compiled loops; where nothing is said, if the Zone is large."""
    heard, today = shelf.hear(profile), clock.today()
    is_compiled = shelf.is_large if is_compiled is None else is_compiled
    weigh = weighing.score if is_compiled else scoring.score
    sifted = [sift(part, profile, loosened, today, is_counted=counted, is_compiled=is_compiled) for part in shelf.parts]
    rankings = [
        weigh(profile, heard, number, part.columns, one.eligible, shelf.reader, shelf.table, today, weights)
        for number, (part, one) in enumerate(zip(shelf.parts, sifted, strict=True))
    ]
    return Found(
        rankings, [one.free for one in sifted], _named([one.counts for one in sifted]), _named([one.opens for one in sifted]),
        tuple(np.sort(np.array([km for one in sifted for km in one.further], np.float64)).tolist()), sum(one.considered for one in sifted),
    )


def _named(counts: Sequence[Array]) -> dict[str, int]:
    return {rule.name: int(count) for rule, count in zip(rules.RULES, np.sum(counts, axis=0), strict=True) if count}


def turns_of(found: Found, top: int, band: float = BAND) -> list[Turn]:
    """The best, in order: enough of them that nobody further down could be among the first `top`, whoever's turn it is.
    `band`: how much a turn can be worth; nothing where nothing was shown of late."""
    scores = np.concatenate([ranking.scores for ranking in found.rankings]) if found.rankings else np.zeros(0)
    many = len(scores)
    enough = 3 * top
    while True:
        chosen = np.argpartition(-scores, enough)[:enough] if enough < many else np.arange(many)
        if enough < many:
            chosen = np.flatnonzero(scores >= scores[chosen].min() - band)
        turns = _sorted(found, scores, chosen)
        if len(chosen) == many or _is_enough(turns, top):
            return turns
        enough *= 4


def _sorted(found: Found, scores: Array, chosen: Array) -> list[Turn]:
    turns = []
    first = 0
    for ranking in found.rankings:
        last = first + len(ranking.positions)
        columns = ranking.columns
        for place in chosen[(chosen >= first) & (chosen < last)].tolist():
            position = int(ranking.positions[place - first])
            score = float(scores[place])
            turns.append((-score, columns.refs[position], columns.ids[position].int,
                          Turn(place, score, columns.organisations[columns.organisation[position]])))
        first = last
    turns.sort(key=itemgetter(0, 1, 2))
    return [turn[3] for turn in turns]


def _is_enough(turns: Sequence[Turn], top: int) -> bool:
    """Do at most two of each provider in each ten fill the first `top`?"""
    by_provider = Counter(turn.provider for turn in turns)
    blocks = -(-top // 10)
    return sum(min(count, PROVIDER_CAP * blocks) for count in by_provider.values()) >= top
