"""Asking a fund's funder for what it promised, by an invoice through Stripe, and giving back what is left of it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.models import Person
from app.billing.forms import InvoiceForm, RefundForm
from app.billing.routes.base import blueprint
from app.billing.services.giving_back import give_back, most, why_not
from app.billing.services.invoicing import invoice_fund, still_to_ask
from app.commissioning.models import Fund
from app.commissioning.policies import can_manage_fund
from app.commissioning.queries.money import get_fund
from app.payments import queries as payments
from app.payments.models import Invoice
from app.payments.policies import can_settle_invoice
from app.payments.services.invoicing import DAYS, is_open_to
from app.shared.money import pounds
from app.shared.web import allow, current_person, submit


@blueprint.route("/funds/<uuid:fund_id>/invoices/new", methods=["GET", "POST"])
@allow(can_manage_fund, fund=get_fund)
def invoice_new(fund: Fund) -> ResponseReturnValue:
    me: Person = current_person()
    fund_id, form = fund.id, InvoiceForm()
    made = submit(form, lambda: invoice_fund(fund_id=fund_id, pence=form.pence.data or 0, email=form.email.data or "", actor=me))
    if made is None:
        fund = get_fund(fund_id, me)
        payer = payments.find_payer(fund.zone_id, fund.funder)
        if request.method == "GET" and payer is not None:
            form.email.data = payer.email
        page = render_template(
            "billing/invoice_new.html", form=form, fund=fund, left=still_to_ask(fund), asked=payments.pence_asked_for(fund_id), days=DAYS,
            is_open=is_open_to(fund.zone_id),
        )
        return page, 422 if request.method == "POST" else 200
    flash(_("%(invoice)s over %(amount)s is on its way to %(payer)s.", invoice=made.called, amount=pounds(made.pence), payer=made.payer.name), "success")
    return redirect(url_for("payments.invoice", invoice_id=made.id), 303)


@blueprint.route("/invoices/<uuid:invoice_id>/refunds/new", methods=["GET", "POST"])
@allow(can_settle_invoice, invoice=payments.get_invoice)
def refund_new(invoice: Invoice) -> ResponseReturnValue:
    me: Person = current_person()
    invoice_id, form = invoice.id, RefundForm()
    made = submit(form, lambda: give_back(invoice_id=invoice_id, pence=form.pence.data or 0, actor=me))
    if made is None:
        invoice = payments.get_invoice(invoice_id, me)
        page = render_template("billing/refund_new.html", form=form, invoice=invoice, why_not=why_not(invoice), most=most(invoice))
        return page, 422 if request.method == "POST" else 200
    flash(_("Written down. A budget holder approves it now."), "success")
    return redirect(url_for("payments.invoice", invoice_id=invoice_id), 303)
