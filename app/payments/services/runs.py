"""Payment runs: prepared by one person, approved by one or two others, then started on the Zone's rail."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person, Role, Zone
from app.accounts.queries import people_with
from app.audit import services as audit
from app.notifications import services as notifications
from app.notifications.models import Urgency
from app.payments import policies, queries
from app.payments.models import (
    BankFile,
    Payment,
    PaymentItem,
    PaymentRun,
    PaymentState,
    RunApproval,
    RunState,
)
from app.payments.rails import rail_of
from app.payments.rails.bank_file import content_of
from app.payments.services import payees, settling
from app.payments.services.locks import lock_zone
from app.shared import clock
from app.shared.db import atomic, db, lock_row
from app.shared.errors import DomainError, Forbidden, IllegalMove, Invalid, Stale
from app.shared.money import pounds

TO_APPROVE, TO_PAY = "run_to_approve", "run_to_pay"
_P = PaymentState


@dataclass(frozen=True)
class Bill:
    """What one payee is owed: payable things by their keys, in pence; credits are below nil."""

    owner_id: uuid.UUID
    name: str
    items: Sequence[tuple[uuid.UUID, int]]

    @property
    def pence(self) -> int:
        return sum(pence for _, pence in self.items)


class PaidAlready(DomainError):
    """Something in it stands in another payment."""

    code = "paid_already"


def prepare(*, zone_id: uuid.UUID, bills: Sequence[Bill], barred: Collection[uuid.UUID], actor: Person) -> PaymentRun:
    """One payment for each payee, to be approved by others than the actor and `barred`. Raises Invalid, PaidAlready, Forbidden."""
    if not bills:
        raise Invalid(_("There is nothing to pay."))
    if any(bill.pence <= 0 for bill in bills):
        raise Invalid(_("A payee who owes more than is owed to them waits for the next run."))
    with atomic():
        if not actor.manages(zone_id):
            raise Forbidden(_("The Zone manager prepares a payment run."))
        zone = lock_zone(zone_id)
        if queries.in_payment([payable_id for bill in bills for payable_id, _ in bill.items]):
            raise PaidAlready(_("Some of this stands in another payment run already. Nothing was prepared: look at that one first."))
        run = PaymentRun(
            id=uuid.uuid4(), zone_id=zone_id, number=queries.next_run_number(zone_id), rail=queries.settings_of(zone_id).rail,
            barred=sorted(str(id_) for id_ in barred), requested_by_id=actor.id,
            needs=2 if sum(bill.pence for bill in bills) > zone.second_approver_above_pence else 1,
        )
        db.session.add(run)
        db.session.flush()
        for number, bill in enumerate(sorted(bills, key=lambda b: (b.name, b.owner_id)), 1):
            payee = payees.ensure_payee(zone_id=zone_id, owner_id=bill.owner_id, name=bill.name)
            payment = Payment(
                id=uuid.uuid4(), zone_id=zone_id, run_id=run.id, payee_id=payee.id, pence=bill.pence, reference=_reference(zone, run, number)
            )
            db.session.add(payment)
            db.session.flush()
            db.session.add_all(PaymentItem(payment_id=payment.id, payable_id=key, pence=pence) for key, pence in bill.items)
        db.session.flush()
        db.session.expire(run)
        audit.record("payments.run.prepared", subject=run, actor=actor, pence=run.total_pence, payments=len(bills), needs=run.needs)
        _ask(run, actor)
        return run


def _reference(zone: Zone, run: PaymentRun, number: int) -> str:
    """At most 18 letters and digits, which every bank takes: WESTLO0007003."""
    letters = "".join(c for c in zone.slug.upper() if c.isalnum())[:6]
    return f"{letters}{run.number:04d}{number:03d}"


def _ask(run: PaymentRun, actor: Person) -> None:
    for person in people_with(Role.BUDGET_HOLDER, run.zone_id):
        if not policies.why_not_approve(person, run):
            notifications.open_task(
                person_id=person.id, zone_id=run.zone_id, kind=TO_APPROVE, subject=run, title=f"Approve {pounds(run.total_pence)} to partners",
                text=f"{run.called}, prepared by {actor.name}", action="Look at it", icon="banknote", url=f"/payment-runs/{run.id}",
                urgency=Urgency.TODAY,
            )


def approve(*, run_id: uuid.UUID, seen_version: int | None = None, actor: Person) -> PaymentRun:
    """One yes. With the last one needed the payments are queued and the rail may go. Raises Stale, IllegalMove, Forbidden."""
    with atomic():
        run = _take(run_id, seen_version)
        if run.state is not RunState.DRAFT:
            raise IllegalMove(_("This run was approved or cancelled already."))
        if why_not := policies.why_not_approve(actor, run):
            raise Forbidden(why_not)
        db.session.add(RunApproval(run_id=run.id, person_id=actor.id))
        db.session.flush()
        db.session.expire(run, ["approvals"])
        audit.record("payments.run.approved", subject=run, actor=actor, pence=run.total_pence, yes=len(run.approvals), needs=run.needs)
        notifications.close_tasks(kind=TO_APPROVE, subject=run, why="You said yes", person_id=actor.id)
        if len(run.approvals) >= run.needs:
            _start(run, actor)
        return run


def _start(run: PaymentRun, actor: Person) -> None:
    notifications.close_tasks(kind=TO_APPROVE, subject=run, why="Approved")
    run.state, run.started_at = RunState.STARTED, clock.now()
    audit.record("payments.run.started", subject=run, actor=actor, moved=(RunState.DRAFT, RunState.STARTED), pence=run.total_pence)
    going = [payment for payment in run.payments if payment.state is _P.DRAFT]
    for payment in going:
        settling.step(payment, _P.APPROVED, "approved", actor)
        settling.step(payment, _P.QUEUED, "queued", actor)
    rail = rail_of(run.rail)
    rail.start(run, going, actor)
    if not rail.is_automatic:
        for person in people_with(Role.ZONE_MANAGER, run.zone_id):
            notifications.open_task(
                person_id=person.id, zone_id=run.zone_id, kind=TO_PAY, subject=run, title=f"{run.called} is approved: pay it",
                text=f"{pounds(run.total_pence)} to partners", action="Open", icon="banknote", url=f"/payment-runs/{run.id}",
                urgency=Urgency.TODAY,
            )


def cancel_run(*, run_id: uuid.UUID, actor: Person) -> PaymentRun:
    """Before it is approved. Raises IllegalMove, Forbidden."""
    with atomic():
        run = _take(run_id, None)
        if not policies.can_settle(actor, run):
            raise Forbidden(_("The Zone manager cancels a run."))
        if run.state is not RunState.DRAFT:
            raise IllegalMove(_("This run was approved or cancelled already: single payments that are held can be cancelled."))
        run.state = RunState.CANCELLED
        audit.record("payments.run.cancelled", subject=run, actor=actor, moved=(RunState.DRAFT, RunState.CANCELLED), pence=run.total_pence)
        for payment in run.payments:
            if payment.state is _P.DRAFT:
                settling.cancel(payment, actor)
        notifications.close_tasks(kind=None, subject=run, why="Cancelled")
        return run


def remove_payment(*, payment_id: uuid.UUID, actor: Person) -> Payment:
    """Take one payment out of a run that is not approved yet. Whoever said yes is asked again. Raises IllegalMove, Forbidden."""
    with atomic():
        payment = settling.take(payment_id)
        _permit(actor, payment)
        run = payment.run
        if run.state is not RunState.DRAFT:
            raise IllegalMove(_("This run was approved. A payment that is held can be cancelled."))
        settling.cancel(payment, actor)
        db.session.execute(sa.delete(RunApproval).where(RunApproval.run_id == run.id))
        run.needs = run.needs if any(p.state is _P.DRAFT for p in run.payments) else 1
        db.session.expire(run, ["approvals"])
        _ask(run, actor)
        return payment


# --- by hand: what the bank did ------------------------------------------------------------------


def fetch_file(*, file_id: uuid.UUID, actor: Person) -> tuple[str, bytes]:
    """(name, content) of a bank's file, the same to the byte each time; every fetching is written down. Raises Forbidden."""
    with atomic():
        file = db.session.get_one(BankFile, file_id)
        if not policies.can_settle(actor, file.run):
            raise Forbidden(_("The Zone manager fetches the bank’s file."))
        content = content_of(file)
        audit.record("payments.file.fetched", subject=file, actor=actor, zone_id=file.run.zone_id, sha256=file.sha256)
        return file.name, content


