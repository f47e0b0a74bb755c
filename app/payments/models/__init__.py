"""The tables of payments, by noun."""

from app.payments.models.cash import CashMove, Place, StripeEvent, StripeLook
from app.payments.models.invoices import INVOICE_MOVES, LIVE_INVOICES, Invoice, InvoiceState, Payer
from app.payments.models.payees import BankDetail, DetailState, Payee, PaySettings, Rail
from app.payments.models.refunds import AGREED_REFUNDS, LIVE_REFUNDS, REFUND_MOVES, Refund, RefundState
from app.payments.models.runs import (
    ON_ITS_WAY,
    OVER,
    PAYMENT_MOVES,
    RUN_MOVES,
    BankFile,
    Payment,
    PaymentItem,
    PaymentRun,
    PaymentState,
    RunApproval,
    RunState,
)
from app.payments.models.taking import LIVE_TAKE_BACKS, TAKE_BACK_MOVES, TakeBack, TakeBackState, Way

__all__ = [
    "AGREED_REFUNDS", "INVOICE_MOVES", "LIVE_INVOICES", "LIVE_REFUNDS", "LIVE_TAKE_BACKS", "ON_ITS_WAY", "OVER", "PAYMENT_MOVES", "REFUND_MOVES", "RUN_MOVES", "TAKE_BACK_MOVES", "BankDetail", "BankFile",
    "CashMove", "DetailState", "Invoice", "InvoiceState", "PaySettings", "Payee", "Payer", "Payment", "PaymentItem", "PaymentRun", "PaymentState", "Place", "Rail", "Refund", "RefundState", "RunApproval", "RunState", "StripeEvent",
    "StripeLook", "TakeBack", "TakeBackState", "Way",
]
