"""One payment for each payee and run; others say yes than who asked; nothing is paid twice, nor lost."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.audit.models import AuditEntry
from app.payments import queries
from app.payments.files import bacs
from app.payments.hooks import News
from app.payments.models import (
    PAYMENT_MOVES,
    BankDetail,
    Payment,
    PaymentItem,
    PaymentRun,
    PaymentState,
    Place,
    Rail,
    RunState,
)
from app.payments.rails.bank_file import content_of
from app.payments.services import cash, payees, runs, settings, settling
from app.payments.services.payees import SamePerson
from app.payments.services.runs import PaidAlready
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import Forbidden, IllegalMove, Invalid
from app.shared.sealing import CannotOpen
from tests.commissioning.scene import MONDAY
from tests.payments.office import open_office

P = PaymentState


def state_of(payment: Payment) -> PaymentState:
    db.session.rollback()
    return db.session.get_one(Payment, payment.id).state


def test_a_payable_stands_in_one_payment_whatever_the_code_did(app: Flask) -> None:
    office = open_office()
    bill = office.bill()
    run = office.run(bill)
    with pytest.raises(PaidAlready):
        office.run(bill)
    with pytest.raises(sa.exc.IntegrityError), atomic():
        db.session.add(PaymentItem(payment_id=run.payments[0].id, payable_id=bill.items[0][0], pence=1))
    runs.cancel_run(run_id=run.id, actor=office.manager)
    assert office.run(bill).number == 2, "cancelled before approval, it may go into another run"
    for pence in (0, -5):
        with pytest.raises(Invalid):
            office.run(office.bill(pence, parts=1))


def test_others_approve_than_who_prepared_or_verified_it(app: Flask) -> None:
    office = open_office(second_approver_above_pence=20_000)
    small = office.run(office.bill(20_000))
    assert small.needs == 1
    large = runs.prepare(zone_id=office.zone.id, bills=[office.bill(20_001)], barred=[office.second.id], actor=office.manager)
    assert large.needs == 2
    for person in (office.manager, office.second):
        with pytest.raises(Forbidden):
            runs.approve(run_id=large.id, actor=person)
    runs.approve(run_id=large.id, actor=office.holder)
    with pytest.raises(Forbidden):
        runs.approve(run_id=large.id, actor=office.holder)
    assert state_of(large.payments[0]) is P.DRAFT, "one yes of two"
    with pytest.raises(Forbidden):
        runs.prepare(zone_id=office.zone.id, bills=[office.bill()], barred=[], actor=office.holder)


def test_the_bank_file_is_made_once_and_is_the_same_each_time(app: Flask) -> None:
    office = open_office()
    bills = [office.bill(12_345, name="Westway Beats"), office.bill(5_000, name="Nobody Knows")]
    office.payee(bills[0], account="87654321")
    run = office.started(*bills)
    ready, held = sorted(run.payments, key=lambda p: p.payee.name, reverse=True)
    assert (ready.state, held.state, held.held_code) == (P.SUBMITTING, P.HELD, "no_details")
    name, content = runs.fetch_file(file_id=run.files[0].id, actor=office.manager)
    assert content.decode().splitlines()[1] == f"123456,87654321,WESTWAY BEATS,123.45,{ready.reference},23/11/2026"
    with clock.freeze(MONDAY + timedelta(days=30)):
        assert runs.fetch_file(file_id=run.files[0].id, actor=office.manager) == (name, content), "a month later, to the byte"
    assert b"87654321" not in bytes(run.files[0].sealed)
    with pytest.raises(Forbidden):
        runs.fetch_file(file_id=run.files[0].id, actor=office.holder)
    office.payee(bills[1])
    runs.try_again(payment_id=held.id, actor=office.manager)
    db.session.rollback()
    run = db.session.get_one(PaymentRun, run.id)
    assert [file.number for file in run.files] == [1, 2] and state_of(held) is P.SUBMITTING
    assert content_of(run.files[0]) == content, "the first file stays as it was"
    assert runs.mark_all_paid(run_id=run.id, actor=office.manager) == 2
    assert runs.mark_all_paid(run_id=run.id, actor=office.manager) == 0
    db.session.rollback()
    assert db.session.get_one(PaymentRun, run.id).state is RunState.DONE
    assert queries.cash_in(office.zone.id)[Place.BANK] == -17_345 == -queries.cash_in(office.zone.id)[Place.PARTNERS]


def test_what_the_bank_sends_back_is_owed_again_and_paid_once(app: Flask) -> None:
    office = open_office()
    bill = office.bill(9_000)
    office.payee(bill)
    payment = office.started(bill).payments[0]
    runs.mark_paid(payment_id=payment.id, actor=office.manager)
    runs.mark_returned(payment_id=payment.id, code="account_closed", actor=office.manager)
    assert queries.cash_in(office.zone.id)[Place.BANK] == 0 and state_of(payment) is P.HELD
    runs.try_again(payment_id=payment.id, actor=office.manager)
    runs.mark_returned(payment_id=payment.id, code="refused", actor=office.manager)
    runs.try_again(payment_id=payment.id, actor=office.manager)
    runs.mark_paid(payment_id=payment.id, actor=office.manager)
    assert [(news, attempt) for _, news, attempt in office.heard] == [
        (News.SENT, 1), (News.PAID, 1), (News.RETURNED, 1), (News.SENT, 2), (News.REFUSED, 2), (News.SENT, 3), (News.PAID, 3),
    ]
    assert queries.cash_in(office.zone.id)[Place.PARTNERS] == 9_000


def put(payment: Payment, state: PaymentState) -> Payment:
    row = db.session.get_one(Payment, payment.id)
    row.state, row.held_code, row.paid_at = state, "x", clock.now()
    return row


def test_no_payment_moves_where_the_table_has_no_way(app: Flask) -> None:
    office = open_office()
    bill = office.bill()
    office.payee(bill)
    payment = office.run(bill).payments[0]
    for here in PaymentState:
        for there in PaymentState:
            if PAYMENT_MOVES.allows(here, there):
                continue
            with pytest.raises(IllegalMove), atomic():
                settling.step(put(payment, here), there, "sent", None)
    for risky in (P.UNKNOWN, P.SUBMITTING, P.QUARANTINE):
        assert not PAYMENT_MOVES.allows(risky, P.CANCELLED), f"{risky} may have happened"


def test_a_payment_that_may_have_happened_is_never_cancelled(app: Flask) -> None:
    office = open_office()
    bill = office.bill()
    office.payee(bill)
    run = office.started(bill)
    for verb in (runs.cancel_payment, runs.try_again, runs.remove_payment):
        with pytest.raises(IllegalMove):
            verb(payment_id=run.payments[0].id, actor=office.manager)  # type: ignore[operator]
    with pytest.raises(IllegalMove):
        runs.cancel_run(run_id=run.id, actor=office.manager)


def test_bank_details_take_two_people_and_days(app: Flask) -> None:
    office = open_office()
    bill = office.bill()
    payee = office.payee(bill, with_details=False)

    def give(account: str) -> BankDetail:
        return payees.propose_details(
            payee_id=payee.id, account_name="Westway Beats", sort_code="12 34 56", account=account, actor=office.manager
        )

    first = give("11111111")
    with pytest.raises(SamePerson):
        payees.confirm_details(detail_id=first.id, checked_how="I am sure.", actor=office.manager)
    assert queries.current_detail(payee) is None
    payees.confirm_details(detail_id=first.id, checked_how="Rang Dee.", actor=office.holder)
    second = give("22222222")
    payees.confirm_details(detail_id=second.id, checked_how="Rang Dee again.", actor=office.holder)
    for days, counts in ((0, "111"), (2, "111"), (3, "222")):
        with clock.freeze(MONDAY + timedelta(days=days)):
            db.session.rollback()
            found = queries.current_detail(queries.get_payee(payee.id, office.manager))
            assert found is not None and found.ends_with == counts, f"after {days} days"
    payees.stop_details(detail_id=second.id, actor=office.manager)
    with clock.freeze(MONDAY + timedelta(days=9)):
        assert queries.current_detail(queries.get_payee(payee.id, office.manager)).ends_with == "111", "stopped while it cooled off"  # type: ignore[union-attr]
    for typed in (("", "123456", "12345678"), ("A", "12345", "12345678"), ("A", "123456", "1234567")):
        with pytest.raises(Invalid):
            payees.propose_details(payee_id=payee.id, account_name=typed[0], sort_code=typed[1], account=typed[2], actor=office.manager)


def test_bank_details_lie_sealed_and_open_only_where_they_belong(app: Flask) -> None:
    office = open_office()
    one, other = (office.payee(office.bill(), account=account) for account in ("11112222", "33334444"))
    db.session.rollback()
    details = {d.payee_id: d for d in db.session.scalars(sa.select(BankDetail))}
    assert payees.opened(details[one.id]) == {"account": "11112222", "name": details[one.id].payee.name.upper()[:18], "sort_code": "123456"}
    raw = b"".join(bytes(row) for row in db.session.scalars(sa.select(BankDetail.sealed)))
    told = str([e.details for e in db.session.scalars(sa.select(AuditEntry))])
    assert b"11112222" not in raw and "11112222" not in told and "123456" not in told
    with atomic():
        db.session.get_one(BankDetail, details[one.id].id).sealed = details[other.id].sealed
    with pytest.raises(CannotOpen):
        payees.opened(db.session.get_one(BankDetail, details[one.id].id))


def test_a_zone_chooses_its_rail_and_the_shape_of_its_file(app: Flask) -> None:
    office = open_office()
    with pytest.raises(Invalid):
        settings.change_settings(zone_id=office.zone.id, rail=Rail.BANK_FILE, profile="bacs18", actor=office.manager)
    settings.change_settings(
        zone_id=office.zone.id, rail=Rail.BANK_FILE, profile="bacs18", own_name="The Trust", own_sort_code="309089", own_account="77665544",
        service_user="123456", actor=office.manager,
    )
    bill = office.bill(7_700)
    office.payee(bill)
    run = office.started(bill)
    assert bacs.read(content_of(run.files[0])).contra_pence == 7_700
    settings.change_settings(zone_id=office.zone.id, rail=Rail.MANUAL, profile="bacs18", actor=office.manager)
    by_hand = office.started(office.bill(100)).payments[0]
    assert by_hand.state is P.SUBMITTING and by_hand.file_id is None
    runs.mark_paid(payment_id=by_hand.id, reference="FPS 99", actor=office.manager)
    assert state_of(by_hand) is P.PAID


def test_the_cash_book_writes_each_key_once(app: Flask) -> None:
    office = open_office()
    key = str(uuid.uuid4())
    with atomic():
        for _ in range(2):
            cash.move(key=key, zone_id=office.zone.id, source=Place.BANK, target=Place.TRANSIT, pence=500, actor=office.manager)
    with pytest.raises(cash.AlreadyWritten), atomic():
        cash.move(key=key, zone_id=office.zone.id, source=Place.BANK, target=Place.TRANSIT, pence=501, actor=office.manager)
    assert queries.cash_in(office.zone.id)[Place.TRANSIT] == 500 and sum(queries.cash_in(office.zone.id).values()) == 0
