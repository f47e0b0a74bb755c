"""Paper (a document as a file), Agreement and its signatures, CounterSignature, Lapse."""

from __future__ import annotations

import uuid
from datetime import date

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.catalogue.models.organisations import Document, DocumentKind, Organisation, PartnerState
from app.shared.db import Row, state_column

AGREED_KINDS = (DocumentKind.SHARED_VALUES, DocumentKind.BEHAVIOUR_AGREEMENT)
"""Documents that are the charity's own text, signed by both sides."""


class Paper(Row):
    """The file behind a document, under a random name in the data folder. What it was called when it was sent is kept nowhere."""

    __tablename__ = "paper"
    __table_args__ = (CheckConstraint("size > 0", name="size_positive"),)

    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document.id"), unique=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    added_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))

    document: Mapped[Document] = relationship(lazy="joined", innerjoin=True)


class Agreement(Row):
    """One version of the shared values or the behaviour agreement of a Zone. A text is never changed: the next one is a new version.

    `sign_by_on`: until when the version before it still counts for those who signed that.
    """

    __tablename__ = "agreement"
    __table_args__ = (
        UniqueConstraint("zone_id", "kind", "number", name="uq_agreement_number"),
        CheckConstraint("kind IN ('shared_values', 'behaviour_agreement')", name="is_signed"),
        CheckConstraint("number >= 1", name="number_positive"),
    )

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"))
    kind: Mapped[DocumentKind] = mapped_column(state_column(DocumentKind))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    sign_by_on: Mapped[date | None]
    published_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))


class Signature(Row):
    """One side's name under one version of an agreement. `is_partner`: the organisation's side, else the charity's."""

    __tablename__ = "agreement_signature"
    __table_args__ = (UniqueConstraint("agreement_id", "organisation_id", "is_partner", name="uq_agreement_signature_side"),)

    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agreement.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    is_partner: Mapped[bool]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(120))

    agreement: Mapped[Agreement] = relationship(lazy="joined", innerjoin=True)
    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class CounterSignature(Row):
    """The Zone's safeguarding lead has looked at an organisation that works alone with children, and says what was looked at."""

    __tablename__ = "counter_signature"

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    words: Mapped[str] = mapped_column(Text)

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class Lapse(Row):
    """Papers ran out, and Kith restricted or suspended the organisation by itself; when they are renewed it goes back to `came_from`."""

    __tablename__ = "lapse"
    __table_args__ = (
        Index("one_open_lapse_per_organisation", "organisation_id", unique=True, sqlite_where=sa.text("ended_on IS NULL"),
              postgresql_where=sa.text("ended_on IS NULL")),
        CheckConstraint("ended_on IS NULL OR began_on <= ended_on", name="days_in_order"),
    )

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    came_from: Mapped[PartnerState] = mapped_column(state_column(PartnerState))
    went_to: Mapped[PartnerState] = mapped_column(sa.Enum(PartnerState, native_enum=False, create_constraint=False, length=24,
                                                          validate_strings=True, values_callable=lambda kinds: [kind.value for kind in kinds]))
    why: Mapped[str] = mapped_column(Text, default="")
    began_on: Mapped[date]
    ended_on: Mapped[date | None]

    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)
