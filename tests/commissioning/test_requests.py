"""Asking for a place and its money."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.audit.queries import list_entries_for
from app.catalogue.models import OfferingKind
from app.children.models import ChildState
from app.commissioning.models import Account, CommissionState, PlaceState
from app.commissioning.queries.money import balance, spoken_for
from app.commissioning.refusals import AlreadyAsked, EnvelopeFull, HoldLapsed, NoPlaceLeft, NotReady
from app.commissioning.services import commissions, decisions, places
from app.introductions.models import IntroductionState
from app.notifications.models import Task
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import Forbidden, IllegalMove, Invalid, Stale
from tests import factories as make
from tests.commissioning.scene import Scene, turn_of

_I = IntroductionState


def test_a_request_holds_a_place_and_reserves_the_money_at_todays_tariff(scene: Scene) -> None:
    commission = scene.request()
    assert commission.state is CommissionState.REQUESTED
    assert (commission.sessions, commission.price_pence, commission.total_pence, commission.year) == (10, 2_000, 20_000, 2026)
    assert commission.tariff_id == scene.tariff.id
    assert commission.place.state is PlaceState.HELD
    assert commission.decide_by == commission.place.expires_at == clock.end_of_day(date(2026, 12, 7))
    assert balance(scene.fund.id, Account.REQUESTED) == 20_000
    assert [(s.fund_id, s.pence) for s in commission.shares] == [(scene.fund.id, 20_000)]
    entry = list_entries_for(commission)[-1]
    assert (entry.action, entry.from_state, entry.to_state) == ("commissioning.commission.requested", "draft", "requested")


def test_setting_up_is_part_of_the_price(scene: Scene) -> None:
    with atomic():
        scene.tariff.setup_pence = 1_500
    assert scene.request().total_pence == 21_500


@pytest.mark.parametrize("state", [s for s in _I if s not in (
    _I.LISTENING, _I.READY, _I.ASKED, _I.AGREED, _I.ARRANGED, _I.MET, _I.JOINED, _I.SETTLED)])
def test_money_is_not_asked_for_before_listening_has_begun_or_after_the_end(scene: Scene, state: Any) -> None:
    with pytest.raises(NotReady):
        scene.request(scene.introduction(state=state))


@pytest.mark.parametrize("state", [_I.LISTENING, _I.READY, _I.ASKED, _I.AGREED, _I.MET, _I.SETTLED])
def test_money_may_be_asked_for_from_listening_on(scene: Scene, state: Any) -> None:
    assert scene.request(scene.introduction(state=state)).state is CommissionState.REQUESTED


def test_what_is_free_is_not_bought(scene: Scene) -> None:
    library = make.make_offering(scene.organisation, kind=OfferingKind.COMMUNITY_ASSET)
    cohort = make.make_cohort(library)
    with pytest.raises(NotReady, match="not paid for"):
        scene.request(scene.introduction(offering=library), cohort_id=cohort.id)


def test_a_price_is_needed(scene: Scene) -> None:
    other = make.make_offering(scene.organisation)
    cohort = make.make_cohort(other)
    with pytest.raises(NotReady, match="has no price"):
        scene.request(scene.introduction(offering=other), cohort_id=cohort.id)


@pytest.mark.parametrize(("given", "field"), [
    ({"sessions": 0}, "sessions"), ({"sessions": 13}, "sessions"), ({"sessions": 101}, "sessions"), ({"goal": " "}, "goal"),
    ({"why": ""}, "why"), ({"free_alternatives": "\n"}, "free_alternatives"), ({"need_code": "Academic:maths"}, "need"),
])
def test_what_is_missing_is_said_at_its_field(scene: Scene, given: Any, field: Any) -> None:
    with pytest.raises(Invalid) as refused:
        scene.request(**given)
    assert refused.value.field == field
    assert balance(scene.fund.id, Account.REQUESTED) == 0


def test_the_group_is_one_of_the_offering(scene: Scene) -> None:
    other = make.make_cohort(make.make_offering(scene.organisation))
    with pytest.raises(Invalid, match="group of this offering"):
        scene.request(cohort_id=other.id)


@pytest.mark.parametrize("what", ["child", "offering", "organisation"])
def test_nothing_is_asked_for_where_child_offering_or_organisation_stands_still(scene: Scene, what: Any) -> None:
    introduction = scene.introduction()
    with atomic():
        if what == "child":
            introduction.child.state = ChildState.ENDED
        elif what == "offering":
            scene.offering.state = "paused"
        else:
            scene.organisation.state = "restricted"
    with pytest.raises(NotReady):
        scene.request(introduction)


def test_one_introduction_has_one_live_request(scene: Scene) -> None:
    introduction = scene.introduction()
    scene.request(introduction)
    with pytest.raises(AlreadyAsked):
        scene.request(introduction)


def test_after_a_no_it_may_be_asked_again(scene: Scene) -> None:
    introduction = scene.introduction()
    first = scene.request(introduction)
    decisions.reject(commission_id=first.id, reason="Too dear", actor=scene.holder)
    assert scene.request(introduction, sessions=5).state is CommissionState.REQUESTED


def test_after_the_hold_ran_out_it_may_be_asked_again_without_any_job(scene: Scene) -> None:
    introduction = scene.introduction()
    first = scene.request(introduction)
    with clock.freeze(first.decide_by):
        again = scene.request(introduction, sessions=5)
        assert (first.state, again.state) == (CommissionState.EXPIRED, CommissionState.REQUESTED)
        assert balance(scene.fund.id, Account.REQUESTED) == 10_000


def test_the_envelope_is_not_passed(scene: Scene) -> None:
    with atomic():
        scene.tariff.price_pence = 10_001
    with pytest.raises(EnvelopeFull, match=r"This costs £1,000\.10, and £1,000 of this child’s £1,000 for the year is free") as refused:
        scene.request()
    assert refused.value.field == "sessions"


def test_what_is_asked_for_counts_against_the_envelope(scene: Scene) -> None:
    child = scene.child()
    with atomic():
        scene.tariff.price_pence = 6_000
    scene.request(scene.introduction(child))
    other = make.make_offering(scene.organisation)
    make.make_tariff(other, price_pence=5_000)
    cohort = make.make_cohort(other, sessions=10)
    with pytest.raises(EnvelopeFull, match="£400 of this child’s £1,000"):
        scene.request(scene.introduction(child, offering=other), cohort_id=cohort.id)
    assert spoken_for(child.id, 2026).asked == 60_000


def test_a_full_group_refuses_and_changes_nothing(scene: Scene) -> None:
    places.change_capacity(cohort_id=scene.cohort.id, capacity=0, actor=scene.partner)
    with pytest.raises(NoPlaceLeft):
        scene.request()
    assert balance(scene.fund.id, Account.REQUESTED) == 0


def test_a_full_group_has_a_waiting_list(scene: Scene) -> None:
    places.change_capacity(cohort_id=scene.cohort.id, capacity=0, actor=scene.partner)
    commission = scene.request(join_waiting_list=True)
    assert commission.place_id is None and turn_of(commission).child_id == commission.child_id
    assert balance(scene.fund.id, Account.REQUESTED) == 20_000


def test_while_money_is_missing_nothing_is_reserved_and_the_request_stands(scene: Scene) -> None:
    scene.request(sessions=12)
    poor = scene.fund_with(0)
    with atomic():
        scene.fund.is_closed = True
    commission = scene.request()
    assert commission.state is CommissionState.REQUESTED and commission.shares == []
    assert balance(poor.id, Account.REQUESTED) == 0


def test_only_those_who_work_with_the_child_ask(scene: Scene) -> None:
    stranger = make.make_person("link_worker", scene.zone)
    with pytest.raises(Forbidden):
        scene.request(actor=stranger)


def test_a_question_is_answered_and_the_request_is_back_in_the_queue(scene: Scene) -> None:
    commission = scene.request()
    decisions.return_(commission_id=commission.id, question="Why not the library?", actor=scene.holder)
    task = db.session.query(Task).filter_by(kind="commission_question").one()
    assert task.person_id == scene.link_worker.id and task.closed_at is None
    commissions.answer_question(commission_id=commission.id, answer="It has no drums.", actor=scene.link_worker)
    assert commission.state is CommissionState.REQUESTED
    db.session.refresh(task)
    assert task.closed_at is not None


def test_a_question_keeps_the_hold_five_school_days_longer(scene: Scene) -> None:
    commission = scene.request()
    decisions.return_(commission_id=commission.id, question="Why?", actor=scene.holder)
    assert commission.decide_by == commission.place.expires_at == clock.end_of_day(date(2026, 12, 14))


def test_an_answer_after_the_hold_ran_out_is_too_late(scene: Scene) -> None:
    commission = scene.request()
    decisions.return_(commission_id=commission.id, question="Why?", actor=scene.holder)
    with clock.freeze(commission.decide_by), pytest.raises(HoldLapsed):
        commissions.answer_question(commission_id=commission.id, answer="So.", actor=scene.link_worker)


def test_only_a_question_is_answered(scene: Scene) -> None:
    with pytest.raises(IllegalMove):
        commissions.answer_question(commission_id=scene.request().id, answer="So.", actor=scene.link_worker)


def test_a_stale_click_is_refused_and_says_what_changed(scene: Scene) -> None:
    commission = scene.request()
    seen = commission.version
    decisions.return_(commission_id=commission.id, question="Why?", actor=scene.holder)
    with pytest.raises(Stale, match=f"{scene.holder.name}: sent back with a question"):
        decisions.approve(commission_id=commission.id, actor=scene.second, seen_version=seen)
