"""LegalHold (this child's record stays, whatever a rule says), Erasure (it went, and what stands for it), RetentionRun (what a rule may take)."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.children.models import Child
from app.shared import clock
from app.shared.db import Row
from app.shared.sealing import Sealed


class LegalHold(Row):
    """Nothing of this child is erased until `until`, or until somebody ends it; without a day it stands until then."""

    __tablename__ = "legal_hold"
    __table_args__ = (
        Index("ix_legal_hold_child", "child_id"),
        CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name="ended_by_somebody"),
    )

    child_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("child.id"))
    why: Mapped[str] = mapped_column(Sealed("legal_hold.why"))
    until: Mapped[date | None]
    placed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))

    placed_by: Mapped[Person] = relationship(lazy="joined", innerjoin=True, foreign_keys=[placed_by_id])

    @property
    def is_live(self) -> bool:
        return self.ended_at is None and (self.until is None or clock.today() <= self.until)


class Erasure(Row):
    """One child's record was erased. The child's row goes on under `pseudonym`, so that money, counts and the trail still add up."""

    __tablename__ = "erasure"

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"), index=True)
    child_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("child.id"), unique=True)
    pseudonym: Mapped[str] = mapped_column(String(10))
    why: Mapped[str] = mapped_column(Sealed("erasure.why"))
    erased_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    run_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("retention_run.id"))

    child: Mapped[Child] = relationship(lazy="joined", innerjoin=True)
    erased_by: Mapped[Person | None] = relationship(lazy="joined")


class RetentionRun(Row):
    """What the rules would take from one Zone, as somebody saw and confirmed it: {kind: [ids]}. The worker takes it the night after."""

    __tablename__ = "retention_run"
    __table_args__ = (Index("ix_retention_run_zone", "zone_id", "created_at"),)

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"))
    found: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    confirmed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    taken: Mapped[int] = mapped_column(default=0)

    confirmed_by: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
