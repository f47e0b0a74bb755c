"""Commission and its transition table, FundShare, Decision, Suspension, ApprovalStep, DeclaredInterest."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.catalogue.models import Cohort, Offering, Organisation, Practitioner, Tariff, TariffBasis
from app.children.models import Child
from app.commissioning.models.funds import Fund
from app.commissioning.models.places import Place
from app.commissioning.models.prices import part_of_price
from app.introductions.models import Introduction
from app.shared import clock
from app.shared.db import Row, state_column
from app.shared.money import share
from app.shared.sealing import Sealed
from app.shared.states import Moves


class CommissionState(StrEnum):
    DRAFT = "draft"
    REQUESTED = "requested"
    RETURNED = "returned"
    REJECTED = "rejected"
    EXPIRED = "expired"
    APPROVED = "approved"
    CANCELLED = "cancelled"
    CONFIRMED = "confirmed"
    IN_DELIVERY = "in_delivery"
    SUSPENDED = "suspended"
    DELIVERED = "delivered"
    ENDED_EARLY = "ended_early"
    CLOSED = "closed"


_S = CommissionState
COMMISSION_MOVES = Moves("commission", {
    _S.DRAFT: {_S.REQUESTED, _S.CANCELLED},
    _S.REQUESTED: {_S.RETURNED, _S.APPROVED, _S.REJECTED, _S.EXPIRED, _S.CANCELLED},
    _S.RETURNED: {_S.REQUESTED, _S.EXPIRED, _S.CANCELLED},
    _S.APPROVED: {_S.CONFIRMED, _S.CANCELLED, _S.REQUESTED},
    _S.CONFIRMED: {_S.IN_DELIVERY, _S.CANCELLED, _S.REQUESTED},
    _S.REJECTED: {_S.REQUESTED},
    _S.IN_DELIVERY: {_S.SUSPENDED, _S.DELIVERED, _S.ENDED_EARLY},
    _S.SUSPENDED: {_S.IN_DELIVERY, _S.ENDED_EARLY},
    _S.DELIVERED: {_S.CLOSED},
    _S.ENDED_EARLY: {_S.CLOSED},
})
"""Back to `requested` from approved and rejected: by whoever said so taking it back within two minutes. From approved and confirmed also
when the child is at another school and one of the funds was for the old one: money and place are asked for again."""
WAITING_STATES = frozenset({_S.REQUESTED, _S.RETURNED})
"""Waiting for a word, with a hold and money kept until `decide_by`."""
PROMISED_STATES = frozenset({_S.APPROVED, _S.CONFIRMED, _S.IN_DELIVERY, _S.SUSPENDED})
"""The money is committed and the place is the child's."""
LIVE_STATES = frozenset({_S.DRAFT, *WAITING_STATES, *PROMISED_STATES})
"""An introduction has one commission in these states at most; before them and after them it may ask again."""
IS_LIVE = sa.text("state IN ('draft', 'requested', 'returned', 'approved', 'confirmed', 'in_delivery', 'suspended')")


