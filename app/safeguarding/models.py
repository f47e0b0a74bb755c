"""Concern, and ConcernNote: what was done about it, which only ever grows."""

from __future__ import annotations

import uuid
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person, Zone
from app.children.models import Child
from app.shared.append_only import RESEALED, append_only
from app.shared.db import Row, state_column
from app.shared.sealing import Sealed
from app.shared.states import Moves


class ConcernState(StrEnum):
    RAISED = "raised"
    TAKEN_UP = "taken_up"
    CLOSED = "closed"


CONCERN_MOVES = Moves("concern", {
    ConcernState.RAISED: {ConcernState.TAKEN_UP},
    ConcernState.TAKEN_UP: {ConcernState.CLOSED},
    ConcernState.CLOSED: {ConcernState.TAKEN_UP},
})


class Concern(Row):
    """What somebody saw or heard. `about_child_id` only where whoever raised it may see that child; `about` is their own words.

    Never deleted by any rule of time: that is the safeguarding lead's to decide.
    """

    __tablename__ = "concern"
    __table_args__ = (
        CheckConstraint("(state = 'raised') = (taken_up_by_id IS NULL)", name="taken_up_by_somebody"),
        Index("ix_concern_zone", "zone_id", "state"),
    )

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"))
    about_child_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("child.id"))
    about: Mapped[str] = mapped_column(Sealed("concern.about", 200))
    words: Mapped[str] = mapped_column(Sealed("concern.words"))
    raised_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    state: Mapped[ConcernState] = mapped_column(state_column(ConcernState), default=ConcernState.RAISED)
    taken_up_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))

    zone: Mapped[Zone] = relationship(lazy="joined", innerjoin=True)
    child: Mapped[Child | None] = relationship(lazy="joined")
    raised_by: Mapped[Person] = relationship(lazy="joined", innerjoin=True, foreign_keys=[raised_by_id])
    taken_up_by: Mapped[Person | None] = relationship(lazy="joined", foreign_keys=[taken_up_by_id])
    notes: Mapped[list[ConcernNote]] = relationship(order_by="ConcernNote.created_at")


class ConcernNote(Row):
    __tablename__ = "concern_note"

    concern_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("concern.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    words: Mapped[str] = mapped_column(Sealed("concern_note.words"))

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


append_only(ConcernNote, {"words": RESEALED})
