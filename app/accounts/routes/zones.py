"""A Zone's settings for its manager; the list of Zones for the administrator."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts import policies, queries, sessions
from app.accounts.forms import NewZoneForm, ZoneForm
from app.accounts.models import CeilingBase, Person, Role, Zone
from app.accounts.routes.blueprint import blueprint
from app.accounts.services import zones as verbs
from app.shared.errors import NotFound
from app.shared.web import allow, submit


def managed_zone(me: Person) -> tuple[Zone, list[Zone]]:
    """The Zone a manager's page is about (?zone=slug, else the first), and all that this person manages. Raises NotFound."""
    managed = list(queries.list_own_zones(me, Role.ZONE_MANAGER))
    wanted = request.args.get("zone")
    for zone in managed:
        if wanted in (None, "", zone.slug):
            return zone, managed
    raise NotFound


@blueprint.route("/zone", methods=["GET", "POST"])
@allow(policies.is_zone_manager)
def zone() -> ResponseReturnValue:
    me = sessions.current_person()
    zone, managed = managed_zone(me)
    zone_id, slug = zone.id, zone.slug
    form = ZoneForm(**({} if request.method == "POST" else _as_form(zone)))

    def verb() -> Zone:
        return verbs.change_settings(zone_id=zone_id, settings=_from_form(form), actor=me)

    if submit(form, verb) is None:
        page = render_template("accounts/zone_edit.html", form=form, zone=zone, zones=managed)
        return page, 422 if request.method == "POST" else 200
    flash(_("The settings are saved."), "success")
    return redirect(url_for("accounts.zone", zone=slug if len(managed) > 1 else None), 303)


def _as_form(zone: Zone) -> dict[str, object]:
    return {
        "name": zone.name, "region": zone.region, "ceiling_percent": zone.ceiling_percent, "ceiling_base": zone.ceiling_base.value,
        "full_yearly_cost": zone.full_yearly_cost_pence, "envelope": zone.envelope_pence, "hold_school_days": zone.hold_school_days,
        "council_phone": zone.council_phone,
    }


def _from_form(form: ZoneForm) -> verbs.ZoneSettings:
    return verbs.ZoneSettings(
        name=form.name.data or "", region=form.region.data or "", ceiling_percent=form.ceiling_percent.data or 0,
        ceiling_base=CeilingBase(form.ceiling_base.data), full_yearly_cost_pence=form.full_yearly_cost.data or 0,
        envelope_pence=form.envelope.data or 0, hold_school_days=form.hold_school_days.data or 0,
        council_phone=form.council_phone.data or "",
    )


@blueprint.get("/zones")
@allow(policies.is_administrator)
def zones() -> ResponseReturnValue:
    return render_template("accounts/zone_list.html", zones=queries.list_zones(), managers=queries.zone_managers())


@blueprint.route("/zones/new", methods=["GET", "POST"])
@allow(policies.is_administrator)
def zone_new() -> ResponseReturnValue:
    me, form = sessions.current_person(), NewZoneForm()
    made = submit(
        form,
        lambda: verbs.create_zone(slug=form.slug.data or "", name=form.name.data or "", region=form.region.data or "", actor=me),
    )
    if made is None:
        page = render_template("accounts/zone_new.html", form=form)
        return page, 422 if request.method == "POST" else 200
    flash(_("%(zone)s is open. Now it needs a Zone manager.", zone=made.name), "success")
    return redirect(url_for("accounts.person_new", role=Role.ZONE_MANAGER.value, zone=made.slug), 303)
