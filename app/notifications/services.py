"""Promising work (the outbox) and giving people things to do (tasks), inside the transaction that causes them."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.dialects import postgresql, sqlite

from app.accounts.models import Person
from app.audit import services as audit
from app.notifications.models import STUCK, OutboxMessage, OutboxState, Task, Urgency
from app.shared import clock
from app.shared.db import Row, atomic, db, is_writing
from app.shared.errors import DomainError, NotFound


def _insert(model: type[Row]) -> Any:
    return (postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert)(model)


def post(*, topic: str, payload: dict[str, Any], dedupe: str, run_at: datetime | None = None) -> None:
    """Promise that the topic's handler runs after this transaction has committed (at `run_at`, if that is later).

    A promise with the same `dedupe` made before is the same promise. The payload holds ids, codes and dates, never a name.
    """
    if not is_writing():
        raise RuntimeError("a message belongs inside the transaction of the change it follows from")
    now = clock.now()
    db.session.flush()
    db.session.execute(
        _insert(OutboxMessage)
        .values(
            id=uuid.uuid4(), created_at=now, topic=topic, payload=payload, dedupe=dedupe, run_at=run_at or now,
            state=OutboxState.QUEUED, attempts=0, last_error="",
        )
        .on_conflict_do_nothing(index_elements=[OutboxMessage.dedupe])
    )


def open_task(
    *,
    person_id: uuid.UUID,
    kind: str,
    subject: Row,
    title: str,
    url: str,
    child_id: uuid.UUID | None = None,
    text: str = "",
    action: str = "Open",
    icon: str = "arrow-right",
    urgency: Urgency = Urgency.WEEK,
    due_on: date | None = None,
    zone_id: uuid.UUID | None = None,
) -> Task:
    """Put one thing on one person's list. While it is open, opening it again only brings its words and day up to date.

    `url` is a path within Kith. The Zone is the subject's, else the one the person works in.
    """
    if not is_writing():
        raise RuntimeError("a task belongs inside the transaction of the change it follows from")
    db.session.flush()
    fresh = {
        "title": title[:200], "text": text[:300], "action": str(action), "icon": icon, "url": url, "urgency": urgency,
        "due_on": due_on or clock.today(),
    }
    statement = _insert(Task).values(
        id=uuid.uuid4(), created_at=clock.now(), zone_id=zone_id or _zone_of(subject, person_id), person_id=person_id,
        child_id=child_id, kind=kind, subject_type=subject.__tablename__, subject_id=subject.id, closed_why="", **fresh,
    )
    found: Task = db.session.scalars(
        statement.on_conflict_do_update(
            index_elements=[Task.person_id, Task.kind, Task.subject_type, Task.subject_id],
            index_where=Task.closed_at.is_(None),
            set_=fresh,
        ).returning(Task),
        execution_options={"populate_existing": True},
    ).one()
    return found


def _zone_of(subject: Row, person_id: uuid.UUID) -> uuid.UUID:
    own: uuid.UUID | None = getattr(subject, "zone_id", None)
    if own is not None:
        return own
    grant = db.session.get_one(Person, person_id).main_grant
    if grant is None or grant.zone_id is None:
        raise RuntimeError("a task needs a Zone: give zone_id")
    return grant.zone_id


def close_tasks(*, kind: str | Collection[str] | None, subject: Row, why: str, person_id: uuid.UUID | None = None) -> int:
    """The thing is done (or no longer to be done): take it off everybody's list, or one person's. How many were open.

    `kind` is one kind, several, or None for all there are about the subject.
    """
    db.session.flush()
    statement = sa.update(Task).where(
        Task.subject_type == subject.__tablename__, Task.subject_id == subject.id, Task.closed_at.is_(None)
    )
    if kind is not None:
        statement = statement.where(Task.kind.in_([kind] if isinstance(kind, str) else sorted(kind)))
    if person_id is not None:
        statement = statement.where(Task.person_id == person_id)
    return _close(statement, why)


def close_tasks_about_child(*, child_id: uuid.UUID, why: str, person_id: uuid.UUID | None = None) -> int:
    """Nobody (or this person no longer) has anything to do for the child: consent gone, caseload handed over, child left."""
    db.session.flush()
    statement = sa.update(Task).where(Task.child_id == child_id, Task.closed_at.is_(None))
    if person_id is not None:
        statement = statement.where(Task.person_id == person_id)
    return _close(statement, why)


def _close(statement: sa.Update, why: str) -> int:
    result = db.session.execute(
        statement.values(closed_at=clock.now(), closed_why=why[:120]).execution_options(synchronize_session=False)
    )
    return int(result.rowcount)  # type: ignore[attr-defined]


def requeue(*, message_id: uuid.UUID, actor: Person | None = None) -> OutboxMessage:
    """Try a message again that was given up, or whose sending is uncertain. An administrator decides; None is the command line.

    Raises NotFound, and DomainError when the message is not stuck.
    """
    with atomic():
        message = db.session.get(OutboxMessage, message_id, with_for_update=True)
        if message is None:
            raise NotFound(_("There is no message %(message_id)s.", message_id=message_id))
        if message.state not in STUCK:
            raise DomainError(_("Message %(message_id)s is %(state)s; only dead and uncertain ones are queued again.", message_id=message_id, state=message.state))
        was = message.state
        message.state, message.attempts, message.run_at, message.lease_token = OutboxState.QUEUED, 0, clock.now(), None
        audit.record("notifications.message.requeued", subject=message, actor=actor, moved=(was, OutboxState.QUEUED))
    return message
