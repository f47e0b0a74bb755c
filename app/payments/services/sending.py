"""Sending over Stripe, once, however the network behaves (PAYMENTS 2.2 and 2.3).

Claim and commit, call outside any transaction, write down what came of it. Whoever may have tried before looks first, by the transfer
group, which Stripe never forgets; a key is sent again only while Stripe remembers it; a doubt is unknown and never failed.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _

from app.accounts.models import Person, Role
from app.accounts.queries import people_with
from app.audit import services as audit
from app.notifications import services as notifications
from app.notifications.handlers import Job
from app.notifications.models import Urgency
from app.payments import policies, queries
from app.payments.gateway import CURRENCY, Refused, StripeGateway, Transfer, Unsure
from app.payments.models import ON_ITS_WAY, Payment, PaymentRun, PaymentState, Place, Rail
from app.payments.services import settling
from app.payments.services.asking import committed, is_fresh, looking
from app.payments.services.locks import lock_zone
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import Forbidden, IllegalMove
from app.shared.money import pounds

TOPIC = "payments.send"
EXTENSION = "kith_stripe"
LEASE = timedelta(seconds=90)
TRIES = 6
TOP_UP, LOOK = "stripe_top_up", "payment_to_look_at"
_P = PaymentState


def gateway() -> StripeGateway:
    found: StripeGateway = current_app.extensions[EXTENSION]
    return found


def is_set_up() -> bool:
    return EXTENSION in current_app.extensions


def wake(payment: Payment) -> None:
    """Promise the worker's next look at a payment. In the transaction that makes it due."""
    notifications.post(
        topic=TOPIC, payload={"payment_id": str(payment.id)}, run_at=payment.next_try_at,
        dedupe=f"{TOPIC}:{payment.id}:{payment.attempt}:{payment.state}:{payment.tries}",
    )


def handle(job: Job) -> None:
    work(uuid.UUID(job.payload["payment_id"]))


@dataclass(frozen=True)
class Claim:
    """One payment in this worker's hands, as it was committed."""

    payment_id: uuid.UUID
    token: str
    group: str
    pence: int
    destination: str
    run_id: str
    key: str
    must_look: bool
    may_send: bool


def work(payment_id: uuid.UUID) -> None:
    """Bring one payment on by a step, if it is due and in nobody's hands."""
    claim = committed(_claim, payment_id)
    if claim is None:
        return
    try:
        with looking():
            found = gateway().find_transfers(claim.group) if claim.must_look else []
        found = [transfer for transfer in found if transfer.reversed_pence < transfer.pence]
        if not found and claim.may_send:
            found = [gateway().transfer(
                pence=claim.pence, destination=claim.destination, group=claim.group, payment_id=str(claim.payment_id), run_id=claim.run_id,
                key=claim.key,
            )]
    except Refused as refusal:
        code = refusal.code
        _record(claim, lambda payment: _refused(payment, code))
    except Unsure as doubt:
        why, is_strange = doubt.why, doubt.is_strange
        _record(claim, lambda payment: _unknown(payment, why, is_strange=is_strange))
    else:
        _record(claim, lambda payment: _found(payment, found))


def _claim(payment_id: uuid.UUID) -> Claim | None:
    now = clock.now()
    with atomic():
        zone_id = db.session.get_one(Payment, payment_id).zone_id
        lock_zone(zone_id)  # what is left at Stripe is one pot for the whole Zone
        payment = settling.take(payment_id)
        if payment.run.rail is not Rail.STRIPE:
            return None
        if payment.state is _P.SUBMITTING and payment.lease_until is not None and payment.lease_until <= now:
            _unknown(payment, "the worker stopped", is_strange=False)
            payment.next_try_at = now
        if payment.state is _P.QUEUED:
            if not _has_money(payment):
                settling.hold(payment, "balance_insufficient", None)
                tell_finance(payment)
                return None
            is_first = payment.attempt == 1
            payment.idempotency_key, payment.key_made_at = f"{mode()}:payment:{payment.id}:transfer:{payment.attempt}", now
            settling.send(payment, None)
        elif payment.state is _P.UNKNOWN and (payment.next_try_at is None or payment.next_try_at <= now):
            is_first = False
            settling.step(payment, _P.SUBMITTING, "asked", None)
        else:
            return None
        payment.lease_token, payment.lease_until = str(uuid.uuid4()), now + LEASE
        payment.tries += 1
        return Claim(
            payment.id, payment.lease_token, payment.group, payment.pence, payment.destination, str(payment.run_id), payment.idempotency_key,
            must_look=not is_first, may_send=is_fresh(payment.key_made_at) and payment.tries <= TRIES,
        )


