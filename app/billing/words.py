"""The words for a statement's states and for what happened to it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.billing.models import StatementState

_S = StatementState
STATE_WORDS = {
    _S.ACCRUING: _l("To be agreed"), _S.QUERIED: _l("A line is queried"), _S.SUBMITTED: _l("Agreed, to be verified"), _S.VERIFIED: _l("Verified, to be approved"),
    _S.APPROVED: _l("Approved to be paid"), _S.ON_HOLD: _l("On hold"), _S.IN_PAYMENT: _l("On its way"), _S.FAILED: _l("Payment held up"), _S.PAID: _l("Paid"),
}
STATE_TONES = {
    _S.ACCRUING: "gently", _S.QUERIED: "stop", _S.SUBMITTED: "info", _S.VERIFIED: "info", _S.APPROVED: "go", _S.ON_HOLD: "stop",
    _S.IN_PAYMENT: "go", _S.FAILED: "stop", _S.PAID: "done",
}
ACTION_WORDS = {
    "billing.statement.drawn": _l("Drawn up"),
    "billing.statement.refreshed": _l("Brought up to date"),
    "billing.statement.agreed": _l("Agreed by the partner"),
    "billing.statement.queried": _l("A line was queried"),
    "billing.statement.answered": _l("A query was answered"),
    "billing.statement.verified": _l("Verified: commission, register and tariff agree"),
    "billing.statement.approved": _l("Approved to be paid"),
    "billing.statement.held": _l("Put on hold"),
    "billing.statement.released": _l("Taken off hold"),
    "billing.statement.sent": _l("Payment on its way"),
    "billing.statement.failed": _l("Payment held up"),
    "billing.statement.freed": _l("Not paid: it goes into the next run"),
    "billing.statement.paid": _l("Paid"),
    "billing.statement.asked_back": _l("Money is asked back from an earlier payment"),
    "billing.statement.taken_back": _l("Settled: money of an earlier payment is back"),
}
"""Every audit action about a statement, by its exact key."""
CHARGE_WORDS = {"setup": _l("Setting up"), "notice": _l("Notice")}
