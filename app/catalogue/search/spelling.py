"""Misspelt, joined and split words, against the words of one Zone and of the lexicon. Pure.

A word that is known is never corrected. A correction must be close: one slip in words of four or five letters, two in longer
ones, one more only when it also sounds the same. A different first letter counts as half a slip more. Everyday words are corrected to as well: “somthing” is not soothing.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import log

from rapidfuzz.distance import OSA

from app.catalogue.search.everyday import plain_words
from app.catalogue.search.snapshot import Vocabulary

SHORTEST = 4
KEPT = 3
BEGINNINGS = 4
_NO_SLIP = 9
_NEIGHBOURS: dict[str, str] = {}
for _row in ("qwertyuiop", "asdfghjkl", "zxcvbnm"):
    for _i, _letter in enumerate(_row):
        _NEIGHBOURS[_letter] = _row[max(0, _i - 1) : _i] + _row[_i + 1 : _i + 2]


@dataclass(frozen=True)
class Correction:
    """A known word close to what was typed; the lower the `cost`, the likelier it was meant."""

    word: str
    cost: float


def is_known(word: str, vocabulary: Vocabulary) -> bool:
    """Nothing to correct: in the catalogue, in the lexicon, an everyday word, a number or code."""
    return (
        not word.isalpha() or word in plain_words().all or word in vocabulary.lexicon.known_words or vocabulary.has(word)
        or bool(vocabulary.lexicon.find(word)) or (word.endswith("s") and word[:-1] in vocabulary.lexicon.known_words)
    )


def corrections(word: str, vocabulary: Vocabulary) -> list[Correction]:
    """Up to three known words that may have been meant, likeliest first; none for a word that is too short or too odd."""
    return vocabulary.kept.of(("corrections", word), lambda: _corrections(word, vocabulary))


def _corrections(word: str, vocabulary: Vocabulary) -> list[Correction]:
    if len(word) == SHORTEST - 1:  # clb: only a letter left out of a very common word
        return [Correction(w, 1.0) for w in sorted(plain_words().weak) if len(w) == SHORTEST and OSA.distance(w, word) == 1][:1]
    if len(word) < SHORTEST or not word.isalpha():
        return []
    slips = 1 if len(word) < 6 else 2
    found = dict(_cut_short(word, vocabulary))
    for slack in ((slips, 3) if len(word) >= 7 else (2,) if len(word) == 5 else (slips, 2)):
        for known in (vocabulary.spelt, vocabulary.lexicon.spelt):
            for candidate, distance in known.near(word, slack, 12 if slack == slips else 40, is_compiled=vocabulary.is_large):
                if (distance <= slips or _sound(candidate) == _sound(word)) and not _is_bent(word, candidate, vocabulary):
                    found[candidate] = min(_cost(word, candidate, distance, vocabulary), found.get(candidate, _NO_SLIP))
        if found:
            break
    likely = sorted((Correction(w, cost) for w, cost in found.items() if cost <= slips + 1.2), key=lambda c: (c.cost, c.word))
    return [c for c in likely if c.cost <= likely[0].cost + 0.75][:KEPT]


def _cut_short(word: str, vocabulary: Vocabulary) -> Iterator[tuple[str, float]]:
    """What is done, written as it is said: drumin is drumming, whatever else lies two slips away."""
    if not word.endswith("in") or len(word) <= SHORTEST:
        return
    whole = f"{word}g"
    for known in (vocabulary.spelt, vocabulary.lexicon.spelt):
        for candidate, distance in known.near(whole, 1 if len(word) < 7 else 2, 12, is_compiled=vocabulary.is_large):
            if candidate.endswith("ing") and (distance <= 1 or _sound(candidate) == _sound(whole)):
                yield candidate, _cost(whole, candidate, distance, vocabulary)


def _is_bent(word: str, candidate: str, vocabulary: Vocabulary) -> bool:
    """A short word with another first letter than one that stands nowhere here: clog is no vlog. Not where the keys lie side by side."""
    return (
        len(word) == len(candidate) < 6 and candidate[0] != word[0] and candidate not in vocabulary.words
        and candidate[0] not in _NEIGHBOURS.get(word[0], "") and candidate[:2] != word[1::-1] and _sound(candidate) != _sound(word)
    )


def begun_wrongly(word: str, vocabulary: Vocabulary) -> list[str]:
    """Known words that begin nearly so, likeliest first: “fotb” is football on its way. One slip, not in the first letter; a letter
    too few, two changed round or one vowel for another before any other slip."""
    if len(word) < SHORTEST - 1 or not word.isalpha():
        return []
    slips: dict[str, int] = {}
    first, last = bisect_left(vocabulary.in_order, word[0]), bisect_left(vocabulary.in_order, f"{word[0]}\uffff")
    words = [known for known in vocabulary.in_order[first:last] if len(known) > len(word) and known.isalpha()]
    for known in words:
        for length in (len(word) + 1, len(word), len(word) - 1):
            beginning = known[:length]
            if beginning not in slips:
                slips[beginning] = _slip(word, beginning)
    likely = sorted((min(slips[known[:length]] for length in (len(word) + 1, len(word), len(word) - 1)), -vocabulary.words[known], known) for known in words)
    return [known for slip, _, known in likely[:BEGINNINGS] if slip == likely[0][0] and slip < _NO_SLIP]


def _slip(word: str, beginning: str) -> int:
    if OSA.distance(word, beginning, score_cutoff=1) > 1:
        return _NO_SLIP
    changed = [{a, b} for a, b in zip(word, beginning, strict=False) if a != b]
    is_small = len(beginning) > len(word) or (len(beginning) == len(word) and (len(changed) != 1 or changed[0] <= set("aeiouy")))
    return 1 if is_small else 2


def _cost(word: str, candidate: str, distance: float, vocabulary: Vocabulary) -> float:
    cost = float(distance)
    if candidate[0] != word[0]:
        cost += 0.5
    if _sound(candidate) == _sound(word):
        cost = min(cost, 1.2) - 0.6  # two slips that leave the sound are one: skool
    elif len(candidate) == len(word) and distance == 1 and _is_near_key(word, candidate):
        cost -= 0.2
    if abs(len(candidate) - len(word)) == 1 and _undoubled(candidate) == _undoubled(word):
        cost -= 0.4
    return cost - 0.08 * log(1 + vocabulary.words.get(candidate, 0)) - _told_by_lexicon(candidate, vocabulary)


def _told_by_lexicon(candidate: str, vocabulary: Vocabulary) -> float:
    """A word that means something by itself is likelier than one that is only part of a phrase."""
    if vocabulary.lexicon.find(candidate):
        return 0.15
    return 0.0 if candidate in vocabulary.words else -0.3


def _is_near_key(word: str, candidate: str) -> bool:
    (pair,) = [(a, b) for a, b in zip(word, candidate, strict=True) if a != b][:1] or [("", "")]
    return pair[1] in _NEIGHBOURS.get(pair[0], "")


def _undoubled(word: str) -> str:
    return _DOUBLED.sub(r"\1", word)


_SOUNDS = [(needed, re.compile(pattern), sound) for needed, pattern, sound in (
    (("ps", "pn", "kn", "gn", "wr"), r"^(?:ps|pn|kn|gn|wr)", lambda m: m.group()[1]), (("wh",), r"^wh", "w"), (("ph",), r"ph", "f"),
    (("ugh",), r"ough|augh", "o"), (("igh",), r"igh", "i"), (("tch",), r"tch", "ch"),
    (("s",), r"sth?(?=[lmn])", "s"), (("sch", "k", "c", "q"), r"sch|sk|ck|ch(?=[rl])|q(?:u)?|c(?![eihy])|k", "k"),
    (("on", "an", "ous"), r"[sc](?:i|e)?(?:on|an|ous)\b", "shn"), (("ion", "shun"), r"tion|sion|shun|cion", "shn"),
    (("c", "z", "ss"), r"c(?=[eiy])|z|ss", "s"), (("g",), r"dge|g(?=[eiy])", "j"), (("x",), r"x", "ks"), (("y",), r"y(?!$)", "i"),
    (("gh",), r"gh", ""), (("y", "ie"), r"[ei]y|y|ie", "e"), (("",), r"(.)\1+", r"\1"), (("h",), r"(?<=.)h", ""), (("e",), r"(?<=[^aeiou])e$", ""),
)]  # fmt: skip
"""What must be in a word before the pattern is worth trying, the pattern, how it sounds."""
_VOWELS, _DOUBLED = re.compile(r"[aeiou]+"), re.compile(r"(.)\1")


@lru_cache(20_000)
def _sound(word: str) -> str:
    """Roughly how it sounds: gymnastiks and gymnastics are alike."""
    for needed, pattern, sound in _SOUNDS:
        for part in needed:
            if part in word:
                word = pattern.sub(sound, word)
                break
    return word[:1] + _VOWELS.sub("a", word[1:])


def split_in_two(word: str, vocabulary: Vocabulary) -> tuple[str, str] | None:
    """“homeworkclub” is homework club: two known words of three letters or more; the most widespread pair."""
    if len(word) < 6 or not word.isalpha():
        return None
    best: tuple[int, tuple[str, str]] | None = None
    for cut in range(3, len(word) - 2):
        left, right = word[:cut], word[cut:]
        if _stands(left, vocabulary) and _stands(right, vocabulary):
            spread = min(vocabulary.words.get(left, 0), vocabulary.words.get(right, 0))
            if best is None or spread > best[0]:
                best = spread, (left, right)
    return best[1] if best else None


def _stands(word: str, vocabulary: Vocabulary) -> bool:
    return vocabulary.has(word) or word in vocabulary.lexicon.known_words or word in plain_words().weak
