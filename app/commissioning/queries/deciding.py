"""The approval scheme: how many people, who has an interest, who stands in for whom."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.accounts.models import Person, Role, RoleGrant, Zone
from app.accounts.queries import people_with
from app.commissioning.models import ApprovalStep, Commission, DeclaredInterest, Delegation
from app.commissioning.policies import StandIn
from app.shared import clock
from app.shared.db import db


def list_steps(zone_id: uuid.UUID) -> Sequence[ApprovalStep]:
    """The Zone's own steps, the lowest amount first; not those of one school or fund."""
    return [step for step in list_all_steps([zone_id]) if step.is_for_zone]


def list_all_steps(zone_ids: Collection[uuid.UUID]) -> Sequence[ApprovalStep]:
    """All steps of these Zones: the Zone's own first, then by school and fund, the lowest amount first."""
    found = db.session.scalars(sa.select(ApprovalStep).where(ApprovalStep.zone_id.in_(zone_ids))).unique().all()
    return sorted(found, key=lambda s: (
        not s.is_for_zone, s.school.name if s.school else "", s.fund.name if s.fund else "", s.above_pence,
    ))


def people_needed(zone: Zone, commission: Commission, *, total_pence: int | None = None) -> int:
    """How many different people must say yes to this request, or to that sum for it."""
    steps = list_all_steps([zone.id])
    fund_ids = {share.fund_id for share in commission.shares}
    total = commission.total_pence if total_pence is None else total_pence
    return people_by(steps, zone, total, school_id=commission.child.school_id, fund_ids=fund_ids)


def people_by(
    steps: Iterable[ApprovalStep], zone: Zone, total_pence: int, *, school_id: uuid.UUID | None, fund_ids: Collection[uuid.UUID]
) -> int:
    """By the Zone's steps, else two above its threshold; and by those of the child's school and of each fund that pays."""
    own = [(s.above_pence, s.people) for s in steps if s.zone_id == zone.id and s.is_for_zone] or [(zone.second_approver_above_pence, 2)]
    narrow = [
        (s.above_pence, s.people) for s in steps
        if (s.school_id is not None and s.school_id == school_id) or (s.fund_id is not None and s.fund_id in fund_ids)
    ]
    return max([1, *(people for above, people in [*own, *narrow] if total_pence > above)])


def interests_of(person_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """The organisations in which this person has a standing interest."""
    return _interests([person_id])[person_id]


def _interests(person_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, frozenset[uuid.UUID]]:
    today = clock.today()
    statement = sa.select(DeclaredInterest.person_id, DeclaredInterest.organisation_id).where(
        DeclaredInterest.person_id.in_(person_ids),
        sa.or_(DeclaredInterest.ended_on.is_(None), DeclaredInterest.ended_on > today),
    )
    rows = db.session.execute(statement).all()
    return {id_: frozenset(row[1] for row in rows if row[0] == id_) for id_ in person_ids}


# --- standing in ---------------------------------------------------------------------------------


def stand_ins_of(person: Person) -> dict[uuid.UUID, StandIn]:
    """This person's grants that were given by a budget holder who is away, by the grant's key."""
    grant_ids = [g.id for g in person.live_grants if g.role is Role.BUDGET_HOLDER]
    if not grant_ids:
        return {}
    found = db.session.scalars(
        sa.select(Delegation).where(Delegation.grant_id.in_(grant_ids)).options(selectinload(Delegation.from_person).selectinload(Person.grants))
    ).unique().all()
    interests = _interests({d.from_id for d in found}) if found else {}
    return {
        d.grant_id: StandIn(d.from_id, d.from_person.name, interests[d.from_id], still_holds=_still_holds(d.from_person, d.grant))
        for d in found
    }


def _still_holds(person: Person, given: RoleGrant) -> bool:
    """What was given on is worth as long as its giver has it."""
    return any(
        g.role is Role.BUDGET_HOLDER and g.zone_id == given.zone_id and g.id != given.id
        and (g.school_id, g.fund_id) == (given.school_id, given.fund_id)
        and (g.limit_pence is None or (given.limit_pence is not None and given.limit_pence <= g.limit_pence))
        for g in person.live_grants
    )


def list_who_may_stand_in(zone_id: uuid.UUID, person: Person) -> list[Person]:
    """Other budget holders, the Zone managers and school leads of the Zone, by name."""
    found = {p.id: p for role in (Role.BUDGET_HOLDER, Role.ZONE_MANAGER, Role.SCHOOL_LEAD) for p in people_with(role, zone_id)}
    return sorted((p for p in found.values() if p.id != person.id), key=lambda p: (p.name, p.id))


def list_delegations(*, person_id: uuid.UUID | None = None, zone_ids: Collection[uuid.UUID] = ()) -> Sequence[Delegation]:
    """Those from or to a person, or of these Zones, that are not over, the soonest first."""
    statement = sa.select(Delegation).join(RoleGrant, RoleGrant.id == Delegation.grant_id).where(
        sa.or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= clock.today())
    )
    if person_id is not None:
        statement = statement.where(sa.or_(Delegation.from_id == person_id, RoleGrant.person_id == person_id))
    else:
        statement = statement.where(RoleGrant.zone_id.in_(zone_ids))
    return db.session.scalars(statement.order_by(RoleGrant.starts_on, Delegation.id)).unique().all()
