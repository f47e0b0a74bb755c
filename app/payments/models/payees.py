"""Whom a Zone pays and how: Rail and PaySettings, Payee, BankDetail."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.shared.db import Row, state_column


class Rail(StrEnum):
    """How a Zone's money leaves. The states and the postings are the same on all of them."""

    BANK_FILE = "bank_file"
    STRIPE = "stripe"
    MANUAL = "manual"


class PaySettings(Row):
    """How one Zone pays: its rail, the shape of its bank's file, its own account (sealed), the codes of its accounts."""

    __tablename__ = "pay_settings"

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"), unique=True)
    rail: Mapped[Rail] = mapped_column(state_column(Rail), default=Rail.BANK_FILE)
    profile: Mapped[str] = mapped_column(String(20), default="generic")
    columns: Mapped[list[str]] = mapped_column(default=list)
    originator: Mapped[bytes | None] = mapped_column(LargeBinary)
    originator_ends: Mapped[str] = mapped_column(String(4), default="")
    codes: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Payee(Row):
    """Somebody whom a Zone pays. `owner_id` is whatever the rooms above know them by."""

    __tablename__ = "payee"
    __table_args__ = (UniqueConstraint("zone_id", "owner_id", name="uq_payee_owner"),)

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"))
    owner_id: Mapped[uuid.UUID] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(String(160))
    stripe_account: Mapped[str | None] = mapped_column(String(64), unique=True)
    is_stripe_ready: Mapped[bool] = mapped_column(default=False)

    details: Mapped[list[BankDetail]] = relationship(back_populates="payee", order_by="BankDetail.created_at")


class DetailState(StrEnum):
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    STOPPED = "stopped"


class BankDetail(Row):
    """Where a payee's money goes, sealed. Proposed by one person, confirmed by another; a change counts after a cooling-off."""

    __tablename__ = "bank_detail"
    __table_args__ = (
        CheckConstraint("(state = 'confirmed') = (counts_from IS NOT NULL)", name="confirmed_counts_from"),
        CheckConstraint("decided_by_id IS NULL OR state = 'stopped' OR decided_by_id <> proposed_by_id", name="confirmed_by_another"),
        Index("one_proposed_detail", "payee_id", unique=True, sqlite_where=sa.text("state = 'proposed'"),
              postgresql_where=sa.text("state = 'proposed'")),
    )

    payee_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payee.id"), index=True)
    state: Mapped[DetailState] = mapped_column(state_column(DetailState), default=DetailState.PROPOSED)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    ends_with: Mapped[str] = mapped_column(String(4))
    proposed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    counts_from: Mapped[datetime | None]
    checked_how: Mapped[str] = mapped_column(String(300), default="")

    payee: Mapped[Payee] = relationship(back_populates="details")
    proposed_by: Mapped[Person] = relationship(foreign_keys=[proposed_by_id])
