"""The words of one Zone's live offerings and how many offerings each stands in: for spelling, prefixes and weights.

Read from `offering_text` when something there has changed, and kept per process. Words of another Zone never get in.
The lexicon in force comes along: what an administrator changes in it moves the same mark, so every process sees it at its next search.
"""

from __future__ import annotations

import uuid
from bisect import bisect_left
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import log
from threading import Lock

import sqlalchemy as sa

from app.catalogue.models import OfferingText
from app.catalogue.search.analysis import stem
from app.catalogue.search.kept import Kept
from app.catalogue.search.letters import Spelt
from app.catalogue.search.lexicon import Lexicon, lexicon
from app.catalogue.search.marks import Mark, mark, now
from app.catalogue.search.overlay import lexicon_in_force
from app.catalogue.search.phrases import READING, reading
from app.shared.db import db, is_writing
from app.shared.moments import Since

KEPT = 32
"""Zones remembered by one process."""


@dataclass(frozen=True)
class Vocabulary:
    """`words` as written and `stems`, each with the number of offerings it stands in, of `size` in all. `is_large`: it has a snapshot,
    so loops over its words are compiled ones."""

    words: Mapping[str, int] = field(default_factory=dict)
    stems: Mapping[str, int] = field(default_factory=dict)
    size: int = 0
    lexicon: Lexicon = field(default_factory=lexicon, repr=False)
    is_large: bool = field(default=False, compare=False, repr=False)
    has_phrases: bool = field(default=False, compare=False, repr=False)
    """Every offering was read by the phrases that stand in `phrases.prepared` now."""

    def has(self, word: str) -> bool:
        return word in self.words or stem(word) in self.stems

    def weight(self, count: int) -> float:
        """How telling something is that stands in `count` offerings (the idf of BM25)."""
        count = min(count, self.size)
        return log(1 + (self.size - count + 0.5) / (count + 0.5))

    @cached_property
    def by_length(self) -> dict[int, list[str]]:
        buckets: dict[int, list[str]] = defaultdict(list)
        for word in sorted(self.words):
            if word.isalpha():
                buckets[len(word)].append(word)
        return dict(buckets)

    @cached_property
    def kept(self) -> Kept:
        """What was found out about words typed, from these words and this lexicon."""
        return Kept()

    @cached_property
    def spelt(self) -> Spelt:
        return Spelt(self.by_length)

    @cached_property
    def in_order(self) -> list[str]:
        return sorted(self.words)

    def starting_with(self, prefix: str, limit: int = 60) -> list[str]:
        """Words that begin so, most widespread first."""
        first = bisect_left(self.in_order, prefix)
        last = bisect_left(self.in_order, prefix + "\uffff")
        return sorted(self.in_order[first:last], key=lambda w: (-self.words[w], w))[:limit]


_kept: OrderedDict[uuid.UUID, tuple[Since, Mark, Vocabulary]] = OrderedDict()
_lock = Lock()


def vocabulary_of(zone_id: uuid.UUID) -> Vocabulary:
    """Fresh: one small statement says whether anything changed since it was last read."""
    from app.catalogue.search.views import view_of  # stands above: a view has a vocabulary

    view = view_of(zone_id)
    if view is not None:
        return view.vocabulary
    return read_vocabulary(zone_id)


def read_vocabulary(zone_id: uuid.UUID) -> Vocabulary:
    """`vocabulary_of` a Zone without a snapshot: read whole when anything in it has changed."""
    if is_writing():  # what is not committed may never be: nothing of it is kept
        return _read(zone_id, lexicon_in_force(mark(zone_id, Since(0)).words))
    with _lock:
        kept = _kept.get(zone_id)
    if kept is not None:
        since, then, vocabulary = kept
        today = mark(zone_id, since)
        if today == then:
            return vocabulary
        if (today.count, today.total) == (then.count, then.total):
            vocabulary = replace(vocabulary, lexicon=lexicon_in_force(today.words))
            _keep(zone_id, since, today, vocabulary)
            return vocabulary
    since = now(zone_id)
    today = mark(zone_id, since)
    vocabulary = _read(zone_id, lexicon_in_force(today.words))
    _keep(zone_id, since, today, vocabulary)
    return vocabulary


def _keep(zone_id: uuid.UUID, since: Since, then: Mark, vocabulary: Vocabulary) -> None:
    with _lock:
        _kept[zone_id] = (since, then, vocabulary)
        _kept.move_to_end(zone_id)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)


def _read(zone_id: uuid.UUID, words_in_force: Lexicon) -> Vocabulary:
    words: Counter[str] = Counter()
    stems: Counter[str] = Counter()
    size = 0
    rows = db.session.execute(
        sa.select(OfferingText.vocabulary, OfferingText.words).where(OfferingText.zone_id == zone_id)
        .execution_options(yield_per=2000)
    )
    for vocabulary, own_stems in rows:
        words.update(vocabulary.split())
        stems.update(own_stems.split())
        size += 1
    has_phrases = stems[reading()] == size
    return Vocabulary(
        dict(words), {one: count for one, count in stems.items() if not one.startswith(READING)}, size, words_in_force, has_phrases=has_phrases
    )
