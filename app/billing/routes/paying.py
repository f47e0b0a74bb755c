"""Preparing a payment run of what is approved, and the way to an organisation's bank details."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.models import Person
from app.accounts.routes.zones import managed_zone
from app.billing import policies, queries
from app.billing.forms import TakeBackForm
from app.billing.models import Statement
from app.billing.routes.base import blueprint
from app.billing.services import paying, taking_back
from app.catalogue.models import Organisation
from app.catalogue.queries import get_organisation
from app.payments import queries as payments
from app.payments.models import Way
from app.payments.rails import rail_of
from app.payments.services import payees
from app.shared.errors import DomainError
from app.shared.web import allow, current_person, submit


@blueprint.route("/payment-runs/new", methods=["GET", "POST"])
@allow(policies.can_prepare_run)
def run_new() -> ResponseReturnValue:
    me: Person = current_person()
    zone, zones = managed_zone(me)
    zone_id = zone.id
    if request.method == "POST":
        try:
            run = paying.prepare_run(zone_id=zone_id, actor=me)
        except DomainError as refusal:
            flash(refusal.sentence, "refused")
            return redirect(url_for("billing.run_new", zone=request.args.get("zone")), 303)
        flash(_("The run is prepared. Somebody else approves it now."), "success")
        return redirect(url_for("payments.run", run_id=run.id), 303)
    payable = paying.list_payable(zone_id)
    return render_template(
        "billing/run_new.html", zone=zone, zones=zones, payable=payable, rail=rail_of(payments.settings_of(zone_id).rail),
        ready=[one for one in payable if not one.why_not],
    )


@blueprint.route("/statements/<uuid:statement_id>/take-back", methods=["GET", "POST"])
@allow(policies.can_manage, statement=queries.get_statement)
def statement_take_back(statement: Statement) -> ResponseReturnValue:
    """Below nil, and not left for the next payment: out of which earlier one, and how."""
    me, statement_id, form = current_person(), statement.id, TakeBackForm()
    why_not, payments_ = taking_back.why_not(statement), taking_back.list_payments(statement)
    form.offer(payments_)
    taken = None if why_not else submit(form, lambda: taking_back.ask(
        statement_id=statement_id, payment_id=UUID(form.payment.data), way=Way(form.way.data), reference=form.reference.data or "", actor=me,
    ))
    if taken is None:
        page = render_template("billing/statement_take_back.html", form=form, statement=queries.get_statement(statement_id, me), why_not=why_not, payments=payments_)
        return page, 422 if request.method == "POST" else 200
    flash(_("Written down. A budget holder approves it now."), "success")
    return redirect(url_for("payments.run", run_id=taken.payment.run_id), 303)


@blueprint.post("/organisations/<uuid:organisation_id>/bank-details")
@allow(policies.can_draw_up, organisation=get_organisation)
def bank_details(organisation: Organisation) -> ResponseReturnValue:
    """To the page of its bank details, which begins here."""
    payee = payees.ensure_payee(zone_id=organisation.zone_id, owner_id=organisation.id, name=organisation.name)
    return redirect(url_for("payments.payee", payee_id=payee.id), 303)
