"""From what was earned to what is paid, by the people whose work it is, in a browser; and the books agree in the end."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from app.payments.models import Payment, PaymentRun, PaymentState
from app.payments.services.runs import Bill
from app.shared import clock
from app.shared.db import db
from tests.billing.desk import open_desk
from tests.commissioning.scene import MONDAY
from tests.journeys.walking import NewPage, Walker
from tests.payments.office import Office
from tests.support.browser import check_at_every_width
from tests.support.live import Live, watch_of


@pytest.fixture(autouse=True)
def monday() -> None:
    """The server's clock cannot be frozen from here, so this happens today, about sessions of a year ago."""


def test_what_a_partner_earned_is_agreed_verified_approved_and_paid(live: Live, new_page: NewPage) -> None:
    with live.app.app_context():
        with clock.freeze(MONDAY - timedelta(days=364)):
            desk = open_desk(weeks=1)
            scene = desk.club.scene
            Office(scene.zone, desk.manager, desk.holder, scene.second).payee(Bill(scene.organisation.id, scene.organisation.name, []))
            with desk.later():
                desk.draw()
        emails = {"partner": desk.partner.email, "manager": desk.manager.email, "holder": desk.holder.email}
        names = [child.first_name for child in desk.children]
    people = {}
    for who, email in emails.items():
        people[who] = Walker(new_page())
        people[who].sign_in(email)
    partner, manager, holder = people.values()

    partner.page.goto("/statements")
    partner.follow(re.compile("^S-0001"))
    check_at_every_width(partner.page, "a statement", watch=watch_of(partner.page))
    assert not any(name in partner.text for name in names), "children stand on it by their reference"
    partner.press("Agree all 2 lines")
    statement = partner.page.url
    manager.page.goto(statement)
    manager.press("Verify")
    holder.page.goto(statement)
    holder.press("Approve to be paid")

    manager.page.goto("/payment-runs/new")
    manager.press(re.compile("^Prepare 1 payment, £40"))
    manager.sees("The run is prepared. Somebody else approves it now.")
    run = manager.page.url
    holder.page.goto(run)
    holder.press("Approve this run")
    manager.page.goto(run)
    check_at_every_width(manager.page, "a run", watch=watch_of(manager.page))
    with manager.page.expect_download() as download:
        manager.page.get_by_role("button", name=re.compile("^Fetch the file")).click()
    assert "40.00" in Path(download.value.path()).read_text()
    manager.press(re.compile("^The bank has it"))
    manager.press(re.compile("^Paid"))
    manager.sees("Take it back")
    partner.page.goto(statement)
    partner.sees("Paid")
    manager.page.goto("/reconciliation")
    manager.sees("Statements, payments, ledger and cash book agree to the penny.")
    check_at_every_width(manager.page, "reconciliation", watch=watch_of(manager.page))
    with live.app.app_context():
        assert db.session.query(Payment).one().state is PaymentState.PAID
        assert len(db.session.query(PaymentRun).one().files) == 1
