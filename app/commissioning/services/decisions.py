"""The budget holder's word on a request: approve, return with a question, reject; and a second person's override of the ceiling."""

from __future__ import annotations

import uuid

from flask_babel import gettext as _

from app.accounts.models import Person, Zone
from app.commissioning.models import (
    PROMISED_STATES,
    Commission,
    CommissionState,
    Decision,
    DecisionKind,
    PlaceState,
)
from app.commissioning.queries import proposals
from app.commissioning.queries.deciding import people_needed
from app.commissioning.queries.places import find_waiting_of
from app.commissioning.refusals import MayNotDecide
from app.commissioning.services import delivery, documents, endings, judging, purse, seats, telling
from app.commissioning.services.common import move, note, require_unchanged, words
from app.shared import clock
from app.shared.db import atomic, db

QUESTION_KEEPS = 5
"""School days by which a question lengthens the hold."""
_S = CommissionState


def approve(*, commission_id: uuid.UUID, actor: Person, seen_version: int | None = None) -> Commission:
    """Say yes. Final only when enough different people have: then the money is committed and the place is firm.

    What was asked for together is approved together or not at all. The same yes sent twice is one. Until it is final the
    commission stays `requested` and the yes is kept. Money, places, documents and the introduction are read again under the
    locks. Raises MayNotDecide, NotReady, HoldLapsed, DocumentsLapsed, NotEnoughMoney ("£300 left"), CeilingPassed,
    EnvelopeFull, Stale, IllegalMove.
    """
    with atomic():
        locked = judging.take_all(judging.party_of(commission_id))
        commission = locked[commission_id]
        if commission.state in PROMISED_STATES and any(
            d.kind is DecisionKind.APPROVE and d.person_id == actor.id and d.round == commission.round for d in commission.decisions
        ):
            return commission
        require_unchanged(commission, seen_version)
        for id_ in sorted(locked, key=lambda id_: (id_ != commission_id, id_)):
            _approve(locked[id_], actor)
        return commission


def _approve(commission: Commission, actor: Person) -> None:
    """One request's yes, with all its locks held."""
    judging.require_waiting(commission, _S.APPROVED)
    judging.require_decider(actor, commission)
    judging.require_ready(commission)
    judging.require_place(commission)
    renew = judging.require_documents(commission)
    zone = db.session.get_one(Zone, commission.zone_id)
    own = sum(proposals.reserved(commission).values())
    purse.require_envelope(commission.child, zone, commission.year, commission.total_pence, already=own)
    over = judging.secure_money(commission, actor)
    said = judging.said(commission, DecisionKind.APPROVE)
    if any(d.kind is DecisionKind.APPROVE and d.person_id == actor.id and d.round == commission.round for d in commission.decisions):
        raise MayNotDecide(_("You have said yes to this already. Somebody else decides now."))
    if actor.id in said:
        raise MayNotDecide(_("Somebody has said yes in your stead already. Somebody else decides now."))
    for_id = judging.require_decider(actor, commission, said=said)  # again: other funds may pay now
    if over:
        judging.require_override(commission, over, {*said, for_id or actor.id})
    _say(commission, actor, DecisionKind.APPROVE, for_id=for_id)
    needed = people_needed(zone, commission)
    if len(said) + 1 < needed:
        note(commission, actor=actor, done="supported", people=len(said) + 1, needed=needed)
        db.session.expire(commission, ["decisions"])
        return
    if renew:
        documents.ask_for_renewal(commission, renew)
    purse.commit(commission, actor)
    assert commission.place is not None
    seats.move(commission.place, PlaceState.FIRM, actor)
    turn = find_waiting_of(commission.id)
    if turn is not None:
        seats.take_offer(turn, actor)
    commission.approved_at, commission.decide_by = clock.now(), None
    move(commission, _S.APPROVED, actor=actor, done="approved", total_pence=commission.total_pence, people=needed)
    db.session.expire(commission, ["decisions"])
    telling.done(commission, "Approved")
    delivery.confirm_or_ask(commission)


def _say(commission: Commission, actor: Person, kind: DecisionKind, reason: str = "", *, for_id: uuid.UUID | None = None) -> None:
    """Keep the word, with what is needed to take it back."""
    db.session.add(Decision(
        commission_id=commission.id, person_id=actor.id, kind=kind, reason=reason, round=commission.round, at=clock.now(),
        for_id=for_id, held_until=commission.decide_by,
    ))


def return_(*, commission_id: uuid.UUID, question: str, actor: Person, seen_version: int | None = None) -> Commission:
    """Ask the Link Worker something; the hold is kept 5 school days longer. What was said before the answer counts no more.

    Raises Invalid, MayNotDecide, HoldLapsed, Stale, IllegalMove.
    """
    with atomic():
        commission = judging.take(commission_id, seen_version)
        judging.require_waiting(commission, _S.RETURNED)
        for_id = judging.require_decider(actor, commission)
        commission.question = words(question, _("Write your question."), "question")
        commission.answer = ""
        _say(commission, actor, DecisionKind.RETURN, commission.question, for_id=for_id)
        if commission.decide_by is not None:
            until = seats.hold_ends(commission.child, QUESTION_KEEPS, after=seats.last_day_of(commission.decide_by))
            commission.decide_by = until
            if commission.place is not None and commission.place.state is PlaceState.HELD:
                commission.place.expires_at = until
        move(commission, _S.RETURNED, actor=actor, done="returned", decide_by=commission.decide_by)
        db.session.expire(commission, ["decisions"])
        telling.question_asked(commission)
        return commission


def reject(*, commission_id: uuid.UUID, reason: str, actor: Person, seen_version: int | None = None) -> Commission:
    """Say no, and why: place and money are free at once, and the Link Worker is shown the next best matches.

    What was asked for together is declined together. Raises Invalid without a reason, MayNotDecide, Stale, IllegalMove.
    """
    with atomic():
        locked = judging.take_all(judging.party_of(commission_id))
        commission = locked[commission_id]
        require_unchanged(commission, seen_version)
        reason = words(reason, _("Say why: the Link Worker reads it."), "reason")
        for id_ in sorted(locked, key=lambda id_: (id_ != commission_id, id_)):
            if id_ == commission_id or locked[id_].state is _S.REQUESTED:
                _reject(locked[id_], reason, actor)
            elif locked[id_].state is _S.RETURNED:
                endings.stop_locked(locked[id_], reason, actor)
        return commission


def _reject(commission: Commission, reason: str, actor: Person) -> None:
    judging.require_waiting(commission, _S.REJECTED)
    for_id = judging.require_decider(actor, commission)
    _say(commission, actor, DecisionKind.REJECT, reason, for_id=for_id)
    endings.reject_locked(commission, reason, actor)
    db.session.expire(commission, ["decisions"])


def override(*, commission_id: uuid.UUID, reason: str, actor: Person, seen_version: int | None = None) -> Commission:
    """A second named person says why a funder may give more of this child's year than the ceiling. Somebody else approves.

    Raises Invalid without a reason, MayNotDecide, Stale, IllegalMove.
    """
    with atomic():
        commission = judging.take(commission_id, seen_version)
        judging.require_waiting(commission, _S.APPROVED)
        for_id = judging.require_decider(actor, commission)
        reason = words(reason, _("Say why this funder may give more than the ceiling: it is kept with your name."), "reason")
        _say(commission, actor, DecisionKind.OVERRIDE, reason, for_id=for_id)
        note(commission, actor=actor, done="overridden", reason=reason)
        db.session.expire(commission, ["decisions"])
        return commission
