"""A Link Worker's day: tasks, sessions of their children, three counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.catalogue.models import Cohort, Session, SessionState
from app.children.models import Child, ChildState
from app.children.queries import visible_to
from app.commissioning.models import Place
from app.introductions.models import Introduction, IntroductionState, Linking
from app.shared import clock
from app.shared.db import db


@dataclass(frozen=True)
class Counts:
    met_this_term: int
    still_going: int
    begun: int
    waiting: int
    children: int


def term_start(day: date) -> date:
    """The first day of the English school term that `day` falls in, near enough for a count: 1 September, 1 January or 1 April."""
    month = 9 if day.month >= 9 else 4 if day.month >= 4 else 1
    return date(day.year, month, 1)


def counts(person: Person) -> Counts:
    """Introductions met this term, still going of those ever joined, waiting for a partner; over the person's own children."""
    mine = sa.select(Child.id).where(visible_to(person))
    since = term_start(clock.today())
    met = db.session.scalar(sa.select(sa.func.count(Linking.id)).where(Linking.child_id.in_(mine), Linking.met_on >= since))
    states = dict(
        db.session.execute(
            sa.select(Introduction.state, sa.func.count()).where(Introduction.child_id.in_(mine)).group_by(Introduction.state)
        ).all()
    )
    begun = db.session.scalar(
        sa.select(sa.func.count(Introduction.id)).where(Introduction.child_id.in_(mine), Introduction.joined_on.is_not(None))
    )
    going = states.get(IntroductionState.JOINED, 0) + states.get(IntroductionState.SETTLED, 0)
    children = db.session.scalar(sa.select(sa.func.count(Child.id)).where(visible_to(person), Child.state == ChildState.ACTIVE))
    return Counts(met or 0, going, begun or 0, states.get(IntroductionState.ASKED, 0), children or 0)


def sessions_of_children(person: Person, day: date) -> Sequence[Session]:
    """Sessions on `day` that a child of this person's is expected at, soonest first."""
    theirs = sa.exists(
        sa.select(Place.id).join(Child, Child.id == Place.child_id)
        .where(Place.cohort_id == Session.cohort_id, Place.state == "taken", visible_to(person))
    )
    statement = (
        sa.select(Session).join(Session.cohort).join(Cohort.offering)
        .where(
            theirs, Session.starts_at >= clock.at_london(day, clock.MIDNIGHT), Session.starts_at < clock.end_of_day(day),
            Session.state.in_((SessionState.SCHEDULED, SessionState.HELD)),
        )
        .options(joinedload(Session.cohort).joinedload(Cohort.offering))
        .order_by(Session.starts_at, Session.id)
    )
    return db.session.scalars(statement).unique().all()


def meetings(person: Person, day: date) -> Sequence[Introduction]:
    """First meetings arranged for `day`."""
    mine = sa.select(Child.id).where(visible_to(person))
    statement = sa.select(Introduction).where(
        Introduction.child_id.in_(mine), Introduction.state == IntroductionState.ARRANGED,
        Introduction.meeting_at >= clock.at_london(day, clock.MIDNIGHT), Introduction.meeting_at < clock.end_of_day(day),
    )
    return db.session.scalars(statement.order_by(Introduction.meeting_at)).unique().all()
