"""Child, Caseload, Voice, ListeningNote, Need, Goal."""

from __future__ import annotations

import uuid
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from app.accounts.models import Person, School, Zone
from app.children.school_years import moved_up
from app.shared import clock
from app.shared.db import Row, state_column
from app.shared.sealing import Sealed

if TYPE_CHECKING:
    from app.children.models.around import Carer, Consent, Refusal, Relationship
    from app.children.models.growth import GoalReview
    from app.children.models.looks import UrgentLook


class ChildState(StrEnum):
    ACTIVE = "active"
    ENDED = "ended"


class Child(Row):
    """A child on the programme. `reference` (K-7F2Q) stands for the name wherever the name has no business.

    `windows` is [{"days": ["Mon"], "start": "15:30", "end": "17:30"}]; `max_cost_pence` is what the family can pay a session;
    `max_km` a straight line from the child's place. A child who moves to another Zone has a record in each: the one that stays says where
    the child went, the new one where from, and neither names the other.
    """

    __tablename__ = "child"
    __table_args__ = (
        UniqueConstraint("zone_id", "reference", name="uq_child_reference"),
        UniqueConstraint("zone_id", "source", "source_ref", name="uq_child_source"),
        CheckConstraint("age BETWEEN 0 AND 25", name="age_in_range"),
        Index("ix_child_school", "school_id", "state"),
    )

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"))
    school_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("school.id"))
    reference: Mapped[str] = mapped_column(String(10))
    first_name: Mapped[str] = mapped_column(String(80))
    last_name: Mapped[str] = mapped_column(String(80), default="")
    known_as: Mapped[str] = mapped_column(String(80), default="")
    state: Mapped[ChildState] = mapped_column(state_column(ChildState), default=ChildState.ACTIVE)
    born_on: Mapped[date | None]
    age: Mapped[int]
    school_year: Mapped[str] = mapped_column(String(20), default="")
    school_year_of: Mapped[int | None]
    gender: Mapped[str] = mapped_column(String(20), default="")
    region: Mapped[str] = mapped_column(String(120), default="")
    town: Mapped[str] = mapped_column(String(120), default="")
    ward: Mapped[str] = mapped_column(String(120), default="")
    postcode_area: Mapped[str] = mapped_column(String(10), default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    programme_starts_on: Mapped[date | None]
    programme_ends_on: Mapped[date | None]
    interests: Mapped[list[str]] = mapped_column(default=list)
    strengths: Mapped[list[str]] = mapped_column(default=list)
    aspiration: Mapped[str] = mapped_column(Sealed("child.aspiration"), default="")
    what_helps: Mapped[str] = mapped_column(Sealed("child.what_helps"), default="")
    what_does_not: Mapped[str] = mapped_column(Sealed("child.what_does_not"), default="")
    must_know: Mapped[str] = mapped_column(Sealed("child.must_know"), default="")
    link_worker_note: Mapped[str] = mapped_column(Sealed("child.link_worker_note"), default="")
    goals_text: Mapped[str] = mapped_column(Sealed("child.goals_text"), default="")
    barriers: Mapped[str] = mapped_column(Sealed("child.barriers"), default="")
    audiences: Mapped[list[str]] = mapped_column(default=list)
    max_km: Mapped[float] = mapped_column(default=5.0)
    windows: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)
    are_holidays_ok: Mapped[bool] = mapped_column(default=False)
    is_online_ok: Mapped[bool] = mapped_column(default=False)
    max_cost_pence: Mapped[int] = mapped_column(default=0)
    languages: Mapped[list[str]] = mapped_column(default=lambda: ["en"])
    needs_step_free: Mapped[bool] = mapped_column(default=False)
    is_girls_only: Mapped[bool] = mapped_column(default=False)
    sibling_ages: Mapped[list[int]] = mapped_column(default=list)
    max_group: Mapped[int | None]
    needs_quiet: Mapped[bool] = mapped_column(default=False)
    parent_cannot_stay: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(String(60), default="kith")
    source_ref: Mapped[str] = mapped_column(String(200), default=lambda: str(uuid.uuid4()))
    moved_to_zone_id: Mapped[uuid.UUID | None]
    came_from_zone_id: Mapped[uuid.UUID | None]

    moved_to: Mapped[Zone | None] = relationship(primaryjoin="foreign(Child.moved_to_zone_id) == Zone.id", viewonly=True)
    came_from: Mapped[Zone | None] = relationship(primaryjoin="foreign(Child.came_from_zone_id) == Zone.id", viewonly=True)
    school: Mapped[School | None] = relationship()
    caseload: Mapped[list[Caseload]] = relationship(back_populates="child", order_by="Caseload.starts_on", lazy="selectin")
    voices: Mapped[list[Voice]] = relationship(back_populates="child", order_by="Voice.said_on.desc()")
    notes: Mapped[list[ListeningNote]] = relationship(back_populates="child", order_by="ListeningNote.noted_on.desc()")
    needs: Mapped[list[Need]] = relationship(back_populates="child", order_by="Need.priority, Need.position, Need.code")
    goals: Mapped[list[Goal]] = relationship(back_populates="child", order_by="Goal.created_at")
    relationships: Mapped[list[Relationship]] = relationship(back_populates="child", order_by="Relationship.name")
    carers: Mapped[list[Carer]] = relationship(back_populates="child", order_by="Carer.created_at, Carer.id")
    urgent_looks: Mapped[list[UrgentLook]] = relationship(order_by="UrgentLook.created_at", viewonly=True)
    consents: Mapped[list[Consent]] = relationship(back_populates="child", order_by="Consent.given_on.desc()")
    refusals: Mapped[list[Refusal]] = relationship(back_populates="child")

    @property
    def called(self) -> str:
        """What the child is called to their face."""
        return self.known_as or self.first_name

    @property
    def short_name(self) -> str:
        """Amara O."""
        return f"{self.called} {self.last_name[:1]}." if self.last_name else self.called

    @property
    def age_now(self) -> int:
        """From the birthday where it is known, else the age that was written down."""
        if self.born_on is None:
            return self.age
        today = clock.today()
        return today.year - self.born_on.year - ((today.month, today.day) < (self.born_on.month, self.born_on.day))

    @validates("school_year")
    def _written_this_year(self, _name: str, year: str) -> str:
        """A year of school is that of the school year in which it is written down."""
        self.school_year_of = clock.school_year(clock.today()) if year else None
        return year

    def school_year_on(self, day: date) -> str:
        """The year of school as it was written, moved up each 1 September until that day."""
        return moved_up(self.school_year, self.school_year_of, clock.school_year(day))

    @property
    def school_year_now(self) -> str:
        return self.school_year_on(clock.today())

    @property
    def live_needs(self) -> list[Need]:
        return [need for need in self.needs if need.ended_on is None]

    @property
    def link_worker_ids(self) -> set[uuid.UUID]:
        return {entry.person_id for entry in self.caseload if entry.is_live}


