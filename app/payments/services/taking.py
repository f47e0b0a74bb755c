"""Taking money of a payment back: asked for by one person, approved by another, and then done once (PAYMENTS 2.5, 10 and 10b).

Either against credits that corrections made and that no payment has netted yet, or the whole payment, which is owed again then and
held. Nobody types an amount. Over Stripe the worker looks for the reversal before it asks for one; over the bank the money has come.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person
from app.audit import services as audit
from app.notifications import services as notifications
from app.payments import hooks, policies, queries
from app.payments.hooks import BackNews
from app.payments.models import (
    TAKE_BACK_MOVES,
    Payment,
    PaymentItem,
    PaymentState,
    Place,
    Rail,
    TakeBack,
    TakeBackState,
    Way,
)
from app.payments.services import cash, settling
from app.payments.services.asking import is_fresh
from app.payments.services.locks import lock_zone
from app.payments.services.runs import PaidAlready
from app.payments.services.second_person import ask_for_a_yes
from app.shared import clock
from app.shared.db import atomic, db, lock_row
from app.shared.errors import Forbidden, IllegalMove, Invalid
from app.shared.money import pounds

TO_APPROVE = "take_back_to_approve"
TOPIC = "payments.take_back"
GIVEN_UP = "given_up"
_P, _T = PaymentState, TakeBackState


def ask(
    *, payment_id: uuid.UUID, credit_items: Sequence[tuple[uuid.UUID, int]] = (), way: Way, reference: str = "", actor: Person
) -> TakeBack:
    """Ask for money back: what `credit_items` (payables, each below nil in sum) come to, or without any the whole payment.

    Over the bank the money has arrived, under `reference`. Somebody else approves it. Raises Invalid, IllegalMove, PaidAlready, Forbidden.
    """
    with atomic():
        lock_zone(db.session.get_one(Payment, payment_id).zone_id)
        payment = settling.take(payment_id)
        if not policies.can_settle_payment(actor, payment):
            raise Forbidden(_("The Zone manager asks for money back."))
        is_whole = not credit_items
        pence = payment.pence if is_whole else -sum(part for _, part in credit_items)
        reference = " ".join(reference.split())
        _require_possible(payment, pence, is_whole=is_whole, way=way, reference=reference)
        if queries.in_payment([payable_id for payable_id, _ in credit_items]):
            raise PaidAlready(_("This credit stands in a payment already, or is being taken back."))
        taken = TakeBack(
            id=uuid.uuid4(), zone_id=payment.zone_id, payment_id=payment.id, pence=pence, is_whole=is_whole, way=way, asked_by_id=actor.id,
            reference=reference[:60],
        )
        db.session.add(taken)
        db.session.flush()
        db.session.add_all(
            PaymentItem(payment_id=payment.id, take_back_id=taken.id, payable_id=key, pence=part) for key, part in credit_items
        )
        db.session.flush()
        audit.record("payments.take_back.asked", subject=taken, actor=actor, zone_id=taken.zone_id, payment=payment.id, pence=pence, way=way)
        ask_for_a_yes(
            taken, kind=TO_APPROVE, title=f"Approve taking back {pounds(taken.pence)}", text=f"Of {payment.reference}, asked by {actor.name}",
            url=f"/payment-runs/{payment.run_id}",
        )
        return taken


def _require_possible(payment: Payment, pence: int, *, is_whole: bool, way: Way, reference: str) -> None:
    if payment.state not in (_P.PAID, _P.PART_REVERSED):
        raise IllegalMove(_("Only of a payment that was made is anything taken back."))
    if queries.live_take_back(payment.id) is not None:
        raise IllegalMove(_("Money of this payment is being taken back already. See to that first."))
    if is_whole and payment.reversed_pence:
        raise IllegalMove(_("Some of it was taken back already, so the whole cannot be."))
    if not 0 < pence <= payment.pence - payment.reversed_pence:
        raise Invalid(_("That is more than this payment was. Choose another, or let it be taken off the next payment."), field="payment")
    if way is Way.STRIPE and (payment.run.rail is not Rail.STRIPE or not payment.transfer_id):
        raise Invalid(_("This was not paid over Stripe: money comes back over the bank."), field="way")
    if way is Way.BANK and is_whole and payment.run.rail is Rail.STRIPE:
        raise Invalid(_("The whole of a transfer is taken back by Stripe, or what corrections took off comes over the bank."), field="way")
    if way is Way.BANK and not reference:
        raise Invalid(_("Give the bank’s reference of the money that arrived."), field="reference")


def approve(*, take_back_id: uuid.UUID, actor: Person) -> TakeBack:
    """The second person's yes. Over the bank it is done by that; over Stripe the worker does it. Raises IllegalMove, Forbidden."""
    with atomic():
        taken, payment = take(take_back_id)
        if why_not := policies.why_not_approve_back(actor, taken):
            raise Forbidden(why_not)
        if taken.state is not _T.ASKED:
            raise IllegalMove(_("This does not wait for a yes (any more)."))
        taken.approved_by_id = actor.id
        notifications.close_tasks(kind=TO_APPROVE, subject=taken, why="Approved")
        if taken.way is Way.STRIPE:
            mode = (payment.idempotency_key or "test:").split(":")[0]
            taken.idempotency_key, taken.key_made_at = f"{mode}:credit:{taken.id}:reversal:1", clock.now()
            _step(taken, _T.QUEUED, "approved", actor)
            hooks.tell_back(taken, BackNews.AGREED, actor)
            wake(taken, "approved")
        else:
            hooks.tell_back(taken, BackNews.AGREED, actor)
            finish(taken, payment, key=f"take_back:{taken.id}", place=Place.BANK, actor=actor)
        return taken


