"""How a Zone pays."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.models import Person
from app.accounts.routes.zones import managed_zone
from app.payments import policies, queries
from app.payments.forms import SettingsForm
from app.payments.models import Rail
from app.payments.routes.base import blueprint
from app.payments.services import settings as verbs
from app.shared.web import allow, current_person, submit

CODES = ("xero_account", "xero_tax", "sage_nominal", "sage_tax")


@blueprint.route("/payment-settings", methods=["GET", "POST"])
@allow(policies.can_change_settings)
def settings() -> ResponseReturnValue:
    me: Person = current_person()
    zone, zones = managed_zone(me)
    zone_id, slug = zone.id, zone.slug
    found = queries.settings_of(zone_id)
    given = {} if request.method == "POST" else {
        "rail": found.rail.value, "profile": found.profile, "columns": ", ".join(found.columns), **{code: found.codes.get(code, "") for code in CODES},
    }
    form = SettingsForm(**given)
    form.offer()
    saved = submit(form, lambda: verbs.change_settings(
        zone_id=zone_id, rail=Rail(form.rail.data), profile=form.profile.data or "", actor=me, own_name=form.own_name.data or "",
        columns=[part.strip() for part in (form.columns.data or "").split(",") if part.strip()], own_sort_code=form.own_sort_code.data or "",
        own_account=form.own_account.data or "", service_user=form.service_user.data or "",
        codes={code: form[code].data or "" for code in CODES},
    ))
    if saved is None:
        page = render_template("payments/settings_edit.html", form=form, zone=zone, zones=zones, ends=found.originator_ends)
        return page, 422 if request.method == "POST" else 200
    flash(_("Saved. It holds for runs prepared from now on."), "success")
    return redirect(url_for("payments.settings", zone=slug if len(zones) > 1 else None), 303)