class CaseloadKind(StrEnum):
    LEAD = "lead"
    COVER = "cover"


class Caseload(Row):
    """This child is this Link Worker's, between two days; `cover` stands in beside or after the lead."""

    __tablename__ = "caseload"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR starts_on <= ends_on", name="days_in_order"),
        Index("ix_caseload_person", "person_id", "child_id"),
        Index("one_open_lead_per_child", "child_id", unique=True,
              sqlite_where=sa.text("kind = 'lead' AND ends_on IS NULL"), postgresql_where=sa.text("kind = 'lead' AND ends_on IS NULL")),
    )

    child_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("child.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[CaseloadKind] = mapped_column(state_column(CaseloadKind), default=CaseloadKind.LEAD)
    starts_on: Mapped[date] = mapped_column(default=clock.today)
    ends_on: Mapped[date | None]

    child: Mapped[Child] = relationship(back_populates="caseload")
    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)

    @property
    def is_live(self) -> bool:
        today = clock.today()
        return self.starts_on <= today and (self.ends_on is None or today <= self.ends_on)


class Voice(Row):
    """Something the child said, in their words, with the day it was said and who heard it."""

    __tablename__ = "voice"

    child_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("child.id"), index=True)
    words: Mapped[str] = mapped_column(Sealed("voice.words"))
    said_on: Mapped[date]
    heard_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    source: Mapped[str] = mapped_column(String(60), default="kith")

    child: Mapped[Child] = relationship(back_populates="voices")
    heard_by: Mapped[Person | None] = relationship(lazy="joined")


