"""How well an offering answers a query: BM25 over weighted columns, by groups of alternatives. Pure: rows in, scores out.

A group is worth its most telling alternative, saturated over all it finds; another word for the same thing counts less than the
word itself. What has something of every required group stands above what has not.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
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


def score(query: Query, vocabulary: Vocabulary, rows: Sequence[Text]) -> list[float]:
    """One score for each row, nil for one that holds nothing of the query."""
    plan = _Plan(query, vocabulary)
    return [plan.score(row) for row in rows]


class _Plan:
    """A query turned round for going over many rows: which group asks for a word, and what it is worth there."""

    def __init__(self, query: Query, vocabulary: Vocabulary) -> None:
        self.weights = [_weight(group, vocabulary) for group in query.groups]
        self.total = sum(self.weights) or 1.0
        self.required = [i for i, group in enumerate(query.groups) if group.is_required]
        self.pairs = _pairs(query)
        self.asked: dict[str, list[tuple[int, float]]] = {}
        self.phrases: list[tuple[str, int, float]] = []
        for i, group in enumerate(query.groups):
            for wanted, weight in group.alternatives.items():
                if " " in wanted:
                    self.phrases.append((wanted, i, weight))
                else:
                    self.asked.setdefault(wanted, []).append((i, weight))

    def score(self, row: Text) -> float:
        found: list[list[tuple[float, float]]] = [[] for _ in self.weights]
        columns = [(getattr(row, name), weight, LENGTH.get(name, 0.0), TYPICAL.get(name, 1.0)) for name, weight in WEIGHTS.items()]
        frequencies: dict[str, float] = {}
        for text, weight, length, typical in columns:
            tokens = text.split(" ")
            norm = 1 - length + length * len(tokens) / typical if length else 1.0
            for token in tokens:
                if token in self.asked:
                    frequencies[token] = frequencies.get(token, 0.0) + weight / norm
        for token, frequency in frequencies.items():
            for i, weight in self.asked[token]:
                found[i].append((weight, frequency))
        for wanted, i, weight in self.phrases:
            frequency = _phrase_frequency(wanted, columns)
            if frequency:
                found[i].append((weight, frequency))
        return self._total(found, row)

    def _total(self, found: list[list[tuple[float, float]]], row: Text) -> float:
        points = covered = 0.0
        best = [max((weight for weight, _ in hits), default=0.0) for hits in found]
        for weight, hits, heaviest in zip(self.weights, found, best, strict=True):
            if hits:
                frequency = sum((each / heaviest) ** 2 * count for each, count in hits)
                points += weight * heaviest * frequency / (SATURATION + frequency)
                covered += weight * min(1.0, heaviest / SAME)
        if not points:
            return 0.0
        points *= 0.3 + 0.7 * (covered / self.total) ** 2
        points += ADJACENT * sum(holds(row.title, pair) + holds(row.tags, pair) > 0 for pair in self.pairs)
        if self.required and all(best[i] >= ANSWERS for i in self.required):
            points += ALL
        return round(points, 6)


def _phrase_frequency(wanted: str, columns: Sequence[tuple[str, float, float, float]]) -> float:
    frequency = 0.0
    for text, weight, length, typical in columns:
        if wanted not in text:
            continue
        count = holds(text, wanted)
        if count:
            frequency += weight * count / (1 - length + length * (text.count(" ") + 1) / typical if length else 1.0)
    return frequency


def _weight(group: Group, vocabulary: Vocabulary) -> float:
    """The group's share of the score: what few offerings have tells more. Needs and near words do not make it common."""
    def spread(lightest: float) -> int:
        return sum(
            min(vocabulary.stems.get(stem, 0) for stem in wanted.split(" "))
            for wanted, weight in group.alternatives.items() if weight >= lightest
        )

    in_all, very = min(spread(0.8), vocabulary.size), spread(1.0)
    return group.part * max(0.2, vocabulary.weight(round(sqrt(in_all * (very or in_all)))))


def _pairs(query: Query) -> list[str]:
    """Neighbouring words of the query, as stems."""
    own = [next((w for w, weight in group.alternatives.items() if weight == 1.0 and " " not in w), "") for group in query.groups]
    return [f"{a} {b}" for a, b in zip(own, own[1:], strict=False) if a and b and not a.startswith("age")]
