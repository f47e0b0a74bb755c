"""The budget holder's word: who may give it, on what, and what it moves."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.audit.queries import list_entries_for
from app.catalogue.models import Document, DocumentKind
from app.commissioning.models import Account, CommissionState, PlaceState, WaitingState
from app.commissioning.queries.approvals import Share
from app.commissioning.queries.money import balance, by_funder
from app.commissioning.refusals import (
    CeilingPassed,
    DocumentsLapsed,
    EnvelopeFull,
    HoldLapsed,
    MayNotDecide,
    NotEnoughMoney,
    NotReady,
)
from app.commissioning.services import commissions, decisions, envelopes, funds, places, settings
from app.introductions.models import IntroductionState
from app.notifications.models import Task
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import IllegalMove, Invalid
from tests import factories as make
from tests.commissioning.scene import Scene, build, person, turn_of


def approve(commission: Any, actor: Any) -> Any:
    return decisions.approve(commission_id=commission.id, actor=actor)


def money(scene: Scene) -> tuple[int, int, int]:
    return tuple(balance(scene.fund.id, a) for a in (Account.AVAILABLE, Account.REQUESTED, Account.COMMITTED))  # type: ignore[return-value]


def expensive(scene: Scene, price_pence: int) -> None:
    with atomic():
        scene.tariff.price_pence = price_pence


# --- yes -----------------------------------------------------------------------------------------


def test_a_yes_commits_the_money_and_firms_the_place(scene: Scene) -> None:
    commission = scene.request()
    assert money(scene) == (480_000, 20_000, 0)
    approve(commission, scene.holder)
    assert commission.state is CommissionState.APPROVED
    assert money(scene) == (480_000, 0, 20_000)
    assert (commission.place.state, commission.place.expires_at) == (PlaceState.FIRM, None)
    assert commission.decide_by is None
    entry = [e for e in list_entries_for(commission) if e.action.endswith(".approved")][-1]
    assert (entry.actor_name, entry.from_state, entry.to_state) == (scene.holder.name, "requested", "approved")


def test_the_same_yes_sent_twice_is_one(scene: Scene) -> None:
    commission = scene.request()
    seen = commission.version
    for _ in range(2):
        decisions.approve(commission_id=commission.id, actor=scene.holder, seen_version=seen)
    assert len(commission.decisions) == 1
    assert money(scene) == (480_000, 0, 20_000)


def test_what_is_approved_is_not_approved_again_by_somebody_else(scene: Scene) -> None:
    commission = scene.approved()
    with pytest.raises(IllegalMove):
        approve(commission, scene.second)


# --- who -----------------------------------------------------------------------------------------


def test_the_requester_never_decides(scene: Scene) -> None:
    both = person("budget_holder", scene.zone)
    with atomic():
        both.grants.append(make.RoleGrant(role="zone_manager", zone_id=scene.zone.id, starts_on=date(2026, 1, 1)))
    commission = scene.request(actor=both)
    with pytest.raises(MayNotDecide, match="You asked for this yourself"):
        approve(commission, both)


def test_somebody_with_an_interest_does_not_decide(scene: Scene) -> None:
    settings.declare_interest(organisation_id=scene.organisation.id, reason="Trustee", actor=scene.holder)
    commission = scene.request()
    with pytest.raises(MayNotDecide, match="declared an interest"):
        approve(commission, scene.holder)
    approve(commission, scene.second)


def test_an_interest_that_has_ended_no_longer_stands(scene: Scene) -> None:
    interest = settings.declare_interest(organisation_id=scene.organisation.id, reason="Trustee", actor=scene.holder)
    settings.end_interest(interest_id=interest.id, actor=scene.holder)
    assert approve(scene.request(), scene.holder).state is CommissionState.APPROVED


def test_nobody_decides_above_their_own_limit(scene: Scene) -> None:
    holder = scene.budget_holder(limit_pence=19_999)
    with pytest.raises(MayNotDecide, match=r"£200 is over your limit of £199\.99"):
        approve(scene.request(), holder)
    assert approve(scene.request(), scene.budget_holder(limit_pence=20_000)).state is CommissionState.APPROVED


def test_a_grant_for_a_school_covers_that_schools_children(scene: Scene) -> None:
    other = make.make_school(scene.zone)
    commission = scene.request()
    with pytest.raises(MayNotDecide, match="Zone or school"):
        approve(commission, scene.budget_holder(school_id=other.id))
    approve(commission, scene.budget_holder(school_id=scene.school.id))


def test_a_grant_for_a_fund_covers_what_that_fund_alone_pays(scene: Scene) -> None:
    narrow = scene.fund_with(15_000, school_id=scene.school.id)
    commission = scene.request()  # £150 from the school's fund, £50 from the open one
    with pytest.raises(MayNotDecide, match="not yours to decide"):
        approve(commission, scene.budget_holder(fund_id=narrow.id))
    small = scene.request(sessions=5)
    with pytest.raises(MayNotDecide):
        approve(small, scene.budget_holder(fund_id=narrow.id))
    assert approve(small, scene.budget_holder(fund_id=scene.fund.id)).state is CommissionState.APPROVED


@pytest.mark.parametrize("role", ["zone_manager", "link_worker", "school_lead", "safeguarding_lead"])
def test_only_budget_holders_decide(scene: Scene, role: Any) -> None:
    somebody = person(role, scene.zone, **({"school_id": scene.school.id} if role == "school_lead" else {}))
    with pytest.raises(MayNotDecide, match="You hold no budget"):
        approve(scene.request(), somebody)


def test_a_budget_holder_of_another_zone_does_not_decide(scene: Scene) -> None:
    with pytest.raises(MayNotDecide):
        approve(scene.request(), build().holder)


def test_a_grant_that_has_ended_does_not_decide(scene: Scene) -> None:
    with atomic():
        scene.holder.grants[0].ends_on = date(2026, 11, 22)
    with pytest.raises(MayNotDecide):
        approve(scene.request(), scene.holder)


# --- on what -------------------------------------------------------------------------------------


def test_no_money_is_promised_while_still_listening(scene: Scene) -> None:
    commission = scene.request(scene.introduction(state=IntroductionState.LISTENING))
    with pytest.raises(NotReady, match="not both said yes"):
        approve(commission, scene.holder)


@pytest.mark.parametrize("state", ["declined", "lapsed", "not_yet"])
def test_no_money_is_promised_for_an_introduction_that_stands_still(scene: Scene, state: Any) -> None:
    introduction = scene.introduction()
    commission = scene.request(introduction)
    with atomic():
        introduction.state, introduction.ask_again_on = state, date(2026, 12, 1)
    with pytest.raises(NotReady):
        approve(commission, scene.holder)


def test_a_request_whose_hold_ran_out_has_expired_without_any_job(scene: Scene) -> None:
    commission = scene.request()
    with clock.freeze(commission.decide_by), pytest.raises(HoldLapsed, match="kept until Mon 7 Dec"):
        approve(commission, scene.holder)


def test_nothing_is_promised_while_a_document_is_missing(scene: Scene) -> None:
    commission = scene.request()
    with atomic():
        db.session.query(Document).filter_by(kind=DocumentKind.BEHAVIOUR_AGREEMENT).delete()
    with pytest.raises(DocumentsLapsed):
        approve(commission, scene.holder)


def test_a_document_that_runs_out_before_the_last_session_is_asked_for_again(scene: Scene) -> None:
    commission = scene.request()
    with atomic():
        db.session.query(Document).filter_by(kind=DocumentKind.PUBLIC_LIABILITY).one().expires_on = date(2026, 12, 31)
    approve(commission, scene.holder)
    task = db.session.query(Task).filter_by(kind="renew_documents").one()
    assert task.person_id == scene.partner.id


def test_a_child_on_the_waiting_list_waits_for_a_place_before_the_money(scene: Scene) -> None:
    places.change_capacity(cohort_id=scene.cohort.id, capacity=0, actor=scene.partner)
    commission = scene.request(join_waiting_list=True)
    with pytest.raises(NotReady, match="next in line"):
        approve(commission, scene.holder)
    places.change_capacity(cohort_id=scene.cohort.id, capacity=1, actor=scene.partner)
    approve(commission, scene.holder)
    assert turn_of(commission).state is WaitingState.PLACED


def test_the_envelope_is_looked_at_again(scene: Scene) -> None:
    commission = scene.request()
    with atomic():
        envelopes.find_envelope(commission.child_id, 2026).pence = 19_999
    with pytest.raises(EnvelopeFull):
        approve(commission, scene.holder)


# --- money ---------------------------------------------------------------------------------------


def test_a_request_that_waits_for_money_is_told_how_much_is_left_and_stays_open(scene: Scene) -> None:
    expensive(scene, 6_000)
    with atomic():
        scene.fund.is_closed = True
    scene.fund_with(90_000)
    first, second = scene.request(), scene.request()
    approve_both = [person("budget_holder", scene.zone), person("budget_holder", scene.zone)]
    for holder in approve_both:
        approve(first, holder)
    with pytest.raises(NotEnoughMoney, match="£300 left") as refused:
        approve(second, scene.holder)
    assert refused.value.left_pence == 30_000
    assert (first.state, second.state) == (CommissionState.APPROVED, CommissionState.REQUESTED)


def test_money_that_arrives_later_pays_for_a_request_that_waited(scene: Scene) -> None:
    with atomic():
        scene.fund.is_closed = True
    poor = scene.fund_with(0, name="Poor")
    commission = scene.request()
    with pytest.raises(NotEnoughMoney, match="£0 left"):
        approve(commission, scene.holder)
    funds.pledge(fund_id=poor.id, pence=20_000, reference="l", actor=scene.manager)
    funds.receive(fund_id=poor.id, pence=20_000, reference="b", actor=scene.manager)
    approve(commission, scene.holder)
    assert [(s.fund.name, s.pence) for s in commission.shares] == [("Poor", 20_000)]


def test_when_a_fund_no_longer_fits_the_split_is_made_again(scene: Scene) -> None:
    narrow = scene.fund_with(30_000, school_id=scene.school.id)
    commission = scene.request()
    assert [s.fund_id for s in commission.shares] == [narrow.id]
    with atomic():
        narrow.is_closed = True
    approve(commission, scene.holder)
    assert [s.fund_id for s in commission.shares] == [scene.fund.id]
    assert balance(narrow.id, Account.AVAILABLE) == 30_000 and balance(narrow.id, Account.REQUESTED) == 0


def test_a_lapsed_request_does_not_keep_its_money_from_others(scene: Scene) -> None:
    with atomic():
        scene.fund.is_closed = True
    scene.fund_with(20_000)
    first = scene.request()
    second = scene.request()
    assert second.shares == []
    with clock.freeze(datetime(2026, 12, 4, 9, 0, tzinfo=UTC)):
        decisions.return_(commission_id=second.id, question="When?", actor=scene.holder)
    with clock.freeze(first.decide_by):
        commissions.answer_question(commission_id=second.id, answer="Soon.", actor=scene.link_worker)
        approve(second, scene.holder)
        assert (first.state, second.state) == (CommissionState.EXPIRED, CommissionState.APPROVED)


@pytest.fixture
def low_ceiling(scene: Scene) -> Any:
    """10% of £1,000: a funder gives at most £100 of a child's year."""
    with atomic():
        scene.zone.full_yearly_cost_pence, scene.zone.ceiling_percent = 100_000, 10
    return scene


