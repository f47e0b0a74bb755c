"""What leaves the house about payments: no child's name or need, and nothing that anybody wrote, in any field of any of it."""

from __future__ import annotations

import uuid
from datetime import date

from flask import Flask

from app.attendance.models import MarkKind
from app.billing import services
from app.billing.models import Statement, StatementState
from app.billing.services import taking_back
from app.billing.services.giving_back import give_back
from app.commissioning.services import funds
from app.payments import queries as payments
from app.payments.files import bulk_csv
from app.payments.models import PaymentRun, Place, Rail, Refund, RefundState, TakeBack, Way
from app.payments.rails.bank_file import BACS, content_of
from app.payments.services import cash, news, refunding, runs, settings, taking
from app.shared.db import atomic, db
from tests.billing.desk import Desk, open_desk, state_of
from tests.billing.test_paying import nothing_is_broken, paid_run
from tests.billing.till import open_till
from tests.payments.office import Office
from tests.payments.shop import Shop, open_shop
from tests.support.client import StrictClient
from tests.support.people import sign_in

EXPORTS = {"payments.run_xero", "payments.run_sage", "payments.file_fetch", "billing.statement_file"}
"""Every file of these two rooms. What is new is added here, and read below."""
WRITTEN = "Zephyrine was sad after her session"


def secrets(desk: Desk) -> list[str]:
    """What must stand in nothing that leaves."""
    told = [WRITTEN, "sad after"]
    for child in desk.children:
        told += [child.first_name, child.last_name, str(child.id)]
    commissions = [desk.club.commissions[child.id] for child in desk.children]
    return [text for text in (*told, *(c.goal for c in commissions), *(c.why for c in commissions), *(c.need_code or "" for c in commissions)) if len(text) > 2]


def none_of(desk: Desk, content: bytes, name: str) -> None:
    for secret in secrets(desk):
        assert secret.lower().encode() not in content.lower(), f"“{secret}” stands in {name}"


def queried_and_approved(desk: Desk) -> Statement:
    """With free text of both sides on it."""
    statement = desk.draw()
    line = statement.lines[0]
    services.query_line(line_id=line.id, words=WRITTEN, actor=desk.partner)
    services.answer_line(line_id=line.id, words=WRITTEN, actor=desk.manager)
    services.agree(statement_id=statement.id, actor=desk.partner)
    services.hold(statement_id=statement.id, why=WRITTEN, actor=desk.manager)
    services.release(statement_id=statement.id, actor=desk.manager)
    services.verify(statement_id=statement.id, actor=desk.manager)
    return services.approve(statement_id=statement.id, actor=desk.holder)


def test_every_file_holds_no_child_and_nothing_that_was_written(app: Flask, client: StrictClient) -> None:
    files = {
        rule.endpoint for rule in app.url_map.iter_rules()
        if rule.endpoint.split(".")[0] in ("payments", "billing") and (rule.rule.endswith((".csv", ".txt", ".json")) or "fetch" in rule.rule)
    }
    assert files == EXPORTS
    desk = open_desk(children=1, weeks=1)
    zone_id, organisation = desk.club.scene.zone.id, desk.club.scene.organisation
    with desk.later():
        statement = queried_and_approved(desk)
        office = Office(desk.club.scene.zone, desk.manager, desk.holder, desk.club.scene.second)
        office.payee(runs.Bill(organisation.id, organisation.name, []))
        payment = paid_run(desk)
        sign_in(client, desk.manager)
        for path in (f"/payment-runs/{payment.run_id}/xero.csv", f"/payment-runs/{payment.run_id}/sage.csv", f"/statements/{statement.id}/lines.csv"):
            answer = client.get(path)
            assert answer.status_code == 200 and answer.data
            none_of(desk, answer.data + str(answer.headers).encode(), path)
        own = {"own_name": "The Trust", "own_sort_code": "309089", "own_account": "77665544", "service_user": "123456"}
        for profile in (*bulk_csv.PROFILES, BACS):
            columns = list(bulk_csv.COLUMNS) if profile == "own" else []
            settings.change_settings(zone_id=zone_id, rail=Rail.BANK_FILE, profile=profile, columns=columns, actor=desk.manager, **own)
            runs.mark_returned(payment_id=payment.id, code="refused", actor=desk.manager)
            runs.try_again(payment_id=payment.id, actor=desk.manager)
            db.session.rollback()
            file = db.session.get_one(PaymentRun, payment.run_id).files[-1]
            assert file.profile == profile
            none_of(desk, content_of(file) + file.name.encode(), profile)