def mark_uploaded(*, file_id: uuid.UUID, actor: Person) -> BankFile:
    """The bank has the file. Nothing is paid by that. Raises Forbidden."""
    with atomic():
        file = lock_row(BankFile, file_id)
        if not policies.can_settle(actor, file.run):
            raise Forbidden(_("The Zone manager says that the bank has it."))
        if file.uploaded_at is None:
            file.uploaded_at, file.uploaded_by_id = clock.now(), actor.id
            audit.record("payments.file.uploaded", subject=file, actor=actor, zone_id=file.run.zone_id)
        return file


def mark_paid(*, payment_id: uuid.UUID, reference: str = "", actor: Person) -> Payment:
    """The bank’s statement shows it. Raises IllegalMove, Forbidden."""
    with atomic():
        payment = settling.take(payment_id)
        _permit(actor, payment)
        _pay_by_hand(payment, reference, actor)
        return payment


def mark_all_paid(*, run_id: uuid.UUID, actor: Person) -> int:
    """Everything of the run that is with the bank was paid. How many. Raises Forbidden."""
    with atomic():
        run = _take(run_id, None)
        if not policies.can_settle(actor, run):
            raise Forbidden(_("The Zone manager says what the bank did."))
        waiting = [payment for payment in run.payments if payment.state is _P.SUBMITTING]
        for payment in waiting:
            _pay_by_hand(payment, "", actor)
        return len(waiting)


