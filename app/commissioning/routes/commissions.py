"""One commission, for those who work with the child, those who decide, and the partner; and the lists of them."""

from __future__ import annotations

import uuid
from typing import Any

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.accounts.models import Person, Role
from app.audit import services as audit
from app.audit.queries import list_entries_for
from app.catalogue.queries import list_practitioners
from app.children.naming import reference_line
from app.children.sharing import shared_view, shared_views
from app.children.sight import note_look
from app.commissioning import policies
from app.commissioning.actions import actions_for
from app.commissioning.forms.decisions import ConfirmForm, NoteForm, StopForm, SuspendForm
from app.commissioning.history import history_of
from app.commissioning.models import (
    EARNED,
    PROMISED_STATES,
    WAITING_STATES,
    Account,
    Commission,
    CommissionState,
)
from app.commissioning.naming import without_name
from app.commissioning.queries import proposals
from app.commissioning.queries.approvals import queue_items
from app.commissioning.queries.commissions import (
    count_sessions_posted,
    get_commission,
    list_asked_together,
    list_commissions,
)
from app.commissioning.queries.money import commission_balances
from app.commissioning.queries.places import find_waiting_of, position
from app.commissioning.queries.statements import child_money
from app.commissioning.queries.variations import find_open_variation, list_changes
from app.commissioning.routes.base import blueprint, run
from app.commissioning.services import commissions, delivery, unpaid
from app.commissioning.services.following import sentence
from app.commissioning.services.partner_told import CHANGED
from app.commissioning.services.seats import last_day_of
from app.commissioning.words import STATE_TONES, STATE_WORDS
from app.notifications.queries import list_open_tasks
from app.shared import clock
from app.shared.forms import seen_version
from app.shared.money import pounds
from app.shared.web import act, allow, current_person

_S = CommissionState
GROUPS: tuple[tuple[str, str, tuple[CommissionState, ...]], ...] = (
    ("confirm", _l("To confirm"), (_S.APPROVED,)),
    ("asked", _l("Asked for, not decided yet"), (_S.REQUESTED, _S.RETURNED)),
    ("confirmed", _l("Confirmed, to begin"), (_S.CONFIRMED,)),
    ("going", _l("Going"), (_S.IN_DELIVERY, _S.SUSPENDED)),
    ("over", _l("Over"), (_S.DELIVERED, _S.ENDED_EARLY, _S.CLOSED, _S.CANCELLED)),
)


@blueprint.get("/commissions", endpoint="commissions")
@allow(policies.can_see_commissions)
def commission_list() -> ResponseReturnValue:
    """By where they stand. A partner sees children as their consent lets it; a budget holder sees references."""
    me: Person = current_person()
    found = list_commissions(me, [state for _, _, states in GROUPS for state in states])
    named = {c.id: _named(me, c) for c in found if not policies.is_partner_admin_of(me, c) or policies.works_with_child_of(me, c)}
    for organisation_id in {c.organisation_id for c in found if c.id not in named}:
        theirs = [c for c in found if c.id not in named and c.organisation_id == organisation_id]
        shared = shared_views([c.child_id for c in theirs], organisation_id, clock.today())
        named |= {c.id: shared[c.child_id].called for c in theirs if c.child_id in shared}
    shown = [c for c in found if c.id in named and not c.has_lapsed]
    groups = [(key, words, [c for c in shown if c.state in states]) for key, words, states in GROUPS]
    is_partner = me.has_role(Role.PARTNER_ADMIN)
    page = render_template(
        "commissioning/commission_list.html", groups=[g for g in groups if g[2]], named=named, tones=STATE_TONES, words=STATE_WORDS,
        is_partner=is_partner, last_day_of=last_day_of,
    )
    audit.note_sights(person=me, child_ids=sorted({c.child_id for c in shown}), what="places")
    return page


def _named(person: Person, commission: Commission) -> str:
    """The name for those who work with the child, else the reference."""
    if policies.works_with_child_of(person, commission):
        return commission.child.short_name
    return reference_line(commission.child)


@blueprint.get("/commissions/<uuid:commission_id>", endpoint="commission")
@allow(policies.can_see_commission, commission=get_commission)
def commission_show(commission: Commission) -> ResponseReturnValue:
    me: Person = current_person()
    note_look(commission.child, "commission")
    if policies.is_partner_admin_of(me, commission) and not policies.works_with_child_of(me, commission):
        return _partners_page(commission, me)
    return _whole_page(commission, me)


