"""What became of an invoice, by Stripe's word read again: paid into the books once, void, or a person's to look at.

The payment worker, the webhooks and the nightly look all come here, so repeats, losses and any order come to the same.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import sqlalchemy as sa

from app.accounts.models import Person, Role
from app.accounts.queries import people_with
from app.audit import services as audit
from app.notifications import services as notifications
from app.notifications.models import Urgency
from app.payments import hooks
from app.payments.answers import BilledInvoice, Receipt
from app.payments.gateway import CURRENCY
from app.payments.models import INVOICE_MOVES, LIVE_INVOICES, Invoice, InvoiceState, Payer, Place
from app.payments.services import cash, sending
from app.payments.services.locks import lock_zone
from app.shared import clock
from app.shared.db import atomic, db, lock_row
from app.shared.errors import DomainError
from app.shared.money import pounds

LOOK, OVERDUE, WAITS = "invoice_to_look_at", "invoice_overdue", "money_waits_at_stripe"
_I = InvoiceState


def step(invoice: Invoice, to: InvoiceState, done: str, actor: Person | None, why: str = "") -> None:
    """The one way an invoice's state changes. Raises IllegalMove."""
    was = invoice.state
    INVOICE_MOVES.require(was, to)
    invoice.state, invoice.why = to, why[:60]
    db.session.flush()
    audit.record(f"payments.invoice.{done}", subject=invoice, actor=actor, moved=(was, to), reason=why, pence=invoice.pence)
    if to not in LIVE_INVOICES:
        notifications.close_tasks(kind=(LOOK, OVERDUE), subject=invoice, why=done.capitalize())


def hold(invoice_id: uuid.UUID, code: str) -> None:
    """It stands until a person has looked."""
    with atomic():
        invoice = lock_row(Invoice, invoice_id)
        if invoice.state is not _I.HELD:
            step(invoice, _I.HELD, "held", None, why=code)
        invoice.why = code[:60]
        _tell(invoice, LOOK, "An invoice needs a look", Urgency.TODAY)


def sync(stripe_invoice: str) -> None:
    """News of an invoice: one of ours, or nobody's business here. Not inside a transaction: it asks Stripe. Raises Unsure, Refused."""
    there = sending.gateway().get_invoice(stripe_invoice)
    known = db.session.scalar(sa.select(Invoice.id).where(Invoice.stripe_invoice == there.id))
    db.session.rollback()
    if known is not None:
        agree(there)


def agree(there: BilledInvoice) -> None:
    """Make our invoice agree with Stripe's, and see what else of the funder's waits there. Raises Unsure, Refused."""
    receipts = sending.gateway().receipts_of(there.id) if there.status == "paid" else []
    invoice_id, zone_id = db.session.execute(sa.select(Invoice.id, Invoice.zone_id).where(Invoice.stripe_invoice == there.id)).one()
    db.session.rollback()
    try:
        with atomic():
            lock_zone(zone_id)
            invoice = lock_row(Invoice, invoice_id)
            invoice.stripe_number, invoice.page, invoice.due_on = there.number[:60], there.page[:600], there.due_on
            _follow(invoice, there, receipts)
    except DomainError:
        hold(invoice_id, "books")
    sync_held(there.customer)


def _follow(invoice: Invoice, there: BilledInvoice, receipts: Sequence[Receipt]) -> None:
    if invoice.state is _I.PAID:
        return
    if there.status == "paid":
        came = sum(receipt.pence for receipt in receipts)
        if came == 0:
            _odd(invoice, "no_money")
        elif (there.pence, there.currency, there.customer, came) != (invoice.pence, CURRENCY, invoice.payer.stripe_customer, invoice.pence):
            _odd(invoice, "other_amount")
        else:
            _pay(invoice, receipts)
    elif there.status in ("void", "uncollectible"):
        if invoice.state in LIVE_INVOICES:
            step(invoice, _I.VOID, "voided", None, why="withdrawn" if invoice.is_withdrawn else there.status)
    elif there.status == "open":
        if there.pence != invoice.pence:
            _odd(invoice, "other_amount")
        elif invoice.state in (_I.QUEUED, _I.HELD):
            step(invoice, _I.OPEN, "opened", None)
        if invoice.due_on and invoice.due_on < clock.today():
            _tell(invoice, OVERDUE, "A funder has not paid an invoice", Urgency.WEEK)


def _pay(invoice: Invoice, receipts: Sequence[Receipt]) -> None:
    """Each of Stripe's lines stands in the cash book once; the rooms above post the whole as received; what waited for money goes."""
    for receipt in receipts:
        key = f"stripe:txn:{receipt.txn}"
        cash.move(
            key=key, zone_id=invoice.zone_id, source=Place.FUNDERS, target=Place.STRIPE, pence=receipt.pence, actor=None, reference=invoice.called,
        )
        if receipt.fee_pence:
            cash.move(
                key=f"{key}:fee", zone_id=invoice.zone_id, source=Place.STRIPE, target=Place.FEES, pence=receipt.fee_pence, actor=None,
                reference=invoice.called,
            )
    invoice.paid_at = clock.now()
    step(invoice, _I.PAID, "paid", None)
    hooks.tell_invoice_paid(invoice)
    sending.requeue_waiting(invoice.zone_id, None)


def _odd(invoice: Invoice, code: str) -> None:
    """Stripe says something that our books do not: nothing is posted, and a person looks."""
    if invoice.state is not _I.HELD:
        step(invoice, _I.HELD, "held", None, why=code)
    invoice.why = code
    _tell(invoice, LOOK, "An invoice needs a look", Urgency.TODAY)


def sync_held(customer: str) -> None:
    """What has come from a funder and paid no invoice. Not inside a transaction: it asks Stripe. Raises Unsure, Refused."""
    held = sending.gateway().cash_held(customer)
    with atomic():
        payer = db.session.scalars(sa.select(Payer).where(Payer.stripe_customer == customer).with_for_update()).one_or_none()
        if payer is None:
            return
        payer.held_pence = held
        if not held:
            notifications.close_tasks(kind=WAITS, subject=payer, why="Nothing waits any more")
            return
        for person in people_with(Role.ZONE_MANAGER, payer.zone_id):
            notifications.open_task(
                person_id=person.id, zone_id=payer.zone_id, kind=WAITS, subject=payer, title=f"{pounds(held)} from a funder waits at Stripe",
                text=f"{payer.name}: it is not the amount of an open invoice.", action="Look", icon="landmark", url="/invoices", urgency=Urgency.WEEK,
            )


def _tell(invoice: Invoice, kind: str, title: str, urgency: Urgency) -> None:
    for person in people_with(Role.ZONE_MANAGER, invoice.zone_id):
        notifications.open_task(
            person_id=person.id, zone_id=invoice.zone_id, kind=kind, subject=invoice, title=title,
            text=f"{invoice.called} to {invoice.payer.name}, {pounds(invoice.pence)}", action="Look at it", icon="receipt-text",
            url=f"/invoices/{invoice.id}", urgency=urgency,
        )
