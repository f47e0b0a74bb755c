"""One child's mark: its correction, what two registers disagree about, and the follow-up of a missed session."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.attendance import policies, queries, services
from app.attendance.forms import CorrectionForm, FollowUpForm, SettleForm
from app.attendance.models import MARK_WORDS
from app.attendance.routes.blueprint import blueprint
from app.audit import services as audit
from app.catalogue.models import Session
from app.children.models import Child
from app.children.queries import get_child
from app.shared.errors import NotFound
from app.shared.web import allow, current_person, submit


@blueprint.route("/sessions/<uuid:session_id>/marks/<uuid:child_id>", methods=["GET", "POST"])
@allow(policies.can_correct_mark, session=queries.get_session, child=get_child)
def mark_correct(session: Session, child: Child) -> ResponseReturnValue:
    """Every revision of one mark, and the form for a new one."""
    person, session_id, child_id = current_person(), session.id, child.id
    history = queries.marks_of(session_id, child_id)
    if not history:
        raise NotFound(_("There is no mark here yet."))
    newest = history[-1]
    form = CorrectionForm(data={"kind": newest.kind.value, "is_told_late": newest.is_told_late, "seen": newest.revision})
    corrected = submit(form, lambda: services.correct_mark(
        session_id=session_id, child_id=child_id, marking=form.marking, reason=form.reason.data or "", actor=person,
        percent=int(form.percent.data) if form.percent.data else None,
    ))
    if corrected is not None:
        flash(_("Corrected. The old mark stays beside the new one, and the money has moved with it."), "success")
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
        flash(_("Written down. It is off your list."), "success")
        return redirect(url_for("children.child", child_id=child_id), 303)
    session, child = queries.get_session(session_id, person), get_child(child_id, person)
    missed = queries.find_missed(session, child)
    if missed is None:
        raise NotFound(_("This child was not missed at this session."))
    page = render_template("attendance/follow_up.html", form=form, session=session, child=child, missed=missed, words=MARK_WORDS)
    if request.method == "POST":
        return page, 422
    audit.note_sight(person=person, child_id=child_id, what="follow-up")
    return page


@blueprint.route("/sessions/<uuid:session_id>/marks/<uuid:child_id>/settle", methods=["GET", "POST"])
@allow(policies.can_correct_mark, session=queries.get_session, child=get_child)
def mark_settle(session: Session, child: Child) -> ResponseReturnValue:
    """Two registers say different things: which is right?"""
    person, session_id, child_id = current_person(), session.id, child.id
    standing, waiting = queries.find_mark(session_id, child_id), queries.list_disagreements(session_id, child_id)
    if standing is None or not waiting:
        raise NotFound(_("Nothing has to be settled here (any more)."))
    people = queries.names_of({standing.marked_by_id, *(one.sent_by_id for one in waiting)})
    form = SettleForm()
    form.offer(standing, waiting, people)
    settled = submit(form, lambda: services.settle_disagreement(
        session_id=session_id, child_id=child_id, right_id=uuid.UUID(form.right.data), actor=person
    ))
    if settled is not None:
        flash(_("Settled. It says so now on the register."), "success")
        return redirect(url_for("attendance.register", session_id=session_id), 303)
    page = render_template(
        "attendance/mark_settle.html", form=form, session=queries.get_session(session_id, person), child=get_child(child_id, person)
    )
    if request.method == "POST":
        return page, 422
    audit.note_sight(person=person, child_id=child_id, what="marks")
    return page
