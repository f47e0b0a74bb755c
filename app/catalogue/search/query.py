"""What search is asked, as groups of words: a query turned into what to look for. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import itemgetter

from app.catalogue.search.snapshot import Vocabulary

MOST_ALTERNATIVES = 60
WEAK = 0.35
CONDITION = 0.6
"""A day, an age, a place or the price is asked for as much as the thing itself, but weighs less: what is on another day comes
before something else on that day."""


@dataclass(frozen=True)
class Group:
    """One thing asked for: phrases of stems with what each is worth, 1 for the very word. `part` is the group's own share;
    `is_worry`: it tells how a child feels or behaves, and is answered by whatever is there for that."""

    typed: str
    alternatives: Mapping[str, float]
    part: float = 1.0
    is_worry: bool = False

    @property
    def is_required(self) -> bool:
        return self.part >= CONDITION

    @property
    def is_looked_for(self) -> bool:
        """Finds offerings, and not only puts them in order."""
        return self.part >= WEAK

    @property
    def stems(self) -> set[str]:
        """Every single stem that a document may hold because of this group."""
        return {stem for wanted in self.alternatives for stem in wanted.split(" ")}


@dataclass(frozen=True)
class Query:
    """`corrected` maps what was typed to what was looked for instead; `shown` is the query as it was understood,
    `unknown` are words nobody here knows."""

    typed: str
    groups: tuple[Group, ...] = ()
    corrected: Mapping[str, str] = field(default_factory=dict)
    shown: str = ""
    unknown: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.groups


_weight_of = itemgetter(1)


def most_telling(alternatives: dict[str, float]) -> dict[str, float]:
    """Those of the greatest weight, and of the same weight the first of the alphabet."""
    kept = sorted(sorted(alternatives.items()), key=_weight_of, reverse=True)
    return dict(kept[:MOST_ALTERNATIVES])


def stands_in(wanted: str, vocabulary: Vocabulary) -> bool:
    """Every word of the phrase is somewhere in this catalogue."""
    stems = vocabulary.stems
    return all(part in stems for part in wanted.split(" ")) if " " in wanted else wanted in stems
