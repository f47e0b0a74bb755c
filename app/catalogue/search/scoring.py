"""How well an offering answers a query: BM25 over weighted columns, by groups of alternatives. Pure: rows in, scores out.

A group is worth its most telling alternative, saturated over all it finds; another word for the same thing counts less than the
word itself. What has something of every required group stands above what has not.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from math import sqrt
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.catalogue.search.lexicon import SAME
from app.catalogue.search.snapshot import Vocabulary
from app.catalogue.search.understanding import Group, Query

Array = NDArray[Any]
WEIGHTS = {"title": 5.0, "tags": 4.0, "needs": 2.0, "provider": 2.0, "place": 1.5, "facts": 1.5, "body": 1.0}
HEAD = 2
"""The first columns are what an offering calls itself: title and tags."""
TYPICAL = {"title": 4.0, "tags": 4.0, "body": 30.0}
"""Usual lengths in words of the columns whose length matters."""
LENGTH = {"title": 0.3, "tags": 0.3, "body": 0.5}
SATURATION = 1.2
ADJACENT = 0.25
"""Added for each pair of neighbouring words of the query that also stand side by side in the title or tags."""
ANSWERS = 0.5
"""An alternative of this weight answers its group; words that only come near do not."""
ALL = 100.0
"""The step between what answers every required group and what does not: more than any sum of parts."""


STEPS = 512
"""An impact is kept in steps of 1/512, so that one read from a snapshot (two bytes) is the one worked out from the text."""
MOST_IMPACT = 65_535


BAR = "|"
"""Stands between the columns of a text as it is weighed, with blanks about it; no stem is one."""


def whole(row: Any) -> str:
    """The columns of one offering as `score` takes them. The database gives them so by itself (`matching.WORDS`)."""
    return f" {BAR} ".join(getattr(row, name) for name in WEIGHTS)


def score(query: Query, vocabulary: Vocabulary, texts: Sequence[str]) -> list[float]:
    """One score for each text (`whole`), nil for one that holds nothing of the query."""
    plan = Plan(query, vocabulary)
    return plan.scores(Found(texts, plan.terms)).tolist() if texts else []


def _norm(column: str, length: int) -> float:
    share = LENGTH.get(column, 0.0)
    return 1 - share + share * max(1, length) / TYPICAL[column] if share else 1.0


def rounded_impact(frequency: float) -> float:
    return max(1, min(MOST_IMPACT, round(frequency * STEPS))) / STEPS


_SHARE = np.array([LENGTH.get(name, 0.0) for name in WEIGHTS])
_TYPICAL = np.array([TYPICAL.get(name, 1.0) for name in WEIGHTS])
_WEIGHT = np.array(list(WEIGHTS.values()))


class Found:
    """Where the `terms` (stems and phrases of stems) stand in many texts: all are read in one go.

    `row` of the text, `column` and `term` of each hit, in their order; `lengths` in words, a row of columns for each text.
    """

    def __init__(self, texts: Sequence[str], terms: Sequence[str]) -> None:
        self.rows, self.terms = len(texts), len(terms)
        by_first: dict[bytes, list[tuple[bytes, int]]] = {}
        for number, term in enumerate(terms):
            by_first.setdefault(term.partition(" ")[0].encode(), []).append((f"{term} ".encode(), number))
        said = f" {BAR} ".join([*texts, " "]).encode()
        begins, ends, keys = _words(said)
        bars = np.flatnonzero(keys == ord(BAR))
        wanted = np.zeros(1 << _SIEVE, bool)
        wanted[_sieve(_words(b" ".join(by_first) + b" ")[2])] = True
        likely = np.flatnonzero(wanted[_sieve(keys)])
        at, term_of = list[int](), list[int]()
        for place, begin, end in zip(likely.tolist(), begins[likely].tolist(), ends[likely].tolist(), strict=True):
            for term_and_blank, number in by_first.get(said[begin:end], ()):
                if said.startswith(term_and_blank, begin):
                    at.append(place)
                    term_of.append(number)
        self.row, self.column = np.divmod(np.searchsorted(bars, np.array(at, np.int64)), len(WEIGHTS))
        self.term = np.array(term_of, np.int64)
        self.lengths = np.diff(bars, prepend=-1).reshape(self.rows, len(WEIGHTS)) - 1

    def impacts(self) -> Array:
        """What each term counts in each text: a row for each term. Columns are added up from the title on."""
        worth = _WEIGHT / (1 - _SHARE + _SHARE * np.maximum(1, self.lengths) / _TYPICAL)
        size = self.rows * self.terms
        together = np.zeros(size)
        for column in range(len(WEIGHTS)):
            here = self.column == column
            if here.any():
                times = np.bincount(self.term[here] * self.rows + self.row[here], minlength=size)
                together += np.tile(worth[:, column], self.terms) * times
        steps = np.clip(np.rint(together * STEPS), 1, MOST_IMPACT) / STEPS
        return np.where(together > 0, steps, 0.0).reshape(self.terms, self.rows)

    def begins(self, term: int) -> Array:
        """Which texts have it in the title or tags."""
        out = np.zeros(self.rows, bool)
        out[self.row[(self.term == term) & (self.column < HEAD)]] = True
        return out


_SIEVE = 14
_FIRST_EIGHT = np.array([(1 << 8 * length) - 1 for length in range(9)], np.uint64)


def _words(said: bytes) -> tuple[Array, Array, Array]:
    """Where each word begins and ends (a blank after each), and its first eight bytes as a number."""
    ends = np.flatnonzero(np.frombuffer(said, np.uint8) == ord(" "))
    begins = np.concatenate(([0], ends[:-1] + 1))
    eights: Array = np.ndarray((len(said),), "<u8", said + bytes(8), strides=(1,))
    return begins, ends, eights[begins] & _FIRST_EIGHT[np.minimum(ends - begins, 8)]


def _sieve(keys: Array) -> Array:
    """A small number for each word, so that nearly all that are not wanted are known by it."""
    return (keys * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(64 - _SIEVE)


class Plan:
    """A query turned round for going over many texts: which group asks for a word, and what it is worth there.

    `alternatives` has each group's, lightest first: the order in which both forms of the score add up.
    """

    def __init__(self, query: Query, vocabulary: Vocabulary) -> None:
        self.weights = [_weight(group, vocabulary) for group in query.groups]
        self.total = sum(self.weights) or 1.0
        self.required = [i for i, group in enumerate(query.groups) if group.is_required]
        self.pairs = _pairs(query)
        self.alternatives = [sorted(sorted(group.alternatives.items()), key=itemgetter(1)) for group in query.groups]

    @cached_property
    def terms(self) -> list[str]:
        """Every stem and phrase that any group asks for, then the pairs that are not among them."""
        return list(dict.fromkeys([*(wanted for alternatives in self.alternatives for wanted, _ in alternatives), *self.pairs]))

    def scores(self, found: Found) -> Array:
        """One for each text: what `kernels.weigh` makes of a snapshot's arrays, the same numbers added up in the same order."""
        number = {term: n for n, term in enumerate(self.terms)}
        impacts = found.impacts()
        points, covered = np.zeros(found.rows), np.zeros(found.rows)
        is_answered = np.full(found.rows, bool(self.required))
        for i, (share, alternatives) in enumerate(zip(self.weights, self.alternatives, strict=True)):
            heaviest, frequency = np.zeros(found.rows), np.zeros(found.rows)
            for wanted, weight in alternatives:
                impact = impacts[number[wanted]]
                heaviest[impact > 0] = weight
                frequency += weight * weight * impact
            np.divide(frequency, heaviest * heaviest, out=frequency, where=heaviest > 0)
            points += share * heaviest * frequency / (SATURATION + frequency)
            covered += share * np.minimum(1.0, heaviest / SAME)
            if i in self.required:
                is_answered &= heaviest >= ANSWERS
        part = covered / self.total
        worth = points * (0.3 + 0.7 * (part * part))
        if self.pairs:
            worth += ADJACENT * sum(found.begins(number[pair]).astype(np.float64) for pair in self.pairs)
        return np.where(points > 0, np.rint((worth + ALL * is_answered) * 1e6) / 1e6, 0.0)


