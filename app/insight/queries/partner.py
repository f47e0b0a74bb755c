"""A partner's today: what is asked, who comes, how many places, what is earned."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import Person
from app.catalogue.models import (
    Cohort,
    CohortState,
    Document,
    DocumentState,
    Offering,
    OfferingState,
    Organisation,
    Session,
    SessionState,
)
from app.commissioning.models import Account, Commission, CommissionState, Place, Posting
from app.introductions.models import Introduction, IntroductionState
from app.shared import clock
from app.shared.db import db


def organisations(person: Person) -> Sequence[Organisation]:
    statement = sa.select(Organisation).where(Organisation.id.in_(person.organisation_ids())).order_by(Organisation.name)
    return db.session.scalars(statement).unique().all()


def asked_of(person: Person) -> Sequence[Introduction]:
    """Introductions waiting for this partner's answer, oldest first."""
    statement = sa.select(Introduction).where(
        Introduction.organisation_id.in_(person.organisation_ids()), Introduction.state == IntroductionState.ASKED
    )
    return db.session.scalars(statement.order_by(Introduction.asked_at)).unique().all()


def to_confirm(person: Person) -> Sequence[Commission]:
    """Approved commissions whose place this partner has not confirmed yet."""
    statement = sa.select(Commission).where(
        Commission.organisation_id.in_(person.organisation_ids()), Commission.state == CommissionState.APPROVED
    )
    return db.session.scalars(statement.order_by(Commission.approved_at)).unique().all()


def expiring_documents(person: Person, within_days: int = 60) -> Sequence[Document]:
    """Verified documents that run out soon or have run out, soonest first; one that a newer one replaces is left out."""
    newer = sa.orm.aliased(Document)
    replaced = sa.exists().where(
        newer.organisation_id == Document.organisation_id, newer.kind == Document.kind, newer.state == DocumentState.VERIFIED,
        newer.practitioner_id.is_not_distinct_from(Document.practitioner_id), newer.expires_on > Document.expires_on,
    )
    statement = (
        sa.select(Document)
        .where(
            Document.organisation_id.in_(person.organisation_ids()), Document.state == DocumentState.VERIFIED,
            Document.expires_on <= clock.today() + timedelta(days=within_days), ~replaced,
        )
        .options(joinedload(Document.practitioner))
        .order_by(Document.expires_on, Document.id)
    )
    return db.session.scalars(statement).unique().all()


def sessions_on(person: Person, day: date) -> Sequence[Session]:
    """This partner's sessions of one day."""
    statement = (
        sa.select(Session).join(Session.cohort).join(Cohort.offering)
        .where(
            Offering.organisation_id.in_(person.organisation_ids()),
            Session.starts_at >= clock.at_london(day, clock.MIDNIGHT), Session.starts_at < clock.end_of_day(day),
            Session.state != SessionState.MOVED,
        )
        .options(joinedload(Session.cohort).joinedload(Cohort.offering))
        .order_by(Session.starts_at, Session.id)
    )
    return db.session.scalars(statement).unique().all()


def open_cohorts(person: Person) -> Sequence[Cohort]:
    """Open cohorts of live offerings of this partner, by title."""
    today = clock.today()
    statement = (
        sa.select(Cohort).join(Cohort.offering)
        .where(
            Offering.organisation_id.in_(person.organisation_ids()), Offering.state == OfferingState.LIVE,
            Cohort.state == CohortState.OPEN, sa.or_(Cohort.ends_on.is_(None), Cohort.ends_on >= today),
        )
        .options(selectinload(Cohort.offering))
        .order_by(Offering.title, Cohort.starts_on, Cohort.id)
    )
    return db.session.scalars(statement).unique().all()


@dataclass(frozen=True)
class Money:
    """Pence: earned and not yet paid, paid, and promised for sessions still to come."""

    earned: int
    paid: int
    to_come: int


def money(organisation_ids: set[uuid.UUID]) -> Money:
    rows = dict(
        db.session.execute(
            sa.select(Posting.account, sa.func.sum(Posting.pence)).where(Posting.organisation_id.in_(organisation_ids))
            .group_by(Posting.account)
        ).all()
    )
    return Money(
        earned=int(rows.get(Account.ACCRUED) or 0), paid=int(rows.get(Account.PAID) or 0),
        to_come=int(rows.get(Account.COMMITTED) or 0),
    )


def live_places(cohort_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[str, int]]:
    """Places by state per cohort; a hold that has lapsed counts as nothing."""
    statement = (
        sa.select(Place.cohort_id, Place.state, sa.func.count())
        .where(
            Place.cohort_id.in_(cohort_ids),
            sa.or_(Place.state.in_(("firm", "taken")), sa.and_(Place.state == "held", Place.expires_at > clock.now())),
        )
        .group_by(Place.cohort_id, Place.state)
    )
    found: dict[uuid.UUID, dict[str, int]] = {}
    for cohort_id, state, number in db.session.execute(statement):
        found.setdefault(cohort_id, {})[state] = number
    return found
