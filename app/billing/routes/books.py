"""Reconciliation: where the money is by each book, the difference, and where it sits; and writing into the cash book."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.accounts.models import Person, Zone
from app.accounts.routes.zones import managed_zone
from app.billing import books, policies
from app.billing.forms import CashForm, ReceiptsForm
from app.billing.routes.base import blueprint
from app.billing.services.receiving import Seen, look_through, take_in
from app.payments.models import Place
from app.payments.services import reconciling, sending
from app.payments.words import PLACE_WORDS
from app.shared.errors import Invalid
from app.shared.money import pounds
from app.shared.web import act, allow, current_person, submit

MOST = 60_000
"""Characters of a table of receipts."""


@blueprint.route("/reconciliation", methods=["GET", "POST"])
@allow(policies.can_prepare_run)
def reconciliation() -> ResponseReturnValue:
    me: Person = current_person()
    zone, zones = managed_zone(me)
    zone_id, form = zone.id, CashForm()
    form.offer()
    written = submit(form, lambda: reconciling.write_down(
        zone_id=zone_id, step=form.step.data or "", pence=form.pence.data or 0, reference=form.reference.data or "", actor=me,
    ))
    if written is not None:
        flash(_("%(amount)s is written down. It counts once, however often it is typed.", amount=pounds(form.pence.data or 0)), "success")
        return redirect(url_for("billing.reconciliation", zone=request.args.get("zone")), 303)
    page = render_template(
        "billing/reconciliation.html", zone=zone, zones=zones, books=books.books_of(zone_id), broken=books.broken(), form=form,
        look=reconciling.last_look(), has_stripe=sending.is_set_up(), places=Place, place_words=PLACE_WORDS,
    )
    return page, 422 if request.method == "POST" else 200


@blueprint.post("/reconciliation/look")
@allow(policies.can_prepare_run)
def reconciliation_look() -> ResponseReturnValue:
    return act(reconciling.ask, url_for("billing.reconciliation"), done=_("The worker looks at Stripe now. Reload this page in a minute."))


@blueprint.route("/receipts/new", methods=["GET", "POST"])
@allow(policies.can_prepare_run)
def receipts() -> ResponseReturnValue:
    """Looked through first; written down only when the person has seen what would come of each row."""
    me: Person = current_person()
    zone, _zones = managed_zone(me)
    zone_id, form, taken = zone.id, ReceiptsForm(), list[int]()
    if form.table.data:
        form.rows.data = form.table.data.read(MOST).decode("utf-8-sig", errors="replace")
    if request.form.get("step") != "write":
        return _look_through(form, zone)

    def verb() -> bool:
        taken.append(take_in(zone_id=zone_id, text=form.rows.data or "", actor=me))
        return True

    if submit(form, verb) is None:
        return render_template("billing/receipts.html", form=form, zone=managed_zone(me)[0], seen=[]), 422
    flash(ngettext(
        "%(number)s receipt written down. What was there before was not written twice.",
        "%(number)s receipts written down. What was there before was not written twice.", sum(taken), number=f"{sum(taken):,}",
    ), "success")
    return redirect(url_for("commissioning.funds"), 303)


def _look_through(form: ReceiptsForm, zone: Zone) -> ResponseReturnValue:
    """Writes nothing, so it leaves the form's key for the writing that may follow."""
    seen: list[Seen] = []
    if form.validate_on_submit():
        try:
            seen = look_through(zone_id=zone.id, text=form.rows.data or "", actor=current_person())
        except Invalid as refusal:
            form.refuse(refusal)
    page = render_template("billing/receipts.html", form=form, zone=zone, seen=seen)
    return page, 422 if request.method == "POST" and not seen else 200