def test_no_funder_gives_more_than_the_ceiling_of_a_childs_year(low_ceiling: Scene) -> None:
    commission = low_ceiling.request()
    with pytest.raises(CeilingPassed, match="past 10% of this child’s year"):
        approve(commission, low_ceiling.holder)


def test_a_second_person_may_say_why_and_somebody_else_approves(low_ceiling: Scene) -> None:
    commission = low_ceiling.request()
    decisions.override(commission_id=commission.id, reason="Nobody else gives here", actor=low_ceiling.second)
    with pytest.raises(CeilingPassed, match="somebody else approves"):
        approve(commission, low_ceiling.second)
    assert approve(commission, low_ceiling.holder).state is CommissionState.APPROVED


def test_an_override_needs_a_reason_and_never_comes_from_the_requester(low_ceiling: Scene) -> None:
    commission = low_ceiling.request()
    with pytest.raises(Invalid):
        decisions.override(commission_id=commission.id, reason=" ", actor=low_ceiling.second)
    with pytest.raises(MayNotDecide):
        decisions.override(commission_id=commission.id, reason="x", actor=low_ceiling.link_worker)


def test_a_second_funder_keeps_the_first_within_the_ceiling(low_ceiling: Scene) -> None:
    low_ceiling.fund_with(50_000, funder="Council")
    commission = approve(low_ceiling.request(), low_ceiling.holder)
    assert sorted(s.pence for s in commission.shares) == [10_000, 10_000]


