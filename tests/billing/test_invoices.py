"""A funder asked for its promise through Stripe: one invoice, one receipt in every book, whatever comes between."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

import pytest
from flask import Flask

from app.billing import books
from app.billing.services.invoicing import invoice_fund
from app.commissioning.models import Account
from app.commissioning.queries.money import balance
from app.commissioning.services import funds
from app.notifications.handlers import NotDone
from app.payments import queries
from app.payments.models import InvoiceState, Place, Rail
from app.payments.services import invoice_books, invoicing, reconciling, settings
from app.shared import clock
from app.shared.db import atomic
from app.shared.errors import Forbidden, IllegalMove, Invalid
from tests.billing.desk import in_account
from tests.billing.till import Till, open_till
from tests.commissioning.scene import MONDAY
from tests.support.client import StrictClient

S = InvoiceState


@pytest.fixture
def till(app: Flask) -> Iterator[Till]:
    with open_till(app) as till:
        yield till


def test_an_invoice_is_paid_into_every_book_once(till: Till, client: StrictClient) -> None:
    invoice = till.asked()
    stripe, zone_id = till.shop.stripe, till.shop.office.zone.id
    [there] = till.there()
    assert (invoice.state, invoice.stripe_number, invoice.stripe_invoice) == (S.OPEN, there["number"], there["id"])
    assert (there["total"], there["status"], there["payment_settings"]["payment_method_types"]) == (60_000, "open", ["customer_balance"])
    assert stripe.mailed == [there["id"]] and in_account(Account.AVAILABLE) == 0
    held = till.shop.payments([500])[0]
    till.work()
    stripe.fee = 50
    stripe.bank_transfer(till.customer(), 60_000)
    till.tell(client, times=2)
    till.tell(client)
    assert till.seen(invoice).state is S.PAID and in_account(Account.AVAILABLE) == 60_000 == -in_account(Account.BANK)
    assert balance(till.fund.id, Account.PLEDGED) == 40_000
    cash = queries.cash_in(zone_id)
    assert (cash[Place.FUNDERS], cash[Place.STRIPE], cash[Place.FEES]) == (-60_000, stripe.available, 50), "what waited for money went"
    assert till.shop.at_stripe() == 60_000 - 50 - held.pence
    found = books.books_of(zone_id)
    assert (found.in_bank, [row for row in found.rows[:1] + found.rows[3:] if row[1] != row[2]]) == (0, []), "it never came to the bank"
    assert len(found.rows) == 4
    assert "what was invoiced has come" not in [rule for rule, _ in books.broken()]
    till.look()
    last = reconciling.last_look()
    assert last is not None and (last.difference_pence, last.unexplained) == (0, [])
    for verb in (invoicing.withdraw, invoicing.try_again):
        with pytest.raises(IllegalMove):
            verb(invoice_id=invoice.id, actor=till.shop.office.manager)


FAULTS = (
    ("drop_after", "customers$"), ("late", "invoices$"), ("500", "invoices$"), ("drop_after", "invoiceitems$"), ("429", "finalize$"),
    ("500_after", "finalize$"), ("drop_after", "send$"),
)


def test_a_fault_at_any_step_ends_in_one_invoice(till: Till) -> None:
    stripe = till.shop.stripe
    for fault, path in FAULTS:
        stripe.fault(fault, path)
        invoice = till.ask(1_000)
        for hours in (0, 1, 24):  # Stripe replays a saved error as long as it knows the key
            with clock.freeze(MONDAY + timedelta(hours=till.hours + hours)), suppress(NotDone):
                invoicing.work(invoice.id)
            stripe.run_late()
            if path == "send$":
                stripe.forget_keys()
        assert till.seen(invoice).state is S.OPEN, f"{fault} at {path}"
        ours = [one for one in till.there() if one["metadata"]["invoice_id"] == str(invoice.id) and one["status"] == "open"]
        assert [one["total"] for one in ours] == [1_000] and ours[0]["id"] in stripe.mailed, f"{fault} at {path}"
    assert len({one["customer"] for one in till.there()}) == 1


def test_too_little_or_too_much_waits_with_stripe_and_is_said(till: Till, client: StrictClient) -> None:
    invoice = till.asked()
    till.shop.stripe.bank_transfer(till.customer(), 40_000)
    till.tell(client)
    assert till.seen(invoice).state is S.OPEN and in_account(Account.AVAILABLE) == 0, "never paid in part"
    assert till.waits() == 40_000 and till.tasks(invoice_books.WAITS) == ["£400 from a funder waits at Stripe"]
    till.shop.stripe.bank_transfer(till.customer(), 25_000)
    till.look()  # every webhook of it was lost
    assert till.seen(invoice).state is S.PAID and in_account(Account.AVAILABLE) == 60_000
    assert till.waits() == 5_000 and till.tasks(invoice_books.WAITS) == ["£50 from a funder waits at Stripe"]
    till.asked(5_000)
    till.shop.stripe.bank_transfer(till.customer(), 0)  # Stripe's own reconciliation takes what is there
    till.tell(client)
    assert in_account(Account.AVAILABLE) == 65_000 and till.waits() == 0 and till.tasks(invoice_books.WAITS) == []


def test_what_stripe_says_otherwise_is_posted_by_nobody(till: Till, client: StrictClient) -> None:
    by_hand, changed, early = till.asked(10_000), till.asked(20_000), till.asked(30_000)
    stripe, manager = till.shop.stripe, till.shop.office.manager
    stripe.mark_paid(str(by_hand.stripe_invoice))
    stripe.objects[str(changed.stripe_invoice)]["total"] = 20_100
    stripe.bank_transfer(till.customer(), 20_100)
    funds.receive(fund_id=till.fund.id, pence=75_000, reference="FPS 9", actor=manager)
    stripe.bank_transfer(till.customer(), 30_000)
    till.tell(client)
    assert [till.seen(one).why for one in (by_hand, changed, early)] == ["no_money", "other_amount", "books"]
    assert {till.seen(one).state for one in (by_hand, changed, early)} == {S.HELD} and in_account(Account.AVAILABLE) == 75_000
    assert queries.cash_in(till.shop.office.zone.id)[Place.STRIPE] == 0 and len(till.tasks(invoice_books.LOOK)) == 3
    funds.pledge(fund_id=till.fund.id, pence=5_000, reference="second letter", actor=manager)
    invoicing.try_again(invoice_id=early.id, actor=manager)
    till.work()
    assert till.seen(early).state is S.PAID and in_account(Account.AVAILABLE) == 105_000
    till.look()
    last = reconciling.last_look()
    assert last is not None and last.difference_pence == 20_100 and ["£201" in line for line in last.unexplained] == [True], "where it sits"


def test_an_invoice_is_withdrawn_or_given_up_and_what_was_paid_before_counts(till: Till, client: StrictClient) -> None:
    stripe, manager = till.shop.stripe, till.shop.office.manager
    never = till.ask(1_000)
    invoicing.withdraw(invoice_id=never.id, actor=manager)
    till.work()
    assert till.seen(never).state is S.VOID and till.there() == []
    sent, given_up, paid = till.asked(2_000), till.asked(3_000), till.asked(4_000)
    stripe.change_status(str(given_up.stripe_invoice), "uncollectible", "invoice.marked_uncollectible")
    stripe.bank_transfer(till.customer(), 4_000)
    for one in (sent, paid):
        invoicing.withdraw(invoice_id=one.id, actor=manager)
    till.tell(client)
    assert [till.seen(one).state for one in (sent, given_up, paid)] == [S.VOID, S.VOID, S.PAID]
    assert queries.pence_asked_for(till.fund.id) == 0 and in_account(Account.AVAILABLE) == 4_000
    stripe.change_status(str(given_up.stripe_invoice), "open", "invoice.overdue")
    stripe.bank_transfer(till.customer(), 3_000)
    till.tell(client)
    assert till.seen(given_up).state is S.PAID and in_account(Account.AVAILABLE) == 7_000, "given up at Stripe, and paid after all"


def test_only_what_was_promised_is_asked_for_and_only_where_the_zone_chose_stripe(till: Till) -> None:
    office = till.shop.office
    till.ask(60_000)
    for pence, why in ((40_001, "£400 of its promise"), (0, "above nothing")):
        with pytest.raises(Invalid, match=why):
            till.ask(pence)
    with pytest.raises(Forbidden):
        invoice_fund(fund_id=till.fund.id, pence=1, email="a@b.example", actor=office.holder)
    with pytest.raises(Invalid, match="still being made"):
        invoice_fund(fund_id=till.fund.id, pence=1, email="other@funder.example", actor=office.manager)
    settings.change_settings(zone_id=office.zone.id, rail=Rail.MANUAL, profile="generic", actor=office.manager)
    with pytest.raises(Invalid, match="does not use Stripe"):
        till.ask(1)
    with atomic():
        assert not invoicing.is_open_to(office.zone.id)
