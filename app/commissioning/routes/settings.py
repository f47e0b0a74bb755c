"""How many people must say yes to how much, and who has declared an interest in which organisation."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.models import Person, Role
from app.accounts.queries import list_own_zones, list_schools
from app.accounts.routes.zones import managed_zone
from app.catalogue.queries import list_organisations
from app.commissioning import policies
from app.commissioning.forms.funds import InterestForm
from app.commissioning.forms.settings import StandInForm, StepForm
from app.commissioning.queries.deciding import (
    list_all_steps,
    list_delegations,
    list_steps,
    list_who_may_stand_in,
)
from app.commissioning.queries.money import list_open_funds
from app.commissioning.queries.settings import list_interest_lines
from app.commissioning.routes.base import blueprint
from app.commissioning.services import settings as verbs
from app.commissioning.services import standing_in
from app.shared import clock
from app.shared.web import act, allow, current_person, submit


def _back(slug: str | None = None) -> str:
    return url_for("commissioning.settings", zone=slug)


@blueprint.get("/funds/settings")
@allow(policies.can_see_funds)
def settings() -> ResponseReturnValue:
    me: Person = current_person()
    may_set, may_declare = policies.can_set_steps(me), policies.can_declare_interest(me)
    zone, zones = managed_zone(me) if may_set else (None, [])
    all_steps = list_all_steps([zone.id]) if zone else []
    return render_template(
        "commissioning/setting_show.html", zone=zone, zones=zones, steps=[s for s in all_steps if s.is_for_zone], may_set=may_set,
        my_id=me.id, narrow=[s for s in all_steps if not s.is_for_zone], standing_in=list_delegations(person_id=me.id) if may_declare else [],
        in_zone=list_delegations(zone_ids=[zone.id]) if zone else [],
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
    form.school.offer(((s.id, s.name) for s in list_schools(zone_id)), nothing=_("Every school"))
    form.fund.offer(((f.id, f.name) for f in list_open_funds(zone_id)), nothing=_("Every fund"))
    steps = submit(
        form,
        lambda: verbs.add_step(
            zone_id=zone_id, above_pence=form.above.data or 0, people=int(form.people.data), school_id=form.school.picked,
            fund_id=form.fund.picked, actor=me,
        ),
    )
    if steps is None:
        page = render_template(
            "commissioning/setting_step_new.html", form=form, zone=zone, steps=list_steps(zone_id), back=_back(slug)
        )
        return page, 422 if request.method == "POST" else 200
    flash(_("The step is added. It holds for every request decided from now on."), "success")
    return redirect(_back(slug), 303)


@blueprint.post("/funds/settings/steps/<uuid:step_id>/remove")
@allow(policies.can_set_steps)
def step_remove(step_id: uuid.UUID) -> ResponseReturnValue:
    me = current_person()
    zone, zones = managed_zone(me)
    zone_id, back = zone.id, _back(zone.slug if len(zones) > 1 else None)
    return act(lambda: verbs.remove_step(zone_id=zone_id, step_id=step_id, actor=me), back, done=_("The step is taken away."))


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
    flash(_("Declared. From now on somebody else decides about them."), "success")
    return redirect(_back(), 303)


@blueprint.post("/funds/settings/interests/<uuid:interest_id>/end")
@allow(policies.can_declare_interest)
def interest_end(interest_id: uuid.UUID) -> ResponseReturnValue:
    me = current_person()
    return act(lambda: verbs.end_interest(interest_id=interest_id, actor=me), _back(), done=_("It no longer stands, from today."))


@blueprint.route("/funds/settings/stand-ins/new", methods=["GET", "POST"])
@allow(policies.can_declare_interest)
def stand_in_new() -> ResponseReturnValue:
    me, form = current_person(), StandInForm()
    zones = list(list_own_zones(me, Role.BUDGET_HOLDER))
    form.offer((f"{zone.id}:{p.id}", f"{p.name}, {zone.name}" if len(zones) > 1 else p.name) for zone in zones for p in list_who_may_stand_in(zone.id, me))
    made = submit(form, lambda: standing_in.stand_in(
        zone_id=form.zone_id, person_id=form.person_id, starts_on=form.starts_on.data or clock.today(),
        ends_on=form.ends_on.data or clock.today(), reason=form.reason.data or "", actor=me,
    ))
    if made is None:
        page = render_template("commissioning/setting_stand_in_new.html", form=form, back=_back())
        return page, 422 if request.method == "POST" else 200
    flash(_("They are told. In these days they decide in your stead, and so do you."), "success")
    return redirect(_back(), 303)


@blueprint.post("/funds/settings/stand-ins/<uuid:delegation_id>/end")
@allow(policies.can_declare_interest)
def stand_in_end(delegation_id: uuid.UUID) -> ResponseReturnValue:
    me = current_person()
    return act(lambda: standing_in.end_stand_in(delegation_id=delegation_id, actor=me), _back(), done=_("It is over, from now on."))
