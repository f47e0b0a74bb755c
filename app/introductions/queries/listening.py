"""What the warmth check and the guards ask of the database."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from app.accounts.models import Person
from app.catalogue.models import Offering
from app.children.models import Carer, Caseload, Relationship, RelationshipKind, Voice
from app.introductions.models import EndReason, Introduction, IntroductionState, View
from app.introductions.warmth import Earlier
from app.shared import clock
from app.shared.db import db

LONGEST_REMEMBERED = timedelta(days=365)


@dataclass(frozen=True)
class Home:
    """A parent or carer of the child, as the warmth check needs them."""

    id: uuid.UUID
    name: str
    relation: str
    has_say: bool


def list_carers(child_id: uuid.UUID) -> list[Home]:
    """The child's parents and carers now, by name."""
    statement = (
        sa.select(Carer.id, Carer.name, Carer.relation, Carer.has_parental_responsibility)
        .where(Carer.child_id == child_id).order_by(Carer.name, Carer.id)
    )
    return [Home(*row) for row in db.session.execute(statement)]


def list_views(introduction_id: uuid.UUID) -> Sequence[View]:
    """Oldest first: the last of each person counts."""
    statement = sa.select(View).where(View.introduction_id == introduction_id).order_by(View.said_on, View.created_at, View.id)
    return db.session.scalars(statement).unique().all()


def find_lead_name(child_id: uuid.UUID) -> tuple[str, int]:
    """The child's Link Worker today (the lead before a cover), and for how many days the longest of them has known the child."""
    today = clock.today()
    statement = (
        sa.select(Person.name, Caseload.starts_on, Caseload.kind).join(Caseload, Caseload.person_id == Person.id)
        .where(Caseload.child_id == child_id, Caseload.starts_on <= today,
               sa.or_(Caseload.ends_on.is_(None), Caseload.ends_on >= today))
        .order_by(Caseload.kind.desc(), Caseload.starts_on, Caseload.id)
    )
    rows = db.session.execute(statement).all()
    if not rows:
        return "", 0
    return rows[0].name, max((today - row.starts_on).days for row in rows)


def count_words_heard(child_id: uuid.UUID, heard_by: Collection[uuid.UUID], since: date) -> int:
    """How often these people wrote down the child's words since that day."""
    statement = sa.select(sa.func.count()).select_from(Voice).where(
        Voice.child_id == child_id, Voice.heard_by_id.in_(tuple(heard_by)), Voice.said_on >= since
    )
    return db.session.scalar(statement) or 0


def list_link_worker_ties(child_id: uuid.UUID) -> Sequence[Relationship]:
    """Where the child's circle puts the Link Worker."""
    statement = sa.select(Relationship).where(
        Relationship.child_id == child_id, Relationship.kind == RelationshipKind.LINK_WORKER, Relationship.ended_on.is_(None)
    )
    return db.session.scalars(statement.order_by(Relationship.since_on.desc(), Relationship.id)).all()


def list_trusted_adults(child_id: uuid.UUID) -> Sequence[str]:
    """The names of those whom the child trusts, by the circle."""
    statement = sa.select(Relationship.name).where(
        Relationship.child_id == child_id, Relationship.is_trusted_adult.is_(True), Relationship.ended_on.is_(None)
    )
    return db.session.scalars(statement.order_by(Relationship.name)).all()


def list_earlier(introduction: Introduction) -> list[Earlier]:
    """Earlier introductions of this child that came to an end, newest first."""
    statement = (
        sa.select(Offering.title, Introduction.end_reason, Introduction.met_on, Introduction.settled_on)
        .join(Offering, Offering.id == Introduction.offering_id)
        .where(
            Introduction.child_id == introduction.child_id, Introduction.id != introduction.id,
            Introduction.state.in_((IntroductionState.ENDED, IntroductionState.CLOSED)), Introduction.met_on.is_not(None),
            Introduction.created_at >= clock.now() - LONGEST_REMEMBERED,
        )
        .order_by(Introduction.met_on.desc(), Introduction.id).limit(5)
    )
    return [
        Earlier(row.title, EndReason(row.end_reason) if row.end_reason else None, row.met_on is not None, row.settled_on is not None)
        for row in db.session.execute(statement)
    ]
