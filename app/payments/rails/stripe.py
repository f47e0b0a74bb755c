"""Stripe: a transfer for each payment, made by the worker. Nothing here goes out of the house; app.payments.services.sending does."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.accounts.models import Person
from app.payments.models import Payee, Payment, PaymentRun, Place, Rail
from app.payments.services import sending, settling


class StripeRail:
    kind = Rail.STRIPE
    words = _l("Stripe: each partner sets up its account there, and Kith transfers by itself")
    place = Place.STRIPE
    is_automatic = True

    def why_not(self, payee: Payee) -> str:
        if not payee.stripe_account:
            return _("The partner has not set up its account at Stripe yet.")
        return "" if payee.is_stripe_ready else _("Stripe is still checking this partner.")

    def start(self, run: PaymentRun, payments: Sequence[Payment], actor: Person | None) -> None:
        for payment in payments:
            account = payment.payee.stripe_account
            if account is None:
                settling.hold(payment, "no_account", actor)
            else:
                payment.destination = account
                sending.wake(payment)
