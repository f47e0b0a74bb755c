"""What Stripe tells us: webhooks are kept by their id and answered; the worker reads the object again and makes ours agree with it.

So repeats, losses and any order come to the same. The payment worker and the nightly look use the same `sync_transfer`.
"""

from __future__ import annotations

import json
import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.accounts.models import Person, Role
from app.accounts.queries import people_with
from app.audit import services as audit
from app.notifications import services as notifications
from app.notifications.handlers import Job
from app.notifications.models import Urgency
from app.payments import queries
from app.payments.gateway import Event, Transfer
from app.payments.models import Payee, Payment, PaymentState, Place, StripeEvent, TakeBackState
from app.payments.services import invoice_books, refund_sending, sending, settling, taking
from app.payments.services.asking import or_not_done
from app.shared import clock
from app.shared.db import atomic, db, in_parts, lock_row

TOPIC, ACCOUNT_TOPIC = "payments.stripe_event", "payments.stripe_account"
KINDS = (
    "transfer.created", "transfer.reversed", "transfer.updated", "topup.succeeded", "balance.available",
    "invoice.paid", "invoice.voided", "invoice.marked_uncollectible", "invoice.overpaid", "invoice.overdue", "cash_balance.funds_available",
    "refund.created", "refund.updated", "refund.failed",
)
"""The snapshot events that we listen to, and that are asked for again by night: a webhook may be lost."""
PAYOUT_FAILED, SEE_STRIPE = "payout.failed", "payout_failed"
FUNDS_WAIT = "cash_balance.funds_available"
MONEY_CAME = ("topup.succeeded", "balance.available")
_P = PaymentState


def keep(event: Event, body: str) -> None:
    """One row for an event, however often it comes; the worker does the rest."""
    with atomic():
        insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
        db.session.execute(
            insert(StripeEvent).values(id=event.id, kind=event.kind, object_id=event.object_id, body=body, received_at=clock.now())
            .on_conflict_do_nothing(index_elements=[StripeEvent.id])
        )
        notifications.post(topic=TOPIC, payload={"event_id": event.id}, dedupe=f"{TOPIC}:{event.id}")


def catch_up(since: datetime) -> int:
    """Keep what Stripe told since then and we never heard; the worker does the rest. How many. Not inside a transaction: it asks Stripe.

    Raises Unsure, Refused.
    """
    told = list(sending.gateway().events_since(since, KINDS))
    known: set[str] = set()
    for part in in_parts([event.id for event, _ in told]):
        known |= set(db.session.scalars(sa.select(StripeEvent.id).where(StripeEvent.id.in_(part))))
    db.session.rollback()
    missed = [(event, body) for event, body in told if event.id not in known and event.is_live == sending.gateway().is_live]
    for event, body in missed:
        keep(event, body)
    return len(missed)


def ask_about_accounts() -> None:
    """Whether Stripe lets us pay those now whom it was still checking: the news of that may have been lost as well."""
    waiting = db.session.scalars(sa.select(Payee.stripe_account).where(Payee.stripe_account.is_not(None), Payee.is_stripe_ready.is_(False))).all()
    db.session.rollback()
    for account in waiting:
        sync_account(str(account))


def handle(job: Job) -> None:
    """Read again what the event is about, and make ours agree."""
    event = db.session.get_one(StripeEvent, job.payload["event_id"])
    kind, object_id, body = event.kind, event.object_id, event.body
    db.session.rollback()
    with or_not_done():
        if kind.startswith("transfer."):
            sync_transfer(sending.gateway().get_transfer(object_id))
        elif kind.startswith("v2.core.account"):
            sync_account(object_id)
        elif kind.startswith("invoice."):
            invoice_books.sync(object_id)
        elif kind.startswith("refund."):
            refund_sending.sync(object_id)
        elif kind == FUNDS_WAIT:
            invoice_books.sync_held(object_id)
        elif kind in MONEY_CAME:
            _wake_the_waiting()
        elif kind == PAYOUT_FAILED:
            _tell_partner(str(json.loads(body).get("account") or ""))
    with atomic():
        db.session.get_one(StripeEvent, job.payload["event_id"]).handled_at = clock.now()


