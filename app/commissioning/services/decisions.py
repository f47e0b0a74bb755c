"""The budget holder's word on a request: approve, return with a question, reject; and a second person's override of the ceiling."""

from __future__ import annotations

import uuid

from app.accounts.models import Person, Zone
from app.commissioning import policies
from app.commissioning.models import (
    COMMISSION_MOVES,
    PROMISED_STATES,
    Commission,
    CommissionState,
    Decision,
    DecisionKind,
    PlaceState,
)
from app.commissioning.queries import proposals
from app.commissioning.queries.commissions import interests_of, people_needed
from app.commissioning.queries.money import delivery_days
from app.commissioning.queries.places import find_waiting_of, position
from app.commissioning.refusals import CeilingPassed, HoldLapsed, MayNotDecide, NotReady
from app.commissioning.services import delivery, documents, endings, purse, seats, telling
from app.commissioning.services.common import move, note, require_unchanged, words
from app.commissioning.services.locks import lapsed_commissions, lock_for
from app.commissioning.services.requests import MAY_PROMISE
from app.introductions.models import IntroductionState
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import NotFound
from app.shared.view import day, plural, sentence_list

QUESTION_KEEPS = 5
"""School days by which a question lengthens the hold."""
_S = CommissionState


def approve(*, commission_id: uuid.UUID, actor: Person, seen_version: int | None = None) -> Commission:
    """Say yes. Final only when enough different people have: then the money is committed and the place is firm.

    The same yes sent twice is one. Until then the commission stays `requested` and the yes is kept. Money, places, documents and the introduction are read
    again under the locks. Raises MayNotDecide, NotReady, HoldLapsed, DocumentsLapsed, NotEnoughMoney ("£300 left"),
    CeilingPassed, EnvelopeFull, Stale, IllegalMove.
    """
    with atomic():
        commission = _take(commission_id)
        if commission.state in PROMISED_STATES and actor.id in _said(commission, DecisionKind.APPROVE):
            return commission
        require_unchanged(commission, seen_version)
        _require_waiting(commission, _S.APPROVED)
        _require_decider(actor, commission)
        _require_ready(commission)
        _require_place(commission)
        renew = _require_documents(commission)
        zone = db.session.get_one(Zone, commission.zone_id)
        own = sum(proposals.reserved(commission).values())
        purse.require_envelope(commission.child, zone, commission.year, commission.total_pence, already=own)
        over = _secure_money(commission, actor)
        _require_decider(actor, commission)  # again: other funds may pay now
        said = _said(commission, DecisionKind.APPROVE)
        if actor.id in said:
            raise MayNotDecide("You have said yes to this already. Somebody else decides now.")
        if over:
            _require_override(commission, over, {*said, actor.id})
        db.session.add(Decision(
            commission_id=commission.id, person_id=actor.id, kind=DecisionKind.APPROVE, round=commission.round, at=clock.now()
        ))
        needed = people_needed(zone.id, zone.second_approver_above_pence, commission.total_pence)
        if len(said) + 1 < needed:
            note(commission, actor=actor, done="supported", people=len(said) + 1, needed=needed)
            db.session.expire(commission, ["decisions"])
            return commission
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
        return commission


