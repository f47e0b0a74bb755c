"""A budget holder's and a funder's figures. Never a child: small counts are not told to funders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from app.accounts.models import Person, Role
from app.commissioning.models import Commission, Fund
from app.commissioning.queries.commissions import list_queue
from app.commissioning.queries.funds import children_helped, said_children
from app.commissioning.queries.money import FundLine, fund_lines, list_fund_lines
from app.shared import clock
from app.shared.db import db


@dataclass(frozen=True)
class FundFigures:
    """One fund with how many children it has helped."""

    line: FundLine
    children: int

    @property
    def children_said(self) -> str:
        return said_children(self.children)


def figures_of_funder(person: Person) -> list[FundFigures]:
    """The funds that this person's grants as a funder name, by name."""
    statement = sa.select(Fund).where(Fund.id.in_(person.fund_ids(Role.FUNDER))).order_by(Fund.name, Fund.id)
    funds = db.session.scalars(statement).unique().all()
    helped = children_helped(fund.id for fund in funds)
    return [FundFigures(line, helped[line.fund.id]) for line in fund_lines(funds)]


@dataclass(frozen=True)
class Purse:
    """All of a person's open funds together, in pence."""

    lines: Sequence[FundLine]
    spent: int
    agreed: int
    asked: int
    free: int

    @property
    def received(self) -> int:
        return self.spent + self.agreed + self.asked + self.free


def purse(person: Person) -> Purse:
    """The funds in force that this person may spend from."""
    today = clock.today()
    lines = [
        line for line in list_fund_lines(person) if not line.fund.is_closed and line.fund.starts_on <= today <= line.fund.ends_on
    ]
    return Purse(
        lines, spent=sum(line.spent for line in lines), agreed=sum(line.agreed for line in lines),
        asked=sum(line.asked for line in lines), free=sum(line.free for line in lines),
    )


@dataclass(frozen=True)
class Queue:
    requests: Sequence[Commission]

    @property
    def pence(self) -> int:
        return sum(request.total_pence for request in self.requests)

    @property
    def oldest(self) -> Commission | None:
        asked = [request for request in self.requests if request.requested_at is not None]
        return min(asked, key=lambda request: request.requested_at or clock.now(), default=None)


def queue(person: Person) -> Queue:
    """Requests that wait for this budget holder, the soonest to run out first."""
    return Queue(list_queue(person))
