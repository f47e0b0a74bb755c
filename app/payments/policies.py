"""Who may see and move money. Pure. Preparing and recording is the Zone manager's; saying yes is a budget holder's."""

from __future__ import annotations

import uuid

from flask_babel import gettext as _

from app.accounts.models import Person, Role
from app.payments.models import (
    BankDetail,
    BankFile,
    Invoice,
    Payee,
    Payment,
    PaymentRun,
    Refund,
    TakeBack,
)
from app.shared.money import pounds


def can_see_payments(person: Person) -> bool:
    return bool(person.is_authenticated) and person.has_role(Role.ZONE_MANAGER, Role.BUDGET_HOLDER)


def can_see_run(person: Person, run: PaymentRun) -> bool:
    """Everybody whom queries.get_run lets find it."""
    return True


def can_settle(person: Person, run: PaymentRun) -> bool:
    """Fetch the file, say what the bank did, cancel."""
    return person.manages(run.zone_id)


def can_settle_payment(person: Person, payment: Payment) -> bool:
    return person.manages(payment.zone_id)


def can_settle_file(person: Person, file: BankFile) -> bool:
    return person.manages(file.run.zone_id)


def can_let_go(person: Person, payment: Payment) -> bool:
    """One asks, another lets go: a Zone manager, or a budget holder of the whole Zone."""
    return person.manages(payment.zone_id) or bool(_budgets(person, payment.run))


def can_approve_run(person: Person, run: PaymentRun) -> bool:
    """Holds a budget of the whole Zone; whether this run is theirs to approve, `why_not_approve` says."""
    return bool(_budgets(person, run))


def why_not_approve(person: Person, run: PaymentRun) -> str:
    """Why this person may not approve the run; "" when they may."""
    budgets = _budgets(person, run)
    if not budgets:
        return _("A budget holder of the whole Zone approves this.")
    if person.id == run.requested_by_id:
        return _("You prepared it, so somebody else approves.")
    if str(person.id) in run.barred:
        return _("You verified what it pays, so somebody else approves.")
    if any(approval.person_id == person.id for approval in run.approvals):
        return _("You have said yes. Somebody else says it now.")
    limits = [limit for limit in budgets if limit is not None]
    if len(limits) == len(budgets) and run.total_pence > max(limits):
        return _("%(total)s is over your limit of %(limit)s.", total=pounds(run.total_pence), limit=pounds(max(limits)))
    return ""


def can_see_to_take_back(person: Person, taken: TakeBack) -> bool:
    """Cancel it: whoever asks for such, and whoever approves. Whether it is theirs to approve, `why_not_approve_back` says."""
    return person.manages(taken.zone_id) or bool(_budgets_in(person, taken.zone_id))


def why_not_approve_back(person: Person, taken: TakeBack | Refund) -> str:
    """Why this person may not say the second yes; "" when they may."""
    budgets = _budgets_in(person, taken.zone_id)
    if not budgets:
        return _("A budget holder of the whole Zone approves this.")
    if person.id == taken.asked_by_id:
        return _("You asked for it, so somebody else approves.")
    limits = [limit for limit in budgets if limit is not None]
    if len(limits) == len(budgets) and taken.pence > max(limits):
        return _("%(total)s is over your limit of %(limit)s.", total=pounds(taken.pence), limit=pounds(max(limits)))
    return ""


def can_see_to_refund(person: Person, refund: Refund) -> bool:
    """The same of money that goes back to a funder."""
    return person.manages(refund.zone_id) or bool(_budgets_in(person, refund.zone_id))


def can_see_invoice(person: Person, invoice: Invoice) -> bool:
    """Everybody whom queries.get_invoice lets find it."""
    return True


def can_settle_invoice(person: Person, invoice: Invoice) -> bool:
    """Withdraw it, or have it tried again."""
    return person.manages(invoice.zone_id)


def can_change_settings(person: Person) -> bool:
    return bool(person.is_authenticated) and person.has_role(Role.ZONE_MANAGER)


def can_see_payee(person: Person, payee: Payee) -> bool:
    """Everybody whom queries.get_payee lets find it."""
    return True


def can_propose_details(person: Person, payee: Payee) -> bool:
    """The payee itself, and the Zone manager on its word."""
    return person.manages(payee.zone_id) or payee.owner_id in person.organisation_ids(Role.PARTNER_ADMIN)


def can_decide_details(person: Person, detail: BankDetail) -> bool:
    """Confirms what somebody else proposed: a Zone manager, or a budget holder of the Zone."""
    return person.has_role(Role.ZONE_MANAGER, Role.BUDGET_HOLDER, zone_id=detail.payee.zone_id)


def can_stop_details(person: Person, detail: BankDetail) -> bool:
    """Stopping asks for nobody's leave: the payee, and whoever could confirm."""
    return can_decide_details(person, detail) or can_propose_details(person, detail.payee)


def _budgets(person: Person, run: PaymentRun) -> list[int | None]:
    return _budgets_in(person, run.zone_id)


def _budgets_in(person: Person, zone_id: uuid.UUID) -> list[int | None]:
    return [
        g.limit_pence for g in person.live_grants
        if g.role is Role.BUDGET_HOLDER and g.zone_id == zone_id and g.school_id is None and g.fund_id is None
    ]
