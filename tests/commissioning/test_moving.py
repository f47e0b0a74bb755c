"""A child changes school: the fund of the old school pays for what was delivered until then, to the penny, and for nothing more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from app.accounts.models import School
from app.children.services import change_school, preview_moving
from app.commissioning import invariants
from app.commissioning.models import (
    Account,
    Commission,
    CommissionState,
    Fund,
    PlaceState,
    Variation,
    VariationState,
)
from app.commissioning.queries.money import commission_balances
from app.commissioning.services import clock as sweeps
from app.commissioning.services import commissions, decisions, delivery, variations
from app.notifications.models import Task
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import Invalid
from tests import factories as make
from tests.commissioning.scene import Scene

_S = CommissionState
EARNED = (Account.ACCRUED, Account.IN_FLIGHT, Account.PAID)


@pytest.fixture
def elsewhere(scene: Scene) -> School:
    return make.make_school(scene.zone)


@contextmanager
def after_session(scene: Scene, number: int) -> Iterator[None]:
    """Half an hour after the `number`-th session of the scene's group."""
    with clock.freeze(scene.sessions()[number - 1].ends_at + timedelta(minutes=30)):
        yield


def mark(scene: Scene, commission: Commission, number: int, percent: int = 100, revision: int = 1) -> None:
    session_id = scene.sessions()[number - 1].id
    delivery.accrue(commission_id=commission.id, session_id=session_id, percent=percent, revision=revision, actor=None)


def move(scene: Scene, commission: Commission, school: School) -> None:
    change_school(child_id=commission.child_id, school_id=school.id, actor=scene.manager)
    db.session.expire_all()


def stands(commission: Commission, fund: Fund) -> tuple[int, int]:
    """(promised to sessions to come, earned) of one fund in one commission, after every invariant was looked at."""
    db.session.rollback()
    assert invariants.broken() == []
    now = commission_balances(commission.id)[fund.id]
    return now[Account.COMMITTED], sum(now[account] for account in EARNED)


def open_change(commission: Commission) -> Variation | None:
    return db.session.query(Variation).filter_by(commission_id=commission.id, state=VariationState.REQUESTED).one_or_none()


def tasks(commission: Commission) -> set[str]:
    db.session.rollback()
    return {task.kind for task in db.session.query(Task).filter(Task.subject_id == commission.id, Task.closed_at.is_(None))}


def test_a_schools_fund_stops_to_the_penny(scene: Scene, elsewhere: School) -> None:
    """Two of five pounds come from the school. Two registers are in, one is late: these three stay with it, and nothing else does."""
    schools = scene.fund_with(8_000, school_id=scene.school.id, name="School fund")
    commission = scene.going()
    for number in (1, 2):
        mark(scene, commission, number)
    with after_session(scene, 3):
        told = preview_moving(child_id=commission.child_id, school=elsewhere)
        assert [line.partition(": ")[2] for line in told] == [
            "£56 goes back to School fund. It goes on for 4 sessions, and rests then, unless the budget holder says by then who pays that."
        ]
        move(scene, commission, elsewhere)
        assert stands(commission, schools) == (800, 1_600)
        assert stands(commission, scene.fund) == (9_600, 2_400)
        now = db.session.get_one(Commission, commission.id)
        assert (now.state, now.uncovered_pence) == (_S.IN_DELIVERY, 5_600)
        asked = open_change(commission)
        assert asked is not None and (asked.pence, asked.is_for_payer, asked.requested_by_id) == (5_600, True, scene.manager.id)
        assert tasks(commission) == {"payer_gone"}
        mark(scene, commission, 3)
        assert stands(commission, schools) == (0, 2_400), "the late register: its part, as it was"
        assert stands(commission, scene.fund) == (8_400, 3_600)
    with after_session(scene, 4):
        mark(scene, commission, 4)
        assert stands(commission, schools) == (0, 2_400), "not a penny of a session after the move"
        assert stands(commission, scene.fund) == (6_400, 5_600)
        mark(scene, commission, 1, percent=50, revision=2)
        assert stands(commission, schools) == (0, 2_000), "a correction of before the move is the school's too"
        assert stands(commission, scene.fund) == (6_400, 5_000)
        variations.approve_change(variation_id=asked.id, actor=scene.holder)
        assert stands(commission, scene.fund) == (12_000, 5_000)
        assert tasks(commission) == set()
    with after_session(scene, 10):
        for number in range(5, 11):
            mark(scene, commission, number)
        assert stands(commission, schools) == (0, 2_000)
        assert stands(commission, scene.fund) == (0, 17_000)


def test_it_rests_before_a_session_nobody_pays_for_and_goes_on_when_somebody_does(scene: Scene, elsewhere: School) -> None:
    """The others promised £30: one more session, then it rests by itself; nothing that was delivered is left unpaid."""
    schools = scene.fund_with(17_000, school_id=scene.school.id)
    commission = scene.going()
    with after_session(scene, 1):
        mark(scene, commission, 1)
        move(scene, commission, elsewhere)
        sweeps.run()
        assert stands(commission, scene.fund) == (2_700, 300)
        assert db.session.get_one(Commission, commission.id).state is _S.IN_DELIVERY
    with after_session(scene, 2):
        sweeps.run()
        assert db.session.get_one(Commission, commission.id).state is _S.SUSPENDED, "also before the register is in"
        mark(scene, commission, 2)
        assert stands(commission, scene.fund) == (700, 2_300), "paid in full: the rest begins with the next session"
        with pytest.raises(Invalid, match="Nobody pays for the next session"):
            delivery.resume(commission_id=commission.id, actor=scene.link_worker)
        asked = open_change(commission)
        assert asked is not None
        variations.approve_change(variation_id=asked.id, actor=scene.holder)
        assert db.session.get_one(Commission, commission.id).state is _S.IN_DELIVERY, "it goes on by itself"
    with after_session(scene, 3):
        mark(scene, commission, 3)
        assert stands(commission, schools)[1] == 1_700
        assert stands(commission, scene.fund)[1] == 4_300


