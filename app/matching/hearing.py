"""What was said of a child, cut into phrases that speak for something and phrases that speak against, read once against one shelf. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from app.catalogue.search.meaning import Meanings
from app.matching import sayings, text
from app.matching.columns import Array
from app.matching.needs import spoken_of
from app.matching.profile import Profile
from app.matching.text import Phrase, Reader, Unit

SAID = {"interest": 1.0, "words": 0.85, "aspiration": 0.8, "strength": 0.6, "goal": 0.7}
"""How much a phrase counts by where it was said, as the one thing that speaks for an offering."""
READ = {"interest": 1.0, "words": 0.6, "aspiration": 0.6, "strength": 0.4, "goal": 0.5, "need": 0.35, "note": 0.15}
"""How much its words count in the text as a whole."""

SAYS_NO_NO = frozenset({"strength", "goal"})
"""What is cut into nothing: "Never gives up on a puzzle" and "Not to be scared of the deep end" say no to nothing."""


@dataclass(frozen=True)
class Rows:
    """Some phrases as a matrix: how much each of `units` (numbers of Heard.units) tells in each phrase, and how loud each is."""

    units: Array
    matrix: Array
    loudness: Array


@dataclass
class Heard:
    """Everything a profile says, read once against one shelf."""

    yes: list[Phrase] = field(default_factory=list)
    no: list[Phrase] = field(default_factory=list)
    worked: list[Phrase] = field(default_factory=list)
    not_worked: list[Phrase] = field(default_factory=list)
    written: list[tuple[Phrase, float]] = field(default_factory=list)
    wants_calm: bool = False
    whole: Array | None = None
    needed: Array = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    known: Array = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    vector_of: dict[str, Array] = field(default_factory=dict)
    like_of: dict[int, tuple[Array, Array]] = field(default_factory=dict)
    words: dict[int, Any] = field(default_factory=dict)
    told: Array | None = None
    _rows: dict[int, Rows] = field(default_factory=dict)

    @cached_property
    def units(self) -> list[Unit]:
        """Each word or expression once."""
        found = {unit.typed: unit for phrase, _ in self.written for unit in phrase.units}
        for phrases in (self.yes, self.no, self.worked, self.not_worked):
            found.update((unit.typed, unit) for phrase in phrases for unit in phrase.units)
        return list(found.values())

    @cached_property
    def number(self) -> dict[str, int]:
        return {unit.typed: at for at, unit in enumerate(self.units)}

    @cached_property
    def read_weights(self) -> Array:
        """How much each unit counts in the text as a whole: as much as in the place where it counts most."""
        out = np.zeros(len(self.units), np.float32)
        for phrase, weight in self.written:
            for unit in phrase.units:
                at = self.number[unit.typed]
                out[at] = max(out[at], weight * unit.tells)
        return out

    @cached_property
    def overlap(self) -> Array:
        """Which phrases for and which against share a word, or another word for it: "I hate football but love goalies", "art, but not paint"."""
        return np.array([[not yes.terms.isdisjoint(no.all_terms) for no in self.no] for yes in self.yes], bool).reshape(len(self.yes), len(self.no))

    def rows_of(self, phrases: Sequence[Phrase]) -> Rows:
        known = self._rows.get(id(phrases))
        if known is None:
            used = sorted({self.number[unit.typed] for phrase in phrases for unit in phrase.units})
            column = {at: n for n, at in enumerate(used)}
            matrix = np.zeros((len(phrases), len(used)), np.float32)
            for row, phrase in enumerate(phrases):
                for unit in phrase.units:
                    matrix[row, column[self.number[unit.typed]]] = unit.share / phrase.measure if phrase.measure else 0.0
            known = self._rows[id(phrases)] = Rows(np.array(used, np.int64), matrix, loudness_of(phrases))
        return known

    def vectors(self, width: int) -> Array:
        """A row for each phrase that speaks for something."""
        return np.array([self.vector_of[phrase.text] for phrase in self.yes], np.float32).reshape(len(self.yes), width)


def loudness_of(phrases: Sequence[Phrase]) -> Array:
    return np.array([SAID.get(phrase.where, 1.0) * 0.97 ** min(phrase.rank, 6) for phrase in phrases], np.float32)


def hear(profile: Profile, reader: Reader, table: Meanings) -> Heard:
    """Cut what is known of the child into phrases that speak for, and phrases that speak against."""
    heard = Heard()

    def take(said: str, where: str, rank: int) -> None:
        told = sayings.heard_in(said) if where not in SAYS_NO_NO else sayings.Said((said,))
        weight = READ[where]
        for phrase in phrases_of(told.yes, where, rank):
            heard.yes.append(phrase)
            heard.written.append((phrase, weight))
        if told.no:
            heard.no += phrases_of(told.no, where, rank)
        if told.worries:
            heard.written += [(phrase, weight) for phrase in phrases_of(told.worries, where, rank)]
        if told.aside:
            heard.written += [(phrase, READ["note"]) for phrase in phrases_of(told.aside, where, rank)]
        heard.wants_calm |= told.is_calm

    def phrases_of(parts: Sequence[str], where: str, rank: int) -> list[Phrase]:
        return [phrase for phrase in (reader.phrase(part, where, rank) for part in parts) if phrase is not None]

    for rank, interest in enumerate(profile.interests):
        take(interest, "interest", rank)
    for rank, words in enumerate(profile.own_words):
        take(words, "words", rank)
    for rank, goal in enumerate(profile.goals):
        take(goal, "goal", rank)
    take(profile.aspiration, "aspiration", 0)
    for rank, strength in enumerate(profile.strengths):
        take(strength, "strength", rank)
    for rank, (code, _) in enumerate(profile.needs):
        phrase = reader.phrase(code.partition(":")[2].replace("-", " "), "need", rank)
        if phrase is not None:
            heard.written.append((phrase, READ["need"]))
    told = sayings.heard_in(profile.background)
    heard.written += [(phrase, READ["note"]) for phrase in phrases_of((*told.yes, *told.worries, *told.aside), "note", 0)]
    heard.worked, heard.not_worked = phrases_of(profile.well_received, "note", 0), phrases_of(profile.not_well_received, "note", 0)
    meant = [(reader.meant(phrase.text, table), weight) for phrase, weight in heard.written]
    whole = text.mean(
        table, np.concatenate([one.rows for one, _ in meant]), np.concatenate([one.rarities * weight for one, weight in meant]),
    ) if meant else np.zeros(0, np.float32)
    every = [phrase.text for phrase, _ in heard.written] + [phrase.text for phrase in heard.no]
    heard.vector_of = {said: reader.meant(said, table).vector for said in every}
    heard.known = np.array(list(heard.vector_of.values()), np.float32).reshape(len(heard.vector_of), table.width)
    heard.whole = whole if whole.any() else None
    heard.needed = np.array([reader.meant(spoken_of(code), table).vector for code, _ in profile.needs], np.float32).reshape(len(profile.needs), table.width)
    heard.wants_calm |= told.is_calm or profile.needs_quiet or profile.max_group is not None
    return heard
