"""Manual: somebody pays in the bank's own pages and says so here."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from app.accounts.models import Person
from app.payments.models import Payee, Payment, PaymentRun, Place, Rail
from app.payments.services import settling


class ManualRail:
    kind = Rail.MANUAL
    words = _l("By hand: somebody pays in online banking and says so here")
    place = Place.BANK
    is_automatic = False

    def why_not(self, payee: Payee) -> str:
        return ""

    def start(self, run: PaymentRun, payments: Sequence[Payment], actor: Person | None) -> None:
        for payment in payments:
            settling.send(payment, actor)
