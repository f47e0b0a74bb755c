"""SessionPrice: what one session of one commission is worth."""

from __future__ import annotations

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.catalogue.models import Tariff
from app.shared.db import Row


class SessionPrice(Row):
    """What one session is worth to its partner in full, fixed by its first register: no later price or number changes it.

    `pence` is an equal part, the odd pence first, of what of the tariff's price was left (`price - before_pence`) over the sessions that
    were left (`over_sessions`). A price for each session is its own only part: nothing before, over one.
    """

    __tablename__ = "session_price"
    __table_args__ = (
        UniqueConstraint("commission_id", "session_id", name="uq_session_price"),
        CheckConstraint("pence >= 0 AND before_pence >= 0 AND over_sessions > 0", name="numbers_in_range"),
    )

    commission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("commission.id"))
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("session.id"), index=True)
    tariff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tariff.id"))
    before_pence: Mapped[int] = mapped_column(default=0)
    over_sessions: Mapped[int] = mapped_column(default=1)
    pence: Mapped[int]

    tariff: Mapped[Tariff] = relationship(lazy="joined", innerjoin=True)

    @property
    def by_the_tariff(self) -> int:
        """What it should be worth, worked out again."""
        return part_of_price(self.tariff.price_pence, self.before_pence, self.over_sessions)


def part_of_price(price_pence: int, before_pence: int, over_sessions: int) -> int:
    """The next equal part of a price of which `before_pence` is spoken for, with `over_sessions` parts still to come.

    Taken one after the other the parts sum exactly to the price, and no two differ by more than a penny: the largest remainder method,
    the odd pence going to the first.
    """
    return -(-(price_pence - before_pence) // over_sessions)
