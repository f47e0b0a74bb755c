"""The worker is killed with SIGKILL at one point after another: nothing is lost, and nothing is paid, asked for, taken or given back twice."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask

from app.billing.services.giving_back import give_back
from app.commissioning.models import Account
from app.commissioning.services import funds
from app.notifications import worker
from app.notifications.models import OutboxMessage, OutboxState
from app.payments import queries
from app.payments.models import (
    Invoice,
    InvoiceState,
    Payment,
    PaymentState,
    Place,
    Refund,
    RefundState,
    TakeBack,
    TakeBackState,
    Way,
)
from app.payments.services import refunding, taking
from app.shared import clock
from app.shared.db import db
from tests.billing.desk import in_account
from tests.billing.till import open_till
from tests.commissioning.scene import MONDAY
from tests.payments.shop import Shop, state_of

STEP = int(os.environ.get("KITH_KILL_STEP", "11"))
"""Every so many-th point in the suite; KITH_KILL_STEP=1 is every statement and every commit."""
SPARSE = 1 if STEP == 1 else 3 * STEP
SLOWEST = 40


def killed(app: Flask, point: int, minutes: int) -> bool:
    """A worker of its own process does all that is due; at that many-th statement or commit it is killed. Was it?"""
    db.session.rollback()
    pid = os.fork()
    if pid == 0:
        status = 3
        try:
            _work(app, point, minutes)
            status = 0
        finally:
            os._exit(status)
    _, ended = os.waitpid(pid, 0)
    assert ended == 0 or (os.WIFSIGNALED(ended) and os.WTERMSIG(ended) == signal.SIGKILL), f"the worker failed: {ended}"
    return ended != 0


def _work(app: Flask, point: int, minutes: int) -> None:
    left = [point]

    def count(*_: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    with app.app_context(), clock.freeze(MONDAY + timedelta(minutes=minutes)):
        db.engine.dispose(close=False)  # the connections of the process it was forked from
        sa.event.listen(db.engine, "before_cursor_execute", count)
        sa.event.listen(db.engine, "commit", count)
        while worker.work_one():
            pass
        db.session.remove()


def at_every_point(shop: Shop, app: Flask, promise: Callable[[], Callable[[], bool]], *, minutes: int = 0, step: int = STEP) -> int:
    """`promise` makes something due and says how to see that it is done. How many points a worker was killed at."""
    point, kills = 1, 0
    while True:
        is_done = promise()
        was_killed = killed(app, point, minutes)
        shop.stripe.forget_keys()  # so that only looking first protects
        for _ in range(SLOWEST):
            if is_done():
                break
            minutes += 3  # leases run out
            killed(app, 0, minutes)
        assert is_done(), f"killed at point {point}, it was never done"
        if not was_killed:
            killed(app, 0, minutes + 3)  # what was done already, and whose worker died before it said so
            return kills
        kills += 1
        point += step


def all_done() -> bool:
    db.session.rollback()
    return set(db.session.scalars(sa.select(OutboxMessage.state).distinct())) <= {OutboxState.DONE}


def test_a_killed_worker_pays_once(shop: Shop, app: Flask) -> None:
    made: list[Payment] = []

    def promise() -> Callable[[], bool]:
        payment = shop.payment(1_000)
        made.append(payment)
        return lambda: state_of(payment) is PaymentState.PAID

    assert at_every_point(shop, app, promise) >= 40 // STEP
    assert all_done()
    assert [len(shop.stripe.transfers(payment.group)) for payment in made] == [1] * len(made)
    assert shop.at_stripe() == shop.stripe.available == 0


def test_a_killed_worker_takes_back_once(shop: Shop, app: Flask) -> None:
    made: list[TakeBack] = []

    def promise() -> Callable[[], bool]:
        payment = shop.payment(1_000)
        killed(app, 0, 0)
        taken = taking.ask(payment_id=payment.id, way=Way.STRIPE, actor=shop.office.manager)
        taking.approve(take_back_id=taken.id, actor=shop.office.holder)
        made.append(taken)
        return lambda: db.session.get_one(TakeBack, taken.id, populate_existing=True).state is TakeBackState.DONE

    assert at_every_point(shop, app, promise) >= 20 // STEP
    there = [o["amount_reversed"] for o in shop.stripe.transfers()]
    assert there == [1_000] * len(made) and shop.at_stripe() == shop.stripe.available == 1_000 * len(made)


def test_a_killed_worker_asks_a_funder_and_gives_back_once(app: Flask) -> None:
    asked: list[Invoice] = []
    given: list[Refund] = []
    with open_till(app) as till:
        shop, manager, holder = till.shop, till.shop.office.manager, till.shop.office.holder

        def invoice() -> Callable[[], bool]:
            asked.append(till.ask(500))
            return lambda: till.seen(asked[-1]).state is InvoiceState.OPEN and till.seen(asked[-1]).sent_at is not None

        assert at_every_point(shop, app, invoice, step=SPARSE) >= 40 // SPARSE
        ours = [one["metadata"]["invoice_id"] for one in till.there()]
        assert sorted(ours) == sorted(str(one.id) for one in asked) and len({one["customer"] for one in till.there()}) == 1
        assert {(one["total"], one["status"]) for one in till.there()} == {(500, "open")}

        till.hours = 240  # after all that the killed workers promised
        paid = till.asked(50_000)
        shop.stripe.bank_transfer(till.customer(), 50_000)
        till.look()
        funds.close_fund(fund_id=till.fund.id, reason="It is over.", actor=manager)

        def refund() -> Callable[[], bool]:
            given.append(refunding.approve(refund_id=give_back(invoice_id=paid.id, pence=500, actor=manager).id, actor=holder))
            return lambda: db.session.get_one(Refund, given[-1].id, populate_existing=True).state is RefundState.DONE

        assert at_every_point(shop, app, refund, minutes=60 * till.hours, step=SPARSE) >= 1
        there = [one["metadata"]["refund_id"] for one in shop.stripe.objects.values() if one["object"] == "refund"]
        assert sorted(there) == sorted(str(one.id) for one in given)
        left = 50_000 - 500 * len(given)
        db.session.rollback()
        assert shop.stripe.available == left == in_account(Account.AVAILABLE) == -queries.cash_in(shop.office.zone.id)[Place.FUNDERS]
        assert all_done()
