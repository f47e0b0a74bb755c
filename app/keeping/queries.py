"""Holds, erasures and runs of the rules of time."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import sqlalchemy as sa

from app.keeping.models import LegalHold, RetentionRun
from app.shared.db import db


def list_holds(child_id: uuid.UUID) -> Sequence[LegalHold]:
    return db.session.scalars(sa.select(LegalHold).where(LegalHold.child_id == child_id).order_by(LegalHold.created_at)).all()


def live_holds(child_id: uuid.UUID) -> list[LegalHold]:
    return [hold for hold in list_holds(child_id) if hold.is_live]


def list_runs(zone_id: uuid.UUID) -> Sequence[RetentionRun]:
    statement = sa.select(RetentionRun).where(RetentionRun.zone_id == zone_id).order_by(RetentionRun.created_at.desc(), RetentionRun.id).limit(10)
    return db.session.scalars(statement).all()
