"""Papers, agreements and their signatures, counter-signatures, lapses."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from app.accounts.models import Person
from app.catalogue import policies
from app.catalogue.models import (
    AGREED_KINDS,
    Agreement,
    CounterSignature,
    Document,
    DocumentKind,
    DocumentState,
    Lapse,
    Offering,
    OfferingState,
    Organisation,
    Paper,
    PartnerState,
    Practitioner,
    Signature,
)
from app.catalogue.words import DOCUMENT_KINDS
from app.shared import clock
from app.shared.db import db
from app.shared.errors import NotFound

_IN_FORCE = (DocumentState.VERIFIED, DocumentState.WAIVED)


def document_word(kind: DocumentKind) -> str:
    return DOCUMENT_KINDS[kind]


def get_paper(paper_id: uuid.UUID, person: Person) -> Paper:
    """For those who may see an organisation's papers. Raises NotFound."""
    found = db.session.scalar(sa.select(Paper).where(Paper.id == paper_id).options(joinedload(Paper.document).joinedload(Document.organisation)))
    if found is None or not policies.can_see_documents(person, found.document.organisation):
        raise NotFound
    return found


def papers_of(organisation_id: uuid.UUID) -> dict[uuid.UUID, Paper]:
    """By document."""
    statement = sa.select(Paper).join(Document, Document.id == Paper.document_id).where(Document.organisation_id == organisation_id)
    return {paper.document_id: paper for paper in db.session.scalars(statement).unique()}


def find_agreement(zone_id: uuid.UUID, kind: DocumentKind) -> Agreement | None:
    """The newest version."""
    statement = sa.select(Agreement).where(Agreement.zone_id == zone_id, Agreement.kind == kind)
    return db.session.scalar(statement.order_by(Agreement.number.desc()).limit(1))


def current_agreements(zone_id: uuid.UUID) -> list[Agreement]:
    """The newest version of each text there is."""
    return [found for kind in AGREED_KINDS if (found := find_agreement(zone_id, kind)) is not None]


def get_agreement(agreement_id: uuid.UUID, person: Person) -> Agreement:
    """For anybody of its Zone. Raises NotFound."""
    found = db.session.get(Agreement, agreement_id)
    if found is None or found.zone_id not in person.zone_ids():
        raise NotFound
    return found


def list_signatures(organisation_id: uuid.UUID, agreement_id: uuid.UUID | None = None) -> Sequence[Signature]:
    """Of one organisation, oldest first; the charity's own under its agreements too."""
    statement = sa.select(Signature).where(Signature.organisation_id == organisation_id)
    if agreement_id is not None:
        statement = statement.where(Signature.agreement_id == agreement_id)
    return db.session.scalars(statement.order_by(Signature.created_at, Signature.id)).unique().all()


def find_open_lapse(organisation_id: uuid.UUID) -> Lapse | None:
    return db.session.scalar(sa.select(Lapse).where(Lapse.organisation_id == organisation_id, Lapse.ended_on.is_(None)))


def list_perhaps_lapsed() -> Sequence[uuid.UUID]:
    """Organisations at work with a document that has run out, and those with an open lapse: the clock looks closer at them."""
    states = (PartnerState.LIVE, PartnerState.RESTRICTED, PartnerState.SUSPENDED)
    newer = aliased(Document)
    replaced = sa.exists().where(
        newer.organisation_id == Document.organisation_id, newer.kind == Document.kind, newer.state.in_(_IN_FORCE),
        newer.practitioner_id.is_not_distinct_from(Document.practitioner_id),
        sa.or_(newer.expires_on.is_(None), newer.expires_on >= clock.today()),
    )
    gone = (
        sa.select(Document.organisation_id).join(Organisation, Organisation.id == Document.organisation_id)
        .where(Document.practitioner_id.is_(None), Document.state.in_(_IN_FORCE), Document.expires_on < clock.today(),
               Organisation.state.in_(states), ~replaced)
    )
    known = sa.select(Lapse.organisation_id).where(Lapse.ended_on.is_(None))
    return sorted(set(db.session.scalars(gone)) | set(db.session.scalars(known)))


def list_running_out(within_days: int) -> Sequence[Document]:
    """Documents in force, of organisations at work, that run out within so many days and have no successor; soonest first."""
    today = clock.today()
    newer = aliased(Document)
    successor = sa.exists().where(
        newer.organisation_id == Document.organisation_id, newer.kind == Document.kind, newer.state.in_(_IN_FORCE),
        newer.practitioner_id.is_not_distinct_from(Document.practitioner_id),
        sa.or_(newer.expires_on.is_(None), newer.expires_on > Document.expires_on),
    )
    statement = (
        sa.select(Document).join(Document.organisation).outerjoin(Practitioner, Practitioner.id == Document.practitioner_id)
        .where(
            Document.state.in_(_IN_FORCE), Document.expires_on.between(today, today + timedelta(days=within_days)), ~successor,
            Organisation.state.in_((PartnerState.LIVE, PartnerState.RESTRICTED)),
            sa.or_(Practitioner.id.is_(None), Practitioner.left_on.is_(None), Practitioner.left_on > today),
        )
        .options(joinedload(Document.organisation), joinedload(Document.practitioner)).order_by(Document.expires_on, Document.id)
    )
    return db.session.scalars(statement).unique().all()


def works_alone(organisation_id: uuid.UUID) -> bool:
    """Does somebody there work alone with a child: 1:1 work, therapy, a practitioner who says so?"""
    alone = sa.select(Practitioner.id).where(
        Practitioner.organisation_id == organisation_id, Practitioner.works_alone,
        sa.or_(Practitioner.left_on.is_(None), Practitioner.left_on > clock.today()),
    )
    title = sa.func.lower(Offering.title)
    one_to_one = sa.select(Offering.id).where(
        Offering.organisation_id == organisation_id, Offering.state != OfferingState.CLOSED,
        sa.or_(Offering.group_size == 1, title.contains("therap"), title.contains("1:1")),
    )
    return db.session.scalar(sa.select(sa.or_(alone.exists(), one_to_one.exists()))) or False


def is_work_alone(offering: Offering) -> bool:
    """What `works_alone` asks of offerings, for one that is read."""
    title = offering.title.lower()
    return offering.group_size == 1 or "therap" in title or "1:1" in title


def find_counter_signature(organisation_id: uuid.UUID) -> CounterSignature | None:
    """The newest."""
    statement = sa.select(CounterSignature).where(CounterSignature.organisation_id == organisation_id)
    return db.session.scalars(statement.order_by(CounterSignature.created_at.desc()).limit(1)).unique().one_or_none()


def titles_on_offer(organisation_id: uuid.UUID) -> Sequence[str]:
    """What it offers today, by title."""
    statement = sa.select(Offering.title).where(Offering.organisation_id == organisation_id, Offering.state == OfferingState.LIVE)
    return db.session.scalars(statement.order_by(Offering.title)).all()
