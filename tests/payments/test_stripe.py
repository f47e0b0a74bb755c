"""Paid once over Stripe, whatever the network does: the official client against a Stripe on loopback."""

from __future__ import annotations

import json
import os
import random
import threading
import time
import uuid
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts.models import Role
from app.notifications.handlers import Job, NotDone
from app.notifications.models import Task
from app.payments import queries
from app.payments.gateway import Event, StripeGateway, check_key
from app.payments.hooks import News
from app.payments.models import OVER, Payment, PaymentState, Place, StripeEvent
from app.payments.services import cash, news, reconciling, runs, sending
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import Forbidden
from config import Settings, SettingsRefused
from tests import factories
from tests.commissioning.scene import MONDAY, person
from tests.payments.shop import Shop, state_of, work
from tests.support.client import StrictClient

P = PaymentState


def test_an_error_that_stripe_saved_is_a_persons_to_let_go(shop: Shop) -> None:
    for fault in ("drop_before", "500"):
        payment = shop.payment(1_000)
        shop.stripe.fault(fault, "transfers$")
        assert work(payment) is P.UNKNOWN, fault
        for verb in (runs.cancel_payment, runs.try_again):
            with pytest.raises(Exception, match="Only a payment that is held"):
                verb(payment_id=payment.id, actor=shop.office.manager)
        shop.stripe.run_late()
        for hours in range(1, 12):
            if work(payment, hours=hours) is not P.UNKNOWN:
                break
        if fault == "500":  # Stripe replays a saved error for ever: a person decides
            assert state_of(payment) is P.QUARANTINE
            sending.let_go(payment_id=payment.id, actor=shop.office.manager)
            with pytest.raises(Forbidden):
                sending.let_go(payment_id=payment.id, actor=shop.office.manager)
            sending.let_go(payment_id=payment.id, actor=shop.office.holder)
            work(payment, hours=30)
            heard = [(news, attempt) for reference, news, attempt in shop.office.heard if reference == payment.reference]
            assert heard == [(News.SENT, 1), (News.REFUSED, 1), (News.SENT, 2), (News.PAID, 2)], "what was in flight is owed again before it goes again"
        assert state_of(payment) is P.PAID, fault
        assert len(shop.stripe.transfers(payment.group)) == 1, fault
    assert shop.at_stripe() == 0


def test_an_old_key_is_never_sent_again(shop: Shop) -> None:
    payment = shop.payment(1_000)
    shop.stripe.fault("drop_before", "transfers$")
    assert work(payment) is P.UNKNOWN
    shop.stripe.forget_keys()
    assert work(payment, hours=23.5) is P.QUARANTINE and shop.stripe.transfers() == []


def test_a_key_that_was_used_otherwise_is_a_doubt_and_no_refusal(shop: Shop) -> None:
    payment = shop.payment(1_000)
    shop.stripe.saved[f"test:payment:{payment.id}:transfer:1"] = ("something else", 200, {})
    assert work(payment) is P.QUARANTINE and shop.at_stripe() == 1_000


def test_a_partner_is_told_that_stripe_could_not_pay_its_bank(shop: Shop) -> None:
    organisation = factories.make_organisation(shop.office.zone, with_documents=False)
    partner = person(Role.PARTNER_ADMIN, shop.office.zone, organisation_id=organisation.id)
    payee = shop.office.payee(shop.office.bill(owner=organisation.id), with_details=False)
    with atomic():
        payee.stripe_account = "acct_1"
    for account in ("acct_1", "acct_1", "acct_of_nobody"):
        news.keep(Event(f"evt_{account}", "payout.failed", "po_1", False), json.dumps({"account": account}))
    shop.drain()
    assert db.session.scalars(sa.select(Task.person_id).where(Task.kind == news.SEE_STRIPE)).all() == [partner.id]


