"""A drumming club with children who have their places: the smallest world in which a register means something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.accounts.models import Person
from app.attendance import queries, services
from app.attendance.models import Mark, MarkKind
from app.attendance.services import Marking
from app.catalogue.models import Session
from app.children.models import Child, Consent
from app.commissioning.models import Account, Commission, Posting
from app.introductions.models import IntroductionState
from app.notifications.models import Task
from app.shared import clock
from app.shared.db import atomic, db
from tests import factories
from tests.commissioning.scene import Scene, build

Marks = Mapping[Child, MarkKind | Marking]


@dataclass
class Club:
    """Weekly sessions on Tuesdays at four, £20 each; the partner is Westway Beats."""

    scene: Scene
    children: list[Child] = field(default_factory=list)
    commissions: dict[Any, Commission] = field(default_factory=dict)

    def join(self, *, sessions: int = 10, state: IntroductionState = IntroductionState.MET, **given: Any) -> Child:
        """A child who met the partner, whose mother consents, whose place is confirmed and paid for."""
        child = self.scene.child(**given)
        factories.make_consent(child, self.scene.organisation)
        self.commissions[child.id] = self.scene.confirmed(self.scene.introduction(child, state), sessions=sessions)
        self.children.append(child)
        return child

    def session(self, week: int = 0) -> Session:
        statement = sa.select(Session).where(Session.cohort_id == self.scene.cohort.id).order_by(Session.starts_at)
        return db.session.scalars(statement).all()[week]

    @contextmanager
    def after(self, week: int = 0, *, days: int = 0) -> Iterator[Session]:
        """An hour after that session ended (`days` later): the block runs then."""
        session = self.session(week)
        with clock.freeze(session.ends_at + timedelta(hours=1, days=days)):
            yield session

    def save(self, marks: Marks, week: int = 0, *, by: Person | None = None, key: str = "", seen: int = 0, days: int = 0) -> Session:
        """The register of a week, taken after the session (`days` later)."""
        given = {
            child.id: mark if isinstance(mark, Marking) else Marking(mark, seen_revision=seen) for child, mark in marks.items()
        }
        with self.after(week, days=days) as session:
            return services.save_register(
                session_id=session.id, marks=given, client_key=key or factories.some_id().hex, actor=by or self.scene.partner
            )

    def correct(self, child: Child, kind: MarkKind, week: int = 0, *, by: Person | None = None, **given: Any) -> Mark:
        seen = given.pop("seen", None)
        told_late, days = given.pop("is_told_late", False), given.pop("days", 0)
        with self.after(week, days=days) as session:
            newest = queries.find_mark(session.id, child.id)
            revision = seen if seen is not None else newest.revision if newest else 0
            return services.correct_mark(**{
                "session_id": session.id, "child_id": child.id, "reason": "Rang home: she was there.",
                "marking": Marking(kind, is_told_late=told_late, seen_revision=revision), "actor": by or self.scene.link_worker, **given,
            })

    def mark(self, child: Child, week: int = 0) -> Mark | None:
        db.session.rollback()
        return queries.find_mark(self.session(week).id, child.id)

    def earned(self, child: Child, week: int | None = None) -> int:
        """Pence in the partner's favour for this child (and session)."""
        db.session.rollback()
        statement = sa.select(sa.func.coalesce(sa.func.sum(Posting.pence), 0)).where(
            Posting.child_id == child.id, Posting.account == Account.ACCRUED
        )
        if week is not None:
            statement = statement.where(Posting.session_id == self.session(week).id)
        return int(db.session.scalar(statement) or 0)

    def commission(self, child: Child) -> Commission:
        db.session.rollback()
        return db.session.get_one(Commission, self.commissions[child.id].id)

    def tasks(self, person: Person | None = None, kind: str = "") -> list[Task]:
        """Open tasks of the Link Worker."""
        db.session.rollback()
        statement = sa.select(Task).where(Task.person_id == (person or self.scene.link_worker).id, Task.closed_at.is_(None))
        if kind:
            statement = statement.where(Task.kind == kind)
        return list(db.session.scalars(statement.order_by(Task.created_at)))

    def withdraw_consent(self, child: Child) -> None:
        from app.children.services import withdraw_consent

        consent = db.session.scalars(sa.select(Consent).where(Consent.child_id == child.id)).one()
        withdraw_consent(consent_id=consent.id, child_id=child.id, why="Changed our minds.", actor=self.scene.link_worker)


def open_club(*, children: int = 0, **given: Any) -> Club:
    club = Club(build(**given))
    for _ in range(children):
        club.join()
    return club


def set_session(session: Session, **values: Any) -> None:
    """Change a session's row behind the verbs' back."""
    with atomic():
        row = db.session.get_one(Session, session.id)
        for name, value in values.items():
            setattr(row, name, value)


def count(model: type[Any]) -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def at(instant: datetime) -> Any:
    return clock.freeze(instant)
