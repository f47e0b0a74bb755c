"""A child changes school, moves to another Zone, or leaves: what it does is read first."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.children import policies, queries, services
from app.children.forms.facts import SchoolForm
from app.children.forms.people import LeaveForm, ZoneForm
from app.children.models import Child
from app.children.routes.blueprint import blueprint, form_page
from app.shared import clock
from app.shared.web import allow, current_person


@blueprint.route("/children/<uuid:child_id>/school", methods=["GET", "POST"])
@allow(policies.can_manage_child, child=queries.get_child)
def child_school(child: Child) -> ResponseReturnValue:
    """Choose another school, read what that does, then do it."""
    schools, form, me = accounts.list_schools(child.zone_id), SchoolForm(), current_person()
    form.offer(schools, child)
    if not form.is_submitted():
        form.school_id.data = request.args.get("school_id", "")
    school = next((known for known in schools if str(known.id) == form.school_id.data and known.id != child.school_id), None)
    is_picked = school is not None or (form.is_for_none and child.school_id is not None)
    return form_page(
        child, form, lambda: services.change_school(child_id=child.id, school_id=form.chosen_school, actor=me),
        title=f"{child.called} changes school", template="children/child_school.html",
        done=f"{child.called} is at {school.name if school else 'no school'} now.", is_picked=is_picked, school=school,
        money=services.preview_moving(child_id=child.id, school=school) if is_picked else [],
        asks_who_leads=services.asks_who_leads(child, school),
    )


@blueprint.route("/children/<uuid:child_id>/zone", methods=["GET", "POST"])
@allow(policies.can_manage_child, child=queries.get_child)
def child_zone(child: Child) -> ResponseReturnValue:
    """Choose the other Zone, read what goes along and what ends, say who agreed, then do it."""
    zones, carers, form = services.zones_to_move_to(accounts.get_zone(child.zone_id)), services.who_may_agree(child), ZoneForm()
    form.offer(zones, carers)
    if not form.is_submitted():
        form.zone_id.data = request.args.get("zone_id", "")
    zone = next((known for known in zones if str(known.id) == form.zone_id.data), None)
    return form_page(
        child, form, lambda: services.move_zone(
            child_id=child.id, zone_id=form.zone_id.chosen_id, agreed=form.agreed, sees_until=form.sees_until.data, actor=current_person(),
        ),
        title=f"{child.called} moves to another Zone", template="children/child_zone.html",
        done=f"{child.called} is with {zone.name if zone else ''} now. Their Zone manager has been told.", zone=zone, zones=zones, carers=carers,
        ends=services.preview_leaving(child_id=child.id) if zone else [], stays=services.what_stays(child) if zone else [],
    )


@blueprint.route("/children/<uuid:child_id>/leave", methods=["GET", "POST"])
@allow(policies.can_manage_child, child=queries.get_child)
def child_leave(child: Child) -> ResponseReturnValue:
    form = LeaveForm()
    if not form.is_submitted():
        form.on.data = clock.today()
    return form_page(
        child, form,
        lambda: services.child_left(child_id=child.id, on=form.on.data, reason=form.reason.data, actor=current_person()),
        title=f"{child.called} is leaving", template="children/child_leave.html", done=f"{child.called} has left the programme.",
        ends=services.preview_leaving(child_id=child.id),
    )
