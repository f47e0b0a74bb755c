"""Matches for one child, and setting one aside."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.accounts import policies as account_policies
from app.accounts.routes.zones import managed_zone
from app.children import policies
from app.children import queries as children
from app.children import services as children_services
from app.children.models import Child
from app.children.routes.blueprint import form_page
from app.children.sight import note_look
from app.matching import exposure, pictures, previewing, queries, services, surveys
from app.matching.forms import NotForForm, WeightsForm
from app.matching.rules import BY_NAME
from app.matching.weights import TABLE
from app.shared.web import act, allow, current_person, submit

blueprint = Blueprint("matching", __name__)
MOST = 50
LOOKED_THROUGH = 10
"""What fell to a child in a survey is told while it is still among so many."""


@blueprint.get("/children/<uuid:child_id>/matches")
@allow(policies.can_work_with_child, child=children.get_child)
def matches(child: Child) -> ResponseReturnValue:
    note_look(child, "matches")
    top = min(MOST, max(10, request.args.get("top", 10, type=int)))
    asked = request.args.get("what-if", "")
    loosened = asked if asked in MAY_LOOSEN else ""
    found = shown(child, top, loosened)
    exposure.note_shown(child, [(m["id"], m["organisation_id"]) for m in found["matches"][:10]])
    return render_template("matching/match_list.html", child=child, top=top, most=MOST, loosened=loosened,
                           loosened_words=BY_NAME[loosened].ruled_out if loosened else "", **found)


MAY_LOOSEN = ("distance", "time", "cost", "online", "siblings", "group", "parent_stays", "language")
"""The rules that a Link Worker may look past, to see what there would be. Nothing is stored by it."""


def shown(child: Child, top: int, loosened: str = "") -> dict[str, Any]:
    """What the list of matches and the panel on the child's page both draw."""
    profile = queries.profile_of(child)
    result = queries.match_profile(child.zone_id, profile, max(top, LOOKED_THROUGH), loosened=loosened, of=(child, current_person()))
    set_down = surveys.set_down_for(child)
    fell = next((match for match in result.matches if set_down and match.candidate.id == set_down.offering_id), None)
    result = replace(result, matches=result.matches[:top])
    home = None
    if profile.latitude is not None and profile.longitude is not None:
        name = child.school.name if profile.place == "school" and child.school else _("Near %(child)s", child=child.called)
        home = {"lat": profile.latitude, "lon": profile.longitude, "name": name}
    return {
        "matches": [pictures.drawn(profile, match, href=page_of(match.candidate.id)) for match in result.matches],
        "set_down": (fell.candidate.title, page_of(fell.candidate.id), set_down.on) if fell and set_down else None,
        "pins": pictures.pins(result.matches), "home": home, "eligible": result.eligible, "considered": result.considered,
        "ruled_out": [(count, BY_NAME[name].ruled_out) for name, count in result.ruled_out.items()],
        "what_if": [(name, count, BY_NAME[name].ruled_out) for name, count in result.would_open.items() if name in MAY_LOOSEN and name != loosened],
        "is_heard": profile.is_heard, "has_times": bool(profile.windows),
        "would_open": would_open(child.called, result), "under_way": len(result.under_way),
        "start_url": url_for("introductions.start", child_id=child.id) if "introductions.start" in current_app.view_functions else "",
    }


STEPS_KM = (0.5, 1, 2, 3, 5)


def would_open(called: str, result: queries.MatchResult) -> list[str]:
    """What loosening one rule would bring, the most first: "3 more would fit if Amara could travel 2 km further." """
    lines = []
    for name, count in sorted(result.would_open.items(), key=lambda item: (-item[1], item[0])):
        if name == "distance":
            step = next((step for step in STEPS_KM if result.further_km and result.further_km[0] <= step), None)
            if step is not None:
                near = sum(further <= step for further in result.further_km)
                lines.append(ngettext(
                    "%(count)s more offering would fit if %(child)s could travel %(km)s km further.",
                    "%(count)s more offerings would fit if %(child)s could travel %(km)s km further.",
                    near, count=f"{near:,}", child=called, km=f"{step:g}"))
        elif name != "refused":
            lines.append(ngettext(
                "%(count)s more offering is %(ruled_out)s, and nothing else stands in the way: %(loosen)s.",
                "%(count)s more offerings are %(ruled_out)s, and nothing else stands in the way: %(loosen)s.",
                count, count=f"{count:,}", ruled_out=BY_NAME[name].ruled_out, loosen=BY_NAME[name].loosen,
            ))
    return lines


