"""Organisation, Practitioner, Document; Offering, Tariff, Cohort, Session; Postcode."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Zone
from app.shared import clock
from app.shared.db import Row, state_column
from app.shared.states import Moves


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
    """A delivery partner, a community provider (library, club, faith group) or a statutory body."""

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

    zone: Mapped[Zone] = relationship(lazy="joined")
    practitioners: Mapped[list[Practitioner]] = relationship(back_populates="organisation", order_by="Practitioner.name")
    documents: Mapped[list[Document]] = relationship(back_populates="organisation", order_by="Document.kind")
    offerings: Mapped[list[Offering]] = relationship(back_populates="organisation", order_by="Offering.title")


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


class OfferingKind(StrEnum):
    """The values are those of the exchange format; the words on screen are OFFERING_KIND_WORDS."""

    COMMISSIONED = "commissioned"
    COMMUNITY_ASSET = "community_asset"
    PAID_COMMUNITY = "paid_community"
    STATUTORY = "statutory"


OFFERING_KIND_WORDS = {
    OfferingKind.COMMISSIONED: "Programme",
    OfferingKind.COMMUNITY_ASSET: "Local asset",
    OfferingKind.PAID_COMMUNITY: "Paid community",
    OfferingKind.STATUTORY: "Statutory service",
}


class OfferingState(StrEnum):
    DRAFT = "draft"
    LIVE = "live"
    PAUSED = "paused"
    CLOSED = "closed"


OFFERING_MOVES = Moves("offering", {
    OfferingState.DRAFT: {OfferingState.LIVE, OfferingState.CLOSED},
    OfferingState.LIVE: {OfferingState.PAUSED, OfferingState.CLOSED},
    OfferingState.PAUSED: {OfferingState.LIVE, OfferingState.CLOSED},
    OfferingState.CLOSED: {OfferingState.LIVE},
})


class Delivery(StrEnum):
    VENUE = "venue"
    ONLINE = "online"
    HOME = "home"
    SCHOOL = "school"


class Season(StrEnum):
    TERM = "term"
    HOLIDAY = "holiday"
    BOTH = "both"
    ALL_YEAR = "all_year"


class Gender(StrEnum):
    ANY = "any"
    GIRLS = "girls"
    BOYS = "boys"


AREAS = ("Social", "Emotional", "Academic")

NEEDS = (
    *(f"Social:{n}" for n in ("friendships", "belonging", "communication", "teamwork", "social-confidence", "positive-behaviour")),
    *(f"Emotional:{n}" for n in (
        "wellbeing", "self-esteem", "anxiety", "attention", "self-regulation", "resilience", "bereavement", "trauma", "transition")),
    *(f"Academic:{n}" for n in (
        "reading", "writing", "maths", "stem", "english-language", "school-engagement", "study-skills", "aspirations")),
)
"""The 23 needs of the exchange format, each `Area:need`."""

ACCESSIBILITY = ("step-free", "quiet-space", "accessible-toilet", "send-trained-staff", "transport-provided", "bsl-interpreter")


class Offering(Row):
    """Something an organisation does for children.

    `cost_pence` is what the family pays a session. `slots` is a list of {"day": "Tue", "start": "16:00", "end": "17:30",
    "season": "term"|"holiday"}. Interests, needs, languages and accessibility keep the source's order.
    """

    __tablename__ = "offering"
    __table_args__ = (
        UniqueConstraint("zone_id", "source", "source_ref", name="uq_offering_source"),
        CheckConstraint("age_min >= 0 AND age_min <= age_max AND age_max <= 25", name="ages_in_order"),
        CheckConstraint("cost_pence >= 0", name="cost_not_negative"),
        CheckConstraint("(delivery = 'home') OR home_visit_radius_km IS NULL", name="radius_only_for_home_visits"),
        Index("ix_offering_zone_state", "zone_id", "state"),
        Index("ix_offering_organisation", "organisation_id"),
    )

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[OfferingKind] = mapped_column(state_column(OfferingKind))
    state: Mapped[OfferingState] = mapped_column(state_column(OfferingState), default=OfferingState.LIVE)
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    interests: Mapped[list[str]] = mapped_column(default=list)
    needs: Mapped[list[str]] = mapped_column(default=list)
    age_min: Mapped[int] = mapped_column(default=0)
    age_max: Mapped[int] = mapped_column(default=18)
    town: Mapped[str] = mapped_column(String(120), default="")
    postcode: Mapped[str] = mapped_column(String(10), default="")
    postcode_area: Mapped[str] = mapped_column(String(10), default="")
    region: Mapped[str] = mapped_column(String(120), default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    is_place_approximate: Mapped[bool] = mapped_column(default=False)
    delivery: Mapped[Delivery] = mapped_column(state_column(Delivery), default=Delivery.VENUE)
    home_visit_radius_km: Mapped[float | None]
    slots: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)
    is_by_arrangement: Mapped[bool] = mapped_column(default=False)
    season: Mapped[Season] = mapped_column(state_column(Season), default=Season.TERM)
    cost_pence: Mapped[int] = mapped_column(default=0)
    languages: Mapped[list[str]] = mapped_column(default=lambda: ["en"])
    gender: Mapped[Gender] = mapped_column(state_column(Gender), default=Gender.ANY)
    is_step_free: Mapped[bool] = mapped_column(default=False)
    must_parent_stay: Mapped[bool] = mapped_column(default=False)
    accessibility: Mapped[list[str]] = mapped_column(default=list)
    sibling_min_age: Mapped[int | None]
    group_size: Mapped[int | None]
    referrals_last_year: Mapped[int] = mapped_column(default=0)
    how_to_get_there: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(String(60), default="kith")
    source_ref: Mapped[str] = mapped_column(String(200), default=lambda: str(uuid.uuid4()))
    confirmed_on: Mapped[date | None]
    confirmed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)

    organisation: Mapped[Organisation] = relationship(back_populates="offerings", lazy="joined", innerjoin=True)
    cohorts: Mapped[list[Cohort]] = relationship(back_populates="offering", order_by="Cohort.starts_on")
    tariffs: Mapped[list[Tariff]] = relationship(back_populates="offering", order_by="Tariff.version")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def is_commissioned(self) -> bool:
        return self.kind is OfferingKind.COMMISSIONED

    @property
    def needs_money(self) -> bool:
        """Places are bought for the child: an introduction here runs together with a commission."""
        return self.is_commissioned


class Tariff(Row):
    """What a place costs the charity, one version. A commission keeps the version it was made on.

    `payable` maps each attendance mark to the percent of the session price that is owed for it.
    """

    __tablename__ = "tariff"
    __table_args__ = (
        UniqueConstraint("offering_id", "version", name="uq_tariff_version"),
        CheckConstraint("price_pence >= 0 AND setup_pence >= 0", name="price_not_negative"),
        CheckConstraint("notice_percent BETWEEN 0 AND 100", name="notice_in_range"),
    )

    offering_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offering.id"))
    version: Mapped[int]
    price_pence: Mapped[int]
    setup_pence: Mapped[int] = mapped_column(default=0)
    notice_percent: Mapped[int] = mapped_column(default=0)
    payable: Mapped[dict[str, Any]] = mapped_column(default=lambda: dict(DEFAULT_PAYABLE))
    starts_on: Mapped[date] = mapped_column(default=clock.today)

    offering: Mapped[Offering] = relationship(back_populates="tariffs")


DEFAULT_PAYABLE: dict[str, int] = {
    "attended": 100, "late": 100, "left_early": 100, "absent_told": 0, "absent_untold": 50,
    "session_cancelled": 0, "excused": 0,
}
"""FLOWS 3: attended, late and left early are owed in full; told 48 hours ahead nothing; untold the tariff's share."""


