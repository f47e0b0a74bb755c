"""What must hold between statements, payments, the ledger and the cash book: pure SQL, read only. `kith check` runs them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import sqlalchemy as sa

from app.accounts.models import Zone
from app.billing.models import Statement, StatementLine, StatementState
from app.commissioning.models import Account, Journal, Posting
from app.payments.models import (
    AGREED_REFUNDS,
    ON_ITS_WAY,
    CashMove,
    Invoice,
    InvoiceState,
    Payment,
    PaymentItem,
    PaymentState,
    Place,
    Refund,
    RefundState,
    TakeBack,
    TakeBackState,
)
from app.shared.db import db
from app.shared.money import pounds

_S = StatementState
Check = Callable[[], str | None]


def lines_are_billed_by_fund() -> str | None:
    """A line's parts come to its pence."""
    for line_id, pence, parts in db.session.execute(sa.select(StatementLine.id, StatementLine.pence, StatementLine.parts)):
        if sum(parts.values()) != pence:
            return f"statement line {line_id} is {pence}p and its funds give {sum(parts.values())}p"
    return None


def approved_lines_are_frozen() -> str | None:
    statement = (
        sa.select(StatementLine.id).join(StatementLine.statement)
        .where(
            Statement.state.in_((_S.APPROVED, _S.IN_PAYMENT, _S.FAILED, _S.PAID)), StatementLine.frozen_at.is_(None),
        )
        .order_by(StatementLine.id).limit(1)
    )
    found = db.session.scalar(statement)
    return f"statement line {found} is approved and not frozen" if found is not None else None


def payments_are_the_sum_of_their_items() -> str | None:
    given = sa.func.coalesce(sa.func.sum(PaymentItem.pence), 0)
    statement = (
        sa.select(Payment.id, Payment.pence, given)
        .outerjoin(PaymentItem, sa.and_(PaymentItem.payment_id == Payment.id, PaymentItem.take_back_id.is_(None)))
        .group_by(Payment.id, Payment.pence).having(given != Payment.pence).order_by(Payment.id).limit(1)
    )
    row = db.session.execute(statement).first()
    return f"payment {row[0]} is {row[1]}p and its items come to {row[2]}p" if row else None


def items_pay_their_lines() -> str | None:
    statement = (
        sa.select(PaymentItem.id).join(StatementLine, StatementLine.id == PaymentItem.payable_id)
        .where(PaymentItem.pence != StatementLine.pence).order_by(PaymentItem.id).limit(1)
    )
    found = db.session.scalar(statement)
    return f"payment item {found} pays another amount than its line" if found is not None else None


def what_was_taken_back_is_known() -> str | None:
    """Of each payment: the part taken back = what two people asked for and is back, and each is the sum of its credits."""
    done = sa.and_(TakeBack.payment_id == Payment.id, TakeBack.state == TakeBackState.DONE, TakeBack.is_whole.is_(False))
    back = sa.select(sa.func.coalesce(sa.func.sum(TakeBack.pence), 0)).where(done).scalar_subquery()
    row = db.session.execute(sa.select(Payment.id, Payment.reversed_pence, back).where(Payment.reversed_pence != back).limit(1)).first()
    if row:
        return f"payment {row[0]} has {row[1]}p taken back and {row[2]}p were asked for and are back"
    given = sa.func.coalesce(sa.func.sum(PaymentItem.pence), 0)
    statement = (
        sa.select(TakeBack.id, TakeBack.pence, given).outerjoin(PaymentItem, PaymentItem.take_back_id == TakeBack.id)
        .where(TakeBack.is_whole.is_(False)).group_by(TakeBack.id, TakeBack.pence).having(-given != TakeBack.pence).limit(1)
    )
    row = db.session.execute(statement).first()
    return f"taking back {row[0]} is {row[1]}p and its credits come to {-row[2]}p" if row else None


def what_is_in_flight_is_on_its_way() -> str | None:
    """Of each Zone: in flight by the ledger = payments sent and not known to be paid or refused. Not nil at rest: an alarm."""
    ledger = _by_zone(sa.select(Journal.zone_id, sa.func.sum(Posting.pence)).join(Posting, Posting.journal_id == Journal.id)
        .where(Posting.account == Account.IN_FLIGHT).group_by(Journal.zone_id))
    sent = _by_zone(sa.select(Payment.zone_id, sa.func.sum(Payment.pence)).where(Payment.state.in_(ON_ITS_WAY)).group_by(Payment.zone_id))
    return _differ(ledger, sent, "in flight by the ledger", "in payments on their way")