def page_of(offering_id: uuid.UUID) -> str:
    if "catalogue.offering" not in current_app.view_functions:
        return ""
    return url_for("catalogue.offering", offering_id=offering_id)


@blueprint.route("/children/<uuid:child_id>/matches/<uuid:offering_id>/not-for-this-child", methods=["GET", "POST"])
@allow(policies.can_work_with_child, child=children.get_child)
def not_for(child: Child, offering_id: uuid.UUID) -> ResponseReturnValue:
    title = children.offering_in_zone(offering_id, child.zone_id).title
    form = NotForForm()
    form.offer(child.called)
    return form_page(
        child, form,
        lambda: children_services.record_refusal(
            child_id=child.id, offering_id=offering_id, why=form.sentence(child.called), is_childs_no=form.is_childs_no,
            actor=current_person(),
        ),
        title=_("%(offering)s: not for %(child)s", offering=title, child=child.called), template="matching/match_refuse.html",
        done=_(
            "%(offering)s will not come back by itself. It stands under Notes, if %(child)s thinks again.", offering=title, child=child.called),
        back=url_for("matching.matches", child_id=child.id),
    )


# --- what counts how much ------------------------------------------------------------------------


@blueprint.route("/zone/weights", methods=["GET", "POST"])
@allow(account_policies.is_zone_manager)
def weights() -> ResponseReturnValue:
    me = current_person()
    zone, managed = managed_zone(me)
    zone_id = zone.id
    saved = services.saved_weights(zone_id)
    kept = saved[0].hundredths if saved else {}
    version = saved[0].version if saved else 0
    form = WeightsForm(**({} if request.method == "POST" else {w.name: kept.get(w.name, w.usual) for w in TABLE}))
    here = url_for("matching.weights", zone=zone.slug if len(managed) > 1 else None)
    changes = None
    if request.form.get("action") == "look":
        if form.validate_on_submit():
            changes = previewing.preview(me, zone_id, form.hundredths())
    elif submit(form, lambda: services.save_weights(
        zone_id=zone_id, hundredths=form.hundredths(), version=request.form.get("version", -1, type=int), actor=me,
    )) is not None:
        flash(_("The weights are saved. Every list uses them from now on."), "success")
        return redirect(here, 303)
    is_wrong = bool(form.errors or form.form_errors)
    page = render_template(
        "matching/weights_edit.html", form=form, zone=zone, zones=managed, table=TABLE, version=version, saved=saved, changes=changes)
    return page, 422 if is_wrong else 200


@blueprint.post("/zone/weights/usual")
@allow(account_policies.is_zone_manager)
def weights_usual() -> ResponseReturnValue:
    me = current_person()
    zone, managed = managed_zone(me)
    zone_id = zone.id
    here = url_for("matching.weights", zone=zone.slug if len(managed) > 1 else None)
    return act(lambda: services.save_weights(zone_id=zone_id, hundredths={}, version=services.current_version(zone_id), actor=me),
               here, done=_("The usual weights are back."))


# --- all children at once ------------------------------------------------------------------------


@blueprint.get("/zone/matches")
@allow(account_policies.is_zone_manager)
def everyone() -> ResponseReturnValue:
    me = current_person()
    zone, managed = managed_zone(me)
    survey = surveys.find_survey(zone.id)
    is_busy = survey is not None and surveys.is_busy(survey)
    shown_ = surveys.shown(survey, me) if survey is not None and survey.finished_at is not None else None
    return render_template("matching/everyone.html", zone=zone, zones=managed, survey=survey, is_busy=is_busy, shown=shown_)


@blueprint.post("/zone/matches")
@allow(account_policies.is_zone_manager)
def everyone_start() -> ResponseReturnValue:
    me = current_person()
    zone, managed = managed_zone(me)
    zone_id = zone.id
    here = url_for("matching.everyone", zone=zone.slug if len(managed) > 1 else None)
    return act(lambda: surveys.start_survey(zone_id=zone_id, actor=me), here, done=_("Every child is being matched. It may take a minute."))
