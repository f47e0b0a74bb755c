"""Reads of runs, payments, payees, settings and the cash book."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import Person, Role
from app.payments.models import (
    AGREED_REFUNDS,
    LIVE_INVOICES,
    LIVE_REFUNDS,
    LIVE_TAKE_BACKS,
    BankDetail,
    BankFile,
    CashMove,
    DetailState,
    Invoice,
    InvoiceState,
    Payee,
    Payer,
    Payment,
    PaymentItem,
    PaymentRun,
    PaymentState,
    PaySettings,
    Place,
    Rail,
    Refund,
    RefundState,
    TakeBack,
    TakeBackState,
    Way,
)
from app.shared import clock
from app.shared.db import db, the_one


def visible_zones(person: Person) -> set[uuid.UUID]:
    """The Zones whose payments this person may see: the manager's, and those of a budget for the whole Zone."""
    return {
        g.zone_id for g in (person.live_grants if person.is_authenticated else []) if g.zone_id is not None
        and (g.role is Role.ZONE_MANAGER or (g.role is Role.BUDGET_HOLDER and g.school_id is None and g.fund_id is None))
    }


def get_run(run_id: uuid.UUID, person: Person) -> PaymentRun:
    """Raises NotFound outside the person's sight."""
    statement = (
        sa.select(PaymentRun).where(PaymentRun.id == run_id, PaymentRun.zone_id.in_(visible_zones(person)))
        .options(selectinload(PaymentRun.payments), selectinload(PaymentRun.approvals), selectinload(PaymentRun.files))
    )
    return the_one(statement)


def get_payment(payment_id: uuid.UUID, person: Person) -> Payment:
    """Raises NotFound outside the person's sight."""
    statement = (
        sa.select(Payment).where(Payment.id == payment_id, Payment.zone_id.in_(visible_zones(person))).options(joinedload(Payment.run))
    )
    return the_one(statement)


def get_file(file_id: uuid.UUID, person: Person) -> BankFile:
    """Raises NotFound outside the person's sight."""
    statement = sa.select(BankFile).join(BankFile.run).where(
        BankFile.id == file_id, PaymentRun.zone_id.in_(visible_zones(person))
    )
    return the_one(statement.options(joinedload(BankFile.run)))


def list_runs(person: Person, limit: int = 100) -> Sequence[PaymentRun]:
    """The newest first."""
    statement = (
        sa.select(PaymentRun).where(PaymentRun.zone_id.in_(visible_zones(person))).options(selectinload(PaymentRun.payments))
        .order_by(PaymentRun.created_at.desc(), PaymentRun.id).limit(limit)
    )
    return db.session.scalars(statement).unique().all()


def next_run_number(zone_id: uuid.UUID) -> int:
    """The caller holds the Zone's lock."""
    return 1 + (db.session.scalar(sa.select(sa.func.max(PaymentRun.number)).where(PaymentRun.zone_id == zone_id)) or 0)


