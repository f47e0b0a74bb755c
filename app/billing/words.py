"""The words for a statement's states and for what happened to it."""

from __future__ import annotations

from app.billing.models import StatementState

_S = StatementState
STATE_WORDS = {
    _S.ACCRUING: "To be agreed", _S.QUERIED: "A line is queried", _S.SUBMITTED: "Agreed, to be verified", _S.VERIFIED: "Verified, to be approved",
    _S.APPROVED: "Approved to be paid", _S.ON_HOLD: "On hold", _S.IN_PAYMENT: "On its way", _S.FAILED: "Payment held up", _S.PAID: "Paid",
}
STATE_TONES = {
    _S.ACCRUING: "gently", _S.QUERIED: "stop", _S.SUBMITTED: "info", _S.VERIFIED: "info", _S.APPROVED: "go", _S.ON_HOLD: "stop",
    _S.IN_PAYMENT: "go", _S.FAILED: "stop", _S.PAID: "done",
}
ACTION_WORDS = {
    "billing.statement.drawn": "Drawn up",
    "billing.statement.refreshed": "Brought up to date",
    "billing.statement.agreed": "Agreed by the partner",
    "billing.statement.queried": "A line was queried",
    "billing.statement.answered": "A query was answered",
    "billing.statement.verified": "Verified: commission, register and tariff agree",
    "billing.statement.approved": "Approved to be paid",
    "billing.statement.held": "Put on hold",
    "billing.statement.released": "Taken off hold",
    "billing.statement.sent": "Payment on its way",
    "billing.statement.failed": "Payment held up",
    "billing.statement.freed": "Not paid: it goes into the next run",
    "billing.statement.paid": "Paid",
    "billing.statement.asked_back": "Money is asked back from an earlier payment",
    "billing.statement.taken_back": "Settled: money of an earlier payment is back",
}
"""Every audit action about a statement, by its exact key."""
CHARGE_WORDS = {"setup": "Setting up", "notice": "Notice"}
