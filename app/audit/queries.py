"""Reading the trail."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa

from app.audit.models import AuditEntry, Seal, Sight
from app.shared import clock
from app.shared.db import Row, db


def list_entries_for(subject: Row, limit: int = 200) -> Sequence[AuditEntry]:
    """The trail of one thing, oldest first."""
    statement = (
        sa.select(AuditEntry)
        .where(AuditEntry.subject_type == subject.__tablename__, AuditEntry.subject_id == subject.id)
        .order_by(AuditEntry.id)
        .limit(limit)
    )
    return db.session.scalars(statement).all()


def list_entries_of(subject_ids: Sequence[uuid.UUID], *, types: Sequence[str], before_id: int | None = None, limit: int = 50) -> Sequence[AuditEntry]:
    """The trail of several things (of these tables) together, newest first, from before an entry on; what is about a child is left out."""
    statement = sa.select(AuditEntry).where(AuditEntry.subject_type.in_(types), AuditEntry.subject_id.in_(subject_ids), AuditEntry.child_id.is_(None))
    if before_id is not None:
        statement = statement.where(AuditEntry.id < before_id)
    return db.session.scalars(statement.order_by(AuditEntry.id.desc()).limit(limit)).all()


def list_entries_of_zone(zone_id: uuid.UUID, limit: int = 200) -> Sequence[AuditEntry]:
    """The newest entries of a Zone, newest first."""
    statement = sa.select(AuditEntry).where(AuditEntry.zone_id == zone_id).order_by(AuditEntry.id.desc()).limit(limit)
    return db.session.scalars(statement).all()


def list_sights_of(child_id: uuid.UUID, limit: int = 200) -> Sequence[Sight]:
    """Who looked at this child, newest first."""
    statement = sa.select(Sight).where(Sight.child_id == child_id).order_by(Sight.id.desc()).limit(limit)
    return db.session.scalars(statement).all()


def export(*, since: date | None = None, slug: str | None = None, part: int = 1_000) -> Iterator[dict[str, Any]]:
    """The entries, oldest first, each with its seal (none yet for those of the last minute). Read in parts."""
    statement = (
        sa.select(AuditEntry, Seal.seq, Seal.hash).outerjoin(Seal, sa.and_(Seal.of_table == "audit_entry", Seal.row_id == AuditEntry.id))
        .order_by(AuditEntry.id).limit(part)
    )
    if since is not None:
        statement = statement.where(AuditEntry.at >= clock.at_london(since, time(0)))
    if slug is not None:
        zone = sa.table("zone", sa.column("id"), sa.column("slug"))
        statement = statement.where(AuditEntry.zone_id.in_(sa.select(zone.c.id).where(zone.c.slug == slug)))
    after = 0
    while rows := db.session.execute(statement.where(AuditEntry.id > after)).all():
        for entry, seq, seal in rows:
            values = {column.key: getattr(entry, column.key) for column in AuditEntry.__table__.columns}
            yield {key: _shown(value) for key, value in values.items()} | {"seal": seal, "seal_number": seq}
        after = rows[-1][0].id
        db.session.expunge_all()


def _shown(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID) else value
