"""The words of a snapshot together with what changed since. Pure."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from app.catalogue.search.lexicon import Lexicon
from app.catalogue.search.segment import Array, Segment
from app.catalogue.search.snapshot import Vocabulary


def words_of(old: Segment, gone: Array | None, new: Segment | None, lexicon: Lexicon) -> Vocabulary:
    """The words of the snapshot, less those of what has gone, with those of what has come."""
    if "vocabulary" not in old.__dict__:
        first = Vocabulary(old.word_count, old.stem_count, old.size, is_large=True)
        old.__dict__["vocabulary"] = first, first.by_length, first.in_order, first.spelt
    whole: Vocabulary
    whole, by_length, in_order, spelt = old.__dict__["vocabulary"]
    if gone is None:
        made = replace(whole, lexicon=lexicon)
        made.__dict__.update(by_length=by_length, in_order=in_order, spelt=spelt)
        return made
    words, stems = dict(whole.words), dict(whole.stems)
    less_words, less_stems = old.counts_of(gone) if len(gone) else ({}, {})
    more_words, more_stems = (new.word_count, new.stem_count) if new is not None else ({}, {})
    common = old.common
    more_words = {word: count for word, count in more_words.items() if whole.words.get(word, 0) <= common}
    for counts, less, more in ((words, less_words, more_words), (stems, less_stems, more_stems)):
        for term, count in less.items():
            counts[term] -= count
        for term, count in more.items():
            counts[term] = counts.get(term, 0) + count
        for term in less:
            if not counts[term]:
                del counts[term]
    made = Vocabulary(words, stems, old.size - len(gone) + (new.size if new is not None else 0), lexicon, is_large=True)
    made.__dict__.update(_listed(by_length, in_order, [w for w in less_words if w not in words], [w for w in more_words if w not in whole.words]))
    return made


def _listed(by_length: Mapping[int, list[str]], in_order: list[str], gone: list[str], come: list[str]) -> dict[str, Any]:
    """The word lists of a vocabulary, with few words taken out and put in."""
    if gone or come:
        in_order, by_length = list(in_order), dict(by_length)
        copied, left = set[int](), set(gone)
        for word in (*gone, *come):
            change: Callable[[list[str], str], None] = _take if word in left else insort
            change(in_order, word)
            if word.isalpha():
                if len(word) not in copied:
                    by_length[len(word)] = list(by_length.get(len(word), ()))
                    copied.add(len(word))
                change(by_length[len(word)], word)
    return {"by_length": by_length, "in_order": in_order}


def _take(words: list[str], word: str) -> None:
    del words[bisect_left(words, word)]
