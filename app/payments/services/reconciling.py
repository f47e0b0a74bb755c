"""Do our books and Stripe say the same? By night and on demand, always in the worker: nobody waits for Stripe on a page."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.accounts.models import Person
from app.accounts.queries import get_zone
from app.audit import services as audit
from app.notifications import services as notifications
from app.notifications.handlers import Job
from app.payments import queries
from app.payments.gateway import BalanceLine
from app.payments.models import (
    LIVE_INVOICES,
    ON_ITS_WAY,
    CashMove,
    Invoice,
    Payer,
    Payment,
    PaymentRun,
    PaymentState,
    Place,
    Rail,
    StripeLook,
)
from app.payments.services import (
    alarms,
    cash,
    invoice_books,
    invoicing,
    news,
    refund_sending,
    sending,
    taking,
)
from app.payments.services.asking import or_not_done
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import Forbidden, Invalid
from app.shared.money import pounds

TOPIC = "payments.look_at_stripe"
LOOK_BACK = timedelta(days=30)
TOP_UP, TAKEN_BACK = "topup", "transfer_refund"
"""Lines of Stripe's that a person writes down under the bank's name for them, and that stand in our books under the reversal's."""
_P = PaymentState


def ask() -> None:
    """Somebody wants to know now; asked twice within a minute it is one look."""
    with atomic():
        notifications.post(topic=TOPIC, payload={}, dedupe=f"{TOPIC}:{clock.now():%Y%m%d%H%M}")


def nightly() -> None:
    """The clock: once a day, after three in the morning."""
    if not sending.is_set_up() or clock.london(clock.now()).hour < 3:
        return
    with atomic():
        notifications.post(topic=TOPIC, payload={}, dedupe=f"{TOPIC}:{clock.today():%Y%m%d}")


def look(job: Job) -> None:
    """Bring every doubtful payment up to date, then compare the balances and name each line of Stripe's that no book of ours has."""
    if not sending.is_set_up():
        return
    with or_not_done():
        for payment_id in _doubtful():
            sending.work(payment_id)
        missed = news.catch_up(_since())
        news.ask_about_accounts()
        _wake_take_backs()
        refund_sending.look_again()
        _look_at_invoices()
        gateway = sending.gateway()
        lines = list(gateway.balance_lines(clock.now() - LOOK_BACK))
        for line in lines:
            if line.source.startswith("tr_") and not _is_written(line):
                news.sync_transfer(gateway.get_transfer(line.source))
        available, pending = gateway.balance()
    unwritten = [line for line in lines if line.kind != TAKEN_BACK and not _is_written(line)]
    with atomic():
        found = StripeLook(
            available_pence=available, pending_pence=pending, books_pence=_books(), on_its_way_pence=_on_its_way(), unexplained=[], missed=missed,
        )
        named = [line for line in unwritten if line.kind != TOP_UP]
        if found.differs or named:
            named += _top_ups_that_nobody_wrote([line for line in unwritten if line.kind == TOP_UP])
        found.unexplained = [f"{line.kind} {pounds(line.net_pence)} on {clock.london(line.at):%-d %B}, {line.id}" for line in named]
        db.session.add(found)
        alarms.raise_for(found)


def _since() -> datetime:
    """Two days before the last look that ended, at most as far back as Stripe keeps its events: whatever was lost since is found."""
    last = last_look()
    since = max(last.created_at - timedelta(days=2) if last else clock.now() - LOOK_BACK, clock.now() - LOOK_BACK)
    db.session.rollback()
    return since


def _wake_take_backs() -> None:
    """Those that nobody could tell of, and whose message was given up."""
    with atomic():
        for id_ in taking.live_at_stripe():
            notifications.post(topic=taking.TOPIC, payload={"take_back_id": str(id_)}, dedupe=f"{taking.TOPIC}:{id_}:look:{clock.today():%Y%m%d}")


def _look_at_invoices() -> None:
    """Every invoice that waits for money or that the worker gave up; and funders whose money waits, though none is open for them."""
    live = db.session.scalars(sa.select(Invoice.id).where(Invoice.state.in_(LIVE_INVOICES)).order_by(Invoice.created_at)).all()
    customers = db.session.scalars(sa.select(Payer.stripe_customer).where(Payer.stripe_customer.is_not(None), Payer.held_pence > 0)).all()
    db.session.rollback()
    for invoice_id in live:
        invoicing.work(invoice_id)
    for customer in customers:
        invoice_books.sync_held(str(customer))


