"""From approved statements to a payment run, and from what became of its payments back to the statements and the ledger."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from app.accounts.models import Person
from app.billing import queries
from app.billing.models import Statement, StatementState
from app.billing.services.common import move
from app.billing.services.lines import lines_of_items, parts_of
from app.catalogue.models import Organisation
from app.commissioning.services import payouts
from app.payments import queries as payments
from app.payments.hooks import News
from app.payments.models import Payee, Payment, PaymentRun
from app.payments.rails import rail_of
from app.payments.services import runs
from app.payments.services.runs import Bill
from app.shared import clock
from app.shared.db import atomic, lock_rows
from app.shared.errors import Invalid

_S = StatementState


@dataclass(frozen=True)
class Payable:
    """One organisation's approved statements that stand in no payment, and why they would not be paid now ("" when they would)."""

    organisation: Organisation
    statements: Sequence[Statement]
    why_not: str

    @property
    def pence(self) -> int:
        return sum(statement.total_pence for statement in self.statements)


def list_payable(zone_id: uuid.UUID) -> list[Payable]:
    """By organisation's name."""
    approved = queries.list_statements_in(zone_id, [_S.APPROVED])
    taken = payments.in_payment([line.id for statement in approved for line in statement.lines])
    rail = rail_of(payments.settings_of(zone_id).rail)
    by_organisation: dict[uuid.UUID, list[Statement]] = defaultdict(list)
    for statement in approved:
        if not any(line.id in taken for line in statement.lines):
            by_organisation[statement.organisation_id].append(statement)
    found = []
    for organisation_id, statements in by_organisation.items():
        pence = sum(statement.total_pence for statement in statements)
        payee = payments.find_payee(zone_id, organisation_id) or Payee(zone_id=zone_id, owner_id=organisation_id, name="", details=[])
        owes = _("What was taken back is more than what is owed: it waits for the next statement.")
        why_not = owes if pence <= 0 else rail.why_not(payee)
        found.append(Payable(statements[0].organisation, statements, why_not))
    return sorted(found, key=lambda payable: (payable.organisation.name, payable.organisation.id))


def prepare_run(*, zone_id: uuid.UUID, actor: Person) -> PaymentRun:
    """Everything approved that can be paid now, one payment for each organisation. Credits are netted. Raises Invalid, Forbidden."""
    with atomic():
        payable = [one for one in list_payable(zone_id) if not one.why_not]
        if not payable:
            raise Invalid(_("Nothing approved can be paid now."))
        verified = {s.verified_by_id for one in payable for s in one.statements if s.verified_by_id is not None}
        bills = [
            Bill(one.organisation.id, one.organisation.name, [(line.id, line.pence) for s in one.statements for line in s.lines])
            for one in payable
        ]
        return runs.prepare(zone_id=zone_id, bills=bills, barred=verified, actor=actor)


def hear(payment: Payment, news: News, actor: Person | None) -> None:
    """What became of a payment, in its own transaction: the ledger, then the statements. Other rooms' payables are not ours."""
    lines = lines_of_items(payment.items)
    if not lines:
        return
    statements = lock_rows(Statement, {line.statement_id for line in lines})
    post = {News.SENT: payouts.submitted, News.REFUSED: payouts.refused, News.PAID: payouts.paid, News.RETURNED: payouts.returned}.get(news)
    if post is not None:
        post(
            key=f"payment:{payment.id}:{news}:{payment.attempt}", zone_id=payment.zone_id, actor=actor, reference=payment.reference,
            parts=parts_of(lines),
        )
    for statement in statements:
        _follow(statement, news, actor)


def _follow(statement: Statement, news: News, actor: Person | None) -> None:
    if news is News.SENT:
        move(statement, _S.IN_PAYMENT, actor=actor, done="sent")
    elif news is News.PAID:
        statement.paid_at = clock.now()
        move(statement, _S.PAID, actor=actor, done="paid", pence=statement.total_pence)
    elif news in (News.REFUSED, News.RETURNED):
        statement.paid_at = None
        move(statement, _S.FAILED, actor=actor, done="failed")
    elif statement.state is _S.FAILED:  # cancelled: free for the next run
        move(statement, _S.APPROVED, actor=actor, done="freed")
