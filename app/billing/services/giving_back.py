"""Giving a fund's funder money of a paid invoice back, and what that does to the fund (PAYMENTS 2.5, 11)."""

from __future__ import annotations

import uuid

from flask_babel import gettext as _

from app.accounts.models import Person
from app.commissioning.models import Account, Fund
from app.commissioning.queries.money import balance
from app.commissioning.services import funds
from app.payments import queries as payments
from app.payments.hooks import BackNews
from app.payments.models import Invoice, InvoiceState, Refund
from app.payments.services import refunding
from app.shared.db import atomic, db
from app.shared.errors import IllegalMove, Invalid
from app.shared.money import pounds


def give_back(*, invoice_id: uuid.UUID, pence: int, actor: Person) -> Refund:
    """Ask for it; a second person says yes. Raises IllegalMove while the fund can still be spent, Invalid for more than is left, Forbidden."""
    with atomic():
        invoice = db.session.get_one(Invoice, invoice_id, populate_existing=True)
        if no := why_not(invoice):
            raise IllegalMove(no)
        if pence > (left := most(invoice)):
            raise Invalid(_("%(left)s of this invoice is left to give back.", left=pounds(left)), field="pence")
        return refunding.ask(invoice_id=invoice_id, pence=pence, actor=actor)


def why_not(invoice: Invoice) -> str:
    """Why nothing of it goes back through Stripe; "" when it may."""
    fund = db.session.get(Fund, invoice.owner_id)
    if fund is None or invoice.state is not InvoiceState.PAID:
        return _("Only what was paid can go back.")
    if not funds.is_over(fund):
        return _("Money goes back when the fund has ended or is closed.")
    return "" if most(invoice) else _("Nothing of it is left.")


def most(invoice: Invoice) -> int:
    """Pence of it that have not gone back and that its fund still has."""
    return max(0, min(invoice.pence - payments.pence_refunded(invoice.id), balance(invoice.owner_id, Account.AVAILABLE)))


def hear(refund: Refund, news: BackNews, actor: Person | None) -> None:
    """In the transaction of the yes the fund gives it, once; what did not go, or came back, it has again."""
    fund_id, reference = refund.invoice.owner_id, f"Stripe, {refund.called.lower()}"
    if db.session.get(Fund, fund_id) is None:
        return
    if news is BackNews.AGREED:
        funds.send_back(fund_id=fund_id, pence=refund.pence, reference=reference, actor=actor)
    elif news is BackNews.DROPPED:
        funds.take_returned(fund_id=fund_id, reference=reference)
