"""Whom it concerns when an organisation cannot work: children, sessions, money, Link Workers."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.attendance.queries.sessions import people_to_tell
from app.catalogue.models import Cohort, Lapse, Offering, Organisation, Session, SessionState
from app.commissioning.models import (
    Account,
    Commission,
    CommissionState,
    Place,
    PlaceState,
    Posting,
    Suspension,
)
from app.shared import clock
from app.shared.db import db

AHEAD = timedelta(days=28)


@dataclass(frozen=True)
class Impact:
    """Within the next four weeks. `pence` is promised to the organisation and not yet earned."""

    places: Sequence[Place]
    sessions: Sequence[Session]
    pence: int
    link_workers: Sequence[str]
    lapse: Lapse | None

    @property
    def children(self) -> int:
        return len({place.child_id for place in self.places})


def impact_of(organisation: Organisation) -> Impact:
    own = sa.select(Cohort.id).join(Offering, Offering.id == Cohort.offering_id).where(Offering.organisation_id == organisation.id)
    now = clock.now()
    sessions = db.session.scalars(
        sa.select(Session).where(
            Session.cohort_id.in_(own), Session.state == SessionState.SCHEDULED, Session.starts_at.between(now, now + AHEAD)
        ).options(joinedload(Session.cohort).joinedload(Cohort.offering)).order_by(Session.starts_at, Session.id)
    ).unique().all()
    places = db.session.scalars(
        sa.select(Place).where(Place.cohort_id.in_(own), Place.state == PlaceState.TAKEN).order_by(Place.taken_at, Place.id)
    ).unique().all()
    pence = db.session.scalar(
        sa.select(sa.func.coalesce(sa.func.sum(Posting.pence), 0))
        .where(Posting.organisation_id == organisation.id, Posting.account == Account.COMMITTED)
    )
    told = people_to_tell({place.cohort_id for place in places})
    lapse = db.session.scalar(sa.select(Lapse).where(Lapse.organisation_id == organisation.id, Lapse.ended_on.is_(None)))
    return Impact(places, sessions, int(pence or 0), sorted(told.values()), lapse)


def is_lapsed(organisation_id: uuid.UUID) -> bool:
    return bool(db.session.scalar(sa.select(sa.exists().where(Lapse.organisation_id == organisation_id, Lapse.ended_on.is_(None)))))


def list_under_way(organisation_id: uuid.UUID) -> Sequence[uuid.UUID]:
    statement = sa.select(Commission.id).where(Commission.organisation_id == organisation_id, Commission.state == CommissionState.IN_DELIVERY)
    return db.session.scalars(statement.order_by(Commission.id)).all()


def list_resting(organisation_id: uuid.UUID, reason: str) -> Sequence[uuid.UUID]:
    """Commissions that rest for this reason and no other."""
    statement = (
        sa.select(Commission.id).join(Suspension, Suspension.commission_id == Commission.id)
        .where(Commission.organisation_id == organisation_id, Commission.state == CommissionState.SUSPENDED,
               Suspension.ended_on.is_(None), Suspension.reason == reason)
    )
    return db.session.scalars(statement.order_by(Commission.id)).all()
