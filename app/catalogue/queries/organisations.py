"""Organisations and practitioners within a person's sight."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.accounts.models import Person, Role
from app.catalogue.models import MergeKind, Offering, OfferingState, Organisation, PartnerState, Practitioner
from app.catalogue.queries.heirs import heir_of
from app.catalogue.readers import known_offerings
from app.shared import clock
from app.shared.db import db
from app.shared.errors import NotFound

SHOWN_TO_ALL = (PartnerState.APPROVED, PartnerState.LIVE, PartnerState.RESTRICTED, PartnerState.SUSPENDED)
"""Those who apply, or have left, are between the Zone manager and themselves."""


def organisations_visible_to(person: Person) -> sa.ColumnElement[bool]:
    """SQL: organisations of the person's Zones that are shown to all; every one for its Zone manager and the Zone's safeguarding lead (who
    signs before it is approved); the own one always; and whoever knows a child there goes on seeing it."""
    known = known_offerings(person)
    guarded = {g.zone_id for g in person.live_grants if g.role is Role.SAFEGUARDING_LEAD and g.school_id is None and g.zone_id}
    through = [] if known is None else [sa.and_(
        Organisation.zone_id.in_(person.zone_ids()), Organisation.id.in_(sa.select(Offering.organisation_id).where(Offering.id.in_(known)))
    )]
    return sa.or_(
        sa.and_(Organisation.zone_id.in_(person.zone_ids()), Organisation.state.in_(SHOWN_TO_ALL)),
        Organisation.zone_id.in_(person.zone_ids(Role.ZONE_MANAGER) | guarded),
        Organisation.id.in_(person.organisation_ids()),
        *through,
    )


def get_organisation(organisation_id: uuid.UUID, person: Person) -> Organisation:
    """Raises NotFound outside the person's sight."""
    found = db.session.scalar(sa.select(Organisation).where(Organisation.id == organisation_id, organisations_visible_to(person)))
    if found is None:
        raise NotFound
    return found


def get_organisation_or_merged(organisation_id: uuid.UUID, person: Person) -> Organisation:
    """The same; and one that was merged into another that the person may see, so that its old address leads there."""
    found = db.session.scalar(sa.select(Organisation).where(Organisation.id == organisation_id))
    if found is not None and found.merged_into_id is not None:
        get_organisation(heir_of(MergeKind.ORGANISATION, organisation_id) or organisation_id, person)
        return found
    return get_organisation(organisation_id, person)


def list_organisations(
    person: Person, *, zone_id: uuid.UUID | None = None, words: str = "", state: PartnerState | None = None, limit: int = 500
) -> Sequence[Organisation]:
    """By name. `words` narrows to names that contain them."""
    statement = sa.select(Organisation).where(organisations_visible_to(person))
    if zone_id is not None:
        statement = statement.where(Organisation.zone_id == zone_id)
    if state is not None:
        statement = statement.where(Organisation.state == state)
    for word in words.split()[:8]:
        statement = statement.where(Organisation.name.icontains(word, autoescape=True))
    return db.session.scalars(statement.order_by(Organisation.name, Organisation.id).limit(limit)).all()


def count_live_offerings(organisation_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Live offerings by organisation, but for those made for particular children; an organisation without any is left out."""
    statement = (
        sa.select(Offering.organisation_id, sa.func.count())
        .where(Offering.organisation_id.in_(organisation_ids), Offering.state == OfferingState.LIVE)
        .where(Offering.is_private.is_(False))
        .group_by(Offering.organisation_id)
    )
    return {row[0]: row[1] for row in db.session.execute(statement)}


def choices_of_organisations(zone_id: uuid.UUID) -> list[tuple[uuid.UUID, str]]:
    """Everybody's organisations of a Zone as (id, name), by name, for choosing one; those that left are not offered."""
    statement = (
        sa.select(Organisation.id, Organisation.name)
        .where(Organisation.zone_id == zone_id, Organisation.state != PartnerState.LEFT)
        .order_by(Organisation.name, Organisation.id)
    )
    return [(id_, name) for id_, name in db.session.execute(statement)]


def get_practitioner(practitioner_id: uuid.UUID, person: Person) -> Practitioner:
    """Somebody at an organisation within the person's sight. Raises NotFound."""
    statement = (
        sa.select(Practitioner).join(Practitioner.organisation)
        .where(Practitioner.id == practitioner_id, organisations_visible_to(person))
    )
    found = db.session.scalar(statement)
    if found is None:
        raise NotFound
    return found


def list_practitioners(organisation_id: uuid.UUID, *, also_left: bool = False) -> Sequence[Practitioner]:
    """Who works there today, by name, with their documents."""
    statement = sa.select(Practitioner).where(Practitioner.organisation_id == organisation_id)
    if not also_left:
        statement = statement.where(sa.or_(Practitioner.left_on.is_(None), Practitioner.left_on >= clock.today()))
    return db.session.scalars(
        statement.options(selectinload(Practitioner.documents)).order_by(Practitioner.name, Practitioner.id)
    ).all()


def names_of(person_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The same for several."""
    return dict(db.session.execute(sa.select(Person.id, Person.name).where(Person.id.in_(person_ids))).all()) if person_ids else {}


def name_of(person_id: uuid.UUID | None) -> str | None:
    """Who it was, for a page that says so."""
    return db.session.scalar(sa.select(Person.name).where(Person.id == person_id)) if person_id else None
