"""What the clock looks for: registers nobody took, and sessions whose register is locked."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.accounts.calendar import SchoolDays
from app.accounts.models import Person
from app.attendance.models import Mark
from app.attendance.queries.registers import LOCK_AFTER_SCHOOL_DAYS, last_day, school_days_of
from app.attendance.queries.sessions import LOOK_BACK, TAKEN
from app.catalogue.models import Cohort, Offering, Session, SessionState
from app.children.models import Child
from app.commissioning.models import Place
from app.notifications.models import Task
from app.shared import clock
from app.shared.db import db

REGISTER_DUE = "register_due"
TELL_FAMILIES = "tell_families"
"""Kinds of tasks about a session."""


@dataclass(frozen=True)
class Missing:
    """A register that nobody has taken."""

    session_id: uuid.UUID
    organisation_id: uuid.UUID
    zone_id: uuid.UUID


def list_missing_registers() -> list[Missing]:
    """Sessions of earlier days, with a child expected, without a register and without a task about it. Oldest first."""
    begins = clock.at_london(clock.today(), clock.MIDNIGHT)
    statement = (
        sa.select(Session.id, Offering.organisation_id, Offering.zone_id)
        .join(Cohort, Cohort.id == Session.cohort_id).join(Offering, Offering.id == Cohort.offering_id)
        .where(
            Session.state == SessionState.SCHEDULED, Session.starts_at < begins, Session.starts_at > _forgotten_before(),
            sa.exists().where(
                Place.cohort_id == Session.cohort_id, Place.state.in_(TAKEN), Place.taken_at <= Session.starts_at,
                sa.or_(Place.freed_at.is_(None), Place.freed_at > Session.starts_at),
            ),
            ~sa.exists().where(_about(Session.id)),
        )
        .order_by(Session.starts_at, Session.id)
    )
    return [Missing(*row) for row in db.session.execute(statement)]


def is_in_vain(session: Session) -> bool:
    """Nobody needs to be asked for its register any more: taken, called off, or so old that only the Zone manager takes it."""
    return session.state is not SessionState.SCHEDULED or session.starts_at <= _forgotten_before()


def _forgotten_before() -> datetime:
    return clock.at_london(clock.today(), clock.MIDNIGHT) - LOOK_BACK


def list_told_in_vain() -> Sequence[Session]:
    """Sessions with an open task about a register that is not asked for any more."""
    statement = sa.select(Session).where(
        sa.or_(Session.state != SessionState.SCHEDULED, Session.starts_at <= _forgotten_before()), sa.exists().where(_about(Session.id))
    )
    return db.session.scalars(statement.order_by(Session.id)).unique().all()


def list_told_too_late() -> Sequence[uuid.UUID]:
    """Sessions of earlier days about which somebody is still asked to tell the families."""
    begins = clock.at_london(clock.today(), clock.MIDNIGHT)
    statement = sa.select(Session.id).where(Session.starts_at < begins, sa.exists().where(_about(Session.id, TELL_FAMILIES)))
    return db.session.scalars(statement.order_by(Session.id)).all()


def sessions_to_tell(person: Person) -> set[uuid.UUID]:
    """About which this person is asked to tell families."""
    statement = sa.select(Task.subject_id).where(Task.person_id == person.id, Task.kind == TELL_FAMILIES, Task.closed_at.is_(None))
    return set(db.session.scalars(statement))


def _about(session_id: sa.SQLColumnExpression[uuid.UUID], kind: str = REGISTER_DUE) -> sa.ColumnElement[bool]:
    return sa.and_(
        Task.kind == kind, Task.subject_type == Session.__tablename__, Task.subject_id == session_id,
        Task.closed_at.is_(None),
    )


def list_over(limit: int = 200) -> list[uuid.UUID]:
    """Held sessions whose every mark is locked by now, oldest first."""
    a_week_ago = clock.at_london(clock.today(), clock.MIDNIGHT) - timedelta(days=LOCK_AFTER_SCHOOL_DAYS)
    statement = (
        sa.select(Session.id, Session.starts_at, Child.school_id).distinct()
        .join(Mark, Mark.session_id == Session.id).join(Child, Child.id == Mark.child_id)
        .where(Session.state == SessionState.HELD, Session.starts_at < a_week_ago).order_by(Session.starts_at, Session.id)
    )
    rows = db.session.execute(statement).all()
    days = school_days_of({row.school_id for row in rows if row.school_id is not None})
    open_still = {
        row.id for row in rows
        if clock.today() <= last_day(clock.london(row.starts_at).date(), days.get(row.school_id, SchoolDays()))
    }
    return [id_ for id_ in dict.fromkeys(row.id for row in rows) if id_ not in open_still][:limit]
