"""A Zone's payments without anything they buy: payees, bills, and who says yes."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from app.accounts.models import Person, Role, Zone
from app.payments import hooks
from app.payments.hooks import News
from app.payments.models import Payee, Payment, PaymentRun
from app.payments.services import payees, runs
from app.payments.services.runs import Bill
from app.shared.db import atomic, db
from tests import factories
from tests.commissioning.scene import person

ACCOUNTS = ("12-34-56", "20-00-00", "30-90-89", "40-47-84", "60-83-71")


@dataclass
class Office:
    zone: Zone
    manager: Person
    holder: Person
    second: Person
    heard: list[tuple[str, News, int]] = field(default_factory=list)

    def bill(self, pence: int = 10_000, *, name: str = "", owner: uuid.UUID | None = None, parts: int = 2) -> Bill:
        each = pence // parts
        sums = [each] * (parts - 1) + [pence - each * (parts - 1)]
        return Bill(owner or uuid.uuid4(), name or f"Partner {factories.some_id().hex[:5]}", [(uuid.uuid4(), part) for part in sums])

    def payee(self, bill: Bill, *, account: str = "12345678", with_details: bool = True) -> Payee:
        with atomic():
            payee = payees.ensure_payee(zone_id=self.zone.id, owner_id=bill.owner_id, name=bill.name)
        if with_details:
            detail = payees.propose_details(
                payee_id=payee.id, account_name=bill.name, sort_code="12-34-56", account=account, actor=self.manager
            )
            payees.confirm_details(detail_id=detail.id, checked_how="Rang Dee on 020 7946 0018.", actor=self.holder)
        return payee

    def run(self, *bills: Bill) -> PaymentRun:
        return runs.prepare(zone_id=self.zone.id, bills=bills, barred=[], actor=self.manager)

    def started(self, *bills: Bill) -> PaymentRun:
        """Approved by as many as it needs."""
        run = self.run(*bills)
        for person_ in (self.holder, self.second)[: run.needs]:
            runs.approve(run_id=run.id, actor=person_)
        db.session.rollback()
        return db.session.get_one(PaymentRun, run.id)

    def hear(self, payment: Payment, news: News, actor: Person | None) -> None:
        self.heard.append((payment.reference, news, payment.attempt))


def open_office(**zone: object) -> Office:
    made = factories.make_zone(**zone)
    office = Office(made, person(Role.ZONE_MANAGER, made), person(Role.BUDGET_HOLDER, made), person(Role.BUDGET_HOLDER, made))
    hooks.register_listener("test", office.hear)
    return office
