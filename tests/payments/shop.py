"""An office that pays over Stripe, and the worker's steps at set hours."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from flask import Flask, current_app

from app.notifications import worker
from app.payments import queries, rails
from app.payments.gateway import StripeGateway
from app.payments.models import Payment, PaymentState, Place, Rail
from app.payments.rails.stripe import StripeRail
from app.payments.services import cash, sending, settings
from app.shared import clock
from app.shared.db import atomic, db
from tests.commissioning.scene import MONDAY
from tests.fakes.stripe import FakeStripe, serve
from tests.payments.office import Office, open_office


@dataclass
class Shop:
    """An office that pays through the fake."""

    office: Office
    stripe: FakeStripe

    def payment(self, pence: int = 5_000, *, status: str = "active", money: int | None = None) -> Payment:
        """One, approved and queued; with `money` pence of the Zone at Stripe (by default enough)."""
        self.fund(pence if money is None else money)
        return self.payments([pence], status=status)[0]

    def payments(self, amounts: list[int], *, status: str = "active") -> list[Payment]:
        bills = [self.office.bill(pence) for pence in amounts]
        for bill in bills:
            payee = self.office.payee(bill, with_details=False)
            with atomic():
                payee.stripe_account, payee.is_stripe_ready = self.stripe.account(status), status == "active"
        run = self.office.started(*bills)
        order = [bill.owner_id for bill in bills]
        return sorted(run.payments, key=lambda p: order.index(p.payee.owner_id))

    def fund(self, pence: int) -> None:
        self.stripe.top_up(pence)
        with atomic():
            cash.move(
                key=f"test:{uuid.uuid4()}", zone_id=self.office.zone.id, source=Place.BANK, target=Place.STRIPE, pence=pence,
                actor=self.office.manager,
            )

    def drain(self) -> None:
        """The worker does all that is due, in a context of its own; the sweeps have tests of their own."""
        db.session.rollback()
        with current_app._get_current_object().app_context():  # type: ignore[attr-defined]
            while worker.work_one():
                pass

    def at_stripe(self) -> int:
        db.session.rollback()
        return queries.cash_in(self.office.zone.id)[Place.STRIPE]


@contextmanager
def open_shop(app: Flask) -> Iterator[Shop]:
    """Kith with a Stripe on loopback; at the end the fake must have been what the library says Stripe is."""
    fake = FakeStripe()
    server = serve(fake)
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(before, stripe_webhook_secrets=("whsec_in_use", "whsec_before"), stripe_thin_secrets=("whsec_thin",))
    app.extensions[sending.EXTENSION] = StripeGateway("rk_test_loopback", fake.url, retries=0)
    rails.register_rail(StripeRail())
    office = open_office(second_approver_above_pence=10_000_000)
    settings.change_settings(zone_id=office.zone.id, rail=Rail.STRIPE, profile="generic", actor=office.manager)
    yield Shop(office, fake)
    assert fake.drifted == [], f"the fake is not what the library says Stripe is: {fake.drifted}"
    app.config["SETTINGS"] = before
    app.extensions.pop(sending.EXTENSION)
    rails._rails.pop(Rail.STRIPE)
    server.shutdown()
    server.server_close()


def state_of(payment: Payment) -> PaymentState:
    db.session.rollback()
    return db.session.get_one(Payment, payment.id).state


def work(payment: Payment, *, hours: float = 0) -> PaymentState:
    with clock.freeze(MONDAY + timedelta(hours=hours)):
        sending.work(payment.id)
    return state_of(payment)


