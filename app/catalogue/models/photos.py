"""Photo: a picture of an organisation or an offering. The file lies in the data folder, under the name that the row keeps."""

from __future__ import annotations

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.shared.db import Row


class Photo(Row):
    """`name` is random and says nothing; `alt` is what somebody who cannot see it is told. Always a JPEG written by Kith itself. `is_waiting`:
    only who put it there and the Zone manager see it, until it is accepted."""

    __tablename__ = "photo"
    __table_args__ = (
        CheckConstraint("(organisation_id IS NULL) <> (offering_id IS NULL)", name="of_one_thing"),
        CheckConstraint("width > 0 AND height > 0", name="size_positive"),
    )

    organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    offering_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("offering.id"), index=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    alt: Mapped[str] = mapped_column(String(300))
    width: Mapped[int]
    height: Mapped[int]
    position: Mapped[int] = mapped_column(default=0)
    is_waiting: Mapped[bool] = mapped_column(default=False)
    added_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
