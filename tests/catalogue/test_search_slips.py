"""Words as they are written in a hurry: endings cut short, words nobody here has, rooms that are no places."""

from __future__ import annotations

import pytest

from app.catalogue.search import lexicon as lex
from app.catalogue.search.analysis import stem
from app.catalogue.search.everyday import plain_words
from app.catalogue.search.query import CONDITION
from app.catalogue.search.snapshot import Vocabulary
from app.catalogue.search.spelling import corrections
from app.catalogue.search.understanding import understand


def vocabulary(*spoken: str, size: int = 100) -> Vocabulary:
    return Vocabulary(dict.fromkeys(spoken, 3), {stem(word): 3 for word in spoken}, size)


LOCAL = vocabulary(
    "drumming", "dropin", "swimming", "skating", "boxing", "dancing", "climbing", "counselling", "club", "acton", "room", "gaming", "drop", "walk",
    "running", "painting", "claiming", "speech", "therapy", "judo", "assessment", "homework", "music", "room", "gymnastics", "play",
)


@pytest.mark.parametrize(("typed", "meant"), [
    ("drumin", "drumming"), ("swimin", "swimming"), ("runin", "running"), ("skatin", "skating"), ("boxin", "boxing"), ("paintin", "painting"),
    ("climbin", "climbing"), ("drummin", "drumming"), ("swiming", "swimming"),
])
def test_an_ending_without_its_g_or_its_second_letter_is_the_whole_word(typed: str, meant: str) -> None:
    assert corrections(typed, LOCAL)[0].word == meant


@pytest.mark.parametrize("typed", ["drumin", "swimin", "councelin"])
def test_it_is_what_the_search_then_looks_for(typed: str) -> None:
    (group,) = understand(typed, LOCAL).groups
    assert max(group.alternatives.values()) == 1.0
    assert next(iter(group.alternatives)) in {"drum", "swim", "counsel"}


@pytest.mark.parametrize("typed", ["dlog", "clomp", "wudd"])
def test_a_short_word_that_begins_otherwise_is_not_bent_into_one_that_stands_nowhere_here(typed: str) -> None:
    assert all(found.word[0] == typed[0] or found.word in LOCAL.words for found in corrections(typed, LOCAL))


@pytest.mark.parametrize(("typed", "meant"), [("kudo", "judo"), ("nusic", "music"), ("vootball", "football")])
def test_a_wrong_first_letter_is_still_seen_in_what_there_is_here_in_longer_words_and_in_the_next_key(typed: str, meant: str) -> None:
    assert corrections(typed, LOCAL)[0].word == meant


@pytest.mark.parametrize("typed", ["stays in his room all day", "always in her room gaming", "hides in the room and won't play"])
def test_a_room_is_no_place_on_the_map(typed: str) -> None:
    assert all(group.typed != "room" or group.part < CONDITION for group in understand(typed, LOCAL).groups)


@pytest.mark.parametrize(("typed", "meant"), [("clog dancing", "dance"), ("gym", "gymnastics"), ("speech", "speech and language")])
def test_one_word_of_a_thing_is_enough_to_name_it(typed: str, meant: str) -> None:
    assert meant in {concept.name for concept in lex.lexicon().find(typed)}


@pytest.mark.parametrize("typed", ["counselling", "someone to talk to"])
def test_who_asks_to_talk_is_not_sent_to_every_kind_of_therapy(typed: str) -> None:
    found = lex.lexicon().alternatives(typed)
    assert found.get("therapi", 0.0) < lex.SAME


def test_asking_for_something_is_not_what_is_asked_for() -> None:
    here = vocabulary("speech", "therapy", "referral", "apply", "club", "judo")
    for typed in ("speech therapy referral", "how to apply for judo"):
        groups = understand(typed, here).groups
        assert [group.typed for group in groups if group.is_required] in (["speech therapy"], ["judo"])


def test_none_of_the_little_words_is_a_concept_by_itself() -> None:
    """Whoever types “no one to play with” or “right now” does not ask for what only a whole sentence means."""
    for said in ("no one", "right now", "of them", "place to", "it in"):
        assert not lex.lexicon().find(said)
    assert plain_words().empty
