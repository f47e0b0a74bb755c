"""Asking a fund's funder for what it promised, through Stripe; and what was paid, written down as received."""

from __future__ import annotations

import uuid

from flask_babel import gettext as _

from app.accounts.models import Person
from app.commissioning.models import Account, Fund
from app.commissioning.queries.money import balance
from app.commissioning.services import funds
from app.payments import queries as payments
from app.payments.models import Invoice
from app.payments.services import invoicing
from app.payments.services.locks import lock_zone
from app.shared.db import atomic, db, lock_row
from app.shared.errors import Invalid
from app.shared.money import pounds


def invoice_fund(*, fund_id: uuid.UUID, pence: int, email: str, actor: Person) -> Invoice:
    """Ask for part of what was promised and has not come, less what is asked for already. Raises Invalid, Forbidden."""
    with atomic():
        lock_zone(db.session.get_one(Fund, fund_id).zone_id)
        fund = lock_row(Fund, fund_id)
        if fund.is_closed:
            raise Invalid(_("This fund is closed."))
        left = still_to_ask(fund)
        if pence > left:
            raise Invalid(_("%(funder)s has %(left)s of its promise that nobody has asked for. Write a larger promise down first.", funder=fund.funder, left=pounds(left)), field="pence")
        return invoicing.ask(zone_id=fund.zone_id, owner_id=fund.id, name=fund.funder, email=email.strip(), pence=pence, actor=actor)


def still_to_ask(fund: Fund) -> int:
    """Pence promised that have neither come nor been asked for."""
    return max(0, balance(fund.id, Account.PLEDGED) - payments.pence_asked_for(fund.id))


def hear_paid(invoice: Invoice) -> None:
    """In the transaction in which the invoice is paid: its money has arrived, and can be spent. Raises what `funds.receive` does."""
    if db.session.get(Fund, invoice.owner_id) is not None:
        funds.receive(fund_id=invoice.owner_id, pence=invoice.pence, reference=f"Stripe, {invoice.called.lower()}", actor=None)