class Commission(Row):
    """A request to buy places for one child; approved, then delivered. The tariff version is frozen on it.

    `total_pence` is setting up and, by the tariff's basis, the place's one price or sessions x price_pence. After a change of price
    `kept_sessions` of the sessions keep what they were worth, `kept_pence` in all. `uncovered_pence` of it nobody pays for: a fund stopped
    (the child's old school's, or its last day has passed), and no other has taken that over. The shares and it make the total.
    """

    __tablename__ = "commission"
    __table_args__ = (
        CheckConstraint("sessions > 0", name="sessions_positive"),
        CheckConstraint(
            "total_pence = setup_pence + CASE WHEN basis = 'place' THEN price_pence ELSE kept_pence + (sessions - kept_sessions) * price_pence END",
            name="total_adds_up",
        ),
        CheckConstraint("kept_sessions BETWEEN 0 AND sessions AND kept_pence >= 0", name="kept_in_range"),
        CheckConstraint("price_pence >= 0 AND setup_pence >= 0", name="price_not_negative"),
        CheckConstraint("uncovered_pence BETWEEN 0 AND total_pence", name="uncovered_in_range"),
        Index("ix_commission_zone_state", "zone_id", "state"),
        Index("ix_commission_child", "child_id"),
        Index("ix_commission_organisation", "organisation_id", "state"),
        Index("ix_commission_introduction", "introduction_id"),
        Index("one_live_commission_per_introduction", "introduction_id", unique=True,
              sqlite_where=IS_LIVE, postgresql_where=IS_LIVE),
    )

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"))
    child_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("child.id"))
    introduction_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("introduction.id"))
    offering_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offering.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    cohort_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cohort.id"))
    tariff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tariff.id"))
    place_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("place.id"))
    practitioner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("practitioner.id"))
    state: Mapped[CommissionState] = mapped_column(state_column(CommissionState), default=CommissionState.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    sessions: Mapped[int]
    basis: Mapped[TariffBasis] = mapped_column(state_column(TariffBasis), default=TariffBasis.SESSION)
    price_pence: Mapped[int]
    kept_sessions: Mapped[int] = mapped_column(default=0)
    kept_pence: Mapped[int] = mapped_column(default=0)
    setup_pence: Mapped[int] = mapped_column(default=0)
    total_pence: Mapped[int]
    uncovered_pence: Mapped[int] = mapped_column(default=0)
    year: Mapped[int]
    need_code: Mapped[str] = mapped_column(String(60))
    goal: Mapped[str] = mapped_column(Sealed("commission.goal"), default="")
    why: Mapped[str] = mapped_column(Sealed("commission.why"))
    free_alternatives: Mapped[str] = mapped_column(Text, default="")
    requested_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    requested_at: Mapped[datetime | None]
    decide_by: Mapped[datetime | None]
    question: Mapped[str] = mapped_column(Sealed("commission.question"), default="")
    answer: Mapped[str] = mapped_column(Sealed("commission.answer"), default="")
    approved_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    partner_agreed_at: Mapped[datetime | None]
    suspended_until: Mapped[date | None]
    end_reason: Mapped[str] = mapped_column(Text, default="")
    closing_note: Mapped[str] = mapped_column(Sealed("commission.closing_note"), default="")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    child: Mapped[Child] = relationship(lazy="joined", innerjoin=True)
    introduction: Mapped[Introduction] = relationship()
    offering: Mapped[Offering] = relationship(lazy="joined", innerjoin=True)
    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)
    cohort: Mapped[Cohort] = relationship(lazy="joined", innerjoin=True)
    tariff: Mapped[Tariff] = relationship(lazy="joined", innerjoin=True)
    place: Mapped[Place | None] = relationship()
    practitioner: Mapped[Practitioner | None] = relationship()
    requested_by: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
    shares: Mapped[list[FundShare]] = relationship(back_populates="commission", order_by="FundShare.created_at")
    decisions: Mapped[list[Decision]] = relationship(
        back_populates="commission", order_by="Decision.at",
        primaryjoin="and_(Decision.commission_id == Commission.id, Decision.variation_id.is_(None))",
    )
    suspensions: Mapped[list[Suspension]] = relationship(back_populates="commission", order_by="Suspension.starts_on")

    @property
    def is_per_place(self) -> bool:
        return self.basis is TariffBasis.PLACE

    @property
    def price_of_a_session(self) -> int:
        """Today's price of one session; of a place with one price an equal part of it, the odd penny included."""
        return part_of_price(self.price_pence, 0, self.sessions) if self.is_per_place else self.price_pence

    def total_for(self, sessions: int) -> int:
        """What it comes to in all with another number of sessions at the price that stands."""
        bought = self.price_pence if self.is_per_place else self.kept_pence + (sessions - self.kept_sessions) * self.price_pence
        return self.setup_pence + bought

    @property
    def has_lapsed(self) -> bool:
        """The hold ran out before anybody decided: expired, whether or not the clock has come by to say so."""
        return self.state in WAITING_STATES and self.decide_by is not None and self.decide_by <= clock.now()

    @property
    def state_now(self) -> CommissionState:
        """The state as it reads at this moment: a lapsed request is expired."""
        return CommissionState.EXPIRED if self.has_lapsed else self.state

    @property
    def round(self) -> int:
        """Each question and answer starts a new round of decisions: what was said before the answer no longer counts."""
        return 1 + sum(1 for decision in self.decisions if decision.kind is DecisionKind.RETURN)


