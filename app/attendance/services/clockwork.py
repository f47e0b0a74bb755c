"""What the clock does: ask for registers that nobody took, and close sessions whose register is locked.

Safe to run twice, also at the same moment: each looks again under its lock.
"""

from __future__ import annotations

import uuid

from app.accounts.models import Role
from app.accounts.queries import people_with
from app.attendance import queries
from app.attendance.queries.due import REGISTER_DUE, TELL_FAMILIES, Missing, is_in_vain
from app.catalogue.models import Session, SessionState
from app.catalogue.services import sessions as catalogue_sessions
from app.notifications import services as notifications
from app.notifications.models import Urgency
from app.shared.db import atomic, db, lock_row
from app.shared.view import long_day


def sweep() -> None:
    """All that is due now, in every Zone; each thing in a transaction of its own."""
    missing, in_vain = queries.list_missing_registers(), [session.id for session in queries.list_told_in_vain()]
    over, passed = queries.list_over(), queries.list_told_too_late()
    db.session.rollback()
    for one in missing:
        _ask_for_register(one)
    for session_id in in_vain:
        with atomic():
            session = lock_row(Session, session_id)
            if is_in_vain(session):
                notifications.close_tasks(kind=REGISTER_DUE, subject=session, why="No longer needed")
    for session_id in over:
        _close(session_id)
    for session_id in passed:
        with atomic():
            notifications.close_tasks(kind=TELL_FAMILIES, subject=lock_row(Session, session_id), why="The day has passed")


def _ask_for_register(one: Missing) -> None:
    with atomic():
        session = lock_row(Session, one.session_id)
        if session.state is not SessionState.SCHEDULED:
            return
        people = {
            person.id for role in (Role.PARTNER_ADMIN, Role.PRACTITIONER)
            for person in people_with(role, one.zone_id, organisation_id=one.organisation_id)
        } or {person.id for person in people_with(Role.ZONE_MANAGER, one.zone_id)}
        for person_id in sorted(people):
            notifications.open_task(
                person_id=person_id, zone_id=one.zone_id, kind=REGISTER_DUE, subject=session,
                title=f"{session.cohort.offering.title} · Take the register",
                text=f"{long_day(session.held_on)}: nothing is earned until it is taken", action="Take the register",
                icon="clipboard-check", url=f"/sessions/{session.id}/register", urgency=Urgency.TODAY,
            )


def _close(session_id: uuid.UUID) -> None:
    with atomic():
        if lock_row(Session, session_id).state is SessionState.HELD:
            catalogue_sessions.close_session(session_id=session_id, actor=None)
