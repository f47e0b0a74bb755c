"""What a Link Worker needs when a child was missed: who to ring, who could go along, what was found out before."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from app.attendance.models import ABSENT, FollowUp, Mark
from app.attendance.queries.marks import Past, find_mark, history_of_places
from app.catalogue.models import Session
from app.children.models import Carer, Child
from app.commissioning.models import Place
from app.introductions.queries import list_trusted_adults
from app.notifications.models import Task
from app.shared.db import db


@dataclass(frozen=True)
class Missed:
    """One missed session. `history` is of the same place, oldest first."""

    mark: Mark
    history: list[Past]
    carers: Sequence[Carer]
    trusted: Sequence[str]
    found_out: Sequence[FollowUp]

    @property
    def in_a_row(self) -> int:
        """How many sessions up to this one were missed one after another."""
        count = 0
        for past in reversed([p for p in self.history if p.starts_at <= self.mark.session.starts_at]):
            if past.kind not in ABSENT:
                break
            count += 1
        return count


def find_missed(session: Session, child: Child) -> Missed | None:
    """None when the child was not marked absent at this session."""
    mark = find_mark(session.id, child.id)
    if mark is None or mark.kind not in ABSENT:
        return None
    carers = db.session.scalars(sa.select(Carer).where(Carer.child_id == child.id).order_by(Carer.created_at, Carer.id)).all()
    return Missed(
        mark, history_of_places([mark.place_id])[mark.place_id], carers, list_trusted_adults(child.id),
        list_follow_ups(session.id, child.id),
    )


def list_follow_ups(session_id: uuid.UUID, child_id: uuid.UUID) -> Sequence[FollowUp]:
    """Oldest first."""
    statement = sa.select(FollowUp).where(FollowUp.session_id == session_id, FollowUp.child_id == child_id)
    return db.session.scalars(statement.order_by(FollowUp.created_at, FollowUp.id)).unique().all()


def has_follow_up(session_id: uuid.UUID, child_id: uuid.UUID) -> bool:
    """Somebody has looked into it already."""
    statement = sa.select(sa.exists().where(FollowUp.session_id == session_id, FollowUp.child_id == child_id))
    return bool(db.session.scalar(statement))


def places_of_introduction(introduction_id: uuid.UUID) -> Sequence[Place]:
    return db.session.scalars(sa.select(Place).where(Place.introduction_id == introduction_id).order_by(Place.id)).unique().all()


def places_asked_about(place_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """About which somebody has an open task."""
    statement = sa.select(Task.subject_id).where(
        Task.subject_type == Place.__tablename__, Task.subject_id.in_(list(place_ids)), Task.closed_at.is_(None)
    )
    return set(db.session.scalars(statement))
