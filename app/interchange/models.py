"""ImportedRecord (what a source last said, as fingerprints) and ImportDraft (an uploaded file waiting for a decision)."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Zone
from app.shared.db import Row, state_column


class ImportKind(StrEnum):
    CATALOGUE = "catalogue"
    CHILDREN = "children"


class ImportedRecord(Row):
    """One record of one source: a fingerprint of each field as the source last gave it, never the value itself.

    A field whose value in Kith still has the fingerprint has not been edited here since, so the next file may change it.
    """

    __tablename__ = "imported_record"
    __table_args__ = (UniqueConstraint("zone_id", "kind", "source", "source_ref", name="uq_imported_record_source"),)

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"))
    kind: Mapped[ImportKind] = mapped_column(state_column(ImportKind))
    source: Mapped[str] = mapped_column(String(60))
    source_ref: Mapped[str] = mapped_column(String(200))
    prints: Mapped[dict[str, Any]] = mapped_column(default=dict)


class ImportDraft(Row):
    """A file that somebody uploaded, and what it would do; once used, what it did. Only that person sees it.

    The file itself goes the moment it is used, the rest a day after the upload.
    """

    __tablename__ = "import_draft"
    __table_args__ = (
        CheckConstraint("(used_at IS NULL) = (content IS NOT NULL)", name="content_until_used"),
    )

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[ImportKind] = mapped_column(state_column(ImportKind))
    source: Mapped[str] = mapped_column(String(60))
    file_name: Mapped[str] = mapped_column(String(120))
    content: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    report: Mapped[dict[str, Any]] = mapped_column(default=dict)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]

    zone: Mapped[Zone] = relationship(lazy="joined", innerjoin=True)
