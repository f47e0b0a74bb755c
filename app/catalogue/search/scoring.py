"""How well an offering answers a query: BM25 over weighted columns, by groups of alternatives. Pure: rows in, scores out.

A group is worth its most telling alternative, saturated over all it finds; another word for the same thing counts less than the
word itself. What has something of every required group stands above what has not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    weights = [_weight(group, vocabulary) for group in query.groups]
    total = sum(weights) or 1.0
    required = [i for i, group in enumerate(query.groups) if group.is_required]
    pairs = _pairs(query)
    out: list[float] = []
    for row in rows:
        columns = {name: getattr(row, name) for name in WEIGHTS}
        present = {word for column in columns.values() for word in column.split(" ")}
        parts, best = [0.0] * len(weights), [0.0] * len(weights)
        for i, group in enumerate(query.groups):
            parts[i], best[i] = _part(group, columns, present)
        found = sum(weight * part for weight, part in zip(weights, parts, strict=True))
        if not found:
            out.append(0.0)
            continue
        covered = sum(weight * min(1.0, share / SAME) for weight, share in zip(weights, best, strict=True)) / total
        found *= 0.3 + 0.7 * covered**2
        found += ADJACENT * sum(holds(columns["title"], pair) + holds(columns["tags"], pair) > 0 for pair in pairs)
        if required and all(best[i] >= ANSWERS for i in required):
            found += ALL
        out.append(round(found, 6))
    return out


def _weight(group: Group, vocabulary: Vocabulary) -> float:
    """The group's share of the score: what few offerings have tells more. Needs and near words do not make it common."""
    def spread(lightest: float) -> int:
        return sum(
            min(vocabulary.stems.get(stem, 0) for stem in wanted.split(" "))
            for wanted, weight in group.alternatives.items() if weight >= lightest
        )

    in_all, very = min(spread(0.8), vocabulary.size), spread(1.0)
    return group.part * max(0.2, vocabulary.weight(round(sqrt(in_all * (very or in_all)))))


def _part(group: Group, columns: Mapping[str, str], present: set[str]) -> tuple[float, float]:
    """What the row has of one group: saturated, from 0 to 1; and the weight of the best alternative it holds."""
    here = [
        (wanted, weight) for wanted, weight in group.alternatives.items()
        if (wanted in present if " " not in wanted else all(word in present for word in wanted.split(" ")))
    ]
    if not here:
        return 0.0, 0.0
    heaviest = 0.0
    weighed: list[tuple[float, float]] = []
    for wanted, weight in here:
        frequency = 0.0
        for name, column_weight in WEIGHTS.items():
            count = holds(columns[name], wanted)
            if count:
                length = LENGTH.get(name, 0.0)
                norm = 1 - length + length * (columns[name].count(" ") + 1) / TYPICAL[name] if length else 1.0
                frequency += column_weight * count / norm
        if frequency:
            weighed.append((weight, frequency))
            heaviest = max(heaviest, weight)
    if not weighed:
        return 0.0, 0.0
    frequency = sum((weight / heaviest) ** 2 * count for weight, count in weighed)
    return heaviest * frequency / (SATURATION + frequency), heaviest


def _pairs(query: Query) -> list[str]:
    """Neighbouring words of the query, as stems."""
    own = [next((w for w, weight in group.alternatives.items() if weight == 1.0 and " " not in w), "") for group in query.groups]
    return [f"{a} {b}" for a, b in zip(own, own[1:], strict=False) if a and b and not a.startswith("age")]
