"""The money of one school year by school, partner, fund or funder; and every override of the ceiling. All from the ledger."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.accounts.models import Person, Role, School
from app.catalogue.models import Organisation
from app.children.models import Child
from app.commissioning import hooks
from app.commissioning.models import Commission, Decision, DecisionKind, Fund, Posting
from app.commissioning.queries.commissions import visible_to
from app.commissioning.queries.money import ASKED, PROMISED, SPOKEN_FOR, USED, sum_of
from app.shared.db import db

By = Literal["school", "organisation", "fund", "funder"]
KEYS: Mapping[By, sa.ColumnElement[Any]] = {
    "school": Posting.school_id.expression, "organisation": Posting.organisation_id.expression, "fund": Posting.fund_id.expression,
    "funder": Posting.funder.expression,
}
HAVE_SESSIONS: tuple[By, ...] = ("school", "organisation")
"""A session is paid by several funds, so what one cost is told only where it belongs to one line."""


@dataclass(frozen=True)
class MoneyLine:
    """One school, partner, fund or funder in pence. `held` and `came`: sessions with a mark, and those the children came to."""

    name: str
    children: int
    asked: int
    promised: int
    used: int
    held: int = 0
    came: int = 0

    @property
    def all(self) -> int:
        return self.asked + self.promised + self.used

    @property
    def each(self) -> int | None:
        """What each time a child came has cost, in whole pence; None before the first time."""
        return round(self.used / self.came) if self.came else None


def in_reach(person: Person) -> sa.ColumnElement[bool]:
    """SQL: the postings this person reads the sums of. A budget holder of one school or fund: of that alone."""
    reach: list[sa.ColumnElement[bool]] = []
    for grant in person.live_grants if person.is_authenticated else []:
        own = Posting.fund_id.in_(sa.select(Fund.id).where(Fund.zone_id == grant.zone_id))
        if grant.role is Role.ZONE_MANAGER:
            reach.append(own)
        elif grant.role is Role.BUDGET_HOLDER:
            narrowed: list[sa.ColumnElement[bool]] = [own]
            if grant.school_id is not None:
                narrowed.append(Posting.school_id == grant.school_id)
            if grant.fund_id is not None:
                narrowed.append(Posting.fund_id == grant.fund_id)
            reach.append(sa.and_(*narrowed))
    return sa.or_(*reach) if reach else sa.false()


def money_by(person: Person, by: By, year: int) -> list[MoneyLine]:
    """The biggest first. The lines add up to what all children's statements of that year say, within the person's reach."""
    key = KEYS[by]
    about = (in_reach(person), Posting.year == year, Posting.child_id.is_not(None), Posting.account.in_(SPOKEN_FOR))
    statement = (
        sa.select(key, sa.func.count(sa.distinct(Posting.child_id)), sum_of(*ASKED), sum_of(*PROMISED), sum_of(*USED)).where(*about).group_by(key)
    )
    rows = [row for row in db.session.execute(statement) if row[2] or row[3] or row[4]]
    names = _names(by, [row[0] for row in rows])
    marks = _marks(key, about) if by in HAVE_SESSIONS else {}
    lines = [
        MoneyLine(names.get(row[0], "None"), row[1], int(row[2]), int(row[3]), int(row[4]), *marks.get(row[0], (0, 0))) for row in rows
    ]
    return sorted(lines, key=lambda line: (-line.all, line.name))


def children_come_to(person: Person, year: int) -> int:
    """What the statements of all children in reach come to, child by child: the sum to hold the lines against."""
    each = (
        sa.select(sum_of(*SPOKEN_FOR).label("pence")).where(in_reach(person), Posting.year == year, Posting.child_id.is_not(None))
        .group_by(Posting.child_id).subquery()
    )
    return int(db.session.scalar(sa.select(sa.func.coalesce(sa.func.sum(each.c.pence), 0))) or 0)


def years_with_money(person: Person) -> list[int]:
    statement = sa.select(Posting.year).distinct().where(in_reach(person), Posting.child_id.is_not(None))
    return sorted(db.session.scalars(statement), reverse=True)


def total_of(lines: Sequence[MoneyLine]) -> MoneyLine:
    return MoneyLine(
        "In all", 0, *(sum(getattr(line, name) for line in lines) for name in ("asked", "promised", "used", "held", "came"))
    )


def _names(by: By, keys: Sequence[Any]) -> dict[Any, str]:
    if by == "funder":
        return {key: key or "No funder" for key in keys}
    model = {"school": School, "organisation": Organisation, "fund": Fund}[by]
    ids = [key for key in keys if key is not None]
    rows = db.session.execute(sa.select(model.id, model.name).where(model.id.in_(ids)))  # type: ignore[attr-defined]
    found = {row[0]: row[1] for row in rows}
    return {None: "No school" if by == "school" else "No partner", **found}


def _marks(key: sa.ColumnElement[Any], about: tuple[sa.ColumnElement[bool], ...]) -> dict[Any, tuple[int, int]]:
    pairs = (
        sa.select(key, Commission.place_id).distinct().join(Commission, Commission.id == Posting.commission_id)
        .where(*about, Commission.place_id.is_not(None))
    )
    places: dict[Any, list[uuid.UUID]] = defaultdict(list)
    for group, place_id in db.session.execute(pairs):
        places[group].append(place_id)
    came = hooks.came({place_id for of_group in places.values() for place_id in of_group})
    return {
        group: (sum(came.get(p, (0, 0))[0] for p in of_group), sum(came.get(p, (0, 0))[1] for p in of_group))
        for group, of_group in places.items()
    }


@dataclass(frozen=True)
class OverrideLine:
    """One funder taken past the ceiling: who said why, and who then approved. The child is a reference."""

    commission: Commission
    at: datetime
    by: str
    reason: str
    approved_by: tuple[str, ...]

    @property
    def funders(self) -> list[str]:
        return sorted({share.fund.funder for share in self.commission.shares})


def list_overrides(person: Person) -> list[OverrideLine]:
    """Every one in the person's sight, the newest first."""
    statement = (
        sa.select(Decision).join(Commission, Commission.id == Decision.commission_id)
        .where(Decision.kind == DecisionKind.OVERRIDE, visible_to(person))
        .options(
            joinedload(Decision.commission, innerjoin=True).selectinload(Commission.decisions),
            joinedload(Decision.commission, innerjoin=True).selectinload(Commission.shares),
            joinedload(Decision.commission, innerjoin=True).selectinload(Commission.child).selectinload(Child.school),
        )
        .order_by(Decision.at.desc(), Decision.id)
    )
    return [
        OverrideLine(
            d.commission, d.at, d.person.name, d.reason,
            tuple(o.person.name for o in d.commission.decisions if o.kind is DecisionKind.APPROVE and o.round == d.round),
        )
        for d in db.session.scalars(statement).unique()
    ]