def _doubtful() -> list[uuid.UUID]:
    statement = sa.select(Payment.id).join(Payment.run).where(PaymentRun.rail == Rail.STRIPE, Payment.state.in_((_P.QUEUED, _P.UNKNOWN, _P.SUBMITTING)))
    found = list(db.session.scalars(statement.order_by(Payment.created_at)))
    db.session.rollback()
    return found


def _is_written(line: BalanceLine) -> bool:
    """In the cash book: as the transfer or the receipt that it is, or by a person, under its name as the reference."""
    keys = (f"stripe:transfer:{line.source}", f"stripe:txn:{line.id}")
    found = db.session.scalar(sa.select(CashMove.id).where(sa.or_(CashMove.key.in_(keys), CashMove.reference == line.id)).limit(1)) is not None
    db.session.rollback()
    return found


def _top_ups_that_nobody_wrote(top_ups: Sequence[BalanceLine]) -> list[BalanceLine]:
    """Those of an amount that nobody wrote down as arrived: a person writes them under the bank's name for it, so only the amount tells."""
    arrived = Counter(db.session.scalars(sa.select(CashMove.pence).where(
        CashMove.target == Place.STRIPE, CashMove.source.in_((Place.BANK, Place.TRANSIT)), CashMove.at >= clock.now() - 2 * LOOK_BACK,
    )))
    missing = []
    for line in sorted(top_ups, key=lambda line: line.at):
        arrived[line.net_pence] -= 1
        if arrived[line.net_pence] < 0:
            missing.append(line)
    return missing


def _books() -> int:
    """One Stripe account holds every Zone's money: all that our books say is there."""
    sign = sa.case((CashMove.target == Place.STRIPE, CashMove.pence), (CashMove.source == Place.STRIPE, -CashMove.pence), else_=0)
    return int(db.session.scalar(sa.select(sa.func.coalesce(sa.func.sum(sign), 0))) or 0)


def _on_its_way() -> int:
    statement = sa.select(sa.func.coalesce(sa.func.sum(Payment.pence), 0)).join(Payment.run).where(
        PaymentRun.rail == Rail.STRIPE, Payment.state.in_(ON_ITS_WAY)
    )
    return int(db.session.scalar(statement) or 0) + queries.pence_going_back()


def last_look() -> StripeLook | None:
    return db.session.scalars(sa.select(StripeLook).order_by(StripeLook.created_at.desc()).limit(1)).one_or_none()


STEPS: dict[str, tuple[Place, Place, str]] = {
    "sent": (Place.BANK, Place.TRANSIT, _l("Sent from the bank to Stripe")),
    "arrived": (Place.TRANSIT, Place.STRIPE, _l("Arrived at Stripe")),
    "back": (Place.STRIPE, Place.BANK, _l("Paid back from Stripe to the bank")),
    "fee": (Place.STRIPE, Place.FEES, _l("Stripe took a fee")),
    "unexplained": (Place.STRIPE, Place.SUSPENSE, _l("Gone from Stripe, and nobody knows why yet")),
    "explained": (Place.SUSPENSE, Place.STRIPE, _l("Found again")),
}
"""What a person writes into the cash book: where from, where to, in words."""


def write_down(*, zone_id: uuid.UUID, step: str, pence: int, reference: str, actor: Person) -> CashMove:
    """A move of the Zone's own money, once for each reference. What waited at Stripe for money goes. Raises Invalid, Forbidden."""
    with atomic():
        if not actor.manages(zone_id):
            raise Forbidden(_("The Zone manager keeps the cash book."))
        if step not in STEPS:
            raise Invalid(_("Choose what happened."), field="step")
        reference = " ".join(reference.split())
        if not 1 <= len(reference) <= 60:
            raise Invalid(_("Give the bank’s or Stripe’s reference, so that nothing is written down twice."), field="reference")
        if pence <= 0:
            raise Invalid(_("Type an amount above nothing."), field="pence")
        source, target, _said = STEPS[step]
        made = cash.move(
            key=f"cash:{zone_id}:{step}:{reference}", zone_id=zone_id, source=source, target=target, pence=pence, actor=actor, reference=reference,
        )
        audit.record("payments.cash.written", subject=get_zone(zone_id), actor=actor, zone_id=zone_id, step=step, pence=pence, reference=reference)
        if target is Place.STRIPE:
            sending.requeue_waiting(zone_id, actor)
        return made
