"""PaymentRun and who approved it, Payment and its items, BankFile."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.payments.models.payees import Payee, Rail
from app.shared.db import Row, state_column
from app.shared.states import Moves

if TYPE_CHECKING:
    from app.payments.models.taking import TakeBack


class RunState(StrEnum):
    DRAFT = "draft"
    STARTED = "started"
    DONE = "done"
    CANCELLED = "cancelled"


RUN_MOVES = Moves("payment run", {
    RunState.DRAFT: {RunState.STARTED, RunState.CANCELLED},
    RunState.STARTED: {RunState.DONE},
    RunState.DONE: {RunState.STARTED},
})
"""A payment that came back opens its run again."""


class PaymentRun(Row):
    """Several payments approved together. `barred` are the people who verified what it pays: they do not approve it."""

    __tablename__ = "payment_run"
    __table_args__ = (UniqueConstraint("zone_id", "number", name="uq_payment_run_number"), CheckConstraint("needs IN (1, 2)", name="one_or_two"))

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"))
    number: Mapped[int]
    rail: Mapped[Rail] = mapped_column(state_column(Rail))
    state: Mapped[RunState] = mapped_column(state_column(RunState), default=RunState.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    needs: Mapped[int] = mapped_column(default=1)
    barred: Mapped[list[str]] = mapped_column(default=list)
    requested_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    started_at: Mapped[datetime | None]

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    requested_by: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
    payments: Mapped[list[Payment]] = relationship(back_populates="run", order_by="Payment.reference")
    approvals: Mapped[list[RunApproval]] = relationship(order_by="RunApproval.created_at")
    files: Mapped[list[BankFile]] = relationship(back_populates="run", order_by="BankFile.number")

    @property
    def total_pence(self) -> int:
        return sum(payment.pence for payment in self.payments if payment.state is not PaymentState.CANCELLED)

    @property
    def called(self) -> str:
        return f"Run {self.number}"


class RunApproval(Row):
    """One person's yes to a run; never the requester's."""

    __tablename__ = "run_approval"
    __table_args__ = (UniqueConstraint("run_id", "person_id", name="uq_run_approval_person"),)

    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payment_run.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class PaymentState(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"
    QUEUED = "queued"
    SUBMITTING = "submitting"
    UNKNOWN = "unknown"
    QUARANTINE = "quarantine"
    HELD = "held"
    PAID = "paid"
    PART_REVERSED = "part_reversed"
    REVERSED = "reversed"
    CANCELLED = "cancelled"


_P = PaymentState
PAYMENT_MOVES = Moves("payment", {
    _P.DRAFT: {_P.APPROVED, _P.CANCELLED},
    _P.APPROVED: {_P.QUEUED, _P.HELD},
    _P.QUEUED: {_P.SUBMITTING, _P.HELD, _P.CANCELLED},
    _P.SUBMITTING: {_P.PAID, _P.HELD, _P.UNKNOWN},
    _P.UNKNOWN: {_P.SUBMITTING, _P.PAID, _P.QUARANTINE},
    _P.QUARANTINE: {_P.QUEUED, _P.PAID},
    _P.HELD: {_P.QUEUED, _P.CANCELLED},
    _P.PAID: {_P.PART_REVERSED, _P.REVERSED, _P.HELD},
    _P.PART_REVERSED: {_P.REVERSED},
})
"""PAYMENTS 2.3. Unknown is never failed: from there nothing frees the lines. Paid to held is a payment that the bank sent back."""
ON_ITS_WAY = (_P.SUBMITTING, _P.UNKNOWN, _P.QUARANTINE)
"""Its money stands in flight."""
OVER = (_P.PAID, _P.PART_REVERSED, _P.REVERSED, _P.CANCELLED)


class Payment(Row):
    """All that one run pays one payee. Amount, destination and items are frozen when the run is approved.

    `attempt` goes up only after a definite refusal. `idempotency_key` is committed before the call it is for. `group` is what Stripe
    knows the payment by for ever: whoever has tried before looks there first.
    """

    __tablename__ = "payment"
    __table_args__ = (
        UniqueConstraint("run_id", "payee_id", name="uq_payment_payee"),
        UniqueConstraint("zone_id", "reference", name="uq_payment_reference"),
        CheckConstraint("pence > 0", name="pence_positive"),
        CheckConstraint("attempt >= 1", name="attempt_positive"),
        CheckConstraint("state <> 'held' OR held_code <> ''", name="held_says_why"),
        CheckConstraint("state NOT IN ('paid', 'part_reversed', 'reversed') OR paid_at IS NOT NULL", name="paid_says_when"),
        CheckConstraint("reversed_pence BETWEEN 0 AND pence", name="reversed_in_range"),
        Index("ix_payment_state", "state", "next_try_at"),
    )

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"))
    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payment_run.id"))
    payee_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payee.id"), index=True)
    pence: Mapped[int]
    reference: Mapped[str] = mapped_column(String(18))
    state: Mapped[PaymentState] = mapped_column(state_column(PaymentState), default=PaymentState.DRAFT)
    attempt: Mapped[int] = mapped_column(default=1)
    held_code: Mapped[str] = mapped_column(String(60), default="")
    held_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    paid_at: Mapped[datetime | None]
    paid_reference: Mapped[str] = mapped_column(String(120), default="")
    reversed_pence: Mapped[int] = mapped_column(default=0)
    file_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("bank_file.id"))
    destination: Mapped[str] = mapped_column(String(64), default="")
    transfer_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    idempotency_key: Mapped[str] = mapped_column(String(120), default="")
    key_made_at: Mapped[datetime | None]
    lease_token: Mapped[str | None] = mapped_column(String(36))
    lease_until: Mapped[datetime | None]
    next_try_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)

    run: Mapped[PaymentRun] = relationship(back_populates="payments")
    payee: Mapped[Payee] = relationship(lazy="joined", innerjoin=True)
    items: Mapped[list[PaymentItem]] = relationship(
        back_populates="payment", order_by="PaymentItem.created_at, PaymentItem.id",
        primaryjoin="and_(PaymentItem.payment_id == Payment.id, PaymentItem.take_back_id.is_(None))",
    )
    take_backs: Mapped[list[TakeBack]] = relationship(back_populates="payment", order_by="TakeBack.created_at, TakeBack.id")
    file: Mapped[BankFile | None] = relationship()

    @property
    def group(self) -> str:
        """Stripe's transfer group: the key that is never forgotten."""
        return f"pay_{self.id}"


