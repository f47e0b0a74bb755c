"""What people type, and what search makes of it: pure rules over a small vocabulary."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from app.catalogue.models import NEEDS
from app.catalogue.search import lexicon as lex
from app.catalogue.search.analysis import fold, holds, stem, words
from app.catalogue.search.letters import letters, letters_of_all
from app.catalogue.search.scoring import ALL, WEIGHTS, score, whole
from app.catalogue.search.snapshot import Vocabulary
from app.catalogue.search.spelling import corrections, is_known, split_in_two
from app.catalogue.search.understanding import understand


def vocabulary(*spoken: str, size: int = 100) -> Vocabulary:
    found = dict.fromkeys(spoken, 3)
    return Vocabulary(found, {stem(word): 3 for word in spoken}, size)


LOCAL = vocabulary(
    "drumming", "gymnastics", "swimming", "football", "skateboarding", "counselling", "homework", "club", "acton", "reading", "girls",
    "maths", "saturday", "guitar", "boxing", "wheelchair", "play", "therapy", "art", "carers", "phonics",
)


# --- words and stems -----------------------------------------------------------------------------


@pytest.mark.parametrize(("typed", "expected"), [
    ("Children's Café", ["children", "cafe"]), ("don’t", ["dont"]), ("self-esteem", ["self", "esteem"]),
    ("one-to-one", ["onetoone"]), ("1:1 & 1-1", ["onetoone", "and", "onetoone"]), ("he cannot sit", ["he", "cant", "sit"]),
    ("piłka nożna", ["pilka", "nozna"]),
])
def test_every_way_of_writing_a_word_is_one_word(typed: str, expected: list[str]) -> None:
    assert words(typed) == expected


@pytest.mark.parametrize(("one", "other"), [("swimming", "swim"), ("libraries", "library"), ("counselling", "counseling"), ("girls", "girl")])
def test_endings_do_not_matter(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize(("one", "other"), [("animation", "animal"), ("experiment", "experience"), ("boxing", "box"), ("sats", "sat")])
def test_words_that_only_look_alike_stay_apart(one: str, other: str) -> None:
    assert stem(one) != stem(other)


def test_a_phrase_stands_only_where_its_words_are_neighbours() -> None:
    assert holds("sign languag stori", "sign languag") == 1
    assert holds("sign stori languag", "sign languag") == 0
    assert holds("redesign languag", "sign languag") == 0


# --- the lexicon ---------------------------------------------------------------------------------


def test_the_lexicon_has_three_hundred_concepts_and_names_only_needs_that_exist() -> None:
    concepts = lex.lexicon().concepts
    assert len(concepts) >= 300
    assert {code for c in concepts for code in (*c.needs, *c.helps)} <= set(NEEDS)
    names = [c.name for c in concepts]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(("typed", "found"), [
    ("footy", "footbal"), ("camhs", "mental health"), ("pru", "altern provis"), ("senco", "send"), ("ehcp", "send"),
    ("someone to talk to", "counsel"), ("wants to do flips", "gymnast"), ("gets in fights", "needpositivebehaviour"),
    ("bunking off", "needschoolengagement"), ("lost his nan", "needbereavement"), ("mum is ill", "young carer"),
])
def test_what_people_say_leads_to_what_is_written(typed: str, found: str) -> None:
    assert found in lex.lexicon().alternatives(" ".join(words(typed)))


@pytest.mark.parametrize(("one", "other"), [("lost her nan", "lost his gran"), ("looks after her mum", "looks after his mum"),
                                            ("he is always fighting", "always fighting")])
def test_whose_it_is_does_not_matter(one: str, other: str) -> None:
    first, second = (understand(typed, LOCAL).groups[0].alternatives for typed in (one, other))
    assert {k for k in first if k.startswith("need")} == {k for k in second if k.startswith("need")}


# --- spelling ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("typed", "meant"), [
    ("druming", "drumming"), ("swiming", "swimming"), ("guitr", "guitar"), ("counciling", "counseling"), ("fonics", "phonics"),
    ("gymnastiks", "gymnastics"), ("footbal", "football"), ("rwading", "reading"), ("threapy", "therapy"), ("anxeity", "anxiety"),
    ("ukelele", "ukulele"), ("kounselling", "counselling"),
])
def test_a_misspelt_word_is_corrected(typed: str, meant: str) -> None:
    assert [c.word for c in corrections(typed, LOCAL)][:1] == [meant]


def test_two_slips_that_leave_the_sound_are_one() -> None:
    assert [c.word for c in corrections("skool", vocabulary("school", "stool", "skill"))][:1] == ["school"]


@pytest.mark.parametrize("typed", ["drumming", "acton", "footy", "struggling", "ks2", "w10", "shy", "yard"])
def test_a_known_word_is_never_corrected(typed: str) -> None:
    assert is_known(typed, LOCAL)
    assert understand(typed, LOCAL).corrected == {}


@pytest.mark.parametrize("typed", ["xyzzyq", "zq", "qwrtplk"])
def test_what_is_no_word_is_left_alone(typed: str) -> None:
    assert corrections(typed, LOCAL) == []
    assert understand(typed, LOCAL).corrected == {}


def test_an_everyday_word_is_not_bent_into_something_on_offer() -> None:
    query = understand("somthing for my duaghter", LOCAL)
    assert query.corrected == {"somthing": "something", "duaghter": "daughter"}


@pytest.mark.parametrize(("typed", "meant"), [("homeworkclub", ("homework", "club")), ("arttherapy", ("art", "therapy"))])
def test_a_word_that_is_two_is_split(typed: str, meant: tuple[str, str]) -> None:
    assert split_in_two(typed, LOCAL) == meant


@pytest.mark.parametrize("typed", ["foot ball", "skate boarding", "skate bording"])
def test_two_words_that_are_one_are_joined(typed: str) -> None:
    wanted = {"foot ball": "footbal"}.get(typed, "skateboard")
    (group,) = understand(typed, LOCAL).groups
    assert wanted in group.alternatives


def test_what_was_corrected_is_shown_in_the_place_where_it_was_typed() -> None:
    assert understand("Druming in acton", LOCAL).shown == "drumming in acton"


# --- understanding -------------------------------------------------------------------------------


def ages_in(typed: str) -> list[str]:
    return [a for group in understand(typed, LOCAL).groups for a in group.alternatives if a.startswith("age")]


@pytest.mark.parametrize(("typed", "ages"), [
    ("9 year old", ["age9"]), ("drumming for a nine year old", ["age9"]), ("aged 12", ["age12"]), ("year 5", ["age9", "age10"]),
    ("Y5s", ["age9", "age10"]), ("ages 8 to 10", ["age8", "age9", "age10"]), ("under 5s", ["age2", "age3", "age4"]),
    ("KS1", ["age5", "age6", "age7"]), ("teenagers", [f"age{n}" for n in range(13, 18)]), ("9yo football", ["age9"]),
    ("5 a side", []), ("11 plus", []), ("in 2 weeks", []), ("age 99", []),
])
def test_ages_and_school_years_are_understood(typed: str, ages: list[str]) -> None:
    assert ages_in(typed) == ages


def test_moving_to_year_seven_is_a_transition_not_an_age() -> None:
    query = understand("moving up to year 7", LOCAL)
    assert ages_in("moving up to year 7") == []
    assert any("needtransition" in group.alternatives for group in query.groups)


def test_the_last_word_is_a_beginning_while_typing() -> None:
    (group,) = understand("gymn", LOCAL).groups
    assert "gymnast" in group.alternatives
    assert understand("gymn", LOCAL).corrected == {}


def test_little_words_and_one_girl_are_not_required() -> None:
    query = understand("a club for a shy girl who likes reading", LOCAL)
    assert {g.typed for g in query.groups if g.is_required} == {"shy", "reading"}
    assert {g.typed for g in understand("girls football", LOCAL).groups if g.is_required} == {"girls", "football"}


def test_when_only_little_words_are_typed_they_are_looked_for() -> None:
    assert [g.typed for g in understand("club", LOCAL).groups if g.is_required] == ["club"]
    assert not understand("for the", LOCAL).is_empty


@pytest.mark.parametrize("typed", ["", "   ", "!!!", "'", '"', "* OR )", "a" * 5000, "\x00", "NEAR(", "{title}:", "🥁", "٣"])
def test_whatever_is_typed_is_taken(typed: str) -> None:
    understand(typed, LOCAL)
    understand(typed, Vocabulary())


# --- scoring -------------------------------------------------------------------------------------


def text(**given: str) -> str:
    return whole(SimpleNamespace(**{name: " ".join(stem(w) for w in words(given.get(name, ""))) for name in WEIGHTS}))


def test_a_word_in_the_title_counts_more_than_in_the_text() -> None:
    query = understand("drumming", LOCAL)
    in_title, in_tags, in_body, nowhere = score(
        query, LOCAL, [text(title="Drumming circle"), text(tags="drumming"), text(body="Some drumming"), text(title="Chess")]
    )
    assert in_title > in_tags > in_body > nowhere == 0


def test_the_word_itself_counts_more_than_another_word_for_it_and_that_more_than_one_near_it() -> None:
    query = understand("football", LOCAL)
    itself, same, near = score(query, LOCAL, [text(title="football"), text(title="futsal"), text(title="team sport")])
    assert itself > same > ALL > near > 0


def test_what_answers_every_part_stands_above_what_answers_one_part_very_well() -> None:
    query = understand("football saturday", LOCAL)
    both, one = score(query, LOCAL, [text(body="football", facts="saturday"), text(title="football football", tags="football")])
    assert both > ALL > one > 0


def test_folding_twice_changes_nothing() -> None:
    for text in ("Children's 1:1", "Ünïcode & co", "cannot"):
        assert fold(fold(text)) == fold(text)


# --- kinds, brackets and sentences ---------------------------------------------------------------


def small_lexicon(*lines: str) -> lex.Lexicon:
    return lex.build([lex.read_line(line) for line in lines], frozenset())


def test_a_kind_is_found_by_the_thing_and_the_thing_less_by_the_kind() -> None:
    dance = small_lexicon("dance: dancing > ballet, tap dance = tap dancing | cheerleading")
    assert dance.alternatives("dance")["ballet"] == lex.KIND
    by_kind = dance.alternatives("tap dancing")
    assert by_kind["tap danc"] == lex.SAME > by_kind["danc"] == lex.BROADER > by_kind["ballet"] == lex.SIBLING


def test_what_stands_in_brackets_is_typed_and_never_looked_for() -> None:
    lexicon = small_lexicon("fighting: aggression, (hits), (SOMEONE hits) ! Social:positive-behaviour", "boxing: sparring")
    assert lexicon.alternatives("hits")["needpositivebehaviour"] == lex.NEED
    assert lexicon.find("dad hits")
    assert "hit" not in lexicon.alternatives("aggression")
    assert "hit" in lexicon.typed_only


def test_a_phrases_own_words_outrank_its_synonyms() -> None:
    (group,) = understand("play therapy", LOCAL).groups
    assert group.alternatives["play therapi"] == 1.0
    assert max(weight for wanted, weight in group.alternatives.items() if wanted != "play therapi") < 1.0


def required(typed: str) -> list[str]:
    return [group.typed for group in understand(typed, LOCAL).groups if group.is_required]


@pytest.mark.parametrize(("typed", "asked"), [
    ("boxing or swimming", ["boxing or swimming"]), ("boxing/swimming", ["boxing or swimming"]), ("sport but not football", ["sport"]),
    ("doesn't like football, loves reading", ["reading"]), ("hates football", ["football"]), ("hates reading", ["hates reading"]),
    ("wants to play football", ["football"]), ("swimming under £5 an hour", ["swimming"]), ("swimming within 2 miles", ["swimming"]),
    ("boxing after 4pm", ["boxing"]), ("my two boys love football", ["football"]),
])
def test_a_sentence_asks_for_what_is_wanted(typed: str, asked: list[str]) -> None:
    assert required(typed) == asked


def test_a_word_for_an_age_also_counts_where_it_is_written() -> None:
    (group,) = understand("teens", LOCAL).groups
    assert {"age13", "age17", "teen"} <= set(group.alternatives)


def test_several_worries_are_one_thing_said_in_several_ways() -> None:
    (group,) = (g for g in understand("she is shy and gives up easily", LOCAL).groups if g.is_required)
    assert {"needsocialconfidence", "needresilience"} <= set(group.alternatives)


def test_a_day_an_age_and_a_place_are_required_but_weigh_less_than_the_thing() -> None:
    parts = {g.typed: g.part for g in understand("boxing in Acton on saturday for a 9 year old", LOCAL).groups if g.is_required}
    assert parts.pop("boxing") == 1.0
    assert len(parts) == 3
    assert max(parts.values()) < 1.0


def test_what_is_said_in_passing_is_not_asked_for() -> None:
    for typed, asked in (
        ("my daughter is 12 and loves boxing", ["is 12", "boxing"]), ("nice boy, 9, boxing", ["boy, 9", "boxing"]), ("one of 2 boys, boxing", ["boxing"]),
        ("boxing every night", ["boxing"]), ("my boy only wants boxing", ["boxing"]), ("a talk for our class about boxing", ["boxing"]),
        ("boxing in quite space", ["quiet space", "boxing"]),
    ):
        assert sorted(required(typed)) == sorted(asked), typed


def test_a_word_that_is_only_begun_counts_with_all_it_may_be_called() -> None:
    (foot,) = understand("foot", LOCAL).groups  # an everyday word that stands nowhere here: football is being typed
    assert foot.alternatives["footbal"] == 0.9
    assert foot.alternatives["soccer"] < foot.alternatives["footbal"]
    assert understand("foot", vocabulary("foot", "football")).groups[0].alternatives == {"foot": 1.0}


def test_the_sieve_by_letters_is_the_same_for_one_word_and_for_many() -> None:
    for listed in (["drum", "łódź", "سباح", "aaaa"], ["drum", "drumming"], []):
        assert letters_of_all(listed).tolist() == [letters(word) for word in listed]
