"""TakeBack: money of a payment that comes back, because one person asked for it and another said yes."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.payments.models.runs import Payment, PaymentItem
from app.shared.db import Row, state_column
from app.shared.states import Moves


class Way(StrEnum):
    """How it comes back: Stripe takes it out of the partner's balance there, or the partner sends it to the charity's bank."""

    STRIPE = "stripe"
    BANK = "bank"


class TakeBackState(StrEnum):
    ASKED = "asked"
    QUEUED = "queued"
    SENDING = "sending"
    DONE = "done"
    REFUSED = "refused"
    CANCELLED = "cancelled"


_T = TakeBackState
TAKE_BACK_MOVES = Moves("taking back", {
    _T.ASKED: {_T.QUEUED, _T.DONE, _T.CANCELLED},
    _T.QUEUED: {_T.SENDING},
    _T.SENDING: {_T.DONE, _T.REFUSED},
})
"""Over the bank it is done with the second person's yes. Over Stripe `sending` may have happened: nothing but Stripe ends it."""
LIVE_TAKE_BACKS = (_T.ASKED, _T.QUEUED, _T.SENDING)
_LIVE = sa.text("state IN ('asked', 'queued', 'sending')")


class TakeBack(Row):
    """Part of a payment against credits that corrections made (`items`), or the whole of it, which is owed again then."""

    __tablename__ = "take_back"
    __table_args__ = (
        CheckConstraint("pence > 0", name="pence_positive"),
        CheckConstraint("approved_by_id IS NULL OR approved_by_id <> asked_by_id", name="approved_by_another"),
        CheckConstraint("state NOT IN ('queued', 'sending', 'done') OR approved_by_id IS NOT NULL", name="after_two"),
        CheckConstraint("(state = 'done') = (done_at IS NOT NULL)", name="done_says_when"),
        Index("one_live_take_back", "payment_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
    )

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"), index=True)
    payment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payment.id"))
    pence: Mapped[int]
    is_whole: Mapped[bool]
    way: Mapped[Way] = mapped_column(state_column(Way))
    state: Mapped[TakeBackState] = mapped_column(state_column(TakeBackState), default=TakeBackState.ASKED)
    asked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    approved_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    reference: Mapped[str] = mapped_column(String(60), default="")
    reversal_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    idempotency_key: Mapped[str] = mapped_column(String(120), default="")
    key_made_at: Mapped[datetime | None]
    why_not: Mapped[str] = mapped_column(String(60), default="")
    done_at: Mapped[datetime | None]

    payment: Mapped[Payment] = relationship(back_populates="take_backs")
    items: Mapped[list[PaymentItem]] = relationship(order_by="PaymentItem.id")
    asked_by: Mapped[Person] = relationship(foreign_keys=[asked_by_id], lazy="joined", innerjoin=True)
    approved_by: Mapped[Person | None] = relationship(foreign_keys=[approved_by_id])
