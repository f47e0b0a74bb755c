"""The words of a child and the words offerings are written in."""

from __future__ import annotations

import pytest

from app.catalogue.search.lexicon import lexicon
from app.matching import audiences, text
from app.matching.text import Reader, build

OFFERINGS = [
    {"title": "First Beats", "tags": "drumming", "needs": "", "body": "Samba in a circle."},
    {"title": "Sisters on boards", "tags": "skateboarding", "needs": "", "body": "Boards lent."},
    {"title": "The hollow", "tags": "pump track . bmx", "needs": "", "body": "A track of your own."},
    {"title": "Track and field", "tags": "athletics", "needs": "", "body": "Pump up."},
]


def liking(said: str, with_lexicon: bool = True) -> list[float]:
    """How well each offering holds the phrase."""
    reader = Reader([build(OFFERINGS)], lexicon() if with_lexicon else None)
    phrase = reader.phrase(said, "interest", 0)
    found = [0.0] * len(OFFERINGS)
    for unit in phrase.units if phrase else ():
        docs, likes, _ = reader.posting(0, unit)
        for at, like in zip(docs[:-1].tolist(), likes.tolist(), strict=True):
            found[at] += like * unit.weight / phrase.measure if phrase else 0.0
    return [min(1.0, round(value, 6)) for value in found]


def test_endings_do_not_matter() -> None:
    assert liking("drums", with_lexicon=False)[0] == 1.0


def test_words_that_begin_alike_are_kin_but_count_for_less() -> None:
    found = liking("skate", with_lexicon=False)
    assert found[1] == text.KIN
    assert found[0] == 0.0


def test_another_word_for_the_same_thing_is_found_by_the_lexicon() -> None:
    assert liking("wheelies")[2] > 0.5
    assert liking("wheelies", with_lexicon=False)[2] == 0.0


def test_several_words_that_mean_one_thing_must_all_be_there() -> None:
    found = liking("pumptrack")
    assert found[2] > 0.5
    assert found[3] < found[2]


def test_everyday_word_hardly_ranks_what_merely_holds_it() -> None:
    offerings = [{"title": "Den", "tags": "", "body": "A room upstairs, stay an hour."}, {"title": "Beats", "tags": "", "body": "Drumming."}]
    reader = Reader([build(offerings)], lexicon())
    room, drumming = (reader.phrase(said, "words", 0) for said in ("my room", "my drumming"))
    assert room is not None
    assert drumming is not None
    assert room.units[0].share / room.measure < 0.5 * drumming.units[0].share / drumming.measure


def test_girls_is_no_thing_to_do() -> None:
    """"Books where the girl wins" is no wish for girls' boxing: whom it is for is a rule."""
    reader = Reader([build([{"title": "Girls' boxing", "tags": "boxing", "body": ""}, {"title": "Reading room", "tags": "books", "body": ""}])], lexicon())
    phrase = reader.phrase("books where the girl wins", "interest", 0)
    assert phrase is not None
    shares = {unit.typed: unit.share for unit in phrase.units}
    assert shares["girl"] < 0.5 * shares["books"]


def test_everyday_word_means_nothing_else() -> None:
    """The lexicon of search knows "inside" as another word for prison."""
    assert liking("inside") == [0.0] * len(OFFERINGS)
    (inside,) = Reader([build([{"title": "Visits to prison", "tags": "", "body": ""}])], lexicon()).phrase("inside", "words", 0).units  # type: ignore[union-attr]
    assert not inside.stands_for


@pytest.mark.parametrize(("typed", "meant"), [("skatebording", "skateboarding"), ("drumming", "drumming"), ("gimnastics", "gymnastics")])
def test_misspelt_word_is_heard_as_what_it_was_meant_for(typed: str, meant: str) -> None:
    reader = Reader([build([{"title": meant, "tags": "", "body": ""}])], lexicon())
    phrase = reader.phrase(f"I luv {typed}", "words", 0)
    assert phrase is not None
    assert any((unit_terms := unit.stands_for) and max(unit_terms.values()) == 1.0 for unit in phrase.units)


@pytest.mark.parametrize("name", ["amara", "zofia", "minecraft", "kurdish"])
def test_name_is_no_misspelt_word(name: str) -> None:
    reader = Reader([build(OFFERINGS)], lexicon())
    (unit,) = reader.phrase(name, "words", 0).units  # type: ignore[union-attr]
    assert unit.terms[0][:4] == name[:4]


def test_nothing_telling_is_no_phrase() -> None:
    assert Reader([build(OFFERINGS)]).phrase("I like it a lot", "words", 0) is None


def test_long_sentence_is_not_weaker_than_the_word_in_it() -> None:
    assert liking("banging drums whenever somebody lets me near some, honestly, every single evening", with_lexicon=False)[0] > 0.25


@pytest.mark.parametrize(("title", "description", "groups"), [
    ("Bereaved children's group", "", {"bereaved"}),
    ("Memory club", "For bereaved children aged 7 to 12.", {"bereaved"}),
    ("Thursday club", "Pizza and rest for young carers.", {"young_carers"}),
    ("Signing football", "Football for deaf and hard of hearing children.", {"deaf"}),
    ("Open swim", "Autistic children welcome.", set()),
    ("Open swim", "For everyone, including disabled children.", set()),
    ("Art therapy", "For children carrying worry or loss.", set()),
    ("Pride youth", "A youth club for LGBTQ+ young people.", {"lgbtq"}),
    ("New here", "English and games for refugees and children seeking asylum.", {"refugees"}),
    ("Back on track", "For young people excluded from school.", {"out_of_school"}),
    ("Care leavers' kitchen", "", {"looked_after"}),
    ("Gardening", "Foster a love of mud.", set()),
    ("Bricks", "For autistic children and others who find playing together hard.", set()),
    ("Bricks", "For autistic children and their families.", {"autistic"}),
    ("Focus football", "Short drills for players with ADHD.", set()),
])
def test_offering_made_for_particular_children_says_so(title: str, description: str, groups: set[str]) -> None:
    assert audiences.of_offering(title, description) == groups


@pytest.mark.parametrize(("said", "groups"), [
    ("Grandad died in spring.", {"bereaved"}), ("I look after my mum when she is ill", {"young_carers"}), ("Wears hearing aids.", {"deaf"}),
    ("The family fled from Sudan.", {"refugees"}), ("He is autistic.", {"autistic"}), ("Lives with foster carers.", {"looked_after"}),
    ("Excluded twice this year.", {"out_of_school"}), ("I am gay and that is fine", {"lgbtq"}), ("She uses a wheelchair.", {"disabled"}),
    ("I get my brothers up for school.", {"young_carers"}), ("I care about my brother.", set()), ("They left because of the war.", {"refugees"}),
    ("He lives with his nan.", {"looked_after"}), ("He lives with his nan and his mum.", set()), ("She lost Grandad.", {"bereaved"}),
    ("I like drums.", set()), ("We came from school on the bus", set()),
])
def test_profile_names_the_groups_a_child_is_among(said: str, groups: set[str]) -> None:
    found = audiences.of_profile(said, needs=frozenset(), languages=("en",), gender="", needs_step_free=False)
    assert found == groups


def test_needs_and_languages_name_groups_too() -> None:
    found = audiences.of_profile(
        "", needs=frozenset({"Emotional:bereavement", "Academic:english-language"}), languages=("ti", "bsl"), gender="non-binary",
        needs_step_free=True,
    )
    assert found == {"bereaved", "refugees", "deaf", "lgbtq", "disabled"}
