"""What is not there: telling the Zone manager, and the Zone manager's page of what people looked for in vain."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts import queries as accounts
from app.accounts import sessions
from app.accounts.models import Role, Zone
from app.catalogue import addresses, policies
from app.catalogue.finding_forms import GapCloseForm, GapForm, OpenViewForm
from app.catalogue.models.finding import GapNote, MissKind, OpenedView
from app.catalogue.queries import finding
from app.catalogue.routes.blueprint import blueprint
from app.catalogue.routes.finding import find_zone, located_schools
from app.catalogue.services import misses as verbs
from app.shared.errors import NotFound
from app.shared.web import act, allow, submit

PERIODS = (7, 30, 90, 365)


@blueprint.route("/find/gap", methods=["GET", "POST"], endpoint="gap_new")
@allow(policies.can_browse)
def gap_new() -> ResponseReturnValue:
    """The address's own arguments are what was looked for."""
    me = sessions.current_person()
    zone, form = find_zone(me), GapForm()
    typed = " ".join(request.args.get("q", "").split())[: addresses.LONGEST_QUERY]
    filters = addresses.kept_address(request.args, with_words=False, with_place=False)
    near = addresses.school_of(located_schools(zone), request.args.get("near"))
    back = url_for("catalogue.find", **request.args.to_dict(flat=False))  # type: ignore[arg-type]
    told = submit(form, lambda: verbs.note_gap(zone_id=zone.id, typed=typed, asked=filters, note=form.note.data or "", actor=me))
    if told is None:
        said = addresses.in_words(addresses.kept_address(request.args), near)
        return render_template("catalogue/gap_new.html", form=form, said=said, back=back, zone=zone), 422 if request.method == "POST" else 200
    flash(_("Told. The Zone manager sees it with everybody else who looked for the same."), "success")
    return redirect(url_for("catalogue.find", zone=request.args.get("zone"), near=request.args.get("near")), 303)


@blueprint.get("/gaps", endpoint="gaps")
@allow(policies.can_see_misses)
def gaps() -> ResponseReturnValue:
    me = sessions.current_person()
    zones = accounts.list_own_zones(me, Role.ZONE_MANAGER)
    zone = _zone(zones)
    days = request.args.get("days", 30, type=int)
    days = days if days in PERIODS else 30

    def said(asked: str) -> list[str]:
        return addresses.in_words(asked, None) if asked else []

    form = OpenViewForm()
    form.narrow([other for other in accounts.list_zones() if other.id != zone.id])
    return render_template(
        "catalogue/gap_list.html", zone=zone, zones=zones, days=days, periods=PERIODS, gaps=finding.list_gaps(zone.id), said=said,
        nothing=finding.list_misses(zone.id, MissKind.NOTHING, days), near=finding.list_misses(zone.id, MissKind.NEAR, days),
        corrected=finding.list_misses(zone.id, MissKind.CORRECTED, days), form=form, views=finding.list_opened_views(zone.id),
    )


def _zone(zones: Sequence[Zone]) -> Zone:
    own = {zone.slug: zone for zone in zones}
    wanted = request.args.get("zone")
    if wanted and wanted not in own:
        raise NotFound
    return own[wanted] if wanted else next(iter(own.values()))


@blueprint.route("/gaps/<uuid:gap_id>/close", methods=["GET", "POST"], endpoint="gap_close")
@allow(policies.can_close_gap, gap=finding.get_gap)
def gap_close(gap: GapNote) -> ResponseReturnValue:
    me, gap_id, form = sessions.current_person(), gap.id, GapCloseForm()
    done = submit(form, lambda: verbs.close_gap(gap_id=gap_id, why=form.why.data or "", actor=me))
    if done is None:
        said = addresses.in_words(gap.asked, None) if gap.asked else []
        return render_template("catalogue/gap_close.html", form=form, gap=gap, said=said), 422 if request.method == "POST" else 200
    flash(_("Closed."), "success")
    return redirect(url_for("catalogue.gaps"), 303)


@blueprint.post("/gaps/views", endpoint="view_open")
@allow(policies.can_see_misses)
def view_open() -> ResponseReturnValue:
    me = sessions.current_person()
    zone, form = _zone(accounts.list_own_zones(me, Role.ZONE_MANAGER)), OpenViewForm()
    form.narrow([other for other in accounts.list_zones() if other.id != zone.id])
    opened = submit(form, lambda: verbs.open_view(zone_id=zone.id, to_zone_id=form.zones[form.zone.data].id, actor=me))
    if opened is None:
        flash(" ".join([*form.zone.errors, *form.form_errors]), "refused")
    else:
        flash(_("When nothing fits over there, people see the titles of what you have."), "success")
    return redirect(url_for("catalogue.gaps", zone=request.args.get("zone")), 303)


@blueprint.post("/gaps/views/<uuid:view_id>/close", endpoint="view_close")
@allow(policies.can_see_misses, view=finding.get_opened_view)
def view_close(view: OpenedView) -> ResponseReturnValue:
    me, view_id = sessions.current_person(), view.id
    return act(lambda: verbs.close_view(view_id=view_id, actor=me), url_for("catalogue.gaps"), done=_("They see nothing of yours any more."))
