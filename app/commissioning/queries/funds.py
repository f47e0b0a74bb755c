"""One fund on its own page: how many children it helps, school by school, and every posting as a file."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import School
from app.catalogue.models import Organisation
from app.children.models import Child
from app.commissioning.models import Account, Commission, Journal, Posting
from app.commissioning.queries.money import ASKED, PROMISED, USED, sum_of
from app.shared.db import db

SMALL = 5
"""Counts of children below this are not told to a funder."""


def said_children(number: int) -> str:
    """A count of children as a funder may read it."""
    if number == 0:
        return _("nobody yet")
    return _("fewer than %(small)s children", small=SMALL) if number < SMALL else _("%(number)s children", number=number)


def children_helped(fund_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many children each fund has promised or paid something for that stands; each id asked for is a key."""
    ids = list(fund_ids)
    each = (
        sa.select(Posting.fund_id, Posting.child_id)
        .where(Posting.fund_id.in_(ids), Posting.child_id.is_not(None), Posting.account.in_((*PROMISED, *USED)))
        .group_by(Posting.fund_id, Posting.child_id).having(sa.func.sum(Posting.pence) > 0).subquery()
    )
    counted = db.session.execute(sa.select(each.c.fund_id, sa.func.count()).group_by(each.c.fund_id))
    return dict.fromkeys(ids, 0) | {fund_id: number for fund_id, number in counted}  # noqa: C416  a Result is no mapping


@dataclass(frozen=True)
class SchoolLine:
    """What one fund does for the children of one school, in pence."""

    school: str
    children: int
    asked: int
    agreed: int
    spent: int

    @property
    def all(self) -> int:
        return self.asked + self.agreed + self.spent


def list_schools_of_fund(fund_id: uuid.UUID) -> list[SchoolLine]:
    """By the school the child was at when the money moved, the biggest first."""
    each = (
        sa.select(
            Posting.school_id, Posting.child_id, sum_of(*ASKED).label("asked"), sum_of(*PROMISED).label("agreed"),
            sum_of(*USED).label("spent"),
        )
        .where(Posting.fund_id == fund_id, Posting.child_id.is_not(None)).group_by(Posting.school_id, Posting.child_id).subquery()
    )
    statement = (
        sa.select(School.name, sa.func.count(), sa.func.sum(each.c.asked), sa.func.sum(each.c.agreed), sa.func.sum(each.c.spent))
        .select_from(each).outerjoin(School, School.id == each.c.school_id)
        .where(each.c.asked + each.c.agreed + each.c.spent != 0).group_by(each.c.school_id, School.name)
    )
    lines = [
        SchoolLine(name or _("No school"), children, int(asked), int(agreed), int(spent))
        for name, children, asked, agreed, spent in db.session.execute(statement)
    ]
    return sorted(lines, key=lambda line: (-line.all, line.school))


@dataclass(frozen=True)
class Asking:
    """A request that waits for a decision and has money of one fund set aside. The child is a reference, never a name."""

    commission_id: uuid.UUID
    child_reference: str
    pence: int


def list_asking(fund_id: uuid.UUID) -> list[Asking]:
    """What is asked of one fund now, by the child's reference."""
    asked = sa.func.sum(Posting.pence)
    statement = (
        sa.select(Commission.id, Child.reference, asked)
        .join(Commission, Commission.id == Posting.commission_id).join(Child, Child.id == Commission.child_id)
        .where(Posting.fund_id == fund_id, Posting.account == Account.REQUESTED)
        .group_by(Commission.id, Child.reference).having(asked > 0).order_by(Child.reference, Commission.id)
    )
    return [Asking(id_, reference, int(pence)) for id_, reference, pence in db.session.execute(statement)]


@dataclass(frozen=True)
class PostingLine:
    """One posting; the journals' lines sum to nil. The child is a reference, never a name."""

    journal_id: int
    at: datetime
    kind: str
    reference: str
    account: Account
    pence: int
    year: int
    child_reference: str
    school: str
    organisation: str


def list_postings(fund_id: uuid.UUID) -> list[PostingLine]:
    """Every posting of one fund in the order they were written."""
    statement = (
        sa.select(
            Journal.id, Journal.at, Journal.kind, Journal.reference, Posting.account, Posting.pence, Posting.year,
            sa.func.coalesce(Child.reference, ""), sa.func.coalesce(School.name, ""), sa.func.coalesce(Organisation.name, ""),
        )
        .join(Journal, Journal.id == Posting.journal_id).outerjoin(Child, Child.id == Posting.child_id)
        .outerjoin(School, School.id == Posting.school_id).outerjoin(Organisation, Organisation.id == Posting.organisation_id)
        .where(Posting.fund_id == fund_id).order_by(Posting.id)
    )
    return [PostingLine(*cells) for cells in map(tuple[Any, ...], db.session.execute(statement))]
