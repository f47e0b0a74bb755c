"""Each guard of FLOWS 1 by name, from the meeting to the end: what is missing, and who can supply it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.catalogue.models import OfferingKind
from app.introductions import services
from app.introductions.services import Missing
from app.shared import clock
from app.shared.errors import DomainError, Invalid
from tests.introductions.guarding import S, missing
from tests.introductions.world import World, change, days_ago, reread, set_row

# --- arranged -> met -> joined -> settled --------------------------------------------------------


def test_they_cannot_have_met_on_a_day_to_come(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        world.go(world.at(S.ARRANGED), S.MET, met_on=clock.today() + timedelta(days=1))
    assert refused.value.field == "met_on"


@pytest.mark.parametrize("field", ["people", "words_said"])
def test_meeting_wants_who_was_there_and_the_childs_word(world: World, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        world.go(world.at(S.ARRANGED), S.MET, **{field: ""})
    assert refused.value.field == field


def test_a_paid_programme_is_joined_by_its_register_alone(world: World, above: Any) -> None:
    above.commission_requested = above.commission_approved = lambda introduction: True
    change(world.offering, kind=OfferingKind.COMMISSIONED)
    introduction = world.at(S.MET)
    with pytest.raises(Missing) as refused:
        world.go(introduction, S.JOINED)
    assert refused.value.code == "register"
    above.attended_count = lambda introduction: 1
    services.join(introduction_id=introduction.id, on=clock.today())
    assert reread(introduction).state is S.JOINED


def test_joining_before_they_met_is_refused(world: World) -> None:
    with pytest.raises(Invalid):
        world.go(world.at(S.MET), S.JOINED, on=days_ago(3))


@pytest.mark.parametrize(("visits", "expected"), [(2, ["attended"]), (3, [])])
def test_settled_wants_three_visits_to_a_local_asset(world: World, visits: int, expected: list[str]) -> None:
    introduction = world.at(S.JOINED)
    assert missing(world, introduction, S.SETTLED, visits_told=visits) == expected


def test_settled_counts_the_register_of_a_paid_programme(world: World, above: Any) -> None:
    above.commission_requested = above.commission_approved = lambda introduction: True
    above.attended_count = lambda introduction: 2
    change(world.offering, kind=OfferingKind.COMMISSIONED)
    introduction = world.at(S.MET)  # the register had her there already, so meeting her makes it joined
    assert reread(introduction).state is S.JOINED
    assert missing(world, introduction, S.SETTLED, visits_told=None) == ["attended"]
    with pytest.raises(Invalid):
        world.go(introduction, S.SETTLED, visits_told=9)
    above.attended_count = lambda introduction: 3
    assert missing(world, introduction, S.SETTLED, visits_told=None) == []


def test_settled_wants_the_child_to_want_to_go_on(world: World) -> None:
    introduction = world.at(S.JOINED)
    assert missing(world, introduction, S.SETTLED, wants_to_go_on=False) == ["wants_to_go_on"]
    assert reread(introduction).state is S.JOINED


def test_closing_wants_the_outcome_and_the_next_step(world: World) -> None:
    introduction = world.at(S.SETTLED)
    for field in ("outcome", "next_step"):
        with pytest.raises(Invalid) as refused:
            world.go(introduction, S.CLOSED, **{field: " "})
        assert refused.value.field == field


def test_the_zone_manager_may_close(world: World) -> None:
    assert world.go(world.at(S.SETTLED), S.CLOSED, actor=world.zone_manager).state is S.CLOSED


@pytest.mark.parametrize("days", [0, -3, 400])
def test_not_yet_wants_a_day_to_ask_again_within_a_year(world: World, days: int) -> None:
    with pytest.raises(Invalid) as refused:
        world.go(world.at(S.LISTENING), S.NOT_YET, ask_again_on=clock.today() + timedelta(days=days))
    assert refused.value.field == "ask_again_on"


def test_nothing_new_is_written_down_about_what_is_over(world: World) -> None:
    introduction = world.at(S.ENDED)
    with pytest.raises(DomainError):
        world.hear(introduction)


def test_an_idea_is_talked_about_only_once_listening_has_begun(world: World) -> None:
    with pytest.raises(Invalid):
        world.hear(world.start())


def test_a_view_is_never_of_a_day_to_come(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        world.hear(world.at(S.LISTENING), said_on=clock.today() + timedelta(days=1))
    assert refused.value.field == "said_on"


def test_a_row_set_back_by_another_hand_is_read_again_under_the_lock(world: World) -> None:
    introduction = world.at(S.READY)
    set_row(introduction, state=S.LISTENING)
    with pytest.raises(DomainError):
        world.go(introduction, S.ASKED)
