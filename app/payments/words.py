"""The words for payments' and runs' states, and for why a payment is held."""

from __future__ import annotations

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
    _P.DRAFT: "To be approved", _P.APPROVED: "Approved", _P.QUEUED: "Waiting to go", _P.SUBMITTING: "On its way", _P.UNKNOWN: "Being asked about",
    _P.QUARANTINE: "Set apart", _P.HELD: "Held", _P.PAID: "Paid", _P.PART_REVERSED: "Paid, some taken back", _P.REVERSED: "Taken back",
    _P.CANCELLED: "Cancelled",
}
STATE_TONES = {
    _P.DRAFT: "gently", _P.APPROVED: "info", _P.QUEUED: "info", _P.SUBMITTING: "info", _P.UNKNOWN: "gently", _P.QUARANTINE: "stop",
    _P.HELD: "stop", _P.PAID: "done", _P.PART_REVERSED: "done", _P.REVERSED: "none", _P.CANCELLED: "none",
}
RUN_WORDS = {
    RunState.DRAFT: "To be approved", RunState.STARTED: "Being paid", RunState.DONE: "Done", RunState.CANCELLED: "Cancelled",
}
RUN_TONES = {RunState.DRAFT: "gently", RunState.STARTED: "info", RunState.DONE: "done", RunState.CANCELLED: "none"}
HELD_WORDS = {
    "no_details": "No confirmed bank details", "account_closed": "The account is closed", "details_wrong": "The bank says the details are wrong",
    "refused": "The bank refused it", "not_uploaded": "It never went to the bank",
    "balance_insufficient": "Not enough money at Stripe", "insufficient_capabilities_for_transfer": "Stripe is still checking this partner",
    "reversed": "Taken back at Stripe", "taken_back": "Taken back", "not_made": "Stripe has no such reversal",
    "taken_back_whole": "All of it was taken back at Stripe", "given_up": "Stripe is asked a last time",
    "no_account": "The partner has not set up Stripe yet", "resource_missing": "Stripe does not know this account",
}
BY_HAND = ("account_closed", "details_wrong", "refused", "not_uploaded")
"""What a person can say the bank did."""
PLACE_WORDS = {
    Place.BANK: "Bank", Place.TRANSIT: "Between bank and Stripe", Place.STRIPE: "Stripe", Place.PARTNERS: "Partners", Place.FUNDERS: "Funders",
    Place.FEES: "Fees", Place.SUSPENSE: "Not explained yet",
}


def held_words(code: str) -> str:
    return HELD_WORDS.get(code, f"Refused: {code.replace('_', ' ')}")


_T = TakeBackState
BACK_WORDS = {
    _T.ASKED: "To be approved", _T.QUEUED: "Approved", _T.SENDING: "Stripe is asked", _T.DONE: "Taken back", _T.REFUSED: "Not taken back",
    _T.CANCELLED: "Cancelled",
}
BACK_TONES = {_T.ASKED: "gently", _T.QUEUED: "info", _T.SENDING: "info", _T.DONE: "done", _T.REFUSED: "stop", _T.CANCELLED: "none"}
WAY_WORDS = {
    Way.STRIPE: "Stripe takes it out of the partner’s balance there", Way.BANK: "The partner has sent it to our bank, where it has arrived",
}

_I = InvoiceState
INVOICE_WORDS = {
    _I.QUEUED: "Being made", _I.OPEN: "Sent", _I.HELD: "Needs a look", _I.PAID: "Paid", _I.VOID: "Void",
}
INVOICE_TONES = {_I.QUEUED: "info", _I.OPEN: "gently", _I.HELD: "stop", _I.PAID: "done", _I.VOID: "none"}
_INVOICE_WHY = {
    "withdrawn": "It was withdrawn.", "void": "It was voided on Stripe’s own pages.", "uncollectible": "It was given up on Stripe’s own pages.",
    "no_money": "It was marked as paid on Stripe’s own pages, and no money came there. If it came to the bank, write it down as received on the fund’s page, and withdraw this.",
    "other_amount": "Stripe has it with another amount or another payer. Nothing of it stands in our books: what came is named on the page of reconciliation.",
    "books": "It is paid, and the fund cannot take it: more has come than was promised, or the fund is closed. Write the larger promise down, then have it tried again.",
    "key_used": "Stripe knows our key for something else. Have it tried again: then it gets another.",
}


def invoice_why(code: str) -> str:
    """Why an invoice is held or void, in a sentence; "" for no code."""
    return _INVOICE_WHY.get(code, f"Stripe refused it: {code.replace('_', ' ')}." if code else "")


_R = RefundState
REFUND_WORDS = {
    _R.ASKED: "To be approved", _R.QUEUED: "Approved", _R.SENDING: "Stripe is asked", _R.DONE: "Given back", _R.REFUSED: "Not given back",
    _R.CAME_BACK: "It came back", _R.CANCELLED: "Cancelled",
}
REFUND_TONES = {
    _R.ASKED: "gently", _R.QUEUED: "info", _R.SENDING: "info", _R.DONE: "done", _R.REFUSED: "stop", _R.CAME_BACK: "stop", _R.CANCELLED: "none",
}
_REFUND_WHY = {
    "balance_insufficient": "Not enough money at Stripe.", "not_made": "Stripe has no such refund.", "given_up": "Stripe is asked a last time.",
    "several_payments": "It was paid in several payments: give it back on Stripe’s own pages.",
    "charge_already_refunded": "So much of it is not left at Stripe.", "failed": "The funder’s bank would not have it.",
    "canceled": "The funder did not say where to in time.",
}


def refund_why(refund: Refund) -> str:
    """Why a refund did not go, or what Stripe still waits for, in a sentence; "" where nothing is to be said."""
    if refund.why_not:
        return _REFUND_WHY.get(refund.why_not, f"Stripe refused it: {refund.why_not.replace('_', ' ')}.")
    if refund.state is _R.DONE and refund.stripe_status in ("failed", "canceled"):
        return "It did not reach the funder’s bank, and is not in our balance: it waits at Stripe for the funder."
    if refund.state in (_R.SENDING, _R.DONE) and refund.stripe_status == "requires_action":
        return "Stripe has asked the funder by e-mail for its bank account."
    return ""
