"""Who may see and give: Zones, consents, everybody's say, and the funder's ceiling (PRODUCT 3, 4, 5 and 7)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from app.accounts.models import CeilingBase, RoleGrant, School, Zone
from app.audit.models import AuditEntry
from app.catalogue.models import Cohort, Offering, Organisation
from app.children.models import Child, Consent
from app.commissioning.models import EARNED, Account, Commission, Decision, DecisionKind, Place, Posting
from app.insight.checks.looking import first
from app.introductions.models import Introduction, IntroductionState, Linking, Stance, View, Viewpoint
from app.shared import clock
from app.shared.db import db

_I = IntroductionState
MET = (_I.MET, _I.JOINED, _I.SETTLED)
ARRANGED = (_I.ARRANGED, *MET)
WITH_A_PARTNER = (_I.ASKED, _I.AGREED, *ARRANGED)
FOR = (Stance.YES, Stance.WILLING)
SPENT = (Account.COMMITTED, *EARNED)


def no_funder_beyond_the_ceiling_without_a_reason() -> str | None:
    """Where it is measured on the full yearly cost; the other base falls by itself when a commission ends."""
    pence = sa.func.sum(Posting.pence)
    said_why = sa.exists().where(
        Decision.commission_id == Commission.id, Decision.kind == DecisionKind.OVERRIDE, Commission.child_id == Posting.child_id,
        Commission.year == Posting.year,
    )
    statement = (
        sa.select(Posting.child_id, Posting.year, Posting.funder, pence, Zone.full_yearly_cost_pence, Zone.ceiling_percent)
        .join(Child, Child.id == Posting.child_id).join(Zone, Zone.id == Child.zone_id)
        .where(Posting.account.in_(SPENT), Zone.ceiling_base == CeilingBase.FULL_YEARLY_COST, ~said_why)
        .group_by(Posting.child_id, Posting.year, Posting.funder, Zone.full_yearly_cost_pence, Zone.ceiling_percent)
        .having(pence * 100 > Zone.full_yearly_cost_pence * Zone.ceiling_percent)
        .order_by(Posting.child_id, Posting.year, Posting.funder)
    )
    row = first(statement)
    return f"{row[2]} gives {row[3]}p of {row[4]}p for child {row[0]} in {row[1]}, more than {row[5]}%" if row else None


def nothing_crosses_a_zone() -> str | None:
    mixed: Sequence[tuple[str, sa.Select[uuid.UUID]]] = (
        ("child", sa.select(Child.id).join(School, School.id == Child.school_id).where(School.zone_id != Child.zone_id)),
        ("offering", sa.select(Offering.id).join(Organisation, Organisation.id == Offering.organisation_id)
            .where(Organisation.zone_id != Offering.zone_id)),
        ("introduction", sa.select(Introduction.id).join(Child, Child.id == Introduction.child_id)
            .join(Offering, Offering.id == Introduction.offering_id)
            .where(sa.or_(Child.zone_id != Introduction.zone_id, Offering.zone_id != Introduction.zone_id))),
        ("commission", sa.select(Commission.id).join(Child, Child.id == Commission.child_id)
            .where(Child.zone_id != Commission.zone_id)),
        ("place", sa.select(Place.id).join(Child, Child.id == Place.child_id).join(Cohort, Cohort.id == Place.cohort_id)
            .join(Offering, Offering.id == Cohort.offering_id).where(Child.zone_id != Offering.zone_id)),
        ("consent", sa.select(Consent.id).join(Child, Child.id == Consent.child_id)
            .join(Organisation, Organisation.id == Consent.organisation_id).where(Child.zone_id != Organisation.zone_id)),
        ("role", sa.select(RoleGrant.id).outerjoin(School, School.id == RoleGrant.school_id)
            .outerjoin(Organisation, Organisation.id == RoleGrant.organisation_id)
            .where(sa.or_(School.zone_id != RoleGrant.zone_id, Organisation.zone_id != RoleGrant.zone_id))),
    )
    for what, statement in mixed:
        row = first(statement)
        if row:
            return f"{what} {row[0]} belongs to two Zones"
    return None


def shared_introductions_stand_on_consent() -> str | None:
    """Withdrawing ends them in the same transaction, so one that is open stands on a consent nobody withdrew."""
    given = sa.exists().where(
        Consent.child_id == Introduction.child_id, Consent.organisation_id == Introduction.organisation_id,
        Consent.withdrawn_at.is_(None),
    )
    row = first(
        sa.select(Introduction.id, Introduction.state).where(Introduction.state.in_(WITH_A_PARTNER), Introduction.is_shared, ~given)
        .order_by(Introduction.id)
    )
    return f"introduction {row[0]} is {row[1]} and no consent covers its organisation" if row else None


def arranged_introductions_had_everybodys_say() -> str | None:
    """Before it was arranged: the child's last word was yes or willing, and a parent's or carer's last word was for it."""
    arranged_at = dict[uuid.UUID, datetime]()
    statement = (
        sa.select(AuditEntry.subject_id, sa.func.max(AuditEntry.at))
        .where(AuditEntry.subject_type == Introduction.__tablename__, AuditEntry.to_state == _I.ARRANGED)
        .group_by(AuditEntry.subject_id)
    )
    for introduction_id, at in db.session.execute(statement):
        arranged_at[introduction_id] = at
    standing = db.session.scalars(
        sa.select(Introduction.id).where(Introduction.state.in_(ARRANGED)).order_by(Introduction.id)
    ).all()
    views: dict[uuid.UUID, list[tuple[Viewpoint, uuid.UUID | None, Stance, datetime]]] = {}
    for introduction_id, viewpoint, carer_id, stance, at in db.session.execute(
        sa.select(View.introduction_id, View.viewpoint, View.carer_id, View.stance, View.created_at)
        .where(View.introduction_id.in_(sa.select(Introduction.id).where(Introduction.state.in_(ARRANGED))))
        .order_by(View.said_on, View.created_at)
    ):
        views.setdefault(introduction_id, []).append((viewpoint, carer_id, stance, at))
    for introduction_id in standing:
        by = arranged_at.get(introduction_id, clock.now())
        last = {(point, carer): stance for point, carer, stance, at in views.get(introduction_id, ()) if at <= by}
        if last.get((Viewpoint.CHILD, None)) not in FOR:
            return f"introduction {introduction_id} was arranged without the child's yes"
        if not any(stance in FOR for (point, _), stance in last.items() if point is Viewpoint.CARER):
            return f"introduction {introduction_id} was arranged without a parent's or carer's support"
    return None


def met_introductions_are_counted_once() -> str | None:
    """The linking is there; that there is no second one, the database sees to."""
    counted = sa.exists().where(Linking.child_id == Introduction.child_id, Linking.offering_id == Introduction.offering_id)
    row = first(
        sa.select(Introduction.id, Introduction.state).where(Introduction.state.in_(MET), ~counted).order_by(Introduction.id)
    )
    return f"introduction {row[0]} is {row[1]} and no linking was counted" if row else None