def mode() -> str:
    """The first word of every key: what was made with a test key is not there with a live one."""
    return "live" if gateway().is_live else "test"


def _has_money(payment: Payment) -> bool:
    """The Zone's own money at Stripe, less what is on its way, is enough: whatever the account as a whole holds."""
    return money_left(payment.zone_id) >= payment.pence


def money_left(zone_id: uuid.UUID) -> int:
    """Pence of this Zone at Stripe that nothing is on its way with."""
    under_way = db.session.scalar(
        sa.select(sa.func.coalesce(sa.func.sum(Payment.pence), 0)).join(Payment.run)
        .where(Payment.zone_id == zone_id, Payment.state.in_(ON_ITS_WAY), PaymentRun.rail == Rail.STRIPE)
    )
    return queries.cash_in(zone_id)[Place.STRIPE] - int(under_way or 0) - queries.pence_going_back(zone_id)


def _record(claim: Claim, change: Callable[[Payment], None]) -> None:
    """Write down what came of it, if the payment is still in these hands."""
    with atomic():
        payment = settling.take(claim.payment_id)
        if payment.lease_token != claim.token or payment.state is not _P.SUBMITTING:
            return
        change(payment)


def _found(payment: Payment, found: list[Transfer]) -> None:
    if len(found) == 1:
        pay_with(payment, found[0])
    elif found:
        _set_apart(payment, "more than one transfer")
    else:
        _set_apart(payment, "no transfer, and its key is too old to be sent again")


def pay_with(payment: Payment, transfer: Transfer) -> None:
    """This transfer is this payment; one that says otherwise is looked at by a person."""
    if (transfer.pence, transfer.currency, transfer.destination, transfer.group) != (
        payment.pence, CURRENCY, payment.destination, payment.group
    ):
        _set_apart(payment, "the transfer at Stripe is another than ours")
        return
    payment.transfer_id = transfer.id
    settling.pay(payment, key=f"stripe:transfer:{transfer.id}", place=Place.STRIPE, reference=transfer.id, actor=None)
    notifications.close_tasks(kind=LOOK, subject=payment, why="Paid")
    if not any(other.held_code == "balance_insufficient" for other in payment.run.payments):
        notifications.close_tasks(kind=TOP_UP, subject=payment.run, why="Paid")


def _refused(payment: Payment, code: str) -> None:
    settling.hold(payment, code, None)
    if code == "balance_insufficient":
        tell_finance(payment)
    else:
        ask_to_look(payment, "Stripe refused a payment")


def _unknown(payment: Payment, why: str, *, is_strange: bool) -> None:
    settling.step(payment, _P.UNKNOWN, "unknown", None, reason=why)
    if is_strange:
        _set_apart(payment, why)
        return
    payment.next_try_at = clock.now() + timedelta(seconds=min(3_600, 5 * 4 ** min(payment.tries, 6)))
    wake(payment)


def _set_apart(payment: Payment, why: str) -> None:
    """Nobody can tell: it stays where it is until two people let it go, long after."""
    if payment.state is _P.SUBMITTING:
        settling.step(payment, _P.UNKNOWN, "unknown", None, reason=why)
    if payment.state is _P.UNKNOWN:
        settling.step(payment, _P.QUARANTINE, "set_apart", None, reason=why)
    ask_to_look(payment, "Nobody can tell whether a payment was made")


def ask_to_look(payment: Payment, title: str) -> None:
    """A person's turn: the Zone managers'."""
    for person in people_with(Role.ZONE_MANAGER, payment.zone_id):
        notifications.open_task(
            person_id=person.id, zone_id=payment.zone_id, kind=LOOK, subject=payment, title=title, text=f"{pounds(payment.pence)}, {payment.reference}",
            action="Look at it", icon="triangle-alert", url=f"/payment-runs/{payment.run_id}", urgency=Urgency.NOW,
        )


