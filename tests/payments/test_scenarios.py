"""What Kith does at Stripe, told so that it runs against the Stripe on loopback and, with STRIPE_TEST_KEY, against a real sandbox.

The sandbox needs one account with an active recipient configuration; money comes there from a test card. Faults of the network are
made on a line of our own in between, so the official client and Stripe itself are as they are. Only what is ours is looked at: the
sandbox may hold anything else.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import stripe
from flask import Flask

from app.notifications.handlers import NotDone
from app.payments.gateway import StripeGateway, check_key
from app.payments.models import PaymentState, TakeBack, TakeBackState, Way
from app.payments.services import news, reversing, runs, sending, taking
from app.shared import clock
from app.shared.db import db
from config import SettingsRefused
from tests.commissioning.scene import MONDAY
from tests.fakes.stripe import FakeStripe, serve
from tests.fakes.stripe_line import REAL, BadLine, serve_line
from tests.payments.shop import Shop, open_shop, state_of, work

P, T = PaymentState, TakeBackState
KEY = os.environ.get("STRIPE_TEST_KEY", "")


@dataclass
class Sandbox(BadLine):
    """A real sandbox behind the line, asked with the official client for what a test has to see."""

    key: str = ""

    def __post_init__(self) -> None:
        self.client = stripe.StripeClient(self.key, base_addresses={"api": self.behind})

    def account(self, status: str = "active") -> str:
        """A recipient that can be paid: `status` other than active is made anew."""
        if status != "active":
            raise NotImplementedError("a sandbox's accounts are as they are")
        for found in self.client.v2.core.accounts.list({"applied_configurations": ["recipient"], "limit": 20}).data:
            if StripeGateway(self.key, self.behind).is_ready(found.id):
                return found.id
        raise AssertionError("The sandbox has no account whose recipient configuration can take transfers: set one up there first.")

    def top_up(self, pence: int) -> None:
        """Money that is available at once, from Stripe's test card for that."""
        self.client.v1.payment_intents.create({
            "amount": max(pence * 2, 1_000), "currency": "gbp", "payment_method": "pm_card_bypassPending", "confirm": True,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        })

    def transfers(self, group: str) -> list[dict[str, Any]]:
        return [found.to_dict() for found in self.client.v1.transfers.list({"transfer_group": group, "limit": 100}).auto_paging_iter()]


class Loopback(BadLine):
    """The fake behind the same line."""

    stripe: FakeStripe

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stripe, name)


@pytest.fixture(params=["loopback", pytest.param("sandbox", marks=pytest.mark.stripe_sandbox)])
def far(request: pytest.FixtureRequest, app: Flask) -> Iterator[Shop]:
    """An office that pays over a line to one Stripe or the other."""
    with open_shop(app) as shop, (_sandbox() if request.param == "sandbox" else _loopback()) as line:
        app.extensions[sending.EXTENSION] = StripeGateway(KEY if request.param == "sandbox" else "rk_test_loopback", line.url, retries=0)
        shop.stripe = line  # type: ignore[assignment]
        yield shop


@contextmanager
def _loopback() -> Iterator[BadLine]:
    fake, line = FakeStripe(), Loopback()
    line.stripe = fake
    servers = [serve(fake), serve_line(line)]
    line.behind = fake.url
    yield line
    for server in servers:
        server.shutdown()
        server.server_close()
    assert fake.drifted == []


@contextmanager
def _sandbox() -> Iterator[BadLine]:
    check_key(KEY, REAL, is_production=False)
    line = Sandbox(key=KEY)
    server = serve_line(line)
    yield line
    server.shutdown()
    server.server_close()


def test_a_payment_is_one_transfer_and_the_worker_makes_it(far: Shop) -> None:
    payment = far.payment(500)
    far.drain()
    assert state_of(payment) is P.PAID and work(payment) is P.PAID
    [transfer] = far.stripe.transfers(payment.group)
    assert (transfer["amount"], transfer["transfer_group"], transfer["metadata"]["payment_id"]) == (500, payment.group, str(payment.id))
    assert far.at_stripe() == 0 and payment.payee.name not in str(transfer), "opaque keys alone leave the house"


def test_every_fault_of_the_line_ends_in_one_transfer(far: Shop) -> None:
    for fault in ("drop_before", "drop_after", "late", "500", "500_after", "429"):
        payment = far.payment(100)
        far.stripe.fault(fault, "transfers$")
        assert work(payment) is P.UNKNOWN, fault
        far.stripe.run_late()
        for hours in range(1, 12):
            if work(payment, hours=hours) is not P.UNKNOWN:
                break
        assert state_of(payment) is P.PAID, fault
        assert len(far.stripe.transfers(payment.group)) == 1, fault
    assert far.at_stripe() == 0


def test_a_part_then_the_rest_is_taken_back_once(far: Shop) -> None:
    payment = far.payment(500)
    assert work(payment) is P.PAID
    for pence, fault, state in ((200, "drop_after", P.PART_REVERSED), (300, "429", P.REVERSED)):
        taken = taking.ask(payment_id=payment.id, credit_items=[(payment.id, -pence)] if pence == 200 else [(payment.run_id, -pence)], way=Way.STRIPE, actor=far.office.manager)
        taking.approve(take_back_id=taken.id, actor=far.office.holder)
        far.stripe.fault(fault, "reversals$", times=2)
        for hours in range(3):
            with clock.freeze(MONDAY + timedelta(hours=hours)):
                try:
                    reversing.work(taken.id)
                except NotDone:
                    db.session.rollback()
        assert db.session.get_one(TakeBack, taken.id, populate_existing=True).state is T.DONE
        assert state_of(payment) is state
    assert [t["amount_reversed"] for t in far.stripe.transfers(payment.group)] == [500] and far.at_stripe() == 500


def test_a_whole_payment_is_taken_back_and_sent_again(far: Shop) -> None:
    payment = far.payment(500)
    assert work(payment) is P.PAID
    taken = taking.ask(payment_id=payment.id, way=Way.STRIPE, actor=far.office.manager)
    taking.approve(take_back_id=taken.id, actor=far.office.holder)
    far.drain()
    assert state_of(payment) is P.HELD and far.at_stripe() == 500
    runs.try_again(payment_id=payment.id, actor=far.office.manager)
    assert work(payment, hours=1) is P.PAID
    assert sorted(t["amount_reversed"] for t in far.stripe.transfers(payment.group)) == [0, 500]


def test_a_partner_is_sent_to_stripes_own_page(far: Shop) -> None:
    payee = far.office.payee(far.office.bill(), with_details=False)
    there = {"payee_id": payee.id, "email": "dee@example.org", "refresh_url": "https://example.org/a", "return_url": "https://example.org/b"}
    first, second = (news.open_account(**there, actor=far.office.manager) for _ in range(2))  # type: ignore[arg-type]
    assert first.startswith("https://connect.stripe.") and second.startswith("https://connect.stripe.")


def test_a_live_key_is_refused_for_the_scenarios_too() -> None:
    for key in ("sk_live_1", "rk_live_1", "pk_test_1"):
        with pytest.raises(SettingsRefused):
            check_key(key, REAL, is_production=False)
