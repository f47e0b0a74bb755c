"""More or fewer sessions, and requests for several children at once."""

from __future__ import annotations

from uuid import UUID

import pytest

from app.commissioning import invariants
from app.commissioning.models import Account, Commission, CommissionState, Variation, VariationState
from app.commissioning.queries.money import balance
from app.commissioning.queries.places import count_live
from app.commissioning.refusals import (
    AlreadyAsked,
    CeilingPassed,
    EnvelopeFull,
    MayNotDecide,
    NoPlaceLeft,
    NotEnoughMoney,
)
from app.commissioning.services import (
    changing,
    commissions,
    decisions,
    delivery,
    envelopes,
    places,
    variations,
)
from app.shared.db import atomic
from app.shared.errors import Forbidden, IllegalMove, Invalid
from tests.commissioning.scene import Scene, turn_of

_S, _V = CommissionState, VariationState


def _more(scene: Scene, commission_id: UUID, sessions: int) -> Variation:
    return variations.change(commission_id=commission_id, sessions=sessions, reason="x", actor=scene.link_worker)


def test_fewer_sessions_approve_themselves_and_give_the_difference_back_at_once(scene: Scene) -> None:
    other = scene.fund_with(3_333, name="Soon", need_area="Social")
    commission = scene.going()
    assert {s.fund_id for s in commission.shares} == {scene.fund.id, other.id}
    delivery.accrue(commission_id=commission.id, session_id=scene.sessions()[0].id, percent=50, revision=1, actor=None)
    with pytest.raises(Forbidden):
        variations.change(commission_id=commission.id, sessions=3, reason="x", actor=scene.holder)
    for wrong in (0, 10, 101):
        with pytest.raises(Invalid):
            _more(scene, commission.id, wrong)
    free = balance(scene.fund.id, Account.AVAILABLE) + balance(other.id, Account.AVAILABLE)
    change = _more(scene, commission.id, 3)
    assert (change.state, change.pence) == (_V.APPROVED, -14_000)
    assert (commission.sessions, commission.total_pence, sum(s.pence for s in commission.shares)) == (3, 6_000, 6_000)
    assert balance(scene.fund.id, Account.AVAILABLE) + balance(other.id, Account.AVAILABLE) == free + 14_000
    assert invariants.broken() == []
    _more(scene, commission.id, 1)
    commissions.end_early(commission_id=commission.id, reason="x", actor=scene.link_worker)
    assert balance(scene.fund.id, Account.COMMITTED) == balance(other.id, Account.COMMITTED) == 0
    assert invariants.broken() == []


def test_more_sessions_ask_for_the_difference_alone_and_somebody_else_decides(scene: Scene) -> None:
    with atomic():
        scene.zone.second_approver_above_pence = 20_000
    commission = scene.confirmed()
    change = _more(scene, commission.id, 12)
    assert (change.state, change.pence) == (_V.REQUESTED, 4_000)
    with pytest.raises(AlreadyAsked):
        _more(scene, commission.id, 11)
    with pytest.raises(MayNotDecide):
        variations.approve_change(variation_id=change.id, actor=scene.link_worker)
    variations.approve_change(variation_id=change.id, actor=scene.holder)
    assert commission.sessions == 10, "above the threshold two people say yes to what it comes to"
    with pytest.raises(MayNotDecide):
        variations.approve_change(variation_id=change.id, actor=scene.holder)
    variations.approve_change(variation_id=change.id, actor=scene.second)
    assert (commission.sessions, commission.total_pence, commission.state) == (12, 24_000, _S.CONFIRMED)
    assert balance(scene.fund.id, Account.COMMITTED) == 24_000
    assert invariants.broken() == []


