"""OutboxMessage (leaves after the commit, through a leased worker) and Task (one thing for one person to do)."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.shared import clock
from app.shared.db import Row, state_column


class OutboxState(StrEnum):
    QUEUED = "queued"
    LEASED = "leased"
    SENDING = "sending"
    DONE = "done"
    UNCERTAIN = "uncertain"
    DEAD = "dead"


STUCK = (OutboxState.DEAD, OutboxState.UNCERTAIN)
"""Nobody tries these again unless a person asks for it."""


class OutboxMessage(Row):
    """Work promised inside a transaction, done after it. `dedupe` makes a repeated promise one. Payloads carry ids, no names."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_due", "state", "run_at"),)

    topic: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    dedupe: Mapped[str] = mapped_column(String(160), unique=True)
    run_at: Mapped[datetime] = mapped_column(default=clock.now)
    state: Mapped[OutboxState] = mapped_column(state_column(OutboxState), default=OutboxState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    lease_token: Mapped[str | None] = mapped_column(String(36))
    last_error: Mapped[str] = mapped_column(Text, default="")


class Urgency(StrEnum):
    NOW = "now"
    TODAY = "today"
    WEEK = "week"


class Task(Row):
    """One thing for one person to do. `kind` and subject make it unique while open; it closes by itself when the thing is done.

    `title` may name the child only where the assignee may see the child; it never leaves by e-mail.
    """

    __tablename__ = "task"
    __table_args__ = (
        Index("ix_task_person_open", "person_id", "closed_at", "due_on"),
        Index("one_open_task", "person_id", "kind", "subject_type", "subject_id", unique=True,
              sqlite_where=sa.text("closed_at IS NULL"), postgresql_where=sa.text("closed_at IS NULL")),
    )

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    child_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("child.id"), index=True)
    kind: Mapped[str] = mapped_column(String(60))
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[uuid.UUID]
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(String(300), default="")
    action: Mapped[str] = mapped_column(String(60), default="Open")
    icon: Mapped[str] = mapped_column(String(30), default="arrow-right")
    url: Mapped[str] = mapped_column(String(300))
    urgency: Mapped[Urgency] = mapped_column(state_column(Urgency), default=Urgency.WEEK)
    due_on: Mapped[date] = mapped_column(default=clock.today)
    closed_at: Mapped[datetime | None]
    closed_why: Mapped[str] = mapped_column(String(120), default="")
