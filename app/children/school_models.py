"""Measure, Pupil, RiskScheme, SelectionDecision, TeacherView; ConsentObjection and GillickNote.

`Pupil` is somebody in a school's own files: with a name while nobody has decided about them, and for a child of ours only the key
under which the school knows the child.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.shared import clock
from app.shared.db import Row, state_column
from app.shared.sealing import Sealed


class Informant(StrEnum):
    """Who answered, or whose figure it is."""

    PARENT = "parent"
    TEACHER = "teacher"
    SELF = "self"
    SCHOOL = "school"


class Pupil(Row):
    """One line of a school's list. `batch_id` is the import that brought it."""

    __tablename__ = "pupil"
    __table_args__ = (
        CheckConstraint("child_id IS NULL OR (first_name = '' AND last_name = '' AND born_on IS NULL)", name="name_until_decided"),
        Index("one_pupil_per_key", "school_id", "school_key", unique=True,
              sqlite_where=sa.text("school_key <> ''"), postgresql_where=sa.text("school_key <> ''")),
    )

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"))
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), index=True)
    school_key: Mapped[str] = mapped_column(String(40), default="")
    first_name: Mapped[str] = mapped_column(String(80), default="")
    last_name: Mapped[str] = mapped_column(String(80), default="")
    born_on: Mapped[date | None]
    school_year: Mapped[str] = mapped_column(String(20), default="")
    child_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("child.id"), index=True)
    batch_id: Mapped[uuid.UUID | None] = mapped_column(index=True)

    measures: Mapped[list[Measure]] = relationship(back_populates="pupil", order_by="Measure.measured_on, Measure.created_at")
    decisions: Mapped[list[SelectionDecision]] = relationship(back_populates="pupil", order_by="SelectionDecision.created_at")

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class Measure(Row):
    """One figure, dated, by somebody. A figure put right or replaced keeps its row: `ended_at` says when, `replaced_by_id` by which.

    `tenths` is the figure times ten (91.2% is 912), so that it is exact on both databases. Which figures there are stands in
    `measuring.FIGURES`. `batch_id` is the import that brought it; none for what was typed.
    """

    __tablename__ = "measure"
    __table_args__ = (
        CheckConstraint("(child_id IS NULL) <> (pupil_id IS NULL)", name="of_one"),
        CheckConstraint("replaced_by_id IS NULL OR ended_at IS NOT NULL", name="replaced_is_ended"),
        Index("one_standing_measure", "child_id", "code", "informant", "measured_on", unique=True,
              sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL")),
        Index("one_standing_measure_of_pupil", "pupil_id", "code", "informant", "measured_on", unique=True,
              sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL")),
    )

    child_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("child.id"))
    pupil_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("pupil.id"))
    code: Mapped[str] = mapped_column(String(40))
    informant: Mapped[Informant] = mapped_column(state_column(Informant))
    tenths: Mapped[int]
    measured_on: Mapped[date]
    recorded_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    batch_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    replaced_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("measure.id"))
    why_ended: Mapped[str] = mapped_column(String(300), default="")

    pupil: Mapped[Pupil | None] = relationship(back_populates="measures")
    recorded_by: Mapped[Person | None] = relationship(lazy="joined")


class RiskScheme(Row):
    """Which figures a Zone looks at when children are chosen: `criteria` is {criterion: limit in tenths}, and how many have to be met."""

    __tablename__ = "risk_scheme"
    __table_args__ = (CheckConstraint("least >= 1", name="at_least_one"),)

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"), unique=True)
    criteria: Mapped[dict[str, Any]] = mapped_column(default=dict)
    least: Mapped[int] = mapped_column(default=2)
    changed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)


class Selection(StrEnum):
    SELECTED = "selected"
    NOT_NOW = "not_now"


class SelectionDecision(Row):
    """A person decided about a pupil; the newest counts. `met` is what stood beside the name that day: criteria and figures' ids."""

    __tablename__ = "selection_decision"
    __table_args__ = (CheckConstraint("choice = 'selected' OR reason <> ''", name="not_now_has_a_reason"),)

    pupil_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pupil.id"), index=True)
    choice: Mapped[Selection] = mapped_column(state_column(Selection))
    reason: Mapped[str] = mapped_column(Sealed("selection_decision.reason"), default="")
    met: Mapped[dict[str, Any]] = mapped_column(default=dict)
    decided_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))

    pupil: Mapped[Pupil] = relationship(back_populates="decisions")
    decided_by: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class TeacherView(Row):
    """What the school says of a child in one term: how it goes, and what it would work on next."""

    __tablename__ = "teacher_view"
    __table_args__ = (CheckConstraint("going_well <> '' OR next_step <> ''", name="says_something"),)

    child_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("child.id"), index=True)
    said_on: Mapped[date]
    teacher: Mapped[str] = mapped_column(String(120))
    going_well: Mapped[str] = mapped_column(Sealed("teacher_view.going_well"), default="")
    next_step: Mapped[str] = mapped_column(Sealed("teacher_view.next_step"), default="")
    is_review: Mapped[bool] = mapped_column(default=False)
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))

    recorded_by: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class ConsentObjection(Row):
    """A parent or carer says no to an organisation. While it stands, no consent for that organisation counts; both stay on record."""

    __tablename__ = "consent_objection"
    __table_args__ = (
        CheckConstraint("(lifted_at IS NULL) = (lifted_by_id IS NULL)", name="lifted_says_by_whom"),
        Index("one_standing_objection", "child_id", "organisation_id", "carer_id", unique=True,
              sqlite_where=sa.text("lifted_at IS NULL"), postgresql_where=sa.text("lifted_at IS NULL")),
    )

    child_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("child.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    carer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("carer.id"))
    said_on: Mapped[date]
    words: Mapped[str] = mapped_column(Sealed("consent_objection.words"), default="")
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    lifted_at: Mapped[datetime | None]
    lifted_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    lifted_why: Mapped[str] = mapped_column(Sealed("consent_objection.lifted_why"), default="")


class GillickState(StrEnum):
    NOTED = "noted"
    COUNTERSIGNED = "countersigned"
    TURNED_DOWN = "turned_down"


class GillickNote(Row):
    """Why a child was found able to decide for themself what is shared with one organisation. Counts only when countersigned."""

    __tablename__ = "gillick_note"
    __table_args__ = (
        CheckConstraint("given_on <= ends_on", name="days_in_order"),
        CheckConstraint("(state = 'noted') = (decided_by_id IS NULL)", name="decided_says_by_whom"),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> noted_by_id", name="two_people"),
        CheckConstraint("(state = 'countersigned') = (consent_id IS NOT NULL)", name="countersigned_is_a_consent"),
    )

    child_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("child.id"), index=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    fields: Mapped[list[str]] = mapped_column(default=list)
    given_on: Mapped[date]
    ends_on: Mapped[date]
    how: Mapped[str] = mapped_column(String(40), default="in person")
    language: Mapped[str] = mapped_column(String(10), default="en")
    understood: Mapped[str] = mapped_column(Sealed("gillick_note.understood"))
    why_not_parent: Mapped[str] = mapped_column(Sealed("gillick_note.why_not_parent"))
    noted_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    state: Mapped[GillickState] = mapped_column(state_column(GillickState), default=GillickState.NOTED)
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[str] = mapped_column(Sealed("gillick_note.decision_note"), default="")
    consent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("consent.id"))

    noted_by: Mapped[Person] = relationship(lazy="joined", innerjoin=True, foreign_keys=[noted_by_id])
    decided_by: Mapped[Person | None] = relationship(lazy="joined", foreign_keys=[decided_by_id])
