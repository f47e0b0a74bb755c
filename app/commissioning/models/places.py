"""Place (one child's seat in a cohort) and Waiting (a turn on the waiting list)."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.catalogue.models import Cohort
from app.children.models import Child
from app.shared.db import Row, state_column
from app.shared.states import Moves


class PlaceState(StrEnum):
    HELD = "held"
    FIRM = "firm"
    TAKEN = "taken"
    ENDED = "ended"
    RELEASED = "released"


PLACE_MOVES = Moves("place", {
    PlaceState.HELD: {PlaceState.FIRM, PlaceState.RELEASED},
    PlaceState.FIRM: {PlaceState.TAKEN, PlaceState.RELEASED, PlaceState.HELD},
    PlaceState.TAKEN: {PlaceState.ENDED, PlaceState.HELD},
})
"""Firm to held with the approval that firmed it, taken back; firm and taken to held when the money is asked for again."""
LIVE_PLACE = sa.text("state IN ('held', 'firm', 'taken')")


class Place(Row):
    """One child's seat. A held place past `expires_at` is free: no job has to say so (the recount ignores it, and the next
    hold of the same child releases it). A local asset's place starts firm, for no money is waited for."""

    __tablename__ = "place"
    __table_args__ = (
        CheckConstraint("(state = 'held') = (expires_at IS NOT NULL)", name="held_place_expires"),
        Index("one_live_place_per_child_and_cohort", "cohort_id", "child_id", unique=True,
              sqlite_where=LIVE_PLACE, postgresql_where=LIVE_PLACE),
        Index("ix_place_cohort_state", "cohort_id", "state"),
    )

    cohort_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cohort.id"))
    child_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("child.id"), index=True)
    state: Mapped[PlaceState] = mapped_column(state_column(PlaceState), default=PlaceState.HELD)
    expires_at: Mapped[datetime | None]
    held_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    introduction_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("introduction.id"))
    taken_at: Mapped[datetime | None]
    freed_at: Mapped[datetime | None]

    cohort: Mapped[Cohort] = relationship(lazy="joined", innerjoin=True)
    child: Mapped[Child] = relationship(lazy="joined", innerjoin=True)


class WaitingState(StrEnum):
    WAITING = "waiting"
    OFFERED = "offered"
    PLACED = "placed"
    LEFT = "left"


WAITING_MOVES = Moves("turn on the waiting list", {
    WaitingState.WAITING: {WaitingState.OFFERED, WaitingState.LEFT},
    WaitingState.OFFERED: {WaitingState.PLACED, WaitingState.WAITING, WaitingState.LEFT},
})
"""An offer that nobody answers in time goes back to waiting, at the end of the line."""


class Waiting(Row):
    """A turn on a cohort's waiting list: first come, first served, unless the partner gives a reason."""

    __tablename__ = "waiting"
    __table_args__ = (
        Index("one_turn_per_child_and_cohort", "cohort_id", "child_id", unique=True,
              sqlite_where=sa.text("state IN ('waiting', 'offered')"), postgresql_where=sa.text("state IN ('waiting', 'offered')")),
        Index("ix_waiting_cohort", "cohort_id", "state", "joined_at"),
    )

    cohort_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cohort.id"))
    child_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("child.id"))
    commission_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("commission.id"))
    state: Mapped[WaitingState] = mapped_column(state_column(WaitingState), default=WaitingState.WAITING)
    joined_at: Mapped[datetime]
    offered_until: Mapped[datetime | None]

    cohort: Mapped[Cohort] = relationship(lazy="joined", innerjoin=True)
    child: Mapped[Child] = relationship(lazy="joined", innerjoin=True)
