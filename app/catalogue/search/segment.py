"""Many offerings' texts and facts as arrays: made once, never changed, read straight from files that all processes share.

Postings say for each stem (and each phrase of the lexicon) which offerings hold it and how much it counts there, worked out exactly
as `scoring` does over one text. Offerings are numbered in the order of their ids. Pure but for `save` and `load`.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.catalogue.models import ACCESSIBILITY, AREAS, Delivery, OfferingKind
from app.catalogue.search.facets import AGES, COSTS
from app.catalogue.search.facts import DAYS, TIMES
from app.catalogue.search.scoring import LENGTH, STEPS, TYPICAL, WEIGHTS

Array = NDArray[Any]
Posting = tuple[Array, Array]
FORM = 2
"""Raise when the arrays mean something else than before: files of another form are not read."""
COMMON = 1000
"""A word that stands in more offerings than this (or in one of a hundred) keeps its count when some of them change: who has which
of those words would be four fifths of the list, and it makes no difference to anything."""
TEXTS = ("title", "tags", "needs", "provider", "place", "facts", "body")
FACTS = (
    "kind", "delivery", "region", "age_min", "age_max", "cost_pence", "days", "times", "needs_mask", "languages", "is_step_free",
    "access", "interests", "town", "latitude", "longitude",
)


def form() -> str:
    """What files must agree with to be read: how they are laid out, what a word counts in each column, which values facets have."""
    values = [[kind.value for kind in OfferingKind], [delivery.value for delivery in Delivery], AREAS, DAYS, TIMES, ACCESSIBILITY, [*COSTS], [*AGES]]
    return json.dumps([FORM, WEIGHTS, TYPICAL, LENGTH, STEPS, values], sort_keys=True)


@dataclass
class Segment:
    """`starts` leads from a term's number to its part of `docs` and `impacts`; terms before `stems` are stems, the rest phrases."""

    terms: list[str]
    stems: int
    starts: Array
    docs: Array
    impacts: Array
    pairs: Array
    pair_starts: Array
    pair_docs: Array
    words: list[str]
    word_counts: Array
    word_starts: Array
    word_rows: Array
    ids: Array
    text_ids: Array
    refs: list[str] = field(repr=False)
    ref_rank: Array
    regions: list[str]
    languages: list[str]
    interests: list[str]
    towns: list[str]
    kind: Array
    delivery: Array
    region: Array
    age_min: Array
    age_max: Array
    cost_pence: Array
    days: Array
    times: Array
    needs_mask: Array
    spoken: Array
    is_step_free: Array
    access: Array
    liked: Array
    more_docs: Array
    more_interests: Array
    town: Array
    latitude: Array
    longitude: Array
    codes: list[str]
    bits: Array

    @property
    def size(self) -> int:
        return len(self.text_ids)

    @cached_property
    def number_of(self) -> dict[str, int]:
        return {term: number for number, term in enumerate(self.terms)}

    @cached_property
    def places_of(self) -> dict[str, tuple[int, int]]:
        """From where up to where the codes of each facet stand, by their first word, in their order."""
        kinds = [code.partition(" ")[0] for code in self.codes]
        return {kind: (kinds.index(kind), kinds.index(kind) + kinds.count(kind)) for kind in dict.fromkeys(kinds)}

    @cached_property
    def values_of(self) -> dict[str, list[str]]:
        """The values of the codes of each facet, by their first word."""
        found: dict[str, list[str]] = {"language": []}
        for code in self.codes:
            kind, _, value = code.partition(" ")
            found.setdefault(kind, []).append(value)
        return found

    @cached_property
    def keys(self) -> Array:
        """The offerings' ids as sortable bytes."""
        return np.ascontiguousarray(self.ids).view("S16").ravel()

    def posting(self, term: str) -> Posting | None:
        """Who holds it and by how much; None for a phrase that nobody prepared."""
        number = self.number_of.get(term)
        if number is None:
            return None if " " in term else (self.docs[:0], self.impacts[:0])
        first, last = self.starts[number], self.starts[number + 1]
        return self.docs[first:last], self.impacts[first:last]

    def pair(self, wanted: str) -> int | None:
        """The place in `pair_starts` of two stems that stand side by side in some title or tags."""
        left, right = (self.number_of.get(stem) for stem in wanted.split(" "))
        if left is None or right is None:
            return None
        key = np.uint64((left << 32) | right)
        at = int(self.pairs.searchsorted(key))
        return at if at < len(self.pairs) and self.pairs[at] == key else None

    @cached_property
    def everybody(self) -> Array:
        """All of them, as a set."""
        return packed(np.ones(self.size, bool))

    @cached_property
    def on_the_ball(self) -> Array:
        """Where they are on a ball of radius 1, three numbers each; nowhere for what has no place."""
        latitude, longitude = np.radians(self.latitude), np.radians(self.longitude)
        across = np.cos(latitude)
        return np.stack((across * np.cos(longitude), across * np.sin(longitude), np.sin(latitude)), axis=1)

    def numbers(self, offering_ids: Iterable[uuid.UUID]) -> Array:
        """The numbers of those of the offerings that are here."""
        wanted = np.array([id_.bytes for id_ in offering_ids], dtype="S16")
        if not len(wanted) or not self.size:
            return np.zeros(0, np.int64)
        at = np.searchsorted(self.keys, wanted)
        at[at == self.size] = 0
        found: Array = at[self.keys[at] == wanted]
        return found

    def offering_ids(self, docs: Array) -> list[uuid.UUID]:
        whole = self.ids[docs].tobytes()
        return [uuid.UUID(bytes=whole[at : at + 16]) for at in range(0, len(whole), 16)]

    def offering_id(self, doc: int) -> uuid.UUID:
        return uuid.UUID(bytes=self.ids[doc].tobytes())

    @cached_property
    def word_count(self) -> dict[str, int]:
        return dict(zip(self.words, self.word_counts.tolist(), strict=True))

    @cached_property
    def stem_count(self) -> dict[str, int]:
        counts = np.diff(self.starts[: self.stems + 1]).tolist()
        return {term: count for term, count in zip(self.terms, counts, strict=False) if count}

    @property
    def common(self) -> int:
        return max(COMMON, self.size // 100)

    def counts_of(self, docs: Array) -> tuple[dict[str, int], dict[str, int]]:
        """The words (but for common ones) and stems of some of the offerings, each with how many of them have it."""
        spoken = np.concatenate([self.word_rows[self.word_starts[d] : self.word_starts[d + 1]] for d in docs] or [self.word_rows[:0]])
        words, times = np.unique(spoken, return_counts=True)
        wanted = np.zeros(self.size, bool)
        wanted[docs] = True
        places = np.flatnonzero(wanted[self.docs[: self.starts[self.stems]]])
        stems, often = np.unique(np.searchsorted(self.starts[: self.stems + 1], places, side="right") - 1, return_counts=True)
        return (
            {self.words[int(w)]: int(n) for w, n in zip(words, times, strict=True)},
            {self.terms[int(s)]: int(n) for s, n in zip(stems, often, strict=True)},
        )

    def save(self, folder: Path) -> None:
        """Into a folder that is there and empty."""
        lists = {}
        for part in fields(self):
            value = getattr(self, part.name)
            if isinstance(value, np.ndarray):
                np.save(folder / f"{part.name}.npy", value, allow_pickle=False)
            elif isinstance(value, list):
                lists[part.name] = value
        (folder / "lists.json").write_text(json.dumps({"stems": self.stems, **lists}, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Segment:
        """Arrays stay on disk, in memory once for all processes."""
        kept: dict[str, Any] = json.loads((folder / "lists.json").read_text(encoding="utf-8"))
        for part in fields(cls):
            if part.name not in kept:
                # A plain view: numpy.memmap's own class costs more with every slice than the slice itself.
                kept[part.name] = np.asarray(np.load(folder / f"{part.name}.npy", mmap_mode="r", allow_pickle=False)).view(np.ndarray)
        return cls(**kept)


def packed(mask: Array) -> Array:
    """One bit an offering, in words of 64: counting and combining them costs next to nothing."""
    words: Array = np.zeros((len(mask) + 63) // 64 * 8, np.uint8)
    bits = np.packbits(mask, bitorder="little")
    words[: len(bits)] = bits
    return words.view(np.uint64)
