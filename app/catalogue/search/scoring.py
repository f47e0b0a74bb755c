"""How well an offering answers a query: BM25 over weighted columns, by groups of alternatives. Pure: rows in, scores out.

A group is worth its most telling alternative, saturated over all it finds; another word for the same thing counts less than the
word itself. What has something of every required group stands above what has not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from math import sqrt
from operator import attrgetter, itemgetter
from typing import Protocol

from app.catalogue.search.analysis import holds
from app.catalogue.search.lexicon import SAME
from app.catalogue.search.snapshot import Vocabulary
from app.catalogue.search.understanding import Group, Query

WEIGHTS = {"title": 5.0, "tags": 4.0, "needs": 2.0, "provider": 2.0, "place": 1.5, "facts": 1.5, "body": 1.0}
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


class Text(Protocol):
    title: str
    tags: str
    needs: str
    provider: str
    place: str
    facts: str
    body: str


STEPS = 512
"""An impact is kept in steps of 1/512, so that one read from a snapshot (two bytes) is the one worked out from the text."""
MOST_IMPACT = 65_535


def score(query: Query, vocabulary: Vocabulary, rows: Sequence[Text]) -> list[float]:
    """One score for each row, nil for one that holds nothing of the query."""
    plan = Plan(query, vocabulary)
    return [plan.score(row) for row in rows]


_COLUMNS = [(weight, LENGTH.get(name, 0.0), TYPICAL.get(name, 1.0)) for name, weight in WEIGHTS.items()]


def _norm(column: str, length: int) -> float:
    share = LENGTH.get(column, 0.0)
    return 1 - share + share * max(1, length) / TYPICAL[column] if share else 1.0


def rounded_impact(frequency: float) -> float:
    return max(1, min(MOST_IMPACT, round(frequency * STEPS))) / STEPS


_texts_of = attrgetter(*WEIGHTS)


class Plan:
    """A query turned round for going over many rows: which group asks for a word, and what it is worth there.

    `alternatives` has each group's, lightest first: the order in which both forms of the score add up.
    """

    def __init__(self, query: Query, vocabulary: Vocabulary) -> None:
        self.weights = [_weight(group, vocabulary) for group in query.groups]
        self.total = sum(self.weights) or 1.0
        self.required = [i for i, group in enumerate(query.groups) if group.is_required]
        self.pairs = _pairs(query)
        self.alternatives = [sorted(sorted(group.alternatives.items()), key=itemgetter(1)) for group in query.groups]

    @cached_property
    def _asked(self) -> dict[str, list[tuple[int, int, float]]]:
        asked: dict[str, list[tuple[int, int, float]]] = {}
        for i, alternatives in enumerate(self.alternatives):
            for place, (wanted, weight) in enumerate(alternatives):
                if " " not in wanted:
                    asked.setdefault(wanted, []).append((i, place, weight))
        return asked

    @cached_property
    def _phrases(self) -> dict[str, list[tuple[str, int, int, float]]]:
        """By their first stem."""
        phrases: dict[str, list[tuple[str, int, int, float]]] = {}
        for i, alternatives in enumerate(self.alternatives):
            for place, (wanted, weight) in enumerate(alternatives):
                if " " in wanted:
                    phrases.setdefault(wanted.partition(" ")[0], []).append((wanted, i, place, weight))
        return phrases

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset((*self._asked, *self._phrases))

    def score(self, row: Text) -> float:
        found: list[list[tuple[int, float, float]]] = [[] for _ in self.weights]
        texts = _texts_of(row)
        frequencies: dict[str, float] = {}
        for (weight, share, typical), text in zip(_COLUMNS, texts, strict=True):
            tokens = text.split(" ")
            asked = self._words.intersection(tokens)
            if asked:
                worth = weight / (1 - share + share * max(1, len(tokens)) / typical) if share else weight
                for token in asked:
                    frequencies[token] = frequencies.get(token, 0.0) + worth * tokens.count(token)
        if not frequencies:
            return 0.0
        for token, frequency in frequencies.items():
            if token in self._asked:
                impact = rounded_impact(frequency)
                for i, place, weight in self._asked[token]:
                    found[i].append((place, weight, impact))
        if not self._phrases.keys().isdisjoint(frequencies):
            self._add_phrases(found, texts, frequencies)
        return self._total(found, row)

    def _add_phrases(self, found: list[list[tuple[int, float, float]]], texts: Sequence[str], stems: Iterable[str]) -> None:
        """Those whose first stem was seen in the row."""
        whole = "|".join(texts)
        for stem in stems:
            for wanted, i, place, weight in self._phrases.get(stem, ()):
                if wanted in whole:
                    frequency = phrase_frequency(wanted, [(*column, text) for column, text in zip(WEIGHTS.items(), texts, strict=True)])
                    if frequency:
                        found[i].append((place, weight, rounded_impact(frequency)))

    def _total(self, found: list[list[tuple[int, float, float]]], row: Text) -> float:
        points = covered = 0.0
        best = [0.0] * len(found)
        for i, (weight, hits) in enumerate(zip(self.weights, found, strict=True)):
            if hits:
                hits.sort()  # by place, so the last is the heaviest
                heaviest = best[i] = hits[-1][1]
                frequency = 0.0
                for _, each, impact in hits:
                    frequency += each * each * impact
                frequency /= heaviest * heaviest
                points += weight * heaviest * frequency / (SATURATION + frequency)
                covered += weight * min(1.0, heaviest / SAME)
        if not points:
            return 0.0
        share = covered / self.total
        points *= 0.3 + 0.7 * (share * share)
        if self.pairs:
            points += ADJACENT * sum(holds(row.title, pair) + holds(row.tags, pair) > 0 for pair in self.pairs)
        if self.required and all(best[i] >= ANSWERS for i in self.required):
            points += ALL
        return round(points * 1e6) / 1e6


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
