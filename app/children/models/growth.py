"""What is kept over the two years: moments of a relationship, tags taken from notes, answers in faces, reviews, the plan, the one page."""

from __future__ import annotations

import hashlib
import uuid
from datetime import date
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.children.models.around import Closeness, Relationship, Warmth
from app.children.models.core import Goal, ListeningNote
from app.shared import clock
from app.shared.db import Row, state_column
from app.shared.sealing import Sealed


class RelationshipMoment(Row):
    """How close and how warm a relationship was from a day on, until its next moment. One a day: the last word of the day counts."""

    __tablename__ = "relationship_moment"
    __table_args__ = (UniqueConstraint("relationship_id", "from_on", name="uq_relationship_moment_day"),)

    relationship_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("relationship.id"))
    from_on: Mapped[date]
    closeness: Mapped[Closeness] = mapped_column(state_column(Closeness))
    warmth: Mapped[Warmth] = mapped_column(state_column(Warmth))

    tie: Mapped[Relationship] = relationship(back_populates="moments")


class TagPlace(StrEnum):
    """Where an accepted tag goes."""

    LOVES = "loves"
    HELPS = "helps"
    DOES_NOT = "does_not"
    IN_THE_WAY = "in_the_way"


class TagState(StrEnum):
    SUGGESTED = "suggested"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class NoteTag(Row):
    """A few words that a listening note seems to say. It counts for nothing until somebody who works with the child accepts it."""

    __tablename__ = "note_tag"
    __table_args__ = (
        UniqueConstraint("note_id", "word", name="uq_note_tag_word"),
        CheckConstraint("(state = 'suggested') = (decided_on IS NULL)", name="decided_has_a_day"),
        Index("ix_note_tag_child", "child_id", "state"),
    )

    child_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("child.id"))
    note_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("listening_note.id"))
    word: Mapped[str] = mapped_column(String(80))
    place: Mapped[TagPlace] = mapped_column(state_column(TagPlace))
    state: Mapped[TagState] = mapped_column(state_column(TagState), default=TagState.SUGGESTED)
    decided_on: Mapped[date | None]
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))

    note: Mapped[ListeningNote] = relationship()


class HelpAnswer(Row):
    """“Can you ask your Link Worker for help?” in five faces: 1 no, never; 5 yes, always. One a day: the last one counts."""

    __tablename__ = "help_answer"
    __table_args__ = (
        UniqueConstraint("child_id", "asked_on", name="uq_help_answer_day"),
        CheckConstraint("face BETWEEN 1 AND 5", name="face_in_range"),
    )

    child_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("child.id"))
    face: Mapped[int]
    words: Mapped[str] = mapped_column(Sealed("help_answer.words"), default="")
    asked_on: Mapped[date]
    asked_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))


class GoalReview(Row):
    """How far the child has come, in stars or in the child's words or both. Never changed; the newest counts."""

    __tablename__ = "goal_review"
    __table_args__ = (
        CheckConstraint("stars IS NULL OR stars BETWEEN 1 AND 5", name="stars_in_range"),
        CheckConstraint("stars IS NOT NULL OR words <> ''", name="says_something"),
    )

    goal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("goal.id"), index=True)
    stars: Mapped[int | None]
    words: Mapped[str] = mapped_column(Sealed("goal_review.words"), default="")
    is_seen_by_child: Mapped[bool] = mapped_column(default=False)
    reviewed_on: Mapped[date]
    heard_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))

    goal: Mapped[Goal] = relationship(back_populates="reviews")


class StepState(StrEnum):
    PLANNED = "planned"
    DONE = "done"
    CHANGED = "changed"


class PlanStep(Row):
    """One thing to do in one term of the two years. What is changed stays, with why; `term_starts_on` names the term."""

    __tablename__ = "plan_step"
    __table_args__ = (
        Index("ix_plan_step_child", "child_id", "term_starts_on"),
        CheckConstraint("state <> 'changed' OR why <> ''", name="changed_says_why"),
    )

    child_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("child.id"))
    term_starts_on: Mapped[date]
    area: Mapped[str] = mapped_column(String(10), default="")
    text: Mapped[str] = mapped_column(Sealed("plan_step.text", 300))
    state: Mapped[StepState] = mapped_column(state_column(StepState), default=StepState.PLANNED)
    why: Mapped[str] = mapped_column(Sealed("plan_step.why", 300), default="")
    settled_on: Mapped[date | None]
    recorded_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))


class PlanVoice(StrEnum):
    CHILD = "child"
    PARENT = "parent"
    TEACHER = "teacher"
    LINK_WORKER = "link_worker"


class PlanSaying(Row):
    """What somebody said about one term of the plan: who, in their words, on which day. Never changed."""

    __tablename__ = "plan_saying"
    __table_args__ = (Index("ix_plan_saying_child", "child_id", "term_starts_on"),)

    child_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("child.id"))
    term_starts_on: Mapped[date]
    voice: Mapped[PlanVoice] = mapped_column(state_column(PlanVoice))
    said_by: Mapped[str] = mapped_column(String(120), default="")
    words: Mapped[str] = mapped_column(Sealed("plan_saying.words"))
    said_on: Mapped[date]
    recorded_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))


class OnePage(Row):
    """The child's one-page profile: what I like, what helps me, what does not. A draft until it was read to the child and the child
    said yes; an approved version is never changed, a newer one takes its place. Partners get nothing else (app/children/sharing.py)."""

    __tablename__ = "one_page"
    __table_args__ = (
        UniqueConstraint("child_id", "version", name="uq_one_page_version"),
        Index("one_draft_per_child", "child_id", unique=True,
              sqlite_where=sa.text("approved_on IS NULL"), postgresql_where=sa.text("approved_on IS NULL")),
        CheckConstraint("(approved_on IS NULL) = (read_by_id IS NULL)", name="approved_says_who_read_it"),
    )

    child_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("child.id"))
    version: Mapped[int]
    about_me: Mapped[str] = mapped_column(Sealed("one_page.about_me"), default="")
    likes: Mapped[list[str]] = mapped_column(default=list)
    helps: Mapped[str] = mapped_column(Sealed("one_page.helps"), default="")
    does_not: Mapped[str] = mapped_column(Sealed("one_page.does_not"), default="")
    working_on: Mapped[list[str]] = mapped_column(default=list)
    written_on: Mapped[date] = mapped_column(default=clock.today)
    approved_on: Mapped[date | None]
    read_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    childs_word: Mapped[str] = mapped_column(Sealed("one_page.childs_word", 300), default="")

    read_by: Mapped[Person | None] = relationship(lazy="joined")

    @property
    def stamp(self) -> str:
        """Changes with every word of it: what was read out is what is approved."""
        text = repr((self.version, self.about_me, self.likes, self.helps, self.does_not, self.working_on))
        return hashlib.sha256(text.encode()).hexdigest()[:16]
