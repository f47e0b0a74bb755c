"""What a score is made of, part by part, and what the sentences about one of the ranked are made from. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from app.matching.columns import NEED_BIT, Array, Columns
from app.matching.hearing import Heard
from app.matching.kindred import kin_bits
from app.matching.profile import Profile
from app.matching.text import Phrase

PARTS = (
    "needs", "interest", "words", "meaning", "text", "meant", "apart", "made_for", "worked", "near", "peers", "calm", "language", "free", "fresh", "no",
    "not_worked", "set_aside", "about",
)
"""What a score is the sum of, in the order in which it is added up."""


class Scored(NamedTuple):
    """One offering with its score and what it is made of. `parts` are before weighting. `like` is one of its own interests that is
    near in meaning to `phrase_like`, something the child said."""

    position: int
    score: float
    parts: Mapping[str, float]
    phrase: Phrase | None = None
    disliked: Phrase | None = None
    met: tuple[str, ...] = ()
    kin_met: tuple[str, ...] = ()
    distance: float | None = None
    like: str = ""
    phrase_like: Phrase | None = None


@dataclass(frozen=True)
class Ranking:
    """The eligible offerings of one part of the shelf with their scores; `parts` has a row for each of PARTS beside `positions`."""

    columns: Columns
    positions: Array
    scores: Array
    parts: Array
    phrases: Array
    disliked: Array
    distances: Array
    likes: Array
    heard: Heard = field(repr=False)
    profile: Profile = field(repr=False)

    def at(self, row: int) -> Scored:
        """One of them, with what its reasons are made of."""
        position = int(self.positions[row])
        offered = int(self.columns.needs[position])
        met, kin_met = list[str](), list[str]()
        for code, _ in self.profile.needs:
            if offered & NEED_BIT.get(code, 0):
                met.append(code)
            elif offered & kin_bits(code):
                kin_met.append(code)
        parts = dict(zip(PARTS, self.parts[:, row].tolist(), strict=True))
        phrase, disliked, tag = int(self.phrases[row]), int(self.disliked[row]), int(self.likes[row])
        distance = float(self.distances[row])
        yes = self.heard.yes
        return Scored(
            position, float(self.scores[row]), parts, yes[phrase] if phrase >= 0 and parts["interest"] >= 0.2 else None,
            self.heard.no[disliked] if disliked >= 0 else None, tuple(met), tuple(kin_met), None if math.isnan(distance) else distance,
            self.columns.tag_names[tag] if tag >= 0 else "",
            yes[int(self.heard.like_of[id(self.columns)][1][:, tag].argmax())] if tag >= 0 else None,
        )
