"""Statements and their lines, each within a person's sight."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import Person, Role
from app.billing.models import OPEN_STATES, Statement, StatementLine, StatementState
from app.children.models import Child
from app.children.queries import visible_to as visible_children
from app.commissioning.models import Commission
from app.shared.db import db, the_one


def visible_to(person: Person) -> sa.ColumnElement[bool]:
    """A Zone manager's Zone; a budget holder's whose grant is not narrowed to a school or a fund; a partner's own organisation; a Link
    Worker's once it is agreed, where every child on it is one they may see."""
    reach: list[sa.ColumnElement[bool]] = []
    for grant in person.live_grants if person.is_authenticated else []:
        in_zone = Statement.zone_id == grant.zone_id
        if grant.role is Role.ZONE_MANAGER or (
            grant.role is Role.BUDGET_HOLDER and grant.school_id is None and grant.fund_id is None
        ):
            reach.append(in_zone)
        elif grant.role is Role.PARTNER_ADMIN:
            reach.append(sa.and_(in_zone, Statement.organisation_id == grant.organisation_id))
        elif grant.role is Role.LINK_WORKER:
            theirs = sa.select(Child.id).where(visible_children(person))
            has_line = sa.exists().where(StatementLine.statement_id == Statement.id).correlate(Statement)  # also where lines are what is asked for
            another = sa.exists().where(StatementLine.statement_id == Statement.id, StatementLine.child_id.not_in(theirs)).correlate(Statement)
            reach.append(sa.and_(in_zone, Statement.agreed_at.is_not(None), has_line, ~another))
    return sa.or_(*reach) if reach else sa.false()


_LINES = (
    selectinload(Statement.lines).options(
        joinedload(StatementLine.commission).joinedload(Commission.offering), joinedload(StatementLine.child),
        joinedload(StatementLine.session),
    ),
    joinedload(Statement.agreed_by), joinedload(Statement.verified_by), joinedload(Statement.approved_by),
)


def get_statement(statement_id: uuid.UUID, person: Person) -> Statement:
    """Raises NotFound outside the person's sight."""
    statement = sa.select(Statement).where(Statement.id == statement_id, visible_to(person)).options(*_LINES)
    return the_one(statement)


def get_line(line_id: uuid.UUID, person: Person) -> StatementLine:
    """Raises NotFound outside the person's sight."""
    statement = (
        sa.select(StatementLine).join(StatementLine.statement).where(StatementLine.id == line_id, visible_to(person))
        .options(joinedload(StatementLine.statement), joinedload(StatementLine.commission), joinedload(StatementLine.child))
    )
    return the_one(statement)


def list_statements(person: Person, *, limit: int = 200) -> Sequence[tuple[Statement, int]]:
    """Those within sight with what they come to, the newest first."""
    total = sa.select(sa.func.coalesce(sa.func.sum(StatementLine.pence), 0)).where(
        StatementLine.statement_id == Statement.id
    ).scalar_subquery()
    statement = sa.select(Statement, total).where(visible_to(person)).order_by(Statement.created_at.desc(), Statement.id).limit(limit)
    return [(row[0], int(row[1])) for row in db.session.execute(statement).unique()]


def list_statements_in(zone_id: uuid.UUID, states: Iterable[StatementState]) -> Sequence[Statement]:
    """With their lines, by organisation, oldest first. The caller has checked that the Zone is the person's."""
    statement = (
        sa.select(Statement).where(Statement.zone_id == zone_id, Statement.state.in_(list(states)))
        .options(selectinload(Statement.lines)).order_by(Statement.number)
    )
    return db.session.scalars(statement).unique().all()


def find_open_statement(zone_id: uuid.UUID, organisation_id: uuid.UUID) -> Statement | None:
    """The one that may still change."""
    statement = sa.select(Statement).where(
        Statement.zone_id == zone_id, Statement.organisation_id == organisation_id, Statement.state.in_(OPEN_STATES)
    )
    return db.session.scalars(statement).unique().one_or_none()


def next_number(zone_id: uuid.UUID) -> int:
    """The caller holds the Zone's lock."""
    return 1 + (db.session.scalar(sa.select(sa.func.max(Statement.number)).where(Statement.zone_id == zone_id)) or 0)


def billed_pairs(session_ids: Collection[uuid.UUID]) -> set[tuple[uuid.UUID, uuid.UUID]]:
    """(session, child) on a statement that the partner has agreed: a register changes these marks no more."""
    found = sa.select(StatementLine.session_id, StatementLine.child_id).join(StatementLine.statement).where(
        StatementLine.session_id.in_(list(session_ids)), Statement.agreed_at.is_not(None)
    )
    return {(session_id, child_id) for session_id, child_id in db.session.execute(found) if session_id is not None}
