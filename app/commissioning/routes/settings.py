"""How many people must say yes to how much, and who has declared an interest in which organisation."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.models import Person, Role
from app.accounts.queries import list_own_zones
from app.catalogue.queries import list_organisations
from app.commissioning import policies
from app.commissioning.forms.funds import InterestForm
from app.commissioning.forms.settings import StepForm
from app.commissioning.queries.commissions import list_steps
from app.commissioning.queries.settings import list_interest_lines
from app.commissioning.routes.base import blueprint
from app.commissioning.routes.funds import managed_zone
from app.commissioning.services import settings as verbs
from app.shared.web import act, allow, current_person, submit


def _back(slug: str | None = None) -> str:
    return url_for("commissioning.settings", zone=slug)


@blueprint.get("/funds/settings")
@allow(policies.can_see_funds)
def settings() -> ResponseReturnValue:
    me: Person = current_person()
    may_set, may_declare = policies.can_set_steps(me), policies.can_declare_interest(me)
    zone, zones = managed_zone(me) if may_set else (None, [])
    return render_template(
        "commissioning/setting_show.html", zone=zone, zones=zones, steps=list_steps(zone.id) if zone else [], may_set=may_set,
        may_declare=may_declare, own=list_interest_lines(person_id=me.id) if may_declare else [],
        declared=list_interest_lines(zone_ids=[zone.id]) if zone else [],
        schemes=[] if zone else [(each, list_steps(each.id)) for each in list_own_zones(me, Role.BUDGET_HOLDER)],
    )


@blueprint.route("/funds/settings/steps/new", methods=["GET", "POST"])
@allow(policies.can_set_steps)
def step_new() -> ResponseReturnValue:
    me, form = current_person(), StepForm()
    zone, zones = managed_zone(me)
    zone_id, slug = zone.id, zone.slug if len(zones) > 1 else None
    steps = submit(
        form, lambda: verbs.add_step(zone_id=zone_id, above_pence=form.above.data or 0, people=int(form.people.data), actor=me)
    )
    if steps is None:
        page = render_template(
            "commissioning/setting_step_new.html", form=form, zone=zone, steps=list_steps(zone_id), back=_back(slug)
        )
        return page, 422 if request.method == "POST" else 200
    flash("The step is added. It holds for every request decided from now on.", "success")
    return redirect(_back(slug), 303)


@blueprint.post("/funds/settings/steps/<uuid:step_id>/remove")
@allow(policies.can_set_steps)
def step_remove(step_id: uuid.UUID) -> ResponseReturnValue:
    me = current_person()
    zone, zones = managed_zone(me)
    zone_id, back = zone.id, _back(zone.slug if len(zones) > 1 else None)
    return act(lambda: verbs.remove_step(zone_id=zone_id, step_id=step_id, actor=me), back, done="The step is taken away.")


@blueprint.route("/funds/settings/interests/new", methods=["GET", "POST"])
@allow(policies.can_declare_interest)
def interest_new() -> ResponseReturnValue:
    me, form = current_person(), InterestForm()
    form.offer((organisation.id, organisation.name) for organisation in list_organisations(me))
    interest = submit(
        form,
        lambda: verbs.declare_interest(organisation_id=form.organisation.picked or uuid.UUID(int=0), reason=form.reason.data or "", actor=me),
    )
    if interest is None:
        page = render_template("commissioning/setting_interest_new.html", form=form, back=_back())
        return page, 422 if request.method == "POST" else 200
    flash("Declared. From now on somebody else decides about them.", "success")
    return redirect(_back(), 303)


@blueprint.post("/funds/settings/interests/<uuid:interest_id>/end")
@allow(policies.can_declare_interest)
def interest_end(interest_id: uuid.UUID) -> ResponseReturnValue:
    me = current_person()
    return act(lambda: verbs.end_interest(interest_id=interest_id, actor=me), _back(), done="It no longer stands, from today.")
