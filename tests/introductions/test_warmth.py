"""The warmth check: pure, explained, and a child's no above everything."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest

from app.introductions.models import EndReason, Stance
from app.introductions.warmth import Earlier, Inputs, Said, Warmth, check

TODAY = date(2026, 11, 20)
CHILD = Said("Amara", Stance.YES, "I drum on anything.", TODAY - timedelta(days=3))
MUM = Said("Mother", Stance.YES, "She drums on my saucepans.", TODAY)
WARM = Inputs(
    today=TODAY, child=CHILD, carers=(MUM,), link_worker="Joanne", known_days=100, contact="Theo Brown", has_met_contact=True,
    who_goes_along="Safiya’s mum",
)


def with_(**changes: Any) -> Any:
    return check(replace(WARM, **changes))


def test_go_when_child_home_trust_and_company_are_there() -> None:
    answer = with_()
    assert answer.answer is Warmth.GO
    assert (answer.reasons, answer.put_in_place) == ((), ())
    assert "Mother is behind it" in answer.lead


@pytest.mark.parametrize(("known", "met", "along", "carer"), list(product((0, 400), (True, False), ("", "Nan"), Stance)))
def test_a_childs_no_is_not_yet_whatever_else(known: int, met: bool, along: str, carer: Stance) -> None:
    everything_else = {"known_days": known, "has_met_contact": met, "who_goes_along": along, "carers": (replace(MUM, stance=carer),)}
    for answer in (
        with_(child=replace(CHILD, stance=Stance.NO), **everything_else), with_(is_refused=True, **everything_else),
    ):
        assert answer.answer is Warmth.NOT_YET
        assert answer.reasons[0].code == "child_no"
        assert "nobody can overrule it" in answer.lead


@pytest.mark.parametrize(("changes", "code"), [
    ({"child": Said("Amara")}, "child_not_asked"),
    ({"child": replace(CHILD, words="  ")}, "child_not_asked"),
    ({"child": replace(CHILD, stance=Stance.UNSURE)}, "child_unsure"),
    ({"child": replace(CHILD, said_on=TODAY - timedelta(days=31))}, "child_said_long_ago"),
    ({"carers": ()}, "carer_not_asked"),
    ({"carers": (Said("Mother"),)}, "carer_not_asked"),
    ({"carers": (replace(MUM, stance=Stance.NO),)}, "carer_no"),
    ({"carers": (replace(MUM, stance=Stance.UNSURE),)}, "carer_no"),
    ({"carers": (MUM, Said("Father", Stance.NO, "No."))}, "carers_disagree"),
    ({"known_days": 13}, "trust_new"),
    ({"has_met_contact": False, "who_goes_along": ""}, "cold"),
])
def test_not_yet_says_what_is_in_the_way_and_what_to_talk_about(changes: dict[str, Any], code: str) -> None:
    answer = with_(**changes)
    assert answer.answer is Warmth.NOT_YET
    assert answer.reasons[0].code == code
    assert answer.conversation.startswith("“")
    assert answer.lead.endswith(".")


@pytest.mark.parametrize(("changes", "code"), [
    ({"who_goes_along": ""}, "nobody_goes_along"),
    ({"has_met_contact": False}, "contact_not_met"),
    ({"child": replace(CHILD, stance=Stance.WILLING)}, "child_willing"),
    ({"teacher": Said("Miss Grant", Stance.UNSURE, "He is tired.")}, "teacher_doubts"),
    ({"known_days": 40}, "trust_growing"),
    ({"earlier": (Earlier("Swimming", EndReason.CHILD_NO, True, False),)}, "ended_before"),
])
def test_go_gently_says_what_to_put_in_place(changes: dict[str, Any], code: str) -> None:
    answer = with_(**changes)
    assert answer.answer is Warmth.GENTLY
    assert [reason.code for reason in answer.put_in_place] == [code]
    assert "One thing first" in answer.lead


@pytest.mark.parametrize(("known", "heard", "close", "expected"), [
    (0, 0, None, "not_yet"), (13, 1, None, "try"), (14, 0, None, "try"), (14, 3, None, "yes"), (84, 0, None, "yes"), (2, 0, True, "yes"),
    (400, 9, False, "try"),
])
def test_trust_comes_from_time_words_and_the_childs_own_circle(known: int, heard: int, close: bool | None, expected: str) -> None:
    answer = with_(known_days=known, heard_lately=heard, is_close=close)
    assert next(p for p in answer.people if p["who"] == "Trust")["stance"] == expected


def test_a_carer_without_a_say_stands_in_the_picture_but_decides_nothing() -> None:
    nan = Said("Grandmother", Stance.NO, "Not for her.", TODAY, has_say=False)
    answer = with_(carers=(MUM, nan))
    assert answer.answer is Warmth.GO
    assert "Grandmother" in [p["who"] for p in answer.people]


def test_a_settled_introduction_before_weighs_nothing() -> None:
    assert with_(earlier=(Earlier("Swimming", EndReason.MOVED, True, True),)).answer is Warmth.GO


def test_the_same_inputs_give_the_same_words() -> None:
    assert check(WARM) == check(WARM)