def cancel(*, take_back_id: uuid.UUID, actor: Person) -> TakeBack:
    """Before it is approved: whoever manages the Zone, or could approve it. Raises IllegalMove, Forbidden."""
    with atomic():
        taken, _run = take(take_back_id)
        if not policies.can_see_to_take_back(actor, taken):
            raise Forbidden(_("The Zone manager or a budget holder cancels this."))
        if taken.state is not _T.ASKED:
            raise IllegalMove(_("This was approved: it may have happened, or may yet."))
        _drop(taken, _T.CANCELLED, "cancelled", actor)
        return taken


def give_up(*, take_back_id: uuid.UUID, actor: Person) -> TakeBack:
    """Nobody can tell, and Stripe remembers its key no more: the worker looks a last time; what is not there was not taken back.

    Said by another person than who asked. Raises IllegalMove, Forbidden.
    """
    with atomic():
        taken, _run = take(take_back_id)
        if why_not := policies.why_not_approve_back(actor, taken):
            raise Forbidden(why_not)
        if not can_be_given_up(taken):
            raise IllegalMove(_("It may still happen: a day after it was sent somebody can give it up."))
        audit.record("payments.take_back.given_up", subject=taken, actor=actor, zone_id=taken.zone_id)
        taken.why_not = GIVEN_UP
        wake(taken, f"given_up:{clock.now():%Y%m%d%H%M}")
        return taken


def can_be_given_up(taken: TakeBack) -> bool:
    return taken.state is _T.SENDING and not is_fresh(taken.key_made_at)


# --- what the worker writes down -----------------------------------------------------------------


def wake(taken: TakeBack, why: str) -> None:
    notifications.post(topic=TOPIC, payload={"take_back_id": str(taken.id)}, dedupe=f"{TOPIC}:{taken.id}:{why}")


def finish(taken: TakeBack, payment: Payment, *, key: str, place: Place, actor: Person | None) -> None:
    """The money is back. Whoever calls holds the locks (`take`)."""
    taken.done_at, taken.why_not = clock.now(), ""
    _step(taken, _T.DONE, "done", actor)
    if taken.is_whole:
        if payment.state is _P.PAID:  # else somebody saw it at Stripe before us, and it is held already
            payment.transfer_id = None
            settling.send_back(payment, "taken_back", place=place, actor=actor)
    else:
        payment.reversed_pence += taken.pence
        whole = payment.reversed_pence == payment.pence
        if whole or payment.state is _P.PAID:
            settling.step(payment, _P.REVERSED if whole else _P.PART_REVERSED, "reversed", actor)
        cash.move(
            key=key, zone_id=taken.zone_id, source=Place.PARTNERS, target=place, pence=taken.pence, actor=actor, reference=payment.reference,
            payment_id=payment.id,
        )
    hooks.tell_back(taken, BackNews.DONE, actor)


def refuse(taken: TakeBack, code: str) -> None:
    """It certainly did not happen: the credit is free again, for the next payment."""
    _drop(taken, _T.REFUSED, "refused", None, code)


def _drop(taken: TakeBack, to: TakeBackState, done: str, actor: Person | None, code: str = "") -> None:
    taken.why_not = code[:60]
    _step(taken, to, done, actor, code)
    for item in taken.items:
        item.voided_at = clock.now()
    db.session.flush()
    notifications.close_tasks(kind=None, subject=taken, why="It is not taken back")
    hooks.tell_back(taken, BackNews.DROPPED, actor)


def _step(taken: TakeBack, to: TakeBackState, done: str, actor: Person | None, reason: str = "") -> None:
    was = taken.state
    TAKE_BACK_MOVES.require(was, to)
    taken.state = to
    db.session.flush()
    audit.record(
        f"payments.take_back.{done}", subject=taken, actor=actor, zone_id=taken.zone_id, moved=(was, to), reason=reason, pence=taken.pence,
    )


def begin(taken: TakeBack) -> None:
    """Queued -> sending: from now on it may have happened."""
    if taken.state is _T.QUEUED:
        _step(taken, _T.SENDING, "sent", None)


def take(take_back_id: uuid.UUID) -> tuple[TakeBack, Payment]:
    """Both locked, the payment first, and read fresh."""
    payment = settling.take(db.session.get_one(TakeBack, take_back_id).payment_id)
    return lock_row(TakeBack, take_back_id), payment


def live_at_stripe() -> Sequence[uuid.UUID]:
    """Those that the worker has to bring on."""
    return db.session.scalars(sa.select(TakeBack.id).where(TakeBack.state.in_((_T.QUEUED, _T.SENDING))).order_by(TakeBack.id)).all()
