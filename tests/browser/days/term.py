"""A term that is nearly over, for the server's own clock: a register of three weeks ago is locked and has earned, those since are open."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from app.attendance.models import MarkKind
from app.attendance.services import sweep
from app.commissioning.models import Place
from app.shared import clock
from app.shared.db import atomic, db
from tests import factories
from tests.attendance.club import Club, open_club

WEEKS_AGO = 21


def earned_and_open() -> Club:
    """One to one: a child who came three weeks ago for £20, of whom nothing was written down yesterday, and who was expected an hour ago."""
    now = clock.now()
    club = open_club(sessions=0, capacity=3)
    child = club.join(sessions=4, first_name="Zuleika", last_name="Okonjo", what_helps="Begins best with a drawing")
    with atomic():  # as if she had come for a month
        db.session.execute(sa.update(Place).where(Place.cohort_id == club.scene.cohort.id).values(taken_at=now - timedelta(days=30)))
    for days in (WEEKS_AGO, 1, 0):
        factories.make_session(club.scene.cohort, factories.earlier_today() - timedelta(days=days))
    club.save({child: MarkKind.ATTENDED}, by=club.scene.manager)
    sweep()
    return club
