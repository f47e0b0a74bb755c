"""Changes that are asked for, and what can be changed, as those who decide and those who asked see them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person, Role, Zone
from app.catalogue.models import Tariff
from app.catalogue.queries import find_current_tariff
from app.commissioning.models import Commission, CommissionState, Variation, VariationState
from app.commissioning.queries import proposals
from app.commissioning.queries.commissions import visible_to
from app.commissioning.queries.requests import list_groups
from app.shared import clock
from app.shared.db import db, the_one
from app.shared.money import pounds
from app.shared.view import sentence_list


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


def list_changes(commission_id: uuid.UUID) -> Sequence[Variation]:
    """What was changed of sessions, price or group, the newest first; not who pays."""
    statement = sa.select(Variation).where(
        Variation.commission_id == commission_id, Variation.state == VariationState.APPROVED,
        sa.or_(Variation.sessions != Variation.was_sessions, Variation.tariff_id.is_not(None), Variation.cohort_id.is_not(None)),
    )
    return db.session.scalars(statement.order_by(Variation.decided_at.desc(), Variation.id)).unique().all()


def who_would_pay(variation: Variation) -> str:
    """"Open fund pays £48.", or what is missing: for a change that asks who else pays. As the funds are now."""
    commission = variation.commission
    proposal = proposals.propose(
        commission.child, db.session.get_one(Zone, commission.zone_id), total=variation.pence, year=commission.year,
        purpose=proposals.purpose_for(commission),
    )
    if not proposal.is_complete:
        return _("%(left)s in the funds that may pay for this: %(shortfall)s is missing.", left=proposal.left_words, shortfall=pounds(proposal.shortfall))
    return sentence_list([_("%(fund)s pays %(amount)s", fund=part.fund.name, amount=pounds(part.pence)) for part in proposal.paying]) + "."


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
