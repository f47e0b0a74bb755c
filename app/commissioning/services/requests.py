"""Asking for a place and its money, and answering the budget holder's question."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import ngettext

from app.accounts.models import Person, Zone
from app.catalogue.availability import free_places
from app.catalogue.models import Cohort, CohortState, OfferingState, PartnerState, Tariff
from app.catalogue.queries import find_current_tariff
from app.children.models import ChildState
from app.commissioning import policies, split
from app.commissioning.models import LIVE_STATES, Commission, CommissionState, Together
from app.commissioning.queries import proposals
from app.commissioning.queries.commissions import find_live_commission
from app.commissioning.queries.money import delivery_days, next_days, purpose_of
from app.commissioning.queries.requests import MAY_ASK
from app.commissioning.refusals import AlreadyAsked, HoldLapsed, NoPlaceLeft, NotReady
from app.commissioning.services import endings, purse, seats, telling, waiting
from app.commissioning.services.common import move, take, words
from app.commissioning.services.locks import lapsed_commissions, lock_for
from app.introductions.models import Introduction, IntroductionState
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import IllegalMove, Invalid, permit

MAY_PROMISE = MAY_ASK - {IntroductionState.LISTENING}
MOST_SESSIONS = 100
MOST_TOGETHER = 12


@dataclass(frozen=True)
class Price:
    """What a number of sessions costs on one version of a tariff."""

    tariff: Tariff
    sessions: int

    @property
    def pence(self) -> int:
        return self.tariff.total(self.sessions)


def request(
    *, introduction_id: uuid.UUID, cohort_id: uuid.UUID, sessions: int, need_code: str, goal: str, why: str,
    free_alternatives: str, actor: Person, join_waiting_list: bool = False,
) -> Commission:
    """Ask for `sessions` sessions in a cohort, for one child, at the tariff of today, which stays frozen on the commission.

    Keeps a place for the Zone's number of school days, or takes a turn on the waiting list where that is wanted; reserves the
    money by the proposed split (nothing is reserved while money is missing: the request then waits for that too).
    Raises NotReady, AlreadyAsked, NoPlaceLeft, DocumentsLapsed, EnvelopeFull, Invalid with the field.
    """
    with atomic():
        introduction = db.session.get_one(Introduction, introduction_id)
        permit(policies.can_request(actor, introduction), _("Only the child’s Link Worker or the Zone manager asks for a place."))
        cohort = db.session.get_one(Cohort, cohort_id)
        price = _price(introduction, cohort, sessions)
        days = delivery_days(cohort, sessions)
        year = clock.school_year(days[0])
        _lock(introduction, cohort, purpose_of(introduction.child, need_code, days), year)
        db.session.refresh(introduction)
        child = introduction.child
        db.session.expire(child, ["school_id"])  # who may pay hangs on it
        zone = db.session.get_one(Zone, introduction.zone_id)
        _require_askable(introduction, cohort)
        goal = words(goal, _("Say what the child wants to reach, in their words if you can."), "goal")
        why = words(why, _("Say why this, for this child, now."), "why")
        free_alternatives = words(
            free_alternatives, _("Say which free alternatives you looked at, and why they do not meet this need."), "free_alternatives"
        )
        if need_code not in {need.code for need in child.live_needs}:
            raise Invalid(_("Choose one of the child’s own needs."), field="need")
        purse.require_envelope(child, zone, year, price.pence)
        seats.offer_free_places(cohort)
        commission = Commission(
            zone_id=zone.id, child_id=child.id, introduction_id=introduction.id, offering_id=introduction.offering_id,
            organisation_id=introduction.organisation_id, cohort_id=cohort.id, tariff_id=price.tariff.id, basis=price.tariff.basis,
            sessions=sessions, price_pence=price.tariff.price_pence, setup_pence=price.tariff.setup_pence, total_pence=price.pence, year=year,
            need_code=need_code, goal=goal, why=why, free_alternatives=free_alternatives, requested_by_id=actor.id,
            requested_at=clock.now(),
        )
        db.session.add(commission)
        db.session.flush()
        until = seats.hold_ends(child)
        try:
            place = seats.hold(cohort, child, until=until, introduction_id=introduction.id, through=days[1], actor=actor)
        except NoPlaceLeft:
            if not join_waiting_list:
                raise
            waiting.join(cohort, child, commission_id=commission.id, actor=actor)
        else:
            db.session.flush()
            commission.place_id, commission.decide_by = place.id, until
        db.session.flush()
        proposal = proposals.propose_for(commission)
        if proposal.is_complete:
            purse.reserve(commission, proposal, actor)
        move(
            commission, CommissionState.REQUESTED, actor=actor, done="requested", total_pence=price.pence, sessions=sessions,
            tariff=price.tariff.id, missing_pence=proposal.shortfall or None, decide_by=commission.decide_by,
        )
        return commission


def refuse_when_full(*, introduction_id: uuid.UUID, cohort_id: uuid.UUID, actor: Person) -> None:
    """Before `request`, outside its transaction: most of a crowd hears that a group is full without waiting for its lock.

    Only a no is said here, and a full group is full at any moment it is read; whatever may become a yes is counted again under the lock.
    Raises NoPlaceLeft.
    """
    introduction, cohort = db.session.get(Introduction, introduction_id), db.session.get(Cohort, cohort_id)
    if introduction is None or cohort is None or cohort.offering_id != introduction.offering_id or not policies.can_request(actor, introduction):
        return
    if not free_places([cohort.id])[cohort.id] and find_live_commission(introduction.id) is None:
        raise seats.no_place_left(cohort)


@dataclass(frozen=True)
class Asked:
    """One child of a request for several: whose introduction, for which need."""

    introduction_id: uuid.UUID
    need_code: str


def request_together(
    *, children: Sequence[Asked], cohort_id: uuid.UUID, sessions: int, goal: str, why: str, free_alternatives: str, actor: Person
) -> list[Commission]:
    """Siblings or friends: a place and money of its own for each, kept for all of them or for none, and decided once.

    What `request` raises for one of them stops all. Nobody joins the waiting list by this.
    """
    with atomic():
        if len({asked.introduction_id for asked in children}) != len(children) or not 2 <= len(children) <= MOST_TOGETHER:
            raise Invalid(_("Between 2 and %(most)s children are asked for together.", most=MOST_TOGETHER), field="together")
        _lock_all(children, cohort_id, sessions)
        made = [
            request(
                introduction_id=asked.introduction_id, cohort_id=cohort_id, sessions=sessions, need_code=asked.need_code, goal=goal, why=why,
                free_alternatives=free_alternatives, actor=actor,
            )
            for asked in children
        ]
        until = min(c.decide_by for c in made if c.decide_by is not None)
        group_id = uuid.uuid4()
        for commission in made:
            assert commission.place is not None
            commission.decide_by = commission.place.expires_at = until
            db.session.add(Together(commission_id=commission.id, group_id=group_id))
        db.session.flush()
        return made


def _lock_all(children: Sequence[Asked], cohort_id: uuid.UUID, sessions: int) -> None:
    """All that the requests will lock one after the other, at once and in the one order."""
    cohort = db.session.get_one(Cohort, cohort_id)
    days = delivery_days(cohort, max(1, sessions))
    introductions = [db.session.get_one(Introduction, asked.introduction_id) for asked in children]
    funds = {
        fund.id for asked, one in zip(children, introductions, strict=True)
        for fund in proposals.fitting_funds(one.child, purpose_of(one.child, asked.need_code, days))
    }
    lock_for(
        commissions=lapsed_commissions(cohort_ids=[cohort_id], fund_ids=funds), cohorts=[cohort_id], funds=funds,
        years=[(one.child_id, clock.school_year(days[0])) for one in introductions], introductions=[one.id for one in introductions],
    )


def _price(introduction: Introduction, cohort: Cohort, sessions: int) -> Price:
    if not introduction.offering.needs_money:
        raise NotReady(_("%(offering)s is not paid for, so there is nothing to ask for: introduce the child.", offering=introduction.offering.title))
    if cohort.offering_id != introduction.offering_id:
        raise Invalid(_("Choose a group of this offering."), field="cohort")
    if not 1 <= sessions <= MOST_SESSIONS:
        raise Invalid(_("Ask for between 1 and %(most)s sessions.", most=MOST_SESSIONS), field="sessions")
    to_come = len(next_days(cohort.id))
    if to_come and sessions > to_come:
        raise Invalid(ngettext(
            "This group has %(num)s session to come, so ask for %(num)s at most.",
            "This group has %(num)s sessions to come, so ask for %(num)s at most.", to_come,
        ), field="sessions")
    tariff = find_current_tariff(introduction.offering_id, clock.today())
    if tariff is None:
        raise NotReady(_("%(organisation)s has no price for %(offering)s yet. Ask them to add one.", organisation=introduction.organisation.name, offering=introduction.offering.title))
    return Price(tariff, sessions)


def _lock(introduction: Introduction, cohort: Cohort, purpose: split.Purpose, year: int) -> None:
    """Everything this may make less of. Requests whose hold ran out and that stand in the way are told so first."""
    funds = {fund.id for fund in proposals.fitting_funds(introduction.child, purpose)}
    standing = db.session.scalars(
        sa.select(Commission.id).where(Commission.introduction_id == introduction.id, Commission.state.in_(LIVE_STATES))
    )
    lapsed = lapsed_commissions(cohort_ids=[cohort.id], fund_ids=funds)
    locked = lock_for(
        commissions=lapsed | set(standing), cohorts=[cohort.id], funds=funds, years=[(introduction.child_id, year)],
        introductions=[introduction.id],
    )
    for commission in locked.values():
        if commission.has_lapsed:
            endings.expire_locked(commission)


def _require_askable(introduction: Introduction, cohort: Cohort) -> None:
    title = introduction.offering.title
    if introduction.state not in MAY_ASK:
        if not introduction.is_open:
            raise NotReady(_("This introduction is over. Start a new one first."))
        raise NotReady(_("Begin to listen first: ask the child and the family what they think of %(title)s.", title=title))
    if introduction.child.state is not ChildState.ACTIVE:
        raise NotReady(_("This child is no longer on the programme."))
    if introduction.offering.state is not OfferingState.LIVE:
        raise NotReady(_("%(title)s is not running at the moment.", title=title))
    if introduction.organisation.state is not PartnerState.LIVE:
        raise NotReady(_("%(organisation)s takes no new work at the moment. The Zone manager can say when it will.", organisation=introduction.organisation.name))
    if cohort.state is not CohortState.OPEN or (cohort.ends_on is not None and cohort.ends_on < clock.today()):
        raise Invalid(_("This group takes nobody any more. Choose another one."), field="cohort")
    live = db.session.scalars(
        sa.select(Commission).where(Commission.introduction_id == introduction.id, Commission.state.in_(LIVE_STATES))
    ).unique().first()
    if live is not None:
        raise AlreadyAsked(ngettext(
            "A place at %(title)s has been asked for already, for %(num)s session.",
            "A place at %(title)s has been asked for already, for %(num)s sessions.", live.sessions, title=title,
        ))


def answer_question(*, commission_id: uuid.UUID, answer: str, actor: Person, seen_version: int | None = None) -> Commission:
    """Answer the budget holder; the request is back in the queue. Raises Invalid, HoldLapsed, Stale, IllegalMove."""
    with atomic():
        commission = take(commission_id, seen_version=seen_version)
        permit(policies.can_answer_question(actor, commission), _("Only the child’s Link Worker or the Zone manager answers."))
        if commission.has_lapsed:
            raise HoldLapsed(_("The hold ran out before the question was answered, so this request has expired. Ask again."))
        if commission.state is not CommissionState.RETURNED:
            raise IllegalMove(_("There is no question to answer."))
        commission.answer = words(answer, _("Write your answer."), "answer")
        move(commission, CommissionState.REQUESTED, actor=actor, done="answered", round=commission.round)
        telling.done(commission, "Answered", "commission_question")
        return commission
