"""Cohort and Session."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.shared import clock
from app.shared.db import Row, state_column
from app.shared.states import Moves

if TYPE_CHECKING:
    from app.catalogue.models.offerings import Offering
    from app.catalogue.models.organisations import Practitioner


class CohortState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class Cohort(Row):
    """One run of an offering: dates, a place to go, a number of places.

    `outside_places` are taken by children who are not Kith's. Free places are counted (commissioning.queries), never stored.
    """

    __tablename__ = "cohort"
    __table_args__ = (
        CheckConstraint("capacity >= 0 AND outside_places >= 0 AND outside_places <= capacity", name="places_in_range"),
        CheckConstraint("starts_on IS NULL OR ends_on IS NULL OR starts_on <= ends_on", name="days_in_order"),
        Index("ix_cohort_offering", "offering_id", "state"),
    )

    offering_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offering.id"))
    practitioner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("practitioner.id"))
    name: Mapped[str] = mapped_column(String(120), default="")
    state: Mapped[CohortState] = mapped_column(state_column(CohortState), default=CohortState.OPEN)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    capacity: Mapped[int]
    outside_places: Mapped[int] = mapped_column(default=0)
    venue: Mapped[str] = mapped_column(String(200), default="")

    offering: Mapped[Offering] = relationship(back_populates="cohorts")
    practitioner: Mapped[Practitioner | None] = relationship()
    sessions: Mapped[list[Session]] = relationship(back_populates="cohort", order_by="Session.starts_at")


class SessionState(StrEnum):
    SCHEDULED = "scheduled"
    HELD = "held"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    MOVED = "moved"


SESSION_MOVES = Moves("session", {
    SessionState.SCHEDULED: {SessionState.HELD, SessionState.CANCELLED, SessionState.MOVED},
    SessionState.HELD: {SessionState.CLOSED},
})


class CancelledBy(StrEnum):
    PARTNER = "partner"
    PROGRAMME = "programme"
    SCHOOL = "school"
    WEATHER = "weather"


class Session(Row):
    """One dated meeting of a cohort."""

    __tablename__ = "session"
    __table_args__ = (
        UniqueConstraint("cohort_id", "starts_at", name="uq_session_start"),
        CheckConstraint("starts_at < ends_at", name="times_in_order"),
        CheckConstraint("(state = 'cancelled') = (cancelled_by IS NOT NULL)", name="cancelled_says_by_whom"),
        Index("ix_session_starts_at", "starts_at"),
    )

    cohort_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cohort.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[SessionState] = mapped_column(state_column(SessionState), default=SessionState.SCHEDULED)
    cancelled_by: Mapped[CancelledBy | None] = mapped_column(state_column(CancelledBy))
    cancel_reason: Mapped[str] = mapped_column(String(300), default="")

    cohort: Mapped[Cohort] = relationship(back_populates="sessions")

    @property
    def held_on(self) -> date:
        """The London day it meets on."""
        return clock.london(self.starts_at).date()
