"""From approved statements to paid ones: each line once, credits netted, the ledger true at every step."""

from __future__ import annotations

from contextlib import suppress

import pytest
import sqlalchemy as sa
from flask import Flask

from app.attendance.models import MarkKind
from app.attendance.services import sweep
from app.billing import invariants as billing
from app.billing.books import books_of
from app.billing.models import StatementState
from app.billing.services import paying, taking_back
from app.commissioning import invariants
from app.commissioning.models import Account
from app.payments import queries as payments
from app.payments.models import CashMove, Payment, PaymentItem, PaymentState, Place, Rail, TakeBack, Way
from app.payments.services import runs, settings, taking
from app.shared.db import atomic, db
from app.shared.errors import Forbidden, IllegalMove, Invalid
from tests.billing.desk import Desk, in_account, lines_of, open_desk, state_of

S, A = StatementState, Account


class Undone(Exception):
    """Takes a breach back."""


def by_hand(desk: Desk) -> None:
    settings.change_settings(zone_id=desk.club.scene.zone.id, rail=Rail.MANUAL, profile="generic", actor=desk.manager)


def paid_run(desk: Desk) -> Payment:
    """What is approved, prepared by the manager and approved by a budget holder; with the bank now."""
    run = paying.prepare_run(zone_id=desk.club.scene.zone.id, actor=desk.manager)
    for person in (desk.club.scene.holder, desk.club.scene.second)[: run.needs]:
        runs.approve(run_id=run.id, actor=person)
    db.session.rollback()
    return db.session.get_one(Payment, run.payments[0].id)


def nothing_is_broken() -> None:
    db.session.rollback()
    for name, check in (*invariants.CHECKS, *billing.CHECKS):
        assert check() is None, f"{name}: {check()}"


def test_money_goes_from_earned_by_way_of_in_flight_to_paid(app: Flask) -> None:
    desk = open_desk(weeks=2)
    by_hand(desk)
    with desk.later():
        statement = desk.approved()
        assert (in_account(A.ACCRUED), in_account(A.IN_FLIGHT), in_account(A.PAID)) == (8000, 0, 0)
        payment = paid_run(desk)
        assert payment.pence == 8000 and state_of(statement) is S.IN_PAYMENT
        assert (in_account(A.ACCRUED), in_account(A.IN_FLIGHT), in_account(A.PAID)) == (0, 8000, 0)
        nothing_is_broken()
        with pytest.raises(Invalid):
            paying.prepare_run(zone_id=desk.club.scene.zone.id, actor=desk.manager)
        runs.mark_paid(payment_id=payment.id, actor=desk.manager)
        runs.mark_paid(payment_id=payment.id, actor=desk.manager)
        assert (in_account(A.ACCRUED), in_account(A.IN_FLIGHT), in_account(A.PAID)) == (0, 0, 8000)
        assert state_of(statement) is S.PAID
        nothing_is_broken()


def test_what_comes_back_is_owed_again_and_a_cancelled_payment_frees_its_lines(app: Flask) -> None:
    desk = open_desk(weeks=1)
    by_hand(desk)
    with desk.later():
        statement = desk.approved()
        payment = paid_run(desk)
        runs.mark_returned(payment_id=payment.id, code="account_closed", actor=desk.manager)
        assert state_of(statement) is S.FAILED and in_account(A.ACCRUED) == 4000
        runs.try_again(payment_id=payment.id, actor=desk.manager)
        runs.mark_paid(payment_id=payment.id, actor=desk.manager)
        runs.mark_returned(payment_id=payment.id, code="account_closed", actor=desk.manager)
        assert (in_account(A.ACCRUED), in_account(A.PAID)) == (4000, 0) and state_of(statement) is S.FAILED
        nothing_is_broken()
        runs.cancel_payment(payment_id=payment.id, actor=desk.manager)
        assert state_of(statement) is S.APPROVED
        again = paid_run(desk)
        assert again.id != payment.id and again.state is PaymentState.SUBMITTING
        runs.mark_paid(payment_id=again.id, actor=desk.manager)
        assert in_account(A.PAID) == 4000 and state_of(statement) is S.PAID
        nothing_is_broken()


