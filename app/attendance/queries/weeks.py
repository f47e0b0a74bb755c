"""The sessions of one child over some days, with what clashes and what falls outside the school's terms."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.accounts.queries import school_days
from app.attendance.models import Mark
from app.attendance.queries.marks import current_marks
from app.attendance.week import clashes
from app.catalogue.models import Cohort, Offering, Session, SessionState
from app.children.models import Child
from app.commissioning.models import Place, PlaceState
from app.introductions.confidential import tells_of_the_child
from app.shared import clock
from app.shared.db import db

AHEAD = timedelta(days=120)
"""How far ahead a group is looked at before a place in it is asked for."""
COMING = (PlaceState.HELD, PlaceState.FIRM, PlaceState.TAKEN)


@dataclass(frozen=True)
class InTheWay:
    """Sessions of a group that stand in the way of one offering the child goes to, or has a place kept at; the first pair of them."""

    group: Session
    other: Session
    times: int
    of: int


@dataclass(frozen=True)
class DayOfWeek:
    on: date
    sessions: list[Session]
    is_school_day: bool


@dataclass(frozen=True)
class Week:
    days: list[DayOfWeek]
    clashes: list[tuple[Session, Session]]
    marks: dict[uuid.UUID, Mark]
    """By session."""

    @property
    def in_the_way(self) -> set[uuid.UUID]:
        return {session.id for pair in self.clashes for session in pair}


def week_of(child: Child, first: date, days: int = 7, *, in_full: bool = True) -> Week:
    """Sessions of the groups where the child has a place, or a hold on one, that day. Cancelled ones are there and clash with nothing.
    Not `in_full`: without those that tell something of the child."""
    last = first + timedelta(days=days - 1)
    places = db.session.execute(
        sa.select(Place.cohort_id, Place.taken_at, Place.freed_at)
        .where(Place.child_id == child.id, sa.or_(Place.state.in_(COMING), Place.freed_at.is_not(None)))
    ).all()
    statement = (
        sa.select(Session)
        .where(
            Session.cohort_id.in_({place.cohort_id for place in places}), Session.state != SessionState.MOVED,
            Session.starts_at >= clock.at_london(first, clock.MIDNIGHT), Session.starts_at < clock.end_of_day(last),
        )
        .options(joinedload(Session.cohort).joinedload(Cohort.offering).joinedload(Offering.organisation)).order_by(Session.starts_at, Session.id)
    )
    freed = {place.cohort_id: place.freed_at for place in places}
    found: Sequence[Session] = [
        session for session in db.session.scalars(statement).unique()
        if ((left := freed[session.cohort_id]) is None or left > session.starts_at)
        and (in_full or not tells_of_the_child(session.cohort.offering))
    ]
    open_days = school_days(child.school_id)
    lines = [
        DayOfWeek(on, [session for session in found if session.held_on == on], open_days.is_school_day(on))
        for on in (first + timedelta(days=n) for n in range(days))
    ]
    marks = {session_id: mark for (session_id, child_id), mark in current_marks([s.id for s in found]).items() if child_id == child.id}
    return Week(lines, clashes([session for session in found if session.state is not SessionState.CANCELLED]), marks)


def clashes_of_groups(child_id: uuid.UUID, cohort_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[InTheWay]]:
    """By group, what the child does at the same time in the months ahead, by offering; groups that stand in no way are left out."""
    own = set(db.session.scalars(sa.select(Place.cohort_id).where(Place.child_id == child_id, Place.state.in_(COMING))))
    now = clock.now()
    statement = (
        sa.select(Session)
        .where(
            Session.cohort_id.in_({*cohort_ids, *own}), Session.state == SessionState.SCHEDULED, Session.starts_at >= now,
            Session.starts_at < now + AHEAD,
        )
        .options(joinedload(Session.cohort).joinedload(Cohort.offering)).order_by(Session.starts_at, Session.id)
    )
    sessions = db.session.scalars(statement).unique().all()
    theirs = [session for session in sessions if session.cohort_id in own]
    found: dict[uuid.UUID, list[InTheWay]] = {}
    for cohort_id in cohort_ids:
        group = [session for session in sessions if session.cohort_id == cohort_id]
        others = [session for session in theirs if session.cohort_id != cohort_id]
        by_offering: dict[uuid.UUID, list[tuple[Session, Session]]] = {}
        for pair in clashes([*group, *others]):
            if cohort_id in (mine := [session.cohort_id for session in pair]) and len(set(mine)) == 2:
                first, second = pair if pair[0].cohort_id == cohort_id else (pair[1], pair[0])
                by_offering.setdefault(second.cohort.offering_id, []).append((first, second))
        if by_offering:
            found[cohort_id] = [InTheWay(*pairs[0], len({a.id for a, _ in pairs}), len(group)) for pairs in by_offering.values()]
    return found
