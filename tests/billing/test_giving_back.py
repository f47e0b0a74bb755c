"""Money of a paid invoice goes back to its funder: two people, one entry in each book, whatever comes between."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

import pytest
from flask import Flask

from app.billing import books
from app.billing.services.giving_back import give_back, most
from app.commissioning.models import Account, Journal
from app.commissioning.refusals import NotEnoughMoney
from app.commissioning.services import funds
from app.notifications.handlers import NotDone
from app.payments import queries
from app.payments.models import Invoice, Place, Refund, RefundState
from app.payments.services import alarms, reconciling, refund_sending, refunding, sending
from app.shared import clock
from app.shared.db import db
from app.shared.errors import Forbidden, IllegalMove, Invalid
from tests.billing.desk import in_account
from tests.billing.till import Till, open_till
from tests.commissioning.scene import MONDAY
from tests.support.client import StrictClient

R = RefundState


@pytest.fixture
def till(app: Flask) -> Iterator[Till]:
    with open_till(app) as till:
        yield till


def paid(till: Till, pence: int = 60_000) -> Invoice:
    """An invoice whose money has come, and its fund closed."""
    invoice = till.asked(pence)
    till.shop.stripe.bank_transfer(till.customer(), pence)
    till.look()
    funds.close_fund(fund_id=till.fund.id, reason="It is over.", actor=till.shop.office.manager)
    return till.seen(invoice)


def going(till: Till, invoice: Invoice, pence: int) -> Refund:
    """Asked for by the manager, approved by the holder."""
    refund = give_back(invoice_id=invoice.id, pence=pence, actor=till.shop.office.manager)
    return refunding.approve(refund_id=refund.id, actor=till.shop.office.holder)


def seen(refund: Refund) -> Refund:
    db.session.rollback()
    return db.session.get_one(Refund, refund.id, populate_existing=True)


def agrees(till: Till) -> None:
    """Each book with each other, and all with Stripe."""
    zone_id = till.shop.office.zone.id
    db.session.rollback()
    assert "what was invoiced has come" not in [rule for rule, _ in books.broken()]
    found = books.books_of(zone_id)
    assert [row for row in found.rows if row[1] != row[2]] == [] and found.in_bank == 0
    till.look()
    last = reconciling.last_look()
    assert last is not None and (last.difference_pence, last.unexplained) == (0, [])


def test_what_is_left_goes_back_once_and_every_book_says_so(till: Till, client: StrictClient) -> None:
    invoice, stripe, zone_id = paid(till), till.shop.stripe, till.shop.office.zone.id
    refund = going(till, invoice, 25_000)
    assert in_account(Account.AVAILABLE) == 35_000, "set aside with the second yes: nobody spends it meanwhile"
    assert (sending.money_left(zone_id), queries.cash_in(zone_id)[Place.STRIPE]) == (35_000, 60_000) and books.books_of(zone_id).in_bank == 0
    till.work()
    [there] = [o for o in stripe.objects.values() if o["object"] == "refund"]
    assert (there["amount"], there["metadata"], there["instructions_email"]) == (25_000, {"refund_id": str(refund.id)}, "finance@funder.example")
    stripe.end_refund(there["id"], "succeeded")
    stripe.events.reverse()
    till.tell(client, times=2)
    refund_sending.work(refund.id)
    assert (seen(refund).state, seen(refund).stripe_refund, most(till.seen(invoice))) == (R.DONE, there["id"], 35_000)
    assert queries.cash_in(zone_id)[Place.FUNDERS] == -35_000 and stripe.available == 35_000 == in_account(Account.AVAILABLE)
    assert [j.reference for j in db.session.query(Journal).filter_by(kind="return")] == ["Stripe, refund 1"]
    agrees(till)
    assert till.tasks(alarms.LIES) == till.tasks(alarms.DIFFER) == []
    till.hours += 24 * 80
    till.look()
    assert till.tasks(alarms.LIES) == ["£350 has been at Stripe for 75 days"], "Stripe keeps it for ninety"
    whole = going(till, invoice, 35_000)
    till.work()
    assert seen(whole).state is R.DONE and in_account(Account.AVAILABLE) == stripe.available == 0
    agrees(till)
    assert till.tasks(alarms.LIES) == []


def test_two_people_and_no_more_than_came_and_is_left(till: Till) -> None:
    office = till.shop.office
    early = till.asked(1_000)
    with pytest.raises(IllegalMove, match="Only what was paid"):
        give_back(invoice_id=early.id, pence=1, actor=office.manager)
    till.shop.stripe.bank_transfer(till.customer(), 1_000)
    till.look()
    with pytest.raises(IllegalMove, match="ended or is closed"):
        give_back(invoice_id=early.id, pence=1, actor=office.manager)
    invoice = paid(till, 20_000)
    for pence, why in ((20_001, "£200 of this invoice"), (0, "above nothing")):
        with pytest.raises(Invalid, match=why):
            give_back(invoice_id=invoice.id, pence=pence, actor=office.manager)
    with pytest.raises(Forbidden):
        give_back(invoice_id=invoice.id, pence=1, actor=office.holder)
    refund = give_back(invoice_id=invoice.id, pence=19_999, actor=office.manager)
    assert till.tasks(refunding.TO_APPROVE) == ["Approve giving back £199.99"] * 2 and in_account(Account.AVAILABLE) == 21_000
    for verb in (refunding.approve, refunding.give_up):
        with pytest.raises(Forbidden):
            verb(refund_id=refund.id, actor=office.manager)
    with pytest.raises(IllegalMove, match="going back already"):
        give_back(invoice_id=invoice.id, pence=1, actor=office.manager)
    funds.send_back(fund_id=till.fund.id, pence=15_000, reference="FPS 1", actor=office.manager)
    with pytest.raises(NotEnoughMoney):
        refunding.approve(refund_id=refund.id, actor=office.holder)
    assert seen(refund).state is R.ASKED, "all of the yes or none of it"
    refunding.cancel(refund_id=refund.id, actor=office.manager)
    for verb in (refunding.approve, refunding.cancel, refunding.give_up):
        with pytest.raises(IllegalMove):
            verb(refund_id=refund.id, actor=office.holder)
    assert till.tasks(refunding.TO_APPROVE) == [] and most(till.seen(invoice)) == 6_000


FAULTS = (
    ("drop_after", "POST .*refunds$"), ("late", "POST .*refunds$"), ("500", "POST .*refunds$"), ("429", "GET .*refunds$"), ("drop_after", "balance_transactions/"),
)


def test_a_fault_at_any_step_gives_back_once_and_is_never_called_refused(till: Till) -> None:
    invoice, stripe = paid(till), till.shop.stripe
    for number, (fault, path) in enumerate(FAULTS, 1):
        refund = going(till, invoice, 1_000)
        stripe.fault(fault, path)
        for hours in (0, 1):
            with clock.freeze(MONDAY + timedelta(hours=till.hours + hours)), suppress(NotDone):
                refund_sending.work(refund.id)
            assert seen(refund).state in (R.SENDING, R.DONE), f"{fault} at {path}: unknown is not refused"
            stripe.run_late()
            stripe.forget_keys()  # only looking first protects
        assert (seen(refund).state, stripe.available) == (R.DONE, 60_000 - 1_000 * number), f"{fault} at {path}"
    assert in_account(Account.AVAILABLE) == 55_000
    agrees(till)


def test_what_stripe_will_not_do_the_fund_has_again(till: Till) -> None:
    invoice, stripe, office = paid(till), till.shop.stripe, till.shop.office
    stripe.available = 0
    refused = going(till, invoice, 5_000)
    till.work()
    assert (seen(refused).state, seen(refused).why_not) == (R.REFUSED, "balance_insufficient") and in_account(Account.AVAILABLE) == 60_000
    assert till.tasks(refunding.LOOK) == ["Stripe did not give a funder's money back"]
    stripe.available = 60_000
    lost = going(till, invoice, 6_000)
    stripe.fault("drop_before", "POST .*refunds$")
    till.work_once(refund_sending.work, lost.id)
    with pytest.raises(IllegalMove, match="a day after"):
        refunding.give_up(refund_id=lost.id, actor=office.holder)
    with clock.freeze(MONDAY + timedelta(hours=till.hours + 30)):
        refund_sending.work(lost.id)
        assert seen(lost).state is R.SENDING and refunding.can_be_given_up(seen(lost)), "its key is old: nothing is sent, and nobody can tell"
        refunding.give_up(refund_id=lost.id, actor=office.holder)
        refund_sending.work(lost.id)
    assert (seen(lost).state, seen(lost).why_not, in_account(Account.AVAILABLE)) == (R.REFUSED, "not_made", 60_000)
    agrees(till)


def test_the_funder_is_asked_for_its_bank_and_what_comes_back_is_the_funds_again(till: Till, client: StrictClient) -> None:
    invoice, stripe = paid(till), till.shop.stripe
    stripe.asks_for_bank = True
    refund = going(till, invoice, 10_000)
    till.work()
    assert (seen(refund).state, seen(refund).stripe_status) == (R.SENDING, "requires_action") and stripe.available == 60_000
    assert queries.cash_in(till.shop.office.zone.id)[Place.FUNDERS] == -60_000, "it has not left"
    there = str(seen(refund).stripe_refund)
    stripe.end_refund(there, "succeeded")
    till.tell(client)
    assert seen(refund).state is R.DONE and stripe.available == 50_000
    stripe.end_refund(there, "failed")
    till.tell(client)
    assert seen(refund).state is R.DONE and till.tasks(refunding.LOOK) == ["Money for a funder did not reach its bank"], "by no line of Stripe's is it ours"
    stripe.end_refund(there, "failed", comes_back=True)
    till.look()  # every webhook of it was lost
    assert seen(refund).state is R.CAME_BACK and in_account(Account.AVAILABLE) == 60_000 == stripe.available
    agrees(till)
    stripe.asks_for_bank = True
    given_up = going(till, invoice, 2_000)
    till.work()
    stripe.end_refund(str(seen(given_up).stripe_refund), "canceled")
    till.tell(client, times=2)
    assert (seen(given_up).state, in_account(Account.AVAILABLE)) == (R.REFUSED, 60_000), "the funder never said where to"
    agrees(till)


def test_what_somebody_gave_back_on_stripes_own_pages_is_taken_for_ours_or_looked_at(till: Till) -> None:
    invoice, stripe = paid(till), till.shop.stripe
    [intent] = sending.gateway().intents_of(str(invoice.stripe_invoice))
    stripe.give_back(intent, 3_000)
    till.look()
    last = reconciling.last_look()
    assert last is not None and last.difference_pence == -3_000 and len(last.unexplained) == 1, "named by reconciliation"
    assert till.tasks(alarms.DIFFER) == ["Stripe and our books differ by £30"], "somebody is told in the morning"
    other = going(till, invoice, 4_000)
    till.work_once(refund_sending.work, other.id)
    assert seen(other).state is R.SENDING and till.tasks(refunding.LOOK) and stripe.available == 57_000, "nothing is given on top of it"
    with clock.freeze(MONDAY + timedelta(hours=till.hours + 30)):
        refunding.give_up(refund_id=other.id, actor=till.shop.office.holder)
    till.work_once(refund_sending.work, other.id)
    assert seen(other).state is R.SENDING, "given up only where Stripe shows nothing"


def test_the_same_amount_given_back_at_stripe_is_that_refund(till: Till) -> None:
    invoice, stripe = paid(till), till.shop.stripe
    [intent] = sending.gateway().intents_of(str(invoice.stripe_invoice))
    stripe.give_back(intent, 3_000)
    till.look()
    refund = going(till, invoice, 3_000)
    till.work()
    assert seen(refund).state is R.DONE and stripe.available == 57_000 == in_account(Account.AVAILABLE)
    agrees(till)
    assert till.tasks(alarms.DIFFER) == [], "and what was told is taken back"
