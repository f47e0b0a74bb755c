"""Settling, closing, ending, and asking again months later."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.introductions import policies, queries, services, standing
from app.introductions.forms import NEXT_STEP, CheckForm, CloseForm, EndForm, SettleForm
from app.introductions.models import EndReason, Introduction, IntroductionState
from app.introductions.routes.blueprint import blueprint, page_of, run
from app.shared.web import allow, current_person, submit


@blueprint.route("/introductions/<uuid:introduction_id>/settle", methods=["GET", "POST"])
@allow(policies.can_settle, introduction=queries.get_introduction)
def settle(introduction: Introduction) -> ResponseReturnValue:
    key, person, is_typed = introduction.id, current_person(), not introduction.offering.needs_money
    attended = standing.read(introduction).attended
    form = SettleForm(visits_told=attended or None)
    if not is_typed:
        del form.visits_told
    return run(
        introduction, form,
        lambda: services.settle(
            introduction_id=key, wants_to_go_on=form.wants_to_go_on.data == "yes", words_said=form.words_said.data or "",
            visits_told=form["visits_told"].data if is_typed else None, actor=person, seen_version=form.seen,
        ),
        "introductions/introduction_settle.html", done=_("Settled. Kith asks again after 1, 3, 6 and 12 months."), attended=attended,
    )


@blueprint.route("/introductions/<uuid:introduction_id>/close", methods=["GET", "POST"])
@allow(policies.can_close, introduction=queries.get_introduction)
def close(introduction: Introduction) -> ResponseReturnValue:
    key, person, settled = introduction.id, current_person(), introduction.state is IntroductionState.SETTLED
    form = CloseForm()
    if settled:
        form.next_step.validators, form.next_step.flags.optional = NEXT_STEP, False
    else:
        form.outcome.label.text = _("Why did nothing come of it?")
    return run(
        introduction, form,
        lambda: services.close(
            introduction_id=key, outcome=form.outcome.data or "", next_step=form.next_step.data or "", actor=person, seen_version=form.seen
        ),
        "introductions/introduction_close.html", done=_("Closed."), settled=settled,
    )


@blueprint.route("/introductions/<uuid:introduction_id>/end", methods=["GET", "POST"])
@allow(policies.can_end, introduction=queries.get_introduction)
def end(introduction: Introduction) -> ResponseReturnValue:
    """What would stop is said first. Nothing stands before it, a stale page neither."""
    key, person = introduction.id, current_person()
    if not introduction.is_open:
        flash(_("This introduction is over already."), "notice")
        return redirect(page_of(key), 303)
    form = EndForm()
    return run(
        introduction, form,
        lambda: services.end(
            introduction_id=key, reason=EndReason(form.reason.data), note=form.note.data or "", actor=person, seen_version=form.seen
        ),
        "introductions/introduction_end.html", done=_("Ended."), will=services.what_ending_does(introduction),
    )


@blueprint.route("/introductions/<uuid:introduction_id>/checks/<uuid:check_id>", methods=["GET", "POST"])
@allow(policies.can_answer_check, introduction=queries.get_introduction)
def check(introduction: Introduction, check_id: uuid.UUID) -> ResponseReturnValue:
    """Still going?"""
    key, person, form = introduction.id, current_person(), CheckForm()
    queries.get_check(check_id, key)
    answered = submit(form, lambda: services.answer_check(
        introduction_id=key, check_id=check_id, is_still_going=form.is_still_going.data == "yes", words_said=form.words_said.data or "",
        actor=person,
    ))
    if answered is not None:
        flash(_("Written down."), "success")
        return redirect(page_of(key), 303)
    return render_template(
        "introductions/check_answer.html", form=form, introduction=queries.get_introduction(key, person), check=queries.get_check(check_id, key)
    ), 422 if form.is_submitted() else 200
