"""The worker is killed with SIGKILL at one point after another: nothing is lost, and nothing is paid or taken back twice."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask

from app.notifications import worker
from app.notifications.models import OutboxMessage, OutboxState
from app.payments.models import Payment, PaymentState, TakeBack, TakeBackState, Way
from app.payments.services import taking
from app.shared import clock
from app.shared.db import db
from tests.commissioning.scene import MONDAY
from tests.payments.shop import Shop, state_of

STEP = int(os.environ.get("KITH_KILL_STEP", "11"))
"""Every so many-th point in the suite; KITH_KILL_STEP=1 is every statement and every commit."""
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


def at_every_point(shop: Shop, app: Flask, promise: Callable[[], Callable[[], bool]]) -> int:
    """`promise` makes something due and says how to see that it is done. How many points a worker was killed at."""
    point, minutes, kills = 1, 0, 0
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
        point += STEP


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