class CohortState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class Cohort(Row):
    """One run of an offering: dates, a place to go, a number of places.

    `outside_places` are taken by children who are not Kith's. Free places are counted (commissioning.queries), never stored.
    """

    __tablename__ = "cohort"
    __table_args__ = (
        CheckConstraint("capacity >= 0 AND outside_places >= 0 AND outside_places <= capacity", name="places_in_range"),
        CheckConstraint("starts_on IS NULL OR ends_on IS NULL OR starts_on <= ends_on", name="days_in_order"),
        Index("ix_cohort_offering", "offering_id", "state"),
    )

    offering_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offering.id"))
    practitioner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("practitioner.id"))
    name: Mapped[str] = mapped_column(String(120), default="")
    state: Mapped[CohortState] = mapped_column(state_column(CohortState), default=CohortState.OPEN)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    capacity: Mapped[int]
    outside_places: Mapped[int] = mapped_column(default=0)
    venue: Mapped[str] = mapped_column(String(200), default="")

    offering: Mapped[Offering] = relationship(back_populates="cohorts")
    practitioner: Mapped[Practitioner | None] = relationship()
    sessions: Mapped[list[Session]] = relationship(back_populates="cohort", order_by="Session.starts_at")


class SessionState(StrEnum):
    SCHEDULED = "scheduled"
    HELD = "held"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    MOVED = "moved"


SESSION_MOVES = Moves("session", {
    SessionState.SCHEDULED: {SessionState.HELD, SessionState.CANCELLED, SessionState.MOVED},
    SessionState.HELD: {SessionState.CLOSED},
})


class CancelledBy(StrEnum):
    PARTNER = "partner"
    PROGRAMME = "programme"
    SCHOOL = "school"
    WEATHER = "weather"


class Session(Row):
    """One dated meeting of a cohort."""

    __tablename__ = "session"
    __table_args__ = (
        UniqueConstraint("cohort_id", "starts_at", name="uq_session_start"),
        CheckConstraint("starts_at < ends_at", name="times_in_order"),
        CheckConstraint("(state = 'cancelled') = (cancelled_by IS NOT NULL)", name="cancelled_says_by_whom"),
        Index("ix_session_starts_at", "starts_at"),
    )

    cohort_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cohort.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[SessionState] = mapped_column(state_column(SessionState), default=SessionState.SCHEDULED)
    cancelled_by: Mapped[CancelledBy | None] = mapped_column(state_column(CancelledBy))
    cancel_reason: Mapped[str] = mapped_column(String(300), default="")

    cohort: Mapped[Cohort] = relationship(back_populates="sessions")

    @property
    def held_on(self) -> date:
        """The London day it meets on."""
        return clock.london(self.starts_at).date()


class Postcode(Row):
    """A postcode, sector or outcode and where its middle is (imported; WGS 84 degrees)."""

    __tablename__ = "postcode"

    code: Mapped[str] = mapped_column(String(10), unique=True)
    latitude: Mapped[float]
    longitude: Mapped[float]
    place: Mapped[str] = mapped_column(String(120), default="")
