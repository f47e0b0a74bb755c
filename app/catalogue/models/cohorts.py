"""Cohort, Series and Session."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.shared import clock
from app.shared.db import Row, state_column
from app.shared.states import Moves

if TYPE_CHECKING:
    from app.catalogue.models.offerings import Offering
    from app.catalogue.models.organisations import Practitioner, Site


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
    site_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("site.id"), index=True)

    site: Mapped[Site | None] = relationship()
    series: Mapped[list[Series]] = relationship(back_populates="cohort", order_by="Series.starts_on, Series.day, Series.start")
    offering: Mapped[Offering] = relationship(back_populates="cohorts")
    practitioner: Mapped[Practitioner | None] = relationship()
    sessions: Mapped[list[Session]] = relationship(back_populates="cohort", order_by="Session.starts_at")


class SeriesSeason(StrEnum):
    TERM = "term"
    HOLIDAY = "holiday"
    ALL_YEAR = "all_year"


class Series(Row):
    """A cohort's regular meeting: a weekday and London times between two days, in school terms, in holidays or all year.

    `exceptions` are what differs from the rule, by day: {"on": "2027-02-16", "kind": "skip"|"move"|"extra", "why": ""}, and for a
    move or an extra one {"to", "start", "end"}. `school_id` names whose terms count; none: those of most schools of the Zone.
    """

    __tablename__ = "series"
    __table_args__ = (
        UniqueConstraint("cohort_id", "day", "start", "starts_on", name="uq_series_meeting"),
        CheckConstraint("starts_on <= ends_on", name="days_in_order"),
        CheckConstraint("day BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("start < \"end\"", name="times_in_order"),
        CheckConstraint("every_weeks BETWEEN 1 AND 4", name="weeks_in_range"),
    )

    cohort_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cohort.id"))
    school_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("school.id"))
    day: Mapped[int]
    start: Mapped[str] = mapped_column(String(5))
    end: Mapped[str] = mapped_column(String(5))
    every_weeks: Mapped[int] = mapped_column(default=1)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    season: Mapped[SeriesSeason] = mapped_column(state_column(SeriesSeason), default=SeriesSeason.TERM)
    exceptions: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)

    cohort: Mapped[Cohort] = relationship(back_populates="series")


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
    series_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("series.id"), index=True)
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
