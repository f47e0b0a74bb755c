"""A session was called off or moved: what is owed for it, and who tells the families.

The room below cancels; what follows is done by the worker right after, a transaction for each session, so that one day of many groups
never holds many locks at once.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from app.accounts.models import Person, Role
from app.accounts.queries import people_with
from app.attendance import policies, queries
from app.attendance.models import MarkKind
from app.attendance.queries.due import TELL_FAMILIES
from app.attendance.services import marking as desks
from app.attendance.services.marking import Marking
from app.audit import services as audit
from app.catalogue.models import CancelledBy, Session, SessionState
from app.catalogue.services import sessions as catalogue_sessions
from app.commissioning.models import CommissionState, Place
from app.notifications import services as notifications
from app.notifications.handlers import Job
from app.notifications.models import Urgency
from app.shared import clock
from app.shared.db import atomic, db, lock_rows
from app.shared.errors import Forbidden, Invalid
from app.shared.view import clock_time, day, sentence_list

CALLED_OFF, MOVED = "attendance.called_off", "attendance.moved"
LETTER = "attendance.session_changed"
MOST = 200


def promise_called_off(session: Session, actor: Person | None) -> None:
    """In the transaction that cancels it."""
    payload = {"session": str(session.id), "actor": str(actor.id) if actor else ""}
    notifications.post(topic=CALLED_OFF, payload=payload, dedupe=f"{CALLED_OFF}:{session.id}")


def promise_moved(session: Session, actor: Person | None) -> None:
    """In the transaction that moves it; `session` is the new one."""
    notifications.post(topic=MOVED, payload={"session": str(session.id), "actor": str(actor.id) if actor else ""}, dedupe=f"{MOVED}:{session.id}")


def after_called_off(job: Job) -> None:
    """Mark every expected child, with what the tariff owes for it (nothing when the partner cancels, or before a first session), and tell
    who must know."""
    session = db.session.get(Session, uuid.UUID(job.payload["session"]))
    actor = db.session.get(Person, uuid.UUID(job.payload["actor"])) if job.payload["actor"] else None
    if session is None or session.state is not SessionState.CANCELLED:
        return
    places = queries.expected_places(session)
    if actor is not None and places:
        _mark(session, [place.child_id for place in places], actor)
    why = f": {session.cancel_reason}" if session.cancel_reason else ""
    _tell(session, places, actor, "Cancelled", f"{day(session.starts_at)} at {clock_time(session.starts_at)} is cancelled{why}")


def after_moved(job: Job) -> None:
    session = db.session.get(Session, uuid.UUID(job.payload["session"]))
    actor = db.session.get(Person, uuid.UUID(job.payload["actor"])) if job.payload["actor"] else None
    if session is not None and session.state is SessionState.SCHEDULED:
        now = f"{day(session.starts_at)}, {clock_time(session.starts_at)} to {clock_time(session.ends_at)}"
        _tell(session, queries.expected_places(session), actor, "Moved", f"It is on {now} now")


def call_off_day(*, session_ids: Collection[uuid.UUID], by: CancelledBy, reason: str, actor: Person) -> int:
    """Cancel several sessions for one reason, all or none; those that were cancelled, moved or held meanwhile are left. How many.

    Raises Invalid at `reason` or with nothing chosen, Forbidden for a session that is not theirs.
    """
    if not session_ids:
        raise Invalid(_("Choose at least one session."), field="sessions")
    if len(session_ids) > MOST:
        raise Invalid(_("%(most)s sessions are the most at once.", most=MOST), field="sessions")
    with atomic():
        count = 0
        for session in lock_rows(Session, session_ids):
            if not policies.can_call_off(actor, session):
                raise Forbidden
            if session.state is SessionState.SCHEDULED:
                catalogue_sessions.cancel_session(session_id=session.id, by=by, reason=reason, actor=actor)
                count += 1
        return count


def families_told(*, session_id: uuid.UUID, actor: Person) -> None:
    """The families of this Link Worker's children know: off the list."""
    with atomic():
        session = queries.get_session_by_id(session_id)
        if notifications.close_tasks(kind=TELL_FAMILIES, subject=session, why="The families know", person_id=actor.id):
            audit.record("attendance.families.told", subject=session, actor=actor, zone_id=session.cohort.offering.zone_id)


def _mark(session: Session, child_ids: Sequence[uuid.UUID], actor: Person) -> None:
    desk = desks.open_desk(session.id, child_ids, actor)
    for child_id, place in sorted(desk.places.items()):
        if child_id not in desk.marks:
            commission = desk.commissions.get(place.id)
            has_begun = commission is not None and commission.state is not CommissionState.CONFIRMED
            percent = None if has_begun and desk.session.cancelled_by is not CancelledBy.PARTNER else 0
            desks.write(
                desk, place, Marking(MarkKind.SESSION_CANCELLED), actor=actor, client_key=f"called-off-{session.id.hex}", percent=percent
            )
    desks.require_sound(desk)


@dataclass(frozen=True)
class Told:
    """Who hears when a session falls through."""

    children: int
    link_workers: tuple[str, ...]

    @property
    def sentence(self) -> str:
        if not self.children:
            return _("No child is expected, so nobody has to be told.")
        who = sentence_list(self.link_workers) or _("The Zone manager")
        number = max(1, len(self.link_workers))
        return ngettext("%(who)s tells the families; they are asked at once.", "%(who)s tell the families; they are asked at once.", number, who=who)


def who_is_told(session: Session) -> Told:
    """For the page that cancels it."""
    workers: dict[uuid.UUID, str] = {}
    places = queries.expected_places(session)
    for place in places:
        workers |= dict.fromkeys(place.child.link_worker_ids, "")
    return Told(len(places), tuple(sorted(queries.names_of(set(workers)).values())))


def _tell(session: Session, places: Sequence[Place], actor: Person | None, what: str, text: str) -> None:
    """The Link Workers of the children who were expected, and the organisation where somebody else changed it."""
    offering, by_worker = session.cohort.offering, dict[uuid.UUID, list[str]]()
    for place in places:
        workers = place.child.link_worker_ids or {person.id for person in people_with(Role.ZONE_MANAGER, place.child.zone_id)}
        for person_id in workers:
            by_worker.setdefault(person_id, []).append(place.child.called)
    for person_id, names in sorted(by_worker.items()):
        if actor is None or person_id != actor.id:
            _letter(session, person_id, what)
        notifications.open_task(
            person_id=person_id, zone_id=offering.zone_id, kind=TELL_FAMILIES, subject=session, title=f"{offering.title} · {what}",
            text=f"{text}. Tell {sentence_list(sorted(names))} and their families.", action="See it", icon="calendar-x",
            url=f"/sessions/{session.id}/register", urgency=Urgency.NOW if session.held_on <= clock.today() else Urgency.TODAY,
        )
    if actor is not None and offering.organisation_id in actor.organisation_ids():
        return
    for role in (Role.PARTNER_ADMIN, Role.PRACTITIONER):
        for person in people_with(role, offering.zone_id, organisation_id=offering.organisation_id):
            _letter(session, person.id, what)


def _letter(session: Session, person_id: uuid.UUID, what: str) -> None:
    payload = {"session": str(session.id), "person": str(person_id), "what": what}
    notifications.post(topic=LETTER, payload=payload, dedupe=f"{LETTER}:{session.id}:{person_id}:{what}")
