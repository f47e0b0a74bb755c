"""Documents: what stands, what is missing, what runs out."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.catalogue import evidence, policies
from app.catalogue.evidence import Gap, Standing
from app.catalogue.models import (
    Document,
    DocumentKind,
    DocumentState,
    Offering,
    OfferingKind,
    OfferingState,
    Organisation,
    OrganisationKind,
    Practitioner,
)
from app.catalogue.queries.organisations import list_practitioners
from app.shared import clock
from app.shared.db import db
from app.shared.errors import NotFound


def needs_documents(organisation_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these are held to a partner's papers: delivery partners, and whoever offers something that is commissioned."""
    ids = list(organisation_ids)
    by_kind = sa.select(Organisation.id).where(Organisation.id.in_(ids), Organisation.kind == OrganisationKind.PARTNER)
    by_work = sa.select(Offering.organisation_id).where(
        Offering.organisation_id.in_(ids), Offering.kind == OfferingKind.COMMISSIONED,
        Offering.state.in_((OfferingState.LIVE, OfferingState.PAUSED)),
    )
    return set(db.session.scalars(sa.union(by_kind, by_work)))


def document_gaps(
    organisation_id: uuid.UUID, *, on: date, through: date, practitioner_id: uuid.UUID | None = None
) -> list[Gap]:
    """What is missing, unchecked or run out on any day from `on` to `through`, both included; none when all is in order.

    With `practitioner_id` also that person's DBS check: a colleague's lapse is no gap for anybody else. A practitioner of
    another organisation has no check here, so that is a gap too. Raises NotFound for no such organisation.
    """
    organisation = db.session.get(Organisation, organisation_id)
    if organisation is None:
        raise NotFound
    is_partner = organisation_id in needs_documents([organisation_id])
    documents = db.session.scalars(sa.select(Document).where(Document.organisation_id == organisation_id)).all()
    through = max(on, through)
    found = [
        evidence.find_gap(kind, [d for d in documents if d.kind is kind], on=on, through=through)
        for kind in evidence.required_kinds(is_partner=is_partner)
    ]
    if practitioner_id is not None:
        practitioner = db.session.get(Practitioner, practitioner_id)
        if practitioner is None:
            raise NotFound
        if evidence.needs_dbs(practitioner, is_partner=is_partner):
            own = [d for d in documents if d.practitioner_id == practitioner_id and d.kind is DocumentKind.DBS]
            found.append(evidence.find_gap(DocumentKind.DBS, own, on=on, through=through, practitioner=practitioner))
    return [gap for gap in found if gap is not None]


def organisations_with_gaps(organisation_ids: Iterable[uuid.UUID], on: date) -> dict[uuid.UUID, list[Gap]]:
    """The organisation's own gaps today, for a list; those without are left out. Three statements, however many there are."""
    ids = list(organisation_ids)
    held = needs_documents(ids)
    by_organisation: dict[uuid.UUID, list[Document]] = defaultdict(list)
    for document in db.session.scalars(sa.select(Document).where(Document.organisation_id.in_(held))):
        by_organisation[document.organisation_id].append(document)
    out: dict[uuid.UUID, list[Gap]] = {}
    for organisation_id in held:
        own = by_organisation[organisation_id]
        gaps = [
            gap for kind in evidence.required_kinds(is_partner=True)
            if (gap := evidence.find_gap(kind, [d for d in own if d.kind is kind], on=on, through=on)) is not None
        ]
        if gaps:
            out[organisation_id] = gaps
    return out


def list_standings(organisation: Organisation) -> list[Standing]:
    """The paperwork of one organisation as its page shows it."""
    documents = db.session.scalars(
        sa.select(Document).where(Document.organisation_id == organisation.id)
        .order_by(Document.created_at).options(joinedload(Document.practitioner))
    ).all()
    is_partner = organisation.id in needs_documents([organisation.id])
    practitioners = list_practitioners(organisation.id)
    return evidence.standings(organisation, documents, practitioners, is_partner=is_partner, on=clock.today())


def get_document(document_id: uuid.UUID, person: Person) -> Document:
    """For those who may see an organisation's papers. Raises NotFound."""
    document = db.session.scalar(
        sa.select(Document).where(Document.id == document_id).options(joinedload(Document.organisation))
    )
    if document is None or not policies.can_see_documents(person, document.organisation):
        raise NotFound
    return document


def list_expiring_documents(zone_id: uuid.UUID, *, within_days: int) -> Sequence[Document]:
    """Documents in force today that run out within so many days, soonest first; those with a successor are left out."""
    today = clock.today()
    counted = (DocumentState.VERIFIED, DocumentState.WAIVED)
    newer = sa.orm.aliased(Document)
    successor = sa.exists().where(
        newer.organisation_id == Document.organisation_id, newer.kind == Document.kind, newer.state.in_(counted),
        newer.practitioner_id.is_not_distinct_from(Document.practitioner_id), newer.expires_on > Document.expires_on,
    )
    statement = (
        sa.select(Document).join(Document.organisation)
        .where(Organisation.zone_id == zone_id, Document.state.in_(counted), ~successor)
        .where(Document.expires_on.between(today, today + timedelta(days=within_days)))
        .options(joinedload(Document.organisation), joinedload(Document.practitioner))
        .order_by(Document.expires_on, Document.id)
    )
    return db.session.scalars(statement).all()


def list_waiting_documents(zone_id: uuid.UUID) -> Sequence[Document]:
    """Sent in and not checked yet, longest waiting first."""
    statement = (
        sa.select(Document).join(Document.organisation)
        .where(Organisation.zone_id == zone_id, Document.state == DocumentState.SUBMITTED)
        .options(joinedload(Document.organisation), joinedload(Document.practitioner)).order_by(Document.created_at, Document.id)
    )
    return db.session.scalars(statement).all()
