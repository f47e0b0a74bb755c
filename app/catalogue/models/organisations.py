"""Organisation, Contact, Site, Practitioner, Document."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Zone
from app.shared.db import Row, state_column
from app.shared.states import Moves

if TYPE_CHECKING:
    from app.catalogue.models.offerings import Offering


class OrganisationKind(StrEnum):
    PARTNER = "partner"
    COMMUNITY = "community"
    STATUTORY = "statutory"


class PartnerState(StrEnum):
    INVITED = "invited"
    APPLYING = "applying"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    LIVE = "live"
    RESTRICTED = "restricted"
    SUSPENDED = "suspended"
    LEFT = "left"


PARTNER_MOVES = Moves("partner", {
    PartnerState.INVITED: {PartnerState.APPLYING, PartnerState.LEFT},
    PartnerState.APPLYING: {PartnerState.IN_REVIEW, PartnerState.LEFT},
    PartnerState.IN_REVIEW: {PartnerState.APPROVED, PartnerState.APPLYING, PartnerState.LEFT},
    PartnerState.APPROVED: {PartnerState.LIVE, PartnerState.LEFT},
    PartnerState.LIVE: {PartnerState.RESTRICTED, PartnerState.SUSPENDED, PartnerState.LEFT},
    PartnerState.RESTRICTED: {PartnerState.LIVE, PartnerState.SUSPENDED, PartnerState.LEFT},
    PartnerState.SUSPENDED: {PartnerState.RESTRICTED, PartnerState.LIVE, PartnerState.LEFT},
})


class Organisation(Row):
    """A delivery partner, a community provider (library, club, faith group) or a statutory body.

    `merged_into_id`: it was the same as another, which has everything of it now; this row stays for its old address and history.
    """

    __tablename__ = "organisation"
    __table_args__ = (
        UniqueConstraint("zone_id", "source", "source_ref", name="uq_organisation_source"),
        Index("ix_organisation_zone_name", "zone_id", "name"),
    )

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"))
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[OrganisationKind] = mapped_column(state_column(OrganisationKind), default=OrganisationKind.PARTNER)
    state: Mapped[PartnerState] = mapped_column(state_column(PartnerState), default=PartnerState.LIVE)
    about: Mapped[str] = mapped_column(Text, default="")
    contact_name: Mapped[str] = mapped_column(String(120), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")
    website: Mapped[str] = mapped_column(String(300), default="")
    address: Mapped[str] = mapped_column(String(300), default="")
    postcode: Mapped[str] = mapped_column(String(10), default="")
    source: Mapped[str] = mapped_column(String(60), default="kith")
    source_ref: Mapped[str] = mapped_column(String(200), default=lambda: str(uuid.uuid4()))
    confirmed_on: Mapped[date | None]
    confirmed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    merged_into_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))

    zone: Mapped[Zone] = relationship(lazy="joined")
    contacts: Mapped[list[Contact]] = relationship(back_populates="organisation", order_by="Contact.name")
    sites: Mapped[list[Site]] = relationship(back_populates="organisation", order_by="Site.name")
    practitioners: Mapped[list[Practitioner]] = relationship(back_populates="organisation", order_by="Practitioner.name")
    documents: Mapped[list[Document]] = relationship(back_populates="organisation", order_by="Document.kind")
    offerings: Mapped[list[Offering]] = relationship(back_populates="organisation", order_by="Offering.title")


class ContactPurpose(StrEnum):
    """What one asks a contact about."""

    INTRODUCTIONS = "introductions"
    SAFEGUARDING = "safeguarding"
    BOOKINGS = "bookings"
    MONEY = "money"
    ACCESS = "access"
    GENERAL = "general"


class Contact(Row):
    """Somebody at an organisation to ask, besides the first one on the organisation itself, and what about."""

    __tablename__ = "contact"
    __table_args__ = (
        UniqueConstraint("organisation_id", "name", name="uq_contact_name"),
        CheckConstraint("email <> '' OR phone <> ''", name="can_be_reached"),
    )

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(120), default="")
    purposes: Mapped[list[str]] = mapped_column(default=list)
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")
    note: Mapped[str] = mapped_column(String(300), default="")

    organisation: Mapped[Organisation] = relationship(back_populates="contacts")


class PlaceFoundBy(StrEnum):
    """How latitude and longitude came about. A pin moved by hand stays, whatever a postcode or a file says."""

    SOURCE = "source"
    PIN = "pin"
    POSTCODE = "postcode"
    SECTOR = "sector"
    OUTCODE = "outcode"


class Site(Row):
    """Somewhere an organisation meets children. An offering or a cohort meets at one; `closed_on` set: not offered any more."""

    __tablename__ = "site"
    __table_args__ = (
        UniqueConstraint("organisation_id", "name", name="uq_site_name"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="whole_place"),
        CheckConstraint("(latitude IS NULL) = (place_found_by IS NULL)", name="place_says_how"),
    )

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str] = mapped_column(String(120))
    address: Mapped[str] = mapped_column(String(300), default="")
    town: Mapped[str] = mapped_column(String(120), default="")
    postcode: Mapped[str] = mapped_column(String(10), default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    place_found_by: Mapped[PlaceFoundBy | None] = mapped_column(state_column(PlaceFoundBy))
    how_to_get_there: Mapped[str] = mapped_column(Text, default="")
    is_step_free: Mapped[bool] = mapped_column(default=False)
    accessibility: Mapped[list[str]] = mapped_column(default=list)
    access_note: Mapped[str] = mapped_column(Text, default="")
    closed_on: Mapped[date | None]

    organisation: Mapped[Organisation] = relationship(back_populates="sites")


class Practitioner(Row):
    """A named person at an organisation who meets children. `person_id` is set when they sign in to Kith."""

    __tablename__ = "practitioner"
    __table_args__ = (UniqueConstraint("organisation_id", "name", name="uq_practitioner_name"),)

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(120), default="")
    works_alone: Mapped[bool] = mapped_column(default=False)
    left_on: Mapped[date | None]

    organisation: Mapped[Organisation] = relationship(back_populates="practitioners")
    documents: Mapped[list[Document]] = relationship(back_populates="practitioner")


class DocumentKind(StrEnum):
    PUBLIC_LIABILITY = "public_liability"
    SAFEGUARDING_POLICY = "safeguarding_policy"
    DBS = "dbs"
    RISK_ASSESSMENT = "risk_assessment"
    DATA_AGREEMENT = "data_agreement"
    SHARED_VALUES = "shared_values"
    BEHAVIOUR_AGREEMENT = "behaviour_agreement"


STOP_DOCUMENTS = (DocumentKind.PUBLIC_LIABILITY, DocumentKind.SAFEGUARDING_POLICY)
"""Without these on the day all of a partner's work stops; a DBS stops the one practitioner who works alone (FLOWS 4)."""

