"""Giving back over Stripe, once: claim and commit, look, then ask with a key of our own; and what became of it, by Stripe's word.

The worker, the webhooks and the nightly look all come to `agree`, so repeats, losses and any order come to the same. Money has left when
Stripe's own account of our balance has a line of it, and has come back when that has another; nothing else moves our books.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import sqlalchemy as sa

from app.notifications import services as notifications
from app.notifications.handlers import Job, NotDone
from app.payments import hooks
from app.payments.answers import GivenBack, Receipt, Refused, Unsure
from app.payments.gateway import CURRENCY
from app.payments.hooks import BackNews
from app.payments.models import AGREED_REFUNDS, Place, Refund, RefundState
from app.payments.services import cash, refunding, sending
from app.payments.services.asking import committed, is_fresh, looking
from app.payments.services.refunding import GIVEN_UP, step, take
from app.shared import clock
from app.shared.db import atomic, db

_R = RefundState
OVER = ("failed", "canceled")
"""What Stripe calls a refund of which nothing more comes."""


@dataclass(frozen=True)
class Claim:
    """What the worker is to do, as it was committed. `known` are the refunds of this invoice that our books have."""

    refund_id: uuid.UUID
    invoice: str
    stripe_refund: str
    email: str
    pence: int
    key: str
    may_send: bool
    is_given_up: bool
    known: frozenset[str]


def handle(job: Job) -> None:
    work(uuid.UUID(job.payload["refund_id"]))


def work(refund_id: uuid.UUID) -> None:
    """Bring one on. Raises NotDone where nobody can tell yet: the worker comes again."""
    claim = committed(_claim, refund_id)
    if claim is None:
        return
    try:
        there = _find_or_ask(claim)
        with looking():
            if there is not None:
                agree(claim.refund_id, there)
    except Refused as refusal:
        _refuse(claim, refusal.code)
        return
    except Unsure as doubt:
        if doubt.is_strange:
            _ask_to_look(claim, "Nobody can tell whether money went back to a funder")
        raise NotDone(doubt.why) from doubt
    if there is None and claim.is_given_up:
        _refuse(claim, "not_made")
    elif there is None:
        _ask_to_look(claim, "Nobody can tell whether money went back to a funder")


def _claim(refund_id: uuid.UUID) -> Claim | None:
    with atomic():
        refund = take(refund_id)
        if refund.state not in (*AGREED_REFUNDS, _R.DONE):
            return None
        if refund.state is _R.QUEUED:
            refund.idempotency_key, refund.key_made_at = f"{sending.mode()}:refund:{refund.id}:1", clock.now()
            step(refund, _R.SENDING, "sent", None)
        known = db.session.scalars(sa.select(Refund.stripe_refund).where(Refund.invoice_id == refund.invoice_id, Refund.id != refund.id))
        return Claim(
            refund.id, refund.invoice.stripe_invoice or "", refund.stripe_refund or "", refund.invoice.payer.email, refund.pence, refund.idempotency_key, is_fresh(refund.key_made_at),
            refund.why_not == GIVEN_UP, frozenset(id_ for id_ in known if id_),
        )


def _find_or_ask(claim: Claim) -> GivenBack | None:
    """What Stripe has of it, or makes now; None when nobody can tell any more. Raises Refused, Unsure."""
    with looking():
        if claim.stripe_refund:
            return sending.gateway().get_given_back(claim.stripe_refund)
        intents = sending.gateway().intents_of(claim.invoice)
        there = [one for intent in intents for one in sending.gateway().given_back_of(intent)]
    found = _find(claim, there)
    if found is None and len(intents) != 1:
        raise Refused("several_payments")
    if found is None and claim.may_send:
        found = sending.gateway().give_back(
            intents[0], pence=claim.pence, email=claim.email, refund_id=str(claim.refund_id), key=claim.key,
        )
    return found


def _find(claim: Claim, there: list[GivenBack]) -> GivenBack | None:
    """The one that is this: by our key; or one of the same amount that somebody made on Stripe's own pages and no book has.

    Raises Unsure for another amount that no book has: a person looks, and nothing is given on top of it.
    """
    for one in there:
        if one.refund_id == str(claim.refund_id):
            return one
    strange = [one for one in there if not one.refund_id and one.id not in claim.known and one.status not in OVER]
    if len(strange) == 1 and strange[0].pence == claim.pence:
        return strange[0]
    if strange:
        raise Unsure("somebody gave another amount back at Stripe", is_strange=True)
    return None


def sync(stripe_refund: str) -> None:
    """News of a refund: one of ours, or reconciliation's to show. Not inside a transaction: it asks Stripe. Raises Unsure, Refused."""
    there = sending.gateway().get_given_back(stripe_refund)
    known = sa.select(Refund.id).where(Refund.stripe_refund == there.id)
    if there.refund_id:
        known = sa.select(Refund.id).where(Refund.id == _uuid(there.refund_id))
    refund_id = db.session.scalar(known)
    db.session.rollback()
    if refund_id is not None:
        agree(refund_id, there)


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def agree(refund_id: uuid.UUID, there: GivenBack) -> None:
    """Make ours agree with Stripe's. Not inside a transaction: it asks Stripe for its lines. Raises Unsure, Refused."""
    left = sending.gateway().get_line(there.txn) if there.txn else None
    back = sending.gateway().get_line(there.back_txn) if there.back_txn else None
    with atomic():
        refund = take(refund_id)
        if refund.state not in (_R.SENDING, _R.DONE) or refund.stripe_refund not in (None, there.id):
            return
        if (there.pence, there.currency) != (refund.pence, CURRENCY) or (left is not None and left.pence != -refund.pence):
            refunding.ask_to_look(refund, "Stripe gave another amount back than we asked for")
            return
        refund.stripe_refund, refund.stripe_status = there.id, there.status[:24]
        if refund.state is _R.SENDING and left is not None:
            _done(refund, left)
        elif refund.state is _R.SENDING and there.status in OVER:
            _drop(refund, _R.REFUSED, "refused", there.status)
        if refund.state is _R.DONE and back is not None:
            _came_back(refund, back)
        elif refund.state is _R.DONE and there.status in OVER:
            refunding.ask_to_look(refund, "Money for a funder did not reach its bank")


