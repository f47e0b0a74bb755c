"""Fund and Envelope."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import School
from app.shared.db import Row


class Fund(Row):
    """Money from one funder with its restrictions. An empty restriction restricts nothing. Balances live in the ledger alone.

    `year_from`/`year_to` are school years (Reception 0, Year 5 is 5); both days are included.
    """

    __tablename__ = "fund"
    __table_args__ = (
        UniqueConstraint("zone_id", "name", name="uq_fund_name"),
        CheckConstraint("starts_on <= ends_on", name="days_in_order"),
        CheckConstraint("year_from IS NULL OR year_to IS NULL OR year_from <= year_to", name="years_in_order"),
    )

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"))
    name: Mapped[str] = mapped_column(String(120))
    funder: Mapped[str] = mapped_column(String(120))
    purpose: Mapped[str] = mapped_column(Text, default="")
    school_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("school.id"))
    ward: Mapped[str] = mapped_column(String(120), default="")
    postcode_area: Mapped[str] = mapped_column(String(10), default="")
    year_from: Mapped[int | None]
    year_to: Mapped[int | None]
    gender: Mapped[str] = mapped_column(String(20), default="")
    need_area: Mapped[str] = mapped_column(String(10), default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    is_closed: Mapped[bool] = mapped_column(default=False)

    school: Mapped[School | None] = relationship(lazy="joined")

    @property
    def restrictions(self) -> int:
        """How many ways this fund is narrowed: the most restricted is spent first."""
        return sum(
            (self.school_id is not None, bool(self.ward), bool(self.postcode_area),
             self.year_from is not None or self.year_to is not None, bool(self.gender), bool(self.need_area))
        )


class Envelope(Row):
    """What may be spent on one child in one school year (named by the calendar year it began in)."""

    __tablename__ = "envelope"
    __table_args__ = (
        UniqueConstraint("child_id", "year", name="uq_envelope_child_year"),
        CheckConstraint("pence >= 0", name="pence_not_negative"),
    )

    child_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("child.id"))
    year: Mapped[int]
    pence: Mapped[int]