def test_nothing_that_goes_to_stripe_names_a_child_or_quotes_anybody(app: Flask) -> None:
    desk = open_desk(children=1, weeks=1)
    with open_shop(app) as shop:
        with desk.later():
            payee_id = pay_over(shop, desk)
            queried_and_approved(desk)
            payment = paid_run(desk)
            shop.drain()
            news.open_account(payee_id=payee_id, email="dee@example.org", refresh_url="http://x/a", return_url="http://x/b", actor=desk.manager)
        desk.correct(desk.children[0], MarkKind.ABSENT_TOLD, 0)
        with desk.later():
            credit = desk.approved()
            taken = taking_back.ask(statement_id=credit.id, payment_id=payment.id, way=Way.STRIPE, reference="", actor=desk.manager)
            taking.approve(take_back_id=taken.id, actor=desk.holder)
            shop.drain()
            assert db.session.get_one(TakeBack, taken.id, populate_existing=True).reversal_id
            assert state_of(credit) is StatementState.PAID and payments.cash_in(credit.zone_id)[Place.PARTNERS] == 0
            nothing_is_broken()
        sent = b"\n".join(shop.stripe.bodies)
    assert b"/v1/transfers" in sent and b"/reversals" in sent and b"/v2/core/account" in sent
    none_of(desk, sent, "what went to Stripe")


def test_nothing_that_a_funder_is_asked_or_given_back_by_names_a_child_or_quotes_anybody(app: Flask) -> None:
    """What is written about the fund stays in the house as well: its name, its purpose, why it is closed."""
    desk = open_desk(children=1, weeks=1)
    with open_till(app) as till:
        fund = funds.open_fund(
            zone_id=till.fund.zone_id, name=f"Fund of {WRITTEN}", funder="Southside Trust", purpose=WRITTEN, starts_on=date(2026, 1, 1),
            ends_on=date(2030, 1, 1), actor=till.shop.office.manager,
        )
        funds.pledge(fund_id=fund.id, pence=9_000, reference=WRITTEN, actor=till.shop.office.manager)
        till.fund = fund
        invoice = till.asked(9_000)
        till.shop.stripe.bank_transfer(till.customer(), 9_000)
        till.look()
        funds.close_fund(fund_id=fund.id, reason=WRITTEN, actor=till.shop.office.manager)
        refund = give_back(invoice_id=invoice.id, pence=9_000, actor=till.shop.office.manager)
        refunding.approve(refund_id=refund.id, actor=till.shop.office.holder)
        till.work()
        assert db.session.get_one(Refund, refund.id, populate_existing=True).state is RefundState.DONE
        sent = b"\n".join(till.shop.stripe.bodies)
    for path in (b"/v1/customers", b"/v1/invoices", b"/v1/invoiceitems", b"/finalize", b"/send", b"/v1/refunds"):
        assert b"POST " in sent and path in sent, path
    none_of(desk, sent, "what went to Stripe about money of funders")


def pay_over(shop: Shop, desk: Desk) -> uuid.UUID:
    """The desk's Zone pays over Stripe: a payee that is ready, and money there."""
    organisation, zone_id = desk.club.scene.organisation, desk.club.scene.zone.id
    office = Office(desk.club.scene.zone, desk.manager, desk.holder, desk.club.scene.second)
    settings.change_settings(zone_id=zone_id, rail=Rail.STRIPE, profile="generic", actor=desk.manager)
    payee = office.payee(runs.Bill(organisation.id, organisation.name, []), with_details=False)
    shop.stripe.top_up(9_000)
    with atomic():
        payee.stripe_account, payee.is_stripe_ready = shop.stripe.account(), True
        cash.move(key="there", zone_id=zone_id, source=Place.BANK, target=Place.STRIPE, pence=9_000, actor=None)
    return payee.id
