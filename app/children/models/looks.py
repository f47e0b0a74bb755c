"""UrgentLook: somebody who sees no child looks at one, for a reason, for some hours, and announced."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.shared import clock
from app.shared.db import Row
from app.shared.sealing import Sealed


class UrgentLook(Row):
    """It ends by itself at `ends_at`: no job has to say so."""

    __tablename__ = "urgent_look"
    __table_args__ = (Index("ix_urgent_look_child", "child_id", "ends_at"), Index("ix_urgent_look_person", "person_id", "ends_at"))

    child_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("child.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    why: Mapped[str] = mapped_column(Sealed("urgent_look.why"))
    ends_at: Mapped[datetime]

    @property
    def is_live(self) -> bool:
        return self.ends_at > clock.now()