def _whole_page(commission: Commission, me: Person) -> ResponseReturnValue:
    sees_child = policies.works_with_child_of(me, commission)
    say = (lambda text: text) if sees_child else (lambda text: without_name(text, commission.child))
    decides = policies.decides_about(me, commission)
    item = queue_items([commission], me)[0] if decides else None
    turn = find_waiting_of(commission.id)
    is_open = commission.state in WAITING_STATES and not commission.has_lapsed
    money = child_money(commission.child, commission.year)
    return render_template(
        "commissioning/commission_show.html", commission=commission, who=_named(me, commission), sees_child=sees_child, say=say,
        state=STATE_WORDS[commission.state_now], tone=STATE_TONES[commission.state_now], item=item,
        actions=actions_for(commission, me, turn=turn, item=item), change=find_open_variation(commission.id), gap=_gap(commission),
        **_who_pays(commission, is_open=is_open), givers=[(g.funder, g.pence, g.colour) for g in money.givers],
        sums=_sums(commission), money=money, base=money.base, turn=turn, line=position(turn) if turn else 0,
        posted=count_sessions_posted(commission.id), history=history_of(list_entries_for(commission), say=say),
        last_day=last_day_of(commission.decide_by) if commission.decide_by else None, back=_back(me), together=_together(commission, me),
    )


def _together(commission: Commission, me: Person) -> list[tuple[str, str]]:
    """Who it was asked for together with, as they may be called here, and where to look."""
    found = list_asked_together(commission, me)
    for other in found:
        note_look(other.child, "commission of another")
    return [(_named(me, other), url_for("commissioning.commission", commission_id=other.id)) for other in found]


def _back(person: Person) -> tuple[str, str]:
    if person.has_role(Role.BUDGET_HOLDER) and not person.has_role(Role.LINK_WORKER, Role.ZONE_MANAGER):
        return _("Approvals"), url_for("commissioning.approvals")
    return _("Places"), url_for("commissioning.commissions")


def _who_pays(commission: Commission, *, is_open: bool) -> dict[str, Any]:
    """The split that stands, or that would be made now; while it is open, with why each fund pays or does not."""
    if not is_open:
        return {"paying": [(s.fund.name, s.pence, s.fund.funder) for s in commission.shares], "others": [], "proposal": None}
    fresh = proposals.propose_for(commission)
    whys = {part.fund.id: part.why for part in fresh.parts}
    if commission.shares:
        paying = [(s.fund.name, s.pence, whys.get(s.fund_id, "") if fresh.is_complete else "") for s in commission.shares]
        own = {s.fund_id for s in commission.shares}
        return {"paying": paying, "others": [(p.fund.name, p.why) for p in fresh.parts if p.fund.id not in own], "proposal": None}
    return {
        "paying": [(p.fund.name, p.pence, p.why) for p in fresh.paying], "others": [(p.fund.name, p.why) for p in fresh.parts],
        "proposal": fresh,
    }


def _gap(commission: Commission) -> str:
    """What nobody pays for, and how far the rest goes; "" where all is paid for or it is over."""
    if not commission.uncovered_pence or commission.state not in PROMISED_STATES:
        return ""
    paid = unpaid.sessions_paid_for(commission)
    rest = _("The next session is not paid for.")
    if paid:
        rest = ngettext(
            "What the others promised is enough for %(num)s more session.", "What the others promised is enough for %(num)s more sessions.", paid,
        )
    return _("Nobody pays for %(amount)s of this since a fund stopped. %(rest)s", amount=pounds(commission.uncovered_pence), rest=rest)


def _sums(commission: Commission) -> dict[str, int]:
    found = dict.fromkeys(("asked", "promised", "used"), 0)
    for accounts in commission_balances(commission.id).values():
        found["asked"] += accounts[Account.REQUESTED]
        found["promised"] += accounts[Account.COMMITTED]
        found["used"] += sum(accounts[account] for account in EARNED)
    return found


def _partners_page(commission: Commission, me: Person) -> ResponseReturnValue:
    """What the partner delivers and earns; of the child, what the consent of today covers and nothing else."""
    shared = shared_view(commission.child, commission.organisation_id, clock.today())
    if shared is None and commission.introduction.is_shared:
        abort(404)
    called = shared.called if shared else commission.child.reference
    return render_template(
        "commissioning/commission_show_partner.html", commission=commission, shared=shared, called=called, state=STATE_WORDS[commission.state_now],
        tone=STATE_TONES[commission.state_now], actions=actions_for(commission, me, turn=None, item=None), sums=_sums(commission),
        posted=count_sessions_posted(commission.id), changes=list_changes(commission.id), say=lambda text: without_name(text, commission.child).replace(commission.child.reference, called),
        is_news=any(task.kind == CHANGED and task.subject_id == commission.id for task in list_open_tasks(me)),
        missing=delivery.why_not_confirm(commission, commission.practitioner_id)
        if commission.state is _S.APPROVED and commission.partner_agreed_at else [],
    )


# --- what can be done ----------------------------------------------------------------------------


