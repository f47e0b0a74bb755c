"""LegalHold (this child's record stays, whatever a rule says), Erasure (it went, and what stands for it), RetentionRun (what a rule may take),
HandOver (a whole Zone as one sealed file, for some days), DataCase (a complaint about data, or a breach) and DataCaseNote, which only ever grows."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person, Zone
from app.children.models import Child
from app.shared import clock
from app.shared.append_only import RESEALED, append_only
from app.shared.db import Row, state_column
from app.shared.sealing import Sealed
from app.shared.states import Moves


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


class HandOverState(StrEnum):
    """`making` is the worker's; `ended` says in `ended_why` how."""

    ASKED = "asked"
    MAKING = "making"
    READY = "ready"
    ENDED = "ended"


HAND_OVER_MOVES = Moves("hand-over", {
    HandOverState.ASKED: {HandOverState.MAKING, HandOverState.ENDED},
    HandOverState.MAKING: {HandOverState.READY, HandOverState.ENDED},
    HandOverState.READY: {HandOverState.ENDED},
})


class HandOver(Row):
    """A whole Zone as one file. Nobody gets one alone: a second person agrees. The file lies sealed under a secret of its own, which goes
    with it: what is left of it after that, on a disk or in a backup, opens no more."""

    __tablename__ = "hand_over"
    __table_args__ = (
        Index("ix_hand_over_zone", "zone_id", "created_at"),
        CheckConstraint("asked_by_id <> answered_by_id OR state = 'ended'", name="a_second_person"),
        CheckConstraint("(state = 'ready') = (file_name IS NOT NULL)", name="file_while_ready"),
    )

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"))
    why: Mapped[str] = mapped_column(Sealed("hand_over.why"))
    state: Mapped[HandOverState] = mapped_column(state_column(HandOverState), default=HandOverState.ASKED)
    asked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    answered_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    expires_at: Mapped[datetime]
    file_name: Mapped[str | None] = mapped_column(String(40))
    secret: Mapped[str | None] = mapped_column(Sealed("hand_over.secret"))
    size: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    rows: Mapped[int] = mapped_column(default=0)
    files: Mapped[int] = mapped_column(default=0)
    fetched: Mapped[int] = mapped_column(default=0)
    ended_why: Mapped[str] = mapped_column(String(24), default="")

    zone: Mapped[Zone] = relationship(lazy="joined", innerjoin=True)
    asked_by: Mapped[Person] = relationship(lazy="joined", innerjoin=True, foreign_keys=[asked_by_id])
    answered_by: Mapped[Person | None] = relationship(lazy="joined", foreign_keys=[answered_by_id])


class CaseKind(StrEnum):
    COMPLAINT = "complaint"
    BREACH = "breach"


class CaseState(StrEnum):
    """`answered`: a complaint was acknowledged; for a breach it was decided who is told."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


CASE_MOVES = Moves("data case", {
    CaseState.OPEN: {CaseState.ANSWERED},
    CaseState.ANSWERED: {CaseState.CLOSED},
})


class DataCase(Row):
    """Somebody complains about how data is handled, or data went where it must not. `due_at`: 30 days for the first (DPA 2018 s. 164A), 72
    hours for the second (UK GDPR Art. 33), from when the charity knew. No rule of time takes it: accountability."""

    __tablename__ = "data_case"
    __table_args__ = (
        Index("ix_data_case_zone", "zone_id", "state"),
        CheckConstraint("(state = 'open') = (answered_at IS NULL) AND (answered_at IS NULL) = (answered_by_id IS NULL)", name="answered_by_somebody"),
        CheckConstraint(
            "(kind = 'breach' AND state <> 'open') = (is_ico_told IS NOT NULL) AND (is_ico_told IS NULL) = (are_people_told IS NULL)",
            name="a_breach_is_decided",
        ),
    )

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"))
    kind: Mapped[CaseKind] = mapped_column(state_column(CaseKind))
    state: Mapped[CaseState] = mapped_column(state_column(CaseState), default=CaseState.OPEN)
    words: Mapped[str] = mapped_column(Sealed("data_case.words"))
    known_at: Mapped[datetime]
    due_at: Mapped[datetime]
    raised_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    answer: Mapped[str] = mapped_column(Sealed("data_case.answer"), default="")
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    is_ico_told: Mapped[bool | None]
    are_people_told: Mapped[bool | None]

    zone: Mapped[Zone] = relationship(lazy="joined", innerjoin=True)
    raised_by: Mapped[Person] = relationship(lazy="joined", innerjoin=True, foreign_keys=[raised_by_id])
    answered_by: Mapped[Person | None] = relationship(lazy="joined", foreign_keys=[answered_by_id])
    notes: Mapped[list[DataCaseNote]] = relationship(order_by="DataCaseNote.created_at")

    @property
    def is_late(self) -> bool:
        return self.state is CaseState.OPEN and clock.now() > self.due_at


class DataCaseNote(Row):
    """What was done about a complaint or a breach. Only ever grows."""

    __tablename__ = "data_case_note"

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("data_case.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    words: Mapped[str] = mapped_column(Sealed("data_case_note.words"))

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


append_only(DataCaseNote, {"words": RESEALED})
