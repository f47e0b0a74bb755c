"""Organisations: add, edit, move along the partner's states."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass

import sqlalchemy as sa

from app.accounts.models import Person
from app.audit import services as audit
from app.catalogue import changes, queries
from app.catalogue.evidence import DocumentsLapsed
from app.catalogue.models import PARTNER_MOVES, Organisation, OrganisationKind, PartnerState
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import Invalid, NotFound

NEEDS_A_REASON = (PartnerState.RESTRICTED, PartnerState.SUSPENDED, PartnerState.LEFT)
NEEDS_DOCUMENTS = (PartnerState.APPROVED, PartnerState.LIVE)


@dataclass(frozen=True)
class OrganisationFacts:
    """What may be written about an organisation."""

    name: str
    kind: OrganisationKind = OrganisationKind.PARTNER
    about: str = ""
    contact_name: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""
    address: str = ""
    postcode: str = ""


def add_organisation(
    *, zone_id: uuid.UUID, facts: OrganisationFacts, actor: Person | None, state: PartnerState = PartnerState.APPLYING,
    source: str = "kith", source_ref: str | None = None,
) -> Organisation:
    """A new organisation of a Zone; a partner starts by applying, a library or council team may be live at once.

    Raises Invalid at `name` when the Zone has one of that name.
    """
    with atomic():
        _require_name(zone_id, facts.name)
        organisation = Organisation(
            zone_id=zone_id, state=state, source=source, source_ref=source_ref or str(uuid.uuid4()), **asdict(facts)
        )
        db.session.add(organisation)
        audit.record("catalogue.organisation.added", subject=organisation, actor=actor, kind=facts.kind, state=state)
        return organisation


def edit_organisation(*, organisation_id: uuid.UUID, facts: OrganisationFacts, actor: Person) -> Organisation:
    """Raises Invalid at `name` when another organisation of the Zone has that name."""
    with atomic():
        organisation = _get(organisation_id)
        _require_name(organisation.zone_id, facts.name, but=organisation.id)
        changed = changes.apply(organisation, asdict(facts))
        if changed:
            audit.record("catalogue.organisation.edited", subject=organisation, actor=actor, fields=list(changed), changes=changed)
        return organisation


def confirm_organisation(*, organisation_id: uuid.UUID, actor: Person) -> Organisation:
    """Somebody looked today and everything on its page is still right; pressed twice is said once."""
    with atomic():
        organisation = _get(organisation_id)
        if (organisation.confirmed_on, organisation.confirmed_by_id) != (clock.today(), actor.id):
            organisation.confirmed_on, organisation.confirmed_by_id = clock.today(), actor.id
            audit.record("catalogue.organisation.confirmed", subject=organisation, actor=actor, on=clock.today())
        return organisation


def move_organisation(*, organisation_id: uuid.UUID, to: PartnerState, actor: Person, reason: str = "") -> Organisation:
    """Along PARTNER_MOVES. Nothing blocks a restriction, a suspension or leaving, but each needs a reason.

    To be approved or live, what is required of it must be current today. Raises IllegalMove, Invalid at `reason`,
    DocumentsLapsed.
    """
    with atomic():
        organisation = _get(organisation_id)
        PARTNER_MOVES.require(organisation.state, to)
        if to in NEEDS_A_REASON and not reason.strip():
            raise Invalid("Say why: the organisation and your colleagues will ask.", field="reason")
        if to in NEEDS_DOCUMENTS:
            today = clock.today()
            gaps = queries.document_gaps(organisation.id, on=today, through=today)
            if gaps:
                raise DocumentsLapsed(organisation, gaps)
        moved = (organisation.state, to)
        organisation.state = to
        audit.record("catalogue.organisation.moved", subject=organisation, actor=actor, moved=moved, reason=reason.strip())
        return organisation


def _get(organisation_id: uuid.UUID) -> Organisation:
    organisation = db.session.get(Organisation, organisation_id)
    if organisation is None:
        raise NotFound
    return organisation


def _require_name(zone_id: uuid.UUID, name: str, but: uuid.UUID | None = None) -> None:
    statement = sa.select(Organisation.id).where(
        Organisation.zone_id == zone_id, sa.func.lower(Organisation.name) == name.lower(), Organisation.state != PartnerState.LEFT
    )
    if but is not None:
        statement = statement.where(Organisation.id != but)
    if db.session.scalar(statement.limit(1)) is not None:
        raise Invalid(f"There is already an organisation called {name} in this Zone.", code="name_taken", field="name")