def _pay_by_hand(payment: Payment, reference: str, actor: Person) -> None:
    rail = rail_of(payment.run.rail)
    settling.require_by_hand(payment, rail.is_automatic)
    key = f"bankfile:{payment.file_id}:{payment.reference}" if payment.file_id else f"byhand:{payment.id}:{payment.attempt}"
    settling.pay(payment, key=key, place=rail.place, reference=reference or payment.reference, actor=actor)
    if payment.run.state is RunState.DONE:
        notifications.close_tasks(kind=TO_PAY, subject=payment.run, why="All paid")


def mark_returned(*, payment_id: uuid.UUID, code: str, actor: Person) -> Payment:
    """The bank refused it or sent it back: owed again, and held until the cause is gone. Raises IllegalMove, Forbidden."""
    with atomic():
        payment = settling.take(payment_id)
        _permit(actor, payment)
        rail = rail_of(payment.run.rail)
        settling.require_by_hand(payment, rail.is_automatic)
        if payment.state is _P.PAID:
            settling.send_back(payment, code, place=rail.place, actor=actor)
        else:
            settling.hold(payment, code, actor)
        return payment


def try_again(*, payment_id: uuid.UUID, actor: Person) -> Payment:
    """The cause of a held payment is gone: it goes out again, as a new attempt. Raises IllegalMove, Forbidden."""
    with atomic():
        payment = settling.take(payment_id)
        _permit(actor, payment)
        if payment.state is not _P.HELD:
            raise IllegalMove(_("Only a payment that is held goes out again."))
        settling.queue_again(payment, actor)
        rail_of(payment.run.rail).start(payment.run, [payment], actor)
        return payment


def cancel_payment(*, payment_id: uuid.UUID, actor: Person) -> Payment:
    """A held payment is given up: what it would have paid can go into another run. Raises IllegalMove, Forbidden."""
    with atomic():
        payment = settling.take(payment_id)
        _permit(actor, payment)
        if payment.state is not _P.HELD:
            raise IllegalMove(_("Only a payment that is held can be cancelled: any other may have happened, or may yet."))
        settling.cancel(payment, actor)
        return payment


def _permit(actor: Person, payment: Payment) -> None:
    if not policies.can_settle_payment(actor, payment):
        raise Forbidden(_("The Zone manager says what became of a payment."))


def _take(run_id: uuid.UUID, seen_version: int | None) -> PaymentRun:
    run = lock_row(PaymentRun, run_id)
    if seen_version is not None and seen_version != run.version:
        raise Stale(_("Somebody was quicker: this run has changed. Nothing was done; look again."))
    db.session.expire(run, ["payments", "approvals", "files"])
    return run
