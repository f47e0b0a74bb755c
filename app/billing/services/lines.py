"""The statement lines behind a payment's items, as the ledger takes them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.billing.models import StatementLine
from app.commissioning.services.payouts import Part
from app.payments.models import PaymentItem
from app.shared.db import db, in_parts


def lines_of_items(items: Sequence[PaymentItem]) -> list[StatementLine]:
    """In one order, however many; other rooms' payables are not ours."""
    found: list[StatementLine] = []
    for part in in_parts([item.payable_id for item in items]):
        statement = sa.select(StatementLine).where(StatementLine.id.in_(part)).options(joinedload(StatementLine.commission))
        found += db.session.scalars(statement.order_by(StatementLine.id)).unique()
    return found


def parts_of(lines: Sequence[StatementLine]) -> list[Part]:
    return [Part(line.commission, line.session_id, {uuid.UUID(fund): pence for fund, pence in line.parts.items()}) for line in lines]
