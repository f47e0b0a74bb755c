"""Who and what stands around a child: Relationship, Carer, Consent, Refusal."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.shared import clock
from app.shared.db import Row, state_column
from app.shared.sealing import Sealed

if TYPE_CHECKING:
    from app.children.models.core import Child
    from app.children.models.growth import RelationshipMoment


class RelationshipKind(StrEnum):
    FAMILY = "family"
    FRIEND = "friend"
    SCHOOL = "school"
    LINK_WORKER = "link_worker"
    PARTNER = "partner"
    PLACE = "place"


class Closeness(StrEnum):
    CLOSE = "close"
    NEAR = "near"
    FAR = "far"


class Warmth(StrEnum):
    WARM = "warm"
    NEW = "new"
    FADING = "fading"
    ENDED = "ended"


class Relationship(Row):
    """Somebody or somewhere that matters to the child: one token in the circle. `closeness` and `warmth` are those of its newest
    moment. `origin_id` is what brought it (an introduction, known here only by its id). `other_child_id`: this friend, brother or sister
    is a child of Kith as well; it is told to nobody who may not see both."""

    __tablename__ = "relationship"
    __table_args__ = (Index("one_relationship_per_origin", "child_id", "origin_id", unique=True),)

    child_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("child.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    who: Mapped[str] = mapped_column(String(120), default="")
    kind: Mapped[RelationshipKind] = mapped_column(state_column(RelationshipKind))
    closeness: Mapped[Closeness] = mapped_column(state_column(Closeness), default=Closeness.NEAR)
    warmth: Mapped[Warmth] = mapped_column(state_column(Warmth), default=Warmth.WARM)
    since_on: Mapped[date] = mapped_column(default=clock.today)
    ended_on: Mapped[date | None]
    is_trusted_adult: Mapped[bool] = mapped_column(default=False)
    is_found_by_child: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(Sealed("relationship.note", 300), default="")
    origin_id: Mapped[uuid.UUID | None]
    other_child_id: Mapped[uuid.UUID | None]

    child: Mapped[Child] = relationship(back_populates="relationships")
    moments: Mapped[list[RelationshipMoment]] = relationship(back_populates="tie", order_by="RelationshipMoment.from_on")


class Carer(Row):
    """A parent or carer. `may_not_know_where`: a court's order, or danger at home; papers then leave out places (app.children.whereabouts)."""

    __tablename__ = "carer"

    child_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("child.id"), index=True)
    name: Mapped[str] = mapped_column(Sealed("carer.name", 120))
    relation: Mapped[str] = mapped_column(String(60), default="")
    phone: Mapped[str] = mapped_column(Sealed("carer.phone", 30), default="")
    email: Mapped[str] = mapped_column(Sealed("carer.email", 254), default="")
    language: Mapped[str] = mapped_column(String(10), default="en")
    has_parental_responsibility: Mapped[bool] = mapped_column(default=True)
    may_not_know_where: Mapped[bool] = mapped_column(default=False)

    child: Mapped[Child] = relationship(back_populates="carers")


SHAREABLE = {
    "first_name": _l("first name"), "age": _l("age and school year"), "interests": "interests", "own_words": _l("own words"),
    "what_helps": _l("what helps and what does not"), "must_know": "must-know", "trusted_adult": _l("trusted adult"),
    "contact": _l("parent's or carer's telephone number"), "needs": "needs", "photo": _l("photo on the introduction card"),
}
"""What a consent can cover, and the words for it."""


class Consent(Row):
    """What a parent or carer has agreed may be shared, with one organisation, until a day. Withdrawn at any time.

    Without a carer the child decided, on a countersigned GillickNote. `waits_since` is set while another carer says no: it stands,
    but nothing is shared on it.
    """

    __tablename__ = "consent"
    __table_args__ = (
        CheckConstraint("given_on <= ends_on", name="days_in_order"),
        Index("ix_consent_organisation", "organisation_id", "child_id"),
    )

    child_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("child.id"), index=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    carer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("carer.id"))
    fields: Mapped[list[str]] = mapped_column(default=list)
    given_on: Mapped[date]
    ends_on: Mapped[date]
    how: Mapped[str] = mapped_column(String(40), default="in person")
    language: Mapped[str] = mapped_column(String(10), default="en")
    recorded_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_why: Mapped[str] = mapped_column(Sealed("consent.withdrawn_why"), default="")
    waits_since: Mapped[datetime | None]

    child: Mapped[Child] = relationship(back_populates="consents")
    carer: Mapped[Carer | None] = relationship(lazy="joined")

    def covers(self, day: date) -> bool:
        return self.withdrawn_at is None and self.waits_since is None and self.given_on <= day <= self.ends_on

    @classmethod
    def is_live_on(cls, day: date) -> sa.ColumnElement[bool]:
        """The same in SQL."""
        return sa.and_(cls.withdrawn_at.is_(None), cls.waits_since.is_(None), cls.given_on <= day, cls.ends_on >= day)

    @property
    def given_by(self) -> str:
        """Who agreed, by name."""
        return self.carer.name if self.carer is not None else self.child.called


class Refusal(Row):
    """The child said no to this offering. It never comes back by itself; only the child's own new word lifts it."""

    __tablename__ = "refusal"
    __table_args__ = (
        Index("one_standing_refusal", "child_id", "offering_id", unique=True,
              sqlite_where=sa.text("lifted_on IS NULL"), postgresql_where=sa.text("lifted_on IS NULL")),
    )

    child_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("child.id"))
    offering_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offering.id"))
    said_on: Mapped[date] = mapped_column(default=clock.today)
    why: Mapped[str] = mapped_column(Sealed("refusal.why"), default="")
    is_childs_no: Mapped[bool] = mapped_column(default=True)
    recorded_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    lifted_on: Mapped[date | None]

    child: Mapped[Child] = relationship(back_populates="refusals")


from app.children import school_models as school_models  # noqa: E402  the rest of this room's tables, which name those above
