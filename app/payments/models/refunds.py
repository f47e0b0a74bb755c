"""Refund: money of a paid invoice that goes back to its funder, because one person asked for it and another said yes."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.payments.models.invoices import Invoice
from app.shared.db import Row, state_column
from app.shared.states import Moves


class RefundState(StrEnum):
    ASKED = "asked"
    QUEUED = "queued"
    SENDING = "sending"
    DONE = "done"
    REFUSED = "refused"
    CAME_BACK = "came_back"
    CANCELLED = "cancelled"


_R = RefundState
REFUND_MOVES = Moves("refund", {
    _R.ASKED: {_R.QUEUED, _R.CANCELLED},
    _R.QUEUED: {_R.SENDING},
    _R.SENDING: {_R.DONE, _R.REFUSED},
    _R.DONE: {_R.CAME_BACK},
})
"""`sending` may have happened: nothing but Stripe ends it. Done: the money has left our balance there. It can come back from the bank."""
LIVE_REFUNDS = (_R.ASKED, _R.QUEUED, _R.SENDING)
AGREED_REFUNDS = (_R.QUEUED, _R.SENDING)
"""The fund has given it and Stripe still holds it."""
_LIVE = sa.text("state IN ('asked', 'queued', 'sending')")


class Refund(Row):
    """Part or all of one paid invoice, by Stripe, to the bank account that it was paid from."""

    __tablename__ = "refund"
    __table_args__ = (
        UniqueConstraint("zone_id", "number", name="uq_refund_number"),
        CheckConstraint("pence > 0", name="pence_positive"),
        CheckConstraint("approved_by_id IS NULL OR approved_by_id <> asked_by_id", name="approved_by_another"),
        CheckConstraint("state IN ('asked', 'cancelled') OR approved_by_id IS NOT NULL", name="after_two"),
        CheckConstraint("(state IN ('done', 'came_back')) = (done_at IS NOT NULL)", name="done_says_when"),
        Index("ix_refund_invoice", "invoice_id"),
        Index("one_live_refund", "invoice_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
    )

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"))
    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invoice.id"))
    number: Mapped[int]
    pence: Mapped[int]
    state: Mapped[RefundState] = mapped_column(state_column(RefundState), default=RefundState.ASKED)
    asked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    approved_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    idempotency_key: Mapped[str] = mapped_column(String(120), default="")
    key_made_at: Mapped[datetime | None]
    stripe_refund: Mapped[str | None] = mapped_column(String(64), unique=True)
    stripe_status: Mapped[str] = mapped_column(String(24), default="")
    why_not: Mapped[str] = mapped_column(String(60), default="")
    done_at: Mapped[datetime | None]

    invoice: Mapped[Invoice] = relationship(lazy="joined", innerjoin=True)
    asked_by: Mapped[Person] = relationship(foreign_keys=[asked_by_id], lazy="joined", innerjoin=True)
    approved_by: Mapped[Person | None] = relationship(foreign_keys=[approved_by_id])

    @property
    def called(self) -> str:
        return f"Refund {self.number}"
