"""Where a Zone's money is by the books, and whether they agree: for the reconciliation page."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _

from app.billing import invariants
from app.commissioning.models import Account, Journal, Posting
from app.payments import queries as payments
from app.payments.models import ON_ITS_WAY, PaymentState, Place
from app.shared.db import db


@dataclass(frozen=True)
class Books:
    """One Zone, in pence. `ledger` by account, `cash` by place, `by_state` what payments come to; `paid` those made, less what was
    taken back; `invoiced` invoices that were paid, less what went back; `going_back` what funds gave and Stripe still holds."""

    ledger: dict[Account, int]
    cash: dict[Place, int]
    by_state: dict[PaymentState, int]
    paid: int
    invoiced: int
    going_back: int

    @property
    def received(self) -> int:
        return -self.ledger.get(Account.BANK, 0)

    @property
    def in_bank(self) -> int:
        """What the charity's own bank should show for this Zone."""
        return self.received - self.received_at_stripe + self.cash[Place.BANK]

    @property
    def received_at_stripe(self) -> int:
        """What funders paid on invoices: it came to Stripe and never to the bank. What funds gave back of it counts from the second yes."""
        return -self.cash[Place.FUNDERS] - self.going_back

    @property
    def on_its_way(self) -> int:
        return sum(self.by_state.get(state, 0) for state in ON_ITS_WAY)

    @property
    def rows(self) -> Sequence[tuple[str, int, int, str]]:
        """What two books say about the same money: words, one, the other, where to look."""
        invoices = (_("Paid by funders over Stripe"), self.invoiced, -self.cash[Place.FUNDERS], _("invoices: paid, less given back; cash book: come from funders to Stripe"))
        return (
            (_("On its way to partners"), self.ledger.get(Account.IN_FLIGHT, 0), self.on_its_way, _("ledger: in flight; payments: sent and not settled")),
            (_("Paid to partners"), self.ledger.get(Account.PAID, 0), self.cash[Place.PARTNERS], _("ledger: paid; cash book: gone to partners")),
            (_("Paid, by payment"), self.paid, self.cash[Place.PARTNERS], _("payments: made, less taken back; cash book: gone to partners")),
            *([invoices] if self.invoiced or self.cash[Place.FUNDERS] else ()),
        )


def books_of(zone_id: uuid.UUID) -> Books:
    statement = (
        sa.select(Posting.account, sa.func.sum(Posting.pence)).join(Journal, Journal.id == Posting.journal_id)
        .where(Journal.zone_id == zone_id).group_by(Posting.account)
    )
    ledger = {row[0]: int(row[1]) for row in db.session.execute(statement)}
    return Books(ledger, payments.cash_in(zone_id), payments.pence_by_state(zone_id), payments.pence_paid(zone_id), payments.pence_invoiced(zone_id), payments.pence_going_back(zone_id))


def broken() -> list[tuple[str, str]]:
    """(rule, line) of every rule between statements, payments, ledger and cash book that does not hold."""
    return [(name, line) for name, check in invariants.CHECKS if (line := check()) is not None]
