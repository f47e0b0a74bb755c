"""The three-way match of a whole statement: reads what commission, register and tariff say, and asks three_way."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from app.attendance.queries import current_marks
from app.billing.models import Statement, StatementLine
from app.billing.queries.earned import BY_ITSELF, BY_SESSION, Key
from app.billing.three_way import Facts, problem
from app.catalogue.models import SessionState
from app.commissioning.models import (
    EARNED,
    Account,
    Commission,
    Journal,
    Posting,
    SessionPrice,
    part_of_price,
)
from app.commissioning.queries.commissions import session_prices
from app.shared.db import db


def problems(statement: Statement) -> dict[uuid.UUID, str]:
    """By line, what does not agree. Empty when the whole statement matches."""
    lines = statement.lines
    ids = {line.commission_id for line in lines}
    earned, billed = _earned(ids), _billed(ids)
    used_up = _used_up(ids)
    prices = session_prices(ids)
    marks = current_marks([line.session_id for line in lines if line.session_id is not None])
    found = {}
    for line in lines:
        key = (line.commission_id, line.what)
        mark = marks.get((line.session_id, line.child_id)) if line.session_id is not None else None
        agreed, by_the_tariff = _price_of(line, prices)
        facts = Facts(
            price_pence=agreed, tariff_pence=by_the_tariff, percent=line.percent,
            register_percent=(mark.percent if mark else 0) if line.session_id is not None else None,
            is_locked=line.session is None or line.session.state is SessionState.CLOSED, earned=earned.get(key, 0),
            billed=billed.get(key, 0), is_used_up=line.commission_id in used_up,
        )
        said = problem(facts)
        if said:
            found[line.id] = said
    return found


def _price_of(line: StatementLine, prices: Mapping[Key, SessionPrice]) -> tuple[int, int]:
    """What was agreed for it, and what the tariff it was agreed on says, in pence.

    A session has the price that its first register fixed; of a place with one price that is a part, worked out again from the tariff.
    Setting up was owed with the first session, on the tariff of that day.
    """
    commission = line.commission
    if line.what == "setup":
        of_this = [price for (commission_id, _), price in prices.items() if commission_id == commission.id]
        first = min(of_this, key=lambda price: price.created_at, default=None)
        return commission.setup_pence, (first.tariff if first else commission.tariff).setup_pence
    fixed = prices.get((line.commission_id, line.what))
    if fixed is not None:
        return fixed.pence, fixed.by_the_tariff
    over = commission.sessions if commission.is_per_place else 1
    return commission.price_of_a_session, part_of_price(commission.tariff.price_pence, 0, over)


def _earned(ids: Iterable[uuid.UUID]) -> dict[Key, int]:
    kind = sa.case((Posting.session_id.is_(None), Journal.kind), else_="")
    statement = (
        sa.select(Posting.commission_id, Posting.session_id, kind, sa.func.sum(Posting.pence))
        .join(Journal, Journal.id == Posting.journal_id)
        .where(
            Posting.commission_id.in_(sorted(ids)), Posting.account == Account.ACCRUED, Journal.kind.in_((*BY_SESSION, *BY_ITSELF)),
        )
        .group_by(Posting.commission_id, Posting.session_id, kind)
    )
    return {(row[0], str(row[1] or row[2])): int(row[3]) for row in db.session.execute(statement)}


def _billed(ids: Iterable[uuid.UUID]) -> dict[Key, int]:
    statement = (
        sa.select(StatementLine.commission_id, StatementLine.what, sa.func.sum(StatementLine.pence))
        .where(StatementLine.commission_id.in_(sorted(ids))).group_by(StatementLine.commission_id, StatementLine.what)
    )
    return {(row[0], row[1]): int(row[2]) for row in db.session.execute(statement)}


def _used_up(ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Commissions that have earned their whole price."""
    pence = sa.func.sum(Posting.pence)
    statement = (
        sa.select(Commission.id).join(Posting, Posting.commission_id == Commission.id)
        .where(Commission.id.in_(sorted(ids)), Posting.account.in_(EARNED)).group_by(Commission.id, Commission.total_pence)
        .having(pence >= Commission.total_pence)
    )
    return set(db.session.scalars(statement))