def test_more_sessions_are_refused_where_the_envelope_the_funds_or_the_ceiling_end(scene: Scene) -> None:
    commission = scene.confirmed()
    with pytest.raises(Invalid, match="12 sessions to come"):
        _more(scene, commission.id, 13)
    change = _more(scene, commission.id, 11)
    with atomic():
        scene.zone.full_yearly_cost_pence = 40_000
    with pytest.raises(CeilingPassed):
        variations.approve_change(variation_id=change.id, actor=scene.holder)
    with atomic():
        scene.zone.full_yearly_cost_pence, scene.fund.is_closed = 280_000, True
    with pytest.raises(NotEnoughMoney):
        variations.approve_change(variation_id=change.id, actor=scene.holder)
    variations.reject_change(variation_id=change.id, reason="No", actor=scene.holder)
    with pytest.raises(IllegalMove):
        variations.approve_change(variation_id=change.id, actor=scene.holder)
    envelopes.change_envelope(child_id=commission.child_id, year=commission.year, pence=20_000, reason="x", actor=scene.manager)
    with pytest.raises(EnvelopeFull):
        _more(scene, commission.id, 11)


def _together(scene: Scene, how_many: int) -> list[commissions.Asked]:
    return [commissions.Asked(i.id, i.child.needs[0].code) for i in (scene.introduction() for _ in range(how_many))]


def _ask(scene: Scene, children: list[commissions.Asked]) -> list[Commission]:
    return commissions.request_together(
        children=children, cohort_id=scene.cohort.id, sessions=10, goal="To drum.", why="They go together.", free_alternatives="None.",
        actor=scene.link_worker,
    )


def test_siblings_are_held_and_decided_both_or_none_each_with_money_of_their_own(scene: Scene) -> None:
    places.change_capacity(cohort_id=scene.cohort.id, capacity=3, actor=scene.manager)
    first, second = _ask(scene, _together(scene, 2))
    assert first.decide_by == second.decide_by
    with pytest.raises(NoPlaceLeft):
        _ask(scene, _together(scene, 2))
    assert count_live([scene.cohort.id]) == {scene.cohort.id: 2}, "one place was left, so neither got it"
    assert balance(scene.fund.id, Account.REQUESTED) == 40_000
    decisions.approve(commission_id=second.id, actor=scene.holder)
    assert (first.state, second.state) == (_S.APPROVED, _S.APPROVED)
    assert [c.shares[0].pence for c in (first, second)] == [20_000, 20_000]
    assert invariants.broken() == []


def test_what_cannot_be_approved_for_one_is_approved_for_none_and_a_no_is_for_all(scene: Scene) -> None:
    first, second = _ask(scene, _together(scene, 2))
    decisions.return_(commission_id=second.id, question="?", actor=scene.holder)
    with pytest.raises(IllegalMove):
        decisions.approve(commission_id=first.id, actor=scene.holder)
    assert first.state is _S.REQUESTED
    decisions.reject(commission_id=first.id, reason="x", actor=scene.holder)
    assert (first.state, second.state) == (_S.REJECTED, _S.CANCELLED)
    assert count_live([scene.cohort.id]).get(scene.cohort.id, 0) == 0
    assert balance(scene.fund.id, Account.REQUESTED) == 0
    assert invariants.broken() == []


def test_a_waiting_child_keeps_its_turn_and_a_held_one_its_place_when_the_familys_wish_changes(scene: Scene) -> None:
    places.change_capacity(cohort_id=scene.cohort.id, capacity=1, actor=scene.manager)
    with atomic():
        scene.zone.second_approver_above_pence = 10_000
    held, waiting = scene.request(), scene.request(join_waiting_list=True)
    decisions.approve(commission_id=held.id, actor=scene.holder)
    turn, until = turn_of(waiting).joined_at, held.decide_by
    for commission, sessions in ((held, 6), (waiting, 12)):
        changing.change_request(commission_id=commission.id, sessions=sessions, reason="Less often", actor=scene.link_worker)
        assert (commission.total_pence, sum(s.pence for s in commission.shares)) == (sessions * 2_000, sessions * 2_000)
    assert (turn_of(waiting).joined_at, held.decide_by, held.decisions) == (turn, until, []), "the yes was for another sum"
    assert balance(scene.fund.id, Account.REQUESTED) == 36_000
    envelopes.change_envelope(child_id=held.child_id, year=held.year, pence=12_000, reason="x", actor=scene.manager)
    with pytest.raises(EnvelopeFull):
        changing.change_request(commission_id=held.id, sessions=7, reason="x", actor=scene.link_worker)
    commissions.cancel(commission_id=held.id, reason="x", actor=scene.link_worker)
    assert turn_of(waiting).state == "offered"
    assert invariants.broken() == []
