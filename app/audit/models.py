"""AuditEntry and Sight, and the seals over both: append-only, enforced by triggers on both databases."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.shared import clock
from app.shared.append_only import EMPTIED, SHORTENED, append_only
from app.shared.db import Base

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


class AuditEntry(Base):
    """One thing done. `action` is `room.noun.past_verb`; `details` holds opaque values, never a child's name or free text."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_subject", "subject_type", "subject_id", "id"),
        Index("ix_audit_entry_child", "child_id", "id"),
        Index("ix_audit_entry_zone", "zone_id", "id"),
    )

    id: Mapped[int] = mapped_column(NUMBER, primary_key=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    actor_id: Mapped[uuid.UUID | None]
    actor_name: Mapped[str] = mapped_column(String(120))
    actor_role: Mapped[str] = mapped_column(String(40), default="")
    action: Mapped[str] = mapped_column(String(80))
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[uuid.UUID]
    zone_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("zone.id"))
    child_id: Mapped[uuid.UUID | None]
    from_state: Mapped[str | None] = mapped_column(String(24))
    to_state: Mapped[str | None] = mapped_column(String(24))
    reason: Mapped[str] = mapped_column(Text, default="")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Sight(Base):
    """One look at one child's record by one person."""

    __tablename__ = "sight"
    __table_args__ = (Index("ix_sight_child", "child_id", "id"), Index("ix_sight_person", "person_id", "id"))

    id: Mapped[int] = mapped_column(NUMBER, primary_key=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    person_id: Mapped[uuid.UUID]
    child_id: Mapped[uuid.UUID]
    what: Mapped[str] = mapped_column(String(80))
    why: Mapped[str] = mapped_column(Text, default="")


class Seal(Base):
    """The seal over one line: SHA-256 over the seal before and the whole line. The chain runs over both tables, in the order of sealing."""

    __tablename__ = "audit_seal"
    __table_args__ = (UniqueConstraint("of_table", "row_id", name="uq_audit_seal_row"),)

    seq: Mapped[int] = mapped_column(NUMBER, primary_key=True, autoincrement=False)
    of_table: Mapped[str] = mapped_column(String(40))
    row_id: Mapped[int] = mapped_column(sa.BigInteger)
    hash: Mapped[str] = mapped_column(String(64))


class Head(Base):
    """The end of the chain after one round of sealing, signed with a key that is not in the database."""

    __tablename__ = "audit_head"

    seq: Mapped[int] = mapped_column(NUMBER, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    hash: Mapped[str] = mapped_column(String(64))
    signature: Mapped[str] = mapped_column(String(64))


class Redaction(Base):
    """Personal text was taken out of a line that was sealed: `rest` is the hash of what is left of it, and the entry `entry_id`, sealed
    itself, vouches for all the lines of one erasure by a digest."""

    __tablename__ = "audit_redaction"
    __table_args__ = (Index("ix_audit_redaction_row", "of_table", "row_id"), Index("ix_audit_redaction_entry", "entry_id"))

    id: Mapped[int] = mapped_column(NUMBER, primary_key=True)
    of_table: Mapped[str] = mapped_column(String(40))
    row_id: Mapped[int] = mapped_column(sa.BigInteger)
    rest: Mapped[str] = mapped_column(String(64))
    entry_id: Mapped[int] = mapped_column(sa.BigInteger)


append_only(AuditEntry, {"reason": EMPTIED, "details": SHORTENED})
append_only(Sight, {"why": EMPTIED})
append_only(Seal)
append_only(Head)
append_only(Redaction)
