"""How much waits behind each entry of the menu: one statement, whatever the roles."""

from __future__ import annotations

import sqlalchemy as sa

from app.accounts.models import Person, Role
from app.attendance.queries.due import REGISTER_DUE
from app.commissioning.models import Commission, CommissionState
from app.commissioning.queries.commissions import visible_to as visible_commissions
from app.insight.queries.tasks import count_urgent
from app.introductions.models import Introduction, IntroductionState
from app.introductions.queries import asked_of
from app.notifications.models import Task, Urgency
from app.shared import clock
from app.shared.db import db


def waiting(person: Person) -> dict[str, int]:
    """By endpoint: urgent tasks, requests to decide, introductions to answer, places to confirm, registers to take."""
    mine = sa.and_(Task.person_id == person.id, Task.closed_at.is_(None))
    parts: dict[str, sa.Select[int]] = {
        "insight.home": count_urgent(person, Urgency.NOW),
        "attendance.registers": _count(Task).where(mine, Task.kind == REGISTER_DUE),
    }
    if person.has_role(Role.BUDGET_HOLDER):
        parts["commissioning.approvals"] = _count(Commission).where(in_queue(person))
    if person.has_role(Role.PARTNER_ADMIN, Role.PRACTITIONER):
        parts["introductions.introductions"] = _count(Introduction).where(
            asked_of(person), Introduction.state == IntroductionState.ASKED
        )
    if person.has_role(Role.PARTNER_ADMIN):
        parts["commissioning.commissions"] = _count(Commission).where(to_confirm(person))
    row = db.session.execute(sa.select(*(part.scalar_subquery() for part in parts.values()))).one()
    return dict(zip(parts, map(int, row), strict=True))


def _count(model: type[Task] | type[Commission] | type[Introduction]) -> sa.Select[int]:
    return sa.select(sa.func.count(model.id)).select_from(model)


def in_queue(person: Person) -> sa.ColumnElement[bool]:
    """What commissioning's queue lists for this budget holder: asked for, not lapsed, in sight."""
    return sa.and_(
        Commission.state == CommissionState.REQUESTED, visible_commissions(person),
        Commission.zone_id.in_(person.zone_ids(Role.BUDGET_HOLDER)),
        sa.or_(Commission.decide_by.is_(None), Commission.decide_by > clock.now()),
    )


def to_confirm(person: Person) -> sa.ColumnElement[bool]:
    """Places this partner's administrator has to confirm: the money is promised."""
    return sa.and_(
        Commission.state == CommissionState.APPROVED, visible_commissions(person),
        Commission.organisation_id.in_(person.organisation_ids(Role.PARTNER_ADMIN)),
    )