def test_too_little_money_holds_and_says_how_much(shop: Shop) -> None:
    first, second = shop.payments([3_000, 4_000])
    shop.fund(3_500)
    assert (work(first), work(second)) == (P.PAID, P.HELD)
    titles = [t.title for t in db.session.scalars(sa.select(Task).where(Task.kind == sending.TOP_UP, Task.closed_at.is_(None)))]
    assert titles == ["Top up Stripe by £35"]
    shop.fund(3_500)
    with atomic():
        assert sending.requeue_waiting(shop.office.zone.id, None) == 1
    shop.drain()
    assert state_of(second) is P.PAID and shop.at_stripe() == 0
    shop.stripe.available = 0
    with atomic():
        cash.move(key="x", zone_id=shop.office.zone.id, source=Place.BANK, target=Place.STRIPE, pence=900, actor=None)
    third = shop.payments([900])[0]
    assert work(third) is P.HELD, "Stripe itself says no"
    shop.stripe.top_up(900)
    runs.try_again(payment_id=third.id, actor=shop.office.manager)
    assert work(third) is P.PAID, "a new attempt has a new key, so the saved refusal is not replayed"


def test_a_partner_whom_stripe_still_checks_waits_for_the_news(shop: Shop) -> None:
    payment = shop.payment(1_000, status="restricted")
    assert work(payment) is P.HELD
    account = payment.payee.stripe_account
    assert account is not None
    shop.stripe.set_status(account, "active")
    news.sync_account(account)
    shop.drain()
    assert state_of(payment) is P.PAID


def test_webhooks_are_checked_kept_once_and_believed_in_nothing(shop: Shop, client: StrictClient) -> None:
    payment = shop.payment(2_000)
    shop.stripe.fault("drop_after", "transfers$")
    assert work(payment) is P.UNKNOWN
    event = shop.stripe.events[0]
    body, headers = shop.stripe.signed(event)

    def post(path: str, body: bytes, headers: dict[str, str]) -> int:
        return client.post(path, data=body, headers=headers, csrf=False).status_code

    wrong = (
        ("no signature", body, {"Content-Type": "application/json"}), ("tampered", body.replace(b"2000", b"2001"), headers),
        ("another's secret", *shop.stripe.signed(event, secret="whsec_other")), ("old", *shop.stripe.signed(event, at=int(time.time()) - 900)),
        ("live", *shop.stripe.signed({**event, "livemode": True})), ("thin at the wrong door", *shop.stripe.signed(shop.stripe.thin_event("acct_1"))),
        ("no event", *shop.stripe.signed({"object": "list"})),
    )
    for name, sent, with_headers in wrong:
        assert post("/stripe/webhook", sent, with_headers) == 400, name
    assert db.session.scalar(sa.select(sa.func.count()).select_from(StripeEvent)) == 0
    lie = {**event, "data": {"object": {**event["data"]["object"], "amount": 1, "amount_reversed": 1}}}
    for sent, with_headers in (shop.stripe.signed(lie), shop.stripe.signed(event, secret="whsec_before"), (body, headers)):
        assert post("/stripe/webhook", sent, with_headers) == 200
    thin, thin_headers = shop.stripe.signed(shop.stripe.thin_event(str(payment.payee.stripe_account)), secret="whsec_thin")
    assert post("/stripe/thin", thin, thin_headers) == 200 and post("/stripe/webhook", thin, thin_headers) == 400
    assert db.session.scalar(sa.select(sa.func.count()).select_from(StripeEvent)) == 2
    asked = len(shop.stripe.seen)
    assert post("/stripe/webhook", body, headers) == 200 and len(shop.stripe.seen) == asked, "answered without asking Stripe for anything"
    assert state_of(payment) is P.UNKNOWN, "and without doing anything"
    shop.drain()
    assert state_of(payment) is P.PAID and shop.at_stripe() == 0


def test_what_is_taken_back_at_stripe_is_owed_again(shop: Shop) -> None:
    payment = shop.payment(2_000)
    work(payment)
    [transfer] = shop.stripe.transfers()
    shop.stripe.reverse(transfer["id"], 2_000)
    for _ in range(2):
        news.sync_transfer(sending.gateway().get_transfer(transfer["id"]))
    assert state_of(payment) is P.HELD and shop.at_stripe() == 2_000 == shop.stripe.available
    runs.try_again(payment_id=payment.id, actor=shop.office.manager)
    assert work(payment) is P.PAID and shop.stripe.paid_pence() == 2_000


def test_a_transfer_that_says_otherwise_is_not_taken_for_ours(shop: Shop) -> None:
    payment = shop.payment(2_000)
    shop.stripe.fault("drop_after", "transfers$")
    work(payment)
    shop.stripe.transfers()[0]["destination"] = shop.stripe.account()
    assert work(payment, hours=2) is P.QUARANTINE


