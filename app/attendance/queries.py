"""Reads of registers, marks and who is expected."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.accounts.models import Person, Role
from app.accounts.queries import school_days
from app.attendance.models import PRESENT, Mark, MarkKind
from app.catalogue.models import Cohort, Offering, Session, SessionState
from app.children.models import Child
from app.children.queries import visible_to as children_visible_to
from app.children.sharing import SharedChild, shared_views
from app.commissioning.models import Commission, CommissionState, Place, PlaceState
from app.introductions.models import Introduction
from app.shared import clock
from app.shared.db import db
from app.shared.errors import NotFound

LOCK_AFTER_SCHOOL_DAYS = 7
LOOK_BACK = timedelta(days=21)

_newest = (
    sa.select(Mark.session_id, Mark.child_id, sa.func.max(Mark.revision).label("revision"))
    .group_by(Mark.session_id, Mark.child_id)
    .subquery()
)


def visible_sessions(person: Person) -> sa.ColumnElement[bool]:
    """Which sessions this person may open: their organisation's, their Zone's, or those a child of theirs has a place in."""
    own = Offering.organisation_id.in_(person.organisation_ids())
    zone = Offering.zone_id.in_(person.zone_ids(Role.ZONE_MANAGER))
    mine = sa.exists(
        sa.select(Place.id).join(Child, Child.id == Place.child_id)
        .where(Place.cohort_id == Session.cohort_id, Place.taken_at.is_not(None), children_visible_to(person))
    )
    if person.has_role(Role.LINK_WORKER):
        return sa.or_(own, zone, mine)
    return sa.or_(own, zone)


def _sessions() -> sa.Select[Session]:
    return (
        sa.select(Session).join(Session.cohort).join(Cohort.offering)
        .options(joinedload(Session.cohort).joinedload(Cohort.offering))
    )


def get_session(session_id: uuid.UUID, person: Person) -> Session:
    """Raises NotFound outside the person's sight."""
    found = db.session.scalars(_sessions().where(Session.id == session_id, visible_sessions(person))).unique().one_or_none()
    if found is None:
        raise NotFound
    return found


def list_sessions(person: Person, first: date, last: date) -> Sequence[Session]:
    """The sessions of these London days, both included, soonest first."""
    statement = _sessions().where(
        visible_sessions(person),
        Session.starts_at >= clock.end_of_day(first - timedelta(days=1)),
        Session.starts_at < clock.end_of_day(last),
        Session.state != SessionState.MOVED,
    )
    return db.session.scalars(statement.order_by(Session.starts_at, Session.id)).unique().all()


def list_unmarked(person: Person) -> Sequence[Session]:
    """Sessions of the last three weeks that have happened, with somebody expected and no register yet."""
    expected = sa.exists(
        sa.select(Place.id).where(
            Place.cohort_id == Session.cohort_id, Place.taken_at <= Session.starts_at,
            sa.or_(Place.freed_at.is_(None), Place.freed_at > Session.starts_at),
        )
    )
    statement = _sessions().where(
        visible_sessions(person), Session.state == SessionState.SCHEDULED, expected,
        Session.starts_at < clock.now(), Session.starts_at > clock.now() - LOOK_BACK,
    )
    return db.session.scalars(statement.order_by(Session.starts_at, Session.id)).unique().all()


def expected_places(session: Session) -> Sequence[Place]:
    """Who is expected: places taken by the end of the session's day and not freed before it began, by first name."""
    day_ends = clock.end_of_day(session.held_on)
    statement = (
        sa.select(Place)
        .join(Child, Child.id == Place.child_id)
        .where(
            Place.cohort_id == session.cohort_id, Place.taken_at.is_not(None), Place.taken_at < day_ends,
            Place.state.in_((PlaceState.TAKEN, PlaceState.ENDED)),
            sa.or_(Place.freed_at.is_(None), Place.freed_at > session.starts_at),
        )
        .order_by(Child.first_name, Child.id)
    )
    return db.session.scalars(statement).unique().all()


