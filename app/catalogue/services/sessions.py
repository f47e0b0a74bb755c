"""Sessions: add one by hand, hold, close, cancel with by whom and why, move to another time."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person
from app.audit import services as audit
from app.catalogue import hooks
from app.catalogue.models import SESSION_MOVES, CancelledBy, Cohort, Session, SessionState
from app.catalogue.services import powers
from app.shared import clock
from app.shared.db import atomic, db, lock_row
from app.shared.errors import Invalid, NotFound

LONGEST = timedelta(hours=24)


def add_session(*, cohort_id: uuid.UUID, starts_at: datetime, ends_at: datetime, actor: Person | None) -> Session:
    """One more meeting, for work whose times are agreed child by child. Raises Invalid at the field."""
    return add_sessions(cohort_id=cohort_id, times=[(starts_at, ends_at)], actor=actor)[0]


def add_sessions(*, cohort_id: uuid.UUID, times: Sequence[tuple[datetime, datetime]], actor: Person | None) -> list[Session]:
    """The same for several meetings at once, each from an instant to another. All of them, or none."""
    with atomic():
        cohort = db.session.get(Cohort, cohort_id)
        if cohort is None:
            raise NotFound
        powers.runs(actor, cohort.offering)
        _require_times(cohort_id, times)
        added = [Session(cohort_id=cohort_id, starts_at=starts_at, ends_at=ends_at) for starts_at, ends_at in times]
        db.session.add_all(added)
        db.session.flush()
        for session in added:
            audit.record(
                "catalogue.session.added", subject=session, actor=actor, zone_id=cohort.offering.zone_id, cohort=cohort_id,
                starts_at=session.starts_at,
            )
        return added


def hold_session(*, session_id: uuid.UUID, actor: Person | None) -> Session:
    """It took place: the first mark of its register says so. Raises IllegalMove, Invalid on a day still to come."""
    with atomic():
        session = _get(session_id)
        powers.holds(actor, session)
        SESSION_MOVES.require(session.state, SessionState.HELD)
        if session.held_on > clock.today():
            raise Invalid(_("This session is still to come: its register opens on the day."), code="still_to_come")
        _move(session, SessionState.HELD, actor, "catalogue.session.held")
        return session


def close_session(*, session_id: uuid.UUID, actor: Person | None) -> Session:
    """Its register is locked. Raises IllegalMove."""
    with atomic():
        session = _get(session_id)
        powers.runs(actor, session.cohort.offering)
        SESSION_MOVES.require(session.state, SessionState.CLOSED)
        _move(session, SessionState.CLOSED, actor, "catalogue.session.closed")
        return session


def cancel_session(*, session_id: uuid.UUID, by: CancelledBy, reason: str, actor: Person | None) -> Session:
    """It does not take place; who called it off decides what is owed. Raises IllegalMove, Invalid at `reason`."""
    with atomic():
        session = _get(session_id)
        powers.runs(actor, session.cohort.offering)
        SESSION_MOVES.require(session.state, SessionState.CANCELLED)
        if not reason.strip():
            raise Invalid(_("Say why it is cancelled: families and Link Workers will ask."), field="reason")
        cancel(session, by, reason.strip(), actor)
        return session


def move_session(
    *, session_id: uuid.UUID, starts_at: datetime, ends_at: datetime, actor: Person | None, reason: str = ""
) -> Session:
    """To another time: the old one is marked as moved, the answer is the new one. One that is still to come moves to no day that is over.

    Raises IllegalMove, Invalid at `starts_at` or `day`.
    """
    with atomic():
        session = _get(session_id)
        powers.runs(actor, session.cohort.offering)
        SESSION_MOVES.require(session.state, SessionState.MOVED)
        if clock.london(starts_at).date() < clock.today() <= session.held_on:
            raise Invalid(_("That day is over: a session that is still to come moves to today or later."), field="day")
        _require_times(session.cohort_id, [(starts_at, ends_at)])
        _move(session, SessionState.MOVED, actor, "catalogue.session.moved", reason, new_start=starts_at)
        new = add_session(cohort_id=session.cohort_id, starts_at=starts_at, ends_at=ends_at, actor=actor)
        for listener in hooks.on_moved:
            listener(new, actor)
        return new


def cancel(session: Session, by: CancelledBy, reason: str, actor: Person | None) -> None:
    """For verbs of this room that cancel as part of something larger, inside their transaction."""
    session.cancelled_by = by
    session.cancel_reason = reason
    _move(session, SessionState.CANCELLED, actor, "catalogue.session.cancelled", reason, by=by)
    for listener in hooks.on_called_off:
        listener(session, actor)


def _move(session: Session, to: SessionState, actor: Person | None, action: str, reason: str = "", **details: Any) -> None:
    moved = (session.state, to)
    session.state = to
    audit.record(
        action, subject=session, actor=actor, zone_id=session.cohort.offering.zone_id, moved=moved, reason=reason.strip(), **details
    )


def _get(session_id: uuid.UUID) -> Session:
    return lock_row(Session, session_id)


def _require_times(cohort_id: uuid.UUID, times: Sequence[tuple[datetime, datetime]]) -> None:
    for starts_at, ends_at in times:
        if ends_at <= starts_at:
            raise Invalid(_("It must end after it starts."), field="ends_at")
        if ends_at - starts_at > LONGEST:
            raise Invalid(_("A session lasts a day at most."), field="ends_at")
    wanted = {starts_at for starts_at, _ in times}
    taken = sa.select(sa.exists().where(Session.cohort_id == cohort_id, Session.starts_at.in_(wanted)))
    if len(wanted) < len(times) or db.session.scalar(taken):
        raise Invalid(_("This group already has a session at that time."), code="time_taken", field="starts_at")
