"""How many places a group has, and answering an offer from the waiting list."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.catalogue.models import Cohort
from app.commissioning import policies
from app.commissioning.forms.places import CapacityForm
from app.commissioning.models import Waiting
from app.commissioning.queries.places import get_cohort_to_manage, get_waiting
from app.commissioning.routes.base import blueprint
from app.commissioning.services import places, waiting
from app.shared.web import act, allow, current_person, safe_next


@blueprint.post("/cohorts/<uuid:cohort_id>/capacity")
@allow(policies.can_change_capacity, cohort=get_cohort_to_manage)
def capacity(cohort: Cohort) -> ResponseReturnValue:
    """From the stepper (`delta`, and `seen`: what was on the screen) or a typed number (`capacity`)."""
    me, cohort_id, form = current_person(), cohort.id, CapacityForm()
    back = safe_next(_came_from()) or url_for("catalogue.cohort", cohort_id=cohort_id)
    if not form.validate_on_submit():
        flash(next(iter([e for errors in form.errors.values() for e in errors]), _("Type a number of places.")), "refused")
        return redirect(back, 303)
    seen = form.seen_capacity
    wanted = form.capacity.data if form.capacity.data is not None else (seen if seen is not None else cohort.capacity) + (form.delta.data or 0)
    return act(
        lambda: places.change_capacity(cohort_id=cohort_id, capacity=wanted, seen_capacity=seen, actor=me), back,
        done=ngettext("This group has %(number)s place now.", "This group has %(number)s places now.", wanted, number=f"{wanted:,}"),
    )


def _came_from() -> str:
    """The page of ours that the number stands on."""
    came = urlsplit(request.referrer or "")
    return came.path if came.netloc == request.host else ""


@blueprint.post("/waiting/<uuid:waiting_id>/accept")
@allow(policies.can_answer_offer, waiting=get_waiting)
def offer_accept(waiting: Waiting) -> ResponseReturnValue:
    return _answer(waiting, accept=True)


@blueprint.post("/waiting/<uuid:waiting_id>/leave")
@allow(policies.can_answer_offer, waiting=get_waiting)
def offer_leave(waiting: Waiting) -> ResponseReturnValue:
    return _answer(waiting, accept=False)


def _answer(turn: Waiting, *, accept: bool) -> ResponseReturnValue:
    me, turn_id = current_person(), turn.id
    back = url_for("children.child", child_id=turn.child_id)
    if turn.commission_id is not None:
        back = url_for("commissioning.commission", commission_id=turn.commission_id)
    if accept:
        return act(lambda: waiting.accept_offer(waiting_id=turn_id, actor=me), back, done=_("The place is kept. It can be decided now."))
    return act(
        lambda: waiting.leave_waiting_list(waiting_id=turn_id, reason="The place is not wanted any more", actor=me), back,
        done=_("Off the list. If a place was offered, the next in line has it now."),
    )
