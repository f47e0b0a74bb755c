"""Registers: the list of a person's sessions, one register, one correction."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.attendance import policies, queries, services
from app.attendance.forms import CorrectionForm, RegisterForm, read_marks
from app.attendance.models import MARK_WORDS, MarkKind
from app.attendance.services import Marking
from app.audit import services as audit
from app.catalogue.models import Session
from app.children.models import Child
from app.children.queries import get_child
from app.shared import clock
from app.shared.errors import NotFound
from app.shared.web import allow, current_person, submit

blueprint = Blueprint("attendance", __name__)


@blueprint.get("/registers")
@allow(policies.can_list_registers)
def registers() -> ResponseReturnValue:
    """Today's sessions, registers not taken yet, and the week ahead."""
    person, today = current_person(), clock.today()
    return render_template(
        "attendance/register_list.html",
        today=today,
        todays=queries.list_sessions(person, today, today),
        unmarked=[s for s in queries.list_unmarked(person) if s.held_on != today],
        ahead=queries.list_sessions(person, today + timedelta(days=1), today + timedelta(days=7)),
    )


@blueprint.route("/sessions/<uuid:session_id>/register", methods=["GET", "POST"])
@allow(policies.can_see_register, session=queries.get_session)
def register(session: Session) -> ResponseReturnValue:
    """The register of one session."""
    person, form = current_person(), RegisterForm()
    found = queries.get_register(session, person)
    may_mark = policies.can_take_register(person, session)
    marks, wrong = read_marks(request.form, found.rows)
    if request.method == "POST" and not wrong:
        if not marks:
            form.form_errors.append("Nothing is marked yet. Tap a mark for at least one child.")
        else:
            session_id, key = session.id, form.once.data or ""
            saved = submit(form, lambda: services.save_register(session_id=session_id, marks=marks, client_key=key, actor=person))
            if saved is not None:
                flash("The register is saved.", "success")
                return redirect(url_for("attendance.register", session_id=session_id), 303)
        found = queries.get_register(queries.get_session(session.id, person), person)
    if request.method == "GET":
        audit.note_sights(person=person, child_ids=[row.child_id for row in found.rows], what="register")
    return render_template(
        "attendance/register_take.html", form=form, register=found, session=found.session, may_mark=may_mark, typed=marks,
        wrong=wrong, words=MARK_WORDS, may_correct=policies.can_correct_mark(person, found.session),
    ), 422 if request.method == "POST" else 200


@blueprint.route("/sessions/<uuid:session_id>/marks/<uuid:child_id>", methods=["GET", "POST"])
@allow(policies.can_correct_mark_of, session=queries.get_session, child=get_child)
def mark_correct(session: Session, child: Child) -> ResponseReturnValue:
    """Every revision of one mark, and the form for a new one."""
    person, history = current_person(), queries.marks_of(session.id, child.id)
    if not history:
        raise NotFound("There is no mark here yet.")
    newest, session_id, child_id = history[-1], session.id, child.id
    form = CorrectionForm(data={"kind": newest.kind.value, "is_told_late": newest.is_told_late, "seen": newest.revision})
    corrected = submit(form, lambda: bool(services.correct_mark(
        session_id=session_id, child_id=child_id, actor=person, reason=form.reason.data or "",
        percent=int(form.percent.data) if form.percent.data else None,
        marking=Marking(
            kind=MarkKind(form.kind.data), is_told_late=form.is_told_late.data and form.kind.data == MarkKind.ABSENT_TOLD,
            seen_revision=int(form.seen.data or 0) if str(form.seen.data).isdecimal() else 0,
        ),
    )))
    if corrected:
        flash("Corrected. The old mark stays beside the new one.", "success")
        return redirect(url_for("attendance.mark_correct", session_id=session_id, child_id=child_id), 303)
    return render_template(
        "attendance/mark_correct.html", form=form, session=queries.get_session(session_id, person), child=get_child(child_id, person),
        history=queries.marks_of(session_id, child_id), words=MARK_WORDS, people=queries.markers(history),
    ), 422 if request.method == "POST" else 200