def test_the_ceiling_counts_all_funds_of_a_funder_and_the_childs_whole_year(low_ceiling: Scene) -> None:
    scene = low_ceiling
    scene.fund_with(50_000, funder="Larch Tree Foundation", name="Second of Larch Tree")
    scene.fund_with(50_000, funder="Council")
    child = scene.child()
    approve(scene.request(scene.introduction(child), sessions=8), scene.holder)
    other = make.make_offering(scene.organisation)
    make.make_tariff(other)
    cohort = make.make_cohort(other, sessions=10)
    commission = scene.request(scene.introduction(child, offering=other), cohort_id=cohort.id, sessions=2)
    assert sum(by_funder(child.id, 2026).values()) == 20_000
    assert max(by_funder(child.id, 2026).values()) == 10_000
    assert approve(commission, scene.holder).state is CommissionState.APPROVED


def test_the_ceiling_may_be_measured_on_what_is_commissioned(scene: Scene) -> None:
    with atomic():
        scene.zone.ceiling_base = "commissioned_spend"
    scene.fund_with(500_000, funder="Council")
    commission = approve(scene.request(), scene.holder)
    assert sorted(s.pence for s in commission.shares) == [10_000, 10_000]


# --- how many ------------------------------------------------------------------------------------


def test_above_the_zones_threshold_two_different_people_say_yes(scene: Scene) -> None:
    expensive(scene, 5_001)
    commission = scene.request()
    approve(commission, scene.holder)
    assert commission.state is CommissionState.REQUESTED and money(scene)[2] == 0
    with pytest.raises(MayNotDecide, match="You have said yes to this already"):
        approve(commission, scene.holder)
    assert approve(commission, scene.second).state is CommissionState.APPROVED


