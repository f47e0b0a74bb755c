"""How sentences and beginnings of words are read: pure, over a small vocabulary."""

from __future__ import annotations

from app.catalogue.search.analysis import stem
from app.catalogue.search.lexicon import lexicon
from app.catalogue.search.matching import looked_for
from app.catalogue.search.sentences import literally
from app.catalogue.search.snapshot import Vocabulary
from app.catalogue.search.understanding import grounded, understand


def _knows(*here: str) -> Vocabulary:
    return Vocabulary(dict.fromkeys(here, 1), {stem(word): 1 for word in here}, 100)


def test_a_saying_is_known_with_little_words_in_between_and_an_everyday_word_only_as_it_is_written() -> None:
    for typed, meant in (
        ("run off some of their energy", "sport"), ("wont even get out of bed", "depression"), ("run off and energy", ""), ("in boats", ""),
        ("speaks such good polish", ""), ("jumps", ""), ("stutters", "stammer"),
    ):
        names = {concept.name for concept in lexicon().find(typed)}
        assert meant in names if meant else not names, (typed, names)


def test_the_last_word_may_be_two_letters_long_or_mean_something_that_stands_nowhere_here() -> None:
    vocabulary = _knows("trampoline", "homework", "hockey", "art")
    for typed, wanted in (("ho", {"homework", "hockey"}), ("tram", {"trampolin"}), ("ho art", set())):
        stems = set().union(*(group.stems for group in grounded(understand(typed, vocabulary), vocabulary).groups))
        assert {stem(word) for word in wanted} <= stems, (typed, stems)
        assert wanted or not stems & {stem("homework"), stem("hockey")}, (typed, stems)


def test_what_a_saying_hides_orders_offerings_and_finds_none() -> None:
    vocabulary = _knows("nan", "bereavement", "grief")
    query = grounded(understand("she has just lost her nan", vocabulary), vocabulary)
    whole = literally(query, vocabulary)
    hidden = [group for group in whole.groups if group not in query.groups]
    assert [set(group.alternatives) for group in hidden] == [{"nan"}]
    assert looked_for(whole) == looked_for(query)
    assert whole.groups[: len(query.groups)] == query.groups
