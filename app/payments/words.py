"""The words for payments' and runs' states, and for why a payment is held."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.payments.models import (
    InvoiceState,
    PaymentState,
    Place,
    Refund,
    RefundState,
    RunState,
    TakeBackState,
    Way,
)

_P = PaymentState
STATE_WORDS = {
    _P.DRAFT: _l("To be approved"), _P.APPROVED: _l("Approved"), _P.QUEUED: _l("Waiting to go"), _P.SUBMITTING: _l("On its way"), _P.UNKNOWN: _l("Being asked about"),
    _P.QUARANTINE: _l("Set apart"), _P.HELD: _l("Held"), _P.PAID: _l("Paid"), _P.PART_REVERSED: _l("Paid, some taken back"), _P.REVERSED: _l("Taken back"),
    _P.CANCELLED: _l("Cancelled"),
}
STATE_TONES = {
    _P.DRAFT: "gently", _P.APPROVED: "info", _P.QUEUED: "info", _P.SUBMITTING: "info", _P.UNKNOWN: "gently", _P.QUARANTINE: "stop",
    _P.HELD: "stop", _P.PAID: "done", _P.PART_REVERSED: "done", _P.REVERSED: "none", _P.CANCELLED: "none",
}
RUN_WORDS = {
    RunState.DRAFT: _l("To be approved"), RunState.STARTED: _l("Being paid"), RunState.DONE: _l("Done"), RunState.CANCELLED: _l("Cancelled"),
}
RUN_TONES = {RunState.DRAFT: "gently", RunState.STARTED: "info", RunState.DONE: "done", RunState.CANCELLED: "none"}
HELD_WORDS = {
    "no_details": _l("No confirmed bank details"), "account_closed": _l("The account is closed"), "details_wrong": _l("The bank says the details are wrong"),
    "refused": _l("The bank refused it"), "not_uploaded": _l("It never went to the bank"),
    "balance_insufficient": _l("Not enough money at Stripe"), "insufficient_capabilities_for_transfer": _l("Stripe is still checking this partner"),
    "reversed": _l("Taken back at Stripe"), "taken_back": _l("Taken back"), "not_made": _l("Stripe has no such reversal"),
    "taken_back_whole": _l("All of it was taken back at Stripe"), "given_up": _l("Stripe is asked a last time"),
    "no_account": _l("The partner has not set up Stripe yet"), "resource_missing": _l("Stripe does not know this account"),
}
BY_HAND = ("account_closed", "details_wrong", "refused", "not_uploaded")
"""What a person can say the bank did."""
PLACE_WORDS = {
    Place.BANK: _l("Bank"), Place.TRANSIT: _l("Between bank and Stripe"), Place.STRIPE: _l("Stripe"), Place.PARTNERS: _l("Partners"), Place.FUNDERS: _l("Funders"),
    Place.FEES: _l("Fees"), Place.SUSPENSE: _l("Not explained yet"),
}


def held_words(code: str) -> str:
    return HELD_WORDS.get(code, _("Refused: %(code)s", code=code.replace("_", " ")))


_T = TakeBackState
BACK_WORDS = {
    _T.ASKED: _l("To be approved"), _T.QUEUED: _l("Approved"), _T.SENDING: _l("Stripe is asked"), _T.DONE: _l("Taken back"), _T.REFUSED: _l("Not taken back"),
    _T.CANCELLED: _l("Cancelled"),
}
BACK_TONES = {_T.ASKED: "gently", _T.QUEUED: "info", _T.SENDING: "info", _T.DONE: "done", _T.REFUSED: "stop", _T.CANCELLED: "none"}
WAY_WORDS = {
    Way.STRIPE: _l("Stripe takes it out of the partner’s balance there"), Way.BANK: _l("The partner has sent it to our bank, where it has arrived"),
}

_I = InvoiceState
INVOICE_WORDS = {
    _I.QUEUED: _l("Being made"), _I.OPEN: _l("Sent"), _I.HELD: _l("Needs a look"), _I.PAID: _l("Paid"), _I.VOID: _l("Void"),
}
INVOICE_TONES = {_I.QUEUED: "info", _I.OPEN: "gently", _I.HELD: "stop", _I.PAID: "done", _I.VOID: "none"}
_INVOICE_WHY = {
    "withdrawn": _l("It was withdrawn."), "void": _l("It was voided on Stripe’s own pages."), "uncollectible": _l("It was given up on Stripe’s own pages."),
    "no_money": _l("It was marked as paid on Stripe’s own pages, and no money came there. If it came to the bank, write it down as received on the fund’s page, and withdraw this."),
    "other_amount": _l("Stripe has it with another amount or another payer. Nothing of it stands in our books: what came is named on the page of reconciliation."),
    "books": _l("It is paid, and the fund cannot take it: more has come than was promised, or the fund is closed. Write the larger promise down, then have it tried again."),
    "key_used": _l("Stripe knows our key for something else. Have it tried again: then it gets another."),
}


def invoice_why(code: str) -> str:
    """Why an invoice is held or void, in a sentence; "" for no code."""
    return _INVOICE_WHY.get(code, _("Stripe refused it: %(code)s.", code=code.replace("_", " ")) if code else "")


_R = RefundState
REFUND_WORDS = {
    _R.ASKED: _l("To be approved"), _R.QUEUED: _l("Approved"), _R.SENDING: _l("Stripe is asked"), _R.DONE: _l("Given back"), _R.REFUSED: _l("Not given back"),
    _R.CAME_BACK: _l("It came back"), _R.CANCELLED: _l("Cancelled"),
}
REFUND_TONES = {
    _R.ASKED: "gently", _R.QUEUED: "info", _R.SENDING: "info", _R.DONE: "done", _R.REFUSED: "stop", _R.CAME_BACK: "stop", _R.CANCELLED: "none",
}
_REFUND_WHY = {
    "balance_insufficient": _l("Not enough money at Stripe."), "not_made": _l("Stripe has no such refund."), "given_up": _l("Stripe is asked a last time."),
    "several_payments": _l("It was paid in several payments: give it back on Stripe’s own pages."),
    "charge_already_refunded": _l("So much of it is not left at Stripe."), "failed": _l("The funder’s bank would not have it."),
    "canceled": _l("The funder did not say where to in time."),
}


def refund_why(refund: Refund) -> str:
    """Why a refund did not go, or what Stripe still waits for, in a sentence; "" where nothing is to be said."""
    if refund.why_not:
        return _REFUND_WHY.get(refund.why_not, _("Stripe refused it: %(code)s.", code=refund.why_not.replace("_", " ")))
    if refund.state is _R.DONE and refund.stripe_status in ("failed", "canceled"):
        return _("It did not reach the funder’s bank, and is not in our balance: it waits at Stripe for the funder.")
    if refund.state in (_R.SENDING, _R.DONE) and refund.stripe_status == "requires_action":
        return _("Stripe has asked the funder by e-mail for its bank account.")
    return ""