@blueprint.route("/commissions/<uuid:commission_id>/confirm", methods=["GET", "POST"])
@allow(policies.can_confirm, commission=get_commission)
def confirm(commission: Commission) -> ResponseReturnValue:
    me, commission_id, form = current_person(), commission.id, ConfirmForm()
    form.practitioner.offer(
        ((p.id, f"{p.name}, {p.title}" if p.title else p.name) for p in list_practitioners(commission.organisation_id)), nothing=_("Choose")
    )
    if request.method == "GET":
        form.practitioner.data = str(commission.practitioner_id or commission.cohort.practitioner_id or "")
    shared = shared_view(commission.child, commission.organisation_id, clock.today())
    called = shared.called if shared else commission.child.reference
    return run(
        commission, form,
        lambda: delivery.confirm(
            commission_id=commission_id, practitioner_id=form.practitioner.picked or uuid.UUID(int=0), actor=me, seen_version=form.seen
        ),
        "commissioning/commission_confirm.html", done=_("Confirmed. The place is the child’s."), called=called,
    )


@blueprint.route("/commissions/<uuid:commission_id>/cancel", methods=["GET", "POST"])
@allow(policies.can_cancel, commission=get_commission)
def cancel(commission: Commission) -> ResponseReturnValue:
    return _stop(commission, commissions.cancel, _("Cancelled. Its place and its money are free."))


@blueprint.route("/commissions/<uuid:commission_id>/end", methods=["GET", "POST"])
@allow(policies.can_end_early, commission=get_commission)
def end_early(commission: Commission) -> ResponseReturnValue:
    return _stop(commission, commissions.end_early, _("Ended. What was not spent is free again."))


def _stop(commission: Commission, verb: Any, done: str) -> ResponseReturnValue:
    """With a preview of what ends and what stays."""
    me, commission_id, form = current_person(), commission.id, StopForm()
    is_withdrawal = commission.state in WAITING_STATES
    will = [sentence(commission)]
    if not is_withdrawal and commission.introduction.is_open:
        will.append(_("The introduction to %(offering)s ends with it.", offering=commission.offering.title))
    stays = [_("The introduction stays open, so that you can ask again.")] if is_withdrawal else [_("What was delivered stays paid.")]
    notice = commission.tariff.notice_percent if verb is commissions.end_early and not policies.is_partner_admin_of(me, commission) else 0
    return run(
        commission, form, lambda: verb(commission_id=commission_id, reason=form.reason.data or "", actor=me, seen_version=form.seen),
        "commissioning/commission_stop.html", done=done, will=will, stays=stays, notice=notice, is_withdrawal=is_withdrawal,
        is_partner=policies.is_partner_admin_of(me, commission) and not policies.works_with_child_of(me, commission),
    )


@blueprint.route("/commissions/<uuid:commission_id>/suspend", methods=["GET", "POST"])
@allow(policies.can_suspend, commission=get_commission)
def suspend(commission: Commission) -> ResponseReturnValue:
    me, commission_id, form = current_person(), commission.id, SuspendForm()
    return run(
        commission, form,
        lambda: delivery.suspend(
            commission_id=commission_id, until_on=form.until_on.data or clock.today(), reason=form.reason.data or "", actor=me,
            seen_version=form.seen,
        ),
        "commissioning/commission_suspend.html", done=_("Paused. The place is kept."),
    )


@blueprint.post("/commissions/<uuid:commission_id>/resume")
@allow(policies.can_suspend, commission=get_commission)
def resume(commission: Commission) -> ResponseReturnValue:
    return _at_once(commission, delivery.resume, _("It goes on. Sessions are payable again from today."))


@blueprint.post("/commissions/<uuid:commission_id>/complete")
@allow(policies.can_complete, commission=get_commission)
def complete(commission: Commission) -> ResponseReturnValue:
    return _at_once(commission, delivery.complete, _("Delivered in full. What was left over is free again."))


@blueprint.route("/commissions/<uuid:commission_id>/note", methods=["GET", "POST"])
@allow(policies.can_write_closing_note, commission=get_commission)
def closing_note(commission: Commission) -> ResponseReturnValue:
    me, commission_id, form = current_person(), commission.id, NoteForm()
    if request.method == "GET":
        form.note.data = commission.closing_note
    return run(
        commission, form,
        lambda: commissions.write_closing_note(commission_id=commission_id, note_text=form.note.data or "", actor=me, seen_version=form.seen),
        "commissioning/commission_note.html", done=_("Written. The Zone manager closes it."),
    )


@blueprint.post("/commissions/<uuid:commission_id>/close")
@allow(policies.can_close, commission=get_commission)
def close(commission: Commission) -> ResponseReturnValue:
    return _at_once(commission, commissions.close, _("Closed."))


def _at_once(commission: Commission, verb: Any, done: str) -> ResponseReturnValue:
    """A one-button act, with the version that was on the screen."""
    me, commission_id, seen = current_person(), commission.id, seen_version()
    back = url_for("commissioning.commission", commission_id=commission_id)
    return act(lambda: verb(commission_id=commission_id, actor=me, seen_version=seen), back, done=done)