def return_(*, commission_id: uuid.UUID, question: str, actor: Person, seen_version: int | None = None) -> Commission:
    """Ask the Link Worker something; the hold is kept 5 school days longer. What was said before the answer counts no more.

    Raises Invalid, MayNotDecide, HoldLapsed, Stale, IllegalMove.
    """
    with atomic():
        commission = _take(commission_id, seen_version)
        _require_waiting(commission, _S.RETURNED)
        _require_decider(actor, commission)
        commission.question = words(question, "Write your question.", "question")
        commission.answer = ""
        db.session.add(Decision(
            commission_id=commission.id, person_id=actor.id, kind=DecisionKind.RETURN, reason=commission.question,
            round=commission.round, at=clock.now(),
        ))
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

    Raises Invalid without a reason, MayNotDecide, Stale, IllegalMove.
    """
    with atomic():
        commission = _take(commission_id, seen_version)
        _require_waiting(commission, _S.REJECTED)
        _require_decider(actor, commission)
        reason = words(reason, "Say why: the Link Worker reads it.", "reason")
        db.session.add(Decision(
            commission_id=commission.id, person_id=actor.id, kind=DecisionKind.REJECT, reason=reason, round=commission.round,
            at=clock.now(),
        ))
        endings.reject_locked(commission, reason, actor)
        db.session.expire(commission, ["decisions"])
        return commission


def override(*, commission_id: uuid.UUID, reason: str, actor: Person, seen_version: int | None = None) -> Commission:
    """A second named person says why a funder may give more of this child's year than the ceiling. Somebody else approves.

    Raises Invalid without a reason, MayNotDecide, Stale, IllegalMove.
    """
    with atomic():
        commission = _take(commission_id, seen_version)
        _require_waiting(commission, _S.APPROVED)
        _require_decider(actor, commission)
        reason = words(reason, "Say why this funder may give more than the ceiling: it is kept with your name.", "reason")
        db.session.add(Decision(
            commission_id=commission.id, person_id=actor.id, kind=DecisionKind.OVERRIDE, reason=reason, round=commission.round,
            at=clock.now(),
        ))
        note(commission, actor=actor, done="overridden", reason=reason)
        db.session.expire(commission, ["decisions"])
        return commission


def _take(commission_id: uuid.UUID, seen_version: int | None = None) -> Commission:
    """Lock the commission, every fund that could pay for it, and whatever has run out and stands in its way."""
    seen = db.session.get(Commission, commission_id)
    if seen is None:
        raise NotFound
    funds = {fund.id for fund in proposals.fitting_funds(seen.child, proposals.purpose_for(seen))}
    lapsed = lapsed_commissions(cohort_ids=[seen.cohort_id], fund_ids=funds) - {commission_id}
    locked = lock_for(commissions={commission_id, *lapsed}, funds=funds)
    commission = locked.pop(commission_id)
    require_unchanged(commission, seen_version)
    for other in locked.values():
        if other.has_lapsed:
            endings.expire_locked(other)
    return commission


def _require_waiting(commission: Commission, to: CommissionState) -> None:
    if commission.has_lapsed:
        assert commission.decide_by is not None
        raise HoldLapsed(
            f"The place was kept until {day(seats.last_day_of(commission.decide_by))} and nobody had decided, so this request has "
            "expired. The Link Worker can ask again."
        )
    COMMISSION_MOVES.require(commission.state, to)


def _require_decider(actor: Person, commission: Commission) -> None:
    why_not = policies.why_not_decide(
        actor, commission, interests=interests_of(actor.id),
        fund_ids=None if commission.shares else {part.fund.id for part in proposals.propose_for(commission).paying},
    )
    if why_not is not None:
        raise MayNotDecide(why_not)


def _require_ready(commission: Commission) -> None:
    """The child's and the parent's say come before money is promised."""
    state = commission.introduction.state
    if state in MAY_PROMISE:
        return
    if state is IntroductionState.LISTENING:
        raise NotReady("The child and the parent or carer have not both said yes yet. The Link Worker makes the introduction ready first.")
    raise NotReady(f"The introduction is {state.replace('_', ' ')}, so no money can be promised for it.")


def _require_place(commission: Commission) -> None:
    place = commission.place
    if place is not None and place.state is PlaceState.HELD and place.expires_at is not None and place.expires_at > clock.now():
        return
    turn = find_waiting_of(commission.id)
    if turn is None:
        raise HoldLapsed("No place is kept for this request any more. The Link Worker can ask again.")
    ahead = position(turn) - 1
    line = f"{plural(ahead, 'child', 'children')} {'is' if ahead == 1 else 'are'} before them" if ahead > 0 else "they are next in line"
    raise NotReady(f"This group is full and the child is on its waiting list ({line}). Decide when a place is free.")


def _require_documents(commission: Commission) -> list[str]:
    """Raises DocumentsLapsed for what is missing today. Answers what runs out before the last session."""
    cohort = commission.cohort
    documents.require_documents(cohort, through=clock.today())
    return documents.gaps(cohort, through=delivery_days(cohort, commission.sessions)[1])


def _secure_money(commission: Commission, actor: Person) -> tuple[str, ...]:
    """The standing reservation if it is still right, else a new one from what there is now. Answers who is beyond the ceiling."""
    standing = proposals.standing_split(commission)
    if commission.shares and standing.is_complete and not standing.over:
        return ()
    fresh = proposals.propose_for(commission)
    if commission.shares and standing.is_complete and (fresh.over or not fresh.is_complete):
        return standing.over
    if not fresh.is_complete:
        raise purse.missing_money(fresh)
    purse.reserve(commission, fresh, actor)
    return fresh.over


def _require_override(commission: Commission, over: tuple[str, ...], approvers: set[uuid.UUID]) -> None:
    """Somebody has said why, and somebody else approves."""
    by = _said(commission, DecisionKind.OVERRIDE)
    if by and approvers - by:
        return
    zone = db.session.get_one(Zone, commission.zone_id)
    who = sentence_list(over)
    if by:
        raise CeilingPassed(f"You said why {who} may give more than {zone.ceiling_percent}%, so somebody else approves.")
    raise CeilingPassed(
        f"This takes {who} past {zone.ceiling_percent}% of this child’s year. A second budget holder has to say why that is right; "
        "then you can approve it."
    )


def _said(commission: Commission, kind: DecisionKind) -> set[uuid.UUID]:
    """Who said that in this round."""
    return {d.person_id for d in commission.decisions if d.kind is kind and d.round == commission.round}