def current_marks(session_ids: Iterable[uuid.UUID]) -> dict[tuple[uuid.UUID, uuid.UUID], Mark]:
    """The newest revision of every mark of these sessions, by (session, child)."""
    statement = sa.select(Mark).join(
        _newest,
        sa.and_(
            Mark.session_id == _newest.c.session_id, Mark.child_id == _newest.c.child_id, Mark.revision == _newest.c.revision
        ),
    ).where(Mark.session_id.in_(list(session_ids)))
    return {(mark.session_id, mark.child_id): mark for mark in db.session.scalars(statement)}


def marks_of(session_id: uuid.UUID, child_id: uuid.UUID) -> Sequence[Mark]:
    """Every revision, oldest first."""
    statement = sa.select(Mark).where(Mark.session_id == session_id, Mark.child_id == child_id).order_by(Mark.revision)
    return db.session.scalars(statement).all()


@dataclass(frozen=True)
class Attendance:
    """One session as one child had it; `mark` None is a session still to come or a register not taken."""

    session: Session
    mark: Mark | None


def attendance_of_children(child_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Attendance]]:
    """Every newest mark of these children with its session, oldest first."""
    statement = (
        sa.select(Mark, Session)
        .join(_newest, sa.and_(
            Mark.session_id == _newest.c.session_id, Mark.child_id == _newest.c.child_id, Mark.revision == _newest.c.revision
        ))
        .join(Session, Session.id == Mark.session_id)
        .where(Mark.child_id.in_(list(child_ids)))
        .options(joinedload(Session.cohort).joinedload(Cohort.offering))
        .order_by(Session.starts_at, Session.id)
    )
    found: dict[uuid.UUID, list[Attendance]] = {}
    for mark, session in db.session.execute(statement).unique():
        found.setdefault(mark.child_id, []).append(Attendance(session, mark))
    return found


def attended_count(child_id: uuid.UUID, offering_id: uuid.UUID) -> int:
    """Sessions of this offering the child came to (late or for part of it counts)."""
    statement = (
        sa.select(sa.func.count())
        .select_from(Mark)
        .join(_newest, sa.and_(
            Mark.session_id == _newest.c.session_id, Mark.child_id == _newest.c.child_id, Mark.revision == _newest.c.revision
        ))
        .join(Session, Session.id == Mark.session_id)
        .join(Cohort, Cohort.id == Session.cohort_id)
        .where(Mark.child_id == child_id, Cohort.offering_id == offering_id, Mark.kind.in_(PRESENT))
    )
    return db.session.scalar(statement) or 0


def earlier_absences(place_id: uuid.UUID, before: datetime) -> list[Mark]:
    """The newest marks of a place before an instant that owe the tariff's absence share (told late or untold), oldest first."""
    statement = (
        sa.select(Mark)
        .join(_newest, sa.and_(
            Mark.session_id == _newest.c.session_id, Mark.child_id == _newest.c.child_id, Mark.revision == _newest.c.revision
        ))
        .join(Session, Session.id == Mark.session_id)
        .where(
            Mark.place_id == place_id, Session.starts_at < before,
            sa.or_(Mark.kind == MarkKind.ABSENT_UNTOLD, Mark.is_told_late),
        )
        .order_by(Session.starts_at)
    )
    return list(db.session.scalars(statement))


def last_marks(place_id: uuid.UUID, before: datetime, limit: int = 2) -> list[Mark]:
    """The newest marks of a place before an instant, latest first."""
    statement = (
        sa.select(Mark)
        .join(_newest, sa.and_(
            Mark.session_id == _newest.c.session_id, Mark.child_id == _newest.c.child_id, Mark.revision == _newest.c.revision
        ))
        .join(Session, Session.id == Mark.session_id)
        .where(Mark.place_id == place_id, Session.starts_at < before)
        .order_by(Session.starts_at.desc())
        .limit(limit)
    )
    return list(db.session.scalars(statement))


_BOUGHT = (
    CommissionState.CONFIRMED, CommissionState.IN_DELIVERY, CommissionState.SUSPENDED, CommissionState.DELIVERED,
    CommissionState.ENDED_EARLY,
)


