"""The cash book, and what Stripe tells: CashMove, StripeEvent, StripeLook."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.shared import clock
from app.shared.append_only import append_only
from app.shared.db import Base, Row


class Place(StrEnum):
    """Where a Zone's money is, was or has gone to."""

    BANK = "bank"
    TRANSIT = "transit"
    STRIPE = "stripe"
    PARTNERS = "partners"
    FUNDERS = "funders"
    FEES = "fees"
    SUSPENSE = "suspense"


class CashMove(Base):
    """So many pence went from one place to another: both sides in one row, so that it always balances. Only grows."""

    __tablename__ = "cash_move"
    __table_args__ = (
        CheckConstraint("pence > 0", name="pence_positive"),
        CheckConstraint("source <> target", name="goes_somewhere"),
        Index("ix_cash_move_zone", "zone_id", "source", "target"),
    )

    id: Mapped[int] = mapped_column(sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"))
    source: Mapped[Place] = mapped_column(sa.Enum(
        Place, native_enum=False, create_constraint=True, length=24, validate_strings=True, name="source_place",
        values_callable=lambda members: [member.value for member in members],
    ))
    target: Mapped[Place] = mapped_column(sa.Enum(
        Place, native_enum=False, create_constraint=True, length=24, validate_strings=True, name="target_place",
        values_callable=lambda members: [member.value for member in members],
    ))
    pence: Mapped[int]
    payment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("payment.id"), index=True)
    reference: Mapped[str] = mapped_column(String(120), default="")
    actor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))


append_only(CashMove)


class StripeEvent(Base):
    """A webhook as it came, once. Nothing but its id and kind is believed: the worker reads the object again."""

    __tablename__ = "stripe_event"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    kind: Mapped[str] = mapped_column(String(120))
    object_id: Mapped[str] = mapped_column(String(80), default="")
    body: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(default=clock.now)
    handled_at: Mapped[datetime | None]


class StripeLook(Row):
    """What the look at Stripe found, by night or when somebody asked: its balance, our books, what explains no difference, and
    how many webhooks were lost (`missed`)."""

    __tablename__ = "stripe_look"

    available_pence: Mapped[int]
    pending_pence: Mapped[int]
    books_pence: Mapped[int]
    on_its_way_pence: Mapped[int]
    unexplained: Mapped[list[str]] = mapped_column(default=list)
    missed: Mapped[int] = mapped_column(default=0)

    @property
    def difference_pence(self) -> int:
        """Stripe's balance less ours. What is on its way may stand on either side for a moment."""
        return self.available_pence + self.pending_pence - self.books_pence

    @property
    def differs(self) -> bool:
        """Beyond what is on its way, which may have left there and not in our books."""
        return bool(self.unexplained) or not -self.on_its_way_pence <= self.difference_pence <= 0
