"""Taking a word back, saying who pays, steps by school and fund, standing in, and what was asked for together."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.commissioning import invariants
from app.commissioning.models import Account, CommissionState, PlaceState
from app.commissioning.queries.money import balance
from app.commissioning.queries.places import find_waiting_of, position
from app.commissioning.refusals import CeilingPassed, MayNotDecide, NotEnoughMoney, TooLateToUndo
from app.commissioning.services import (
    commissions,
    decisions,
    delivery,
    places,
    settings,
    splitting,
    standing_in,
    undoing,
)
from app.shared import clock
from app.shared.db import atomic
from app.shared.errors import DomainError, Invalid
from tests.commissioning.scene import MONDAY, Scene, turn_of

_S = CommissionState


def test_a_yes_a_no_and_a_question_can_each_be_taken_back_within_two_minutes(scene: Scene) -> None:
    commission = scene.request()
    decide_by = commission.decide_by
    steps = (
        ("yes", _S.APPROVED, lambda: decisions.approve(commission_id=commission.id, actor=scene.holder)),
        ("no", _S.REJECTED, lambda: decisions.reject(commission_id=commission.id, reason="x", actor=scene.holder)),
        ("question", _S.RETURNED, lambda: decisions.return_(commission_id=commission.id, question="?", actor=scene.holder)),
    )
    for n, (word, state, say) in enumerate(steps):
        with clock.freeze(MONDAY + timedelta(minutes=10 * n + 10)):
            say()
            assert commission.state is state, word
        with clock.freeze(MONDAY + timedelta(minutes=10 * n + 11, seconds=59)):
            undoing.take_back(commission_id=commission.id, actor=scene.holder)
        assert (commission.state, commission.decide_by, commission.decisions) == (_S.REQUESTED, decide_by, []), word
        assert commission.place.state is PlaceState.HELD, word
        assert commission.place.expires_at == decide_by, word
        assert balance(scene.fund.id, Account.REQUESTED) == 20_000, word
        assert invariants.broken() == [], word


def test_what_was_followed_is_late_or_is_anothers_cannot_be_taken_back(scene: Scene) -> None:
    first = scene.approved()
    with pytest.raises(TooLateToUndo, match="Somebody else"):
        undoing.take_back(commission_id=first.id, actor=scene.second)
    delivery.confirm(commission_id=first.id, practitioner_id=scene.practitioner.id, actor=scene.partner)
    with pytest.raises(TooLateToUndo, match="followed"):
        undoing.take_back(commission_id=first.id, actor=scene.holder)
    late = scene.approved()
    with clock.freeze(MONDAY + timedelta(minutes=2, seconds=1)), pytest.raises(TooLateToUndo, match="two minutes"):
        undoing.take_back(commission_id=late.id, actor=scene.holder)
    places.change_capacity(cohort_id=scene.cohort.id, capacity=3, actor=scene.manager)
    declined, waiting = scene.request(), scene.request(join_waiting_list=True)
    decisions.reject(commission_id=declined.id, reason="x", actor=scene.holder)
    assert turn_of(waiting).state == "offered"
    with pytest.raises(TooLateToUndo, match="gone to somebody else"):
        undoing.take_back(commission_id=declined.id, actor=scene.holder)
    assert declined.state is _S.REJECTED
    assert invariants.broken() == []


def test_a_child_on_the_waiting_list_keeps_its_turn_when_a_no_is_taken_back(scene: Scene) -> None:
    places.change_capacity(cohort_id=scene.cohort.id, capacity=1, actor=scene.manager)
    scene.request()
    with clock.freeze(MONDAY + timedelta(minutes=1)):
        first = scene.request(join_waiting_list=True)
    with clock.freeze(MONDAY + timedelta(minutes=2)):
        scene.request(join_waiting_list=True)
    with clock.freeze(MONDAY + timedelta(minutes=3)):
        decisions.reject(commission_id=first.id, reason="x", actor=scene.holder)
        undoing.take_back(commission_id=first.id, actor=scene.holder)
        turn = find_waiting_of(first.id)
        assert turn is not None
        assert position(turn) == 1


def test_an_approver_chooses_the_funds_within_the_rules(scene: Scene) -> None:
    other = scene.fund_with(30_000, name="Other")
    girls = scene.fund_with(30_000, name="Boys only", gender="boy")
    commission = scene.request(scene.introduction(scene.child(gender="girl")))
    change = lambda **parts: splitting.change_split(  # noqa: E731
        commission_id=commission.id, parts={fund.id: pence for fund, pence in parts["of"]}, actor=scene.holder
    )
    for refused, parts in (
        (Invalid, [(scene.fund, 10_000), (other, 9_999)]), (Invalid, [(girls, 20_000)]), (NotEnoughMoney, [(other, 30_001)]),
    ):
        with pytest.raises(refused):
            change(of=parts)
    change(of=[(scene.fund, 7_777), (other, 12_223)])
    assert {s.fund_id: s.pence for s in commission.shares} == {scene.fund.id: 7_777, other.id: 12_223}
    decisions.approve(commission_id=commission.id, actor=scene.holder)
    assert balance(other.id, Account.COMMITTED) == 12_223, "the split that was chosen is the one that is promised"
    assert invariants.broken() == []


def test_a_split_by_hand_does_not_pass_the_ceiling_or_change_under_somebodys_yes(scene: Scene) -> None:
    with atomic():
        scene.zone.full_yearly_cost_pence, scene.zone.second_approver_above_pence = 40_000, 10_000
    scene.fund_with(20_000, name="Other")
    commission = scene.request(sessions=12)
    with pytest.raises(CeilingPassed):
        splitting.change_split(commission_id=commission.id, parts={scene.fund.id: 24_000}, actor=scene.holder)
    decisions.approve(commission_id=commission.id, actor=scene.holder)
    with pytest.raises(MayNotDecide, match="said yes to the split"):
        splitting.change_split(commission_id=commission.id, parts={s.fund_id: s.pence for s in commission.shares}, actor=scene.second)


def test_a_step_for_one_school_or_fund_asks_for_more_people_there(scene: Scene) -> None:
    settings.add_step(zone_id=scene.zone.id, above_pence=10_000, people=2, school_id=scene.school.id, actor=scene.manager)
    with pytest.raises(Invalid):
        settings.add_step(zone_id=scene.zone.id, above_pence=1, people=2, school_id=scene.school.id, fund_id=scene.fund.id, actor=scene.manager)
    commission = scene.approved()
    assert commission.state is _S.REQUESTED
    assert decisions.approve(commission_id=commission.id, actor=scene.second).state is _S.APPROVED
    small = scene.approved(sessions=5)
    assert small.state is _S.APPROVED
    settings.add_step(zone_id=scene.zone.id, above_pence=0, people=2, fund_id=scene.fund.id, actor=scene.manager)
    assert scene.approved(sessions=1).state is _S.REQUESTED


def test_who_stands_in_decides_in_these_days_within_the_others_limits_and_counts_as_them(scene: Scene) -> None:
    today = clock.today()
    away = standing_in.stand_in(
        person_id=scene.manager.id, zone_id=scene.zone.id, starts_on=today + timedelta(days=1), ends_on=today + timedelta(days=3),
        reason="On leave", actor=scene.holder,
    )
    commission = scene.request()
    with pytest.raises(MayNotDecide):
        decisions.approve(commission_id=commission.id, actor=scene.manager)
    with clock.freeze(MONDAY + timedelta(days=1)):
        with atomic():
            scene.zone.second_approver_above_pence = 10_000
        decisions.approve(commission_id=commission.id, actor=scene.manager)
        assert commission.decisions[0].for_id == scene.holder.id
        with pytest.raises(MayNotDecide, match="in your stead"):
            decisions.approve(commission_id=commission.id, actor=scene.holder)
        assert decisions.approve(commission_id=commission.id, actor=scene.second).state is _S.APPROVED
        settings.declare_interest(organisation_id=scene.organisation.id, reason="Trustee", actor=scene.holder)
        with pytest.raises(MayNotDecide, match="has an interest"):
            decisions.approve(commission_id=scene.request().id, actor=scene.manager)
        standing_in.end_stand_in(delegation_id=away[0].id, actor=scene.holder)
        with pytest.raises(MayNotDecide, match="no budget"):
            decisions.approve(commission_id=scene.request().id, actor=scene.manager)
    with clock.freeze(MONDAY + timedelta(days=4)), pytest.raises(DomainError):
        decisions.approve(commission_id=scene.request().id, actor=scene.manager)


def test_a_question_keeps_its_answer_when_nothing_is_taken_back(scene: Scene) -> None:
    commission = scene.request()
    decisions.return_(commission_id=commission.id, question="?", actor=scene.holder)
    commissions.answer_question(commission_id=commission.id, answer="!", actor=scene.link_worker)
    with pytest.raises(TooLateToUndo):
        undoing.take_back(commission_id=commission.id, actor=scene.holder)
