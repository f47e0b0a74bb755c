"""A hold on a child's record, erasing it, what the rules of time would take, handing a whole Zone over; complaints and breaches."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.models import Role
from app.accounts.queries import list_own_zones
from app.accounts.sessions import current_person
from app.children import queries as children
from app.children.models import Child
from app.children.sight import note_look
from app.interchange.progress import find_progress
from app.keeping import cases, erasing, holding, policies, queries, retention, services
from app.keeping.forms import (
    CaseAnswerForm,
    CaseForm,
    CaseNoteForm,
    ConfirmRunForm,
    EraseForm,
    HandOverForm,
    HoldForm,
)
from app.keeping.models import CaseKind, DataCase, HandOver, HandOverState
from app.shared import clock
from app.shared.errors import NotFound
from app.shared.forms import choices
from app.shared.web import act, allow, confirm_first, exporting, is_htmx, submit

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
    flash(_("Held. Nothing of this record is erased until the hold ends."), "success")
    return redirect(url_for("keeping.hold", child_id=child_id), 303)


@blueprint.post("/children/<uuid:child_id>/hold/end")
@allow(policies.can_hold, child=children.get_child)
def hold_end(child: Child) -> ResponseReturnValue:
    me, child_id = current_person(), child.id
    return act(lambda: holding.end_holds(child_id=child_id, actor=me), url_for("keeping.hold", child_id=child_id), done=_("The hold has ended."))


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
    flash(_("Erased. What stays says nothing of who it was."), "success")
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
        done=_("Confirmed. It is taken tonight; place a hold on what has to stay."),
    )


# --- a Zone handed over --------------------------------------------------------------------------


@blueprint.get("/hand-overs")
@allow(policies.can_see_hand_overs)
def hand_overs() -> ResponseReturnValue:
    me = current_person()
    found = queries.list_hand_overs(me)
    making = next((one for one in found if one.state is HandOverState.MAKING), None)
    told = find_progress(making.id) if making else None
    if is_htmx():
        if making is None:
            return Response(status=204, headers={"HX-Redirect": url_for("keeping.hand_overs")})
        return render_template("keeping/_hand_over_progress.html", told=told)
    return render_template(
        "keeping/hand_over_list.html", found=found, making=making, told=told, me_id=me.id, may_ask=policies.can_see_retention(me),
        can_agree=lambda one: policies.can_agree(me, one), can_fetch=lambda one: policies.can_fetch(me, one),
    )


@blueprint.route("/hand-overs/new", methods=["GET", "POST"])
@allow(policies.can_see_retention)
@confirm_first
def hand_over_new() -> ResponseReturnValue:
    me, form = current_person(), HandOverForm()
    own = list_own_zones(me, Role.ZONE_MANAGER)
    zones = {zone.slug: zone.id for zone in own}
    form.zone.choices = [(zone.slug, zone.name) for zone in own]
    form.slug.description = _("To show that you mean this Zone and no other: %(names)s.", names=", ".join(f"{zone.slug} ({zone.name})" for zone in own))
    asked = submit(form, lambda: services.ask(zone_id=zones[form.zone.data], slug=form.slug.data or "", why=form.why.data or "", actor=me))
    if asked is None:
        page = render_template("keeping/hand_over_new.html", form=form)
        return page, 422 if request.method == "POST" else 200
    flash(_("Asked. It is made once the second person agrees; you find it on your list then."), "success")
    return redirect(url_for("keeping.hand_overs"), 303)


@blueprint.post("/hand-overs/<uuid:hand_over_id>/agree")
@allow(policies.can_agree, hand_over=queries.get_hand_over)
@confirm_first
def hand_over_agree(hand_over: HandOver) -> ResponseReturnValue:
    me, hand_over_id = current_person(), hand_over.id
    return act(lambda: services.agree(hand_over_id=hand_over_id, actor=me), url_for("keeping.hand_overs"), done=_("Agreed. Kith is making the file."))


@blueprint.post("/hand-overs/<uuid:hand_over_id>/end")
@allow(policies.can_end, hand_over=queries.get_hand_over)
def hand_over_end(hand_over: HandOver) -> ResponseReturnValue:
    me, hand_over_id, data_dir = current_person(), hand_over.id, current_app.config["SETTINGS"].data_dir
    return act(
        lambda: services.end(hand_over_id=hand_over_id, actor=me, data_dir=data_dir), url_for("keeping.hand_overs"), done=_("It has ended. No file is left of it."),
    )


@blueprint.post("/hand-overs/<uuid:hand_over_id>/file")
@allow(policies.can_fetch, hand_over=queries.get_hand_over)
@exporting
def hand_over_file(hand_over: HandOver) -> ResponseReturnValue:
    name = f"kith-{hand_over.zone.slug}-{clock.today().isoformat()}.zip"
    file = services.fetch(hand_over_id=hand_over.id, actor=current_person(), data_dir=current_app.config["SETTINGS"].data_dir)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(file.size)}
    return Response(file.parts, content_type="application/zip", headers=headers)


# --- complaints and breaches ---------------------------------------------------------------------


@blueprint.get("/data-protection", endpoint="cases")
@allow(policies.can_see_cases)
def case_list() -> ResponseReturnValue:
    return render_template("keeping/case_list.html", cases=queries.list_cases(current_person()))


@blueprint.route("/data-protection/new", methods=["GET", "POST"])
@allow(policies.can_raise_case)
def case_new() -> ResponseReturnValue:
    me, form = current_person(), CaseForm()
    form.zone.choices = choices([(str(zone.id), zone.name) for zone in list_own_zones(me)])
    raised = submit(
        form,
        lambda: cases.raise_case(
            zone_id=uuid.UUID(form.zone.data), kind=CaseKind(form.kind.data), words=form.words.data or "", known_on=form.known_on.data or clock.today(), actor=me,
        ),
    )
    if raised is None:
        page = render_template("keeping/case_new.html", form=form, own=queries.list_own_cases(me), may_see=policies.can_see_cases(me))
        return page, 422 if request.method == "POST" else 200
    flash(_("It is with those who answer for the Zone’s data. For a breach, tell them yourself as well: the time runs."), "success")
    return redirect(url_for("keeping.case_new"), 303)


@blueprint.get("/data-protection/<uuid:case_id>", endpoint="case")
@allow(policies.can_answer_case, case=queries.get_case)
def case_show(case: DataCase) -> ResponseReturnValue:
    return _show(case)


@blueprint.post("/data-protection/<uuid:case_id>/answer")
@allow(policies.can_answer_case, case=queries.get_case)
def case_answer(case: DataCase) -> ResponseReturnValue:
    me, case_id, form = current_person(), case.id, CaseAnswerForm()
    form.narrow(case.kind)
    done = submit(
        form,
        lambda: cases.answer(case_id=case_id, words=form.words.data or "", is_ico_told=form.said("ico"), are_people_told=form.said("people"), actor=me),
    )
    if done is None:
        return _show(queries.get_case(case_id, me), answering=form), 422
    flash(_("It is written down."), "success")
    return redirect(url_for("keeping.case", case_id=case_id), 303)


@blueprint.post("/data-protection/<uuid:case_id>/notes")
@allow(policies.can_answer_case, case=queries.get_case)
def case_note(case: DataCase) -> ResponseReturnValue:
    me, case_id, form = current_person(), case.id, CaseNoteForm()
    done = submit(form, lambda: cases.add_note(case_id=case_id, words=form.done.data or "", closes=bool(form.closes.data), actor=me))
    if done is None:
        return _show(queries.get_case(case_id, me), noting=form), 422
    flash(_("It is written down."), "success")
    return redirect(url_for("keeping.case", case_id=case_id), 303)


def _show(case: DataCase, *, answering: CaseAnswerForm | None = None, noting: CaseNoteForm | None = None) -> str:
    if answering is None:
        answering = CaseAnswerForm(formdata=None)
        answering.narrow(case.kind)
    return render_template("keeping/case_show.html", case=case, answering=answering, noting=noting or CaseNoteForm(formdata=None))
