"""Which sessions a person may open, who is expected at each, and how much of its register is done."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.accounts.models import Person, Role
from app.attendance.models import Mark
from app.catalogue.models import Cohort, Offering, Session, SessionState
from app.children.models import Caseload, Child
from app.children.queries import visible_to as visible_children
from app.commissioning.models import Place, PlaceState
from app.introductions.models import Introduction
from app.introductions.queries import asked_of
from app.shared import clock
from app.shared.db import db, the_one

LOOK_BACK = timedelta(days=21)
"""How long an unfinished register stays on a person's list."""
TAKEN = (PlaceState.TAKEN, PlaceState.ENDED)


def visible_places(person: Person) -> sa.ColumnElement[bool]:
    """Whose rows of a register this person may see, as a condition on Place.

    The children they may see; a partner's: those introduced to the organisation, while consent covers them.
    """
    mine = Place.child_id.in_(sa.select(Child.id).where(visible_children(person)))
    introduced = Place.introduction_id.in_(sa.select(Introduction.id).where(asked_of(person)))
    return sa.or_(mine, introduced)


def visible_sessions(person: Person) -> sa.ColumnElement[bool]:
    """Which sessions this person may open: their organisation's, their Zone's, or those a child of theirs has a place in."""
    own = Offering.organisation_id.in_(person.organisation_ids())
    zone = Offering.zone_id.in_(person.zone_ids(Role.ZONE_MANAGER))
    if not person.has_role(Role.LINK_WORKER):
        return sa.or_(own, zone)
    theirs = sa.exists(
        sa.select(Place.id).join(Child, Child.id == Place.child_id)
        .where(Place.cohort_id == Session.cohort_id, Place.taken_at.is_not(None), visible_children(person))
    )
    return sa.or_(own, zone, theirs)


def _sessions() -> sa.Select[Session]:
    return (
        sa.select(Session).join(Session.cohort).join(Cohort.offering)
        .options(joinedload(Session.cohort).joinedload(Cohort.offering))
    )


def get_session(session_id: uuid.UUID, person: Person) -> Session:
    """Raises NotFound outside the person's sight."""
    return the_one(_sessions().where(Session.id == session_id, visible_sessions(person)))


def get_session_by_id(session_id: uuid.UUID) -> Session:
    """For verbs, which ask who may themselves. Raises NotFound."""
    return the_one(_sessions().where(Session.id == session_id))


@dataclass(frozen=True)
class SessionLine:
    """One session in a list; `expected` and `marked` count only children this person may see."""

    session: Session
    expected: int
    marked: int

    @property
    def is_done(self) -> bool:
        return self.expected > 0 and self.marked >= self.expected


def list_sessions(person: Person, first: date, last: date) -> list[SessionLine]:
    """The sessions of these London days, both included, soonest first.

    Link Workers see those that a child of theirs is expected at; partners and Zone managers all of theirs.
    """
    return _lines(person, _on_days(first, last))


def list_unfinished(person: Person) -> list[SessionLine]:
    """Sessions of the last three weeks that have happened, with somebody expected who is not marked, oldest first."""
    now = clock.now()
    passed = sa.and_(
        Session.starts_at < now, Session.starts_at > now - LOOK_BACK,
        Session.state.in_((SessionState.SCHEDULED, SessionState.HELD)),
    )
    return [line for line in _lines(person, passed) if line.marked < line.expected]


def _on_days(first: date, last: date) -> sa.ColumnElement[bool]:
    return sa.and_(
        Session.starts_at >= clock.at_london(first, clock.MIDNIGHT), Session.starts_at < clock.end_of_day(last),
        Session.state != SessionState.MOVED,
    )


def _lines(person: Person, which: sa.ColumnElement[bool]) -> list[SessionLine]:
    statement = _sessions().where(visible_sessions(person), which).order_by(Session.starts_at, Session.id)
    sessions = db.session.scalars(statement).unique().all()
    expected = _expected_children(sessions, visible_places(person))
    marked = _marked_children([session.id for session in sessions])
    runs = person.organisation_ids()
    zones = person.zone_ids(Role.ZONE_MANAGER)
    lines = []
    for session in sessions:
        theirs = expected[session.id]
        offering = session.cohort.offering
        if theirs or offering.organisation_id in runs or offering.zone_id in zones:
            lines.append(SessionLine(session, len(theirs), len(theirs & marked.get(session.id, set()))))
    return lines


def _expected_children(sessions: Sequence[Session], seen: sa.ColumnElement[bool]) -> dict[uuid.UUID, set[uuid.UUID]]:
    """By session, without loading a child."""
    statement = sa.select(Place.cohort_id, Place.child_id, Place.taken_at, Place.freed_at).where(
        Place.cohort_id.in_({session.cohort_id for session in sessions}), Place.taken_at.is_not(None), Place.state.in_(TAKEN), seen
    )
    by_cohort: dict[uuid.UUID, list[tuple[uuid.UUID, datetime, datetime | None]]] = {}
    for cohort_id, child_id, taken_at, freed_at in db.session.execute(statement):
        if taken_at is not None:
            by_cohort.setdefault(cohort_id, []).append((child_id, taken_at, freed_at))
    return {
        session.id: {
            child_id for child_id, taken_at, freed_at in by_cohort.get(session.cohort_id, ())
            if taken_at < clock.end_of_day(session.held_on) and (freed_at is None or freed_at > session.starts_at)
        }
        for session in sessions
    }


def _marked_children(session_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, set[uuid.UUID]]:
    found: dict[uuid.UUID, set[uuid.UUID]] = {}
    for session_id, child_id in db.session.execute(
        sa.select(Mark.session_id, Mark.child_id).distinct().where(Mark.session_id.in_(list(session_ids)))
    ):
        found.setdefault(session_id, set()).add(child_id)
    return found


def people_to_tell(cohort_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The Link Workers, by id, of the children with a place in these groups."""
    today = clock.today()
    statement = (
        sa.select(Person.id, Person.name).distinct().join(Caseload, Caseload.person_id == Person.id)
        .join(Place, Place.child_id == Caseload.child_id)
        .where(
            Place.cohort_id.in_(cohort_ids), Place.state == PlaceState.TAKEN,
            Caseload.starts_on <= today, sa.or_(Caseload.ends_on.is_(None), Caseload.ends_on >= today),
        )
        .order_by(Person.name)
    )
    return {row.id: row.name for row in db.session.execute(statement)}
