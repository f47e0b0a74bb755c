"""Merge, what was one and the same and is one record now; NotDuplicate, two that look alike and are not; Alike, two that somebody may look at."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.shared.db import Row, state_column


class MergeKind(StrEnum):
    ORGANISATION = "organisation"
    OFFERING = "offering"


class Merge(Row):
    """Two records made one. `kept_before` and `gone_before` are the fields as they were; `moved` says by table which rows went over.

    With those three it is undone. `kept_id` and `gone_id` are ids of the table that `kind` names.
    """

    __tablename__ = "merge"
    __table_args__ = (
        CheckConstraint("kept_id <> gone_id", name="two_records"),
        CheckConstraint("(undone_at IS NULL) = (undone_by_id IS NULL)", name="undone_says_by_whom"),
        Index("ix_merge_zone", "zone_id", "created_at"),
        Index("one_standing_merge", "gone_id", unique=True,
              sqlite_where=sa.text("undone_at IS NULL"), postgresql_where=sa.text("undone_at IS NULL")),
    )

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"))
    kind: Mapped[MergeKind] = mapped_column(state_column(MergeKind))
    kept_id: Mapped[uuid.UUID]
    gone_id: Mapped[uuid.UUID]
    merged_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    kept_before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    kept_after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    gone_before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    moved: Mapped[dict[str, Any]] = mapped_column(default=dict)
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))


class NotDuplicate(Row):
    """Somebody looked: these two are not the same. The smaller id comes first."""

    __tablename__ = "not_duplicate"
    __table_args__ = (
        UniqueConstraint("kind", "first_id", "second_id", name="uq_not_duplicate_pair"),
        CheckConstraint("first_id <> second_id", name="two_records"),
    )

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"), index=True)
    kind: Mapped[MergeKind] = mapped_column(state_column(MergeKind))
    first_id: Mapped[uuid.UUID]
    second_id: Mapped[uuid.UUID]
    said_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))


class AlikeLook(Row):
    """When a large Zone's records were last compared with each other. `print` is of what was compared: the same again needs no look."""

    __tablename__ = "alike_look"
    __table_args__ = (UniqueConstraint("zone_id", "kind", name="uq_alike_look"),)

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"))
    kind: Mapped[MergeKind] = mapped_column(state_column(MergeKind))
    looked_at: Mapped[datetime]
    print: Mapped[str] = mapped_column(String(32), default="")


class Alike(Row):
    """Two records of a large Zone that were found to look alike, as app/catalogue/duplicates.py says it. Made anew with every look."""

    __tablename__ = "alike"
    __table_args__ = (
        UniqueConstraint("kind", "first_id", "second_id", name="uq_alike_pair"),
        Index("ix_alike_zone", "zone_id", "kind", "score"),
    )

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"))
    kind: Mapped[MergeKind] = mapped_column(state_column(MergeKind))
    first_id: Mapped[uuid.UUID]
    second_id: Mapped[uuid.UUID]
    score: Mapped[float]
    parts: Mapped[dict[str, Any]] = mapped_column(default=dict)
