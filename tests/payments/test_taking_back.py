"""Money comes back because two people wanted it, once, whatever the network does; what nobody asked for is a person's to settle."""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.notifications.handlers import NotDone
from app.notifications.models import Task
from app.payments import queries
from app.payments.models import (
    TAKE_BACK_MOVES,
    Payment,
    PaymentItem,
    PaymentState,
    Place,
    TakeBack,
    TakeBackState,
    Way,
)
from app.payments.services import news, reversing, runs, sending, taking
from app.payments.services.runs import PaidAlready
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import Forbidden, IllegalMove, Invalid
from tests.commissioning.scene import MONDAY
from tests.payments.office import Office, open_office
from tests.payments.shop import Shop, state_of, work

P, T = PaymentState, TakeBackState


def paid(shop: Shop, pence: int = 5_000) -> Payment:
    payment = shop.payment(pence)
    assert work(payment) is P.PAID
    return payment


def asked(office: Office, payment: Payment, pence: int | None = 2_000, *, way: Way = Way.STRIPE, reference: str = "") -> TakeBack:
    """By the manager: a part against a credit, or with None the whole."""
    items = [] if pence is None else [(uuid.uuid4(), -pence - 5), (uuid.uuid4(), 5)]
    return taking.ask(payment_id=payment.id, credit_items=items, way=way, reference=reference, actor=office.manager)


def agreed(shop: Shop, payment: Payment, pence: int | None = 2_000) -> TakeBack:
    return taking.approve(take_back_id=asked(shop.office, payment, pence).id, actor=shop.office.holder)


def bring_on(taken: TakeBack, *, hours: float = 0) -> TakeBackState:
    """One step of the worker's."""
    with clock.freeze(MONDAY + timedelta(hours=hours)), suppress(NotDone):
        reversing.work(taken.id)
    db.session.rollback()
    return db.session.get_one(TakeBack, taken.id).state


def looks(payment: Payment) -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Task.title).where(Task.subject_id == payment.id, Task.kind == sending.LOOK)))


def test_a_part_is_taken_back_by_two_people_and_the_worker(shop: Shop) -> None:
    payment = paid(shop)
    taken = asked(shop.office, payment)
    with pytest.raises(Forbidden):
        taking.approve(take_back_id=taken.id, actor=shop.office.manager)
    with pytest.raises(IllegalMove):
        asked(shop.office, payment, 1_000)
    taking.approve(take_back_id=taken.id, actor=shop.office.holder)
    for verb in (taking.approve, taking.cancel, taking.give_up):
        with pytest.raises(IllegalMove):
            verb(take_back_id=taken.id, actor=shop.office.second)  # type: ignore[operator]
    shop.drain()
    assert (state_of(payment), payment.reversed_pence) == (P.PART_REVERSED, 2_000)
    assert shop.at_stripe() == 2_000 == shop.stripe.available
    [reversal] = [o for o in shop.stripe.objects.values() if o["object"] == "transfer_reversal"]
    assert (reversal["amount"], reversal["metadata"]) == (2_000, {"take_back_id": str(taken.id)}), "a key of ours alone goes out"
    news.sync_transfer(sending.gateway().get_transfer(str(payment.transfer_id)))
    assert looks(payment) == [], "Stripe says no more than our books"
    assert bring_on(agreed(shop, payment, 3_000)) is T.DONE
    assert state_of(payment) is P.REVERSED and shop.at_stripe() == 5_000 == shop.stripe.available
    with pytest.raises(IllegalMove):
        asked(shop.office, payment, 1)


def test_every_fault_of_the_network_ends_in_one_reversal(shop: Shop) -> None:
    for fault in ("drop_before", "drop_after", "late", "500_after", "429"):
        payment = paid(shop)
        taken = agreed(shop, payment)
        shop.stripe.fault(fault, "transfers/.*/reversals$")  # the look
        assert bring_on(taken) is T.SENDING, fault
        shop.stripe.run_late()
        shop.stripe.faults.clear()
        asking = sending.gateway().reverse
        calls: list[int] = []

        def meddle(*given: object, fault: str = fault, calls: list[int] = calls, asking: object = asking, **named: object) -> object:
            if not calls:
                shop.stripe.fault(fault, "transfers/.*/reversals$")
            calls.append(1)
            return asking(*given, **named)  # type: ignore[operator]

        sending.gateway().reverse = meddle  # type: ignore[method-assign,assignment]
        assert bring_on(taken) is T.SENDING, f"{fault}: nobody can tell"
        del sending.gateway().reverse
        shop.stripe.run_late()
        for hours in (1, 2):
            bring_on(taken, hours=hours)
        there = shop.stripe.objects[str(payment.transfer_id)]["amount_reversed"]
        assert (bring_on(taken, hours=3), there) == (T.DONE, 2_000), fault
    assert shop.at_stripe() == shop.stripe.available == 5 * 2_000