def in_payment(payable_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these stand in a payment that was not cancelled."""
    statement = sa.select(PaymentItem.payable_id).where(PaymentItem.payable_id.in_(list(payable_ids)), PaymentItem.voided_at.is_(None))
    return set(db.session.scalars(statement))


def live_take_back(payment_id: uuid.UUID) -> TakeBack | None:
    """The one of a payment that is not over."""
    return db.session.scalars(sa.select(TakeBack).where(TakeBack.payment_id == payment_id, TakeBack.state.in_(LIVE_TAKE_BACKS))).one_or_none()


def taken_back_at_stripe(payment_id: uuid.UUID) -> int:
    """Pence of parts that Stripe has taken back, by our books: what its transfer has to say as well."""
    statement = sa.select(sa.func.coalesce(sa.func.sum(TakeBack.pence), 0)).where(
        TakeBack.payment_id == payment_id, TakeBack.way == Way.STRIPE, TakeBack.state == TakeBackState.DONE, TakeBack.is_whole.is_(False),
    )
    return int(db.session.scalar(statement) or 0)


def get_take_back(take_back_id: uuid.UUID, person: Person) -> TakeBack:
    """Raises NotFound outside the person's sight."""
    return the_one(sa.select(TakeBack).where(TakeBack.id == take_back_id, TakeBack.zone_id.in_(visible_zones(person))).options(joinedload(TakeBack.payment)))


def list_take_backs(run_id: uuid.UUID) -> Sequence[TakeBack]:
    """Of a run that the caller has found within the person's sight, in the order in which they were asked for."""
    statement = (
        sa.select(TakeBack).join(TakeBack.payment).where(Payment.run_id == run_id).options(joinedload(TakeBack.payment))
        .order_by(TakeBack.created_at, TakeBack.id)
    )
    return db.session.scalars(statement).unique().all()


def list_paid_to(payee_id: uuid.UUID, limit: int = 20) -> Sequence[Payment]:
    """What was paid to one payee and not taken back whole, the newest first. The caller has checked that the Zone is the person's."""
    statement = (
        sa.select(Payment).where(Payment.payee_id == payee_id, Payment.state.in_((PaymentState.PAID, PaymentState.PART_REVERSED)))
        .options(joinedload(Payment.run)).order_by(Payment.paid_at.desc(), Payment.id).limit(limit)
    )
    return db.session.scalars(statement).unique().all()


# --- money asked of funders ----------------------------------------------------------------------


def get_invoice(invoice_id: uuid.UUID, person: Person) -> Invoice:
    """Raises NotFound outside the person's sight."""
    return the_one(sa.select(Invoice).where(Invoice.id == invoice_id, Invoice.zone_id.in_(visible_zones(person))))


def list_invoices(person: Person, limit: int = 100) -> Sequence[Invoice]:
    """The newest first."""
    statement = sa.select(Invoice).where(Invoice.zone_id.in_(visible_zones(person))).order_by(Invoice.created_at.desc(), Invoice.id).limit(limit)
    return db.session.scalars(statement).unique().all()


def list_waiting_payers(person: Person) -> Sequence[Payer]:
    """Funders whose money has come to Stripe and paid no invoice, by name."""
    statement = sa.select(Payer).where(Payer.zone_id.in_(visible_zones(person)), Payer.held_pence > 0).order_by(Payer.name, Payer.id)
    return db.session.scalars(statement).all()


def pence_asked_for(owner_id: uuid.UUID) -> int:
    """What invoices that wait for their money come to."""
    statement = sa.select(sa.func.coalesce(sa.func.sum(Invoice.pence), 0)).where(Invoice.owner_id == owner_id, Invoice.state.in_(LIVE_INVOICES))
    return int(db.session.scalar(statement) or 0)


def get_refund(refund_id: uuid.UUID, person: Person) -> Refund:
    """Raises NotFound outside the person's sight."""
    return the_one(sa.select(Refund).where(Refund.id == refund_id, Refund.zone_id.in_(visible_zones(person))))


def list_refunds(invoice_id: uuid.UUID) -> Sequence[Refund]:
    """Of an invoice that the caller has found within the person's sight, in the order in which they were asked for."""
    return db.session.scalars(sa.select(Refund).where(Refund.invoice_id == invoice_id).order_by(Refund.number)).all()


def live_refund(invoice_id: uuid.UUID) -> Refund | None:
    """The one of an invoice that is not over."""
    return db.session.scalars(sa.select(Refund).where(Refund.invoice_id == invoice_id, Refund.state.in_(LIVE_REFUNDS))).one_or_none()


def next_refund_number(zone_id: uuid.UUID) -> int:
    """The caller holds the Zone's lock."""
    return 1 + (db.session.scalar(sa.select(sa.func.max(Refund.number)).where(Refund.zone_id == zone_id)) or 0)


def pence_refunded(invoice_id: uuid.UUID) -> int:
    """What of an invoice has gone back, or is going."""
    going = sa.or_(Refund.state.in_(LIVE_REFUNDS), Refund.state == RefundState.DONE)
    return int(db.session.scalar(sa.select(sa.func.coalesce(sa.func.sum(Refund.pence), 0)).where(Refund.invoice_id == invoice_id, going)) or 0)


def pence_going_back(zone_id: uuid.UUID | None = None) -> int:
    """What funds have given and Stripe still holds, of one Zone or of all."""
    statement = sa.select(sa.func.coalesce(sa.func.sum(Refund.pence), 0)).where(Refund.state.in_(AGREED_REFUNDS))
    return int(db.session.scalar(statement.where(Refund.zone_id == zone_id) if zone_id is not None else statement) or 0)


def find_payer(zone_id: uuid.UUID, name: str) -> Payer | None:
    return db.session.scalars(sa.select(Payer).where(Payer.zone_id == zone_id, Payer.name == name)).one_or_none()


# --- payees --------------------------------------------------------------------------------------


def visible_payees(person: Person) -> sa.ColumnElement[bool]:
    """Those of the Zones whose payments a person may see, and a partner's own."""
    return sa.or_(Payee.zone_id.in_(visible_zones(person)), Payee.owner_id.in_(person.organisation_ids(Role.PARTNER_ADMIN)))


def get_payee(payee_id: uuid.UUID, person: Person) -> Payee:
    """Raises NotFound outside the person's sight."""
    statement = sa.select(Payee).where(Payee.id == payee_id, visible_payees(person)).options(
        selectinload(Payee.details).joinedload(BankDetail.proposed_by)
    )
    return the_one(statement)


def get_detail(detail_id: uuid.UUID, person: Person) -> BankDetail:
    """Raises NotFound outside the person's sight."""
    statement = sa.select(BankDetail).join(BankDetail.payee).where(BankDetail.id == detail_id, visible_payees(person))
    return the_one(statement.options(joinedload(BankDetail.payee)))


def list_payees(person: Person) -> Sequence[Payee]:
    """By name, with their details."""
    statement = sa.select(Payee).where(visible_payees(person)).options(selectinload(Payee.details)).order_by(Payee.name, Payee.id)
    return db.session.scalars(statement).unique().all()


def find_payee(zone_id: uuid.UUID, owner_id: uuid.UUID) -> Payee | None:
    return db.session.scalars(sa.select(Payee).where(Payee.zone_id == zone_id, Payee.owner_id == owner_id)).one_or_none()


def current_detail(payee: Payee) -> BankDetail | None:
    """Where this payee's money goes now: the newest confirmed details whose cooling-off is over."""
    now = clock.now()
    counting = [
        d for d in payee.details if d.state is DetailState.CONFIRMED and d.counts_from is not None and d.counts_from <= now
    ]
    return max(counting, key=lambda d: d.counts_from or now, default=None)


def coming_detail(payee: Payee) -> BankDetail | None:
    """Confirmed, and still cooling off."""
    now = clock.now()
    return next((d for d in payee.details if d.state is DetailState.CONFIRMED and d.counts_from is not None and d.counts_from > now), None)


def proposed_detail(payee: Payee) -> BankDetail | None:
    return next((d for d in payee.details if d.state is DetailState.PROPOSED), None)


# --- settings and the cash book ------------------------------------------------------------------


def settings_of(zone_id: uuid.UUID) -> PaySettings:
    """The Zone's own, or what holds until somebody chooses: a generic bank file."""
    found = db.session.scalars(sa.select(PaySettings).where(PaySettings.zone_id == zone_id)).one_or_none()
    return found or PaySettings(zone_id=zone_id, rail=Rail.BANK_FILE, profile="generic", columns=[], originator_ends="", codes={})


def cash_in(zone_id: uuid.UUID) -> dict[Place, int]:
    """Pence in each place by the cash book; together nil."""
    found = dict.fromkeys(Place, 0)
    for column, sign in ((CashMove.target, 1), (CashMove.source, -1)):
        statement = sa.select(column, sa.func.sum(CashMove.pence)).where(CashMove.zone_id == zone_id).group_by(column)
        for place, pence in db.session.execute(statement):
            found[place] += sign * int(pence)
    return found


def pence_by_state(zone_id: uuid.UUID) -> dict[PaymentState, int]:
    statement = sa.select(Payment.state, sa.func.sum(Payment.pence)).where(Payment.zone_id == zone_id).group_by(Payment.state)
    return {row[0]: int(row[1]) for row in db.session.execute(statement)}


def pence_paid(zone_id: uuid.UUID) -> int:
    """What payments that were made come to, less what of them was taken back."""
    made = (PaymentState.PAID, PaymentState.PART_REVERSED, PaymentState.REVERSED)
    statement = sa.select(sa.func.sum(Payment.pence - Payment.reversed_pence)).where(Payment.zone_id == zone_id, Payment.state.in_(made))
    return int(db.session.scalar(statement) or 0)


def pence_invoiced(zone_id: uuid.UUID) -> int:
    """What invoices that were paid come to, less what has gone back of them."""
    paid = sa.select(sa.func.sum(Invoice.pence)).where(Invoice.zone_id == zone_id, Invoice.state == InvoiceState.PAID)
    back = sa.select(sa.func.sum(Refund.pence)).where(Refund.zone_id == zone_id, Refund.state == RefundState.DONE)
    return int(db.session.scalar(paid) or 0) - int(db.session.scalar(back) or 0)
