"""Money that two people want at the same moment."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Flask

from app.commissioning import invariants
from app.commissioning.models import Account, Commission, CommissionState, Decision
from app.commissioning.queries.money import balance, balances
from app.commissioning.refusals import AlreadyAsked, MayNotDecide, NotEnoughMoney
from app.commissioning.services import commissions, decisions, delivery, funds
from app.shared.db import atomic, db
from app.shared.errors import IllegalMove
from tests.commissioning.scene import Scene
from tests.concurrency.racing import ask, ids_of, no_locks, race, refusals, rows, somebody, surprises
from tests.support.databases import Database

_S = CommissionState


def _two_that_wait_for_money(scene: Scene) -> Any:
    """Two requests of £600 that found no money, and then £900 arrives. One yes is enough for each."""
    with atomic():
        scene.tariff.price_pence, scene.zone.second_approver_above_pence, scene.fund.is_closed = 6_000, 10**6, True
    late = scene.fund_with(0, name="Late")
    asked = [scene.request(), scene.request()]
    funds.pledge(fund_id=late.id, pence=90_000, reference="letter", actor=scene.manager)
    funds.receive(fund_id=late.id, pence=90_000, reference="bank", actor=scene.manager)
    ids = ids_of(scene)
    runs = [
        lambda c=c.id, who=who: decisions.approve(commission_id=c, actor=somebody(who))
        for c, who in zip(asked, (ids.holder, ids.second), strict=True)
    ]
    return late, asked, runs


def test_of_two_approvals_over_money_for_one_the_second_is_told_what_is_left_and_stays_open(app: Flask, scene: Scene) -> None:
    late, asked, runs = _two_that_wait_for_money(scene)
    answers = race(app, runs)
    assert surprises(answers, NotEnoughMoney) == []
    [refusal] = refusals(answers, NotEnoughMoney)
    assert "£300 left" in refusal.sentence
    assert sorted(c.state for c in asked) == [_S.APPROVED, _S.REQUESTED]
    assert balance(late.id, Account.AVAILABLE) == 30_000
    assert invariants.broken() == []


def test_without_the_lock_both_are_approved_and_the_fund_is_overdrawn(app: Flask, scene: Scene, database: Database) -> None:
    """The ledger looks again after writing: on PostgreSQL both have done so before either is done, and neither sees the other's
    lines. SQLite without its turn writes each statement for itself: there the lines stand whatever the second look says."""
    late, _, runs = _two_that_wait_for_money(scene)
    with no_locks(app, meet_before="INSERT INTO journal ", racers=2, times=2 if database.kind == "postgresql" else 1):
        race(app, runs)
    assert balance(late.id, Account.AVAILABLE) == -30_000
    assert "no fund is below nil" in dict(invariants.broken())


def test_two_people_who_approve_at_once_are_both_heard_and_the_money_is_committed_once(app: Flask, scene: Scene) -> None:
    with atomic():
        scene.tariff.price_pence = 6_000
    commission, ids = scene.request(), ids_of(scene)
    commission_id = commission.id
    runs = [
        lambda who=who: decisions.approve(commission_id=commission_id, actor=somebody(who)) for who in (ids.holder, ids.second)
    ]
    answers = race(app, runs * 2)
    assert surprises(answers, MayNotDecide, IllegalMove) == []
    assert commission.state is _S.APPROVED
    assert len(rows(sa.select(Decision.id))) == 2
    assert balance(ids.fund, Account.COMMITTED) == 60_000


def test_funds_taken_in_opposite_orders_never_wait_in_a_circle(app: Flask, scene: Scene) -> None:
    """Splits that name the same two funds the other way round, given back, asked for and paid into at the same moment."""
    ids = ids_of(scene)
    other = scene.fund_with(20_000, need_area="Social", name="Another")
    first = [scene.approved(sessions=6) for _ in range(2)]  # another first, then the open one
    with atomic():
        other.need_area, scene.fund.need_area = "", "Social"
    second = [scene.approved(sessions=6) for _ in range(2)]
    assert {tuple(s.fund_id for s in c.shares) for c in first} != {tuple(s.fund_id for s in c.shares) for c in second}
    in_turn = [c.id for pair in zip(first, second, strict=True) for c in pair]
    fund_ids = [other.id, ids.fund] * 2
    runs = [lambda c=c: commissions.cancel(commission_id=c, reason="x", actor=somebody(ids.link_worker)) for c in in_turn]
    runs += [
        lambda n=n, f=f: funds.pledge(fund_id=f, pence=100, reference=f"again {n}", actor=somebody(ids.manager))
        for n, f in enumerate(fund_ids)
    ]
    runs += [ask(ids, scene.introduction().id, sessions=2) for _ in range(1)]
    answers = race(app, runs)
    assert surprises(answers) == []
    assert invariants.broken() == []


def test_a_request_sent_twice_at_once_is_one(app: Flask, scene: Scene) -> None:
    ids, introduction_id = ids_of(scene), scene.introduction().id
    answers = race(app, [ask(ids, introduction_id)] * 5)
    assert surprises(answers, AlreadyAsked) == []
    assert len(refusals(answers, AlreadyAsked)) == 4
    assert len(rows(sa.select(Commission.id))) == 1
    assert balance(ids.fund, Account.REQUESTED) == 20_000


def test_a_session_marked_on_two_phones_at_once_is_owed_once(app: Flask, scene: Scene) -> None:
    commission_id, session_id, fund_id = scene.going().id, scene.sessions()[0].id, scene.fund.id
    answers = race(app, [
        lambda: delivery.accrue(commission_id=commission_id, session_id=session_id, percent=100, revision=1, actor=None)
    ] * 6)
    assert surprises(answers) == []
    assert balance(fund_id, Account.ACCRUED) == 2_000


def test_ending_and_marking_at_once_loses_no_penny(app: Flask, scene: Scene) -> None:
    ids = ids_of(scene)
    going = [scene.going().id for _ in range(2)]
    session_ids = [session.id for session in scene.sessions()[:3]]
    runs = [
        lambda c=c, s=s: delivery.accrue(commission_id=c, session_id=s, percent=100, revision=1, actor=None)
        for c in going for s in session_ids
    ] + [lambda c=c: commissions.end_early(commission_id=c, reason="x", actor=somebody(ids.link_worker)) for c in going]
    answers = race(app, runs)
    assert surprises(answers) == []
    assert balance(ids.fund, Account.ACCRUED) == 6 * 2_000
    assert sum(balances([ids.fund])[ids.fund].values()) == 0
    assert db.session.query(Commission).filter_by(state=_S.ENDED_EARLY).count() == 2
    assert invariants.broken() == []
