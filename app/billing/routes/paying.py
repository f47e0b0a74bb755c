"""Preparing a payment run of what is approved, and the way to an organisation's bank details."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.models import Person
from app.accounts.routes.zones import managed_zone
from app.billing import policies
from app.billing.routes.base import blueprint
from app.billing.services import paying
from app.catalogue.models import Organisation
from app.catalogue.queries import get_organisation
from app.payments import queries as payments
from app.payments.rails import rail_of
from app.payments.services import payees
from app.shared.errors import DomainError
from app.shared.web import allow, current_person


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
        flash("The run is prepared. Somebody else approves it now.", "success")
        return redirect(url_for("payments.run", run_id=run.id), 303)
    payable = paying.list_payable(zone_id)
    return render_template(
        "billing/run_new.html", zone=zone, zones=zones, payable=payable, rail=rail_of(payments.settings_of(zone_id).rail),
        ready=[one for one in payable if not one.why_not],
    )


@blueprint.post("/organisations/<uuid:organisation_id>/bank-details")
@allow(policies.can_draw_up, organisation=get_organisation)
def bank_details(organisation: Organisation) -> ResponseReturnValue:
    """To the page of its bank details, which begins here."""
    payee = payees.ensure_payee(zone_id=organisation.zone_id, owner_id=organisation.id, name=organisation.name)
    return redirect(url_for("payments.payee", payee_id=payee.id), 303)
