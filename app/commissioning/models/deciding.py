"""Who decides: ApprovalStep, DeclaredInterest, Delegation. And what is decided beside requests: Variation, Together."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person, RoleGrant, School
from app.catalogue.models import Cohort, Tariff
from app.commissioning.models.commissions import Commission
from app.commissioning.models.funds import Fund
from app.shared import clock
from app.shared.db import Row, state_column
from app.shared.states import Moves

_FOR_ZONE = sa.text("school_id IS NULL AND fund_id IS NULL")
_FOR_SCHOOL = sa.text("school_id IS NOT NULL")
_FOR_FUND = sa.text("fund_id IS NOT NULL")
_OPEN = sa.text("state = 'requested'")


class ApprovalStep(Row):
    """Above this amount, this many different people must approve. The Zone's scheme is the set of its steps.

    A step for one school or one fund holds beside the Zone's, and can only ask for more people.
    """

    __tablename__ = "approval_step"
    __table_args__ = (
        CheckConstraint("above_pence >= 0 AND people BETWEEN 1 AND 3", name="step_in_range"),
        CheckConstraint("school_id IS NULL OR fund_id IS NULL", name="for_one"),
        Index("one_step_per_zone_and_sum", "zone_id", "above_pence", unique=True, sqlite_where=_FOR_ZONE, postgresql_where=_FOR_ZONE),
        Index("one_step_per_school_and_sum", "school_id", "above_pence", unique=True, sqlite_where=_FOR_SCHOOL, postgresql_where=_FOR_SCHOOL),
        Index("one_step_per_fund_and_sum", "fund_id", "above_pence", unique=True, sqlite_where=_FOR_FUND, postgresql_where=_FOR_FUND),
    )

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"))
    school_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("school.id"))
    fund_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("fund.id"))
    above_pence: Mapped[int]
    people: Mapped[int]

    school: Mapped[School | None] = relationship(lazy="joined")
    fund: Mapped[Fund | None] = relationship(lazy="joined")

    @property
    def is_for_zone(self) -> bool:
        return self.school_id is None and self.fund_id is None


class DeclaredInterest(Row):
    """This person has an interest in that organisation and decides nothing about it while it stands."""

    __tablename__ = "declared_interest"
    __table_args__ = (UniqueConstraint("person_id", "organisation_id", name="uq_declared_interest"),)

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    reason: Mapped[str] = mapped_column(Text, default="")
    ended_on: Mapped[date | None]


class Delegation(Row):
    """A grant with two days, made by a budget holder of what they may decide themselves: its holder decides in their stead."""

    __tablename__ = "delegation"
    __table_args__ = (UniqueConstraint("grant_id"),)

    grant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("role_grant.id", ondelete="CASCADE"))
    from_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    reason: Mapped[str] = mapped_column(Text, default="")

    grant: Mapped[RoleGrant] = relationship(lazy="joined", innerjoin=True)
    from_person: Mapped[Person] = relationship(lazy="joined", innerjoin=True, foreign_keys=[from_id])


class VariationState(StrEnum):
    REQUESTED = "requested"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


VARIATION_MOVES = Moves("change", {
    VariationState.REQUESTED: {VariationState.APPROVED, VariationState.REJECTED, VariationState.WITHDRAWN},
})


class Variation(Row):
    """Another number of sessions, the price of a newer tariff (`tariff_id`), or another group's dates (`cohort_id`) than was bought.

    `is_for_payer`: all of it as it was, but somebody else has to pay for a part.

    Only the difference (`pence`) is asked for; nil or less approves itself. Nothing is set aside until it is approved: envelope, funds
    and ceiling are read then, and the difference is worked out once more, for sessions may have been held meanwhile.
    """

    __tablename__ = "variation"
    __table_args__ = (
        CheckConstraint(
            "sessions > 0 AND (sessions <> was_sessions OR tariff_id IS NOT NULL OR cohort_id IS NOT NULL OR is_for_payer)",
            name="something_changes",
        ),
        Index("one_open_variation", "commission_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    commission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("commission.id"), index=True)
    sessions: Mapped[int]
    was_sessions: Mapped[int]
    tariff_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("tariff.id"))
    was_tariff_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("tariff.id"))
    cohort_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("cohort.id"))
    was_cohort_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("cohort.id"))
    pence: Mapped[int]
    is_for_payer: Mapped[bool] = mapped_column(default=False)
    state: Mapped[VariationState] = mapped_column(state_column(VariationState), default=VariationState.REQUESTED)
    reason: Mapped[str] = mapped_column(Text, default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    requested_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    requested_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_at: Mapped[datetime | None]

    commission: Mapped[Commission] = relationship(lazy="joined", innerjoin=True)
    requested_by: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
    tariff: Mapped[Tariff | None] = relationship(foreign_keys=[tariff_id], lazy="joined")
    was_tariff: Mapped[Tariff | None] = relationship(foreign_keys=[was_tariff_id], lazy="joined")
    cohort: Mapped[Cohort | None] = relationship(foreign_keys=[cohort_id], lazy="joined")


class Together(Row):
    """Requests with one `group_id` were asked for together (siblings, friends): held, approved and declined all or none."""

    __tablename__ = "together"
    __table_args__ = (UniqueConstraint("commission_id"),)

    commission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("commission.id"))
    group_id: Mapped[uuid.UUID] = mapped_column(index=True)