class NoteKind(StrEnum):
    WELL_RECEIVED = "well_received"
    NOT_WELL_RECEIVED = "not_well_received"
    MOTIVATES = "motivates"
    BARRIER = "barrier"


class ListeningNote(Row):
    """What is well received, what is not, what motivates, which barriers. `is_private` (therapy) stays with the Link Worker."""

    __tablename__ = "listening_note"

    child_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("child.id"), index=True)
    kind: Mapped[NoteKind] = mapped_column(state_column(NoteKind))
    text: Mapped[str] = mapped_column(Sealed("listening_note.text"))
    noted_on: Mapped[date]
    noted_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    is_private: Mapped[bool] = mapped_column(default=False)

    child: Mapped[Child] = relationship(back_populates="notes")
    noted_by: Mapped[Person | None] = relationship(lazy="joined")


def need_word(code: str) -> str:
    """"Emotional:self-esteem" -> "self-esteem", "Social:social-confidence" -> "social confidence"."""
    name = code.partition(":")[2]
    plain = name if name.startswith("self-") else name.replace("-", " ")
    return {"stem": "STEM", "english language": "English language"}.get(plain, plain)


class Need(Row):
    """What should get better, in a SEA area: `Emotional:anxiety`, priority 1 first. `position` keeps the order of the source."""

    __tablename__ = "need"
    __table_args__ = (
        UniqueConstraint("child_id", "code", name="uq_need_code"),
        CheckConstraint("priority BETWEEN 1 AND 3", name="priority_in_range"),
    )

    child_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("child.id"))
    code: Mapped[str] = mapped_column(String(60))
    priority: Mapped[int]
    starting_point: Mapped[str] = mapped_column(Sealed("need.starting_point"), default="")
    position: Mapped[int] = mapped_column(default=0)
    ended_on: Mapped[date | None]

    child: Mapped[Child] = relationship(back_populates="needs")

    @property
    def area(self) -> str:
        return self.code.partition(":")[0]

    @property
    def word(self) -> str:
        return need_word(self.code)


class Goal(Row):
    """What the child wants to reach, in their words. `stars`, `review_words` and `reviewed_on` are those of the newest review."""

    __tablename__ = "goal"
    __table_args__ = (CheckConstraint("stars IS NULL OR stars BETWEEN 1 AND 5", name="stars_in_range"),)

    child_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("child.id"), index=True)
    area: Mapped[str] = mapped_column(String(10))
    words: Mapped[str] = mapped_column(Sealed("goal.words"))
    set_on: Mapped[date] = mapped_column(default=clock.today)
    review_words: Mapped[str] = mapped_column(Sealed("goal.review_words"), default="")
    stars: Mapped[int | None]
    reviewed_on: Mapped[date | None]
    starting_point: Mapped[str] = mapped_column(Sealed("goal.starting_point"), default="")
    reached_on: Mapped[date | None]

    child: Mapped[Child] = relationship(back_populates="goals")
    reviews: Mapped[list[GoalReview]] = relationship(back_populates="goal", order_by="GoalReview.reviewed_on, GoalReview.created_at")
