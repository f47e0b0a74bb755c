"""Postcode (where a place is) and OfferingText (what search reads)."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.shared.db import Row


class Postcode(Row):
    """A postcode, sector or outcode and where its middle is (imported; WGS 84 degrees)."""

    __tablename__ = "postcode"

    code: Mapped[str] = mapped_column(String(10), unique=True)
    latitude: Mapped[float]
    longitude: Mapped[float]
    place: Mapped[str] = mapped_column(String(120), default="")
