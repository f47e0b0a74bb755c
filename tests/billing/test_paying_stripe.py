"""A statement paid over Stripe whose payment nobody can tell of: in flight until two people let it go, then owed, sent and paid once."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from app.billing.models import StatementState
from app.billing.services import paying
from app.commissioning.models import Account
from app.payments.models import Payment, PaymentState, Place, Rail
from app.payments.services import cash, payees, runs, sending, settings
from app.shared import clock
from app.shared.db import atomic, db
from tests.billing.desk import in_account, open_desk, state_of
from tests.billing.test_paying import nothing_is_broken
from tests.payments.shop import open_shop

A, P, S = Account, PaymentState, StatementState


def test_a_payment_that_was_set_apart_is_owed_again_before_it_is_sent_again(app: Flask) -> None:
    desk = open_desk(weeks=1)
    zone, scene = desk.club.scene.zone, desk.club.scene
    with open_shop(app) as shop, desk.later():
        settings.change_settings(zone_id=zone.id, rail=Rail.STRIPE, profile="generic", actor=desk.manager)
        shop.stripe.top_up(4_000)
        with atomic():
            cash.move(key="test", zone_id=zone.id, source=Place.BANK, target=Place.STRIPE, pence=4_000, actor=desk.manager)
            payee = payees.ensure_payee(zone_id=zone.id, owner_id=scene.organisation.id, name=scene.organisation.name)
            payee.stripe_account, payee.is_stripe_ready = shop.stripe.account(), True
        statement = desk.approved()
        run = paying.prepare_run(zone_id=zone.id, actor=desk.manager)
        for person in (scene.holder, scene.second)[: run.needs]:
            runs.approve(run_id=run.id, actor=person)
        payment = db.session.get_one(Payment, run.payments[0].id)
        shop.stripe.fault("500", "transfers$")
        for hours in range(12):
            with clock.freeze(clock.now() + timedelta(hours=hours)):
                sending.work(payment.id)
        nothing_is_broken()
        assert payment.state is P.QUARANTINE and (in_account(A.ACCRUED), in_account(A.IN_FLIGHT)) == (0, 4_000)
        for person in (desk.manager, scene.holder):
            sending.let_go(payment_id=payment.id, actor=person)
        assert (in_account(A.ACCRUED), in_account(A.IN_FLIGHT), state_of(statement)) == (4_000, 0, S.FAILED)
        nothing_is_broken()
        sending.work(payment.id)
        assert (in_account(A.ACCRUED), in_account(A.IN_FLIGHT), in_account(A.PAID), state_of(statement)) == (0, 0, 4_000, S.PAID)
        assert len(shop.stripe.transfers()) == 1
        nothing_is_broken()
