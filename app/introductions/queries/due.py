"""What the clock looks for. Nobody was told means: no task of that kind is open."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from app.children.models import Child
from app.introductions.models import Introduction, IntroductionState, StillGoing
from app.notifications.models import Task
from app.shared import clock
from app.shared.db import Row, db


@dataclass(frozen=True)
class Waiting:
    """An introduction that waits for an answer, as the clock needs it."""

    id: uuid.UUID
    school_id: uuid.UUID | None
    asked_on: date
    answer_by_on: date
    nudged_after: int


def list_waiting() -> list[Waiting]:
    """Every introduction that waits for an answer, in every Zone."""
    statement = (
        sa.select(Introduction.id, Child.school_id, Introduction.asked_at, Introduction.answer_by_on, Introduction.nudged_after)
        .join(Child, Child.id == Introduction.child_id)
        .where(Introduction.state == IntroductionState.ASKED).order_by(Introduction.id)
    )
    return [
        Waiting(row.id, row.school_id, clock.london(row.asked_at).date(), row.answer_by_on, row.nudged_after)
        for row in db.session.execute(statement)
    ]


def list_to_ask_again(today: date) -> Sequence[uuid.UUID]:
    """Not yet, and the day to ask again has come."""
    statement = sa.select(Introduction.id).where(
        Introduction.state == IntroductionState.NOT_YET, Introduction.ask_again_on <= today,
        _nobody_told("introduction_ask_again", Introduction),
    )
    return db.session.scalars(statement.order_by(Introduction.id)).all()


def list_meetings_past(now: datetime) -> Sequence[uuid.UUID]:
    """Arranged, and the hour has come."""
    statement = sa.select(Introduction.id).where(
        Introduction.state == IntroductionState.ARRANGED, Introduction.meeting_at <= now,
        _nobody_told("introduction_met", Introduction),
    )
    return db.session.scalars(statement.order_by(Introduction.id)).all()


def list_meetings_soon(now: datetime, until: datetime) -> Sequence[uuid.UUID]:
    """Arranged, with somebody named who meets the child, between these instants."""
    statement = sa.select(Introduction.id).where(
        Introduction.state == IntroductionState.ARRANGED, Introduction.practitioner_id.is_not(None), Introduction.meeting_at.between(now, until),
    )
    return db.session.scalars(statement.order_by(Introduction.id)).all()


def list_checks_due(today: date) -> Sequence[uuid.UUID]:
    """Checks whose day has come."""
    statement = sa.select(StillGoing.id).where(
        StillGoing.answered_on.is_(None), StillGoing.due_on <= today, _nobody_told("introduction_still_going", StillGoing)
    )
    return db.session.scalars(statement.order_by(StillGoing.due_on, StillGoing.id)).all()


def _nobody_told(kind: str, model: type[Row]) -> sa.ColumnElement[bool]:
    told = sa.exists().where(
        Task.kind == kind, Task.subject_type == model.__tablename__, Task.subject_id == model.id, Task.closed_at.is_(None)
    )
    return ~told
