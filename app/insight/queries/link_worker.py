"""A Link Worker's day: three counts, first meetings, sessions of their children, what partners noticed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, lazyload

from app.accounts.models import Person
from app.attendance.models import Mark
from app.attendance.queries import is_newest
from app.catalogue.models import Cohort, Offering, OfferingKind, Session
from app.children.models import Child, ChildState
from app.children.queries import visible_to
from app.introductions.models import Introduction, IntroductionState, Linking, Signpost
from app.shared import clock
from app.shared.db import db

NOTES_LOOK_BACK = timedelta(days=7)
MOST_NOTES = 5


@dataclass(frozen=True)
class Counts:
    """The three kinds of this term apart: signposts, links (warm, to a free local asset or a statutory service), commissioned."""

    signposts: int
    links: int
    commissioned: int
    not_yet: int
    still_going: int
    begun: int
    waiting: int
    children: int


def term_start(day: date) -> date:
    """The first day of the English school term that `day` falls in, near enough for a count: 1 September, 1 January or 1 April."""
    month = 9 if day.month >= 9 else 4 if day.month >= 4 else 1
    return date(day.year, month, 1)


def is_commissioned() -> sa.ColumnElement[bool]:
    """SQL: the linking is to a programme that is paid for."""
    return Linking.offering_id.in_(sa.select(Offering.id).where(Offering.kind == OfferingKind.COMMISSIONED))


def counts(person: Person) -> Counts:
    """This term's three kinds; then not yet, still going of those ever joined, waiting for a partner; over the person's own children."""
    mine = sa.select(Child.id).where(visible_to(person))
    since = term_start(clock.today())

    def number(model: type[Introduction] | type[Linking] | type[Signpost], *conditions: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
        return sa.select(sa.func.count(model.id)).where(model.child_id.in_(mine), *conditions).scalar_subquery()

    row = db.session.execute(sa.select(
        number(Signpost, Signpost.given_on >= since),
        number(Linking, Linking.met_on >= since, ~is_commissioned()),
        number(Linking, Linking.met_on >= since, is_commissioned()),
        number(Introduction, Introduction.state == IntroductionState.NOT_YET),
        number(Introduction, Introduction.state.in_((IntroductionState.JOINED, IntroductionState.SETTLED))),
        number(Introduction, Introduction.joined_on.is_not(None)),
        number(Introduction, Introduction.state == IntroductionState.ASKED),
        sa.select(sa.func.count(Child.id)).where(visible_to(person), Child.state == ChildState.ACTIVE).scalar_subquery(),
    )).one()
    return Counts(*map(int, row))


def meetings(person: Person, day: date) -> Sequence[Introduction]:
    """First meetings arranged for `day`."""
    mine = sa.select(Child.id).where(visible_to(person))
    statement = sa.select(Introduction).where(
        Introduction.child_id.in_(mine), Introduction.state == IntroductionState.ARRANGED,
        Introduction.meeting_at >= clock.at_london(day, clock.MIDNIGHT), Introduction.meeting_at < clock.end_of_day(day),
    )
    statement = statement.options(joinedload(Introduction.child).lazyload(Child.caseload))
    return db.session.scalars(statement.order_by(Introduction.meeting_at, Introduction.id)).unique().all()


@dataclass(frozen=True)
class Noticed:
    """What a partner wrote beside a mark."""

    child_id: UUID
    child: str
    note: str
    offering: str
    at: datetime


def noticed(person: Person) -> list[Noticed]:
    """The last week's notes about the person's children, newest first."""
    statement = (
        sa.select(Child, Mark.note, Offering.title, Session.starts_at)
        .join(Mark, Mark.child_id == Child.id).join(Session, Session.id == Mark.session_id)
        .join(Cohort, Cohort.id == Session.cohort_id).join(Offering, Offering.id == Cohort.offering_id)
        .where(visible_to(person), Mark.note != "", is_newest, Mark.created_at > clock.now() - NOTES_LOOK_BACK)
        .order_by(Mark.created_at.desc(), Mark.id).limit(MOST_NOTES).options(lazyload(Child.caseload))
    )
    return [
        Noticed(child.id, child.short_name, note, title, at) for child, note, title, at in db.session.execute(statement).unique()
    ]