class FundShare(Row):
    """What one fund gives to one commission. The parts of a commission sum exactly to its total, less what nobody pays for.

    A fund for the school that the child has left gives nothing to sessions from `stopped_at` on; `stopped_pence` is what it gave up then,
    of a commission of `stopped_of_pence`.
    """

    __tablename__ = "fund_share"
    __table_args__ = (
        UniqueConstraint("commission_id", "fund_id", name="uq_fund_share"),
        CheckConstraint("pence > 0", name="pence_positive"),
        CheckConstraint(
            "CASE WHEN stopped_at IS NULL THEN stopped_of_pence = 0 ELSE stopped_of_pence >= pence + stopped_pence END AND stopped_pence >= 0",
            name="stopped_part",
        ),
    )

    commission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("commission.id"))
    fund_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("fund.id"), index=True)
    pence: Mapped[int]
    stopped_at: Mapped[datetime | None]
    stopped_pence: Mapped[int] = mapped_column(default=0)
    stopped_of_pence: Mapped[int] = mapped_column(default=0)

    commission: Mapped[Commission] = relationship(back_populates="shares")
    fund: Mapped[Fund] = relationship(lazy="joined", innerjoin=True)

    def pays_at(self, starts_at: datetime | None) -> bool:
        """Does it give to a session that starts then? None: to something else than a session, now."""
        return self.stopped_at is None or (starts_at is not None and starts_at < self.stopped_at)

    def part_before(self, pence: int) -> int:
        """What a fund that has stopped gives of a session held before that: what it would have given then."""
        return share(pence, self.pence + self.stopped_pence, self.stopped_of_pence)


class DecisionKind(StrEnum):
    APPROVE = "approve"
    RETURN = "return"
    REJECT = "reject"
    OVERRIDE = "override"


class Decision(Row):
    """What one budget holder said of one request; `override` is a second person's reason for passing the funder ceiling.

    `for_id`: in whose stead, where the person had no authority of their own for this. `held_until`: when the place would have
    been free again had nothing been said; with it the word can be taken back. `variation_id`: about a change, not the request.
    """

    __tablename__ = "decision"
    __table_args__ = (Index("ix_decision_commission", "commission_id"),)

    commission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("commission.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[DecisionKind] = mapped_column(state_column(DecisionKind))
    reason: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(default=clock.now)
    round: Mapped[int] = mapped_column(default=1)
    for_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    held_until: Mapped[datetime | None]
    variation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("variation.id"))

    commission: Mapped[Commission] = relationship(back_populates="decisions")
    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True, foreign_keys=[person_id])

    @property
    def authority_id(self) -> uuid.UUID:
        """Whose word it counts as: two people above a threshold are two authorities."""
        return self.for_id or self.person_id


class Suspension(Row):
    """Delivery stands still from `starts_on` on: sessions in between are not payable, the place is kept until `until_on`.

    `ended_on` is the day it went on again (payable from then on), or the day the commission ended; None while it lasts.
    """

    __tablename__ = "suspension"
    __table_args__ = (
        CheckConstraint("starts_on <= until_on", name="days_in_order"),
        CheckConstraint("ended_on IS NULL OR starts_on <= ended_on", name="end_in_order"),
        Index("one_open_suspension", "commission_id", unique=True,
              sqlite_where=sa.text("ended_on IS NULL"), postgresql_where=sa.text("ended_on IS NULL")),
    )

    commission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("commission.id"), index=True)
    starts_on: Mapped[date]
    until_on: Mapped[date]
    ended_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(Text, default="")

    commission: Mapped[Commission] = relationship(back_populates="suspensions")

    def covers(self, day: date) -> bool:
        """Is a session on this day not payable?"""
        return self.starts_on <= day and (self.ended_on is None or day < self.ended_on)
