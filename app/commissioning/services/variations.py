"""More or fewer sessions than were bought: only the difference is asked for, and fewer approves itself."""

from __future__ import annotations

import uuid

import sqlalchemy as sa

from app.accounts.models import Person, Zone
from app.audit import services as audit
from app.commissioning import policies, split
from app.commissioning.models import (
    VARIATION_MOVES,
    Account,
    Commission,
    CommissionState,
    Decision,
    DecisionKind,
    FundShare,
    Variation,
    VariationState,
)
from app.commissioning.queries import proposals
from app.commissioning.queries.commissions import count_sessions_posted
from app.commissioning.queries.deciding import interests_of, people_needed, stand_ins_of
from app.commissioning.queries.money import next_days
from app.commissioning.refusals import AlreadyAsked, CeilingPassed, MayNotDecide
from app.commissioning.services import documents, purse
from app.commissioning.services.common import take, words
from app.commissioning.services.ledger import moved
from app.commissioning.services.requests import MOST_SESSIONS
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import IllegalMove, Invalid, NotFound, permit
from app.shared.view import plural, sentence_list

_S, _V = CommissionState, VariationState
CHANGEABLE = frozenset({_S.APPROVED, _S.CONFIRMED, _S.IN_DELIVERY})


def change_sessions(
    *, commission_id: uuid.UUID, sessions: int, reason: str, actor: Person, seen_version: int | None = None
) -> Variation:
    """Fewer: what falls away goes back to its funds at once. More: the difference waits for the budget holder.

    Raises Invalid at the field, AlreadyAsked, EnvelopeFull, DocumentsLapsed, Stale, IllegalMove, Forbidden.
    """
    with atomic():
        commission = _take(commission_id, seen_version)
        permit(policies.works_with_child_of(actor, commission), "Only the child’s Link Worker or the Zone manager changes this.")
        reason = words(reason, "Say why: the budget holder and the partner read it.", "reason")
        _require_sessions(commission, sessions)
        if _open(commission.id) is not None:
            raise AlreadyAsked("More sessions are asked for already. Withdraw that first.")
        pence = (sessions - commission.sessions) * commission.price_pence
        variation = Variation(
            commission_id=commission.id, sessions=sessions, was_sessions=commission.sessions, pence=pence, reason=reason,
            requested_by_id=actor.id, requested_at=clock.now(), state=_V.REQUESTED,
        )
        db.session.add(variation)
        db.session.flush()
        if pence > 0 or sessions > commission.sessions:
            purse.require_envelope(commission.child, _zone(commission), commission.year, pence)
            documents.require_documents(commission.cohort, through=clock.today())
            _note(commission, actor, "requested", variation)
        else:
            _take_away(commission, variation, actor)
            _finish(commission, variation, _V.APPROVED, actor, "approved")
        return variation


def approve_change(*, variation_id: uuid.UUID, actor: Person) -> Variation:
    """Yes to more sessions. Final only when as many people have said it as the new total needs; then the difference is promised.

    Raises MayNotDecide, NotEnoughMoney, EnvelopeFull, CeilingPassed, DocumentsLapsed, IllegalMove.
    """
    with atomic():
        variation, commission = _locked(variation_id)
        for_id = _require_decider(variation, commission, actor)
        _require_sessions(commission, variation.sessions)
        zone = _zone(commission)
        purse.require_envelope(commission.child, zone, commission.year, variation.pence)
        documents.require_documents(commission.cohort, through=clock.today())
        proposal = proposals.propose(
            commission.child, zone, total=variation.pence, year=commission.year, purpose=proposals.purpose_for(commission)
        )
        if not proposal.is_complete:
            raise purse.missing_money(proposal)
        if proposal.over:
            raise CeilingPassed(
                f"This takes {sentence_list(proposal.over)} past the ceiling of this child’s year. Ask for a place of its own instead, where "
                "a second person can say why that is right."
            )
        said = {d.authority_id for d in _words_of(variation)}
        db.session.add(Decision(
            commission_id=commission.id, person_id=actor.id, kind=DecisionKind.APPROVE, at=clock.now(), for_id=for_id, variation_id=variation.id,
        ))
        new_total = commission.total_pence + variation.pence
        if len(said) + 1 < people_needed(zone, commission, total_pence=new_total):
            _note(commission, actor, "supported", variation)
            return variation
        _put_on(commission, proposal, actor)
        commission.sessions, commission.total_pence = variation.sessions, new_total
        _finish(commission, variation, _V.APPROVED, actor, "approved")
        return variation


def reject_change(*, variation_id: uuid.UUID, reason: str, actor: Person) -> Variation:
    """No to more sessions; what was bought goes on. Raises Invalid without a reason, MayNotDecide, IllegalMove."""
    with atomic():
        variation, commission = _locked(variation_id)
        _require_decider(variation, commission, actor, is_yes=False)
        variation.answer = words(reason, "Say why: the Link Worker reads it.", "reason")
        _finish(commission, variation, _V.REJECTED, actor, "rejected", variation.answer)
        return variation


def withdraw_change(*, variation_id: uuid.UUID, actor: Person) -> Variation:
    """Not asked for any more. Raises IllegalMove, Forbidden."""
    with atomic():
        variation, commission = _locked(variation_id)
        permit(policies.works_with_child_of(actor, commission), "Only the child’s Link Worker or the Zone manager withdraws this.")
        _finish(commission, variation, _V.WITHDRAWN, actor, "withdrawn")
        return variation


