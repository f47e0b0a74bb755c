"""A club whose sessions have been held, and who says what to its statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from app.accounts.models import Person
from app.attendance.models import MarkKind
from app.attendance.services import sweep
from app.billing import services
from app.billing.models import Statement, StatementLine, StatementState
from app.children.models import Child
from app.commissioning.models import Account, Posting
from app.shared import clock
from app.shared.db import db
from tests.attendance.club import Club, open_club


@dataclass
class Desk:
    """`weeks` registers are taken and locked; a session costs £20."""

    club: Club
    children: list[Child]
    weeks: int

    @property
    def manager(self) -> Person:
        return self.club.scene.manager

    @property
    def partner(self) -> Person:
        return self.club.scene.partner

    @property
    def holder(self) -> Person:
        return self.club.scene.holder

    def later(self) -> object:
        """Long after: every register of the first weeks is locked."""
        return clock.freeze(self.club.session(self.weeks - 1).ends_at + timedelta(days=20))

    def draw(self, actor: Person | None = None) -> Statement:
        return services.draw_up(organisation_id=self.club.scene.organisation.id, actor=actor or self.partner)

    def approved(self) -> Statement:
        statement = self.draw()
        services.agree(statement_id=statement.id, actor=self.partner)
        services.verify(statement_id=statement.id, actor=self.manager)
        return services.approve(statement_id=statement.id, actor=self.holder)

    def correct(self, child: Child, kind: MarkKind, week: int) -> None:
        self.club.correct(child, kind, week, by=self.club.scene.link_worker, days=20)


def open_desk(*, children: int = 2, weeks: int = 2, kinds: tuple[MarkKind, ...] = (MarkKind.ATTENDED,)) -> Desk:
    """The marks of `kinds` go round, child by child and week by week. To be called on the Monday before the first session."""
    club = open_club(capacity=12)
    joined = [club.join() for _ in range(children)]
    for week in range(weeks):
        club.save({child: kinds[(week * children + n) % len(kinds)] for n, child in enumerate(joined)}, week)
    desk = Desk(club, joined, weeks)
    with desk.later():
        sweep()
    return desk


def state_of(statement: Statement) -> StatementState:
    db.session.rollback()
    return db.session.get_one(Statement, statement.id).state


def lines_of(statement: Statement) -> list[tuple[int, int]]:
    """(pence, correction) in order."""
    db.session.rollback()
    rows = db.session.execute(
        sa.select(StatementLine.pence, StatementLine.correction).where(StatementLine.statement_id == statement.id).order_by(StatementLine.position)
    )
    return [(row[0], row[1]) for row in rows]


def in_account(account: Account) -> int:
    db.session.rollback()
    return int(db.session.scalar(sa.select(sa.func.coalesce(sa.func.sum(Posting.pence), 0)).where(Posting.account == account)) or 0)
