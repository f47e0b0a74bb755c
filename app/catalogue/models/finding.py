"""SearchMiss, GapNote, SavedSearch, SavedSearchOffer, OpenedView: what people looked for, and wait for."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person, Role, Zone
from app.shared import clock
from app.shared.db import Row, state_column


class MissKind(StrEnum):
    """NOTHING passed; only something NEAR was found; the words were CORRECTED before anything was found."""

    NOTHING = "nothing"
    NEAR = "near"
    CORRECTED = "corrected"


class SearchMiss(Row):
    """Searches of one day and role that did not find what was typed. Nobody's name is in it: not who searched, and what was typed
    only without personal names (`search.private`). `asked` are the filters as the address has them."""

    __tablename__ = "search_miss"
    __table_args__ = (
        UniqueConstraint("zone_id", "on_day", "role", "kind", "typed", "asked", name="uq_search_miss_once_a_day"),
        CheckConstraint("times > 0", name="counted"),
        Index("ix_search_miss_zone_day", "zone_id", "on_day"),
    )

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"))
    on_day: Mapped[date] = mapped_column(default=clock.today)
    role: Mapped[Role] = mapped_column(state_column(Role))
    kind: Mapped[MissKind] = mapped_column(state_column(MissKind))
    typed: Mapped[str] = mapped_column(String(200), default="")
    taken_as: Mapped[str] = mapped_column(String(200), default="")
    asked: Mapped[str] = mapped_column(String(400), default="")
    times: Mapped[int] = mapped_column(default=1)
    last_at: Mapped[datetime] = mapped_column(default=clock.now)


class GapNote(Row):
    """Somebody told the Zone manager that something is not there. Words and note without personal names."""

    __tablename__ = "gap_note"
    __table_args__ = (
        CheckConstraint("(closed_at IS NULL) = (closed_by_id IS NULL)", name="closed_by_somebody"),
        Index("ix_gap_note_zone", "zone_id", "closed_at"),
    )

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    typed: Mapped[str] = mapped_column(String(200), default="")
    asked: Mapped[str] = mapped_column(String(400), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    closed_why: Mapped[str] = mapped_column(Text, default="")

    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class SavedSearch(Row):
    """A search somebody keeps by name. `asked` is its address. With `is_told`, whatever is new and fits becomes a task of theirs,
    once a day at most; `swept_on` is the last day that was looked."""

    __tablename__ = "saved_search"
    __table_args__ = (
        UniqueConstraint("person_id", "zone_id", "name", name="uq_saved_search_name"),
        Index("ix_saved_search_swept", "is_told", "swept_on"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"))
    name: Mapped[str] = mapped_column(String(80))
    asked: Mapped[str] = mapped_column(String(1000))
    is_told: Mapped[bool] = mapped_column(default=True)
    swept_on: Mapped[date] = mapped_column(default=clock.today)

    zone: Mapped[Zone] = relationship()


class SavedSearchOffer(Row):
    """An offer that the owner of a saved search knows to fit: found on the day of saving, or told since. Nobody is told twice."""

    __tablename__ = "saved_search_offer"
    __table_args__ = (UniqueConstraint("saved_search_id", "offering_id", name="uq_saved_search_offer_once"),)

    saved_search_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("saved_search.id", ondelete="CASCADE"))
    offering_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offering.id", ondelete="CASCADE"), index=True)
    told_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]


class OpenedView(Row):
    """The manager of `zone_id` lets people of `to_zone_id` see which live offers there are when nothing fits over there: titles,
    providers and towns, no more. Zones see nothing of each other unless one opens itself."""

    __tablename__ = "opened_view"
    __table_args__ = (
        UniqueConstraint("zone_id", "to_zone_id", name="uq_opened_view_pair"),
        CheckConstraint("zone_id <> to_zone_id", name="two_zones"),
    )

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"))
    to_zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"), index=True)

    zone: Mapped[Zone] = relationship(foreign_keys=[zone_id])
    to_zone: Mapped[Zone] = relationship(foreign_keys=[to_zone_id])
