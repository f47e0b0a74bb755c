"""Reading the trail."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import sqlalchemy as sa

from app.audit.models import AuditEntry, Sight
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
