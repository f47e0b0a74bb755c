"""What a whole sentence is about, for when its words find nothing that answers all of it: the concepts of the lexicon whose phrases
come nearest to it in meaning ("wakes up all night and we're exhausted" is sleep, not fitness). Pure.

Sentences are compared with what families say (the lexicon), not with what providers write: that found nothing (docs/search.md).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import log
from threading import Lock

import numpy as np

from app.catalogue.search.analysis import stem, words
from app.catalogue.search.everyday import plain_words
from app.catalogue.search.lexicon import FILLERS, Lexicon
from app.catalogue.search.meaning import Array, meanings
from app.catalogue.search.snapshot import Vocabulary
from app.catalogue.search.understanding import Group, Query, most_telling, stands_in

FEWEST_WORDS = 4
"""A sentence has so many; less is a name for something."""
MOST_TELLING_WORDS = 14
WINDOWS = (2, 3, 4)
"""How many telling words next to each other are compared at once."""
NEAREST = 200
"""Phrases of the lexicon that are looked at."""
VOICES = 6
"""A concept is as near as its nearest phrases are in the mean: one chance likeness says little."""
CONCEPTS = 4
LEAST = 0.6
"""What is less like a phrase than this is not about the same."""
STEEP = 6
"""How quickly a concept that is less near counts less."""
MEANT = 0.59
"""What is only thought to be meant is worth almost a condition, but is not required."""
LITERALLY = 0.07
"""What a word of a sentence counts for itself where a saying has swallowed it."""
_LITTLE = FILLERS | frozenset("and or to of in on at for with he i we she you it they them him us that this who when where were".split())


@dataclass(frozen=True, eq=False)
class _Phrases:
    """A row of length 1 for each phrase of each concept; `telling` says how much a stem tells among them."""

    vectors: Array
    concepts: Array
    telling: Mapping[str, float]
    otherwise: float

    def weighted(self, stems: Sequence[str]) -> list[tuple[str, float]]:
        return [(one, self.telling.get(one, self.otherwise)) for one in stems]


def is_sentence(query: Query) -> bool:
    return len(words(query.typed)) >= FEWEST_WORDS and not query.is_empty


def literally(query: Query, vocabulary: Vocabulary) -> Query:
    """With the telling words that are in no group as they were typed, each for very little: of two offerings that are there for a
    child who lost his nan, the one that speaks of nans comes first. They find nothing by themselves."""
    said = {wanted for group in query.groups for wanted, weight in group.alternatives.items() if weight >= 1.0}
    empty = plain_words().empty
    lost = {stem(word): word for word in words(query.typed) if word not in empty and word not in _LITTLE}
    groups = [Group(word, {one: 1.0}, LITERALLY) for one, word in lost.items() if one not in said and one in vocabulary.stems]
    return replace(query, groups=(*query.groups, *groups))


def meant(query: Query, vocabulary: Vocabulary) -> Query:
    """With one more group for what the sentence as a whole seems to be about; the same where nothing comes near."""
    lexicon = vocabulary.lexicon
    alternatives: dict[str, float] = {}
    near = concepts_near(query.typed, lexicon)
    most = max(near.values(), default=1.0)
    for name, likeness in near.items():
        share = (likeness / most) ** STEEP
        for wanted, weight in lexicon.alternatives(name).items():
            if stands_in(wanted, vocabulary):
                alternatives[wanted] = max(share * weight, alternatives.get(wanted, 0.0))
    if not alternatives:
        return query
    group = Group(" or ".join(near), most_telling(alternatives), MEANT)
    return replace(query, groups=(group, *query.groups))


def concepts_near(typed: str, lexicon: Lexicon) -> dict[str, float]:
    """The names of the concepts that come nearest, with how near."""
    phrases = _phrases_of(lexicon)
    known = meanings().row_of
    telling = [one for one in _stems(words(typed)) if one in known][:MOST_TELLING_WORDS]
    windows = [telling[first : first + size] for size in WINDOWS for first in range(len(telling) - size + 1)]
    if not windows or not len(phrases.vectors):
        return {}
    asked = np.stack([meanings().of(phrases.weighted(window)) for window in windows])
    likeness: Array = (asked @ phrases.vectors.T).max(axis=0)
    nearest = np.argpartition(-likeness, min(NEAREST, len(likeness) - 1))[:NEAREST]
    nearest = nearest[np.lexsort((nearest, -likeness[nearest]))]
    voices: dict[int, list[float]] = defaultdict(list)
    for row in nearest.tolist():
        voices[int(phrases.concepts[row])].append(float(likeness[row]))
    found = sorted((-sum(heard[:VOICES]) / VOICES, number) for number, heard in voices.items() if heard[0] >= LEAST)
    return {lexicon.concepts[number].name: -mean for mean, number in found[:CONCEPTS]}


def _stems(said: Sequence[str]) -> list[str]:
    return [stem(word) for word in said if word not in _LITTLE]


_kept: tuple[Lexicon, _Phrases] | None = None
_lock = Lock()


def _phrases_of(lexicon: Lexicon) -> _Phrases:
    """Made once for each lexicon that is in force."""
    global _kept
    with _lock:
        if _kept is None or _kept[0] is not lexicon:
            _kept = lexicon, _made(lexicon)
        return _kept[1]


def _made(lexicon: Lexicon) -> _Phrases:
    known = meanings().row_of
    said: dict[tuple[int, str], list[str]] = {}
    spread: Counter[str] = Counter()
    for phrase, numbers in lexicon.by_words.items():
        stems = _stems(phrase.split(" "))
        spread.update(set(stems))
        for number in numbers:
            said.setdefault((number, " ".join(sorted(set(stems)))), stems)
    telling = {one: log(1 + len(lexicon.by_words) / (1 + count)) for one, count in spread.items()}
    kept = [(number, [one for one in stems if one in known]) for (number, _), stems in said.items()]
    kept = [(number, stems) for number, stems in kept if stems]
    lengths = np.array([len(stems) for _, stems in kept], np.int64)
    rows = np.array([known[one] for _, stems in kept for one in stems], np.int64)
    weights = np.array([telling[one] for _, stems in kept for one in stems], np.float32)
    vectors = np.zeros((0, meanings().width), np.float32)
    if kept:
        starts = np.concatenate(([0], np.cumsum(lengths)[:-1]))
        vectors = np.add.reduceat(meanings().vectors[rows] * weights[:, None], starts)
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return _Phrases(vectors, np.array([number for number, _ in kept], np.int64), telling, log(1 + len(lexicon.by_words)))