def test_fewer_sessions_are_an_answer_too(scene: Scene, elsewhere: School) -> None:
    """Declined by the budget holder; the Link Worker keeps to what the others pay. It needs nobody's yes, and nothing is missing."""
    scene.fund_with(8_000, school_id=scene.school.id)
    commission = scene.going()
    with after_session(scene, 1):
        mark(scene, commission, 1)
        move(scene, commission, elsewhere)
        asked = open_change(commission)
        assert asked is not None
        variations.reject_change(variation_id=asked.id, reason="Not from the others.", actor=scene.holder)
        assert tasks(commission) == {"payer_gone"}
        made = variations.change(commission_id=commission.id, sessions=6, reason="What is paid for.", actor=scene.link_worker)
        assert (made.state, made.pence) == (VariationState.APPROVED, -800)
        now = db.session.get_one(Commission, commission.id)
        assert (now.sessions, now.total_pence, now.uncovered_pence) == (6, 12_000, 0)
        assert stands(commission, scene.fund) == (10_000, 1_200)
        assert "payer_gone" not in tasks(commission)


def test_what_has_not_begun_is_asked_for_again_with_its_place_kept(scene: Scene, elsewhere: School) -> None:
    schools = scene.fund_with(8_000, school_id=scene.school.id)
    commission = scene.confirmed()
    told = preview_moving(child_id=commission.child_id, school=elsewhere)
    assert len(told) == 1 and "the request goes back to the budget holder" in told[0]
    move(scene, commission, elsewhere)
    now = db.session.get_one(Commission, commission.id)
    assert now.place is not None
    assert (now.state, now.place.state, now.decisions) == (_S.REQUESTED, PlaceState.HELD, [])
    assert [(share.fund_id, share.pence) for share in now.shares] == [(scene.fund.id, 20_000)]
    assert stands(commission, schools) == (0, 0)
    assert tasks(commission) == {"asked_again"}
    decisions.approve(commission_id=commission.id, actor=scene.holder)
    now = db.session.get_one(Commission, commission.id)
    assert (now.state, now.place.state) == (_S.CONFIRMED, PlaceState.TAKEN), "the partner has said yes already"
    assert tasks(commission) == set()


def test_a_session_held_before_the_move_is_paid_though_nothing_had_begun_on_paper(scene: Scene, elsewhere: School) -> None:
    schools = scene.fund_with(8_000, school_id=scene.school.id)
    commission = scene.confirmed()
    with after_session(scene, 1):
        move(scene, commission, elsewhere)
        assert db.session.get_one(Commission, commission.id).state is _S.IN_DELIVERY
        mark(scene, commission, 1)
        assert stands(commission, schools) == (0, 800)


def test_a_request_that_waits_is_put_to_other_funds(scene: Scene, elsewhere: School) -> None:
    """A yes that was said for the old split counts no more; the new school's own fund is asked first."""
    with atomic():
        scene.zone.second_approver_above_pence = 1
    schools = scene.fund_with(8_000, school_id=scene.school.id)
    commission = scene.request()
    decisions.approve(commission_id=commission.id, actor=scene.holder)
    theirs = scene.fund_with(5_000, school_id=elsewhere.id)
    move(scene, commission, elsewhere)
    now = db.session.get_one(Commission, commission.id)
    assert (now.state, now.decisions, {s.fund_id: s.pence for s in now.shares}) == (_S.REQUESTED, [], {theirs.id: 5_000, scene.fund.id: 15_000})
    assert stands(commission, schools) == (0, 0)
    assert open_change(commission) is None


def test_after_the_end_a_late_register_still_finds_the_school_that_it_was(scene: Scene, elsewhere: School) -> None:
    """One session before the move, one after it, both without a register when it all ends: the school pays its part of the first alone."""
    schools = scene.fund_with(8_000, school_id=scene.school.id)
    commission = scene.going()
    with after_session(scene, 1):
        move(scene, commission, elsewhere)
    with after_session(scene, 2):
        commissions.end_early(commission_id=commission.id, reason="They moved far.", actor=scene.link_worker)
        assert stands(commission, schools) == (0, 0)
        assert open_change(commission) is None
        for number in (1, 2):
            mark(scene, commission, number)
        assert stands(commission, schools) == (0, 800)
        assert stands(commission, scene.fund) == (0, 3_200)


def test_the_same_school_again_and_a_move_without_its_money_change_nothing(scene: Scene, elsewhere: School) -> None:
    commission = scene.going()
    for school in (scene.school, elsewhere, elsewhere):
        move(scene, commission, school)
        now = db.session.get_one(Commission, commission.id)
        assert (now.state, now.uncovered_pence, open_change(commission)) == (_S.IN_DELIVERY, 0, None), school.name
    assert stands(commission, scene.fund) == (20_000, 0)
