"""A change of what was bought (number of sessions, price, dates): only the difference is asked for, and less approves itself."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import ngettext

from app.accounts.models import Person, Zone
from app.audit import services as audit
from app.catalogue.models import Cohort, Tariff
from app.catalogue.queries import find_current_tariff
from app.commissioning import policies, split
from app.commissioning.models import (
    VARIATION_MOVES,
    Commission,
    CommissionState,
    Decision,
    DecisionKind,
    Variation,
    VariationState,
)
from app.commissioning.queries import proposals
from app.commissioning.queries.commissions import count_sessions_posted
from app.commissioning.queries.deciding import interests_of, people_needed, stand_ins_of
from app.commissioning.queries.money import next_days
from app.commissioning.refusals import AlreadyAsked, CeilingPassed, MayNotDecide
from app.commissioning.services import delivery, documents, partner_told, purse, telling, varying
from app.commissioning.services.common import take, words
from app.commissioning.services.requests import MOST_SESSIONS
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import IllegalMove, Invalid, NotFound, permit
from app.shared.view import sentence_list

_S, _V = CommissionState, VariationState
CHANGEABLE = frozenset({_S.APPROVED, _S.CONFIRMED, _S.IN_DELIVERY})


def change(
    *, commission_id: uuid.UUID, sessions: int, reason: str, actor: Person, at_todays_price: bool = False, cohort_id: uuid.UUID | None = None,
    seen_version: int | None = None,
) -> Variation:
    """So many sessions in all, perhaps at the tariff of today, perhaps in another group of the offering (its dates).

    What costs no more is done at once, and what falls away goes back to its funds; what costs more waits for the budget holder.
    Raises Invalid at the field, AlreadyAsked, EnvelopeFull, DocumentsLapsed, NoPlaceLeft, CannotConfirm, Stale, IllegalMove, Forbidden.
    """
    with atomic():
        commission = _take(commission_id, seen_version, cohort_id)
        permit(policies.works_with_child_of(actor, commission), _("Only the child’s Link Worker or the Zone manager changes this."))
        reason = words(reason, _("Say why: the budget holder and the partner read it."), "reason")
        _require_changeable(commission)
        standing = _open(commission.id)
        if standing is not None and not standing.is_for_payer:
            raise AlreadyAsked(_("A change is asked for already. Withdraw that first."))
        if standing is not None:
            _finish(commission, standing, _V.WITHDRAWN, actor, "withdrawn")
            db.session.flush()
        tariff = _newer_tariff(commission) if at_todays_price else None
        cohort = db.session.get_one(Cohort, cohort_id) if cohort_id is not None else None
        is_for_payer = commission.uncovered_pence > 0
        _require_sessions(commission, sessions, cohort, anything_else=tariff is not None or cohort is not None or is_for_payer)
        if cohort is not None:
            varying.require_other_dates(commission, cohort, sessions)
        variation = Variation(
            commission_id=commission.id, sessions=sessions, was_sessions=commission.sessions, reason=reason,
            pence=varying.difference(commission, sessions, tariff), tariff=tariff, was_tariff_id=commission.tariff_id if tariff else None,
            cohort=cohort, was_cohort_id=commission.cohort_id if cohort else None, requested_by_id=actor.id, requested_at=clock.now(),
            state=_V.REQUESTED, is_for_payer=is_for_payer,
        )
        db.session.add(variation)
        db.session.flush()
        if sessions > commission.sessions:
            documents.require_documents(cohort or commission.cohort, through=clock.today())
        if variation.pence > 0:
            purse.require_envelope(commission.child, _zone(commission), commission.year, variation.pence)
            _note(commission, actor, "requested", variation)
        else:
            _apply(commission, variation, actor)
        return variation


def ask_who_pays(commission: Commission, *, reason: str, actor: Person | None) -> Variation:
    """A fund has stopped: the budget holder is asked who pays what is missing. A change that is asked for already asks for that too.

    `actor` None is the clock: it is asked in the name of who asked for the commission. The caller holds its locks.
    """
    standing = _open(commission.id)
    if standing is not None:
        standing.pence = varying.difference(commission, standing.sessions, standing.tariff)
        return standing
    variation = Variation(
        commission_id=commission.id, sessions=commission.sessions, was_sessions=commission.sessions, is_for_payer=True, reason=reason,
        pence=commission.uncovered_pence, requested_by_id=actor.id if actor else commission.requested_by_id, requested_at=clock.now(), state=_V.REQUESTED,
    )
    db.session.add(variation)
    db.session.flush()
    _note(commission, actor, "requested", variation)
    return variation


def _require_changeable(commission: Commission) -> None:
    """Raises IllegalMove."""
    if commission.state in CHANGEABLE or (commission.state is _S.SUSPENDED and commission.uncovered_pence):
        return
    raise IllegalMove(_("Only what is approved, confirmed or going can be changed."))


def _apply(commission: Commission, variation: Variation, actor: Person, proposal: split.Proposal | None = None) -> None:
    """Make it so. What rested only because nobody paid goes on."""
    varying.apply(commission, variation, actor, proposal)
    _finish(commission, variation, _V.APPROVED, actor, "approved")
    partner_told.tell(variation, commission)
    telling.done(commission, "Somebody pays now", "payer_gone")
    if not documents.gaps(commission.cohort, through=clock.today()):
        delivery.go_on_after(delivery.NOBODY_PAYS, commission)


def _newer_tariff(commission: Commission) -> Tariff:
    tariff = find_current_tariff(commission.offering_id, clock.today())
    if tariff is None or tariff.id == commission.tariff_id:
        raise Invalid(_("This has today’s price already."), field="at_todays_price")
    return tariff


def approve_change(*, variation_id: uuid.UUID, actor: Person) -> Variation:
    """Yes to what costs more. Final only when as many people have said it as the new total needs; then the difference is promised.

    Raises MayNotDecide, NotEnoughMoney, EnvelopeFull, CeilingPassed, DocumentsLapsed, Invalid, IllegalMove.
    """
    with atomic():
        variation, commission = _locked(variation_id)
        for_id = _require_decider(variation, commission, actor)
        _require_changeable(commission)
        _require_sessions(commission, variation.sessions, variation.cohort, anything_else=True)
        variation.pence = varying.difference(commission, variation.sessions, variation.tariff)
        proposal = _payable(commission, variation)
        said = {d.authority_id for d in _words_of(variation)}
        db.session.add(Decision(
            commission_id=commission.id, person_id=actor.id, kind=DecisionKind.APPROVE, at=clock.now(), for_id=for_id, variation_id=variation.id,
        ))
        if len(said) + 1 < people_needed(_zone(commission), commission, total_pence=_total_with(variation, commission)):
            _note(commission, actor, "supported", variation)
            return variation
        _apply(commission, variation, actor, proposal)
        return variation


def _total_with(variation: Variation, commission: Commission) -> int:
    """What it would come to in all."""
    return commission.total_pence - commission.uncovered_pence + variation.pence


def _payable(commission: Commission, variation: Variation) -> split.Proposal | None:
    """Who pays the difference, all rules read again; None where by now there is none to pay."""
    documents.require_documents(variation.cohort or commission.cohort, through=clock.today())
    if variation.pence <= 0:
        return None
    zone = _zone(commission)
    purse.require_envelope(commission.child, zone, commission.year, variation.pence)
    proposal = proposals.propose(
        commission.child, zone, total=variation.pence, year=commission.year, purpose=proposals.purpose_for(commission)
    )
    if not proposal.is_complete:
        raise purse.missing_money(proposal)
    if proposal.over:
        raise CeilingPassed(
            _("This takes %(over)s past the ceiling of this child’s year. Ask for a place of its own instead, where a second person can say why that is right.", over=sentence_list(proposal.over))
        )
    return proposal


def reject_change(*, variation_id: uuid.UUID, reason: str, actor: Person) -> Variation:
    """No to a change; what was bought goes on. Raises Invalid without a reason, MayNotDecide, IllegalMove."""
    with atomic():
        variation, commission = _locked(variation_id)
        _require_decider(variation, commission, actor, is_yes=False)
        variation.answer = words(reason, _("Say why: the Link Worker reads it."), "reason")
        _finish(commission, variation, _V.REJECTED, actor, "rejected", variation.answer)
        return variation


def withdraw_change(*, variation_id: uuid.UUID, actor: Person) -> Variation:
    """Not asked for any more. Raises IllegalMove, Forbidden."""
    with atomic():
        variation, commission = _locked(variation_id)
        permit(policies.works_with_child_of(actor, commission), _("Only the child’s Link Worker or the Zone manager withdraws this."))
        _finish(commission, variation, _V.WITHDRAWN, actor, "withdrawn")
        return variation


def _take(commission_id: uuid.UUID, seen_version: int | None = None, cohort_id: uuid.UUID | None = None) -> Commission:
    seen = db.session.get(Commission, commission_id)
    if seen is None:
        raise NotFound
    funds = {fund.id for fund in proposals.fitting_funds(seen.child, proposals.purpose_for(seen))}
    return take(commission_id, seen_version=seen_version, funds=funds, cohorts=[cohort_id] if cohort_id else [])


def _locked(variation_id: uuid.UUID) -> tuple[Variation, Commission]:
    seen = db.session.get(Variation, variation_id)
    if seen is None:
        raise NotFound
    commission = _take(seen.commission_id, cohort_id=seen.cohort_id)
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


def _require_sessions(commission: Commission, sessions: int, cohort: Cohort | None, *, anything_else: bool) -> None:
    posted = count_sessions_posted(commission.id)
    if sessions == commission.sessions and not anything_else:
        raise Invalid(ngettext("It is %(num)s session already.", "It is %(num)s sessions already.", sessions), field="sessions")
    if not max(1, posted) <= sessions <= MOST_SESSIONS:
        least = ngettext("%(num)s session has a register already", "%(num)s sessions have a register already", posted) if posted else _("There is at least one session")
        raise Invalid(_("%(least)s, and %(most)s is the most.", least=least, most=MOST_SESSIONS), field="sessions")
    to_come = len(next_days((cohort or commission.cohort).id))
    if (cohort is not None or sessions > commission.sessions) and to_come and sessions > posted + to_come:
        raise Invalid(ngettext(
            "This group has %(num)s session to come, so %(most)s is the most.",
            "This group has %(num)s sessions to come, so %(most)s is the most.", to_come, most=posted + to_come,
        ), field="sessions")


def _require_decider(variation: Variation, commission: Commission, actor: Person, *, is_yes: bool = True) -> uuid.UUID | None:
    """As for requests, with what it would come to in all; and never who asked for the change. Answers in whose stead."""
    if actor.id == variation.requested_by_id:
        raise MayNotDecide(_("You asked for this yourself, so somebody else decides."))
    interests, theirs = interests_of(actor.id), stand_ins_of(actor)
    total = max(commission.total_pence, _total_with(variation, commission))
    said = {d.authority_id for d in _words_of(variation)} if is_yes else set[uuid.UUID]()

    def why_not(**among: object) -> str | None:
        return policies.why_not_decide(actor, commission, interests=interests, stands_in=theirs, total_pence=total, **among)  # type: ignore[arg-type]

    if (why := why_not()) is not None:
        raise MayNotDecide(why)
    if why_not(only_own=True) is None:
        if actor.id in said:
            raise MayNotDecide(_("You have said yes to this already. Somebody else decides now."))
        return None
    for stand_in in theirs.values():
        whose = stand_in.person_id
        if whose not in said and whose != variation.requested_by_id and why_not(only_for=whose) is None:
            return whose
    raise MayNotDecide(_("Whoever you stand in for has said yes to this already, or asked for it. Somebody else decides now."))


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
        from_sessions=variation.was_sessions, to_sessions=variation.sessions, pence=variation.pence, tariff=variation.tariff_id,
        cohort=variation.cohort_id,
    )
