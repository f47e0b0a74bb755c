"""The two-year plan by term, and the plan on paper for the family."""

from __future__ import annotations

import uuid

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.catalogue.models import AREAS
from app.children import book, policies, queries, services, showing, whereabouts
from app.children.circle import here, standing_on, ties_of
from app.children.forms.plan import NO_AREA, VOICE_WORDS, ChangeForm, SayingForm, StepForm, TermField
from app.children.models import CaseloadKind, Child, PlanVoice
from app.children.routes.blueprint import blueprint, form_page
from app.children.sight import note_look
from app.children.terms import terms_of
from app.shared import clock
from app.shared.errors import NotFound
from app.shared.languages import render_paper
from app.shared.web import act, allow, current_person


@blueprint.get("/children/<uuid:child_id>/plan")
@allow(policies.can_see_child, child=queries.get_child)
def plan(child: Child) -> ResponseReturnValue:
    note_look(child, "plan")
    person = current_person()
    kept = book.read(child)
    return render_template(
        "children/plan_show.html", child=child, book=kept, plan=showing.plan_of(kept, clock.today()), voices=VOICE_WORDS,
        areas=showing.areas(kept, AREAS), may_work=policies.can_work_with_child(person, child), may_listen=policies.can_listen_to_child(person, child),
    )


@blueprint.get("/children/<uuid:child_id>/plan/for-the-family")
@allow(policies.can_work_with_child, child=queries.get_child)
def family_print(child: Child) -> ResponseReturnValue:
    """One sheet of A4 in plain words, for the fridge; `in` asks for it in a family's language."""
    note_look(child, "plan on paper")
    kept = book.read(child)
    today = clock.today()
    telling = whereabouts.telling(child, kept.carers, request.args.get("without"))
    known = telling.ties(kept.ties)
    lead = next((entry.person for entry in child.caseload if entry.is_live and entry.kind is CaseloadKind.LEAD), None)
    return render_paper(
        "children/plan_print.html", request.args.get("in"), child=child, book=kept, lead=lead, telling=telling,
        ties=[tie for tie in ties_of(known) if tie.line != "ended"], people=here(standing_on(known, today)), plan=showing.plan_now(kept, today),
        goals=[showing.goal_shown(goal, kept.terms) for goal in kept.goals if goal.reached_on is None][:4],
        reached=[goal for goal in kept.goals if goal.reached_on is not None][:3],
    )


@blueprint.route("/children/<uuid:child_id>/plan/steps/new", methods=["GET", "POST"])
@allow(policies.can_work_with_child, child=queries.get_child)
def step_new(child: Child) -> ResponseReturnValue:
    form = StepForm()
    _offer(form.term, child, is_new=not form.is_submitted())
    return form_page(
        child, form,
        lambda: services.add_step(
            child_id=child.id, term_starts_on=form.term.chosen_day, text=form.text.data,
            area="" if form.area.data == NO_AREA else form.area.data, actor=current_person(),
        ),
        title=_("What will we do?"), done=_("It is in the plan."), back=url_for("children.plan", child_id=child.id),
    )


@blueprint.post("/children/<uuid:child_id>/plan/steps/<uuid:step_id>/done")
@allow(policies.can_work_with_child, child=queries.get_child)
def step_finish(child: Child, step_id: uuid.UUID) -> ResponseReturnValue:
    return act(
        lambda: services.finish_step(child_id=child.id, step_id=step_id, actor=current_person()),
        url_for("children.plan", child_id=child.id), done=_("Done. Well done."),
    )


@blueprint.route("/children/<uuid:child_id>/plan/steps/<uuid:step_id>/change", methods=["GET", "POST"])
@allow(policies.can_work_with_child, child=queries.get_child)
def step_change(child: Child, step_id: uuid.UUID) -> ResponseReturnValue:
    step = next((known for known in book.read(child).steps if known.id == step_id), None)
    if step is None:
        raise NotFound
    form = ChangeForm()
    form.offer_terms(terms_of(child))
    if not form.is_submitted():
        form.term.data = step.term_starts_on.isoformat()
    return form_page(
        child, form,
        lambda: services.change_step(
            child_id=child.id, step_id=step_id, why=form.why.data, text="" if form.is_given_up else form.text.data or "",
            term_starts_on=None if form.is_given_up else form.term.chosen_day, actor=current_person(),
        ),
        title=_("Change the plan"), lede=step.text, done=_("The plan has changed. How it was stays in it."), back=url_for("children.plan", child_id=child.id),
    )


@blueprint.route("/children/<uuid:child_id>/plan/sayings/new", methods=["GET", "POST"])
@allow(policies.can_listen_to_child, child=queries.get_child)
def plan_say(child: Child) -> ResponseReturnValue:
    form = SayingForm()
    _offer(form.term, child, is_new=not form.is_submitted())
    if not form.is_submitted():
        form.said_on.data = clock.today()
    return form_page(
        child, form,
        lambda: services.say_about_plan(
            child_id=child.id, term_starts_on=form.term.chosen_day, voice=PlanVoice(form.voice.data), said_by=form.said_by.data or "",
            words=form.words.data, said_on=form.said_on.data, actor=current_person(),
        ),
        title=_("What was said about %(child)s’s plan", child=child.called), done=_("It is kept beside the plan."), back=url_for("children.plan", child_id=child.id),
    )


def _offer(field: TermField, child: Child, *, is_new: bool) -> None:
    """The terms; chosen at first: the one asked for, or the one that is on."""
    terms = terms_of(child)
    field.offer_terms(terms)
    if is_new:
        asked_for, today = request.args.get("term", ""), clock.today()
        now = next((term.starts_on.isoformat() for term in terms if term.ends_on >= today), "")
        field.data = asked_for if asked_for in {term.starts_on.isoformat() for term in terms} else now
