"""The people around an offering, as one Link Worker knows them: friends who go, who has walked there before, how busy the partner is.

What introductions know is asked through `ask` (the room above answers, see `register`). Only lists that somebody looks at have it:
`kith match`, the survey of all children and whatever has no reader do not. It is small on purpose: it can change the order of things
that fit about as well, and no more.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from app.accounts.models import Person
from app.children.models import Child
from app.matching.turns import Turn

YOU = "you"
"""Who knows the people there, where that is the reader."""
PARTS = ("friends", "known", "busy")
"""Their weights stand in the table with the others."""
WALKED_OFTEN = 2
"""Children a Link Worker has walked there that make the partner as well known as can be."""
SCHOOL_SHARE, SCHOOL_LEAST = 0.5, 3
"""What it counts that children of the school met them already, and how many there must be: fewer would point at one."""
ANSWERS_SOON, ANSWERS_LATE = 4.0, 10.0
"""Days in which they usually answer, that count as nothing and as all."""


@dataclass(frozen=True)
class Around:
    """What is known of one offering and its organisation. `friends` are names that this reader may read; `walked` children the Link
    Worker `who` has introduced there, who met them; `schoolmates` others of the same school. `waiting` requests for it are not
    answered yet; `answer_days` is None where too few answers are there to go by."""

    friends: tuple[str, ...] = ()
    who: str = ""
    walked: int = 0
    school: str = ""
    schoolmates: int = 0
    waiting: int = 0
    answer_days: float | None = None
    before: date | None = None

    def parts(self, free: int | None) -> dict[str, float]:
        """From 0 to 1. What the many do counts for nothing in `busy`: only what waits for an answer now, and how long answers take."""
        school = SCHOOL_SHARE if self.schoolmates >= SCHOOL_LEAST else 0.0
        late = 0.0 if self.answer_days is None else (self.answer_days - ANSWERS_SOON) / (ANSWERS_LATE - ANSWERS_SOON)
        queue = self.waiting / free if free else 0.0
        return {
            "friends": 1.0 if self.friends else 0.0, "known": max(school, min(1.0, self.walked / WALKED_OFTEN)),
            "busy": max(0.0, min(1.0, max(queue, late))),
        }


NOBODY = Around()


@dataclass(frozen=True)
class Walked:
    """The child's own path so far, by offering: the introduction that is open now; the day on which an earlier one was over, where
    they had met. `went_well`: what it is that went well, each in a few words."""

    under_way: Mapping[uuid.UUID, uuid.UUID] = field(default_factory=dict)
    before: Mapping[uuid.UUID, date] = field(default_factory=dict)
    went_well: tuple[str, ...] = ()


class Asked(Protocol):
    def walked(self, child: Child) -> Walked: ...

    def around(self, child: Child, reader: Person, offerings: Mapping[uuid.UUID, uuid.UUID]) -> Mapping[uuid.UUID, Around]:
        """`offerings` with their organisations; those of which nothing is known are left out. Friends only within the reader's sight."""


class _Nobody:
    def walked(self, child: Child) -> Walked:
        return Walked()

    def around(self, child: Child, reader: Person, offerings: Mapping[uuid.UUID, uuid.UUID]) -> Mapping[uuid.UUID, Around]:
        return {}


_asked: Asked = _Nobody()


def register(asked: Asked) -> None:
    global _asked
    _asked = asked


def ask() -> Asked:
    return _asked


def most_moved(weights: Mapping[str, float]) -> float:
    """How far the score of one can move beside that of another."""
    return sum(abs(weights[name]) for name in PARTS)


def moved(turns: Sequence[Turn], shares: Mapping[int, Mapping[str, float]], weights: Mapping[str, float]) -> list[Turn]:
    """The turns with what `shares` says of each (by its place) added to the score, best first; equals stay in their order."""
    found = [
        Turn(turn.place, round(turn.score + sum(weights[name] * value for name, value in shares.get(turn.place, {}).items()), 6), turn.provider)
        for turn in turns
    ]
    return sorted(found, key=lambda turn: -turn.score)
