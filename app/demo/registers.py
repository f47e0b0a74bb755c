"""Registers of the demo's groups: who came, who did not, which sessions fell through."""

from __future__ import annotations

import uuid
from datetime import timedelta
from random import Random

import sqlalchemy as sa

from app.attendance.models import MarkKind
from app.attendance.queries import expected_places
from app.attendance.services import Marking, save_register
from app.catalogue.models import CancelledBy, Session, SessionState
from app.catalogue.services.sessions import cancel_session
from app.demo import words
from app.demo.story import Story
from app.demo.world import World
from app.shared import clock
from app.shared.db import db

KINDS = (
    (0.80, MarkKind.ATTENDED), (0.87, MarkKind.LATE), (0.89, MarkKind.LEFT_EARLY), (0.95, MarkKind.ABSENT_TOLD),
    (1.01, MarkKind.ABSENT_UNTOLD),
)


def plan_registers(world: World, story: Story, cohort_id: uuid.UUID, org: str) -> None:
    """From the first place bought in a group on, every session has its register, once."""
    if cohort_id in world.registered:
        return
    world.registered.add(cohort_id)
    statement = sa.select(Session.id, Session.ends_at).where(
        Session.cohort_id == cohort_id, Session.starts_at > clock.now(), Session.state == SessionState.SCHEDULED
    )
    for session_id, ends_at in db.session.execute(statement.order_by(Session.starts_at)).all():
        dice = Random(str(ends_at) + org)
        if dice.random() < 0.03:
            story.at(ends_at - timedelta(hours=30), lambda s=session_id, d=dice: _call_off(world, s, d, org))  # type: ignore[misc]
        else:
            story.at(ends_at + timedelta(minutes=dice.randint(2, 50)), lambda s=session_id, d=dice: _take(world, s, d, org))  # type: ignore[misc]


def _call_off(world: World, session_id: uuid.UUID, dice: Random, org: str) -> None:
    by = dice.choice((CancelledBy.PARTNER, CancelledBy.WEATHER, CancelledBy.SCHOOL))
    why = {CancelledBy.PARTNER: "The coach is ill.", CancelledBy.WEATHER: "Storm warning.", CancelledBy.SCHOOL: "Parents' evening."}[by]
    cancel_session(session_id=session_id, by=by, reason=why, actor=world.admins.get(org, world.manager))


def _take(world: World, session_id: uuid.UUID, dice: Random, org: str) -> None:
    session = db.session.get_one(Session, session_id)
    if session.state is not SessionState.SCHEDULED:
        return
    if world.ends_at - session.ends_at < timedelta(days=3) and dice.random() < 0.4:
        return  # not every register of this week is in yet
    places = expected_places(session)
    marks = {place.child_id: Marking(kind=_kind(dice), note=dice.choice(words.REGISTER_NOTES)) for place in places}
    if marks:
        save_register(
            session_id=session_id, marks=marks, client_key=f"demo-{session_id.hex[:20]}", actor=world.admins.get(org, world.manager)
        )


def _kind(dice: Random) -> MarkKind:
    rolled = dice.random()
    return next(kind for edge, kind in KINDS if rolled < edge)
