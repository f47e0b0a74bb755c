"""Payments through the pages: who prepares, who says yes, what the bank did, and where money goes."""

from __future__ import annotations

from bs4 import BeautifulSoup
from flask import Flask

from app.accounts.models import Role
from app.payments.models import Payee, Payment, PaymentRun, PaymentState, TakeBack
from app.shared.db import db
from tests import factories
from tests.commissioning.scene import person
from tests.payments.office import open_office
from tests.support.client import StrictClient
from tests.support.people import sign_in


def text_of(response: object) -> str:
    return BeautifulSoup(response.get_data(as_text=True), "html.parser").get_text(" ", strip=True)  # type: ignore[attr-defined]


def test_a_run_goes_from_hand_to_hand(app: Flask, client: StrictClient) -> None:
    office = open_office()
    bills = [office.bill(10_000, name="Westway Beats"), office.bill(7_000, name="Swim Club")]
    for bill in bills:
        office.payee(bill)
    run = office.run(*bills)
    path, stranger = f"/payment-runs/{run.id}", person(Role.ZONE_MANAGER, factories.make_zone())
    sign_in(client, stranger)
    assert client.get(path).status_code == 404 and client.post(f"{path}/approve").status_code == 404
    sign_in(client, office.manager)
    assert "Westway Beats" in text_of(client.get(path)) and client.post(f"{path}/approve").status_code == 403
    assert client.get("/payment-runs/new").status_code == 200 and client.post("/payment-runs/new").status_code == 303
    sign_in(client, office.holder)
    assert "Approve this run" in text_of(client.get(path))
    client.post(f"{path}/approve", data={"seen_version": "99"})
    client.post(f"{path}/approve", data={"seen_version": str(run.version)})
    db.session.rollback()
    file = db.session.get_one(PaymentRun, run.id).files[0]
    assert client.post(f"/bank-files/{file.id}/fetch").status_code == 403, "a budget holder says yes, and fetches nothing"
    sign_in(client, office.manager)
    fetched = client.post(f"/bank-files/{file.id}/fetch")
    assert fetched.mimetype == "text/csv" and "WESTWAY BEATS,100.00" in fetched.get_data(as_text=True)
    client.post(f"/bank-files/{file.id}/uploaded")
    first, second = db.session.get_one(PaymentRun, run.id).payments
    client.post(f"/payments/{first.id}/paid")
    assert client.post(f"/payments/{second.id}/returned", data={}).status_code == 422
    assert client.post(f"/payments/{second.id}/returned", data={"code": "account_closed"}).status_code == 303
    assert "The account is closed" in text_of(client.get(path))
    client.post(f"/payments/{second.id}/again")
    client.post(f"{path}/all-paid")
    db.session.rollback()
    assert {p.state for p in db.session.query(Payment)} == {PaymentState.PAID}
    back = f"/payments/{second.id}/take-back"
    assert "Ask for all of it back" in text_of(client.get(back))
    assert client.post(back, data={"reference": ""}).status_code == 422
    assert client.post(back, data={"reference": "FPS 12"}).status_code == 303
    shown = text_of(client.get(path))
    assert "FPS 12" in shown and "Approve it" not in shown, "the manager asked, and does not approve"
    taken = db.session.query(TakeBack).one()
    sign_in(client, office.holder)
    assert "Approve it" in text_of(client.get(path))
    client.post(f"/take-backs/{taken.id}/approve")
    assert client.post(f"/take-backs/{taken.id}/give-up").status_code == client.post(f"/take-backs/{taken.id}/cancel").status_code == 303
    db.session.rollback()
    assert db.session.get_one(Payment, second.id).held_code == "taken_back" and "Taken back" in text_of(client.get(path))
    sign_in(client, stranger)
    assert client.post(f"/take-backs/{taken.id}/approve").status_code == client.get(back).status_code == 404


def test_a_partner_gives_its_account_once_and_nobody_reads_it_again(app: Flask, client: StrictClient) -> None:
    office = open_office()
    organisation = factories.make_organisation(office.zone, with_documents=False)
    partner = person(Role.PARTNER_ADMIN, office.zone, organisation_id=organisation.id)
    sign_in(client, partner)
    to = client.post(f"/organisations/{organisation.id}/bank-details")
    payee = db.session.query(Payee).one()
    path = f"/payees/{payee.id}"
    assert to.headers["Location"].endswith(path)
    wrong = client.post(path, data={"account_name": "Westway Beats", "sort_code": "12-34", "account": "87654321"})
    assert wrong.status_code == 422
    client.post(path, data={"account_name": "Westway Beats", "sort_code": "65-43-21", "account": "87654321"})
    detail = db.session.get_one(Payee, payee.id).details[0]
    assert client.get(f"/bank-details/{detail.id}/confirm").status_code == 403
    for someone in (partner, office.manager, office.holder):
        sign_in(client, someone)
        shown = text_of(client.get(path))
        assert "ends in 321" in shown and "87654321" not in shown and "65-43-21" not in shown
    assert client.post(f"/bank-details/{detail.id}/confirm", data={"checked_how": ""}).status_code == 422
    assert client.post(f"/bank-details/{detail.id}/confirm", data={"checked_how": "Rang Dee."}).status_code == 303
    assert client.post(f"/bank-details/{detail.id}/stop").status_code == 303, "counts already: refused in words"
    assert "ends in 321" in text_of(client.get("/payees"))
    sign_in(client, person(Role.PARTNER_ADMIN, office.zone, organisation_id=factories.make_organisation(office.zone, with_documents=False).id))
    assert client.get(path).status_code == 404


def test_a_zone_manager_says_how_the_zone_pays(app: Flask, client: StrictClient) -> None:
    office = open_office()
    sign_in(client, office.holder)
    assert client.get("/payment-settings").status_code == 403
    sign_in(client, office.manager)
    given = {"rail": "bank_file", "profile": "own", "columns": "sort_code, account"}
    assert client.post("/payment-settings", data=given).status_code == 422
    assert client.post("/payment-settings", data=given | {"columns": "sort_code, account, pence, reference", "xero_account": "429"}).status_code == 303
    assert "sort_code, account, pence, reference" in client.get("/payment-settings").get_data(as_text=True)
