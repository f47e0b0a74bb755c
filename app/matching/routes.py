"""Matches for one child, and setting one aside."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.children import policies
from app.children import queries as children
from app.children import services as children_services
from app.children.models import Child
from app.children.routes.blueprint import form_page
from app.children.sight import note_look
from app.matching import pictures, queries
from app.matching.forms import NotForForm
from app.matching.rules import BY_NAME
from app.shared.view import plural
from app.shared.web import allow, current_person

blueprint = Blueprint("matching", __name__)
MOST = 50


@blueprint.get("/children/<uuid:child_id>/matches")
@allow(policies.can_work_with_child, child=children.get_child)
def matches(child: Child) -> ResponseReturnValue:
    note_look(child, "matches")
    top = min(MOST, max(10, request.args.get("top", 10, type=int)))
    return render_template("matching/match_list.html", child=child, top=top, most=MOST, **shown(child, top))


def shown(child: Child, top: int) -> dict[str, Any]:
    """What the list of matches and the panel on the child's page both draw."""
    profile = queries.profile_of(child)
    result = queries.match_profile(child.zone_id, profile, top)
    home = None
    if profile.latitude is not None and profile.longitude is not None:
        name = child.school.name if profile.place == "school" and child.school else f"Near {child.called}"
        home = {"lat": profile.latitude, "lon": profile.longitude, "name": name}
    return {
        "matches": [pictures.drawn(profile, match, href=page_of(match.candidate.id)) for match in result.matches],
        "pins": pictures.pins(result.matches), "home": home, "eligible": result.eligible, "considered": result.considered,
        "ruled_out": [(count, BY_NAME[name].ruled_out) for name, count in result.ruled_out.items()],
        "would_open": would_open(child.called, result),
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
                lines.append(f"{plural(near, 'more offering')} would fit if {called} could travel {step:g} km further.")
        elif name != "refused":
            lines.append(
                f"{plural(count, 'more offering')} {'is' if count == 1 else 'are'} {BY_NAME[name].ruled_out}, "
                f"and nothing else stands in the way: {BY_NAME[name].loosen}."
            )
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
        title=f"{title}: not for {child.called}", template="matching/match_refuse.html",
        done=f"{title} will not come back by itself. It stands under Notes, if {child.called} thinks again.",
        back=url_for("matching.matches", child_id=child.id),
    )
