"""Concerns, who looked, and urgent looks."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.queries import list_zones
from app.accounts.sessions import current_person
from app.children import queries as children
from app.children.models import Child
from app.children.policies import can_see_child
from app.children.sight import note_look
from app.children.whereabouts import must_not_know
from app.safeguarding import copies, policies, queries, services
from app.safeguarding.forms import ConcernForm, ConcernNoteForm, UrgentLookForm
from app.safeguarding.models import Concern
from app.shared import clock
from app.shared.forms import choices
from app.shared.web import act, allow, confirm_first, exporting, submit

blueprint = Blueprint("safeguarding", __name__)


# --- concerns ------------------------------------------------------------------------------------


@blueprint.route("/safeguarding/concerns/new", methods=["GET", "POST"])
@allow(policies.can_raise_concern)
def concern_new() -> ResponseReturnValue:
    return _raise(None)


@blueprint.route("/children/<uuid:child_id>/concern", methods=["GET", "POST"])
@allow(can_see_child, child=children.get_child)
def concern_about(child: Child) -> ResponseReturnValue:
    note_look(child, "form for a concern")
    return _raise(child)


def _raise(child: Child | None) -> ResponseReturnValue:
    me, numbers = current_person(), queries.numbers_for(current_person())
    form = ConcernForm(about=child.reference if child else None, zone=str(child.zone_id) if child else None)
    form.zone.choices = choices([(str(one.zone.id), one.zone.name) for one in numbers if child is None or one.zone.id == child.zone_id])
    child_id = child.id if child else None
    sent = submit(
        form,
        lambda: services.raise_concern(
            zone_id=uuid.UUID(form.zone.data), child_id=child_id, about=form.about.data or "", words=form.words.data or "", actor=me,
        ),
    )
    if sent is None:
        page = render_template("safeguarding/concern_new.html", form=form, numbers=numbers, own=queries.list_own(me), child=child)
        return page, 422 if request.method == "POST" else 200
    flash(_("It is with the safeguarding lead now. If the child is not safe, ring as well: do not wait for an answer here."), "success")
    return redirect(url_for("safeguarding.concern_new"), 303)


@blueprint.get("/safeguarding")
@allow(policies.can_see_concerns)
def concerns() -> ResponseReturnValue:
    return render_template("safeguarding/concern_list.html", concerns=queries.list_concerns(current_person()))


@blueprint.get("/safeguarding/concerns/<uuid:concern_id>")
@allow(policies.can_read_concern, concern=queries.get_concern)
def concern(concern: Concern) -> ResponseReturnValue:
    return _show(concern, ConcernNoteForm()), 200


@blueprint.post("/safeguarding/concerns/<uuid:concern_id>/take-up")
@allow(policies.can_read_concern, concern=queries.get_concern)
def concern_take_up(concern: Concern) -> ResponseReturnValue:
    me, concern_id = current_person(), concern.id
    return act(
        lambda: services.take_up(concern_id=concern_id, actor=me), url_for("safeguarding.concern", concern_id=concern_id),
        done=_("You have taken it up. Whoever raised it sees that, and nothing more."),
    )


@blueprint.post("/safeguarding/concerns/<uuid:concern_id>/notes")
@allow(policies.can_read_concern, concern=queries.get_concern)
def concern_note(concern: Concern) -> ResponseReturnValue:
    me, concern_id, form = current_person(), concern.id, ConcernNoteForm()
    kept = submit(
        form, lambda: services.add_note(concern_id=concern_id, words=form.words.data or "", closes=bool(form.closes.data), actor=me)
    )
    if kept is None:
        return _show(queries.get_concern(concern_id, me), form), 422
    flash(_("It is written down."), "success")
    return redirect(url_for("safeguarding.concern", concern_id=concern_id), 303)


def _show(concern: Concern, form: ConcernNoteForm) -> str:
    if concern.child is not None:
        note_look(concern.child, "concern")
    return render_template("safeguarding/concern_show.html", concern=concern, form=form)


# --- who looked ----------------------------------------------------------------------------------


@blueprint.get("/children/<uuid:child_id>/looks")
@allow(policies.can_see_who_looked, child=children.get_child)
def looks(child: Child) -> ResponseReturnValue:
    """Who looked at this child's record; on paper it is for the family."""
    note_look(child, "who looked")
    return render_template("safeguarding/look_list.html", child=child, lookers=queries.who_looked(child))


@blueprint.post("/children/<uuid:child_id>/looks/seen")
@allow(policies.can_see_who_looked, child=children.get_child)
def looks_seen(child: Child) -> ResponseReturnValue:
    me, child_id = current_person(), child.id
    return act(lambda: services.seen_look(child_id=child_id, actor=me), url_for("safeguarding.looks", child_id=child_id), done=_("It is off your list."))


@blueprint.get("/safeguarding/looks")
@allow(policies.can_see_odd_looks)
def odd_looks() -> ResponseReturnValue:
    me = current_person()
    zones = [one.zone.id for one in queries.numbers_for(me) if policies.leads_safeguarding_in(me, one.zone.id)]
    return render_template("safeguarding/look_odd.html", odd=queries.odd_looks(zones), many=queries.MANY_IN_AN_HOUR)


# --- a copy for the family -----------------------------------------------------------------------


@blueprint.get("/children/<uuid:child_id>/copy")
@allow(policies.can_give_copy, child=children.get_child)
def copy(child: Child) -> ResponseReturnValue:
    note_look(child, "form for a copy")
    return render_template("safeguarding/copy_new.html", child=child, left_out=copies.LEFT_OUT, marked=must_not_know(child.carers))


@blueprint.post("/children/<uuid:child_id>/copy")
@allow(policies.can_give_copy, child=children.get_child)
@exporting
def copy_file(child: Child) -> ResponseReturnValue:
    name = f"kith-{child.reference}-{clock.today().isoformat()}.zip"
    asker = request.form.get("asker", "")
    says_where = copies.says_where_to(child, asker, is_asked_to=request.form.get("where") != "no")
    packed = copies.as_zip(copies.draw_up(child, says_where=says_where))
    note_look(child, "copy for the family")
    services.note_copy(child=child, says_where=says_where, asker=asker, actor=current_person())
    return Response(packed, content_type="application/zip", headers={"Content-Disposition": f'attachment; filename="{name}"'})


# --- urgent looks --------------------------------------------------------------------------------


@blueprint.route("/urgent-looks", methods=["GET", "POST"])
@allow(policies.can_look_urgently)
@confirm_first
def urgent_looks() -> ResponseReturnValue:
    me, form = current_person(), UrgentLookForm()
    form.zone.choices = choices([("", _("Choose one")), *((zone.slug, zone.name) for zone in list_zones())])
    look = submit(
        form,
        lambda: services.look_urgently(
            reference=form.reference.data or "", slug=form.zone.data, why=form.why.data or "", hours=int(form.hours.data), actor=me,
        ),
    )
    if look is None:
        page = render_template("safeguarding/urgent_look_new.html", form=form, looks=queries.list_urgent_looks(me))
        return page, 422 if request.method == "POST" else 200
    return redirect(url_for("children.child", child_id=look.child_id), 303)


@blueprint.post("/urgent-looks/<uuid:look_id>/end")
@allow(policies.can_look_urgently)
def urgent_look_end(look_id: uuid.UUID) -> ResponseReturnValue:
    me = current_person()
    return act(lambda: services.end_look(look_id=look_id, actor=me), url_for("safeguarding.urgent_looks"), done=_("The look has ended."))
