"""Exits have no guards, and a child's no is never overruled."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from app.accounts.models import Role
from app.audit.queries import list_entries_for
from app.children import queries as children
from app.children import services as child_services
from app.introductions import services
from app.introductions.models import (
    OPEN_STATES,
    EndReason,
    IntroductionState,
    Linking,
    Stance,
    StillGoing,
    View,
)
from app.introductions.services import Missing
from app.notifications.models import Task
from app.shared import clock
from app.shared.db import db
from app.shared.errors import DomainError
from tests import factories
from tests.introductions.world import World, reread, set_row

S = IntroductionState


def open_tasks() -> list[str]:
    return list(db.session.scalars(sa.select(Task.kind).where(Task.closed_at.is_(None))))


@pytest.mark.parametrize("reason", EndReason)
@pytest.mark.parametrize("state", [S.IDEA, S.ASKED])
def test_every_reason_ends_it(world: World, state: S, reason: EndReason) -> None:
    introduction = world.at(state)
    services.end(introduction_id=introduction.id, reason=reason, note="Said so.", actor=world.link_worker)
    ended = reread(introduction)
    assert (ended.state, ended.end_reason, ended.ended_on) == (S.ENDED, reason, clock.today())


@pytest.mark.parametrize("state", OPEN_STATES)
def test_every_open_state_ends_with_a_note_in_the_trail_no_task_and_word_upwards(world: World, above: Any, state: S) -> None:
    heard: list[Any] = []
    introduction = world.at(state)
    above.on_ended.append(lambda introduction, actor, reason: heard.append((introduction.id, actor, reason)))
    services.end(introduction_id=introduction.id, reason=EndReason.SAFETY, actor=None)
    assert reread(introduction).state is S.ENDED
    assert heard == [(introduction.id, None, "safety")]
    assert open_tasks() == []
    last = list_entries_for(introduction)[-1]
    assert (last.from_state, last.to_state, last.reason) == (state, "ended", "safety")


def test_ending_twice_is_ending_once(world: World, above: Any) -> None:
    heard: list[Any] = []
    above.on_ended.append(lambda introduction, actor, reason: heard.append(reason))
    introduction = world.at(S.ASKED)
    for _ in range(2):
        services.end(introduction_id=introduction.id, reason=EndReason.PARENT_NO, actor=world.link_worker)
    assert heard == ["parent_no"]
    assert [e.to_state for e in list_entries_for(introduction)].count("ended") == 1


def test_a_stale_page_does_not_keep_a_child_from_stopping(world: World) -> None:
    introduction = world.at(S.ASKED)
    services.end(introduction_id=introduction.id, reason=EndReason.CHILD_NO, actor=world.link_worker, seen_version=1)
    assert reread(introduction).state is S.ENDED


def test_what_goes_wrong_above_undoes_the_ending(world: World, above: Any) -> None:
    def fails(introduction: Any, actor: Any, reason: str) -> None:
        raise DomainError("The money would not add up.")

    introduction = world.at(S.ASKED)
    above.on_ended.append(fails)
    with pytest.raises(DomainError):
        services.end(introduction_id=introduction.id, reason=EndReason.CHILD_NO, actor=world.link_worker)
    assert reread(introduction).state is S.ASKED
    assert not children.has_refused(world.child.id, world.offering.id)


def test_rows_above_are_locked_before_the_introduction(world: World, above: Any) -> None:
    asked: list[list[Any]] = []
    above.lock_before.append(lambda ids: asked.append(list(ids)))
    introduction = world.at(S.ASKED)
    services.end(introduction_id=introduction.id, reason=EndReason.MOVED, actor=None)
    assert asked == [[introduction.id]]


# --- a child's no --------------------------------------------------------------------------------


def test_a_childs_no_is_kept_and_stays_in_the_way(world: World) -> None:
    introduction = world.at(S.LISTENING)
    services.end(introduction_id=introduction.id, reason=EndReason.CHILD_NO, note="Too loud.", actor=world.link_worker)
    refusal = children.find_refusal(world.child.id, world.offering.id)
    assert refusal is not None
    assert (refusal.is_childs_no, refusal.why) == (True, "Too loud.")


@pytest.mark.parametrize("role", [Role.LINK_WORKER, Role.ZONE_MANAGER, Role.ADMINISTRATOR])
def test_nobody_overrules_a_childs_no(world: World, role: Role) -> None:
    world.go(world.at(S.LISTENING), S.ENDED, reason=EndReason.CHILD_NO)
    actor = {
        Role.LINK_WORKER: world.link_worker, Role.ZONE_MANAGER: world.zone_manager,
        Role.ADMINISTRATOR: factories.make_person(Role.ADMINISTRATOR),
    }[role]
    with pytest.raises(DomainError) as refused:
        services.start(child_id=world.child.id, offering_id=world.offering.id, why="But it would be so good.", actor=actor)
    if role is not Role.ADMINISTRATOR:  # an administrator does not even see the child
        assert refused.value.code == "child_no"
        assert "Only Amara can change that" in refused.value.sentence


@pytest.mark.parametrize("role", ["link_worker", "zone_manager"])
def test_a_no_said_while_it_was_an_idea_stops_listening(world: World, role: str) -> None:
    introduction = world.start()
    child_services.record_refusal(
        child_id=world.child.id, offering_id=world.offering.id, why="No!", is_childs_no=True, actor=world.link_worker
    )
    with pytest.raises(Missing) as refused:
        services.begin_listening(introduction_id=introduction.id, actor=getattr(world, role))
    assert refused.value.code == "child_no"


def test_a_standing_no_stops_ready_asked_and_arranged_whatever_the_views_say(world: World) -> None:
    for state, to in ((S.LISTENING, S.READY), (S.READY, S.ASKED), (S.AGREED, S.ARRANGED)):
        introduction = world.at(state)
        child_services.record_refusal(
            child_id=world.child.id, offering_id=world.offering.id, why="No!", is_childs_no=True, actor=world.link_worker
        )
        with pytest.raises(Missing) as refused:
            world.go(introduction, to)
        assert refused.value.code == "child_no"
        services.end(introduction_id=introduction.id, reason=EndReason.MOVED, actor=None)
        child_services.lift_refusal(
            child_id=world.child.id, offering_id=world.offering.id, words="Maybe now.", actor=world.link_worker
        )


def test_the_childs_own_new_words_bring_it_back(world: World) -> None:
    world.go(world.at(S.LISTENING), S.ENDED, reason=EndReason.CHILD_NO)
    with pytest.raises(DomainError):
        child_services.lift_refusal(child_id=world.child.id, offering_id=world.offering.id, words=" ", actor=world.zone_manager)
    child_services.lift_refusal(
        child_id=world.child.id, offering_id=world.offering.id, words="I saw them at the fair. I want that.", actor=world.link_worker
    )
    assert world.start().state is S.IDEA


def test_a_parents_no_does_not_speak_for_the_child(world: World) -> None:
    world.go(world.at(S.LISTENING), S.ENDED, reason=EndReason.PARENT_NO)
    assert not children.has_refused(world.child.id, world.offering.id)


# --- cascades ------------------------------------------------------------------------------------


def test_withdrawn_consent_ends_every_open_introduction_there_in_one_transaction(world: World, above: Any) -> None:
    heard: list[str] = []
    first, second = world.at(S.ASKED), world.start(offering=factories.make_offering(world.organisation))
    elsewhere = world.start(offering=factories.make_offering(factories.make_organisation(world.zone)))
    above.on_ended.append(lambda introduction, actor, reason: heard.append(reason))
    consent = world.child.consents[0]
    preview = child_services.preview_withdrawal(consent_id=consent.id, child_id=world.child.id)
    assert len(preview.ends) >= 2
    child_services.withdraw_consent(consent_id=consent.id, child_id=world.child.id, why="Changed her mind", actor=world.link_worker)
    assert [reread(i).state for i in (first, second, elsewhere)] == [S.ENDED, S.ENDED, S.IDEA]
    assert reread(first).end_reason is EndReason.CONSENT_WITHDRAWN
    assert heard == ["consent_withdrawn"] * 2


def test_when_an_ending_fails_consent_stays_given(world: World, above: Any) -> None:
    def fails(introduction: Any, actor: Any, reason: str) -> None:
        raise DomainError("No.")

    world.at(S.ASKED)
    above.on_ended.append(fails)
    consent = world.child.consents[0]
    with pytest.raises(DomainError):
        child_services.withdraw_consent(consent_id=consent.id, child_id=world.child.id, why="", actor=world.link_worker)
    assert children.find_consent(world.child.id, world.organisation.id, clock.today()) is not None


def test_leaving_ends_what_is_open_and_still_asks_about_what_settled(world: World) -> None:
    settled, idea = world.at(S.SETTLED), world.start(offering=factories.make_offering(world.organisation))
    services.end_for_leaving(world.child, world.zone_manager)
    assert [reread(i).end_reason for i in (settled, idea)] == [EndReason.PROGRAMME_END] * 2
    assert db.session.scalar(sa.select(sa.func.count()).select_from(StillGoing)) == 4


@pytest.mark.parametrize("reason", [EndReason.CHILD_NO, EndReason.CONSENT_WITHDRAWN, EndReason.SAFETY])
def test_nobody_asks_months_later_after_a_no(world: World, reason: EndReason) -> None:
    introduction = world.at(S.SETTLED)
    services.end(introduction_id=introduction.id, reason=reason, actor=world.link_worker)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(StillGoing)) == 0


# --- counting ------------------------------------------------------------------------------------


def test_a_linking_is_counted_once_per_child_and_offering_ever(world: World) -> None:
    first = world.at(S.MET)
    services.end(introduction_id=first.id, reason=EndReason.MOVED, actor=world.link_worker)
    second = world.at(S.MET)
    assert second.id != first.id
    linkings = db.session.scalars(sa.select(Linking)).all()
    assert [linking.introduction_id for linking in linkings] == [first.id]


def test_a_signpost_is_counted_apart(world: World) -> None:
    services.give_signpost(child_id=world.child.id, offering_id=world.offering.id, to_whom="Her mother", actor=world.link_worker)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Linking)) == 0


def test_the_register_never_refuses_and_joins_once(world: World) -> None:
    arranged = world.at(S.ARRANGED)
    services.join(introduction_id=arranged.id, on=clock.today())
    assert reread(arranged).state is S.ARRANGED
    assert "introduction_met" in open_tasks()
    world.go(arranged, S.MET)
    for _ in range(3):
        services.join(introduction_id=arranged.id, on=clock.today())
    assert reread(arranged).state is S.JOINED
    services.end(introduction_id=arranged.id, reason=EndReason.MOVED, actor=None)
    assert services.join(introduction_id=arranged.id, on=clock.today()).state is S.ENDED


def test_checks_come_after_1_3_6_and_12_months(world: World) -> None:
    introduction = world.at(S.SETTLED)
    set_row(introduction, settled_on=clock.today())
    checks = db.session.scalars(sa.select(StillGoing).order_by(StillGoing.months)).all()
    assert [check.months for check in checks] == [1, 3, 6, 12]
    with pytest.raises(DomainError) as refused:
        services.answer_check(
            introduction_id=introduction.id, check_id=checks[3].id, is_still_going=True, words_said="", actor=world.link_worker
        )
    assert refused.value.code == "not_due"
    with clock.freeze(clock.end_of_day(checks[0].due_on)):
        services.sweep()
        assert "introduction_still_going" in open_tasks()
        answer: dict[str, Any] = {"introduction_id": introduction.id, "check_id": checks[0].id, "actor": world.link_worker}
        services.answer_check(**answer, is_still_going=True, words_said="Every Thursday.")
        assert "introduction_still_going" not in open_tasks()
        with pytest.raises(services.Already):
            services.answer_check(**answer, is_still_going=False, words_said="")


def test_closing_makes_no_second_set_of_checks(world: World) -> None:
    world.at(S.CLOSED)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(StillGoing)) == 4


def test_settling_keeps_the_childs_words_as_a_view(world: World) -> None:
    introduction = world.at(S.SETTLED)
    last = db.session.scalars(
        sa.select(View).where(View.introduction_id == introduction.id).order_by(View.created_at.desc())
    ).first()
    assert last is not None
    assert (last.stance, last.words) == (Stance.YES, "I want to go for ever.")


@pytest.mark.parametrize(("day", "months", "expected"), [
    ("2026-01-31", 1, "2026-02-28"), ("2026-11-30", 3, "2027-02-28"), ("2026-11-22", 12, "2027-11-22"), ("2024-02-29", 12, "2025-02-28"),
])
def test_months_after_ends_with_the_month(day: str, months: int, expected: str) -> None:
    from datetime import date

    from app.introductions.services.endings import months_after

    assert months_after(date.fromisoformat(day), months) == date.fromisoformat(expected)
