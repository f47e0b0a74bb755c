"""Reads of marks: the newest of each, their history, what was bought with them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload, lazyload

from app.accounts.models import Person
from app.attendance.models import PRESENT, Mark, MarkKind, is_without_notice
from app.attendance.payable import UNTOLD_BEFORE_A_DECISION
from app.catalogue.models import Cohort, Session
from app.commissioning.models import Commission, CommissionState, FundShare, Place
from app.shared import clock
from app.shared.db import db

_newer = aliased(Mark)
is_newest = ~sa.exists().where(
    _newer.session_id == Mark.session_id, _newer.child_id == Mark.child_id, _newer.revision > Mark.revision
)
"""SQL: no later revision of this mark."""


def current_marks(session_ids: Iterable[uuid.UUID]) -> dict[tuple[uuid.UUID, uuid.UUID], Mark]:
    """The newest revision of every mark of these sessions, by (session, child)."""
    statement = sa.select(Mark).where(Mark.session_id.in_(list(session_ids)), is_newest)
    return {(mark.session_id, mark.child_id): mark for mark in db.session.scalars(statement)}


def find_mark(session_id: uuid.UUID, child_id: uuid.UUID) -> Mark | None:
    """The mark that counts."""
    return current_marks([session_id]).get((session_id, child_id))


def marks_of(session_id: uuid.UUID, child_id: uuid.UUID) -> Sequence[Mark]:
    """Every revision, oldest first."""
    statement = sa.select(Mark).where(Mark.session_id == session_id, Mark.child_id == child_id).order_by(Mark.revision)
    return db.session.scalars(statement).all()


def marks_of_session(session_id: uuid.UUID) -> Sequence[Mark]:
    """Every revision of every child, oldest first: the last of each child is the one that counts."""
    return db.session.scalars(sa.select(Mark).where(Mark.session_id == session_id).order_by(Mark.revision)).all()


class Past(NamedTuple):
    """One session of a place, as whoever counts needs it: when, and what came of it. Not the note, which is sealed."""

    session_id: uuid.UUID
    starts_at: datetime
    kind: MarkKind
    is_told_late: bool

    @property
    def held_on(self) -> date:
        return clock.london(self.starts_at).date()

    @property
    def is_without_notice(self) -> bool:
        return is_without_notice(self.kind, is_told_late=self.is_told_late)


def history_of_places(place_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Past]]:
    """What counts of each place, oldest session first."""
    found: dict[uuid.UUID, list[Past]] = {place_id: [] for place_id in place_ids}
    statement = (
        sa.select(Mark.place_id, Mark.session_id, Session.starts_at, Mark.kind, Mark.is_told_late)
        .join(Session, Session.id == Mark.session_id).where(Mark.place_id.in_(list(place_ids)), is_newest)
        .order_by(Session.starts_at, Session.id)
    )
    for place_id, session_id, starts_at, kind, is_told_late in db.session.execute(statement):
        found[place_id].append(Past(session_id, starts_at, kind, is_told_late))
    return found


@dataclass(frozen=True)
class Attended:
    """One session as one child had it."""

    session: Session
    mark: Mark


def history_of_children(child_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Attended]]:
    """The newest marks of each child, oldest session first, with what each session was of."""
    statement = (
        sa.select(Mark, Session).join(Session, Session.id == Mark.session_id).where(Mark.child_id.in_(list(child_ids)), is_newest)
        .options(joinedload(Session.cohort).joinedload(Cohort.offering)).order_by(Session.starts_at, Session.id, Mark.id)
    )
    found: dict[uuid.UUID, list[Attended]] = {child_id: [] for child_id in child_ids}
    for mark, session in db.session.execute(statement).unique():
        found[mark.child_id].append(Attended(session, mark))
    return found


def attended_count(introduction_id: uuid.UUID) -> int:
    """Sessions the child came to by this introduction (late, or for part of it, counts)."""
    statement = (
        sa.select(sa.func.count()).select_from(Mark).join(Place, Place.id == Mark.place_id)
        .where(Place.introduction_id == introduction_id, Mark.kind.in_(PRESENT), is_newest)
    )
    return db.session.scalar(statement) or 0


def waits_for_decision(mark: Mark) -> bool:
    """A third absence without notice of a place that was bought, about which nobody has decided."""
    if not mark.is_without_notice or mark.is_corrected or not commissions_of_places([mark.place_id]):
        return False
    history = history_of_places([mark.place_id])[mark.place_id]
    here = next(past for past in history if past.session_id == mark.session_id)
    earlier = [past for past in history if past.starts_at < here.starts_at]
    return sum(past.is_without_notice for past in earlier) >= UNTOLD_BEFORE_A_DECISION


def came_to(place_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[int, int]]:
    """By place: (sessions with a mark, sessions the child came to). A cancelled session counts for neither."""
    came = sa.func.sum(sa.case((Mark.kind.in_(PRESENT), 1), else_=0))
    statement = (
        sa.select(Mark.place_id, sa.func.count(), came)
        .where(Mark.place_id.in_(place_ids), Mark.kind != MarkKind.SESSION_CANCELLED, is_newest).group_by(Mark.place_id)
    )
    return {place_id: (held, int(there)) for place_id, held, there in db.session.execute(statement)}


_BOUGHT = (
    CommissionState.CONFIRMED, CommissionState.IN_DELIVERY, CommissionState.SUSPENDED, CommissionState.DELIVERED,
    CommissionState.ENDED_EARLY, CommissionState.CLOSED,
)
"""A mark earns from these; in the last three what was delivered before the end is still owed."""


def commissions_of_places(place_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Commission]:
    """The commission that bought each place, with its pauses, shares and price (few of each, so in one statement); what the places have
    read with them is not read again."""
    statement = (
        sa.select(Commission).where(Commission.place_id.in_(list(place_ids)), Commission.state.in_(_BOUGHT))
        .options(
            lazyload("*"), joinedload(Commission.tariff), joinedload(Commission.suspensions),
            joinedload(Commission.shares).options(lazyload("*"), joinedload(FundShare.fund).lazyload("*")),
        )
        .order_by(Commission.created_at, Commission.id)
    )
    return {c.place_id: c for c in db.session.scalars(statement).unique() if c.place_id is not None}


def names_of(person_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Who marked, by id."""
    if not person_ids:
        return {}
    rows = db.session.execute(sa.select(Person.id, Person.name).where(Person.id.in_(person_ids)))
    return {row.id: row.name for row in rows}
