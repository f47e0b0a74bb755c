"""Asking for a place and its money, and answering the budget holder's question."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.models import Person
from app.children.sight import note_look
from app.commissioning import policies
from app.commissioning.forms.requests import AnswerForm, RequestForm
from app.commissioning.models import Commission
from app.commissioning.queries.commissions import find_live_commission, get_commission
from app.commissioning.queries.requests import (
    MAY_ASK,
    cost_of,
    list_could_go_along,
    list_free_alternatives,
    list_free_shown,
    list_groups,
)
from app.commissioning.routes.base import blueprint, run
from app.commissioning.services import commissions
from app.commissioning.services.requests import MOST_SESSIONS, refuse_when_full
from app.introductions.models import Introduction
from app.introductions.queries import get_introduction
from app.shared.db import is_out_of_date
from app.shared.web import allow, current_person, submit

USUAL = 10
"""Sessions to begin with, where the group has as many to come."""


@blueprint.route("/introductions/<uuid:introduction_id>/request", methods=["GET", "POST"])
@allow(policies.can_request, introduction=get_introduction)
def request_new(introduction: Introduction) -> ResponseReturnValue:
    """One page. The button `look` works the cost out again without sending anything (with JavaScript it happens by itself)."""
    me, introduction_id = current_person(), introduction.id
    standing = find_live_commission(introduction_id)
    if standing is not None:
        flash(_("A place has been asked for already. Here it is."), "notice")
        return redirect(url_for("commissioning.commission", commission_id=standing.id), 303)
    if request.method == "GET":
        note_look(introduction.child, "request")
        introduction = get_introduction(introduction_id, me)
    form = RequestForm()
    shown = _offered(introduction, me, form)
    form.offer(((g.cohort.id, g.words) for g in shown["groups"]), shown["needs"], ((f"{o.title}, {o.organisation.name}",) * 2 for o in shown["free"]))
    form.go_along((i.id, _("%(child)s, for %(word)s", child=i.child.short_name, word=i.child.live_needs[0].word)) for i in shown["along"])
    _begin(form, shown)
    if request.method == "POST" and "look" not in request.form:
        others = _others(form, shown["along"])
        made = submit(form, lambda: _ask(form, introduction_id, others, me), first=lambda: _look_for_room(form, introduction_id, me))
        if made is not None:
            flash(_("Asked for. The place is kept until it is decided.") if made.place_id else _("Asked for, and on the waiting list."), "success")
            return redirect(url_for("commissioning.commission", commission_id=made.id), 303)
        if is_out_of_date(introduction):
            introduction = get_introduction(introduction_id, me)
            shown = _offered(introduction, me, form)
    is_refused = request.method == "POST" and "look" not in request.form
    return render_template(
        "commissioning/request_new.html", form=form, introduction=introduction, cost=cost_of(introduction, form.picked_cohort, _sessions(form)),
        may_ask=introduction.state in MAY_ASK, **shown,
    ), 422 if is_refused else 200


def _look_for_room(form: RequestForm, introduction_id: uuid.UUID, me: Person) -> None:
    if form.picked_cohort is not None and not form.join_waiting_list.data:
        refuse_when_full(introduction_id=introduction_id, cohort_id=form.picked_cohort, actor=me)


def _others(form: RequestForm, along: Iterable[Introduction]) -> list[commissions.Asked]:
    """The children ticked as well, each with a need of its own. Read before anybody waits for a turn to write."""
    ticked = set(form.together.data or [])
    return [commissions.Asked(i.id, _need_like(form.need.data or "", i)) for i in along if str(i.id) in ticked]


def _ask(form: RequestForm, introduction_id: uuid.UUID, others: list[commissions.Asked], me: Person) -> Commission:
    """For one child, or for those ticked as well: all or none."""
    cohort_id, goal, why = form.picked_cohort or uuid.UUID(int=0), form.goal.data or "", form.why.data or ""
    sessions = form.sessions.data or 0
    if not others:
        return commissions.request(
            introduction_id=introduction_id, cohort_id=cohort_id, sessions=sessions, need_code=form.need.data, goal=goal, why=why,
            free_alternatives=form.whole_alternatives, join_waiting_list=bool(form.join_waiting_list.data), actor=me,
        )
    return commissions.request_together(
        children=[commissions.Asked(introduction_id, form.need.data), *others], cohort_id=cohort_id, sessions=sessions, goal=goal, why=why, free_alternatives=form.whole_alternatives, actor=me,
    )[0]


def _need_like(need_code: str, other: Introduction) -> str:
    """The other child's own need: the same, else one of the same area, else the first."""
    codes = [need.code for need in other.child.live_needs]
    area = need_code.partition(":")[0]
    return next((c for c in codes if c == need_code), next((c for c in codes if c.partition(":")[0] == area), codes[0]))


@blueprint.get("/introductions/<uuid:introduction_id>/request/cost")
@allow(policies.can_request, introduction=get_introduction)
def request_cost(introduction: Introduction) -> ResponseReturnValue:
    """The sum and the envelope for what is chosen now: a part of the page, in place of the old one."""
    note_look(introduction.child, "request")
    form = RequestForm(request.args, meta={"csrf": False})
    return render_template(
        "commissioning/_request_cost.html", cost=cost_of(introduction, form.picked_cohort, _sessions(form)), child=introduction.child,
        introduction=introduction,
    )


def _offered(introduction: Introduction, me: Person, form: RequestForm) -> dict[str, Any]:
    """What can be chosen. Free alternatives are matched when the page is first drawn; a form that comes back brings them along."""
    child = introduction.child
    needs = child.live_needs
    if request.method == "POST":
        free = list_free_shown(child, form.shown_ids)
    else:
        free = list_free_alternatives(child, {need.code for need in needs}, but_not=introduction.offering_id)
        form.show_free(offering.id for offering in free)
    return {
        "along": list_could_go_along(introduction, me), "groups": list_groups(introduction.offering_id), "needs": needs,
        "free": free, "looked": request.method == "GET" or "free_shown" in request.form,
    }


def _begin(form: RequestForm, shown: dict[str, Any]) -> None:
    """What is likely stands there already, on the first look."""
    if form.is_submitted():
        return
    groups = shown["groups"]
    first = next((g for g in groups if g.free), groups[0] if groups else None)
    if first is not None:
        form.cohort.data = str(first.cohort.id)
        form.sessions.data = min(USUAL, first.to_come) if first.to_come else USUAL
    if shown["needs"]:
        form.need.data = shown["needs"][0].code


def _sessions(form: RequestForm) -> int:
    typed = form.sessions.data
    return typed if isinstance(typed, int) and 0 <= typed <= MOST_SESSIONS else 0


@blueprint.route("/commissions/<uuid:commission_id>/answer", methods=["GET", "POST"])
@allow(policies.can_answer_question, commission=get_commission)
def answer(commission: Commission) -> ResponseReturnValue:
    me, commission_id, form = current_person(), commission.id, AnswerForm()
    return run(
        commission, form,
        lambda: commissions.answer_question(commission_id=commission_id, answer=form.answer.data or "", actor=me, seen_version=form.seen),
        "commissioning/commission_answer.html", done=_("Answered. It is back with the budget holder."),
    )
