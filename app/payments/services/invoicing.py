"""Asking a funder for money through Stripe, once: an invoice to be paid by bank transfer (PAYMENTS 2.1, step 2).

The worker makes it in small steps, each with a key that was committed first; whoever may have tried before looks first, and no step is
done that Stripe shows as done. What became of it is read again from Stripe, whatever the news says: the money stands in the books once,
by Stripe's own line of it. An invoice is never paid in part: too little, or too much, waits with Stripe and a person is told.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person
from app.audit import services as audit
from app.notifications import services as notifications
from app.notifications.handlers import Job, NotDone
from app.payments import queries
from app.payments.answers import BilledInvoice, Refused, Unsure
from app.payments.models import LIVE_INVOICES, Invoice, InvoiceState, Payer, Rail
from app.payments.services import invoice_books, sending
from app.payments.services.asking import committed, is_fresh
from app.payments.services.locks import lock_zone
from app.shared import clock
from app.shared.db import atomic, db, lock_row
from app.shared.errors import Forbidden, IllegalMove, Invalid

TOPIC = "payments.invoice"
DAYS = 30
_I = InvoiceState


def is_open_to(zone_id: uuid.UUID) -> bool:
    """Whether this Zone asks funders through Stripe: only where it chose to pay through it."""
    return sending.is_set_up() and queries.settings_of(zone_id).rail is Rail.STRIPE


def ask(*, zone_id: uuid.UUID, owner_id: uuid.UUID, name: str, email: str, pence: int, actor: Person) -> Invoice:
    """Promise an invoice over `pence` to a funder; the worker makes and sends it. Raises Invalid, Forbidden."""
    with atomic():
        if not actor.manages(zone_id):
            raise Forbidden(_("The Zone manager asks funders for money."))
        lock_zone(zone_id)
        if not is_open_to(zone_id):
            raise Invalid(_("This Zone does not use Stripe. Choose it under “How this Zone pays” first."))
        if pence <= 0:
            raise Invalid(_("Type an amount above nothing."), field="pence")
        made = Invoice(
            zone_id=zone_id, payer=_payer(zone_id, name, email), owner_id=owner_id, number=_next_number(zone_id), pence=pence, days=DAYS,
            asked_by_id=actor.id, state=_I.QUEUED, attempt=1, tries=0,
        )
        db.session.add(made)
        db.session.flush()
        audit.record("payments.invoice.asked", subject=made, actor=actor, pence=pence, number=made.number)
        wake(made)
        return made


def _payer(zone_id: uuid.UUID, name: str, email: str) -> Payer:
    found = db.session.scalars(sa.select(Payer).where(Payer.zone_id == zone_id, Payer.name == name).with_for_update()).one_or_none()
    if found is None:
        return Payer(zone_id=zone_id, name=name, email=email, held_pence=0)
    if found.email != email:
        is_being_made = sa.select(Invoice.id).where(Invoice.payer_id == found.id, Invoice.state == _I.QUEUED).limit(1)
        if db.session.scalar(is_being_made) is not None:
            raise Invalid(_("An invoice to the address before is still being made. Try again in a minute."), field="email")
        found.email = email
    return found


def _next_number(zone_id: uuid.UUID) -> int:
    return 1 + (db.session.scalar(sa.select(sa.func.max(Invoice.number)).where(Invoice.zone_id == zone_id)) or 0)


def wake(invoice: Invoice, why: str = "") -> None:
    """Promise the worker's next look at an invoice."""
    notifications.post(
        topic=TOPIC, payload={"invoice_id": str(invoice.id)}, dedupe=f"{TOPIC}:{invoice.id}:{invoice.attempt}:{invoice.is_withdrawn}:{why}",
    )


def withdraw(*, invoice_id: uuid.UUID, actor: Person) -> Invoice:
    """Not this any more. What was paid before Stripe hears of it counts. Raises IllegalMove, Forbidden."""
    with atomic():
        invoice = _take(invoice_id)
        if not actor.manages(invoice.zone_id):
            raise Forbidden(_("The Zone manager withdraws an invoice."))
        if invoice.state not in LIVE_INVOICES or invoice.is_withdrawn:
            raise IllegalMove(_("This invoice does not wait for money (any more)."))
        invoice.is_withdrawn = True
        audit.record("payments.invoice.withdrawn", subject=invoice, actor=actor, pence=invoice.pence)
        if invoice.tries == 0:
            invoice_books.step(invoice, _I.VOID, "voided", actor, why="withdrawn")
        wake(invoice)
        return invoice


def try_again(*, invoice_id: uuid.UUID, actor: Person) -> Invoice:
    """The cause is gone: the worker takes it up again, with new keys. Raises IllegalMove, Forbidden."""
    with atomic():
        invoice = _take(invoice_id)
        if not actor.manages(invoice.zone_id):
            raise Forbidden(_("The Zone manager has an invoice tried again."))
        if invoice.state is not _I.HELD:
            raise IllegalMove(_("Only an invoice that is held is tried again."))
        invoice.attempt, invoice.key_made_at, invoice.why = invoice.attempt + 1, None, ""
        invoice_books.step(invoice, _I.OPEN if invoice.sent_at else _I.QUEUED, "requeued", actor)
        notifications.close_tasks(kind=invoice_books.LOOK, subject=invoice, why="Tried again")
        wake(invoice)
        return invoice


