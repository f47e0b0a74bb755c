"""A form sent twice has the effect of one: each form carries a key that one person can use once."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.shared import clock
from app.shared.db import Base


class OnceKey(Base):
    """A used form key, and the row its first use made."""

    __tablename__ = "once_key"

    actor_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    result_table: Mapped[str] = mapped_column(String(60), default="")
    result_id: Mapped[uuid.UUID | None]
    at: Mapped[datetime] = mapped_column(default=clock.now)
