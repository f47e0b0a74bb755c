"""A payment's steps, the same on every rail: sent, paid, held, sent back, queued again, cancelled. PAYMENTS 2.3 and 2.5.

Whoever calls these holds the payment's lock (`take`). Each tells the rooms above, in the same transaction.
"""

from __future__ import annotations

import uuid

from flask_babel import gettext as _

from app.accounts.models import Person
from app.audit import services as audit
from app.payments import hooks
from app.payments.hooks import News
from app.payments.models import (
    ON_ITS_WAY,
    OVER,
    PAYMENT_MOVES,
    RUN_MOVES,
    Payment,
    PaymentRun,
    PaymentState,
    Place,
    RunState,
)
from app.payments.services import cash
from app.shared import clock
from app.shared.db import db, lock_row
from app.shared.errors import IllegalMove

_P = PaymentState


def take(payment_id: uuid.UUID) -> Payment:
    """The payment, locked after its run, and read fresh. Raises NotFound."""
    run_id = db.session.get_one(Payment, payment_id).run_id
    lock_row(PaymentRun, run_id)
    return lock_row(Payment, payment_id)


def step(payment: Payment, to: PaymentState, done: str, actor: Person | None, reason: str = "") -> None:
    """The one way a payment's state changes. Raises IllegalMove."""
    was = payment.state
    PAYMENT_MOVES.require(was, to)
    payment.state = to
    if to not in ON_ITS_WAY:
        payment.lease_token = payment.lease_until = None
    db.session.flush()
    audit.record(
        f"payments.payment.{done}", subject=payment, actor=actor, moved=(was, to), reason=reason, pence=payment.pence, attempt=payment.attempt,
    )


def send(payment: Payment, actor: Person | None) -> None:
    """Queued -> on its way: from now on its money is in flight."""
    step(payment, _P.SUBMITTING, "sent", actor)
    hooks.tell(payment, News.SENT, actor)


def pay(payment: Payment, *, key: str, place: Place, reference: str, actor: Person | None) -> None:
    """It happened. `key` is what the outside world calls it: the same news twice is one."""
    if payment.state is _P.PAID:
        return
    payment.paid_at, payment.paid_reference, payment.held_code = clock.now(), reference[:120], ""
    step(payment, _P.PAID, "paid", actor)
    cash.move(
        key=key, zone_id=payment.zone_id, source=place, target=Place.PARTNERS, pence=payment.pence, actor=actor, reference=payment.reference,
        payment_id=payment.id,
    )
    hooks.tell(payment, News.PAID, actor)
    close_run(payment.run_id, actor)


def hold(payment: Payment, code: str, actor: Person | None) -> None:
    """It certainly did not happen (or never set out), and stands until its cause is gone. Never for a doubt: that is unknown."""
    was_sent = payment.state is _P.SUBMITTING
    payment.held_code = code[:60]
    step(payment, _P.HELD, "held", actor, reason=code)
    if was_sent:
        hooks.tell(payment, News.REFUSED, actor)


def send_back(payment: Payment, code: str, *, place: Place, actor: Person | None) -> None:
    """It was paid, and the bank sent it back."""
    payment.held_code, payment.paid_at = code[:60], None
    step(payment, _P.HELD, "returned", actor, reason=code)
    cash.move(
        key=f"payment:{payment.id}:returned:{payment.attempt}", zone_id=payment.zone_id, source=Place.PARTNERS, target=place,
        pence=payment.pence, actor=actor, reference=payment.reference, payment_id=payment.id,
    )
    hooks.tell(payment, News.RETURNED, actor)
    run = db.session.get_one(PaymentRun, payment.run_id)
    if run.state is RunState.DONE:
        _move_run(run, RunState.STARTED, "reopened", actor)


def queue_again(payment: Payment, actor: Person | None) -> None:
    """The cause is gone: a new attempt, with a key of its own. What was set apart and is let go did not happen: it is owed again first."""
    if payment.state is _P.QUARANTINE:
        hooks.tell(payment, News.REFUSED, actor)
    payment.attempt += 1
    payment.held_code, payment.held_by_id, payment.tries, payment.next_try_at = "", None, 0, None
    payment.idempotency_key, payment.key_made_at, payment.file_id = "", None, None
    step(payment, _P.QUEUED, "requeued", actor)


def cancel(payment: Payment, actor: Person | None) -> None:
    """What it would have paid is free for another run. Only where it certainly did not happen."""
    step(payment, _P.CANCELLED, "cancelled", actor)
    for item in payment.items:
        item.voided_at = clock.now()
    db.session.flush()
    hooks.tell(payment, News.CANCELLED, actor)
    close_run(payment.run_id, actor)


def close_run(run_id: uuid.UUID, actor: Person | None) -> None:
    """A run all of whose payments are over is done."""
    run = db.session.get_one(PaymentRun, run_id)
    if run.state is RunState.STARTED and all(payment.state in OVER for payment in run.payments):
        _move_run(run, RunState.DONE, "done", actor)


def _move_run(run: PaymentRun, to: RunState, done: str, actor: Person | None) -> None:
    was = run.state
    RUN_MOVES.require(was, to)
    run.state = to
    audit.record(f"payments.run.{done}", subject=run, actor=actor, moved=(was, to), pence=run.total_pence)


def require_by_hand(payment: Payment, is_automatic: bool) -> None:
    """Nobody types what became of a payment that Kith can ask about."""
    if is_automatic:
        raise IllegalMove(_("This is paid by Stripe: Kith asks there by itself what became of it."))
