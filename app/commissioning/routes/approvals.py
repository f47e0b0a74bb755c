"""The budget holder's page: the queue with what each request leaves, and saying yes, no, or asking."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.models import Person
from app.audit import services as audit
from app.commissioning import policies
from app.commissioning.forms.decisions import BulkForm, OverrideForm, QuestionForm, RejectForm
from app.commissioning.models import Commission, CommissionState
from app.commissioning.naming import without_name
from app.commissioning.queries.approvals import list_just_decided, queue_items, spread_for
from app.commissioning.queries.commissions import get_commission, list_queue
from app.commissioning.queries.money import list_fund_lines
from app.commissioning.queries.variations import list_open_variations, who_would_pay
from app.commissioning.routes.base import blueprint, run
from app.commissioning.services import decisions, undoing
from app.commissioning.services.seats import last_day_of
from app.shared import clock
from app.shared.forms import seen_version
from app.shared.web import act, allow, current_person

PER_PAGE = 20


@blueprint.get("/approvals")
@allow(policies.can_see_approvals)
def approvals() -> ResponseReturnValue:
    return show_queue(BulkForm())


def show_queue(bulk: BulkForm) -> str:
    """The queue, with what was ticked and typed in `bulk`."""
    me: Person = current_person()
    waiting = list_queue(me)
    pages = max(1, -(-len(waiting) // PER_PAGE))
    page = max(1, min(request.args.get("page", 1, type=int), pages))
    shown = waiting[(page - 1) * PER_PAGE : page * PER_PAGE]
    today = clock.today()
    lines = [line for line in list_fund_lines(me) if not line.fund.is_closed and line.fund.ends_on >= today]
    changes = list_open_variations(me)
    html = render_template(
        "commissioning/approval_list.html", payers={v.id: who_would_pay(v) for v in changes if v.is_for_payer}, items=queue_items(shown, me), decided=list_just_decided(me, undoing.WITHIN), bulk=bulk,
        changes=changes, say=without_name, waiting=waiting, page=page, pages=pages, lines=lines,
        oldest=min((c.requested_at for c in waiting if c.requested_at), default=None), spread=spread_for(me), last_day_of=last_day_of,
    )
    audit.note_sights(person=me, child_ids=sorted({c.child_id for c in shown}), what="approvals")
    return html


@blueprint.post("/commissions/<uuid:commission_id>/approve")
@allow(policies.decides_about, commission=get_commission)
def approve(commission: Commission) -> ResponseReturnValue:
    """One click; a double click is one yes, and a stale one is refused with what changed."""
    me, commission_id, seen = current_person(), commission.id, seen_version()
    title = commission.offering.title
    back = url_for("commissioning.commission", commission_id=commission_id) if request.form.get("from") == "page" else url_for("commissioning.approvals", _anchor="requests")
    said: list[CommissionState] = []

    def verb() -> None:
        said.append(decisions.approve(commission_id=commission_id, actor=me, seen_version=seen).state)

    answer = act(verb, back)
    if said:
        is_final = said[0] is not CommissionState.REQUESTED
        flash(_("%(title)s is approved. The partner is told.", title=title) if is_final else _("Your yes for %(title)s is kept. One more person decides.", title=title), "success")
    return answer


@blueprint.route("/commissions/<uuid:commission_id>/ask", methods=["GET", "POST"])
@allow(policies.decides_about, commission=get_commission)
def ask(commission: Commission) -> ResponseReturnValue:
    me, commission_id, form = current_person(), commission.id, QuestionForm()
    return run(
        commission, form,
        lambda: decisions.return_(commission_id=commission_id, question=form.question.data or "", actor=me, seen_version=form.seen),
        "commissioning/approval_ask.html", done=_("Asked. The place is kept five school days longer."),
        back=url_for("commissioning.approvals"), item=queue_items([commission], me)[0],
    )


@blueprint.route("/commissions/<uuid:commission_id>/reject", methods=["GET", "POST"])
@allow(policies.decides_about, commission=get_commission)
def reject(commission: Commission) -> ResponseReturnValue:
    me, commission_id, form = current_person(), commission.id, RejectForm()
    return run(
        commission, form,
        lambda: decisions.reject(commission_id=commission_id, reason=form.reason.data or "", actor=me, seen_version=form.seen),
        "commissioning/approval_reject.html", done=_("Declined. The Link Worker is shown what else fits."),
        back=url_for("commissioning.approvals"), item=queue_items([commission], me)[0],
    )


@blueprint.route("/commissions/<uuid:commission_id>/override", methods=["GET", "POST"])
@allow(policies.decides_about, commission=get_commission)
def override(commission: Commission) -> ResponseReturnValue:
    me, commission_id, form = current_person(), commission.id, OverrideForm()
    return run(
        commission, form,
        lambda: decisions.override(commission_id=commission_id, reason=form.reason.data or "", actor=me, seen_version=form.seen),
        "commissioning/approval_override.html", done=_("Kept with your name. Somebody else can approve it now."),
        back=url_for("commissioning.approvals"), item=queue_items([commission], me)[0],
    )