def commissions_of_places(place_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Commission]:
    """The commission that bought each place."""
    statement = sa.select(Commission).where(Commission.place_id.in_(list(place_ids)), Commission.state.in_(_BOUGHT))
    return {c.place_id: c for c in db.session.scalars(statement).unique() if c.place_id is not None}


def introductions_of_places(places: Sequence[Place]) -> dict[uuid.UUID, Introduction]:
    """The introduction behind each place, by place."""
    by_id = {p.introduction_id: p.id for p in places if p.introduction_id is not None}
    statement = sa.select(Introduction).where(Introduction.id.in_(list(by_id)))
    return {by_id[intro.id]: intro for intro in db.session.scalars(statement).unique()}


def locks_on(session: Session, child: Child) -> date:
    """The last day on which the mark may still be changed without a reason: seven school days after the session."""
    return school_days(child.school_id).after(session.held_on, LOCK_AFTER_SCHOOL_DAYS)


@dataclass(frozen=True)
class RegisterRow:
    """One expected child as this person may see them."""

    place: Place
    child_id: uuid.UUID
    name: str
    shared: SharedChild | None
    mark: Mark | None
    is_first: bool
    is_locked: bool
    commission_id: uuid.UUID | None

    @property
    def revision(self) -> int:
        return self.mark.revision if self.mark else 0


@dataclass(frozen=True)
class Register:
    session: Session
    rows: list[RegisterRow]
    is_open: bool
    """The session's day has come and it was not cancelled."""

    @property
    def marked(self) -> int:
        return sum(1 for row in self.rows if row.mark is not None)


def get_register(session: Session, person: Person) -> Register:
    """The register as this person may see it: partners through consent, Link Workers their own children only."""
    places = expected_places(session)
    offering = session.cohort.offering
    is_partner = offering.organisation_id in person.organisation_ids()
    visible = _visible_child_ids(person, [p.child_id for p in places])
    shared = shared_views([p.child_id for p in places], offering.organisation_id, clock.today())
    marks = current_marks([session.id])
    been = _been_before(session, [p.child_id for p in places])
    commissions = commissions_of_places([p.id for p in places])
    rows = []
    for place in places:
        seen = shared.get(place.child_id)
        if not (place.child_id in visible or (is_partner and seen is not None)):
            continue
        name = place.child.short_name if place.child_id in visible else (seen.called if seen else place.child.reference)
        commission = commissions.get(place.id)
        rows.append(RegisterRow(
            place=place, child_id=place.child_id, name=name, shared=seen, mark=marks.get((session.id, place.child_id)),
            is_first=place.child_id not in been, is_locked=clock.today() > locks_on(session, place.child),
            commission_id=commission.id if commission else None,
        ))
    is_open = session.held_on <= clock.today() and session.state in (SessionState.SCHEDULED, SessionState.HELD, SessionState.CLOSED)
    return Register(session, rows, is_open)


def _visible_child_ids(person: Person, child_ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    statement = sa.select(Child.id).where(Child.id.in_(child_ids), children_visible_to(person))
    return set(db.session.scalars(statement))


def _been_before(session: Session, child_ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these children have a mark in an earlier session of the same cohort."""
    statement = (
        sa.select(Mark.child_id).distinct().join(Session, Session.id == Mark.session_id)
        .where(Mark.child_id.in_(child_ids), Session.cohort_id == session.cohort_id, Session.starts_at < session.starts_at)
    )
    return set(db.session.scalars(statement))


def count_sessions_held(cohort_id: uuid.UUID, since: datetime) -> int:
    """Sessions of a cohort with a register, from the one the place was taken for onward."""
    statement = sa.select(sa.func.count(Session.id)).where(
        Session.cohort_id == cohort_id, Session.state.in_((SessionState.HELD, SessionState.CLOSED)), Session.starts_at >= since
    )
    return db.session.scalar(statement) or 0




def markers(marks: Sequence[Mark]) -> dict[uuid.UUID, str]:
    """The names of those who marked, by id."""
    statement = sa.select(Person.id, Person.name).where(Person.id.in_({mark.marked_by_id for mark in marks}))
    return dict(db.session.execute(statement).tuples().all())
