"""Mark (one child's attendance at one session, one revision), FollowUp, and Disagreement (two screens that say different things).

Marks and follow-ups only ever grow; the newest mark counts.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.catalogue.models import Session
from app.children.models import Child
from app.commissioning.models import Place
from app.shared.append_only import RESEALED, append_only
from app.shared.db import Row, state_column
from app.shared.sealing import Sealed


class MarkKind(StrEnum):
    ATTENDED = "attended"
    LATE = "late"
    LEFT_EARLY = "left_early"
    ABSENT_TOLD = "absent_told"
    ABSENT_UNTOLD = "absent_untold"
    SESSION_CANCELLED = "session_cancelled"
    EXCUSED = "excused"


PRESENT = frozenset({MarkKind.ATTENDED, MarkKind.LATE, MarkKind.LEFT_EARLY})
ABSENT = frozenset({MarkKind.ABSENT_TOLD, MarkKind.ABSENT_UNTOLD})
MARK_WORDS = {
    MarkKind.ATTENDED: _l("Here"),
    MarkKind.LATE: _l("Late"),
    MarkKind.LEFT_EARLY: _l("Left early"),
    MarkKind.ABSENT_TOLD: _l("Away, told"),
    MarkKind.ABSENT_UNTOLD: _l("Away, no word"),
    MarkKind.SESSION_CANCELLED: _l("Cancelled"),
    MarkKind.EXCUSED: _l("Excused"),
}
REGISTER_KINDS = (MarkKind.ATTENDED, MarkKind.LATE, MarkKind.LEFT_EARLY, MarkKind.ABSENT_TOLD, MarkKind.ABSENT_UNTOLD)
"""What a register can hold; `excused` is a Link Worker's correction, `session_cancelled` comes with the session."""


def is_without_notice(kind: MarkKind, *, is_told_late: bool) -> bool:
    """Untold, or told less than 48 hours ahead: the tariff owes its share for the first two of these."""
    return kind is MarkKind.ABSENT_UNTOLD or is_told_late


class Mark(Row):
    """Revision 1 is the register; a later one is a change before the lock, or (with a reason) a correction.

    `percent` of the session's price was owed for this revision; `is_told_late`: told less than 48 hours ahead. `client_key` is the
    register's own key, which makes one sent twice one. `created_at` is when it was marked.
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

    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("session.id"))
    child_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("child.id"))
    place_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("place.id"))
    kind: Mapped[MarkKind] = mapped_column(state_column(MarkKind))
    is_told_late: Mapped[bool] = mapped_column(default=False)
    percent: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int]
    note: Mapped[str] = mapped_column(Sealed("mark.note"), default="")
    reason: Mapped[str] = mapped_column(Sealed("mark.reason"), default="")
    client_key: Mapped[str] = mapped_column(String(64))
    marked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))

    session: Mapped[Session] = relationship()
    child: Mapped[Child] = relationship()
    place: Mapped[Place] = relationship()

    @property
    def is_corrected(self) -> bool:
        """Somebody settled it with a reason: a register changes it no more."""
        return bool(self.reason)

    @property
    def is_without_notice(self) -> bool:
        return is_without_notice(self.kind, is_told_late=self.is_told_late)


class FollowUp(Row):
    """What a Link Worker found out after a child was missed: rung home, asked the child, found somebody to go along."""

    __tablename__ = "follow_up"
    __table_args__ = (Index("ix_follow_up_session_child", "session_id", "child_id"),)

    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("session.id"))
    child_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("child.id"), index=True)
    words: Mapped[str] = mapped_column(Sealed("follow_up.words"))
    noted_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))

    noted_by: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class Disagreement(Row):
    """A register taken without a signal said something else of a child than the mark that stands. Until a person settles it, nothing is
    billed for that child and session.

    `mark_id` is the mark that stood when it came; the rest is what the phone says. `tapped_at` is when it was tapped, by its own clock.
    """

    __tablename__ = "disagreement"
    __table_args__ = (
        UniqueConstraint("session_id", "child_id", "client_key", name="uq_disagreement_client_key"),
        CheckConstraint("NOT is_told_late OR kind = 'absent_told'", name="only_told_can_be_late"),
        CheckConstraint("(settled_at IS NULL) = (settled_by_id IS NULL)", name="settled_by_somebody"),
        Index("ix_disagreement_open", "session_id", postgresql_where=text("settled_at IS NULL"), sqlite_where=text("settled_at IS NULL")),
    )

    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("session.id"))
    child_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("child.id"), index=True)
    mark_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mark.id"))
    kind: Mapped[MarkKind] = mapped_column(state_column(MarkKind))
    is_told_late: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(Sealed("disagreement.note"), default="")
    client_key: Mapped[str] = mapped_column(String(64))
    tapped_at: Mapped[datetime | None]
    sent_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))

    child: Mapped[Child] = relationship()
    mark: Mapped[Mark] = relationship()


append_only(Mark, {"note": RESEALED, "reason": RESEALED})
append_only(FollowUp, {"words": RESEALED})
