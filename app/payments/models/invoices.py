"""Asking a funder for money through Stripe: Payer (who is asked) and Invoice."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.shared.db import Row, state_column
from app.shared.states import Moves


class Payer(Row):
    """Somebody whom a Zone asks for money. `held_pence`: what has come from them to Stripe and paid no invoice, when we last looked."""

    __tablename__ = "payer"
    __table_args__ = (UniqueConstraint("zone_id", "name", name="uq_payer_name"), CheckConstraint("held_pence >= 0", name="held_not_below_nil"))

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"))
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254))
    stripe_customer: Mapped[str | None] = mapped_column(String(64), unique=True)
    held_pence: Mapped[int] = mapped_column(default=0)


class InvoiceState(StrEnum):
    QUEUED = "queued"
    OPEN = "open"
    HELD = "held"
    PAID = "paid"
    VOID = "void"


_I = InvoiceState
INVOICE_MOVES = Moves("invoice", {
    _I.QUEUED: {_I.OPEN, _I.HELD, _I.PAID, _I.VOID},
    _I.OPEN: {_I.HELD, _I.PAID, _I.VOID},
    _I.HELD: {_I.QUEUED, _I.OPEN, _I.PAID, _I.VOID},
    _I.VOID: {_I.PAID, _I.HELD},
})
"""Queued: the worker makes it at Stripe. Held: Stripe refused it, or says something that our books do not. What Stripe calls
uncollectible may still be paid."""
LIVE_INVOICES = (_I.QUEUED, _I.OPEN, _I.HELD)
"""Its money is asked for, and has not come."""


class Invoice(Row):
    """So much is asked of one payer, by Stripe, to be sent by bank transfer. `owner_id` is what the rooms above ask it for.

    `attempt` goes up after a definite refusal, or when Stripe may have forgotten the keys: each attempt has keys of its own.
    """

    __tablename__ = "invoice"
    __table_args__ = (
        UniqueConstraint("zone_id", "number", name="uq_invoice_number"),
        CheckConstraint("pence > 0", name="pence_positive"),
        CheckConstraint("state <> 'held' OR why <> ''", name="held_says_why"),
        CheckConstraint("(state = 'paid') = (paid_at IS NOT NULL)", name="paid_says_when"),
        Index("ix_invoice_owner", "owner_id"),
        Index("ix_invoice_payer", "payer_id"),
        Index("ix_invoice_live", "state", sqlite_where=sa.text("state IN ('queued', 'open', 'held')"),
              postgresql_where=sa.text("state IN ('queued', 'open', 'held')")),
    )

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"))
    payer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payer.id"))
    owner_id: Mapped[uuid.UUID]
    number: Mapped[int]
    pence: Mapped[int]
    days: Mapped[int]
    state: Mapped[InvoiceState] = mapped_column(state_column(InvoiceState), default=InvoiceState.QUEUED)
    why: Mapped[str] = mapped_column(String(60), default="")
    is_withdrawn: Mapped[bool] = mapped_column(default=False)
    asked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    attempt: Mapped[int] = mapped_column(default=1)
    tries: Mapped[int] = mapped_column(default=0)
    key_made_at: Mapped[datetime | None]
    stripe_invoice: Mapped[str | None] = mapped_column(String(64), unique=True)
    stripe_number: Mapped[str] = mapped_column(String(60), default="")
    page: Mapped[str] = mapped_column(String(600), default="")
    due_on: Mapped[date | None]
    sent_at: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]

    payer: Mapped[Payer] = relationship(lazy="joined", innerjoin=True)
    asked_by: Mapped[Person] = relationship(lazy="joined", innerjoin=True)

    @property
    def called(self) -> str:
        return f"Invoice {self.number}"
