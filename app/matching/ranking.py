"""The live offerings of a Zone ranked for one child: what breaks a rule counted by rule, what is left with its score and its turn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter

import numpy as np

from app.catalogue import availability
from app.catalogue.exchange import OPEN_TO_ALL
from app.matching import rules, scoring
from app.matching.columns import Array
from app.matching.filtering import BEFORE_DISTANCE, BIT, Sieve, by_rule, first_broken, km, sieve
from app.matching.part import DROP_IN, Part
from app.matching.profile import Profile
from app.matching.shelf import Shelf
from app.matching.turns import BAND, PROVIDER_CAP, Turn
from app.shared import clock


@dataclass(frozen=True)
class Found:
    """What was ranked, part by part of the shelf; a place in the ranking counts through all parts. `free` beside each ranking."""

    rankings: list[scoring.Ranking]
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


FURTHER_KM = 5.0
"""Further than this beyond a child's reach an offering is simply too far."""
HIDDEN = np.uint32(1 << 31)
DISTANCE = rules.ORDER["distance"]


def rank(shelf: Shelf, profile: Profile, loosened: str, weights: Mapping[str, float], *, counted: bool = True) -> Found:
    """Without `counted` only what fits is looked for, and nothing that does not is counted: for many children at once."""
    heard, today = shelf.hear(profile), clock.today()
    sifted = [_sift(part, profile, loosened, today) if counted else _sift_only(part, profile, today) for part in shelf.parts]
    rankings = [
        scoring.score(profile, heard, number, part.columns, one.eligible, shelf.reader, shelf.table, today, weights)
        for number, (part, one) in enumerate(zip(shelf.parts, sifted, strict=True))
    ]
    return Found(
        rankings, [one.free for one in sifted], _named([one.counts for one in sifted]), _named([one.opens for one in sifted]),
        tuple(np.sort(np.array([km for one in sifted for km in one.further], np.float64)).tolist()), sum(one.considered for one in sifted),
    )


@dataclass(frozen=True)
class _Sifted:
    """The eligible rows with their free places; how many of the others broke which rule first, and which only."""

    eligible: Array
    free: Array
    counts: Array
    opens: Array
    further: list[float]
    considered: int


def _sift(part: Part, profile: Profile, loosened: str, today: date) -> _Sifted:
    """Only what may be near and is not out of the question is looked at; of the rest it is known how many there are of each
    combination."""
    columns = part.columns
    asked = sieve(profile, columns)
    rows, who = asked.near(FURTHER_KM if loosened == "distance" else 0.0)
    broken, free = _broken(asked, part, rows, today, who)
    counts = _first(asked, part, who, broken)
    refused = _refused(part, profile)
    _mark_refused(asked, part, rows, broken, refused, counts)
    ignored = np.uint32(~BIT.get(loosened, 0) & 0xFFFFFFFF)
    eligible = np.flatnonzero((broken & ignored) == 0)
    if loosened == "distance":
        at = rows[eligible]
        eligible = eligible[(broken[eligible] == 0) | (km(columns, profile, at) - asked.reach_km(at) <= FURTHER_KM)]
    opens = by_rule(broken[(broken & (broken - np.uint32(1))) == 0] & ~HIDDEN)
    further = _a_little_too_far(asked, part, refused, today)
    opens[DISTANCE] = len(further)
    return _Sifted(rows[eligible], free[eligible], counts, opens, further, columns.size - part.hidden_count)


def _sift_only(part: Part, profile: Profile, today: date) -> _Sifted:
    """The same eligible rows, and none of the counts."""
    asked = sieve(profile, part.columns)
    rows = np.setdiff1d(asked.fitting(), _refused(part, profile), assume_unique=True) if profile.refused else asked.fitting()
    broken, free = _broken(asked, part, rows, today)
    kept, none = np.flatnonzero(broken == 0), np.zeros(len(rules.RULES), np.int64)
    return _Sifted(rows[kept], free[kept], none, none, [], part.columns.size - part.hidden_count)


def _refused(part: Part, profile: Profile) -> Array:
    return np.array(sorted(part.at[id_] for id_ in profile.refused if id_ in part.at), np.int64)


def _broken(asked: Sieve, part: Part, rows: Array, today: date, who: Array | None = None) -> tuple[Array, Array]:
    """What some rows break, the rule of places and being hidden included; and their free places."""
    broken = asked.broken(rows, who)
    free = _places(part, rows, broken, today)
    broken |= (free == 0).astype(np.uint32) << np.uint32(rules.ORDER[rules.PLACE])
    if part.hidden_count:
        broken[part.hidden[rows]] = HIDDEN
    return broken, free


def _first(asked: Sieve, part: Part, who: Array, broken: Array) -> Array:
    """How many break which rule first. What was not looked at is too far, unless its combination breaks a rule that comes before distance."""
    counts = by_rule(first_broken(broken & ~HIDDEN))
    combinations = first_broken(asked.who & BEFORE_DISTANCE)
    elsewhere = part.of_who - np.bincount(who[broken != HIDDEN] if part.hidden_count else who, minlength=len(part.of_who))
    counts += by_rule(combinations, elsewhere)
    counts[DISTANCE] += int(elsewhere[combinations == 0].sum())
    return counts


def _mark_refused(asked: Sieve, part: Part, rows: Array, broken: Array, refused: Array, counts: Array) -> None:
    """What the child said no to is counted as that, wherever it is, and no more as anything else."""
    refused = refused[~part.hidden[refused]] if len(refused) else refused
    if not len(refused):
        return
    at = np.minimum(np.searchsorted(rows, refused), max(0, len(rows) - 1))
    here = rows[at] == refused if len(rows) else np.zeros(len(refused), bool)
    before = first_broken(broken[at[here]]).tolist()
    before += [bit or BIT["distance"] for bit in first_broken(asked.who[part.columns.who[refused[~here]]] & BEFORE_DISTANCE).tolist()]
    for bit in before:
        if bit:
            counts[int(bit).bit_length() - 1] -= 1
    counts[rules.ORDER["refused"]] += len(refused)
    broken[at[here]] |= np.uint32(BIT["refused"])


def _a_little_too_far(asked: Sieve, part: Part, refused: Array, today: date) -> list[float]:
    """By how much each is too far that breaks no other rule."""
    rows = asked.may_be_only_far(FURTHER_KM)
    if len(refused):
        rows = np.setdiff1d(rows, refused)
    rows, by = asked.beyond(rows[~part.hidden[rows]] if part.hidden_count else rows, FURTHER_KM)
    further: list[float] = by[_places(part, rows, np.full(len(rows), BIT["distance"], np.uint32), today) != 0].tolist()
    return further


def _named(counts: Sequence[Array]) -> dict[str, int]:
    return {rule.name: int(count) for rule, count in zip(rules.RULES, np.sum(counts, axis=0), strict=True) if count}


def _places(part: Part, rows: Array, broken: Array, today: date) -> Array:
    """Free places of some rows; anew for those nobody can be sure of, where the answer could still matter."""
    free: Array = part.free[rows]
    doubtful = part.unsure[rows] | (part.until[rows] < today.toordinal())
    asked = np.flatnonzero(doubtful & ((broken & (broken - np.uint32(1))) == 0))
    if not len(asked):
        return free
    ids = [part.columns.ids[at] for at in rows[asked]]
    now = availability.free_places_of_offerings(ids)
    for at, id_ in zip(asked.tolist(), ids, strict=True):
        free[at] = now[id_] if now[id_] <= OPEN_TO_ALL // 2 else DROP_IN
    return free


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
