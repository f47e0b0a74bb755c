"""What this person can do with this commission now, and beside what they cannot, why not."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from app.accounts.models import Person
from app.commissioning import policies
from app.commissioning.models import Commission, CommissionState, Waiting, WaitingState
from app.commissioning.queries.approvals import QueueItem
from app.commissioning.services import delivery

_S = CommissionState
BEFORE_DELIVERY = (_S.REQUESTED, _S.RETURNED, _S.APPROVED, _S.CONFIRMED)
BEING_DELIVERED = (_S.IN_DELIVERY, _S.SUSPENDED)


@dataclass(frozen=True)
class Action:
    """One button. `is_post` acts at once; otherwise a page with a form opens. `why_not` closes it and says why."""

    text: str
    icon: str
    url: str
    is_post: bool = False
    kind: str = "secondary"
    why_not: str = ""


def actions_for(commission: Commission, person: Person, *, turn: Waiting | None, item: QueueItem | None) -> list[Action]:
    """In the order of importance. `item` is the request as the approvals page has it, for those who decide."""
    found: list[Action] = []
    if item is not None and commission.state_now is _S.REQUESTED:
        found += _deciding(commission, item)
    if policies.works_with_child_of(person, commission):
        found += _working_with_the_child(commission, person, turn)
    elif policies.is_partner_admin_of(person, commission):
        found += _delivering(commission)
    elif policies.decides_about(person, commission) and commission.state in (_S.APPROVED, _S.CONFIRMED):
        found.append(_to(commission, "cancel", _("Cancel it"), "ban", kind="quiet"))
    return found


def _to(commission: Commission, verb: str, text: str, icon: str, *, is_post: bool = False, kind: str = "secondary", why_not: str = "") -> Action:
    return Action(text, icon, url_for(f"commissioning.{verb}", commission_id=commission.id), is_post, kind, why_not)


def _deciding(commission: Commission, item: QueueItem) -> list[Action]:
    why_not = item.why_not or (_("You have said yes. Somebody else decides now.") if item.has_said else "")
    found = [_to(
        commission, "approve", _("Approve and pass on") if item.is_first_of_several else _("Approve"), "check", is_post=True, kind="primary",
        why_not=why_not or item.not_yet or (_("A second person has to say why this funder may give more.") if item.needs_override else ""),
    )]
    if item.needs_override:
        found.append(_to(commission, "override", _("Say why it may go past the ceiling"), "scale", why_not=item.why_not or ""))
    if commission.shares and not item.said:
        found.append(_to(commission, "split", _("Change who pays"), "scale", why_not=item.why_not or ""))
    found.append(_to(commission, "ask", _("Ask a question"), "message-circle", why_not=item.why_not or ""))
    found.append(_to(commission, "reject", _("Decline"), "x", kind="quiet", why_not=item.why_not or ""))
    return found


def _working_with_the_child(commission: Commission, person: Person, turn: Waiting | None) -> list[Action]:
    state, found = commission.state_now, list[Action]()
    if turn is not None and turn.state is WaitingState.OFFERED:
        found.append(Action(_("Take the offered place"), "armchair", url_for("commissioning.offer_accept", waiting_id=turn.id), True, "primary"))
    if state is _S.RETURNED:
        found.append(_to(commission, "answer", _("Answer the question"), "reply", kind="primary"))
    if state in (_S.REQUESTED, _S.RETURNED):
        found.append(_to(commission, "change", _("More or fewer sessions"), "calendar-plus"))
        found.append(_to(commission, "cancel", _("Withdraw the request"), "undo-2", kind="quiet"))
    if state in (_S.APPROVED, _S.CONFIRMED):
        found.append(_to(commission, "cancel", _("Cancel it"), "ban", kind="quiet"))
    if state in (_S.APPROVED, _S.CONFIRMED, _S.IN_DELIVERY):
        found.append(_to(commission, "change", _("Change sessions, price or dates"), "calendar-plus"))
    if state is _S.SUSPENDED:
        found.append(_to(commission, "resume", _("Go on"), "play", is_post=True, kind="primary", why_not=delivery.why_not_resume(commission)))
        if commission.uncovered_pence:
            found.append(_to(commission, "change", _("More or fewer sessions"), "calendar-plus"))
    if state is _S.IN_DELIVERY:
        found.append(_to(commission, "suspend", _("Pause it"), "pause"))
        found.append(_to(commission, "complete", _("Delivered in full"), "flag", is_post=True, why_not=delivery.why_not_complete(commission)))
    if state in BEING_DELIVERED:
        found.append(_to(commission, "end_early", _("End it early"), "circle-x", kind="quiet"))
    if state in (_S.DELIVERED, _S.ENDED_EARLY):
        has_note = bool(commission.closing_note)
        found.append(_to(commission, "closing_note", _("Change the closing note") if has_note else _("Write the closing note"), "notebook-pen",
                         kind="secondary" if has_note else "primary"))
        why_not = "" if has_note else _("The Link Worker writes the closing note first.")
        if policies.can_close(person, commission):
            found.append(_to(commission, "close", _("Close it"), "archive", is_post=True, why_not=why_not, kind="primary" if has_note else "secondary"))
    return found


def _delivering(commission: Commission) -> list[Action]:
    state, found = commission.state, list[Action]()
    if state is _S.APPROVED:
        found.append(_to(commission, "confirm", _("Confirm the place"), "check", kind="primary"))
    if state in (_S.APPROVED, _S.CONFIRMED):
        found.append(_to(commission, "cancel", _("We cannot do this"), "ban", kind="quiet"))
    if state in BEING_DELIVERED:
        found.append(_to(commission, "end_early", _("End it early"), "circle-x", kind="quiet"))
    return found
