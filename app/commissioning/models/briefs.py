"""Brief (a gap, told to partners without anything that could name the child), who is invited, and what they offer."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.catalogue.models import Organisation, Practitioner
from app.children.models import Child
from app.shared import clock
from app.shared.db import Row, state_column
from app.shared.states import Moves


class BriefState(StrEnum):
    OPEN = "open"
    AWARDED = "awarded"
    CLOSED = "closed"


class OfferState(StrEnum):
    OFFERED = "offered"
    WITHDRAWN = "withdrawn"
    AWARDED = "awarded"
    DECLINED = "declined"


BRIEF_MOVES = Moves("brief", {BriefState.OPEN: {BriefState.AWARDED, BriefState.CLOSED}})
OFFER_MOVES = Moves("offer", {OfferState.OFFERED: {OfferState.WITHDRAWN, OfferState.AWARDED, OfferState.DECLINED}})
_OPEN = sa.text("state = 'open'")
_STANDING = sa.text("state IN ('offered', 'awarded')")
SAYS = {"yes": _l("Yes"), "willing": _l("Willing to try"), "no": _l("No")}
"""What the child, and the parent or carer, think of one offer; empty while nobody has asked them."""


class Brief(Row):
    """What a partner reads: title, text, days, area, year_group, need, sessions and budget_pence (in all). Nothing else of it.

    goal, why and free_alternatives are for the request that the award makes, and stay with the charity.
    """

    __tablename__ = "brief"
    __table_args__ = (
        CheckConstraint("sessions > 0 AND budget_pence >= 0", name="numbers_in_range"),
        CheckConstraint("state <> 'awarded' OR commission_id IS NOT NULL", name="award_has_commission"),
        Index("ix_brief_zone_state", "zone_id", "state"),
        Index("one_open_brief_per_child_and_need", "child_id", "need_code", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"))
    child_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("child.id"))
    state: Mapped[BriefState] = mapped_column(state_column(BriefState), default=BriefState.OPEN)
    version: Mapped[int] = mapped_column(default=1)
    title: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    days: Mapped[str] = mapped_column(Text, default="")
    area: Mapped[str] = mapped_column(String(120), default="")
    year_group: Mapped[str] = mapped_column(String(20), default="")
    need_code: Mapped[str] = mapped_column(String(60))
    sessions: Mapped[int]
    budget_pence: Mapped[int]
    goal: Mapped[str] = mapped_column(Text, default="")
    why: Mapped[str] = mapped_column(Text, default="")
    free_alternatives: Mapped[str] = mapped_column(Text, default="")
    is_for_all: Mapped[bool] = mapped_column(default=True)
    offers_until: Mapped[date]
    written_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    end_reason: Mapped[str] = mapped_column(Text, default="")
    commission_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("commission.id"))

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    child: Mapped[Child] = relationship(lazy="joined", innerjoin=True)
    written_by: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
    invites: Mapped[list[BriefInvite]] = relationship(order_by="BriefInvite.created_at")
    offers: Mapped[list[BriefOffer]] = relationship(back_populates="brief", order_by="BriefOffer.offered_at")

    @property
    def takes_offers(self) -> bool:
        return self.state is BriefState.OPEN and self.offers_until >= clock.today()


class BriefInvite(Row):
    """This organisation is asked. A brief for all live partners has none."""

    __tablename__ = "brief_invite"
    __table_args__ = (UniqueConstraint("brief_id", "organisation_id", name="uq_brief_invite"),)

    brief_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brief.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))

    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)


class BriefOffer(Row):
    """One organisation's answer: what a session costs, when, with whom. No other organisation sees it."""

    __tablename__ = "brief_offer"
    __table_args__ = (
        CheckConstraint("price_pence >= 0 AND setup_pence >= 0 AND sessions > 0", name="numbers_in_range"),
        Index("one_offer_per_brief_and_organisation", "brief_id", "organisation_id", unique=True,
              sqlite_where=_STANDING, postgresql_where=_STANDING),
    )

    brief_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brief.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    practitioner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("practitioner.id"))
    state: Mapped[OfferState] = mapped_column(
        sa.Enum(
            OfferState, native_enum=False, create_constraint=True, length=24, validate_strings=True, name="brief_offer_state",
            values_callable=lambda members: [member.value for member in members],
        ),
        default=OfferState.OFFERED,
    )
    price_pence: Mapped[int]
    setup_pence: Mapped[int] = mapped_column(default=0)
    sessions: Mapped[int]
    starts_on: Mapped[date]
    weekday: Mapped[str] = mapped_column(String(3))
    starts: Mapped[str] = mapped_column(String(5))
    ends: Mapped[str] = mapped_column(String(5))
    words: Mapped[str] = mapped_column(Text, default="")
    offered_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    offered_at: Mapped[datetime] = mapped_column(default=clock.now)
    child_says: Mapped[str] = mapped_column(String(10), default="")
    parent_says: Mapped[str] = mapped_column(String(10), default="")
    their_words: Mapped[str] = mapped_column(Text, default="")

    brief: Mapped[Brief] = relationship(back_populates="offers")
    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)
    practitioner: Mapped[Practitioner] = relationship(lazy="joined", innerjoin=True)

    @property
    def total_pence(self) -> int:
        return self.sessions * self.price_pence + self.setup_pence

    @property
    def is_welcome(self) -> bool:
        """Both have been asked, and neither says no."""
        return self.child_says in ("yes", "willing") and self.parent_says in ("yes", "willing")