def test_a_partner_sets_up_its_account_on_stripes_own_pages(shop: Shop) -> None:
    payee = shop.office.payee(shop.office.bill(), with_details=False)
    there = {"payee_id": payee.id, "email": "dee@example.org", "refresh_url": "http://x/a", "return_url": "http://x/b", "actor": shop.office.manager}
    assert news.open_account(**there) == news.open_account(**there) == "https://connect.stripe.test/setup"
    assert len([o for o in shop.stripe.objects.values() if o["object"] == "v2.core.account"]) == 1
    db.session.rollback()
    account = queries.get_payee(payee.id, shop.office.manager).stripe_account
    assert account is not None and not queries.get_payee(payee.id, shop.office.manager).is_stripe_ready
    shop.stripe.set_status(account, "active")
    news.ask_about(payee_id=payee.id)
    shop.drain()
    db.session.rollback()
    assert queries.get_payee(payee.id, shop.office.manager).is_stripe_ready


def test_a_live_key_never_meets_a_test_address_nor_a_test_key_production() -> None:
    check_key("rk_test_1", "http://127.0.0.1:1", is_production=False)
    check_key("rk_live_1", "", is_production=True)
    for key, base, is_production in (
        ("rk_live_1", "http://127.0.0.1:1", True), ("sk_live_1", "", False), ("sk_test_1", "", True), ("pk_test_1", "", False),
    ):
        with pytest.raises(SettingsRefused):
            check_key(key, base, is_production=is_production)
    assert Settings.from_environment({"KITH_STRIPE_WEBHOOK_SECRETS": "a, b"}).stripe_webhook_secrets == ("a", "b")


def test_the_nightly_look_names_the_difference_and_where_it_sits(shop: Shop) -> None:
    payment = shop.payment(2_000)
    shop.stripe.fault("drop_after", "transfers$")
    work(payment)
    shop.fund(700)
    reconciling.ask()
    with clock.freeze(MONDAY + timedelta(hours=5)):
        shop.drain()
        found = reconciling.last_look()
        assert found is not None and (found.difference_pence, found.unexplained, found.missed) == (0, [], 1), "no webhook came, and it is found"
        assert db.session.scalars(sa.select(StripeEvent.kind)).all() == ["transfer.created"]
        assert state_of(payment) is P.PAID, "what was in doubt is settled on the way"
        shop.stripe.available -= 150
        shop.stripe._line("stripe_fee", -150, "")
        reconciling.ask()
    with clock.freeze(MONDAY + timedelta(hours=6)):
        shop.drain()
        reconciling.ask()
        shop.drain()
        found = reconciling.last_look()
        assert found is not None and found.missed == 0 and found.difference_pence == -150 and "stripe_fee -£1.50" in found.unexplained[0]
        reconciling.write_down(zone_id=shop.office.zone.id, step="fee", pence=150, reference="txn 1", actor=shop.office.manager)
        reconciling.write_down(zone_id=shop.office.zone.id, step="fee", pence=150, reference="txn 1", actor=shop.office.manager)
    assert shop.at_stripe() == shop.stripe.available == 550
    shop.stripe.top_up(12_345)  # and nobody wrote it down
    with clock.freeze(MONDAY + timedelta(hours=7)):
        reconciling.ask()
        shop.drain()
        found = reconciling.last_look()
    assert found is not None and found.difference_pence == 12_345
    assert [line[:13] for line in found.unexplained if "topup" in line] == ["topup £123.45"], "those that were written down are known by their amount"


# --- the property: overlapping workers, crashes and every fault at once --------------------------


class Crash(BaseException):
    """The process dies between Stripe's answer and our commit."""


class Crashing(StripeGateway):
    """The real gateway; after some answers the process is gone."""

    dice = random.Random(7)
    rate = 0.0

    def transfer(self, **asked: Any) -> Any:
        answer = super().transfer(**asked)
        if self.dice.random() < self.rate:
            raise Crash
        return answer


FAULTS = ("drop_before", "drop_after", "late", "500", "500_after", "429")


