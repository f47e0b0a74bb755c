"""Reads of tasks and of the outbox."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from app.accounts.models import Person
from app.notifications.models import STUCK, OutboxMessage, OutboxState, Task, Urgency
from app.shared.db import db

BY_URGENCY = sa.case({Urgency.NOW: 0, Urgency.TODAY: 1, Urgency.WEEK: 2}, value=Task.urgency)


def list_open_tasks(person: Person, limit: int | None = None) -> Sequence[Task]:
    """What this person has to do: most urgent first, then by the day it is due."""
    statement = sa.select(Task).where(Task.person_id == person.id, Task.closed_at.is_(None))
    return db.session.scalars(statement.order_by(BY_URGENCY, Task.due_on, Task.created_at, Task.id).limit(limit)).all()


def count_open_tasks(person: Person) -> int:
    statement = sa.select(sa.func.count()).select_from(Task).where(Task.person_id == person.id, Task.closed_at.is_(None))
    return db.session.scalar(statement) or 0


def list_stuck_messages() -> Sequence[OutboxMessage]:
    """Messages that nobody will send unless asked: given up after ten tries, or perhaps sent. Oldest first."""
    statement = sa.select(OutboxMessage).where(OutboxMessage.state.in_(STUCK))
    return db.session.scalars(statement.order_by(OutboxMessage.created_at, OutboxMessage.id)).all()


def count_messages() -> dict[OutboxState, int]:
    """How many messages there are in each state; for the health page."""
    rows = db.session.execute(sa.select(OutboxMessage.state, sa.func.count()).group_by(OutboxMessage.state))
    return {row[0]: row[1] for row in rows}


def keys_of(topic: str) -> set[str]:
    """The keys under which messages of a topic were promised, as long as they are kept: a sweep need not promise them again."""
    return set(db.session.scalars(sa.select(OutboxMessage.dedupe).where(OutboxMessage.topic == topic)))
