"""One register: who is expected, as one person may see them, and until when a mark may be changed."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, load_only

from app.accounts.calendar import SchoolDays
from app.accounts.models import Closure, Person, Term
from app.attendance import hooks
from app.attendance.models import Mark
from app.attendance.queries.disagreements import disputed
from app.attendance.queries.marks import current_marks, names_of
from app.attendance.queries.sessions import TAKEN, visible_places
from app.catalogue.models import Session, SessionState
from app.children.models import Child
from app.children.queries import visible_to as visible_children
from app.children.sharing import SharedChild, shared_views
from app.commissioning.models import Place
from app.introductions.models import Introduction, IntroductionState
from app.shared import clock
from app.shared.db import db

LOCK_AFTER_SCHOOL_DAYS = 7


_TO_MARK = load_only(Child.zone_id, Child.school_id, Child.reference, Child.first_name, Child.last_name, Child.known_as, Child.state)
"""What marking asks of a child: whose, and what it is called; nothing of what was heard, which is sealed."""


def expected_places(session: Session, person: Person | None = None) -> Sequence[Place]:
    """Who is expected: places taken by the end of the session's day and not freed before it began, and whoever is marked.

    With `person`, those that person may see. By first name.
    """
    statement = sa.select(Place).join(Child, Child.id == Place.child_id).where(_expected_at(session))
    if person is not None:
        statement = statement.where(visible_places(person))
    statement = statement.options(contains_eager(Place.child).options(_TO_MARK))
    return db.session.scalars(statement.order_by(sa.func.lower(Child.first_name), Child.id)).unique().all()


class Expected(NamedTuple):
    """A place of `expected_places`, whether the person may see it, and how its introduction stands."""

    place: Place
    is_seen: bool
    introduction: IntroductionState | None


def expected_among(session: Session, child_ids: Collection[uuid.UUID], person: Person) -> list[Expected]:
    """Which of these children are expected, whoever may see them; in one statement all that marking asks of them."""
    statement = (
        sa.select(Place, visible_places(person), Introduction.state).join(Child, Child.id == Place.child_id)
        .outerjoin(Introduction, Introduction.id == Place.introduction_id).where(_expected_at(session), Place.child_id.in_(child_ids))
        .options(contains_eager(Place.child).options(_TO_MARK)).order_by(sa.func.lower(Child.first_name), Child.id)
    )
    return [Expected(place, bool(is_seen), state) for place, is_seen, state in db.session.execute(statement).unique()]


def _expected_at(session: Session) -> sa.ColumnElement[bool]:
    is_expected = sa.and_(
        Place.taken_at.is_not(None), Place.taken_at < clock.end_of_day(session.held_on), Place.state.in_(TAKEN),
        sa.or_(Place.freed_at.is_(None), Place.freed_at > session.starts_at),
    )
    is_marked = Place.id.in_(sa.select(Mark.place_id).where(Mark.session_id == session.id))
    return sa.and_(Place.cohort_id == session.cohort_id, sa.or_(is_expected, is_marked))


def last_day(held_on: date, days: SchoolDays) -> date:
    """The last day on which a mark of a session may be changed without a reason."""
    return days.after(held_on, LOCK_AFTER_SCHOOL_DAYS)


def last_days(session: Session, children: Iterable[Child]) -> dict[uuid.UUID, date]:
    """The same by child, in the days of the child's own school."""
    schools = {child.id: child.school_id for child in children}
    days = school_days_of({school_id for school_id in schools.values() if school_id is not None})
    ends = {school_id: last_day(session.held_on, days[school_id] if school_id else SchoolDays()) for school_id in set(schools.values())}
    return {child_id: ends[school_id] for child_id, school_id in schools.items()}


def school_days_of(school_ids: set[uuid.UUID]) -> dict[uuid.UUID, SchoolDays]:
    """The open days of several schools at once."""
    spans: dict[type[Term] | type[Closure], dict[uuid.UUID, list[tuple[date, date]]]] = {Term: {}, Closure: {}}
    for kind, found in spans.items():
        statement = sa.select(kind.school_id, kind.starts_on, kind.ends_on).where(kind.school_id.in_(school_ids)).order_by(kind.starts_on)
        for school_id, first, last in db.session.execute(statement):
            found.setdefault(school_id, []).append((first, last))
    return {
        school_id: SchoolDays(tuple(spans[Term].get(school_id, ())), tuple(spans[Closure].get(school_id, ())))
        for school_id in school_ids
    }


def names_for(person: Person, places: Sequence[Place], shared: dict[uuid.UUID, SharedChild]) -> dict[uuid.UUID, str]:
    """What each child is called to this person: the name for those who may see the child, else what consent shares.

    Two who would be called the same carry their references.
    """
    ids = [place.child_id for place in places]
    known = set(db.session.scalars(sa.select(Child.id).where(Child.id.in_(ids), visible_children(person))))
    names = {}
    for place in places:
        seen = shared.get(place.child_id)
        names[place.child_id] = (
            place.child.short_name if place.child_id in known else seen.called if seen is not None else place.child.reference
        )
    twice = {name for name, count in Counter(names.values()).items() if count > 1}
    references = {place.child_id: place.child.reference for place in places}
    return {id_: f"{name} ({references[id_]})" if name in twice and name != references[id_] else name for id_, name in names.items()}


