"""Registers that say different things of the same child, and have not been settled."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.attendance.models import Disagreement
from app.shared.db import db

IS_OPEN = Disagreement.settled_at.is_(None)


def disputed(session_ids: Collection[uuid.UUID]) -> set[tuple[uuid.UUID, uuid.UUID]]:
    """(session, child) about which two registers disagree: nothing of these is billed until somebody settles it."""
    statement = sa.select(Disagreement.session_id, Disagreement.child_id).where(Disagreement.session_id.in_(list(session_ids)), IS_OPEN)
    return {(row.session_id, row.child_id) for row in db.session.execute(statement)}


def list_disagreements(session_id: uuid.UUID, child_id: uuid.UUID) -> Sequence[Disagreement]:
    """Those that wait for somebody, oldest first, each with the mark that stood when it came."""
    statement = (
        sa.select(Disagreement).where(Disagreement.session_id == session_id, Disagreement.child_id == child_id, IS_OPEN)
        .options(joinedload(Disagreement.mark)).order_by(Disagreement.created_at, Disagreement.id)
    )
    return db.session.scalars(statement).unique().all()


def disagreement_keys(session_id: uuid.UUID) -> set[tuple[uuid.UUID, str]]:
    """(child, key) of everything that came and disagreed, settled or not: sent again, it is the same."""
    statement = sa.select(Disagreement.child_id, Disagreement.client_key).where(Disagreement.session_id == session_id)
    return {(row.child_id, row.client_key) for row in db.session.execute(statement)}