def sync_transfer(transfer: Transfer) -> None:
    """Make our payment agree with what happened at Stripe. Transfers that are not of our making are reconciliation's to show."""
    if not transfer.group.startswith("pay_"):
        return
    with atomic():
        try:
            payment_id = uuid.UUID(transfer.group.removeprefix("pay_"))
        except ValueError:
            return
        if db.session.get(Payment, payment_id) is None:
            return
        payment = settling.take(payment_id)
        if payment.state in (_P.SUBMITTING, _P.UNKNOWN, _P.QUARANTINE):
            if transfer.reversed_pence < transfer.pence:
                sending.pay_with(payment, transfer)
        elif transfer.id != payment.transfer_id:
            if transfer.reversed_pence < transfer.pence:
                sending.ask_to_look(payment, "Stripe has a transfer that we do not expect")
        elif transfer.reversed_pence != queries.taken_back_at_stripe(payment.id):
            _taken_back(payment, transfer)


def _taken_back(payment: Payment, transfer: Transfer) -> None:
    """Stripe has given more back than our books say. What we asked for ourselves the worker writes down; of what somebody took back on
    Stripe's own pages the whole is owed again and held, and a part is a person's to settle."""
    live = queries.live_take_back(payment.id)
    if live is not None and live.state is not TakeBackState.ASKED:
        taking.wake(live, f"seen:{transfer.reversed_pence}")
    elif payment.state is _P.PAID and transfer.reversed_pence == transfer.pence:
        payment.transfer_id = None
        settling.send_back(payment, "reversed", place=Place.STRIPE, actor=None)
    else:
        sending.ask_to_look(payment, "Part of a payment was taken back at Stripe")


def sync_account(account: str) -> None:
    """Whether Stripe lets us pay this partner now; what waited for it goes again."""
    is_ready = sending.gateway().is_ready(account)
    with atomic():
        payee = db.session.scalars(sa.select(Payee).where(Payee.stripe_account == account).with_for_update()).one_or_none()
        if payee is None:
            return
        payee.is_stripe_ready = is_ready
        if is_ready:
            for payment_id in db.session.scalars(sa.select(Payment.id).where(
                Payment.payee_id == payee.id, Payment.state == _P.HELD,
                Payment.held_code.in_(("insufficient_capabilities_for_transfer", "no_account", "resource_missing")),
            )).all():
                payment = settling.take(payment_id)
                payment.destination = account
                settling.queue_again(payment, None)
                sending.wake(payment)


def handle_account(job: Job) -> None:
    with or_not_done():
        sync_account(job.payload["account"])


def _tell_partner(account: str) -> None:
    """Stripe could not pay on to the partner's bank. We have paid: nothing changes in our books, and the partner looks at its account."""
    with atomic():
        payee = db.session.scalars(sa.select(Payee).where(Payee.stripe_account == account)).one_or_none()
        if payee is None:
            return
        for person in people_with(Role.PARTNER_ADMIN, payee.zone_id, organisation_id=payee.owner_id):
            notifications.open_task(
                person_id=person.id, zone_id=payee.zone_id, kind=SEE_STRIPE, subject=payee, title="Stripe could not pay your bank",
                text="Look at the bank details that Stripe has of you", action="Go there", icon="landmark", url=f"/payees/{payee.id}/stripe",
                urgency=Urgency.TODAY,
            )


def _wake_the_waiting() -> None:
    zones = set(db.session.scalars(sa.select(Payment.zone_id).where(Payment.state == _P.HELD, Payment.held_code == "balance_insufficient")))
    db.session.rollback()
    for zone_id in sorted(zones):
        with atomic():
            sending.requeue_waiting(zone_id, None)


# --- setting up ----------------------------------------------------------------------------------


def open_account(*, payee_id: uuid.UUID, email: str, refresh_url: str, return_url: str, actor: Person) -> str:
    """The address of Stripe's own page on which the partner sets up its account. The account is made once, by its key.

    Not inside a transaction: it asks Stripe. Raises Unsure, Refused.
    """
    payee = db.session.get_one(Payee, payee_id)
    name, account = payee.name, payee.stripe_account
    db.session.rollback()
    if account is None:
        account = sending.gateway().create_account(name=name, email=email, payee_id=str(payee_id), key=f"{sending.mode()}:payee:{payee_id}:account")
        with atomic():
            payee = lock_row(Payee, payee_id)
            payee.stripe_account = payee.stripe_account or account
            account = payee.stripe_account
            audit.record("payments.payee.opened", subject=payee, actor=actor)
    return sending.gateway().account_link(account, refresh_url=refresh_url, return_url=return_url)


def ask_about(*, payee_id: uuid.UUID) -> None:
    """The partner came back from Stripe: the worker asks whether all is done."""
    with atomic():
        payee = db.session.get_one(Payee, payee_id)
        if payee.stripe_account:
            notifications.post(
                topic=ACCOUNT_TOPIC, payload={"account": payee.stripe_account}, dedupe=f"{ACCOUNT_TOPIC}:{payee.id}:{clock.now():%Y%m%d%H%M}",
            )
