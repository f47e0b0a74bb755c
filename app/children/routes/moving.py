"""A child changes school, moves to another Zone, or leaves: what it does is read first."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

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
        title=_("%(child)s changes school", child=child.called), template="children/child_school.html",
        done=_("%(child)s is at %(school)s now.", child=child.called, school=school.name) if school else _("%(child)s is at no school now.", child=child.called), is_picked=is_picked, school=school,
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
        title=_("%(child)s moves to another Zone", child=child.called), template="children/child_zone.html",
        done=_("%(child)s is with %(zone)s now. Their Zone manager has been told.", child=child.called, zone=zone.name if zone else ""), zone=zone, zones=zones, carers=carers,
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
        title=_("%(child)s is leaving", child=child.called), template="children/child_leave.html", done=_("%(child)s has left the programme.", child=child.called),
        ends=services.preview_leaving(child_id=child.id),
    )
