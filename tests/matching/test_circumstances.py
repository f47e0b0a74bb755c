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
    ):
        assert found == wanted, wanted


def test_what_is_for_another_situation_comes_after_what_is_for_anybody() -> None:
    offerings = told_apart([
        replace(OFFERING, circumstances=said("Parents Inside", "For children with a mum or dad in prison.")), OFFERING,
    ])
    made = shelf.shelf_of(offerings, places=3)
    for words, first in (("I like drums.", "001"), ("I miss Dad, he is in prison.", "000")):
        child = queries.with_audiences(replace(CHILD, own_words=(words,)))
        assert shelf.ranked(made, child, 10, WEIGHTS, fair=False)[0] == first, words
        assert shelf.eligible(made, child) == {"000", "001"}
