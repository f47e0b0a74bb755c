"""Words by their letters: which of many are at most a few slips from another. Pure.

A slip changes at most two of the letters a word has (one goes, one comes), so words whose letters differ in more than twice as many are
no candidates; and one that makes a word longer or shorter changes but one. Comparing letters is one machine instruction a word; nine in
ten words need no more.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

Array = NDArray[Any]
KEPT = 128
"""Lists remembered: one for each length of word and vocabulary."""
FEW = 64
LONGEST = 64
"""Letters of a word that a compiled loop compares at once."""
_kept: OrderedDict[int, tuple[Sequence[str], Array, Array]] = OrderedDict()
_lock = Lock()


class Spelt:
    """Words by their length (lists in the order of the alphabet, that nobody changes), to look for misspelt ones among."""

    def __init__(self, by_length: Mapping[int, Sequence[str]]) -> None:
        self.by_length = by_length

    def near(self, word: str, slips: int, most: int, *, is_compiled: bool) -> Iterator[tuple[str, int]]:
        """Those at most so many slips away, with how many: of each length at most `most`, the nearest and then the first of the
        alphabet. Compiled where the Zone is large: the same answers."""
        if is_compiled and len(word) <= LONGEST:
            yield from self._by_loop(word, slips, most)
            return
        for length in range(len(word) - slips, len(word) + slips + 1):
            known = within_reach(word, self.by_length.get(length, ()), slips)
            for candidate, distance, _ in process.extract(word, known, scorer=OSA.distance, score_cutoff=slips, limit=most, processor=None):
                yield candidate, int(distance)

    def _by_loop(self, word: str, slips: int, most: int) -> Iterator[tuple[str, int]]:
        from app.catalogue.search import kernels  # a compiler comes with them

        codes = np.frombuffer(word.encode("utf-32-le"), np.uint32)
        numbers, distances = kernels.close(codes, letters(word), slips, *self._arrays)
        firsts, left = self._arrays[0], dict[int, int]()
        for distance, number in sorted(zip(distances.tolist(), numbers.tolist(), strict=True)):
            length = int(firsts.searchsorted(number, side="right")) - 1
            if left.setdefault(length, most):
                left[length] -= 1
                yield self.by_length[length][number - int(firsts[length])], distance

    @cached_property
    def _arrays(self) -> tuple[Array, Array, Array, Array]:
        """Where the words of each length begin, and their letters; letters as bits and one by one, of all words."""
        lengths = range(max(self.by_length, default=0) + 1)
        counts = np.array([len(self.by_length.get(length, ())) for length in lengths], np.int64)
        parts = [_letters_of(self.by_length[length]) for length in lengths if self.by_length.get(length)]
        empty = np.zeros(0, np.uint32)
        return (
            np.concatenate(([0], np.cumsum(counts))), np.concatenate(([0], np.cumsum(counts * np.array(lengths)))),
            np.concatenate([empty, *(signs for signs, _ in parts)]), np.concatenate([empty, *(codes for _, codes in parts)]),
        )


def within_reach(word: str, words: Sequence[str], slips: int) -> Sequence[str]:
    """Those of `words` (of one length, a list that nobody changes) that may be that close; perhaps some more, never fewer."""
    if len(words) < FEW:
        return words
    apart = np.bitwise_count(_letters_of(words)[0] ^ np.uint32(letters(word)))
    return [words[n] for n in np.flatnonzero(apart <= 2 * slips - abs(len(words[0]) - len(word))).tolist()]


def letters(word: str) -> int:
    """A bit for each letter that stands in the word (letters beyond a to z share bits)."""
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) & 31)
    return bits


def letters_of_all(words: Sequence[str]) -> Array:
    """`letters` of each; of words of one length, as lists for spelling are, all at once."""
    if len(set(map(len, words))) != 1:
        return np.array([letters(word) for word in words], np.uint32)
    made: Array = np.bitwise_or.reduce(np.uint32(1) << (codes_of_all(words).reshape(len(words), -1) & np.uint32(31)), axis=1)
    return made


def codes_of_all(words: Sequence[str]) -> Array:
    """Their letters one by one, one word behind the other."""
    return np.frombuffer("".join(words).encode("utf-32-le"), np.uint32)


def _letters_of(words: Sequence[str]) -> tuple[Array, Array]:
    key = id(words)
    with _lock:
        kept = _kept.get(key)
        if kept is not None:
            _kept.move_to_end(key)
            return kept[1:]
    made = letters_of_all(words), codes_of_all(words)
    with _lock:
        _kept[key] = (words, *made)  # holding the list keeps its id from being given to another
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return made
