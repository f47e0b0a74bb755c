"""A budget holder's and a funder's figures: queue and funds. Never a child."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from app.accounts.models import Person, Role
from app.commissioning.models import Account, Commission, CommissionState, Fund, Posting
from app.shared.db import db

SMALL = 5
"""Counts of children below this are not shown to funders."""


@dataclass(frozen=True)
class FundFigures:
    """One fund in pence: all that was received, and where it stands."""

    fund: Fund
    received: int
    available: int
    requested: int
    committed: int
    spent: int
    children: int

    @property
    def children_said(self) -> str:
        return f"fewer than {SMALL}" if 0 < self.children < SMALL else str(self.children)


def funds_of(person: Person) -> Sequence[Fund]:
    """The funds this person may see the figures of: their Zone's, or those a grant names."""
    zones = person.zone_ids(Role.BUDGET_HOLDER, Role.ZONE_MANAGER)
    named = person.fund_ids(Role.FUNDER, Role.BUDGET_HOLDER)
    statement = sa.select(Fund).where(sa.or_(Fund.zone_id.in_(zones), Fund.id.in_(named))).order_by(Fund.name)
    return db.session.scalars(statement).unique().all()


def figures(funds: Sequence[Fund]) -> list[FundFigures]:
    ids = [fund.id for fund in funds]
    sums: dict[tuple[uuid.UUID, Account], int] = {
        (fund_id, account): int(pence)
        for fund_id, account, pence in db.session.execute(
            sa.select(Posting.fund_id, Posting.account, sa.func.sum(Posting.pence)).where(Posting.fund_id.in_(ids))
            .group_by(Posting.fund_id, Posting.account)
        )
    }
    children = dict(
        db.session.execute(
            sa.select(Posting.fund_id, sa.func.count(sa.distinct(Posting.child_id)))
            .where(Posting.fund_id.in_(ids), Posting.account == Account.COMMITTED).group_by(Posting.fund_id)
        ).all()
    )
    return [
        FundFigures(
            fund=fund,
            received=-sums.get((fund.id, Account.BANK), 0),
            available=sums.get((fund.id, Account.AVAILABLE), 0),
            requested=sums.get((fund.id, Account.REQUESTED), 0),
            committed=sums.get((fund.id, Account.COMMITTED), 0),
            spent=sums.get((fund.id, Account.ACCRUED), 0) + sums.get((fund.id, Account.PAID), 0),
            children=children.get(fund.id, 0),
        )
        for fund in funds
    ]


@dataclass(frozen=True)
class Queue:
    waiting: int
    pence: int
    oldest: Commission | None


def queue(person: Person) -> Queue:
    """Requests that wait for a decision in this person's Zones."""
    where = (
        Commission.zone_id.in_(person.zone_ids(Role.BUDGET_HOLDER)), Commission.state == CommissionState.REQUESTED,
        Commission.requested_by_id != person.id,
    )
    number, pence = db.session.execute(
        sa.select(sa.func.count(Commission.id), sa.func.coalesce(sa.func.sum(Commission.total_pence), 0)).where(*where)
    ).one()
    oldest = db.session.scalars(sa.select(Commission).where(*where).order_by(Commission.requested_at).limit(1)).unique().first()
    return Queue(number, int(pence), oldest)
