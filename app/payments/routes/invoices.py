"""Money asked of funders through Stripe: the list, one invoice, and what a person can do about it. It is asked for on its fund's page."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.models import Person
from app.payments import policies, queries
from app.payments.models import LIVE_INVOICES, Invoice, InvoiceState, RefundState
from app.payments.routes.base import blueprint
from app.payments.services import invoicing as verbs
from app.payments.services.refunding import can_be_given_up
from app.payments.words import (
    INVOICE_TONES,
    INVOICE_WORDS,
    REFUND_TONES,
    REFUND_WORDS,
    invoice_why,
    refund_why,
)
from app.shared.web import act, allow, current_person


@blueprint.get("/invoices")
@allow(policies.can_see_payments)
def invoices() -> ResponseReturnValue:
    me: Person = current_person()
    return render_template(
        "payments/invoice_list.html", invoices=queries.list_invoices(me), waiting=queries.list_waiting_payers(me), words=INVOICE_WORDS,
        tones=INVOICE_TONES, why=invoice_why,
    )


@blueprint.get("/invoices/<uuid:invoice_id>")
@allow(policies.can_see_invoice, invoice=queries.get_invoice)
def invoice(invoice: Invoice) -> ResponseReturnValue:
    me, refunds = current_person(), queries.list_refunds(invoice.id)
    return render_template(
        "payments/invoice_show.html", refunds=refunds, refund_states=RefundState, refund_words=REFUND_WORDS, refund_tones=REFUND_TONES, refund_why=refund_why,
        can_be_given_up=can_be_given_up, why_not_back={refund.id: policies.why_not_approve_back(me, refund) for refund in refunds}, invoice=invoice, words=INVOICE_WORDS, tones=INVOICE_TONES, why=invoice_why(invoice.why), states=InvoiceState,
        is_live=invoice.state in LIVE_INVOICES, may_settle=policies.can_settle_invoice(me, invoice),
    )


@blueprint.post("/invoices/<uuid:invoice_id>/withdraw")
@allow(policies.can_settle_invoice, invoice=queries.get_invoice)
def invoice_withdraw(invoice: Invoice) -> ResponseReturnValue:
    me, id_ = current_person(), invoice.id
    return act(lambda: verbs.withdraw(invoice_id=id_, actor=me), url_for("payments.invoice", invoice_id=id_), done=_("Withdrawn. If it was paid a moment ago, that counts."))


@blueprint.post("/invoices/<uuid:invoice_id>/again")
@allow(policies.can_settle_invoice, invoice=queries.get_invoice)
def invoice_again(invoice: Invoice) -> ResponseReturnValue:
    me, id_ = current_person(), invoice.id
    return act(lambda: verbs.try_again(invoice_id=id_, actor=me), url_for("payments.invoice", invoice_id=id_), done=_("The worker takes it up again. Reload this page in a minute."))
