"""What every rail does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from app.accounts.models import Person
from app.payments.models import Payee, Payment, PaymentRun, Place, Rail


class PaymentRail(Protocol):
    """One way for money to leave. `place` is where it leaves from; `is_automatic`: no person says what became of a payment."""

    @property
    def kind(self) -> Rail: ...
    @property
    def words(self) -> str: ...
    @property
    def place(self) -> Place: ...
    @property
    def is_automatic(self) -> bool: ...

    def why_not(self, payee: Payee) -> str:
        """Why this payee cannot be paid this way now, in a sentence; "" when they can."""
        ...

    def start(self, run: PaymentRun, payments: Sequence[Payment], actor: Person | None) -> None:
        """Queued payments may go. In the transaction that queued them: nothing here reaches out of the house."""
        ...