REQUIRED_DOCUMENTS = (*STOP_DOCUMENTS, DocumentKind.SHARED_VALUES, DocumentKind.BEHAVIOUR_AGREEMENT, DocumentKind.DATA_AGREEMENT)


class DocumentState(StrEnum):
    SUBMITTED = "submitted"
    VERIFIED = "verified"
    REJECTED = "rejected"
    WAIVED = "waived"


DOCUMENT_MOVES = Moves("document", {
    DocumentState.SUBMITTED: {DocumentState.VERIFIED, DocumentState.REJECTED, DocumentState.WAIVED},
    DocumentState.REJECTED: {DocumentState.WAIVED},
})


class Document(Row):
    """Evidence about an organisation or one practitioner. Missing, expiring and expired are read from the dates, never stored.

    For a DBS: level, issue date and the last four digits; never the certificate.
    """

    __tablename__ = "document"
    __table_args__ = (
        CheckConstraint("(kind = 'dbs') = (practitioner_id IS NOT NULL)", name="dbs_names_a_practitioner"),
        CheckConstraint("verified_by_id IS NULL OR verified_by_id <> submitted_by_id", name="verifier_is_not_submitter"),
        CheckConstraint("expires_on IS NULL OR issued_on IS NULL OR issued_on <= expires_on", name="days_in_order"),
        Index("ix_document_organisation_kind", "organisation_id", "kind"),
    )

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    practitioner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("practitioner.id"))
    kind: Mapped[DocumentKind] = mapped_column(state_column(DocumentKind))
    state: Mapped[DocumentState] = mapped_column(state_column(DocumentState), default=DocumentState.SUBMITTED)
    reference: Mapped[str] = mapped_column(String(60), default="")
    level: Mapped[str] = mapped_column(String(30), default="")
    issued_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    submitted_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    verified_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(300), default="")

    organisation: Mapped[Organisation] = relationship(back_populates="documents")
    practitioner: Mapped[Practitioner | None] = relationship(back_populates="documents")

    def covers(self, day: date) -> bool:
        """Verified (or waived) and not out of date on `day`."""
        counts = self.state in (DocumentState.VERIFIED, DocumentState.WAIVED)
        return counts and (self.issued_on is None or self.issued_on <= day) and (self.expires_on is None or day <= self.expires_on)
