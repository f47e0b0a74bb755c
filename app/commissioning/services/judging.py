"""What has to be true before a budget holder's word counts: read again under the locks, each with its own refusal."""

from __future__ import annotations

import uuid
from collections.abc import Collection

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import ngettext

from app.accounts.models import Person, Zone
from app.commissioning import policies
from app.commissioning.models import (
    COMMISSION_MOVES,
    Commission,
    CommissionState,
    DecisionKind,
    PlaceState,
    Together,
)
from app.commissioning.queries import proposals
from app.commissioning.queries.deciding import interests_of, stand_ins_of
from app.commissioning.queries.money import delivery_days
from app.commissioning.queries.places import find_waiting_of, position
from app.commissioning.refusals import CeilingPassed, HoldLapsed, MayNotDecide, NotReady
from app.commissioning.services import documents, endings, purse, seats
from app.commissioning.services.common import require_unchanged
from app.commissioning.services.locks import lapsed_commissions, lock_for
from app.commissioning.services.requests import MAY_PROMISE
from app.introductions.models import IntroductionState
from app.shared import clock
from app.shared.db import db
from app.shared.errors import NotFound
from app.shared.view import day, sentence_list


def party_of(commission_id: uuid.UUID) -> list[uuid.UUID]:
    """The request and those it was asked for together with; alone, only itself. In key order."""
    group = sa.select(Together.group_id).where(Together.commission_id == commission_id).scalar_subquery()
    return sorted({commission_id, *db.session.scalars(sa.select(Together.commission_id).where(Together.group_id == group))})


def take(commission_id: uuid.UUID, seen_version: int | None = None) -> Commission:
    """Lock the commission, every fund that could pay for it, and whatever has run out and stands in its way."""
    commission = take_all([commission_id])[commission_id]
    require_unchanged(commission, seen_version)
    return commission


def take_all(commission_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Commission]:
    """`take` for several, with all that belongs to any of them locked at once."""
    wanted = set(commission_ids)
    seen = [db.session.get(Commission, id_) for id_ in wanted]
    cohorts, funds = set[uuid.UUID](), set[uuid.UUID]()
    for commission in seen:
        if commission is None:
            raise NotFound
        cohorts.add(commission.cohort_id)
        funds |= {fund.id for fund in proposals.fitting_funds(commission.child, proposals.purpose_for(commission))}
    lapsed = lapsed_commissions(cohort_ids=cohorts, fund_ids=funds) - wanted
    locked = lock_for(commissions=wanted | lapsed, funds=funds)
    for id_ in lapsed:
        if locked[id_].has_lapsed:
            endings.expire_locked(locked[id_])
    return {id_: locked[id_] for id_ in wanted}


def require_waiting(commission: Commission, to: CommissionState) -> None:
    if commission.has_lapsed:
        assert commission.decide_by is not None
        raise HoldLapsed(
            _("The place was kept until %(day)s and nobody had decided, so this request has expired. The Link Worker can ask again.", day=day(seats.last_day_of(commission.decide_by)))
        )
    COMMISSION_MOVES.require(commission.state, to)


def require_decider(actor: Person, commission: Commission, *, said: Collection[uuid.UUID] = ()) -> uuid.UUID | None:
    """Answers in whose stead the actor decides; None for in their own right. `said`: whose word stands already.

    Raises MayNotDecide.
    """
    interests, stands_in = interests_of(actor.id), stand_ins_of(actor)
    funds = None if commission.shares else {part.fund.id for part in proposals.propose_for(commission).paying}
    why_not = policies.why_not_decide(actor, commission, interests=interests, fund_ids=funds, stands_in=stands_in)
    if why_not is not None:
        raise MayNotDecide(why_not)
    own = policies.why_not_decide(actor, commission, interests=interests, fund_ids=funds, stands_in=stands_in, only_own=True)
    if own is None:
        return None
    for stand_in in stands_in.values():
        if stand_in.person_id not in said and policies.why_not_decide(
            actor, commission, interests=interests, fund_ids=funds, stands_in=stands_in, only_for=stand_in.person_id
        ) is None:
            return stand_in.person_id
    raise MayNotDecide(_("Whoever you stand in for has said yes to this already. Somebody else decides now."))


def require_ready(commission: Commission) -> None:
    """The child's and the parent's say come before money is promised."""
    state = commission.introduction.state
    if state in MAY_PROMISE:
        return
    if state is IntroductionState.LISTENING:
        raise NotReady(_("The child and the parent or carer have not both said yes yet. The Link Worker makes the introduction ready first."))
    raise NotReady(_("The introduction is %(state)s, so no money can be promised for it.", state=state.replace("_", " ")))


def require_place(commission: Commission) -> None:
    place = commission.place
    if place is not None and place.state is PlaceState.HELD and place.expires_at is not None and place.expires_at > clock.now():
        return
    turn = find_waiting_of(commission.id)
    if turn is None:
        raise HoldLapsed(_("No place is kept for this request any more. The Link Worker can ask again."))
    ahead = position(turn) - 1
    line = ngettext("%(num)s child is before them", "%(num)s children are before them", ahead) if ahead > 0 else _("they are next in line")
    raise NotReady(_("This group is full and the child is on its waiting list (%(line)s). Decide when a place is free.", line=line))


def require_documents(commission: Commission) -> list[str]:
    """Raises DocumentsLapsed for what is missing today. Answers what runs out before the last session."""
    cohort = commission.cohort
    documents.require_documents(cohort, through=clock.today())
    return documents.gaps(cohort, through=delivery_days(cohort, commission.sessions)[1])


def secure_money(commission: Commission, actor: Person) -> tuple[str, ...]:
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


def require_override(commission: Commission, over: tuple[str, ...], approvers: set[uuid.UUID]) -> None:
    """Somebody has said why, and somebody else approves."""
    by = said(commission, DecisionKind.OVERRIDE)
    if by and approvers - by:
        return
    zone = db.session.get_one(Zone, commission.zone_id)
    who = sentence_list(over)
    if by:
        raise CeilingPassed(_("You said why %(who)s may give more than %(percent)s%%, so somebody else approves.", who=who, percent=zone.ceiling_percent))
    raise CeilingPassed(
        _("This takes %(who)s past %(percent)s%% of this child’s year. A second budget holder has to say why that is right; then you can approve it.", who=who, percent=zone.ceiling_percent)
    )


def said(commission: Commission, kind: DecisionKind) -> set[uuid.UUID]:
    """Who said that in this round, or in whose stead it was said."""
    return {d.authority_id for d in commission.decisions if d.kind is kind and d.round == commission.round}