def _take(commission_id: uuid.UUID, seen_version: int | None = None) -> Commission:
    seen = db.session.get(Commission, commission_id)
    if seen is None:
        raise NotFound
    funds = {fund.id for fund in proposals.fitting_funds(seen.child, proposals.purpose_for(seen))}
    return take(commission_id, seen_version=seen_version, funds=funds)


def _locked(variation_id: uuid.UUID) -> tuple[Variation, Commission]:
    seen = db.session.get(Variation, variation_id)
    if seen is None:
        raise NotFound
    commission = _take(seen.commission_id)
    db.session.refresh(seen)
    if seen.state is not _V.REQUESTED:
        VARIATION_MOVES.require(seen.state, _V.APPROVED)
    return seen, commission


def _open(commission_id: uuid.UUID) -> Variation | None:
    statement = sa.select(Variation).where(Variation.commission_id == commission_id, Variation.state == _V.REQUESTED)
    return db.session.scalars(statement).unique().one_or_none()


def _words_of(variation: Variation) -> list[Decision]:
    return list(db.session.scalars(sa.select(Decision).where(Decision.variation_id == variation.id)).unique())


def _zone(commission: Commission) -> Zone:
    return db.session.get_one(Zone, commission.zone_id)


def _require_sessions(commission: Commission, sessions: int) -> None:
    if commission.state not in CHANGEABLE:
        raise IllegalMove("Only what is approved, confirmed or going can be changed.")
    posted = count_sessions_posted(commission.id)
    if sessions == commission.sessions:
        raise Invalid(f"It is {plural(sessions, 'session')} already.", field="sessions")
    if not max(1, posted) <= sessions <= MOST_SESSIONS:
        least = f"{plural(posted, 'session')} {'has' if posted == 1 else 'have'} a register already" if posted else "There is at least one session"
        raise Invalid(f"{least}, and {MOST_SESSIONS} is the most.", field="sessions")
    to_come = len(next_days(commission.cohort_id))
    if sessions > commission.sessions and to_come and sessions > posted + to_come:
        raise Invalid(f"This group has {plural(to_come, 'session')} to come, so {posted + to_come} is the most.", field="sessions")


def _require_decider(variation: Variation, commission: Commission, actor: Person, *, is_yes: bool = True) -> uuid.UUID | None:
    """As for requests, with what it would come to in all; and never who asked for the change. Answers in whose stead."""
    if actor.id == variation.requested_by_id:
        raise MayNotDecide("You asked for this yourself, so somebody else decides.")
    interests, theirs = interests_of(actor.id), stand_ins_of(actor)
    total = commission.total_pence + max(0, variation.pence)
    said = {d.authority_id for d in _words_of(variation)} if is_yes else set[uuid.UUID]()

    def why_not(**among: object) -> str | None:
        return policies.why_not_decide(actor, commission, interests=interests, stands_in=theirs, total_pence=total, **among)  # type: ignore[arg-type]

    if (why := why_not()) is not None:
        raise MayNotDecide(why)
    if why_not(only_own=True) is None:
        if actor.id in said:
            raise MayNotDecide("You have said yes to this already. Somebody else decides now.")
        return None
    for stand_in in theirs.values():
        whose = stand_in.person_id
        if whose not in said and whose != variation.requested_by_id and why_not(only_for=whose) is None:
            return whose
    raise MayNotDecide("Whoever you stand in for has said yes to this already, or asked for it. Somebody else decides now.")


def _take_away(commission: Commission, variation: Variation, actor: Person) -> None:
    """COMMITTED -> AVAILABLE what falls away, in the proportions of what each fund still has; the shares follow."""
    parts = purse.committed(commission)
    taken = split.part_of_session([left for _, left in parts], -variation.pence)
    lines = moved(Account.COMMITTED, Account.AVAILABLE, [(fund, t) for (fund, _), t in zip(parts, taken, strict=True)], purse.about(commission))
    purse.post_event(commission, "vary", lines, actor)
    by_fund = {fund.id: t for (fund, _), t in zip(parts, taken, strict=True)}
    for share in commission.shares:
        share.pence -= by_fund[share.fund_id]
        if share.pence == 0:
            db.session.delete(share)
    commission.sessions, commission.total_pence = variation.sessions, commission.total_pence + variation.pence
    db.session.flush()
    db.session.expire(commission, ["shares"])


def _put_on(commission: Commission, proposal: split.Proposal, actor: Person) -> None:
    """AVAILABLE -> COMMITTED the difference; the shares grow by it."""
    funds = purse.funds_of(part.fund.id for part in proposal.paying)
    lines = moved(
        Account.AVAILABLE, Account.COMMITTED, [(funds[part.fund.id], part.pence) for part in proposal.paying], purse.about(commission)
    )
    purse.post_event(commission, "vary", lines, actor)
    standing = {share.fund_id: share for share in commission.shares}
    for part in proposal.paying:
        if part.fund.id in standing:
            standing[part.fund.id].pence += part.pence
        else:
            db.session.add(FundShare(commission_id=commission.id, fund_id=part.fund.id, pence=part.pence))
    db.session.flush()
    db.session.expire(commission, ["shares"])


def _finish(
    commission: Commission, variation: Variation, to: VariationState, actor: Person | None, done: str, reason: str = ""
) -> None:
    VARIATION_MOVES.require(variation.state, to)
    variation.state, variation.decided_at = to, clock.now()
    _note(commission, actor, done, variation, reason)


def _note(commission: Commission, actor: Person | None, done: str, variation: Variation, reason: str = "") -> None:
    db.session.flush()
    audit.record(
        f"commissioning.change.{done}", subject=commission, actor=actor, reason=reason, version=commission.version,
        from_sessions=variation.was_sessions, to_sessions=variation.sessions, pence=variation.pence,
    )
