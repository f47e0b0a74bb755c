"""Mark: one child's attendance at one session, one revision. Only ever grows; the newest revision counts."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.catalogue.models import Session
from app.children.models import Child
from app.shared import clock
from app.shared.db import Base, append_only, state_column


class MarkKind(StrEnum):
    ATTENDED = "attended"
    LATE = "late"
    LEFT_EARLY = "left_early"
    ABSENT_TOLD = "absent_told"
    ABSENT_UNTOLD = "absent_untold"
    SESSION_CANCELLED = "session_cancelled"
    EXCUSED = "excused"


PRESENT = frozenset({MarkKind.ATTENDED, MarkKind.LATE, MarkKind.LEFT_EARLY})


class Mark(Base):
    """Revision 1 is the register; a later revision is a correction with a reason. `client_key` makes a register sent twice one.

    `percent` of the session's price was owed for this revision; `is_told_late`: told less than 48 hours ahead.
    """

    __tablename__ = "mark"
    __table_args__ = (
        UniqueConstraint("session_id", "child_id", "revision", name="uq_mark_revision"),
        UniqueConstraint("session_id", "child_id", "client_key", name="uq_mark_client_key"),
        CheckConstraint("revision >= 1", name="revision_positive"),
        CheckConstraint("percent BETWEEN 0 AND 100", name="percent_in_range"),
        CheckConstraint("NOT is_told_late OR kind = 'absent_told'", name="only_told_can_be_late"),
        Index("ix_mark_child", "child_id"),
        Index("ix_mark_place", "place_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True, default=uuid.uuid4)
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("session.id"))
    child_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("child.id"))
    place_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("place.id"))
    kind: Mapped[MarkKind] = mapped_column(state_column(MarkKind))
    is_told_late: Mapped[bool] = mapped_column(default=False)
    percent: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int]
    note: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    client_key: Mapped[str] = mapped_column(String(64))
    marked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    marked_at: Mapped[datetime] = mapped_column(default=clock.now)

    session: Mapped[Session] = relationship()
    child: Mapped[Child] = relationship()


append_only(Mark)

ABSENT = frozenset({MarkKind.ABSENT_TOLD, MarkKind.ABSENT_UNTOLD})
MARK_WORDS = {
    MarkKind.ATTENDED: "Here",
    MarkKind.LATE: "Late",
    MarkKind.LEFT_EARLY: "Left early",
    MarkKind.ABSENT_TOLD: "Away, told",
    MarkKind.ABSENT_UNTOLD: "Away, no word",
    MarkKind.SESSION_CANCELLED: "Cancelled",
    MarkKind.EXCUSED: "Excused",
}
REGISTER_KINDS = (MarkKind.ATTENDED, MarkKind.LATE, MarkKind.LEFT_EARLY, MarkKind.ABSENT_TOLD, MarkKind.ABSENT_UNTOLD)
"""What a partner can tap; the rest are a Link Worker's or the clock's."""