def test_at_the_threshold_one_is_enough(scene: Scene) -> None:
    expensive(scene, 5_000)
    assert approve(scene.request(), scene.holder).state is CommissionState.APPROVED


def test_the_zones_own_steps_take_the_place_of_the_threshold(scene: Scene) -> None:
    settings.set_steps(zone_id=scene.zone.id, steps=[(0, 1), (10_000, 2), (15_000, 3)], actor=scene.manager)
    commission = scene.request()
    for holder in (scene.holder, scene.second):
        assert approve(commission, holder).state is CommissionState.REQUESTED
    assert approve(commission, scene.budget_holder()).state is CommissionState.APPROVED


def test_what_was_said_before_a_question_no_longer_counts(scene: Scene) -> None:
    expensive(scene, 6_000)
    commission = scene.request()
    approve(commission, scene.holder)
    decisions.return_(commission_id=commission.id, question="Why?", actor=scene.second)
    commissions.answer_question(commission_id=commission.id, answer="So.", actor=scene.link_worker)
    assert approve(commission, scene.second).state is CommissionState.REQUESTED
    assert approve(commission, scene.holder).state is CommissionState.APPROVED


@pytest.mark.parametrize("steps", [[(0, 0)], [(0, 4)], [(-1, 1)], [(5, 1), (5, 2)], [(0, 2), (10, 1)]])
def test_steps_that_make_no_sense_are_refused(scene: Scene, steps: Any) -> None:
    with pytest.raises(Invalid):
        settings.set_steps(zone_id=scene.zone.id, steps=steps, actor=scene.manager)


# --- no, and a question --------------------------------------------------------------------------


def test_a_no_frees_everything_and_shows_the_link_worker_what_else_fits(scene: Scene) -> None:
    commission = scene.request()
    decisions.reject(commission_id=commission.id, reason="The library has drums", actor=scene.holder)
    assert commission.state is CommissionState.REJECTED and commission.end_reason == "The library has drums"
    assert money(scene) == (500_000, 0, 0)
    assert commission.place.state is PlaceState.RELEASED
    assert commission.introduction.state is IntroductionState.READY
    task = db.session.query(Task).filter_by(kind="commission_over").one()
    assert (task.person_id, task.url) == (scene.link_worker.id, f"/children/{commission.child_id}/matches")


def test_a_no_needs_a_reason(scene: Scene) -> None:
    with pytest.raises(Invalid):
        decisions.reject(commission_id=scene.request().id, reason="", actor=scene.holder)


@pytest.mark.parametrize("verb", ["reject", "return_"])
def test_only_those_who_may_say_yes_may_say_no_or_ask(scene: Scene, verb: Any) -> None:
    commission = scene.request()
    given = {"reason": "x"} if verb == "reject" else {"question": "x"}
    with pytest.raises(MayNotDecide):
        getattr(decisions, verb)(commission_id=commission.id, actor=scene.budget_holder(limit_pence=1), **given)


def test_what_is_just_over_the_ceiling_never_reads_as_if_it_were_not() -> None:
    assert [Share("Fund", percent, 50).words for percent in (49.6, 50, 50.4, 51, 0.3)] == ["50%", "50%", "just over 50%", "51%", "under 1%"]
