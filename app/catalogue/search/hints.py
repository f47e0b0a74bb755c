"""How families speak of a worry, for the order of what is there for it. Whatever is marked with the need answers a worry; of those, what
describes itself in the words in which the worry is told (mirror, for who hates how she looks) comes first. Hints find nothing. Pure.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace
from threading import Lock

from app.catalogue.search.analysis import stem
from app.catalogue.search.everyday import plain_words
from app.catalogue.search.lexicon import SAME, Lexicon
from app.catalogue.search.snapshot import Vocabulary
from app.catalogue.search.understanding import Group, Query

PART = 0.03
"""What all hints together count: enough for the order of equals."""
MOST = 12
OWN = 0.3
"""A word is a worry's own when at least so many of the sayings that hold it are of this worry."""


def hinted(query: Query, vocabulary: Vocabulary) -> Query:
    """With one more group of the words of its worries' sayings; the same where nothing asked for is a worry."""
    worries = [group for group in query.groups if group.is_worry and group.is_required]
    if not worries:
        return query
    asked = {wanted for group in query.groups for wanted, weight in group.alternatives.items() if weight >= SAME}
    told = _told(vocabulary.lexicon)
    hints: dict[str, float] = {}
    for group in worries:
        for concept in vocabulary.lexicon.find(group.typed):
            for one, weight in told.get(concept.name, {}).items():
                if one in vocabulary.stems and one not in asked:
                    hints[one] = max(weight, hints.get(one, 0.0))
    if not hints:
        return query
    kept = sorted(hints.items(), key=lambda item: (-item[1], item[0]))[:MOST]
    return replace(query, groups=(*query.groups, Group("as it is told", dict(kept), PART)))


_kept: tuple[Lexicon, Mapping[str, Mapping[str, float]]] | None = None
_lock = Lock()


def _told(lexicon: Lexicon) -> Mapping[str, Mapping[str, float]]:
    """Made once for each lexicon that is in force."""
    global _kept
    with _lock:
        if _kept is None or _kept[0] is not lexicon:
            _kept = lexicon, _made(lexicon)
        return _kept[1]


def _made(lexicon: Lexicon) -> dict[str, dict[str, float]]:
    """For each concept the stems of its sayings that are its own, worth more the more of them hold it."""
    plain = plain_words()
    little = {stem(word) for word in (*plain.empty, *plain.weak)}
    in_concept: dict[int, Counter[str]] = defaultdict(Counter)
    in_all: Counter[str] = Counter()
    for saying, numbers in lexicon.by_words.items():
        for one in {stem(word) for word in saying.split(" ")} - little:
            in_all[one] += 1
            for number in numbers:
                in_concept[number][one] += 1
    return {
        lexicon.concepts[number].name: {
            one: count / in_all[one] * (1 - 0.5**count) for one, count in counted.items() if count / in_all[one] >= OWN
        }
        for number, counted in in_concept.items() if lexicon.concepts[number].needs
    }