def test_nothing_is_paid_twice_and_nothing_stays_unpaid(shop: Shop, app: Flask, client: StrictClient) -> None:
    """KITH_STRIPE_PAYMENTS=1000 for the long run."""
    number = int(os.environ.get("KITH_STRIPE_PAYMENTS", "14"))
    dice = random.Random(int(os.environ.get("KITH_STRIPE_SEED", "11")))
    app.extensions[sending.EXTENSION] = Crashing("rk_test_loopback", shop.stripe.url, retries=0)
    Crashing.rate = 0.15
    amounts = [dice.randint(1, 90_000) for _ in range(number)]
    payments = []
    for start in range(0, number, 50):
        payments += shop.payments(amounts[start : start + 50])
    ids = [payment.id for payment in payments]
    shop.fund(sum(amounts) * 2 // 3)
    delivered = 0
    for round_ in range(6):
        now = MONDAY + timedelta(hours=1 + 3 * round_)
        for _ in range(max(4, number // 4)):
            shop.stripe.fault(dice.choice(FAULTS), dice.choice(("transfers$", "transfers")))
        two_workers(app, ids, now, dice)
        shop.stripe.run_late()
        delivered = deliver(shop, client, delivered, dice, now)
        if dice.random() < 0.3:
            shop.stripe.forget_keys()
        if round_ == 3:
            shop.fund(sum(amounts) - sum(amounts) * 2 // 3)
            with clock.freeze(now), atomic():
                sending.requeue_waiting(shop.office.zone.id, None)
    shop.stripe.faults.clear()
    Crashing.rate = 0.0
    for day in range(2, 8):
        now = MONDAY + timedelta(days=day)
        with clock.freeze(now):
            release_all(shop)
        two_workers(app, ids, now, dice)
        two_workers(app, ids, now + timedelta(hours=3), dice)
    db.session.rollback()
    made = db.session.scalars(sa.select(Payment).where(Payment.id.in_(ids))).unique().all()
    twice = [p.reference for p in made if len(shop.stripe.transfers(p.group)) != 1]
    assert twice == [], "one transfer each"
    assert {p.state for p in made} == {P.PAID}
    assert shop.stripe.paid_pence() == sum(amounts) == queries.cash_in(shop.office.zone.id)[Place.PARTNERS]
    assert shop.stripe.available == shop.at_stripe() == 0 and sum(queries.cash_in(shop.office.zone.id).values()) == 0


def two_workers(app: Flask, ids: list[uuid.UUID], now: Any, dice: random.Random) -> None:
    """Both go over everything in an order of their own; one that crashes takes up the next, as a new process would."""

    def run(order: list[uuid.UUID]) -> None:
        with app.app_context(), clock.freeze(now):
            for payment_id in order:
                try:
                    sending.work(payment_id)
                except Crash:
                    db.session.remove()
            db.session.remove()

    db.session.rollback()
    due = list(db.session.scalars(sa.select(Payment.id).where(Payment.id.in_(ids), Payment.state.not_in(OVER))))
    db.session.rollback()
    threads = [threading.Thread(target=run, args=(dice.sample(due, len(due)),)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def deliver(shop: Shop, client: StrictClient, done: int, dice: random.Random, now: Any) -> int:
    """The webhooks since the last time: three in ten lost, the others once or twice, in any order."""
    fresh = [event for event in shop.stripe.events[done:] if dice.random() > 0.3]
    for event in dice.sample(fresh * 2, len(fresh) + len(fresh) // 2):
        body, headers = shop.stripe.signed(event)
        assert client.post("/stripe/webhook", data=body, headers=headers, csrf=False).status_code == 200
    with clock.freeze(now):
        for event_id in db.session.scalars(sa.select(StripeEvent.id).where(StripeEvent.handled_at.is_(None))).all():
            with suppress(NotDone):
                news.handle(Job(uuid.uuid4(), news.TOPIC, {"event_id": event_id}, 1))
    return len(shop.stripe.events)


def release_all(shop: Shop) -> None:
    """What is set apart is let go by two people; what is held goes again."""
    db.session.rollback()
    for payment in db.session.scalars(sa.select(Payment).where(Payment.state.in_((P.QUARANTINE, P.HELD)))).unique().all():
        if payment.state is P.HELD:
            runs.try_again(payment_id=payment.id, actor=shop.office.manager)
        else:
            for person in (shop.office.manager, shop.office.holder):
                sending.let_go(payment_id=payment.id, actor=person)
