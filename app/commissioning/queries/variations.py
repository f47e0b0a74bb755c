"""Changes that are asked for, and what can be changed, as those who decide and those who asked see them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import sqlalchemy as sa

from app.accounts.models import Person, Role
from app.catalogue.models import Tariff
from app.catalogue.queries import find_current_tariff
from app.commissioning.models import Commission, CommissionState, Variation, VariationState
from app.commissioning.queries.commissions import visible_to
from app.commissioning.queries.requests import list_groups
from app.shared import clock
from app.shared.db import db, the_one


def get_variation(variation_id: uuid.UUID, person: Person) -> Variation:
    """Raises NotFound outside the person's sight."""
    statement = sa.select(Variation).join(Commission, Commission.id == Variation.commission_id)
    return the_one(statement.where(Variation.id == variation_id, visible_to(person)))


def newer_tariff(commission: Commission) -> Tariff | None:
    """Today's, where it is not the one the commission has."""
    tariff = find_current_tariff(commission.offering_id, clock.today())
    return tariff if tariff is not None and tariff.id != commission.tariff_id else None


def other_groups(commission: Commission) -> list[tuple[uuid.UUID, str]]:
    """Groups whose dates the child could have instead, in words; none once sessions are held."""
    if commission.state not in (CommissionState.APPROVED, CommissionState.CONFIRMED):
        return []
    return [(group.cohort.id, group.words) for group in list_groups(commission.offering_id) if group.cohort.id != commission.cohort_id]


def find_open_variation(commission_id: uuid.UUID) -> Variation | None:
    statement = sa.select(Variation).where(Variation.commission_id == commission_id, Variation.state == VariationState.REQUESTED)
    return db.session.scalars(statement).unique().one_or_none()


def list_open_variations(person: Person) -> Sequence[Variation]:
    """What a budget holder may look at and decide about, the oldest first."""
    if not person.has_role(Role.BUDGET_HOLDER):
        return []
    zones = {g.zone_id for g in person.live_grants if g.role is Role.BUDGET_HOLDER}
    statement = (
        sa.select(Variation).join(Commission, Commission.id == Variation.commission_id)
        .where(Variation.state == VariationState.REQUESTED, visible_to(person), Commission.zone_id.in_(zones))
        .order_by(Variation.requested_at, Variation.id)
    )
    return db.session.scalars(statement).unique().all()