def _done(refund: Refund, left: Receipt) -> None:
    """Stripe's line of it stands in the cash book once. The fund gave it with the second yes."""
    cash.move(
        key=f"stripe:txn:{left.txn}", zone_id=refund.zone_id, source=Place.STRIPE, target=Place.FUNDERS, pence=refund.pence, actor=None,
        reference=refund.called,
    )
    if left.fee_pence > 0:
        cash.move(
            key=f"stripe:txn:{left.txn}:fee", zone_id=refund.zone_id, source=Place.STRIPE, target=Place.FEES, pence=left.fee_pence, actor=None,
            reference=refund.called,
        )
    refund.done_at, refund.why_not = clock.now(), ""
    step(refund, _R.DONE, "done", None)
    notifications.close_tasks(kind=None, subject=refund, why="It went back")
    hooks.tell_refund(refund, BackNews.DONE, None)


def _came_back(refund: Refund, back: Receipt) -> None:
    """The funder's bank would not have it: it is ours again, and the fund's."""
    cash.move(
        key=f"stripe:txn:{back.txn}", zone_id=refund.zone_id, source=Place.FUNDERS, target=Place.STRIPE, pence=refund.pence, actor=None,
        reference=refund.called,
    )
    _drop(refund, _R.CAME_BACK, "came_back", refund.stripe_status)
    sending.requeue_waiting(refund.zone_id, None)


def _drop(refund: Refund, to: RefundState, done: str, code: str) -> None:
    """It did not go, or came back: the fund has it again, and a person hears of it."""
    refund.why_not = code[:60]
    step(refund, to, done, None, code)
    notifications.close_tasks(kind=None, subject=refund, why="It did not go back")
    hooks.tell_refund(refund, BackNews.DROPPED, None)
    refunding.ask_to_look(refund, "Stripe did not give a funder's money back")


def _refuse(claim: Claim, code: str) -> None:
    with atomic():
        refund = take(claim.refund_id)
        if refund.state is _R.SENDING and not refund.stripe_refund:
            _drop(refund, _R.REFUSED, "refused", code)


def _ask_to_look(claim: Claim, title: str) -> None:
    with atomic():
        refunding.ask_to_look(take(claim.refund_id), title)


def look_again() -> None:
    """By night: those that Stripe is not done with, and those of whose end it may say more."""
    is_open = sa.or_(Refund.state.in_(AGREED_REFUNDS), sa.and_(Refund.state == _R.DONE, Refund.stripe_status != "succeeded"))
    with atomic():
        for refund in db.session.scalars(sa.select(Refund).where(is_open).order_by(Refund.id)).all():
            refunding.wake(refund, f"look:{clock.today():%Y%m%d}")
