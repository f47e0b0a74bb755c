"""Whose turn it is among the ranked: at most two of one provider in ten, and those seldom shown before those often shown where the
scores say little. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

PROVIDER_CAP = 2
BAND = 0.2
"""Scores nearer than this are as good as the same: there, whoever was shown less goes first."""
OFTEN = 10
"""Children to whom a provider was shown in the last thirty days that make it shown as often as can be."""


@dataclass(frozen=True)
class Turn:
    """One of the ranked: its place in the ranking, its score, whose it is."""

    place: int
    score: float
    provider: uuid.UUID


def discount(shown: int) -> float:
    """What having been shown costs: nothing at first, never more than the band."""
    return BAND * min(1.0, shown / OFTEN)


def spread(ranked: Iterable[Turn], top: int, shown: Mapping[uuid.UUID, int]) -> list[Turn]:
    """The first `top`. `ranked` is best first.

    Nobody is left out by this: where there are not enough others, those who waited follow. The scores never rise from one to the
    next, so that nobody wonders: who goes earlier than the score says has the score of the one before at most.
    """
    order = sorted(ranked, key=lambda turn: (-(turn.score - discount(shown.get(turn.provider, 0))), turn.place)) if shown else ranked
    chosen: list[Turn] = []
    waiting: list[Turn] = []
    rest = iter(order)
    seen: dict[uuid.UUID, int] = {}
    while len(chosen) < top:
        if len(chosen) % 10 == 0:
            seen = {}
        pick = _next(waiting, rest, seen)
        if pick is None:
            break
        seen[pick.provider] = seen.get(pick.provider, 0) + 1
        chosen.append(pick)
    return _falling(chosen)


def _next(waiting: list[Turn], rest: Iterator[Turn], seen: Mapping[uuid.UUID, int]) -> Turn | None:
    for at, turn in enumerate(waiting):
        if seen.get(turn.provider, 0) < PROVIDER_CAP:
            return waiting.pop(at)
    for turn in rest:
        if seen.get(turn.provider, 0) < PROVIDER_CAP:
            return turn
        waiting.append(turn)
    return waiting.pop(0) if waiting else None


def _falling(chosen: Sequence[Turn]) -> list[Turn]:
    out: list[Turn] = []
    for turn in chosen:
        limit = out[-1].score if out else turn.score
        out.append(turn if turn.score <= limit else Turn(turn.place, limit, turn.provider))
    return out