def what_is_paid_has_left() -> str | None:
    """Of each Zone: paid by the ledger = what the cash book says went to partners = payments paid."""
    ledger = _by_zone(sa.select(Journal.zone_id, sa.func.sum(Posting.pence)).join(Posting, Posting.journal_id == Journal.id)
        .where(Posting.account == Account.PAID).group_by(Journal.zone_id))
    sign = sa.case((CashMove.target == Place.PARTNERS, CashMove.pence), (CashMove.source == Place.PARTNERS, -CashMove.pence), else_=0)
    cash = _by_zone(sa.select(CashMove.zone_id, sa.func.sum(sign)).group_by(CashMove.zone_id))
    made = (PaymentState.PAID, PaymentState.PART_REVERSED, PaymentState.REVERSED)
    payments = _by_zone(
        sa.select(Payment.zone_id, sa.func.sum(Payment.pence - Payment.reversed_pence)).where(Payment.state.in_(made)).group_by(Payment.zone_id)
    )
    return _differ(ledger, payments, "paid by the ledger", "in payments made") or _differ(payments, cash, "in payments made", "gone to partners by the cash book")


def what_was_invoiced_has_come() -> str | None:
    """Of each Zone: invoices paid less refunds = come from funders to Stripe by the cash book; and less what funds have given and Stripe
    still holds = received through invoices by the ledger."""
    paid = sa.select(Invoice.zone_id, Invoice.pence.label("pence")).where(Invoice.state == InvoiceState.PAID)
    gone = sa.select(Refund.zone_id, (-Refund.pence).label("pence"))
    sign = sa.case((CashMove.source == Place.FUNDERS, CashMove.pence), (CashMove.target == Place.FUNDERS, -CashMove.pence), else_=0)
    cash = _by_zone(sa.select(CashMove.zone_id, sa.func.sum(sign)).group_by(CashMove.zone_id))
    ledger = _by_zone(
        sa.select(Journal.zone_id, sa.func.sum(Posting.pence)).join(Posting, Posting.journal_id == Journal.id)
        .where(
            sa.or_(
                sa.and_(Journal.kind == "receipt", Journal.reference.like("Stripe, invoice %")),
                sa.and_(Journal.kind.in_(("return", "return_undone")), Journal.reference.like("Stripe, refund %")),
            ),
            Posting.account == Account.AVAILABLE,
        ).group_by(Journal.zone_id)
    )
    left = _summed(paid, gone.where(Refund.state == RefundState.DONE))
    given = _summed(paid, gone.where(sa.or_(Refund.state == RefundState.DONE, Refund.state.in_(AGREED_REFUNDS))))
    return (
        _differ(left, cash, "in invoices paid, less given back", "come from funders to Stripe")
        or _differ(given, ledger, "in invoices paid, less given back or going back", "received through them by the ledger")
    )


def _summed(*parts: sa.Select[object, int]) -> dict[object, int]:
    every = sa.union_all(*parts).subquery()
    return _by_zone(sa.select(every.c.zone_id, sa.func.sum(every.c.pence)).group_by(every.c.zone_id))


def _by_zone(statement: sa.Select[object, int]) -> dict[object, int]:
    return {row[0]: int(row[1]) for row in db.session.execute(statement) if row[1]}


def _differ(one: dict[object, int], other: dict[object, int], one_words: str, other_words: str) -> str | None:
    for zone_id in sorted({*one, *other}, key=str):
        if one.get(zone_id, 0) != other.get(zone_id, 0):
            name = db.session.scalar(sa.select(Zone.name).where(Zone.id == zone_id)) or zone_id
            return f"{name} has {pounds(one.get(zone_id, 0))} {one_words} and {pounds(other.get(zone_id, 0))} {other_words}"
    return None


CHECKS: Sequence[tuple[str, Check]] = (
    ("a statement line's funds give its amount", lines_are_billed_by_fund),
    ("approved statement lines are frozen", approved_lines_are_frozen),
    ("a payment is the sum of its items", payments_are_the_sum_of_their_items),
    ("a payment pays each line what it says", items_pay_their_lines),
    ("what was taken back was asked for", what_was_taken_back_is_known),
    ("what is in flight is on its way", what_is_in_flight_is_on_its_way),
    ("what is paid has left", what_is_paid_has_left),
    ("what was invoiced has come", what_was_invoiced_has_come),
)
