"""What speaks for something, what against, what worries, and what is only said beside."""

from __future__ import annotations

import pytest

from app.catalogue.search.lexicon import lexicon
from app.catalogue.search.meaning import meanings
from app.matching.hearing import hear
from app.matching.profile import Profile
from app.matching.sayings import Said, heard_in
from app.matching.text import Reader, build


@pytest.mark.parametrize(("said", "yes", "no"), [
    ("I like drumming.", ["I like drumming"], []),
    ("I hate football but I love goalies", ["I love goalies"], ["I hate football"]),
    ("I don’t mind mud", ["I don’t mind mud"], []),
    ("I can't wait for swimming", ["I can't wait for swimming"], []),
    ("Scared of dogs; fond of cats!", ["fond of cats"], ["Scared of dogs"]),
    ("hate football, rugby and tennis, love dance", ["love dance"], ["hate football, rugby and tennis"]),
    ("Anything but rugby", [], ["Anything but rugby"]),
    ("I'm not a sporty person, I like comics", ["I like comics"], ["I'm not a sporty person"]),
    ("rather do gaming than football", ["rather do gaming"], ["than football"]),
    ("I hate it when we stop painting", ["I hate it when we stop painting"], []),
    ("numbers bigger than a million", ["numbers bigger than a million"], []),
    ("hockey? nah", [], ["hockey", "nah"]),
    ("drama isn't really me", [], ["drama isn't really me"]),
    ("Spiders are the worst, I love beetles though", ["I love beetles"], ["Spiders are the worst"]),
    ("don't make me do hockey", [], ["don't make me do hockey"]),
    ("no one in my family can play the piano", ["no one in my family can play the piano"], []),
    ("he is never happier than when he is fishing", ["he is never happier than when he is fishing"], []),
    ("I don't just like horses", ["I don't just like horses"], []),
    ("", [], []),
])
def test_what_is_said_is_cut_into_yes_and_no(said: str, yes: list[str], no: list[str]) -> None:
    found = heard_in(said)
    assert (found.yes, found.no) == (tuple(yes), tuple(no))


@pytest.mark.parametrize("said", ["I've never been to a farm", "I don't have anyone to play chess with", "I can't ride a bike", "I didn't get picked for netball"])
def test_what_a_child_has_not_got_is_no_refusal(said: str) -> None:
    assert heard_in(said) == Said((said,))


@pytest.mark.parametrize(("said", "worry"), [
    ("I worry about football matches", "I worry about football matches"),
    ("I'm worried about starting secondary", "I'm worried about starting secondary"),
    ("I am scared of the dark", "I am scared of the dark"),
    ("Reading out loud makes me feel sick", "Reading out loud makes me feel sick"),
    ("I do not know many words yet", "I do not know many words yet"),
])
def test_worry_is_neither_wish_nor_refusal(said: str, worry: str) -> None:
    assert heard_in(said) == Said(worries=(worry,))


@pytest.mark.parametrize(("said", "yes", "no", "worries"), [
    ("drawing, though she gets nervous about showing people", ["drawing"], [], ["she gets nervous about showing people"]),
    ("likes cooking and is terrified of the hob", ["likes cooking"], ["is terrified of the hob"], []),
])
def test_worry_beside_an_interest_leaves_it_be(said: str, yes: list[str], no: list[str], worries: list[str]) -> None:
    found = heard_in(said)
    assert (found.yes, found.no, found.worries) == (tuple(yes), tuple(no), tuple(worries))


@pytest.mark.parametrize(("said", "yes"), [
    ("loves swimming but is afraid of crowds", ["loves swimming"]), ("I like dancing, only not with everyone watching me", ["I like dancing"]),
    ("I go to basketball but when it is too loud I leave", ["I go to basketball"]), ("I like drumming. I don't like it when the hall is too loud.", ["I like drumming"]),
    ("I can't think when it's noisy. Chess is nice.", ["Chess is nice"]), ("swimming when the pool is quiet", ["swimming when the pool is quiet"]),
    ("busy rooms do my head in, give me clay any day", ["give me clay any day"]), ("I liked the drama club till it got rowdy", ["I liked the drama club"]),
])
def test_loud_and_crowded_is_how_it_is_and_not_what_it_is(said: str, yes: list[str]) -> None:
    found = heard_in(said)
    assert found.is_calm
    assert found.no == ()
    assert [one for one in found.yes if "think" not in one] == yes


@pytest.mark.parametrize("said", ["I like it when lots of people make one big noise together", "Reading out loud makes me feel sick", "loud music", "She is a quiet girl"])
def test_noise_that_nobody_minds_asks_for_no_calm(said: str) -> None:
    assert not heard_in(said).is_calm


@pytest.mark.parametrize("said", [
    "my brother likes boxing", "Boxing is what my brother does", "football is my brother's thing", "they all play netball at break", "did guitar last year, gave it up", "I quit cubs", "I don't do swimming any more", "Mum wants me to do ballet",
    "I was into magic when I was little", "they made me join brass band and I hated it",
])
def test_what_was_and_what_others_like_is_no_wish(said: str) -> None:
    found = heard_in(said)
    assert not found.yes
    assert not found.no


@pytest.mark.parametrize("said", [
    "me and my brother love boxing", "My dad plays guitar and he is teaching me", "my cousin goes cadets and I want to go too", "I used to do karate before we moved",
    "Mum can't take me to gymnastics any more", "If they laugh they do not hit me", "When the band comes down the road I walk behind it",
])
def test_what_is_shared_or_was_taken_away_is_one(said: str) -> None:
    assert heard_in(said) == Said((said,))


@pytest.mark.parametrize(("said", "yes", "aside"), [
    ("I would swim if it was only girls", ["I would swim"], ["if it was only girls"]),
    ("I'd come to the choir as long as my friend comes", ["I'd come to the choir"], ["as long as my friend comes"]),
    ("It helps if I can draw while I listen", ["It helps if I can draw while I listen"], []),
])
def test_condition_is_said_beside(said: str, yes: list[str], aside: list[str]) -> None:
    found = heard_in(said)
    assert (found.yes, found.aside) == (tuple(yes), tuple(aside))


def heard(**told: tuple[str, ...]) -> tuple[set[str], set[str], set[str]]:
    """The terms for, against, and of everything that counts in the text as a whole."""
    reader = Reader([build([{"title": word, "tags": "", "body": ""} for word in ("reading", "swimming", "deep", "secondary")])], lexicon())
    found = hear(Profile(id="x", called="X", age=9, **told), reader, meanings())  # type: ignore[arg-type]
    return ({term for one in found.yes for term in one.terms}, {term for one in found.no for term in one.terms},
            {term for one, _ in found.written for term in one.terms})


def test_goal_says_no_to_nothing() -> None:
    yes, no, _ = heard(goals=("Not to be scared of the deep end", "To stop hating reading"))
    assert {"deep", "read"} <= yes
    assert not no


def test_worry_still_counts_in_the_text_as_a_whole() -> None:
    yes, no, written = heard(own_words=("I'm worried about starting secondary",))
    assert not yes
    assert not no
    assert "secondari" in written
