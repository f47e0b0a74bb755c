"""Sessions that do not take place: one day of many groups at once, and that the families know."""

from __future__ import annotations

import uuid
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.attendance import policies, queries, services
from app.attendance.forms import CallOffForm
from app.attendance.routes.blueprint import blueprint
from app.audit import services as audit
from app.catalogue.models import CancelledBy, Organisation, Session, SessionState
from app.catalogue.policies import can_move_organisation
from app.catalogue.queries import get_organisation
from app.shared import clock
from app.shared.web import act, allow, current_person, submit


@blueprint.route("/registers/call-off", methods=["GET", "POST"])
@allow(policies.can_call_off_days)
def call_off() -> ResponseReturnValue:
    """Choose a day; its sessions are listed with who is expected, and those that are ticked are cancelled together."""
    person, on = current_person(), _day(request.values.get("on", ""))
    lines = [
        line for line in queries.list_sessions(person, on, on)
        if line.session.state is SessionState.SCHEDULED and policies.can_call_off(person, line.session)
    ]
    form = CallOffForm(data=None if request.method == "POST" else {"on": on, "sessions": [str(line.session.id) for line in lines]})
    form.offer(lines)
    done = submit(form, lambda: services.call_off_day(
        session_ids=[uuid.UUID(text) for text in form.sessions.data or []], by=CancelledBy(form.by.data), reason=form.reason.data or "",
        actor=person,
    ))
    if done is None:
        page = render_template(
            "attendance/day_call_off.html", form=form, on=on, lines=lines, told=queries.people_to_tell({line.session.cohort_id for line in lines}),
        )
        return page, 422 if request.method == "POST" else 200
    flash(_("Cancelled. The Link Workers are asked to tell the families now, and the organisations hear by e-mail."), "success")
    return redirect(url_for("attendance.registers"), 303)


def _day(text: str) -> date:
    try:
        return max(date.fromisoformat(text), clock.today())
    except ValueError:
        return clock.today()


@blueprint.post("/sessions/<uuid:session_id>/families-told")
@allow(policies.can_see_register, session=queries.get_session)
def families_told(session: Session) -> ResponseReturnValue:
    """Off the Link Worker's list."""
    session_id, person = session.id, current_person()
    back = url_for("attendance.register", session_id=session_id)
    return act(lambda: services.families_told(session_id=session_id, actor=person), back, done=_("Thank you. It is off your list."))


@blueprint.get("/organisations/<uuid:organisation_id>/impact")
@allow(can_move_organisation, organisation=get_organisation)
def impact(organisation: Organisation) -> ResponseReturnValue:
    """Whom it concerns when this organisation cannot work."""
    person = current_person()
    found = queries.impact_of(organisation)
    page = render_template("attendance/organisation_impact.html", organisation=organisation, impact=found)
    audit.note_sights(person=person, child_ids=sorted({place.child_id for place in found.places}), what="impact of a lapse")
    return page