class PaymentItem(Row):
    """One payable thing in a payment: the key by which the rooms above know it, once among all that is not voided.

    With `take_back_id` it is a credit that is settled by taking money of this payment back, and no part of what was paid.
    """

    __tablename__ = "payment_item"
    __table_args__ = (
        Index("one_payment_per_payable", "payable_id", unique=True, sqlite_where=sa.text("voided_at IS NULL"),
              postgresql_where=sa.text("voided_at IS NULL")),
        CheckConstraint("pence <> 0", name="pence_not_nil"),
    )

    payment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payment.id"), index=True)
    take_back_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("take_back.id"), index=True)
    payable_id: Mapped[uuid.UUID]
    pence: Mapped[int]
    voided_at: Mapped[datetime | None]

    payment: Mapped[Payment] = relationship(back_populates="items")


class BankFile(Row):
    """A file for the bank as it was made, sealed: what is downloaded again is the same to the byte."""

    __tablename__ = "bank_file"
    __table_args__ = (UniqueConstraint("run_id", "number", name="uq_bank_file_number"),)

    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payment_run.id"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    profile: Mapped[str] = mapped_column(String(20))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str] = mapped_column(String(64))
    payments: Mapped[int]
    pence: Mapped[int]
    uploaded_at: Mapped[datetime | None]
    uploaded_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))

    run: Mapped[PaymentRun] = relationship(back_populates="files")