# --- the worker ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Claim:
    """One invoice as it was committed before Stripe is asked. `may_be_there`: somebody may have made it before."""

    invoice_id: uuid.UUID
    payer_id: uuid.UUID
    name: str
    email: str
    pence: int
    days: int
    words: str
    customer: str
    stripe_invoice: str
    keys: str
    may_be_there: bool
    is_sent: bool
    is_withdrawn: bool


def handle(job: Job) -> None:
    work(uuid.UUID(job.payload["invoice_id"]))


def work(invoice_id: uuid.UUID) -> None:
    """Make what is not made, then read again what became of it. Raises NotDone where nobody can tell yet: the worker comes again."""
    claim = committed(_claim, invoice_id)
    if claim is None:
        return
    try:
        there = _take_away(claim) if claim.is_withdrawn else _there(claim) if claim.is_sent else _make(claim)
        if there is not None:
            invoice_books.agree(there)
        elif claim.is_withdrawn:
            _never_made(claim)
    except Refused as refusal:
        invoice_books.hold(invoice_id, refusal.code)
    except Unsure as doubt:
        if not doubt.is_strange:
            raise NotDone(doubt.why) from doubt
        invoice_books.hold(invoice_id, "key_used")


def _claim(invoice_id: uuid.UUID) -> Claim | None:
    with atomic():
        invoice = _take(invoice_id)
        if invoice.state is _I.PAID or (invoice.state is _I.HELD and not invoice.is_withdrawn and not invoice.sent_at):
            return None
        if invoice.state is _I.VOID and not invoice.stripe_invoice:
            return None
        now, may_be_there = clock.now(), invoice.tries > 0
        if invoice.key_made_at is not None and not is_fresh(invoice.key_made_at):
            invoice.attempt, invoice.key_made_at = invoice.attempt + 1, None  # forgotten by now, and Stripe is looked at first
        invoice.key_made_at = invoice.key_made_at or now
        invoice.tries += 1
        payer = invoice.payer
        return Claim(
            invoice.id, payer.id, payer.name, payer.email, invoice.pence, invoice.days, f"Kith, invoice {invoice.number}", payer.stripe_customer or "",
            invoice.stripe_invoice or "", f"{sending.mode()}:invoice:{invoice.id}:{invoice.attempt}", may_be_there, invoice.sent_at is not None,
            invoice.is_withdrawn,
        )


def _there(claim: Claim) -> BilledInvoice | None:
    """What Stripe has of it, if anything."""
    if claim.stripe_invoice:
        return sending.gateway().get_invoice(claim.stripe_invoice)
    if not (claim.customer and claim.may_be_there):
        return None
    ours = [one for one in sending.gateway().invoices_of(claim.customer) if one.invoice_id == str(claim.invoice_id) and one.status != "void"]
    return ours[0] if ours else None


def _make(claim: Claim) -> BilledInvoice:
    """Customer, draft, its line, final, sent: each only where Stripe shows that it is not done."""
    gateway = sending.gateway()
    customer = _customer(claim)
    there = _there(claim) or gateway.create_invoice(customer=customer, invoice_id=str(claim.invoice_id), days=claim.days, key=f"{claim.keys}:invoice")
    _note(claim, there)
    if there.status == "draft" and there.pence == 0:
        there = gateway.fill_invoice(there, pence=claim.pence, words=claim.words, key=f"{claim.keys}:item")
    if there.pence != claim.pence:
        raise Refused("other_amount")
    if there.status == "draft":
        there = gateway.finalize_invoice(there.id, key=f"{claim.keys}:finalize")
    if there.status == "open":
        there = gateway.send_invoice(there.id, key=f"{claim.keys}:send")
        with atomic():
            invoice = _take(claim.invoice_id)
            invoice.sent_at = invoice.sent_at or clock.now()
    return there


def _customer(claim: Claim) -> str:
    """The funder at Stripe, looked for, made and written down before anything is asked of it; its address is brought up to date."""
    gateway = sending.gateway()
    if claim.customer:
        gateway.set_email(claim.customer, claim.email)
        return claim.customer
    made = gateway.find_customer(email=claim.email, payer_id=str(claim.payer_id)) or gateway.create_customer(
        name=claim.name, email=claim.email, payer_id=str(claim.payer_id), key=f"{claim.keys}:customer",
    )
    with atomic():
        payer = lock_row(Payer, claim.payer_id)
        payer.stripe_customer = payer.stripe_customer or made
        return payer.stripe_customer


def _note(claim: Claim, there: BilledInvoice) -> None:
    with atomic():
        invoice = _take(claim.invoice_id)
        invoice.stripe_invoice = invoice.stripe_invoice or there.id


def _take_away(claim: Claim) -> BilledInvoice | None:
    """Stripe forgets what it has of it, unless it was paid meanwhile. A draft stays one: nobody is ever sent it."""
    there = _there(claim)
    if there is not None:
        _note(claim, there)
    if there is not None and there.status in ("open", "uncollectible"):
        try:
            sending.gateway().void_invoice(there.id, key=f"{claim.keys}:void")
        except Refused:
            db.session.rollback()  # paid in the meantime, or voided on Stripe's own pages: what it says now counts
        there = sending.gateway().get_invoice(there.id)
    return None if there is not None and there.status == "draft" else there


def _never_made(claim: Claim) -> None:
    with atomic():
        invoice = _take(claim.invoice_id)
        if invoice.state in LIVE_INVOICES:
            invoice_books.step(invoice, _I.VOID, "voided", None, why="withdrawn")


def _take(invoice_id: uuid.UUID) -> Invoice:
    return lock_row(Invoice, invoice_id)
