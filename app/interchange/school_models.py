"""SchoolImport (a file with figures about a school's own children) and SchoolMapping (how that school names its columns)."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person, School
from app.shared.db import Row, state_column
from app.shared.sealing import SealedBytes
from app.shared.states import Moves


class SchoolImportState(StrEnum):
    WAITING = "waiting"
    IMPORTED = "imported"
    DISCARDED = "discarded"
    UNDONE = "undone"


MOVES: Moves[SchoolImportState] = Moves("school's file", {
    SchoolImportState.WAITING: {SchoolImportState.IMPORTED, SchoolImportState.DISCARDED},
    SchoolImportState.IMPORTED: {SchoolImportState.UNDONE},
})


class SchoolImport(Row):
    """A file that was brought for one school. The file itself goes the moment it is used or thrown away, else after a day.

    `rules` is {what: column}, `choices` what a person decided for rows in doubt and figures that differ.
    """

    __tablename__ = "school_import"
    __table_args__ = (
        CheckConstraint("(state = 'waiting') = (content IS NOT NULL)", name="content_while_waiting"),
        Index("ix_school_import_school", "school_id", "created_at"),
    )

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"))
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    file_name: Mapped[str] = mapped_column(String(120))
    content: Mapped[bytes | None] = mapped_column(SealedBytes("school_import.content"))
    state: Mapped[SchoolImportState] = mapped_column(state_column(SchoolImportState), default=SchoolImportState.WAITING)
    preset: Mapped[str] = mapped_column(String(20), default="")
    measured_on: Mapped[date]
    rules: Mapped[dict[str, Any]] = mapped_column(default=dict)
    choices: Mapped[dict[str, Any]] = mapped_column(default=dict)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    decided_at: Mapped[datetime | None]
    undone_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))

    school: Mapped[School] = relationship(lazy="joined", innerjoin=True)
    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True, foreign_keys=[person_id])


class SchoolMapping(Row):
    """The columns of one school's files, as they were chosen last."""

    __tablename__ = "school_mapping"

    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), unique=True)
    preset: Mapped[str] = mapped_column(String(20), default="")
    rules: Mapped[dict[str, Any]] = mapped_column(default=dict)
    changed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
