"""Holds, erasures, runs of the rules of time, hand-overs, complaints and breaches."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import sqlalchemy as sa

from app.accounts.models import Person, Role
from app.keeping.models import CaseState, DataCase, HandOver, LegalHold, RetentionRun
from app.safeguarding.policies import leads_safeguarding_in
from app.shared.db import db
from app.shared.errors import NotFound

FOLDER = "hand-overs"
"""Of the data directory, where their sealed files lie."""


def list_holds(child_id: uuid.UUID) -> Sequence[LegalHold]:
    return db.session.scalars(sa.select(LegalHold).where(LegalHold.child_id == child_id).order_by(LegalHold.created_at)).all()


def live_holds(child_id: uuid.UUID) -> list[LegalHold]:
    return [hold for hold in list_holds(child_id) if hold.is_live]


def list_runs(zone_id: uuid.UUID) -> Sequence[RetentionRun]:
    statement = sa.select(RetentionRun).where(RetentionRun.zone_id == zone_id).order_by(RetentionRun.created_at.desc(), RetentionRun.id).limit(10)
    return db.session.scalars(statement).all()


def get_hand_over(hand_over_id: uuid.UUID, person: Person) -> HandOver:
    """For the managers and the safeguarding leads of its Zone. Raises NotFound for everybody else."""
    found = db.session.get(HandOver, hand_over_id)
    if found is None or not (person.manages(found.zone_id) or leads_safeguarding_in(person, found.zone_id)):
        raise NotFound
    return found


def list_hand_overs(person: Person) -> Sequence[HandOver]:
    """Of the Zones this person manages or leads safeguarding in, the newest first."""
    statement = sa.select(HandOver).where(HandOver.zone_id.in_(_answered_for(person))).order_by(HandOver.created_at.desc(), HandOver.id).limit(30)
    return db.session.scalars(statement).unique().all()


def _answered_for(person: Person) -> set[uuid.UUID]:
    """The Zones this person manages or leads safeguarding in."""
    return person.zone_ids(Role.ZONE_MANAGER) | {
        grant.zone_id for grant in person.live_grants if grant.zone_id is not None and leads_safeguarding_in(person, grant.zone_id)
    }


def get_case(case_id: uuid.UUID, person: Person) -> DataCase:
    """For those who answer for its Zone's data. Raises NotFound for everybody else, whoever raised it included."""
    found = db.session.get(DataCase, case_id)
    if found is None or found.zone_id not in _answered_for(person):
        raise NotFound
    return found


def list_cases(person: Person) -> Sequence[DataCase]:
    """Those not closed first, the one whose time runs out soonest at the top."""
    order = sa.case({CaseState.OPEN: 0, CaseState.ANSWERED: 1}, value=DataCase.state, else_=2)
    statement = sa.select(DataCase).where(DataCase.zone_id.in_(_answered_for(person))).order_by(order, DataCase.due_at, DataCase.id).limit(200)
    return db.session.scalars(statement).unique().all()


def list_own_cases(person: Person) -> Sequence[DataCase]:
    """What this person raised, newest first: that it was sent and answered, never what was done."""
    statement = sa.select(DataCase).where(DataCase.raised_by_id == person.id).order_by(DataCase.created_at.desc(), DataCase.id).limit(20)
    return db.session.scalars(statement).unique().all()
