"""A shop with one fund, £1,000 promised to it, and the steps by which its funder is asked and pays."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app

from app.billing.services.invoicing import invoice_fund
from app.commissioning.models import Fund
from app.commissioning.services import funds
from app.notifications import worker
from app.notifications.handlers import Job, NotDone
from app.notifications.models import Task
from app.payments import queries
from app.payments.models import Invoice, Payer
from app.payments.services import reconciling
from app.shared import clock
from app.shared.db import db
from tests import factories
from tests.commissioning.scene import MONDAY
from tests.payments.shop import Shop, open_shop
from tests.support.client import StrictClient


@dataclass
class Till:
    """`hours` after Monday the worker last ran."""

    shop: Shop
    fund: Fund
    hours: int = 0

    def ask(self, pence: int = 60_000) -> Invoice:
        return invoice_fund(fund_id=self.fund.id, pence=pence, email="finance@funder.example", actor=self.shop.office.manager)

    def asked(self, pence: int = 60_000) -> Invoice:
        invoice = self.ask(pence)
        self.work()
        return self.seen(invoice)

    def work(self) -> None:
        """The worker an hour later: what failed is due again."""
        self.hours += 1
        db.session.rollback()
        with clock.freeze(MONDAY + timedelta(hours=self.hours)), current_app._get_current_object().app_context():  # type: ignore[attr-defined]
            while worker.work_one():
                pass

    def work_once(self, work: Callable[[uuid.UUID], None], id_: uuid.UUID) -> None:
        """The worker's step for one, an hour later; what nobody can tell yet it would try again."""
        self.hours += 1
        with clock.freeze(MONDAY + timedelta(hours=self.hours)), suppress(NotDone):
            work(id_)

    def tell(self, client: StrictClient, *, times: int = 1) -> None:
        """All webhooks so far, and the worker."""
        for event in self.shop.stripe.events * times:
            body, headers = self.shop.stripe.signed(event)
            assert client.post("/stripe/webhook", data=body, headers=headers, csrf=False).status_code == 200
        self.work()

    def look(self) -> None:
        """The nightly look at Stripe."""
        self.hours += 24
        with clock.freeze(MONDAY + timedelta(hours=self.hours)):
            reconciling.look(Job(factories.some_id(), reconciling.TOPIC, {}, 1))
        self.work()

    def seen(self, invoice: Invoice) -> Invoice:
        db.session.rollback()
        return db.session.get_one(Invoice, invoice.id, populate_existing=True)

    def customer(self) -> str:
        db.session.rollback()
        return str(db.session.scalars(sa.select(Payer.stripe_customer)).one())

    def there(self) -> list[dict[str, Any]]:
        return [o for o in self.shop.stripe.objects.values() if o["object"] == "invoice"]

    def waits(self) -> int:
        db.session.rollback()
        return sum(p.held_pence for p in queries.list_waiting_payers(self.shop.office.manager))

    def tasks(self, kind: str) -> list[str]:
        db.session.rollback()
        return list(db.session.scalars(sa.select(Task.title).where(Task.kind == kind, Task.closed_at.is_(None))))


@contextmanager
def open_till(app: Flask) -> Iterator[Till]:
    with clock.freeze(MONDAY), open_shop(app) as shop:
        manager = shop.office.manager
        fund = funds.open_fund(
            zone_id=shop.office.zone.id, name="Open fund", funder="Northside Trust", starts_on=date(2026, 1, 1), ends_on=date(2030, 1, 1), actor=manager,
        )
        funds.pledge(fund_id=fund.id, pence=100_000, reference="letter", actor=manager)
        yield Till(shop, fund)
