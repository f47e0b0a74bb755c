"""The ledger: double entry, whole pence, append-only. Amounts are credit-positive: a journal's postings sum to nil."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.shared import clock
from app.shared.append_only import append_only
from app.shared.db import Base, numbered, state_column


class Account(StrEnum):
    """FLOWS 2 and PAYMENTS 2.5: per fund, money moves available -> requested -> committed -> accrued -> in flight -> paid.

    `accrued` of a commission below nil is what its partner owes back: corrected after it was paid, taken off the next statement.
    `receivable` (promised by the funder, not yet received) and `bank` stand on the other side; they run negative by nature.
    """

    RECEIVABLE = "receivable"
    PLEDGED = "pledged"
    BANK = "bank"
    AVAILABLE = "available"
    REQUESTED = "requested"
    COMMITTED = "committed"
    ACCRUED = "accrued"
    IN_FLIGHT = "in_flight"
    PAID = "paid"


EARNED = (Account.ACCRUED, Account.IN_FLIGHT, Account.PAID)
"""What sessions held have used, whether it is owed, on its way or paid. Together never below nil."""


class Journal(Base):
    """One event's postings. `key` is unique: the same event posted twice is one.

    `reference` is what the outside world calls it (a grant letter, a bank line), or the percent of a session that was owed.
    """

    __tablename__ = "journal"

    id: Mapped[int] = mapped_column(sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    reference: Mapped[str] = mapped_column(String(120), default="")
    at: Mapped[datetime] = mapped_column(default=clock.now)
    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"), index=True)
    actor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    postings: Mapped[list[Posting]] = relationship(back_populates="journal", order_by="Posting.id")


class Posting(Base):
    """One line: `pence` into (positive) or out of (negative) an account of a fund, with what it was for."""

    __tablename__ = "posting"
    __table_args__ = (
        CheckConstraint("pence <> 0", name="pence_not_nil"),
        Index("ix_posting_fund_account", "fund_id", "account"),
        Index("ix_posting_child", "child_id", "year"),
        Index("ix_posting_commission", "commission_id"),
        Index("ix_posting_organisation", "organisation_id"),
    )

    id: Mapped[int] = mapped_column(sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True)
    journal_id: Mapped[int] = mapped_column(ForeignKey("journal.id"), index=True)
    account: Mapped[Account] = mapped_column(state_column(Account))
    fund_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("fund.id"))
    pence: Mapped[int]
    child_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("child.id"))
    commission_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("commission.id"))
    session_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("session.id"))
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    school_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("school.id"))
    funder: Mapped[str] = mapped_column(String(120), default="")
    year: Mapped[int]

    journal: Mapped[Journal] = relationship(back_populates="postings")


append_only(Journal)
append_only(Posting)
numbered(Journal)
numbered(Posting)
