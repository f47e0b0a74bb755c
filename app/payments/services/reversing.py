"""Taking back over Stripe, once: claim and commit, look, then ask with a key of our own, and write down what came of it.

The durable worker tries again while nobody can tell; each try looks at Stripe first, and a key is sent only while Stripe knows it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import sqlalchemy as sa

from app.notifications.handlers import Job, NotDone
from app.payments.gateway import Refused, Reversal, Unsure
from app.payments.models import Place, TakeBack, TakeBackState
from app.payments.services import sending, taking
from app.payments.services.asking import committed, is_fresh, looking
from app.shared.db import atomic, db

_T = TakeBackState
NOT_MADE = "not_made"


@dataclass(frozen=True)
class Claim:
    """What the worker is to do, as it was committed. `known` are the reversals of this transfer that our books have."""

    take_back_id: uuid.UUID
    transfer_id: str
    pence: int
    key: str
    may_send: bool
    is_given_up: bool
    known: frozenset[str]


def handle(job: Job) -> None:
    work(uuid.UUID(job.payload["take_back_id"]))


def work(take_back_id: uuid.UUID) -> None:
    """Bring one on. Raises NotDone where nobody can tell yet: the worker comes again."""
    claim = committed(_claim, take_back_id)
    if claim is None:
        return
    try:
        found = _find(claim)
        if found is None and claim.may_send:
            found = sending.gateway().reverse(claim.transfer_id, pence=claim.pence, take_back_id=str(claim.take_back_id), key=claim.key)
    except Refused as refusal:
        _refuse(claim, refusal.code)
    except Unsure as doubt:
        if doubt.is_strange:
            _ask_to_look(claim)
        raise NotDone(doubt.why) from doubt
    else:
        if found is not None:
            _finish(claim, found)
        elif claim.is_given_up:
            _refuse(claim, NOT_MADE)
        else:
            _ask_to_look(claim)


def _claim(take_back_id: uuid.UUID) -> Claim | None:
    with atomic():
        taken, payment = taking.take(take_back_id)
        if taken.state not in (_T.QUEUED, _T.SENDING):
            return None
        if payment.transfer_id is None:  # somebody took the whole of it back on Stripe's own pages meanwhile
            taking.begin(taken)
            if taken.is_whole:
                taking.finish(taken, payment, key="", place=Place.STRIPE, actor=None)
            else:
                taking.refuse(taken, "taken_back_whole")
            return None
        taking.begin(taken)
        known = db.session.scalars(sa.select(TakeBack.reversal_id).where(TakeBack.payment_id == payment.id, TakeBack.reversal_id.is_not(None)))
        return Claim(
            taken.id, payment.transfer_id, taken.pence, taken.idempotency_key, is_fresh(taken.key_made_at), taken.why_not == taking.GIVEN_UP,
            frozenset(id_ for id_ in known if id_),
        )


def _find(claim: Claim) -> Reversal | None:
    """The reversal that is this one: by our key; or one of the same amount that somebody made on Stripe's own pages and no book has.

    Raises Unsure for a reversal of another amount that no book has: a person looks, and nothing is taken back on top of it.
    """
    with looking():
        there = sending.gateway().reversals(claim.transfer_id)
    for reversal in there:
        if reversal.take_back_id == str(claim.take_back_id):
            return reversal
    strange = [reversal for reversal in there if not reversal.take_back_id and reversal.id not in claim.known]
    if len(strange) == 1 and strange[0].pence == claim.pence:
        return strange[0]
    if strange:
        raise Unsure("somebody took another amount back at Stripe", is_strange=True)
    return None


def _finish(claim: Claim, reversal: Reversal) -> None:
    with atomic():
        taken, payment = taking.take(claim.take_back_id)
        if taken.state is _T.SENDING:
            taken.reversal_id = reversal.id
            taking.finish(taken, payment, key=f"stripe:reversal:{reversal.id}", place=Place.STRIPE, actor=None)


def _refuse(claim: Claim, code: str) -> None:
    with atomic():
        taken, payment = taking.take(claim.take_back_id)
        if taken.state is _T.SENDING:
            taking.refuse(taken, code)
            sending.ask_to_look(payment, "Stripe did not take money back")


def _ask_to_look(claim: Claim) -> None:
    with atomic():
        _, payment = taking.take(claim.take_back_id)
        sending.ask_to_look(payment, "Nobody can tell whether money was taken back")
