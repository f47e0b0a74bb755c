"""What is for children in one situation comes late for whom nothing speaks of it, and is never ruled out."""

from __future__ import annotations

from dataclasses import replace

from app.matching import circumstances, queries
from app.matching.weights import WEIGHTS
from benchmarks.judged import shelf
from tests.matching.test_filtering import told_apart
from tests.matching.test_rules import CHILD, OFFERING


def said(title: str, description: str = "", *interests: str, languages: str = "en") -> frozenset[str]:
    return circumstances.of_offering(title, description, interests, languages.split())


def test_an_offering_says_for_which_situation_it_is() -> None:
    for found, wanted in (
        (said("Parents Inside", "For children with a mum or dad in prison."), {"prison"}),
        (said("Two Homes", "A group for children whose parents have separated."), {"separation"}),
        (said("Polska Szkoła", "Songs and history.", "polish", languages="en pl"), {"tongue:pl"}),
        (said("Polish dumplings", "Cook with us.", languages="en"), set()),
        (said("Football for all", "Inclusive: children with additional needs welcome."), set()),
        (said("Holiday Camp", "Free with benefits-related free school meals."), set()),
        (said("Food Bank", "Three days of food.", "food"), {"hardship"}),
        (said("Counselling", "Help with anxiety, depression and eating disorders."), set()),
        (said("Focus football", "Short drills for players with ADHD."), {"adhd"}),
        (said("Judo", "Strong manners."), set()),
        (said("Dance in your chair", "Wheelchair users and their friends."), {"send"}),
        (said("Wheelchair basketball", "Sports chairs for everyone who comes, disabled or not."), set()),
        (said("Archers", "Wheelchair users shoot on the same line."), set()),
    ):
        assert found == wanted, wanted


def spoken_of(words: str, **known: tuple[str, ...]) -> frozenset[str]:
    return queries.with_audiences(replace(CHILD, needs=(), languages=("en",), own_words=(words,), **known)).circumstances


def test_a_situation_is_not_heard_in_a_manner_of_speaking() -> None:
    for words in (
        "The shouting does my head in.", "I'm scared of going to the big school.", "I only go in for food tech.", "I don't do reading, it's dead.",
        "My tummy hurts on swimming days.",
    ):
        assert spoken_of(words) == frozenset(), words
    assert spoken_of("I like it.", interests=("crime dramas", "hospitals on telly", "making houses out of boxes", "winning arguments")) == frozenset()


def test_a_situation_is_heard_where_it_is_told() -> None:
    for words, wanted in (
        ("When they shout I go under the bed.", "domestic_abuse"), ("I am scared of Dad.", "domestic_abuse"), ("He hurt Mum.", "domestic_abuse"),
        ("I do not eat lunch at school.", "eating"), ("Nan is dead.", "bereavement"), ("Mum and Dad argue all night.", "grown_ups"),
    ):
        assert wanted in spoken_of(words), words


def test_what_is_for_another_situation_comes_after_what_is_for_anybody() -> None:
    offerings = told_apart([
        replace(OFFERING, circumstances=said("Parents Inside", "For children with a mum or dad in prison.")), OFFERING,
    ])
    made = shelf.shelf_of(offerings, places=3)
    for words, first in (("I like drums.", "001"), ("I miss Dad, he is in prison.", "000")):
        child = queries.with_audiences(replace(CHILD, own_words=(words,)))
        assert shelf.ranked(made, child, 10, WEIGHTS, fair=False)[0] == first, words
        assert shelf.eligible(made, child) == {"000", "001"}
