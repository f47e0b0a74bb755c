"""A hold on a child's record, erasing it, and what the rules of time would take."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.models import Role
from app.accounts.queries import list_own_zones
from app.accounts.sessions import current_person
from app.children import queries as children
from app.children.models import Child
from app.children.sight import note_look
from app.keeping import erasing, holding, policies, queries, retention
from app.keeping.forms import ConfirmRunForm, EraseForm, HoldForm
from app.shared.errors import NotFound
from app.shared.web import act, allow, confirm_first, submit

blueprint = Blueprint("keeping", __name__)


@blueprint.route("/children/<uuid:child_id>/hold", methods=["GET", "POST"])
@allow(policies.can_hold, child=children.get_child)
def hold(child: Child) -> ResponseReturnValue:
    """Who holds this record, and holding it."""
    note_look(child, "holds")
    me, child_id, form = current_person(), child.id, HoldForm()
    placed = submit(form, lambda: holding.place_hold(child_id=child_id, why=form.why.data or "", until=form.until.data, actor=me))
    if placed is None:
        child = children.get_child(child_id, me)
        page = render_template(
            "keeping/child_hold.html", child=child, form=form, holds=queries.list_holds(child_id), may_erase=policies.can_erase(me, child),
        )
        return page, 422 if request.method == "POST" else 200
    flash("Held. Nothing of this record is erased until the hold ends.", "success")
    return redirect(url_for("keeping.hold", child_id=child_id), 303)


@blueprint.post("/children/<uuid:child_id>/hold/end")
@allow(policies.can_hold, child=children.get_child)
def hold_end(child: Child) -> ResponseReturnValue:
    me, child_id = current_person(), child.id
    return act(lambda: holding.end_holds(child_id=child_id, actor=me), url_for("keeping.hold", child_id=child_id), done="The hold has ended.")


@blueprint.route("/children/<uuid:child_id>/erase", methods=["GET", "POST"])
@allow(policies.can_erase, child=children.get_child)
@confirm_first
def erase(child: Child) -> ResponseReturnValue:
    """What would go and what stays, and the form that does it."""
    note_look(child, "preview of an erasure")
    me, child_id, form = current_person(), child.id, EraseForm()
    done = submit(
        form, lambda: erasing.erase(child_id=child_id, reference=form.reference.data or "", why=form.why.data or "", actor=me),
    )
    if done is None:
        child = children.get_child(child_id, me)
        page = render_template("keeping/child_erase.html", child=child, form=form, preview=erasing.preview(child))
        return page, 422 if request.method == "POST" else 200
    flash("Erased. What stays says nothing of who it was.", "success")
    return redirect(url_for("children.caseload"), 303)


@blueprint.get("/retention")
@allow(policies.can_see_retention)
def retention_rules() -> ResponseReturnValue:
    """How long what is kept, and what is over its time in one's own Zones."""
    zones = [zone for zone in list_own_zones(current_person()) if current_person().has_role(Role.ZONE_MANAGER, zone_id=zone.id)]
    parts = []
    for zone in zones:
        found = retention.preview(zone.id)
        parts.append((zone, found, ConfirmRunForm(formdata=None, zone=str(zone.id), seen=str(sum(len(one.goes) for one in found))), queries.list_runs(zone.id)))
    return render_template("keeping/retention_list.html", kinds=retention.KINDS, parts=parts)


@blueprint.post("/retention/confirm")
@allow(policies.can_see_retention)
@confirm_first
def retention_confirm() -> ResponseReturnValue:
    me, form = current_person(), ConfirmRunForm()
    try:
        zone_id, seen = uuid.UUID(form.zone.data or ""), int(form.seen.data or "")
    except ValueError:
        raise NotFound from None
    return act(
        lambda: retention.confirm(zone_id=zone_id, seen=seen, actor=me), url_for("keeping.retention_rules"),
        done="Confirmed. It is taken tonight; place a hold on what has to stay.",
    )
