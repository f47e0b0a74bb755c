"""ChildPhoto: the one picture of a child that the introduction card may show."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.shared import clock
from app.shared.db import Row
from app.shared.sealing import SealedBytes


class ChildPhoto(Row):
    """A small JPEG of Kith's own writing, sealed, and only there while a consent covers it: in the database rather than in a drawer of
    files, so that it is gone in the very transaction that takes the consent back."""

    __tablename__ = "child_photo"
    __table_args__ = (UniqueConstraint("child_id", name="uq_child_photo_child"),)

    child_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("child.id"))
    picture: Mapped[bytes] = mapped_column(SealedBytes("child_photo.picture"), deferred=True)
    kept_on: Mapped[date] = mapped_column(default=clock.today)
    kept_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
