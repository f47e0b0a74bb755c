"""Which words of a list might be a few slips away, by their letters alone: a sieve before the exact distance. Pure.

A slip changes at most two of the letters a word has (one goes, one comes), so words whose letters differ in more than twice as many are
no candidates. Comparing letters is one machine instruction a word; nine in ten words need no more.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

KEPT = 128
"""Lists remembered: one for each length of word and vocabulary."""
FEW = 64
_kept: OrderedDict[int, tuple[Sequence[str], NDArray[Any]]] = OrderedDict()
_lock = Lock()


def within_reach(word: str, words: Sequence[str], slips: int) -> Sequence[str]:
    """Those of `words` (a list that nobody changes) that may be that close; perhaps some more, never fewer."""
    if len(words) < FEW:
        return words
    apart = np.bitwise_count(_letters_of(words) ^ np.uint32(letters(word)))
    return [words[n] for n in np.flatnonzero(apart <= 2 * slips).tolist()]


def letters(word: str) -> int:
    """A bit for each letter that stands in the word (letters beyond a to z share bits)."""
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) & 31)
    return bits


def letters_of_all(words: Sequence[str]) -> NDArray[Any]:
    """`letters` of each; of words of one length, as lists for spelling are, all at once."""
    if len(set(map(len, words))) != 1:
        return np.array([letters(word) for word in words], np.uint32)
    codes = np.frombuffer("".join(words).encode("utf-32-le"), np.uint32).reshape(len(words), -1)
    made: NDArray[Any] = np.bitwise_or.reduce(np.uint32(1) << (codes & np.uint32(31)), axis=1)
    return made


def _letters_of(words: Sequence[str]) -> NDArray[Any]:
    key = id(words)
    with _lock:
        kept = _kept.get(key)
        if kept is not None:
            _kept.move_to_end(key)
            return kept[1]
    made = letters_of_all(words)
    with _lock:
        _kept[key] = (words, made)  # holding the list keeps its id from being given to another
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return made
