"""Giving a funder money of a paid invoice back: asked for by one person, approved by another, then done once (PAYMENTS 2.5, 11).

With the yes the rooms above set the money aside, in the ledger; the worker (`refund_sending`) asks Stripe. It goes back to the bank
account that it came from.
"""

from __future__ import annotations

import uuid

from flask_babel import gettext as _

from app.accounts.models import Person, Role
from app.accounts.queries import people_with
from app.audit import services as audit
from app.notifications import services as notifications
from app.notifications.models import Urgency
from app.payments import hooks, policies, queries
from app.payments.hooks import BackNews
from app.payments.models import REFUND_MOVES, Invoice, InvoiceState, Refund, RefundState
from app.payments.services import sending
from app.payments.services.asking import is_fresh
from app.payments.services.locks import lock_zone
from app.payments.services.second_person import ask_for_a_yes
from app.shared import clock
from app.shared.db import atomic, db, lock_row
from app.shared.errors import Forbidden, IllegalMove, Invalid
from app.shared.money import pounds

TO_APPROVE, LOOK = "refund_to_approve", "refund_to_look_at"
TOPIC = "payments.refund"
GIVEN_UP = "given_up"
_R = RefundState


def ask(*, invoice_id: uuid.UUID, pence: int, actor: Person) -> Refund:
    """Ask for so much of a paid invoice to go back to its funder. Somebody else approves it. Raises Invalid, IllegalMove, Forbidden."""
    with atomic():
        lock_zone(db.session.get_one(Invoice, invoice_id).zone_id)
        invoice = lock_row(Invoice, invoice_id)
        if not policies.can_settle_invoice(actor, invoice):
            raise Forbidden(_("The Zone manager asks for money to go back."))
        if invoice.state is not InvoiceState.PAID:
            raise IllegalMove(_("Only what was paid can go back."))
        if queries.live_refund(invoice.id) is not None:
            raise IllegalMove(_("Money of this invoice is going back already. See to that first."))
        left = invoice.pence - queries.pence_refunded(invoice.id)
        if not 0 < pence <= left:
            raise Invalid(_("Type an amount above nothing, and no more than %(left)s: more of it has not come.", left=pounds(left)), field="pence")
        _require_money(invoice.zone_id, pence)
        refund = Refund(
            zone_id=invoice.zone_id, invoice=invoice, number=queries.next_refund_number(invoice.zone_id), pence=pence, state=_R.ASKED, asked_by_id=actor.id,
        )
        db.session.add(refund)
        db.session.flush()
        audit.record("payments.refund.asked", subject=refund, actor=actor, zone_id=refund.zone_id, invoice=invoice.id, pence=pence)
        ask_for_a_yes(
            refund, kind=TO_APPROVE, title=f"Approve giving back {pounds(refund.pence)}", text=f"To {refund.invoice.payer.name}, asked by {actor.name}",
            url=f"/invoices/{refund.invoice_id}",
        )
        return refund


def _require_money(zone_id: uuid.UUID, pence: int) -> None:
    left = max(0, sending.money_left(zone_id))
    if pence > left:
        raise Invalid(_("This Zone has %(left)s at Stripe. Send more there first, or pay the funder back over the bank.", left=pounds(left)), field="pence")


def approve(*, refund_id: uuid.UUID, actor: Person) -> Refund:
    """The second person's yes: the fund gives it, and the worker asks Stripe. Raises IllegalMove, Invalid, Forbidden, NotEnoughMoney."""
    with atomic():
        refund = take(refund_id)
        if why_not := policies.why_not_approve_back(actor, refund):
            raise Forbidden(why_not)
        if refund.state is not _R.ASKED:
            raise IllegalMove(_("This does not wait for a yes (any more)."))
        _require_money(refund.zone_id, refund.pence)
        refund.approved_by_id = actor.id
        notifications.close_tasks(kind=TO_APPROVE, subject=refund, why="Approved")
        step(refund, _R.QUEUED, "approved", actor)
        hooks.tell_refund(refund, BackNews.AGREED, actor)
        wake(refund, "approved")
        return refund


def cancel(*, refund_id: uuid.UUID, actor: Person) -> Refund:
    """Before it is approved: whoever manages the Zone, or could approve it. Raises IllegalMove, Forbidden."""
    with atomic():
        refund = take(refund_id)
        if not policies.can_see_to_refund(actor, refund):
            raise Forbidden(_("The Zone manager or a budget holder cancels this."))
        if refund.state is not _R.ASKED:
            raise IllegalMove(_("This was approved: it may have happened, or may yet."))
        step(refund, _R.CANCELLED, "cancelled", actor)
        notifications.close_tasks(kind=None, subject=refund, why="It does not go back")
        return refund


def give_up(*, refund_id: uuid.UUID, actor: Person) -> Refund:
    """Nobody can tell, and Stripe remembers its key no more: the worker looks a last time; what is not there did not go.

    Said by another person than who asked. Raises IllegalMove, Forbidden.
    """
    with atomic():
        refund = take(refund_id)
        if why_not := policies.why_not_approve_back(actor, refund):
            raise Forbidden(why_not)
        if not can_be_given_up(refund):
            raise IllegalMove(_("It may still happen: a day after it was sent somebody can give it up."))
        audit.record("payments.refund.given_up", subject=refund, actor=actor, zone_id=refund.zone_id)
        refund.why_not = GIVEN_UP
        wake(refund, f"given_up:{clock.now():%Y%m%d%H%M}")
        return refund


def can_be_given_up(refund: Refund) -> bool:
    return refund.state is _R.SENDING and not refund.stripe_refund and not is_fresh(refund.key_made_at)


# --- for the worker ------------------------------------------------------------------------------


def take(refund_id: uuid.UUID) -> Refund:
    """Locked after its Zone, and read fresh."""
    lock_zone(db.session.get_one(Refund, refund_id).zone_id)
    return lock_row(Refund, refund_id)


def wake(refund: Refund, why: str) -> None:
    """Promise the worker's next look at it."""
    notifications.post(topic=TOPIC, payload={"refund_id": str(refund.id)}, dedupe=f"{TOPIC}:{refund.id}:{why}")


def step(refund: Refund, to: RefundState, done: str, actor: Person | None, reason: str = "") -> None:
    """The one way a refund's state changes. Raises IllegalMove."""
    was = refund.state
    REFUND_MOVES.require(was, to)
    refund.state = to
    db.session.flush()
    audit.record(f"payments.refund.{done}", subject=refund, actor=actor, zone_id=refund.zone_id, moved=(was, to), reason=reason, pence=refund.pence)


def ask_to_look(refund: Refund, title: str) -> None:
    for person in people_with(Role.ZONE_MANAGER, refund.zone_id):
        notifications.open_task(
            person_id=person.id, zone_id=refund.zone_id, kind=LOOK, subject=refund, title=title,
            text=f"{pounds(refund.pence)} to {refund.invoice.payer.name}", action="Look at it", icon="triangle-alert",
            url=f"/invoices/{refund.invoice_id}", urgency=Urgency.NOW,
        )
