"""Needs and goals."""

from __future__ import annotations

import uuid

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.children import policies, queries, services
from app.children.forms.listening import GoalForm, NeedForm, ReviewForm
from app.children.models import Child
from app.children.routes.blueprint import blueprint, form_page
from app.shared.errors import NotFound
from app.shared.web import act, allow, current_person


@blueprint.route("/children/<uuid:child_id>/needs/new", methods=["GET", "POST"])
@allow(policies.can_work_with_child, child=queries.get_child)
def need_new(child: Child) -> ResponseReturnValue:
    form = NeedForm()
    known = {need.code for need in child.live_needs}
    form.code.offer([(str(value), str(words)) for value, words, *_ in form.code.iter_choices() if value not in known])
    return form_page(
        child, form, lambda: _save_need(child, form, form.code.data), title=_("What should get better for %(child)s", child=child.called), done=_("Saved."),
        back=url_for("children.child", child_id=child.id),
    )


@blueprint.route("/children/<uuid:child_id>/needs/<uuid:need_id>", methods=["GET", "POST"])
@allow(policies.can_work_with_child, child=queries.get_child)
def need_edit(child: Child, need_id: uuid.UUID) -> ResponseReturnValue:
    need = next((known for known in child.needs if known.id == need_id), None)
    if need is None:
        raise NotFound
    form = NeedForm()
    code = need.code
    del form.code
    if not form.is_submitted():
        form.priority.data, form.starting_point.data = str(need.priority), need.starting_point
    return form_page(
        child, form, lambda: _save_need(child, form, code), title=f"{need.area}: {need.word}", template="children/need_edit.html",
        done=_("Saved."), need=need,
    )


def _save_need(child: Child, form: NeedForm, code: str) -> object:
    return services.set_need(
        child_id=child.id, code=code, priority=int(form.priority.data), starting_point=form.starting_point.data or "",
        actor=current_person(),
    )


@blueprint.post("/children/<uuid:child_id>/needs/<uuid:need_id>/end")
@allow(policies.can_work_with_child, child=queries.get_child)
def need_end(child: Child, need_id: uuid.UUID) -> ResponseReturnValue:
    return act(
        lambda: services.end_need(child_id=child.id, need_id=need_id, actor=current_person()),
        url_for("children.child", child_id=child.id), done=_("That need is closed. It stays in the record."),
    )


@blueprint.route("/children/<uuid:child_id>/goals/new", methods=["GET", "POST"])
@allow(policies.can_work_with_child, child=queries.get_child)
def goal_new(child: Child) -> ResponseReturnValue:
    form = GoalForm()
    return form_page(
        child, form,
        lambda: services.set_goal(
            child_id=child.id, area=form.area.data, words=form.words.data, starting_point=form.starting_point.data or "", actor=current_person(),
        ),
        title=_("What %(child)s wants to reach", child=child.called), done=_("The goal is kept."),
    )


@blueprint.route("/children/<uuid:child_id>/goals/<uuid:goal_id>/review", methods=["GET", "POST"])
@allow(policies.can_work_with_child, child=queries.get_child)
def goal_review(child: Child, goal_id: uuid.UUID) -> ResponseReturnValue:
    goal = next((known for known in child.goals if known.id == goal_id), None)
    if goal is None:
        raise NotFound
    form = ReviewForm()
    if not form.is_submitted():
        form.is_reached.data = goal.reached_on is not None
    return form_page(
        child, form,
        lambda: services.review_goal(
            child_id=child.id, goal_id=goal_id, stars=None if form.stars.data == "none" else int(form.stars.data),
            words=form.review_words.data or "", is_seen_by_child=form.is_seen_by_child.data, is_reached=form.is_reached.data, actor=current_person(),
        ),
        title=_("How is it going?"), template="children/goal_review.html", done=_("Kept."), lede=f"“{goal.words}”", goal=goal,
    )
