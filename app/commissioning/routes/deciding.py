"""Deciding about several requests at once, taking a word back, and saying which funds pay."""

from __future__ import annotations

import uuid

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.accounts.models import Person
from app.children.naming import reference_line
from app.commissioning import policies
from app.commissioning.forms.decisions import BulkForm, SplitForm
from app.commissioning.models import Commission, CommissionState
from app.commissioning.queries import proposals
from app.commissioning.queries.approvals import queue_items
from app.commissioning.queries.commissions import get_commission, list_queue
from app.commissioning.routes.approvals import show_queue
from app.commissioning.routes.base import blueprint, run
from app.commissioning.services import decisions, splitting, undoing
from app.shared.errors import DomainError
from app.shared.web import act, allow, current_person


@blueprint.post("/approvals/decide")
@allow(policies.can_see_approvals)
def decide() -> ResponseReturnValue:
    """Each one ticked in a transaction of its own: what cannot be done is said, the others are done."""
    me, form = current_person(), BulkForm()
    if not form.validate_on_submit():
        return show_queue(form), 422
    waiting = {c.id: _("%(offering)s for %(child)s", offering=c.offering.title, child=reference_line(c.child)) for c in list_queue(me)}
    decided, refused = 0, []
    for commission_id, seen in form.picked.items():
        if commission_id not in waiting:  # decided with its sibling, or moved on
            continue
        try:
            _decide(form, commission_id, seen, me)
            decided += 1
        except DomainError as refusal:
            refused.append(f"{waiting[commission_id]}: {refusal.sentence}")
    if decided:
        flash(
            ngettext("%(num)s request approved.", "%(num)s requests approved.", decided) if form.is_yes
            else ngettext("%(num)s request declined.", "%(num)s requests declined.", decided), "success",
        )
    for sentence in refused:
        flash(sentence, "refused")
    return redirect(url_for("commissioning.approvals", _anchor="requests"), 303)


def _decide(form: BulkForm, commission_id: uuid.UUID, seen: int, me: Person) -> Commission:
    if form.is_yes:
        return decisions.approve(commission_id=commission_id, actor=me, seen_version=seen)
    return decisions.reject(commission_id=commission_id, reason=form.reason.data or "", actor=me, seen_version=seen)


@blueprint.post("/commissions/<uuid:commission_id>/take-back")
@allow(policies.decides_about, commission=get_commission)
def take_back(commission: Commission) -> ResponseReturnValue:
    me, commission_id = current_person(), commission.id
    return act(
        lambda: undoing.take_back(commission_id=commission_id, actor=me), url_for("commissioning.approvals", _anchor="requests"),
        done=_("Taken back. It waits for a decision again."),
    )


@blueprint.route("/commissions/<uuid:commission_id>/split", methods=["GET", "POST"])
@allow(policies.decides_about, commission=get_commission)
def split(commission: Commission) -> ResponseReturnValue:
    """Every fund with what is left in it; those that may not pay say why."""
    me, commission_id, form = current_person(), commission.id, SplitForm()
    fresh = proposals.propose_for(commission)
    standing = {share.fund_id: share.pence for share in commission.shares} or {part.fund.id: part.pence for part in fresh.paying}
    form.offer(fresh, proposals.purpose_for(commission), standing)
    if commission.state_now is not CommissionState.REQUESTED:
        flash(_("This does not wait for a decision any more."), "notice")
        return redirect(url_for("commissioning.commission", commission_id=commission_id), 303)
    return run(
        commission, form,
        lambda: splitting.change_split(commission_id=commission_id, parts=form.parts, actor=me, seen_version=form.seen),
        "commissioning/approval_split.html", done=_("Set aside from these funds now."),
        back=url_for("commissioning.commission", commission_id=commission_id), lines=form.lines, item=queue_items([commission], me)[0],
    )
