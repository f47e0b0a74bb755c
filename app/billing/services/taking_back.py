"""Settling a statement that is below nil by having money back of an earlier payment, instead of waiting for the next one."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person
from app.billing.models import Statement, StatementState
from app.billing.services.common import move
from app.billing.services.lines import lines_of_items, parts_of
from app.commissioning.services import payouts
from app.payments import queries as payments
from app.payments.hooks import BackNews
from app.payments.models import Payment, TakeBack, Way
from app.payments.services import taking
from app.payments.services.locks import lock_zone
from app.shared import clock
from app.shared.db import atomic, db, lock_rows
from app.shared.errors import IllegalMove

_S = StatementState


def why_not(statement: Statement) -> str:
    """Why no money is asked back for this statement; "" when it may be."""
    if statement.state is not _S.APPROVED or statement.total_pence >= 0:
        return _("Money is asked back for an approved statement that is below nil.")
    if payments.in_payment([line.id for line in statement.lines]):
        return _("It stands in a payment already, or is being taken back.")
    return ""


def list_payments(statement: Statement) -> Sequence[Payment]:
    """The earlier payments to this organisation of which as much is left, the newest first."""
    payee = payments.find_payee(statement.zone_id, statement.organisation_id)
    made = payments.list_paid_to(payee.id) if payee is not None else []
    return [payment for payment in made if payment.pence - payment.reversed_pence >= -statement.total_pence]


def ask(*, statement_id: uuid.UUID, payment_id: uuid.UUID, way: Way, reference: str, actor: Person) -> TakeBack:
    """Have back what this statement is below nil, out of that payment; somebody else approves. Raises Invalid, IllegalMove, Forbidden."""
    with atomic():
        lock_zone(db.session.get_one(Statement, statement_id).zone_id)
        statement = db.session.scalars(
            sa.select(Statement).where(Statement.id == statement_id).execution_options(populate_existing=True)
        ).unique().one()
        if no := why_not(statement):
            raise IllegalMove(no)
        if payment_id not in {payment.id for payment in list_payments(statement)}:
            raise IllegalMove(_("That payment is not one of which this can be taken back."))
        items = [(line.id, line.pence) for line in statement.lines]
        return taking.ask(payment_id=payment_id, credit_items=items, way=way, reference=reference, actor=actor)


def hear(taken: TakeBack, news: BackNews, actor: Person | None) -> None:
    """What became of it, in its own transaction. A whole payment's way back is told as a payment that was returned."""
    lines = lines_of_items(taken.items)
    if not lines:
        return
    statements = lock_rows(Statement, {line.statement_id for line in lines})
    if news is BackNews.DONE:
        payouts.taken_back(
            key=f"take_back:{taken.id}", zone_id=taken.zone_id, actor=actor, reference=taken.payment.reference, parts=parts_of(lines)
        )
    for statement in statements:
        if news is BackNews.AGREED:
            move(statement, _S.IN_PAYMENT, actor=actor, done="asked_back")
        elif news is BackNews.DONE:
            statement.paid_at = clock.now()
            move(statement, _S.PAID, actor=actor, done="taken_back", pence=statement.total_pence)
        elif statement.state is _S.IN_PAYMENT:
            move(statement, _S.APPROVED, actor=actor, done="freed")
