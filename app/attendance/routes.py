"""Registers: the list of a person's sessions, one register, one correction, one follow-up.

A page is drawn before the look is written down: that write ends the transaction in which everything was read.
"""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.attendance import policies, queries, services
from app.attendance.forms import CorrectionForm, FollowUpForm, RegisterForm, Typed, conflicts, read_marks
from app.attendance.models import MARK_WORDS
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
    """Registers not finished yet, today's sessions, and the week ahead."""
    person, today = current_person(), clock.today()
    todays = queries.list_sessions(person, today, today)
    return render_template(
        "attendance/register_list.html", today=today, todays=todays,
        unfinished=[line for line in queries.list_unfinished(person) if line.session.held_on != today],
        ahead=queries.list_sessions(person, today + timedelta(days=1), today + timedelta(days=7)),
        may_take=lambda line: policies.can_take_register(person, line.session),
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
            flash("The register is saved.", "success")
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
    )


@blueprint.route("/sessions/<uuid:session_id>/marks/<uuid:child_id>", methods=["GET", "POST"])
@allow(policies.can_correct_mark, session=queries.get_session, child=get_child)
def mark_correct(session: Session, child: Child) -> ResponseReturnValue:
    """Every revision of one mark, and the form for a new one."""
    person, session_id, child_id = current_person(), session.id, child.id
    history = queries.marks_of(session_id, child_id)
    if not history:
        raise NotFound("There is no mark here yet.")
    newest = history[-1]
    form = CorrectionForm(data={"kind": newest.kind.value, "is_told_late": newest.is_told_late, "seen": newest.revision})
    corrected = submit(form, lambda: services.correct_mark(
        session_id=session_id, child_id=child_id, marking=form.marking, reason=form.reason.data or "", actor=person,
        percent=int(form.percent.data) if form.percent.data else None,
    ))
    if corrected is not None:
        flash("Corrected. The old mark stays beside the new one, and the money has moved with it.", "success")
        return redirect(url_for("attendance.register", session_id=session_id), 303)
    history = queries.marks_of(session_id, child_id)
    form.seen.data = str(history[-1].revision)
    page = render_template(
        "attendance/mark_correct.html", form=form, session=queries.get_session(session_id, person), child=get_child(child_id, person),
        history=history, words=MARK_WORDS, people=queries.names_of({mark.marked_by_id for mark in history}),
        must_decide=queries.waits_for_decision(history[-1]),
    )
    if request.method == "POST":
        return page, 422
    audit.note_sight(person=person, child_id=child_id, what="marks")
    return page


@blueprint.route("/sessions/<uuid:session_id>/marks/<uuid:child_id>/follow-up", methods=["GET", "POST"])
@allow(policies.can_follow_up, session=queries.get_session, child=get_child)
def follow_up(session: Session, child: Child) -> ResponseReturnValue:
    """A missed session: who to ring, who could go along, and what was found out."""
    person, session_id, child_id, form = current_person(), session.id, child.id, FollowUpForm()
    noted = submit(form, lambda: services.follow_up(
        session_id=session_id, child_id=child_id, words=form.words.data or "", actor=person
    ))
    if noted is not None:
        flash("Written down. It is off your list.", "success")
        return redirect(url_for("children.child", child_id=child_id), 303)
    session, child = queries.get_session(session_id, person), get_child(child_id, person)
    missed = queries.find_missed(session, child)
    if missed is None:
        raise NotFound("This child was not missed at this session.")
    page = render_template("attendance/follow_up.html", form=form, session=session, child=child, missed=missed, words=MARK_WORDS)
    if request.method == "POST":
        return page, 422
    audit.note_sight(person=person, child_id=child_id, what="follow-up")
    return page
