"""The caseload: whose children, what is next for each; adding a child, and giving one a Link Worker."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.accounts import queries as accounts
from app.accounts.models import Role
from app.audit.services import note_sights
from app.children import panels, policies, queries, services
from app.children.forms.facts import ChildForm
from app.children.forms.fields import plain
from app.children.forms.people import CaseloadForm, HandOverForm
from app.children.models import CaseloadKind, Child
from app.children.routes.blueprint import blueprint, form_page
from app.shared import clock
from app.shared.web import act, allow, current_person, submit

PAGE = 40


@blueprint.route("/children", methods=["GET", "POST"])
@allow(policies.can_see_caseload)
def caseload() -> ResponseReturnValue:
    """Those within one's reach. What is typed to find one is sent as a form: a child's name belongs in no address."""
    person = current_person()
    typed = plain(request.form.get("q", "")).strip()[:80]
    whose = request.args.get("whose", "")
    shown, total, page = queries.page_visible(
        person, typed, has_left=whose == "ended", page=request.args.get("page", 1, type=int), size=PAGE
    )
    listens_to = {child.id for child in shown if policies.can_listen_to_child(person, child)}
    ids = sorted(child.id for child in shown)
    page_of_names = render_template(
        "children/child_list.html", children=shown, total=total, typed=typed, whose=whose, page=page, pages=max(1, -(-total // PAGE)),
        next_steps=panels.next_steps(person, shown), leads={child.id: _lead_name(child) for child in shown}, listens_to=listens_to,
        is_own=person.has_role(Role.LINK_WORKER), may_add=policies.can_add_child(person),
        is_manager=person.has_role(Role.ZONE_MANAGER), sees_selections=policies.can_see_selections(person),
    )
    note_sights(person=person, child_ids=ids, what="caseload")
    return page_of_names


def _lead_name(child: Child) -> str:
    return next((entry.person.name for entry in child.caseload if entry.is_live and entry.kind is CaseloadKind.LEAD), "")


@blueprint.route("/children/new", methods=["GET", "POST"])
@allow(policies.can_add_child)
def child_new() -> ResponseReturnValue:
    person = current_person()
    zones = accounts.list_own_zones(person, Role.ZONE_MANAGER)
    zone = next((known for known in zones if known.slug == request.args.get("zone")), zones[0])
    form = ChildForm()
    form.offer(accounts.list_schools(zone.id))
    child = submit(form, lambda: services.add_child(
        zone_id=zone.id, school_id=form.chosen_school, details=form.details(zone.region), actor=person,
    ))
    if child is not None:
        return redirect(url_for("children.caseload_assign", child_id=child.id), 303)
    is_wrong = request.method == "POST"
    page = render_template("children/child_new.html", form=form, zone=zone, zones=zones, is_wrong=is_wrong)
    return page, 422 if is_wrong else 200


@blueprint.route("/children/<uuid:child_id>/facts", methods=["GET", "POST"])
@allow(policies.can_manage_child, child=queries.get_child)
def child_edit(child: Child) -> ResponseReturnValue:
    form = ChildForm()
    form.fill(child)
    return form_page(
        child, form, lambda: services.change_child(child_id=child.id, details=form.details(child.region), actor=current_person()),
        title=_("Facts about %(child)s", child=child.called), done=_("Saved."),
    )


@blueprint.route("/children/<uuid:child_id>/caseload", methods=["GET", "POST"])
@allow(policies.can_manage_child, child=queries.get_child)
def caseload_assign(child: Child) -> ResponseReturnValue:
    form = CaseloadForm()
    form.offer(accounts.people_with(Role.LINK_WORKER, child.zone_id))
    if not form.is_submitted():
        form.kind.data, form.starts_on.data = CaseloadKind.LEAD.value, clock.today()
    return form_page(
        child, form,
        lambda: services.assign_caseload(
            child_id=child.id, person_id=form.person_id.chosen_id, kind=CaseloadKind(form.kind.data), starts_on=form.starts_on.data,
            ends_on=form.ends_on.data, also_until=form.also_until.data, actor=current_person(),
        ),
        title=_("Who works with %(child)s", child=child.called), template="children/caseload_assign.html", done=_("%(child)s has a Link Worker.", child=child.called),
    )


@blueprint.route("/children/hand-over", methods=["GET", "POST"])
@allow(policies.can_add_child)
def hand_over() -> ResponseReturnValue:
    """A whole caseload at once: somebody is ill, or leaves."""
    person = current_person()
    zones = accounts.list_own_zones(person, Role.ZONE_MANAGER)
    zone = next((known for known in zones if known.slug == request.args.get("zone")), zones[0])
    leading, form = queries.list_leading(zone.id), HandOverForm()
    form.offer(leading, accounts.people_with(Role.LINK_WORKER, zone.id))
    if not form.is_submitted():
        form.person_id.data, form.kind.data, form.starts_on.data = request.args.get("who", ""), CaseloadKind.COVER.value, clock.today()
    count = submit(form, lambda: services.hand_over_caseload(
        person_id=form.person_id.chosen_id, to_id=form.to_id.chosen_id, zone_id=zone.id, kind=CaseloadKind(form.kind.data),
        starts_on=form.starts_on.data, ends_on=form.ends_on.data, actor=person,
    ))
    if count is not None:
        flash(ngettext("Done for %(number)s child.", "Done for %(number)s children.", count, number=f"{count:,}"), "success")
        return redirect(url_for("children.caseload"), 303)
    is_wrong = request.method == "POST"
    return render_template("children/caseload_hand_over.html", form=form, zone=zone, zones=zones, leading=leading), 422 if is_wrong else 200


@blueprint.post("/children/<uuid:child_id>/caseload/<uuid:caseload_id>/end")
@allow(policies.can_manage_child, child=queries.get_child)
def caseload_end(child: Child, caseload_id: uuid.UUID) -> ResponseReturnValue:
    return act(
        lambda: services.end_caseload(caseload_id=caseload_id, child_id=child.id, on=clock.today(), actor=current_person()),
        url_for("children.caseload_assign", child_id=child.id), done=_("Today is the last day."),
    )
