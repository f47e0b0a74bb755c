"""Introduction and its transition table, View, Linking, Signpost, StillGoing."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.catalogue.models import Cohort, Offering, Organisation, Practitioner
from app.children.models import Carer, Child
from app.shared.db import Row, state_column
from app.shared.sealing import Sealed
from app.shared.states import Moves


class IntroductionState(StrEnum):
    IDEA = "idea"
    LISTENING = "listening"
    NOT_YET = "not_yet"
    READY = "ready"
    ASKED = "asked"
    DECLINED = "declined"
    LAPSED = "lapsed"
    AGREED = "agreed"
    ARRANGED = "arranged"
    MET = "met"
    JOINED = "joined"
    SETTLED = "settled"
    CLOSED = "closed"
    ENDED = "ended"


_S = IntroductionState
INTRODUCTION_MOVES = Moves("introduction", {
    _S.IDEA: {_S.LISTENING, _S.CLOSED, _S.ENDED},
    _S.LISTENING: {_S.READY, _S.NOT_YET, _S.ENDED},
    _S.NOT_YET: {_S.LISTENING, _S.ENDED},
    _S.READY: {_S.ASKED, _S.LISTENING, _S.NOT_YET, _S.ENDED},
    _S.ASKED: {_S.AGREED, _S.DECLINED, _S.LAPSED, _S.ENDED},
    _S.DECLINED: {_S.IDEA, _S.CLOSED, _S.ENDED},
    _S.LAPSED: {_S.IDEA, _S.CLOSED, _S.ENDED},
    _S.AGREED: {_S.ARRANGED, _S.ENDED},
    _S.ARRANGED: {_S.MET, _S.ENDED},
    _S.MET: {_S.JOINED, _S.ENDED},
    _S.JOINED: {_S.SETTLED, _S.ENDED},
    _S.SETTLED: {_S.CLOSED, _S.ENDED},
})
OPEN_STATES = tuple(state for state in IntroductionState if not INTRODUCTION_MOVES.is_end(state))
IS_OPEN = sa.text("state NOT IN ('closed', 'ended')")


class EndReason(StrEnum):
    CHILD_NO = "child_no"
    PARENT_NO = "parent_no"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    MOVED = "moved"
    SAFETY = "safety"
    PROGRAMME_END = "programme_end"
    COMMISSION_ENDED = "commission_ended"


class DeclineReason(StrEnum):
    FULL = "full"
    NOT_RIGHT_FIT = "not_right_fit"
    TIMES = "times"
    STAFFING = "staffing"
    OTHER = "other"


class Introduction(Row):
    """One child, one offering, one warm way in. `is_shared` False: nothing about the child is told, so no consent is needed.

    `answered_by` is who said yes or no there, where nobody of the organisation signs in to Kith and the Link Worker was told.
    `visits_told` counts the visits to a local asset that has no register; `nudged_after` is how many school days had passed at the
    last reminder. Those with one `party_id` go together (two brothers): they are asked and answered at once, both or neither.
    """

    __tablename__ = "introduction"
    __table_args__ = (
        Index("one_open_introduction", "child_id", "offering_id", unique=True, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
        CheckConstraint("(state = 'ended') = (end_reason IS NOT NULL)", name="ended_says_why"),
        CheckConstraint("(state <> 'not_yet') OR (ask_again_on IS NOT NULL)", name="not_yet_has_a_day"),
        CheckConstraint("(state <> 'asked') OR (asked_at IS NOT NULL AND answer_by_on IS NOT NULL)", name="asked_has_a_last_day"),
        CheckConstraint("visits_told IS NULL OR visits_told >= 0", name="visits_not_negative"),
        Index("ix_introduction_organisation_state", "organisation_id", "state"),
        Index("ix_introduction_zone_state", "zone_id", "state"),
        Index("ix_introduction_party", "party_id"),
        Index("ix_introduction_child_state", "child_id", "state"),
    )

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"))
    child_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("child.id"))
    offering_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offering.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    cohort_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("cohort.id"))
    practitioner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("practitioner.id"))
    started_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    party_id: Mapped[uuid.UUID | None]
    state: Mapped[IntroductionState] = mapped_column(state_column(IntroductionState), default=IntroductionState.IDEA)
    version: Mapped[int] = mapped_column(default=1)
    is_shared: Mapped[bool] = mapped_column(default=True)
    why: Mapped[str] = mapped_column(Sealed("introduction.why"), default="")
    has_met_contact: Mapped[bool] = mapped_column(default=False)
    who_goes_along: Mapped[str] = mapped_column(Sealed("introduction.who_goes_along", 120), default="")
    warmth_answer: Mapped[str] = mapped_column(String(12), default="")
    ask_again_on: Mapped[date | None]
    not_yet_why: Mapped[str] = mapped_column(Sealed("introduction.not_yet_why"), default="")
    asked_at: Mapped[datetime | None]
    asked_note: Mapped[str] = mapped_column(Sealed("introduction.asked_note"), default="")
    answer_by_on: Mapped[date | None]
    nudged_after: Mapped[int] = mapped_column(default=0)
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str] = mapped_column(String(120), default="")
    decline_reason: Mapped[DeclineReason | None] = mapped_column(state_column(DeclineReason))
    decline_note: Mapped[str] = mapped_column(Sealed("introduction.decline_note"), default="")
    first_dates: Mapped[str] = mapped_column(String(200), default="")
    meeting_at: Mapped[datetime | None]
    meeting_place: Mapped[str] = mapped_column(Sealed("introduction.meeting_place", 200), default="")
    meeting_people: Mapped[str] = mapped_column(Sealed("introduction.meeting_people", 300), default="")
    trusted_adult: Mapped[str] = mapped_column(Sealed("introduction.trusted_adult", 120), default="")
    met_on: Mapped[date | None]
    met_people: Mapped[str] = mapped_column(Sealed("introduction.met_people", 300), default="")
    met_words: Mapped[str] = mapped_column(Sealed("introduction.met_words"), default="")
    joined_on: Mapped[date | None]
    settled_on: Mapped[date | None]
    visits_told: Mapped[int | None]
    wants_to_go_on: Mapped[bool | None]
    outcome: Mapped[str] = mapped_column(Sealed("introduction.outcome"), default="")
    next_step: Mapped[str] = mapped_column(Sealed("introduction.next_step"), default="")
    end_reason: Mapped[EndReason | None] = mapped_column(state_column(EndReason))
    end_note: Mapped[str] = mapped_column(Sealed("introduction.end_note"), default="")
    ended_on: Mapped[date | None]

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    child: Mapped[Child] = relationship(lazy="joined", innerjoin=True)
    offering: Mapped[Offering] = relationship(lazy="joined", innerjoin=True)
    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)
    cohort: Mapped[Cohort | None] = relationship()
    practitioner: Mapped[Practitioner | None] = relationship(lazy="joined")
    started_by: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
    views: Mapped[list[View]] = relationship(back_populates="introduction", order_by="View.said_on, View.created_at")
    checks: Mapped[list[StillGoing]] = relationship(back_populates="introduction", order_by="StillGoing.due_on")

    @property
    def is_open(self) -> bool:
        return not INTRODUCTION_MOVES.is_end(self.state)


class Viewpoint(StrEnum):
    CHILD = "child"
    CARER = "carer"
    TEACHER = "teacher"


class Stance(StrEnum):
    YES = "yes"
    WILLING = "willing"
    UNSURE = "unsure"
    NO = "no"


class View(Row):
    """What one person thinks of one introduction: their words, the day, who asked. Never changed; a newer one counts instead.

    `said_by` names a teacher; a child needs no name here, and a carer has their own row. `told_to` is who heard it, where that is not
    who wrote it down. `words` stay in the language they were said in; `words_in_english` is what they mean.
    """

    __tablename__ = "view"
    __table_args__ = (
        CheckConstraint("(viewpoint = 'carer') = (carer_id IS NOT NULL)", name="carer_is_named"),
        Index("ix_view_introduction", "introduction_id", "viewpoint"),
    )

    introduction_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("introduction.id"))
    viewpoint: Mapped[Viewpoint] = mapped_column(state_column(Viewpoint))
    carer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("carer.id"))
    said_by: Mapped[str] = mapped_column(String(120), default="")
    stance: Mapped[Stance] = mapped_column(state_column(Stance))
    words: Mapped[str] = mapped_column(Sealed("view.words"))
    said_on: Mapped[date]
    how: Mapped[str] = mapped_column(String(40), default="in person")
    language: Mapped[str] = mapped_column(String(10), default="en")
    words_in_english: Mapped[str] = mapped_column(Sealed("view.words_in_english"), default="")
    told_to: Mapped[str] = mapped_column(String(120), default="")
    asked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))

    introduction: Mapped[Introduction] = relationship(back_populates="views")
    carer: Mapped[Carer | None] = relationship(lazy="joined")
    asked_by: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class Readers(StrEnum):
    """Who reads a message: those who work with the child, or the organisation as well."""

    TEAM = "team"
    PARTNER = "partner"


class Message(Row):
    """What was written about an introduction; it stays there and leaves by no e-mail. A question waits for its one answer."""

    __tablename__ = "introduction_message"
    __table_args__ = (
        UniqueConstraint("answers_id", name="uq_introduction_message_answers"),
        Index("ix_introduction_message_introduction", "introduction_id", "created_at"),
    )

    introduction_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("introduction.id"))
    written_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    is_by_partner: Mapped[bool] = mapped_column(default=False)
    readers: Mapped[Readers] = mapped_column(state_column(Readers))
    is_question: Mapped[bool] = mapped_column(default=False)
    answers_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("introduction_message.id"))
    words: Mapped[str] = mapped_column(Sealed("introduction_message.words"))

    written_by: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class Linking(Row):
    """A child met an offering: counted once per child and offering, at *met*."""

    __tablename__ = "linking"
    __table_args__ = (UniqueConstraint("child_id", "offering_id", name="uq_linking_child_offering"),)

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"), index=True)
    child_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("child.id"))
    offering_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offering.id"))
    introduction_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("introduction.id"))
    met_on: Mapped[date]


class Signpost(Row):
    """Information given without an introduction; counted apart."""

    __tablename__ = "signpost"
    __table_args__ = (Index("ix_signpost_child", "child_id"),)

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"))
    child_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("child.id"))
    offering_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offering.id"))
    given_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    given_on: Mapped[date]
    to_whom: Mapped[str] = mapped_column(String(120), default="")

    offering: Mapped[Offering] = relationship(lazy="joined", innerjoin=True)


class StillGoing(Row):
    """The check at 1, 3, 6 and 12 months after settling: still going?"""

    __tablename__ = "still_going"
    __table_args__ = (
        UniqueConstraint("introduction_id", "months", name="uq_still_going_months"),
        CheckConstraint("(answered_on IS NULL) = (is_still_going IS NULL)", name="answer_has_a_day"),
    )

    introduction_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("introduction.id"))
    months: Mapped[int]
    due_on: Mapped[date]
    answered_on: Mapped[date | None]
    is_still_going: Mapped[bool | None]
    words: Mapped[str] = mapped_column(Sealed("still_going.words"), default="")

    introduction: Mapped[Introduction] = relationship(back_populates="checks")