def phrase_frequency(wanted: str, columns: Sequence[tuple[str, float, str]]) -> float:
    """`columns` are names, weights and texts; a phrase counts wherever it begins."""
    frequency = 0.0
    for name, weight, text in columns:
        if wanted in text:
            count = occurrences(text, wanted)
            if count:
                frequency += weight / _norm(name, text.count(" ") + 1) * count
    return frequency


def occurrences(text: str, wanted: str) -> int:
    """How often a phrase of stems begins in a text of stems, also where the last word of one is the first of the next."""
    spaced = f" {text.replace(' ', '  ')} "
    return spaced.count(f" {wanted.replace(' ', '  ')} ")


def _weight(group: Group, vocabulary: Vocabulary) -> float:
    """The group's share of the score: what few offerings have tells more, but by its root only, for a rare word of a sentence is
    seldom what it is about. Needs and near words do not make it common."""
    def spread(lightest: float) -> int:
        return sum(
            min(vocabulary.stems.get(stem, 0) for stem in wanted.split(" "))
            for wanted, weight in group.alternatives.items() if weight >= lightest
        )

    in_all, very = min(spread(0.8), vocabulary.size), spread(1.0)
    return group.part * sqrt(max(0.2, vocabulary.weight(round(sqrt(in_all * (very or in_all))))))


def _pairs(query: Query) -> list[str]:
    """Neighbouring words of the query, as stems."""
    groups = [group for group in query.groups if group.is_looked_for]
    own = [next((w for w, weight in group.alternatives.items() if weight == 1.0 and " " not in w), "") for group in groups]
    return [f"{a} {b}" for a, b in zip(own, own[1:], strict=False) if a and b and not a.startswith("age")]
