"""How commissions end, and how introductions, consent and commissions end together."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.accounts.models import Role
from app.catalogue.models import OfferingKind
from app.children import services as children
from app.commissioning.models import Account, CommissionState, PlaceState, WaitingState
from app.commissioning.queries.money import balance
from app.commissioning.queries.places import find_live_place
from app.commissioning.services import clock as sweeps
from app.commissioning.services import commissions, decisions, delivery, following, places, waiting
from app.introductions import hooks
from app.introductions import services as introductions
from app.introductions.models import EndReason, IntroductionState
from app.notifications.models import Task
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import Forbidden, Invalid
from tests import factories as make
from tests.commissioning.scene import Scene, build, person, turn_of

_S = CommissionState
REACH = {_S.REQUESTED: "request", _S.APPROVED: "approved", _S.CONFIRMED: "confirmed", _S.IN_DELIVERY: "going"}


def reach(scene: Scene, state: CommissionState, **given: Any) -> Any:
    """A commission brought to that state through the verbs."""
    if state in REACH:
        return getattr(scene, REACH[state])(**given)
    if state is _S.RETURNED:
        commission = scene.request(**given)
        return decisions.return_(commission_id=commission.id, question="Why?", actor=scene.holder)
    if state is _S.SUSPENDED:
        commission = scene.going(**given)
        return delivery.suspend(commission_id=commission.id, until_on=date(2026, 12, 31), reason="x", actor=scene.manager)
    raise AssertionError(state)


def free_money(scene: Scene) -> int:
    return balance(scene.fund.id, Account.AVAILABLE)


def cancel(commission: Any, actor: Any) -> Any:
    return commissions.cancel(commission_id=commission.id, reason="No longer needed", actor=actor)


@pytest.mark.parametrize("state", [_S.REQUESTED, _S.RETURNED, _S.APPROVED, _S.CONFIRMED])
def test_cancelling_before_the_first_session_frees_place_and_money_at_once(scene: Scene, state: Any) -> None:
    commission = reach(scene, state)
    cancel(commission, scene.link_worker)
    assert commission.state is _S.CANCELLED and commission.end_reason == "No longer needed"
    assert free_money(scene) == 500_000
    assert commission.place.state in (PlaceState.RELEASED, PlaceState.ENDED)


@pytest.mark.parametrize(("state", "is_open"), [
    (_S.REQUESTED, True), (_S.RETURNED, True), (_S.APPROVED, False), (_S.CONFIRMED, False),
])
def test_the_introduction_ends_with_what_was_promised_and_stays_open_when_a_request_is_withdrawn(scene: Scene, state: Any, is_open: Any) -> None:
    commission = reach(scene, state)
    cancel(commission, scene.manager)
    assert commission.introduction.is_open is is_open
    if not is_open:
        assert commission.introduction.end_reason is EndReason.COMMISSION_ENDED


def test_the_partner_cancels_only_what_was_promised_to_it(scene: Scene) -> None:
    with pytest.raises(Forbidden):
        cancel(scene.request(), scene.partner)
    assert cancel(scene.approved(), scene.partner).state is _S.CANCELLED


@pytest.mark.parametrize("who", ["manager", "holder", "link_worker"])
def test_those_who_work_with_the_child_or_decide_may_cancel(scene: Scene, who: Any) -> None:
    assert cancel(scene.approved(), getattr(scene, who)).state is _S.CANCELLED


def test_others_may_not_cancel(scene: Scene) -> None:
    commission = scene.approved()
    for somebody in (person(Role.LINK_WORKER, scene.zone), person(Role.FUNDER, scene.zone, fund_id=scene.fund.id), build().manager):
        with pytest.raises(Forbidden):
            cancel(commission, somebody)


def test_an_ending_needs_a_reason(scene: Scene) -> None:
    with pytest.raises(Invalid):
        commissions.cancel(commission_id=scene.request().id, reason=" ", actor=scene.link_worker)


@pytest.mark.parametrize("state", [_S.IN_DELIVERY, _S.SUSPENDED])
def test_ending_early_frees_what_is_unspent_and_pays_what_was_delivered(scene: Scene, state: Any) -> None:
    commission = reach(scene, _S.IN_DELIVERY)
    delivery.accrue(commission_id=commission.id, session_id=scene.sessions()[0].id, percent=100, revision=1, actor=None)
    if state is _S.SUSPENDED:
        delivery.suspend(commission_id=commission.id, until_on=date(2026, 12, 31), reason="x", actor=None)
    commissions.end_early(commission_id=commission.id, reason="Moving away", actor=scene.link_worker)
    assert commission.state is _S.ENDED_EARLY and commission.place.state is PlaceState.ENDED
    assert free_money(scene) == 498_000 and balance(scene.fund.id, Account.ACCRUED) == 2_000
    assert not commission.introduction.is_open
    assert all(pause.ended_on is not None for pause in commission.suspensions)


def test_notice_is_charged_only_where_the_tariff_says_so_and_the_partner_does_not_end_it(scene: Scene) -> None:
    with atomic():
        scene.tariff.notice_percent = 50
    commissions.end_early(commission_id=scene.going().id, reason="Moving away", actor=scene.link_worker)
    assert balance(scene.fund.id, Account.ACCRUED) == 1_000
    commissions.end_early(commission_id=scene.going().id, reason="We close", actor=scene.partner)
    assert balance(scene.fund.id, Account.ACCRUED) == 1_000


def test_a_freed_place_goes_to_the_waiting_list_in_the_same_transaction(scene: Scene) -> None:
    places.change_capacity(cohort_id=scene.cohort.id, capacity=1, actor=scene.partner)
    commission = scene.approved()
    waits = scene.request(join_waiting_list=True)
    cancel(commission, scene.link_worker)
    assert turn_of(waits).state is WaitingState.OFFERED and waits.place is not None


def test_withdrawing_a_request_leaves_the_waiting_list(scene: Scene) -> None:
    places.change_capacity(cohort_id=scene.cohort.id, capacity=0, actor=scene.partner)
    commission = scene.request(join_waiting_list=True)
    cancel(commission, scene.link_worker)
    assert turn_of(commission).state is WaitingState.LEFT and free_money(scene) == 500_000


# --- the clock -----------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [_S.REQUESTED, _S.RETURNED])
def test_when_the_hold_runs_out_the_request_expires_and_the_link_worker_is_told(scene: Scene, state: Any) -> None:
    commission = reach(scene, state)
    assert sweeps.expire_due() == 0
    with clock.freeze(commission.decide_by):
        assert commission.state_now is _S.EXPIRED
        assert sweeps.expire_due() == 1
        assert sweeps.expire_due() == 0
    assert commission.state is _S.EXPIRED and commission.place.state is PlaceState.RELEASED
    assert free_money(scene) == 500_000 and commission.introduction.is_open
    assert db.session.query(Task).filter_by(kind="commission_over", closed_at=None).one().person_id == scene.link_worker.id


def test_the_clock_passes_on_what_nobody_answered(scene: Scene) -> None:
    places.change_capacity(cohort_id=scene.cohort.id, capacity=0, actor=scene.partner)
    first, second = scene.request(join_waiting_list=True), scene.request(join_waiting_list=True)
    places.change_capacity(cohort_id=scene.cohort.id, capacity=1, actor=scene.partner)
    with clock.freeze(turn_of(first).offered_until):
        sweeps.run()
    assert (turn_of(first).state, turn_of(second).state) == (WaitingState.WAITING, WaitingState.OFFERED)
    assert first.place_id is None


def test_a_pause_that_has_run_out_is_asked_about(scene: Scene) -> None:
    commission = reach(scene, _S.SUSPENDED)
    assert sweeps.ask_about_pauses() == 0
    with clock.freeze(clock.end_of_day(date(2026, 12, 31))):
        sweeps.run()
    assert db.session.query(Task).filter_by(kind="pause_over").one().person_id == scene.link_worker.id
    assert commission.state is _S.SUSPENDED


# --- together ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("state", "to"), [
    (_S.REQUESTED, _S.CANCELLED), (_S.RETURNED, _S.CANCELLED), (_S.APPROVED, _S.CANCELLED), (_S.CONFIRMED, _S.CANCELLED),
    (_S.IN_DELIVERY, _S.ENDED_EARLY), (_S.SUSPENDED, _S.ENDED_EARLY),
])
def test_when_the_introduction_ends_its_commission_ends_with_it(scene: Scene, state: Any, to: Any) -> None:
    commission = reach(scene, state)
    assert hooks.what_ends(commission.introduction) != []
    introductions.end(introduction_id=commission.introduction_id, reason=EndReason.CHILD_NO, actor=scene.link_worker)
    assert commission.state is to and commission.end_reason == "The child said no"
    assert free_money(scene) == 500_000


@pytest.mark.parametrize("state", [_S.REQUESTED, _S.APPROVED, _S.IN_DELIVERY])
def test_when_consent_is_withdrawn_everything_with_that_organisation_ends(scene: Scene, state: Any) -> None:
    commission = reach(scene, state)
    consent = make.make_consent(commission.child, scene.organisation)
    delivered = 0
    if state is _S.IN_DELIVERY:
        delivery.accrue(commission_id=commission.id, session_id=scene.sessions()[0].id, percent=100, revision=1, actor=None)
        delivered = 2_000
    children.withdraw_consent(consent_id=consent.id, child_id=commission.child_id, why="Changed her mind", actor=scene.link_worker)
    assert commission.state in (_S.CANCELLED, _S.ENDED_EARLY)
    assert commission.introduction.end_reason is EndReason.CONSENT_WITHDRAWN
    assert (free_money(scene), balance(scene.fund.id, Account.ACCRUED)) == (500_000 - delivered, delivered)


def test_consent_ends_what_is_still_delivered_after_the_introduction_was_closed(scene: Scene) -> None:
    commission = scene.going()
    with atomic():
        commission.introduction.state = IntroductionState.CLOSED
        following.on_consent_withdrawn(commission.child, scene.organisation.id, scene.link_worker)
    assert commission.state is _S.ENDED_EARLY


def test_a_child_who_leaves_keeps_neither_place_nor_turn(scene: Scene) -> None:
    places.change_capacity(cohort_id=scene.cohort.id, capacity=1, actor=scene.partner)
    commission = scene.approved()
    waits = scene.child()
    turn = waiting.join_waiting_list(cohort_id=scene.cohort.id, child_id=waits.id, actor=scene.link_worker)
    with atomic():
        following.on_child_left(waits, scene.manager)
        following.on_child_left(commission.child, scene.manager)
    assert turn.state is WaitingState.LEFT and commission.state is _S.CANCELLED


@pytest.mark.parametrize("reason", ["declined", "lapsed"])
def test_a_partners_no_frees_place_and_money(scene: Scene, reason: Any) -> None:
    commission = scene.approved(scene.introduction(state=IntroductionState.ASKED))
    with atomic():
        hooks.on_ended(commission.introduction, None, reason)
    assert commission.state is _S.CANCELLED and free_money(scene) == 500_000


def test_a_local_assets_place_is_free_when_its_introduction_ends(scene: Scene) -> None:
    library = make.make_offering(scene.organisation, kind=OfferingKind.COMMUNITY_ASSET)
    cohort = make.make_cohort(library, capacity=1)
    introduction = scene.introduction(offering=library)
    with atomic():
        introduction.cohort_id = cohort.id
        hooks.on_agreed(introduction, scene.partner, scene.practitioner.id)
    place = find_live_place(cohort.id, introduction.child_id)
    assert place is not None and place.state is PlaceState.TAKEN
    introductions.end(introduction_id=introduction.id, reason=EndReason.PARENT_NO, actor=scene.link_worker)
    assert place.state is PlaceState.ENDED


def test_the_preview_says_what_comes_back_and_what_stays_paid(scene: Scene) -> None:
    commission = scene.going()
    delivery.accrue(commission_id=commission.id, session_id=scene.sessions()[0].id, percent=100, revision=1, actor=None)
    title = scene.offering.title
    assert hooks.what_ends(commission.introduction) == [
        f"The commission for {title} ends and its place is free, and £180 comes back. The £20 for what was delivered is still paid."
    ]


def test_what_introductions_ask_is_answered(scene: Scene) -> None:
    introduction = scene.introduction()
    assert (hooks.commission_requested(introduction), hooks.commission_approved(introduction)) == (False, False)
    commission = scene.request(introduction)
    assert (hooks.commission_requested(introduction), hooks.commission_approved(introduction)) == (True, False)
    with clock.freeze(commission.decide_by):
        assert not hooks.commission_requested(introduction)
    decisions.approve(commission_id=commission.id, actor=scene.holder)
    assert (hooks.commission_requested(introduction), hooks.commission_approved(introduction)) == (True, True)
