"""How sentences and beginnings of words are read: pure, over a small vocabulary."""

from __future__ import annotations

from app.catalogue.search.analysis import stem
from app.catalogue.search.hints import MOST, hinted
from app.catalogue.search.lexicon import NEAR, ROOT, lexicon
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


def test_the_words_in_which_a_worry_is_told_order_offerings_and_find_none() -> None:
    vocabulary = _knows("mirror", "needselfesteem", "football")
    query = grounded(understand("hates how she looks", vocabulary), vocabulary)
    told = hinted(query, vocabulary)
    (hints,) = [group for group in told.groups if group not in query.groups]
    assert "mirror" in hints.alternatives
    assert len(hints.alternatives) <= MOST
    assert looked_for(told) == looked_for(query)
    football = grounded(understand("football", vocabulary), vocabulary)
    assert hinted(football, vocabulary) == football


def test_another_form_of_the_word_itself_counts_more_than_another_word_for_it() -> None:
    alternatives = lexicon().alternatives("counsellor")
    assert alternatives[stem("counselling")] == ROOT
    assert NEAR < alternatives[stem("psychotherapist")] < ROOT


def test_one_of_many_is_meant_as_they_are_but_not_where_it_is_something_else() -> None:
    for typed, meant in (("bikes", "cycling"), ("brick", "lego"), ("dad", ""), ("model", "")):
        names = {concept.name for concept in lexicon().find(typed)}
        assert meant in names if meant else not names, (typed, names)


def test_a_word_said_in_two_is_found_where_its_first_half_is_misspelt_and_secondary_is_a_school() -> None:
    vocabulary = _knows("basketball", "ball", "transition", "soft")
    assert "basketbal" in set().union(*(group.stems for group in understand("baskit ball", vocabulary).groups))
    assert "basketbal" not in set().union(*(group.stems for group in understand("soft ball", vocabulary).groups))
    for typed in ("moving up to secondary", "primary to secondary"):
        assert "transit" in set().union(*(group.stems for group in understand(typed, vocabulary).groups)), typed
