"""Reads of places and waiting lists. Live places are counted here, at the moment of asking, and nowhere stored."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.accounts.models import Person, Role
from app.catalogue.models import Cohort, Offering
from app.children.models import Child
from app.children.queries import visible_to
from app.commissioning.models import Place, PlaceState, Waiting, WaitingState
from app.shared import clock
from app.shared.db import UtcDateTime, db, the_one


def is_live(at: datetime | sa.BindParameter[datetime]) -> sa.ColumnElement[bool]:
    """SQL: this place is somebody's at that instant. A held place past its time is nobody's, whether or not a job has run."""
    return sa.or_(
        Place.state.in_((PlaceState.FIRM, PlaceState.TAKEN)),
        sa.and_(Place.state == PlaceState.HELD, Place.expires_at > at),
    )


def count_live(cohort_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Live places by cohort; a cohort without any is left out. Under the cohort's lock the answer is binding."""
    given = {"cohort_ids": list(cohort_ids), "at": clock.now()}
    return {cohort_id: int(live) for cohort_id, live in db.session.execute(_LIVE, given)}


_LIVE = (
    sa.select(Place.cohort_id, sa.func.count(Place.id))
    .where(Place.cohort_id.in_(sa.bindparam("cohort_ids", expanding=True)), is_live(sa.bindparam("at", type_=UtcDateTime())))
    .group_by(Place.cohort_id)
)
"""Made once: every page of results asks it."""


def count_every_live() -> dict[uuid.UUID, int]:
    """`count_live` for all cohorts that have any."""
    statement = sa.select(Place.cohort_id, sa.func.count(Place.id)).where(is_live(clock.now())).group_by(Place.cohort_id)
    return {cohort_id: int(live) for cohort_id, live in db.session.execute(statement)}


def find_live_place(cohort_id: uuid.UUID, child_id: uuid.UUID) -> Place | None:
    """The child's place in that cohort, if it is live now."""
    statement = sa.select(Place).where(Place.cohort_id == cohort_id, Place.child_id == child_id, is_live(clock.now()))
    return db.session.scalars(statement).unique().one_or_none()


def find_first_hold(cohort_id: uuid.UUID) -> tuple[Place, Person | None] | None:
    """The live hold that runs out first, and who made it."""
    statement = (
        sa.select(Place, Person).outerjoin(Person, Person.id == Place.held_by_id)
        .where(Place.cohort_id == cohort_id, Place.state == PlaceState.HELD, Place.expires_at > clock.now())
        .order_by(Place.expires_at, Place.id).limit(1)
    )
    row = db.session.execute(statement).unique().first()
    return (row[0], row[1]) if row else None


def find_waiting(cohort_id: uuid.UUID, child_id: uuid.UUID) -> Waiting | None:
    """The child's open turn on that cohort's waiting list."""
    statement = sa.select(Waiting).where(
        Waiting.cohort_id == cohort_id, Waiting.child_id == child_id,
        Waiting.state.in_((WaitingState.WAITING, WaitingState.OFFERED)),
    )
    return db.session.scalars(statement).unique().one_or_none()


def find_last_turn_of(commission_id: uuid.UUID) -> Waiting | None:
    """The newest turn of a commission, also one that was given up."""
    statement = sa.select(Waiting).where(Waiting.commission_id == commission_id).order_by(Waiting.created_at.desc(), Waiting.id)
    return db.session.scalars(statement.limit(1)).unique().one_or_none()


def find_waiting_of(commission_id: uuid.UUID) -> Waiting | None:
    statement = sa.select(Waiting).where(
        Waiting.commission_id == commission_id, Waiting.state.in_((WaitingState.WAITING, WaitingState.OFFERED))
    )
    return db.session.scalars(statement).unique().one_or_none()


def list_line(cohort_id: uuid.UUID) -> Sequence[Waiting]:
    """Who waits, in the order of their turn; those offered a place are not in the line any more."""
    statement = sa.select(Waiting).where(Waiting.cohort_id == cohort_id, Waiting.state == WaitingState.WAITING)
    return db.session.scalars(statement.order_by(Waiting.joined_at, Waiting.id)).unique().all()


def position(waiting: Waiting) -> int:
    """1 for the next in turn."""
    return next((n for n, turn in enumerate(list_line(waiting.cohort_id), 1) if turn.id == waiting.id), 0)


@dataclass(frozen=True)
class CohortLine:
    """A cohort as a request form offers it."""

    cohort: Cohort
    free: int
    waiting: int


def get_cohort_to_manage(cohort_id: uuid.UUID, person: Person) -> Cohort:
    """A cohort of the person's organisation or Zone. Raises NotFound outside their sight."""
    statement = sa.select(Cohort).join(Offering, Offering.id == Cohort.offering_id).where(
        Cohort.id == cohort_id,
        sa.or_(
            Offering.organisation_id.in_(person.organisation_ids(Role.PARTNER_ADMIN, Role.PRACTITIONER)),
            Offering.zone_id.in_(person.zone_ids(Role.ZONE_MANAGER)),
        ),
    ).options(joinedload(Cohort.offering))
    return the_one(statement)


def get_waiting(waiting_id: uuid.UUID, person: Person) -> Waiting:
    """Raises NotFound unless the person may see the child."""
    statement = sa.select(Waiting).join(Child, Child.id == Waiting.child_id).where(Waiting.id == waiting_id, visible_to(person))
    return the_one(statement)