def test_what_was_paid_and_corrected_is_taken_off_the_next_payment(app: Flask) -> None:
    desk = open_desk(children=2, weeks=3)
    by_hand(desk)
    zone_id = desk.club.scene.zone.id
    with desk.later():
        first = desk.approved()
        runs.mark_paid(payment_id=paid_run(desk).id, actor=desk.manager)
    desk.correct(desk.children[0], MarkKind.ABSENT_TOLD, 0)
    with desk.later():
        nothing_is_broken()
        assert in_account(A.ACCRUED) == -2000, "the partner owes it back"
        second = desk.approved()
        assert lines_of(second) == [(-2000, 1)] and lines_of(first)[0] == (2000, 0)
        with pytest.raises(Invalid):
            paying.prepare_run(zone_id=zone_id, actor=desk.manager)
        assert "waits for the next statement" in paying.list_payable(zone_id)[0].why_not
    desk.club.save(dict.fromkeys(desk.children, MarkKind.ATTENDED), 3)
    desk.weeks = 4
    with desk.later():
        sweep()
        desk.approved()
        payment = paid_run(desk)
        assert payment.pence == 2 * 2000 - 2000
        runs.mark_paid(payment_id=payment.id, actor=desk.manager)
        assert (in_account(A.ACCRUED), in_account(A.IN_FLIGHT), in_account(A.PAID)) == (0, 0, 7 * 2000)
        nothing_is_broken()


def test_what_a_correction_took_off_is_taken_back_by_two_people_instead(app: Flask) -> None:
    desk = open_desk(children=2, weeks=2)
    by_hand(desk)
    with desk.later():
        desk.approved()
        payment = paid_run(desk)
        runs.mark_paid(payment_id=payment.id, actor=desk.manager)
    desk.correct(desk.children[0], MarkKind.ABSENT_TOLD, 0)
    with desk.later():
        credit = desk.approved()
        assert credit.total_pence == -2000 and in_account(A.ACCRUED) == -2000

        def ask() -> TakeBack:
            return taking_back.ask(statement_id=credit.id, payment_id=payment.id, way=Way.BANK, reference="FPS 9", actor=desk.manager)

        taking.cancel(take_back_id=ask().id, actor=desk.holder)
        assert state_of(credit) is S.APPROVED
        taken = ask()
        assert paying.list_payable(desk.club.scene.zone.id) == [], "it is not netted as well"
        with pytest.raises(IllegalMove):
            ask()
        with pytest.raises(Forbidden):
            taking.approve(take_back_id=taken.id, actor=desk.manager)
        nothing_is_broken()
        taking.approve(take_back_id=taken.id, actor=desk.holder)
        with pytest.raises(IllegalMove):
            taking.approve(take_back_id=taken.id, actor=desk.holder)
        assert (in_account(A.ACCRUED), in_account(A.PAID)) == (0, 3 * 2000)
        assert all(one == other for _, one, other, _ in books_of(desk.club.scene.zone.id).rows), "and the page of the books says so"
        assert state_of(credit) is S.PAID and payments.cash_in(desk.club.scene.zone.id)[Place.BANK] == -3 * 2000
        nothing_is_broken()
        with suppress(Undone), atomic():
            db.session.execute(sa.update(Payment).values(reversed_pence=1))
            assert dict(billing.CHECKS)["what was taken back was asked for"]() is not None
            raise Undone


def test_whoever_verified_a_statement_does_not_approve_its_run(app: Flask) -> None:
    desk = open_desk(weeks=1)
    by_hand(desk)
    with desk.later():
        desk.approved()
        with pytest.raises(Forbidden):
            paying.prepare_run(zone_id=desk.club.scene.zone.id, actor=desk.holder)
        run = paying.prepare_run(zone_id=desk.club.scene.zone.id, actor=desk.manager)
        assert run.barred == [str(desk.manager.id)]
        with pytest.raises(Forbidden):
            runs.approve(run_id=run.id, actor=desk.manager)
        taken = payments.in_payment([item.payable_id for item in run.payments[0].items])
        assert taken == {item.payable_id for item in run.payments[0].items}


def test_each_check_of_the_money_sees_its_own_breach(app: Flask) -> None:
    desk = open_desk(children=1, weeks=1)
    by_hand(desk)
    with desk.later():
        desk.approved()
        payment = paid_run(desk)
        runs.mark_paid(payment_id=payment.id, actor=desk.manager)
        breaches = (
            ("a payment is the sum of its items", lambda: db.session.execute(sa.update(PaymentItem).values(pence=1))),
            ("a payment pays each line what it says", lambda: db.session.execute(sa.update(PaymentItem).values(pence=1))),
            ("what is in flight is on its way", lambda: db.session.execute(sa.update(Payment).values(state="unknown"))),
            ("what is paid has left", lambda: db.session.add(CashMove(
                key="x", zone_id=payment.zone_id, source=Place.BANK, target=Place.PARTNERS, pence=5))),
        )
        for name, breach in breaches:
            with suppress(Undone), atomic():
                breach()
                db.session.flush()
                assert dict(billing.CHECKS)[name]() is not None, name
                raise Undone
