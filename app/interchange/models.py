"""ImportedRecord (what a source last said, as fingerprints), ImportMapping (columns by name), ImportDraft (an uploaded file that waits)."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Zone
from app.shared import clock
from app.shared.db import Row, state_column
from app.shared.sealing import SealedBytes
from app.shared.states import Moves


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


class DraftStage(StrEnum):
    """How far an upload has come. `looking` and `working` are the worker's: the file is too long to wait for."""

    MAPPING = "mapping"
    LOOKING = "looking"
    READY = "ready"
    WORKING = "working"
    USED = "used"


DRAFT_MOVES = Moves("upload", {
    DraftStage.MAPPING: {DraftStage.LOOKING, DraftStage.READY},
    DraftStage.LOOKING: {DraftStage.READY, DraftStage.MAPPING},
    DraftStage.READY: {DraftStage.MAPPING, DraftStage.WORKING, DraftStage.USED},
    DraftStage.WORKING: {DraftStage.USED, DraftStage.READY},
})


class ImportMapping(Row):
    """How the columns of one kind of file become Kith's, by a name of its Zone. `header_print` finds it again by the look of a file."""

    __tablename__ = "import_mapping"
    __table_args__ = (UniqueConstraint("zone_id", "name", name="uq_import_mapping_name"),)

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"))
    name: Mapped[str] = mapped_column(String(80))
    preset: Mapped[str] = mapped_column(String(40), default="")
    header_print: Mapped[str] = mapped_column(String(64))
    rules: Mapped[dict[str, Any]] = mapped_column(default=dict)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)


class ImportDraft(Row):
    """A file that somebody uploaded, and what it would do; once used, what it did. Only that person sees it.

    The file itself goes the moment it is used, the rest a day after the upload. Several files lie in `content` packed as one.
    `outline` is what the page of the mapping shows of the file, `rules` the mapping as it stands; both are blank for Kith's own formats.
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
    content: Mapped[bytes | None] = mapped_column(SealedBytes("import_draft.content"))
    report: Mapped[dict[str, Any]] = mapped_column(default=dict)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
    stage: Mapped[DraftStage] = mapped_column(state_column(DraftStage), default=DraftStage.READY)
    preset: Mapped[str] = mapped_column(String(40), default="")
    outline: Mapped[dict[str, Any]] = mapped_column(default=dict)
    rules: Mapped[dict[str, Any]] = mapped_column(default=dict)
    mapping_name: Mapped[str] = mapped_column(String(80), default="")
    trouble: Mapped[str] = mapped_column(String(300), default="")

    zone: Mapped[Zone] = relationship(lazy="joined", innerjoin=True)

    @property
    def is_with_the_worker(self) -> bool:
        return self.stage in (DraftStage.LOOKING, DraftStage.WORKING)


from app.interchange import school_models as school_models  # noqa: E402  a school's own files