def test_what_stripe_refuses_frees_the_credit_for_the_next_payment(shop: Shop) -> None:
    payment = paid(shop)
    shop.stripe.paid_out(payment.payee.stripe_account or "")
    taken = agreed(shop, payment)
    assert bring_on(taken) is T.REFUSED and taken.why_not == "balance_insufficient"
    assert queries.in_payment([item.payable_id for item in taken.items]) == set()
    assert state_of(payment) is P.PAID and looks(payment) == ["Stripe did not take money back"]
    over_the_bank = asked(shop.office, payment, way=Way.BANK, reference="FPS 7")
    taking.approve(take_back_id=over_the_bank.id, actor=shop.office.holder)
    news.sync_transfer(sending.gateway().get_transfer(str(payment.transfer_id)))
    assert state_of(payment) is P.PART_REVERSED and len(looks(payment)) == 1, "what came over the bank is none of Stripe's"
    assert shop.at_stripe() == 0 and queries.cash_in(shop.office.zone.id)[Place.BANK] == 2_000 - 5_000


def test_what_somebody_took_back_on_stripes_pages_is_not_taken_again(shop: Shop) -> None:
    payment = paid(shop)
    shop.stripe.reverse(str(payment.transfer_id), 2_000)
    news.sync_transfer(sending.gateway().get_transfer(str(payment.transfer_id)))
    assert looks(payment) == ["Part of a payment was taken back at Stripe"]
    assert bring_on(agreed(shop, payment, 1_500)) is T.SENDING, "another amount: nobody takes more on top of it"
    other = paid(shop)
    shop.stripe.reverse(str(other.transfer_id), 2_000)
    assert bring_on(agreed(shop, other)) is T.DONE, "two people wanted just this"
    assert shop.stripe.objects[str(other.transfer_id)]["amount_reversed"] == 2_000


def test_a_key_that_stripe_has_forgotten_is_not_sent_and_a_second_person_gives_it_up(shop: Shop) -> None:
    payment = paid(shop)
    taken = agreed(shop, payment)
    shop.stripe.fault("drop_before", "reversals$", times=9)
    assert bring_on(taken) is T.SENDING
    with pytest.raises(IllegalMove):
        taking.give_up(take_back_id=taken.id, actor=shop.office.holder)
    shop.stripe.faults.clear()
    shop.stripe.forget_keys()
    assert bring_on(taken, hours=24) is T.SENDING and shop.stripe.objects[str(payment.transfer_id)]["amount_reversed"] == 0
    with clock.freeze(MONDAY + timedelta(hours=25)):
        with pytest.raises(Forbidden):
            taking.give_up(take_back_id=taken.id, actor=shop.office.manager)
        taking.give_up(take_back_id=taken.id, actor=shop.office.holder)
    assert bring_on(taken, hours=25) is T.REFUSED and state_of(payment) is P.PAID


def test_over_the_bank_the_second_yes_writes_it_down(app: Flask) -> None:
    office = open_office()
    bill = office.bill(9_000)
    office.payee(bill)
    payment = office.started(bill).payments[0]
    with pytest.raises(IllegalMove):
        asked(office, payment, way=Way.BANK, reference="FPS 1")
    runs.mark_paid(payment_id=payment.id, actor=office.manager)
    for way, reference, pence in ((Way.STRIPE, "", 10), (Way.BANK, "", 10), (Way.BANK, "FPS 1", 9_001), (Way.BANK, "FPS 1", -3)):
        with pytest.raises(Invalid):
            asked(office, payment, pence, way=way, reference=reference)
    with pytest.raises(Forbidden):
        taking.ask(payment_id=payment.id, way=Way.BANK, reference="x", actor=office.holder)
    dropped = asked(office, payment, way=Way.BANK, reference="FPS 1")
    again = [(item.payable_id, item.pence) for item in dropped.items]
    with pytest.raises(PaidAlready):
        taking.ask(payment_id=office_paid(office).id, credit_items=again, way=Way.BANK, reference="x", actor=office.manager)
    with pytest.raises(sa.exc.IntegrityError), atomic():
        db.session.add(PaymentItem(payment_id=payment.id, payable_id=again[0][0], pence=-1))
    taking.cancel(take_back_id=dropped.id, actor=office.manager)
    taken = taking.ask(payment_id=payment.id, credit_items=again, way=Way.BANK, reference="FPS 1", actor=office.manager)
    taking.approve(take_back_id=taken.id, actor=office.holder)
    assert (state_of(payment), payment.reversed_pence, len(payment.items)) == (P.PART_REVERSED, 2_000, 2)
    assert queries.cash_in(office.zone.id)[Place.PARTNERS] == 2 * 9_000 - 2_000


def office_paid(office: Office) -> Payment:
    bill = office.bill(9_000)
    office.payee(bill)
    payment = office.started(bill).payments[0]
    return runs.mark_paid(payment_id=payment.id, actor=office.manager)


def test_no_taking_back_moves_where_the_table_has_no_way(app: Flask) -> None:
    assert {(here, there) for here in T for there in T if TAKE_BACK_MOVES.allows(here, there)} == {
        (T.ASKED, T.QUEUED), (T.ASKED, T.DONE), (T.ASKED, T.CANCELLED), (T.QUEUED, T.SENDING), (T.SENDING, T.DONE), (T.SENDING, T.REFUSED),
    }
