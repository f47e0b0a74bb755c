"""Payees and where their money goes. Two people for every change, and days in between: the commonest fraud is a letter with a new
account number."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

from flask_babel import gettext as _

from app.accounts.models import Person, Role
from app.accounts.queries import people_with
from app.audit import services as audit
from app.notifications import services as notifications
from app.notifications.models import Urgency
from app.payments import policies, queries
from app.payments.files.charset import bank_name
from app.payments.models import BankDetail, DetailState, Payee
from app.shared import clock
from app.shared.db import atomic, db, lock_row
from app.shared.errors import DomainError, Forbidden, IllegalMove, Invalid
from app.shared.sealing import row_bound, seal, unseal
from app.shared.view import full_date

COOLING_OFF = timedelta(days=3)
CONFIRM, CHANGED = "bank_details_to_confirm", "bank_details_changed"


class SamePerson(DomainError):
    """Whoever typed bank details does not confirm them."""

    code = "same_person"


def ensure_payee(*, zone_id: uuid.UUID, owner_id: uuid.UUID, name: str) -> Payee:
    """The payee for an owner, made when there is none; the name follows the owner's."""
    with atomic():
        payee = queries.find_payee(zone_id, owner_id)
        if payee is None:
            payee = Payee(zone_id=zone_id, owner_id=owner_id, name=name[:160])
            db.session.add(payee)
            db.session.flush()
        elif payee.name != name[:160]:
            payee.name = name[:160]
        return payee


def propose_details(*, payee_id: uuid.UUID, account_name: str, sort_code: str, account: str, actor: Person) -> BankDetail:
    """Type in where the payee's money should go. Nothing changes until somebody else confirms it. Raises Invalid, Forbidden."""
    with atomic():
        payee = lock_row(Payee, payee_id)
        if not policies.can_propose_details(actor, payee):
            raise Forbidden(_("The partner’s administrator or the Zone manager gives bank details."))
        typed = checked(account_name, sort_code, account)
        earlier = queries.proposed_detail(payee)
        if earlier is not None:
            _stop(earlier, actor)
        detail = BankDetail(id=uuid.uuid4(), payee_id=payee.id, ends_with=typed["account"][-3:], proposed_by_id=actor.id, sealed=b"")
        detail.sealed = seal(typed, belongs_to(detail))
        db.session.add(detail)
        db.session.flush()
        audit.record("payments.details.proposed", subject=detail, actor=actor, zone_id=payee.zone_id, payee=payee.id, ends_with=detail.ends_with)
        for person in _confirmers(payee, actor):
            notifications.open_task(
                person_id=person.id, zone_id=payee.zone_id, kind=CONFIRM, subject=detail, title=f"Confirm bank details: {payee.name}",
                text="Ring them on a number you knew before, and ask", action="Confirm", icon="landmark", url=f"/payees/{payee.id}",
                urgency=Urgency.WEEK,
            )
        return detail


def confirm_details(*, detail_id: uuid.UUID, checked_how: str, actor: Person) -> BankDetail:
    """A second person says how they made sure. First details count at once, a change after the cooling-off.

    Raises SamePerson, Invalid, IllegalMove, Forbidden.
    """
    with atomic():
        detail, payee = _take(detail_id)
        if not policies.can_decide_details(actor, detail):
            raise Forbidden(_("A Zone manager or budget holder confirms bank details."))
        if detail.state is not DetailState.PROPOSED:
            raise IllegalMove(_("These bank details do not wait for anybody (any more)."))
        if detail.proposed_by_id == actor.id:
            raise SamePerson(_("You gave these bank details, so somebody else confirms them."))
        how = " ".join(checked_how.split())
        if not 1 <= len(how) <= 300:
            raise Invalid(_("Write how you made sure, for example whom you rang and on which number."), field="checked_how")
        before = queries.current_detail(payee)
        coming = queries.coming_detail(payee)
        if coming is not None:
            _stop(coming, actor)
        detail.state, detail.decided_by_id, detail.checked_how = DetailState.CONFIRMED, actor.id, how
        detail.counts_from = clock.now() + (COOLING_OFF if before is not None else timedelta())
        audit.record(
            "payments.details.confirmed", subject=detail, actor=actor, zone_id=payee.zone_id, reason=how, payee=payee.id,
            ends_with=detail.ends_with, counts_from=detail.counts_from,
        )
        notifications.close_tasks(kind=CONFIRM, subject=detail, why="Confirmed")
        for person in people_with(Role.PARTNER_ADMIN, payee.zone_id, organisation_id=payee.owner_id):
            notifications.open_task(
                person_id=person.id, zone_id=payee.zone_id, kind=CHANGED, subject=detail, title="Your bank details change",
                text=f"From {full_date(detail.counts_from)} your money goes to the account that ends in {detail.ends_with}. Was that not you? Stop it.",
                action="Look", icon="landmark", url=f"/payees/{payee.id}", urgency=Urgency.NOW,
            )
        return detail


def stop_details(*, detail_id: uuid.UUID, actor: Person) -> BankDetail:
    """Not these: proposed, or still cooling off. What counted before goes on counting. Raises IllegalMove, Forbidden."""
    with atomic():
        detail, payee = _take(detail_id)
        if not policies.can_stop_details(actor, detail):
            raise Forbidden
        if detail not in (queries.proposed_detail(payee), queries.coming_detail(payee)):
            raise IllegalMove(_("These bank details count already, or were stopped. Give others instead."))
        _stop(detail, actor)
        return detail


def _stop(detail: BankDetail, actor: Person) -> None:
    detail.state, detail.counts_from, detail.decided_by_id = DetailState.STOPPED, None, actor.id
    db.session.flush()
    audit.record("payments.details.stopped", subject=detail, actor=actor, zone_id=detail.payee.zone_id, payee=detail.payee_id)
    notifications.close_tasks(kind=None, subject=detail, why="Stopped")


def _take(detail_id: uuid.UUID) -> tuple[BankDetail, Payee]:
    detail = db.session.get_one(BankDetail, detail_id)
    payee = lock_row(Payee, detail.payee_id)
    db.session.refresh(detail)
    return detail, payee


def belongs_to(detail: BankDetail) -> str:
    return f"bank_detail:{detail.payee_id}:{detail.id}"


row_bound("bank_detail.sealed", belongs_to, "id", "payee_id")


def opened(detail: BankDetail) -> dict[str, str]:
    """name, sort_code and account in full: for a bank's file and for nothing else."""
    return unseal(detail.sealed, belongs_to(detail))


def checked(account_name: str, sort_code: str, account: str) -> dict[str, str]:
    """As they are kept. Raises Invalid with the field."""
    name, sort, number = bank_name(account_name), re.sub(r"[\s-]", "", sort_code), re.sub(r"[\s-]", "", account)
    if not name:
        raise Invalid(_("Type the name on the account, in letters."), field="account_name")
    if not re.fullmatch(r"[0-9]{6}", sort):
        raise Invalid(_("A sort code has six digits, like 12-34-56."), field="sort_code")
    if not re.fullmatch(r"[0-9]{8}", number):
        raise Invalid(_("An account number has eight digits. Put a nought in front of one with seven."), field="account")
    return {"name": name, "sort_code": sort, "account": number}


def _confirmers(payee: Payee, actor: Person) -> list[Person]:
    found = {p.id: p for role in (Role.ZONE_MANAGER, Role.BUDGET_HOLDER) for p in people_with(role, payee.zone_id)}
    found.pop(actor.id, None)
    return list(found.values())