@dataclass(frozen=True)
class RegisterRow:
    """One expected child as this person may see them. `shared` is what consent covers; `closes_on` the last day for changes."""

    place: Place
    name: str
    shared: SharedChild | None
    mark: Mark | None
    marked_by: str
    is_first: bool
    closes_on: date
    is_billed: bool = False
    is_disputed: bool = False

    @property
    def child_id(self) -> uuid.UUID:
        return self.place.child_id

    @property
    def revision(self) -> int:
        return self.mark.revision if self.mark else 0

    @property
    def is_locked(self) -> bool:
        """Only a correction with a reason changes it now (a mark that was never made: only the Zone manager makes it)."""
        return clock.today() > self.closes_on or self.is_billed or (self.mark is not None and self.mark.is_corrected)

    @property
    def what_helps(self) -> str:
        return self.shared.what_helps if self.shared else ""


@dataclass(frozen=True)
class Register:
    session: Session
    rows: list[RegisterRow]

    @property
    def is_open(self) -> bool:
        """The session's day has come and it was not called off."""
        return self.session.held_on <= clock.today() and self.session.state not in (SessionState.CANCELLED, SessionState.MOVED)

    @property
    def marked(self) -> int:
        return sum(1 for row in self.rows if row.mark is not None)

    @property
    def closes_on(self) -> date | None:
        return max((row.closes_on for row in self.rows), default=None)


def get_register(session: Session, person: Person) -> Register:
    """The register as this person may see it: partners through consent, Link Workers their own children only."""
    places = expected_places(session, person)
    shared = shared_views([place.child_id for place in places], session.cohort.offering.organisation_id, clock.today())
    names = names_for(person, places, shared)
    marks = current_marks([session.id])
    markers = names_of({mark.marked_by_id for mark in marks.values()})
    been = _marked_before([place.id for place in places], before=session.starts_at)
    closing = last_days(session, [place.child for place in places])
    billed, open_questions = hooks.billed([session.id]), disputed([session.id])
    rows = []
    for place in places:
        mark = marks.get((session.id, place.child_id))
        rows.append(RegisterRow(
            place=place, name=names[place.child_id], shared=shared.get(place.child_id), mark=mark,
            marked_by=markers.get(mark.marked_by_id, "") if mark else "", is_first=place.id not in been,
            closes_on=closing[place.child_id], is_billed=(session.id, place.child_id) in billed,
            is_disputed=(session.id, place.child_id) in open_questions,
        ))
    return Register(session, rows)


def _marked_before(place_ids: Collection[uuid.UUID], before: datetime) -> set[uuid.UUID]:
    """Which of these places have a mark in an earlier session."""
    statement = (
        sa.select(Mark.place_id).distinct().join(Session, Session.id == Mark.session_id)
        .where(Mark.place_id.in_(place_ids), Session.starts_at < before)
    )
    return set(db.session.scalars(statement))


@dataclass(frozen=True)
class Comer:
    """One child who is expected, as this person may see them."""

    child_id: uuid.UUID
    name: str
    what_helps: str
    is_first: bool
    must_know: str = ""
    trusted_adult: str = ""


def who_comes(sessions: Sequence[Session], person: Person) -> dict[uuid.UUID, list[Comer]]:
    """By session, who is expected; new ones first, then by name. Each session's cohort and offering are loaded."""
    statement = (
        sa.select(Place).join(Child, Child.id == Place.child_id)
        .where(
            Place.cohort_id.in_({session.cohort_id for session in sessions}), Place.taken_at.is_not(None), Place.state.in_(TAKEN),
            visible_places(person),
        )
        .order_by(sa.func.lower(Child.first_name), Child.id)
    )
    places = db.session.scalars(statement).unique().all()
    been = _marked_before({place.id for place in places}, before=min((s.starts_at for s in sessions), default=clock.now()))
    found: dict[uuid.UUID, list[Comer]] = {}
    organisations = {session.cohort.offering.organisation_id for session in sessions}
    for organisation_id in organisations:
        theirs = [session for session in sessions if session.cohort.offering.organisation_id == organisation_id]
        cohorts = {session.cohort_id for session in theirs}
        here = [place for place in places if place.cohort_id in cohorts]
        shared = shared_views([place.child_id for place in here], organisation_id, clock.today())
        names = names_for(person, here, shared)
        for session in theirs:
            comers = [
                _comer(p, names[p.child_id], shared.get(p.child_id), is_first=p.id not in been)
                for p in here if p.cohort_id == session.cohort_id and overlaps(p, session)
            ]
            found[session.id] = sorted(comers, key=lambda comer: not comer.is_first)
    return found


def _comer(place: Place, name: str, shared: SharedChild | None, *, is_first: bool) -> Comer:
    if shared is None:
        return Comer(place.child_id, name, "", is_first)
    return Comer(place.child_id, name, shared.what_helps, is_first, shared.must_know, shared.trusted_adult)


def overlaps(place: Place, session: Session) -> bool:
    """Taken by the end of the session's day, and not freed before it began."""
    return (
        place.taken_at is not None and place.taken_at < clock.end_of_day(session.held_on)
        and (place.freed_at is None or place.freed_at > session.starts_at)
    )
