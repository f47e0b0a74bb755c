"""Money from funders through the pages: an invoice sent, tried again and withdrawn; a bank's table looked through before it is written."""

from __future__ import annotations

import io

from flask import Flask

from app.commissioning.models import Account
from app.commissioning.services import funds
from app.payments.models import Invoice, InvoiceState, Refund
from app.shared.db import db
from tests.billing.desk import in_account
from tests.billing.till import open_till
from tests.payments.test_pages import text_of
from tests.support.client import StrictClient
from tests.support.people import sign_in


def test_a_manager_asks_a_funder_by_invoice(app: Flask, client: StrictClient) -> None:
    with open_till(app) as till:
        office, form = till.shop.office, f"/funds/{till.fund.id}/invoices/new"
        sign_in(client, office.holder)
        assert client.get(form).status_code == 403
        sign_in(client, office.manager)
        assert form in client.get(f"/funds/{till.fund.id}").get_data(as_text=True) and "No invoices yet" in text_of(client.get("/invoices"))
        for wrong in ({"pence": "2000", "email": "a@b.org"}, {"pence": "10", "email": "nobody"}):
            assert client.post(form, data=wrong).status_code == 422, wrong
        page = client.post(form, data={"pence": "600", "email": "finance@funder.example"}).headers["Location"]
        till.shop.stripe.fault("500", "finalize$")
        till.work()
        invoice = db.session.query(Invoice).one()
        assert invoice.state is InvoiceState.QUEUED and "Being made" in text_of(client.get(page)) and "finance@funder.example" in client.get(form).get_data(as_text=True)
        till.hours += 24
        till.work()
        assert "KITH-" in text_of(client.get("/invoices")) and "Withdraw it" in text_of(client.get(page))
        till.shop.stripe.mark_paid(str(till.seen(invoice).stripe_invoice))
        till.look()
        assert "no money came there" in text_of(client.get(page))
        assert client.post(f"/invoices/{invoice.id}/again").status_code == client.post(f"/invoices/{invoice.id}/withdraw").status_code == 303
        till.work()
        till.shop.stripe.bank_transfer(till.customer(), 1_000)
        till.look()
        assert "£10 from Northside Trust waits at Stripe" in text_of(client.get("/invoices"))
        assert "Payments" in text_of(client.get("/payment-runs")) and "/invoices" in client.get("/payment-runs").get_data(as_text=True)
        assert "Of it straight to Stripe" not in text_of(client.get("/reconciliation"))


def test_what_is_left_of_a_fund_is_asked_back_approved_and_followed(app: Flask, client: StrictClient) -> None:
    with open_till(app) as till:
        office = till.shop.office
        invoice = till.asked(60_000)
        page, form = f"/invoices/{invoice.id}", f"/invoices/{invoice.id}/refunds/new"
        sign_in(client, office.manager)
        assert "Given back" not in text_of(client.get(page)) and "Only what was paid can go back" in text_of(client.get(form))
        till.shop.stripe.bank_transfer(till.customer(), 60_000)
        till.look()
        assert form in client.get(page).get_data(as_text=True) and "Nothing of it has gone back" in text_of(client.get(page))
        assert "Money goes back when the fund has ended or is closed" in text_of(client.get(form))
        funds.close_fund(fund_id=till.fund.id, reason="It is over.", actor=office.manager)
        assert "Received" in text_of(client.get(f"/funds/{till.fund.id}")) and "At most" in text_of(client.get(form))
        wrong = client.post(form, data={"pence": "601"})
        assert wrong.status_code == 422 and "£600 of this invoice is left to give back" in text_of(wrong)
        assert client.post(form, data={"pence": "100"}).headers["Location"].endswith(page)
        refund = db.session.query(Refund).one()
        assert "A budget holder of the whole Zone approves this" in text_of(client.get(page))
        sign_in(client, office.holder)
        assert page in client.get("/").get_data(as_text=True), "the second person finds it at home"
        assert client.get(form).status_code == 403 and "Approve it" in text_of(client.get(page))
        till.shop.stripe.asks_for_bank = True
        assert client.post(f"/refunds/{refund.id}/approve").status_code == 303
        till.work()
        assert "Stripe has asked the funder by e-mail for its bank account" in text_of(client.get(page))
        till.shop.stripe.end_refund(str(db.session.get_one(Refund, refund.id, populate_existing=True).stripe_refund), "succeeded")
        till.look()
        shown = text_of(client.get(page))
        assert "Refund 1" in shown and "£100" in shown and "Stripe is asked" not in shown
        sign_in(client, office.manager)
        assert "Sent back to the funder" in text_of(client.get(f"/funds/{till.fund.id}"))
        assert client.post(form, data={"pence": "5"}).status_code == 303
        second = db.session.query(Refund).filter_by(number=2).one()
        assert client.post(f"/refunds/{second.id}/give-up").status_code == 403 and client.post(f"/refunds/{second.id}/cancel").status_code == 303
        assert "Cancelled" in text_of(client.get(page))


def test_a_banks_table_is_looked_through_before_it_is_written(app: Flask, client: StrictClient) -> None:
    with open_till(app) as till:
        sign_in(client, till.shop.office.manager)
        good = "fund,amount,reference\nOpen fund,100,BACS 1\nopen fund,200,BACS 2\n"
        for wrong, why in (("", "Choose the file"), (f"{good}Open fund,1,BACS 2", "Row 4 has the fund and the reference of row 3"), (f"{good}Nobody,1,X", "no fund")):
            response = client.post("/receipts/new", data={"rows": wrong})
            assert response.status_code == 422 and why in text_of(response), why
        seen = client.post("/receipts/new", data={"table": (io.BytesIO(good.encode()), "bank.csv")}, content_type="multipart/form-data")
        assert "Write 2 receipts down" in text_of(seen) and "£700 still to come" in text_of(seen) and in_account(Account.AVAILABLE) == 0
        assert client.post("/receipts/new", data={"rows": good, "step": "write"}).status_code == 303 and in_account(Account.AVAILABLE) == 30_000
        more = text_of(client.post("/receipts/new", data={"rows": f"{good}Open fund,900,BACS 3\n"}))
        assert "There already" in more and "More than promised" in more and "Write the larger promise down" in more
        assert client.post("/receipts/new", data={"rows": good.replace("100", "101"), "step": "write"}).status_code == 422
