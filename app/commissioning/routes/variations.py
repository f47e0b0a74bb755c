"""Another number of sessions, price or dates: asking, and deciding about the difference."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.models import Person
from app.children.naming import reference_line
from app.commissioning import policies
from app.commissioning.forms.decisions import ChangeForm, RejectChangeForm
from app.commissioning.models import WAITING_STATES, Commission, Variation, VariationState
from app.commissioning.queries.commissions import count_sessions_posted, get_commission
from app.commissioning.queries.variations import get_variation, newer_tariff, other_groups
from app.commissioning.routes.base import blueprint
from app.commissioning.services import changing, partner_told, variations
from app.commissioning.words import price_now
from app.shared.money import pounds
from app.shared.web import act, allow, current_person, submit


@blueprint.route("/commissions/<uuid:commission_id>/change", methods=["GET", "POST"])
@allow(policies.works_with_child_of, commission=get_commission)
def change(commission: Commission) -> ResponseReturnValue:
    me, commission_id, form = current_person(), commission.id, ChangeForm()
    is_waiting = commission.state in WAITING_STATES
    newer = None if is_waiting else newer_tariff(commission)
    form.offer(price_now(newer) if newer else "", [] if is_waiting else other_groups(commission), _("As now: %(cohort)s", cohort=commission.cohort.name or _("the group")))
    if request.method == "GET":
        form.sessions.data, form.seen_version.data = commission.sessions, str(commission.version)
    back = url_for("commissioning.commission", commission_id=commission_id)
    made: Commission | Variation | None = submit(form, lambda: _verb(form, commission_id, me, is_waiting=is_waiting))
    if made is None:
        commission = get_commission(commission_id, me)
        form.seen_version.data = str(commission.version)
        page = render_template("commissioning/commission_change.html", form=form, commission=commission, posted=count_sessions_posted(commission_id))
        return page, 422 if request.method == "POST" else 200
    if isinstance(made, Commission):
        flash(_("Changed. The place, or the turn on the waiting list, is kept."), "success")
    elif made.state is VariationState.APPROVED:
        flash(_("Changed. %(amount)s is free again.", amount=pounds(-made.pence)) if made.pence else _("Changed. It costs no more and no less."), "success")
    else:
        flash(_("Asked for: %(amount)s more. What was bought goes on meanwhile.", amount=pounds(made.pence)), "success")
    return redirect(back, 303)


def _verb(form: ChangeForm, commission_id: uuid.UUID, me: Person, *, is_waiting: bool) -> Commission | Variation:
    sessions, reason = form.sessions.data or 0, form.reason.data or ""
    if is_waiting:
        return changing.change_request(commission_id=commission_id, sessions=sessions, reason=reason, actor=me, seen_version=form.seen)
    return variations.change(
        commission_id=commission_id, sessions=sessions, reason=reason, actor=me, seen_version=form.seen,
        at_todays_price=form.wants_todays_price, cohort_id=form.picked_cohort,
    )


@blueprint.post("/changes/<uuid:variation_id>/approve")
@allow(policies.can_decide_change, variation=get_variation)
def change_approve(variation: Variation) -> ResponseReturnValue:
    me, variation_id = current_person(), variation.id
    return act(
        lambda: variations.approve_change(variation_id=variation_id, actor=me), url_for("commissioning.approvals", _anchor="changes"),
        done=_("Your yes is kept."),
    )


@blueprint.route("/changes/<uuid:variation_id>/reject", methods=["GET", "POST"])
@allow(policies.can_decide_change, variation=get_variation)
def change_reject(variation: Variation) -> ResponseReturnValue:
    me, variation_id, form = current_person(), variation.id, RejectChangeForm()
    done = submit(form, lambda: variations.reject_change(variation_id=variation_id, reason=form.reason.data or "", actor=me))
    if done is None:
        variation = get_variation(variation_id, me)
        page = render_template(
            "commissioning/change_reject.html", form=form, variation=variation, who=reference_line(variation.commission.child)
        )
        return page, 422 if request.method == "POST" else 200
    flash(_("Declined. What was bought goes on."), "success")
    return redirect(url_for("commissioning.approvals"), 303)


@blueprint.post("/changes/<uuid:variation_id>/withdraw")
@allow(policies.can_withdraw_change, variation=get_variation)
def change_withdraw(variation: Variation) -> ResponseReturnValue:
    me, variation_id = current_person(), variation.id
    back = url_for("commissioning.commission", commission_id=variation.commission_id)
    return act(lambda: variations.withdraw_change(variation_id=variation_id, actor=me), back, done=_("Not asked for any more."))


@blueprint.post("/commissions/<uuid:commission_id>/changes/seen")
@allow(policies.is_partner_admin_of, commission=get_commission)
def changes_seen(commission: Commission) -> ResponseReturnValue:
    me, commission_id = current_person(), commission.id
    back = url_for("commissioning.commission", commission_id=commission_id)
    return act(lambda: partner_told.note_seen(commission_id=commission_id, actor=me), back, done=_("Off your list."))
