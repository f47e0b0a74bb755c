"""What was agreed to and what the child has said no to: consents, carers, refusals."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date

import sqlalchemy as sa

from app.catalogue.models import Offering, Organisation, PartnerState
from app.children.models import (
    Carer,
    Child,
    Consent,
    Refusal,
)
from app.shared.db import db, in_parts
from app.shared.errors import NotFound


def find_consent(child_id: uuid.UUID, organisation_id: uuid.UUID, on: date) -> Consent | None:
    """The consent that covers this organisation on that day, not withdrawn; the newest if there were two."""
    statement = (
        sa.select(Consent)
        .where(
            Consent.child_id == child_id, Consent.organisation_id == organisation_id, Consent.is_live_on(on),
        )
        .order_by(Consent.given_on.desc(), Consent.created_at.desc(), Consent.id).limit(1)
    )
    return db.session.scalars(statement).unique().one_or_none()


def get_consent(consent_id: uuid.UUID, child_id: uuid.UUID) -> Consent:
    """Raises NotFound when it is not this child's."""
    consent = db.session.get(Consent, consent_id)
    if consent is None or consent.child_id != child_id:
        raise NotFound
    return consent


def get_carer(carer_id: uuid.UUID, child_id: uuid.UUID) -> Carer:
    """Raises NotFound when not this child's."""
    carer = db.session.get(Carer, carer_id)
    if carer is None or carer.child_id != child_id:
        raise NotFound
    return carer


def list_organisations_to_share_with(zone_id: uuid.UUID) -> Sequence[Organisation]:
    """The Zone's organisations that have not left, by name."""
    statement = (
        sa.select(Organisation).where(Organisation.zone_id == zone_id, Organisation.state != PartnerState.LEFT)
        .order_by(sa.func.lower(Organisation.name), Organisation.id)
    )
    return db.session.scalars(statement).unique().all()


def organisation_in_zone(organisation_id: uuid.UUID, zone_id: uuid.UUID) -> Organisation:
    """Raises NotFound for another Zone's."""
    organisation = db.session.get(Organisation, organisation_id)
    if organisation is None or organisation.zone_id != zone_id:
        raise NotFound
    return organisation


def organisation_names(organisation_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    wanted = set(organisation_ids)
    if not wanted:
        return {}
    rows = db.session.execute(sa.select(Organisation.id, Organisation.name).where(Organisation.id.in_(wanted)))
    return {row.id: row.name for row in rows}




def find_refusal(child_id: uuid.UUID, offering_id: uuid.UUID) -> Refusal | None:
    """The refusal that stands, if one does."""
    statement = sa.select(Refusal).where(
        Refusal.child_id == child_id, Refusal.offering_id == offering_id, Refusal.lifted_on.is_(None)
    )
    return db.session.scalars(statement).one_or_none()


def has_refused(child_id: uuid.UUID, offering_id: uuid.UUID) -> bool:
    """The child has said no to this offering (or it was set aside for the child), and has not said otherwise since."""
    return find_refusal(child_id, offering_id) is not None


def refused_ids(child_id: uuid.UUID) -> set[uuid.UUID]:
    """Every offering that must not come back by itself."""
    statement = sa.select(Refusal.offering_id).where(Refusal.child_id == child_id, Refusal.lifted_on.is_(None))
    return set(db.session.scalars(statement))


def refused_by_ref(zone_id: uuid.UUID, source_refs: Sequence[str]) -> dict[str, set[uuid.UUID]]:
    """Standing refusals of the Zone's children, by the id they have in their source."""
    found: dict[str, set[uuid.UUID]] = {}
    for part in in_parts(source_refs):
        statement = (
            sa.select(Child.source_ref, Refusal.offering_id).join(Refusal, Refusal.child_id == Child.id)
            .where(Child.zone_id == zone_id, Child.source_ref.in_(part), Refusal.lifted_on.is_(None))
        )
        for ref, offering_id in db.session.execute(statement):
            found.setdefault(ref, set()).add(offering_id)
    return found


def list_refusals(child_id: uuid.UUID) -> Sequence[tuple[Refusal, str]]:
    """Standing refusals with the offering's title, newest first."""
    statement = (
        sa.select(Refusal, Offering.title).join(Offering, Offering.id == Refusal.offering_id)
        .where(Refusal.child_id == child_id, Refusal.lifted_on.is_(None)).order_by(Refusal.said_on.desc(), Refusal.id)
    )
    return [(row[0], row[1]) for row in db.session.execute(statement)]


def refusals_of(child_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Refusal]]:
    """The standing refusals of some children, as list_refusals has each one's."""
    found: dict[uuid.UUID, list[Refusal]] = {}
    for some in in_parts(child_ids):
        statement = (
            sa.select(Refusal).join(Offering, Offering.id == Refusal.offering_id)
            .where(Refusal.child_id.in_(some), Refusal.lifted_on.is_(None)).order_by(Refusal.said_on.desc(), Refusal.id)
        )
        for refusal in db.session.scalars(statement):
            found.setdefault(refusal.child_id, []).append(refusal)
    return found


def offering_in_zone(offering_id: uuid.UUID, zone_id: uuid.UUID) -> Offering:
    """Raises NotFound for another Zone's."""
    offering = db.session.get(Offering, offering_id)
    if offering is None or offering.zone_id != zone_id:
        raise NotFound
    return offering
