"""Registers: the list of a person's sessions, and one register.

A page is drawn before the look is written down: that write ends the transaction in which everything was read.
"""

from __future__ import annotations

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.attendance import policies, queries, services
from app.attendance.forms import RegisterForm, Typed, conflicts, read_marks
from app.attendance.models import MARK_WORDS
from app.attendance.routes.blueprint import blueprint
from app.audit import services as audit
from app.catalogue.models import Session
from app.shared import clock
from app.shared.web import allow, current_person, submit


@blueprint.get("/registers")
@allow(policies.can_list_registers)
def registers() -> ResponseReturnValue:
    """Registers not finished yet, today's sessions, and the week ahead."""
    person, today = current_person(), clock.today()
    todays = queries.list_sessions(person, today, today)
    return render_template(
        "attendance/register_list.html", today=today, todays=todays,
        unfinished=[line for line in queries.list_unfinished(person) if line.session.held_on != today],
        ahead=queries.list_sessions(person, today + timedelta(days=1), today + timedelta(days=7)),
        may_take=lambda line: policies.can_take_register(person, line.session), may_call_off=policies.can_call_off_days(person),
    )


@blueprint.get("/sessions/<uuid:session_id>/register")
@allow(policies.can_see_register, session=queries.get_session)
def register(session: Session) -> ResponseReturnValue:
    """The register of one session."""
    found = queries.get_register(session, current_person())
    seen = [row.child_id for row in found.rows]
    page = _draw_register(found, RegisterForm(), Typed())
    audit.note_sights(person=current_person(), child_ids=seen, what="register")
    return page


@blueprint.post("/sessions/<uuid:session_id>/register")
@allow(policies.can_see_register, session=queries.get_session)
def register_save(session: Session) -> ResponseReturnValue:
    """Save it; a refusal keeps what was tapped and says who marked otherwise."""
    person, session_id, form = current_person(), session.id, RegisterForm()
    typed = read_marks(request.form, queries.get_register(session, person).rows)
    if not typed.wrong:
        key = form.client_key
        saved = submit(form, lambda: services.save_register(session_id=session_id, marks=typed.marks, client_key=key, actor=person))
        if saved is not None:
            flash(_("The register is saved."), "success")
            return redirect(url_for("attendance.register", session_id=session_id), 303)
    found = queries.get_register(queries.get_session(session_id, person), person)
    typed.wrong.update(conflicts(typed, found.rows))
    return _draw_register(found, form, typed), 422


def _draw_register(found: queries.Register, form: RegisterForm, typed: Typed) -> str:
    person = current_person()
    return render_template(
        "attendance/register_take.html", form=form, register=found, session=found.session, typed=typed.marks, wrong=typed.wrong,
        words=MARK_WORDS, may_mark=policies.can_take_register(person, found.session),
        may_take_late=policies.can_take_late(person, found.session), may_correct=policies.can_correct_marks(person, found.session),
        must_tell=found.session.id in queries.sessions_to_tell(person),
    )