def tell_finance(payment: Payment) -> None:
    """Top up, and by how much: all that waits for money, less what is there."""
    waiting = db.session.scalar(
        sa.select(sa.func.coalesce(sa.func.sum(Payment.pence), 0))
        .where(Payment.zone_id == payment.zone_id, Payment.state == _P.HELD, Payment.held_code == "balance_insufficient")
    )
    missing = int(waiting or 0) - max(0, money_left(payment.zone_id))
    title, text = f"Top up Stripe by {pounds(missing)}", "Payments wait for it. They go by themselves when you write down that it arrived."
    if missing <= 0:  # our books say that it is there, and Stripe has said that it is not
        title, text = f"Stripe has too little for {pounds(payment.pence)}", "By our books it is there. Reconciliation shows the difference."
    for person in people_with(Role.ZONE_MANAGER, payment.zone_id):
        notifications.open_task(
            person_id=person.id, zone_id=payment.zone_id, kind=TOP_UP, subject=payment.run, title=title, text=text, action="Look", icon="landmark",
            url="/reconciliation", urgency=Urgency.TODAY,
        )


def requeue_waiting(zone_id: uuid.UUID, actor: Person | None) -> int:
    """Money came: what waited for it goes again, the oldest first, as far as it reaches. Inside the caller's transaction."""
    lock_zone(zone_id)
    left = money_left(zone_id)
    waiting = db.session.scalars(
        sa.select(Payment).where(Payment.zone_id == zone_id, Payment.state == _P.HELD, Payment.held_code == "balance_insufficient")
        .order_by(Payment.created_at, Payment.reference)
    ).unique().all()
    sent = 0
    for payment in waiting:
        if payment.pence > left:
            break
        payment = settling.take(payment.id)
        settling.queue_again(payment, actor)
        wake(payment)
        notifications.close_tasks(kind=TOP_UP, subject=payment.run, why="Money arrived")
        left -= payment.pence
        sent += 1
    return sent


def look_after() -> None:
    """The clock: payments that are due and that no message speaks of any more (a worker died, a message was given up)."""
    if not is_set_up():
        return
    now = clock.now()
    late = now - timedelta(minutes=2)
    statement = sa.select(Payment.id).join(Payment.run).where(
        PaymentRun.rail == Rail.STRIPE,
        sa.or_(
            Payment.state == _P.QUEUED, sa.and_(Payment.state == _P.UNKNOWN, Payment.next_try_at < late),
            sa.and_(Payment.state == _P.SUBMITTING, Payment.lease_until < now),
        ),
    ).order_by(Payment.created_at, Payment.id)
    due = db.session.scalars(statement).all()
    db.session.rollback()
    if due:
        with atomic():
            for payment_id in due:
                notifications.post(topic=TOPIC, payload={"payment_id": str(payment_id)}, dedupe=f"{TOPIC}:{payment_id}:late:{now:%Y%m%d%H%M}")


# --- quarantine: two people --------------------------------------------------------------------


def let_go(*, payment_id: uuid.UUID, actor: Person) -> Payment:
    """The first person asks for it, a second one lets it go: the worker looks at Stripe once more, and sends it with a new key.

    Raises IllegalMove, Forbidden.
    """
    with atomic():
        payment = settling.take(payment_id)
        if not policies.can_let_go(actor, payment):
            raise Forbidden(_("A Zone manager or budget holder lets a payment go."))
        if payment.state is not _P.QUARANTINE:
            raise IllegalMove(_("This payment is not set apart (any more)."))
        if payment.held_by_id is None:
            payment.held_by_id = actor.id
            audit.record("payments.payment.asked_for", subject=payment, actor=actor)
            return payment
        if payment.held_by_id == actor.id:
            raise Forbidden(_("You asked for it, so somebody else lets it go."))
        settling.queue_again(payment, actor)
        notifications.close_tasks(kind=LOOK, subject=payment, why="Let go")
        wake(payment)
        return payment
