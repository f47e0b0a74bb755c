"""What the rooms above hear of a payment, inside the transaction in which it happens."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from app.accounts.models import Person
from app.payments.models import Invoice, Payment, Refund, TakeBack


class News(StrEnum):
    """Sent: on its way. Refused: it certainly did not happen, and is owed again. Returned: it was paid and came back."""

    SENT = "sent"
    REFUSED = "refused"
    PAID = "paid"
    RETURNED = "returned"
    CANCELLED = "cancelled"


Listener = Callable[[Payment, News, Person | None], None]
_listeners: dict[str, Listener] = {}


def register_listener(name: str, listener: Listener) -> None:
    """Called in the transaction of the change; whatever it raises undoes the change."""
    _listeners[name] = listener


def tell(payment: Payment, news: News, actor: Person | None) -> None:
    for listener in _listeners.values():
        listener(payment, news, actor)


class BackNews(StrEnum):
    """Of money taken back, or given back. Agreed: a second person said yes. Done: it is back. Dropped: it is not, and what was set aside is free."""

    AGREED = "agreed"
    DONE = "done"
    DROPPED = "dropped"


RefundListener = Callable[[Refund, BackNews, Person | None], None]
_refund_listeners: dict[str, RefundListener] = {}


def register_refund_listener(name: str, listener: RefundListener) -> None:
    """Like `register_listener`, for money that goes back to a funder. Agreed: it is set aside. Dropped: it did not go, or came back."""
    _refund_listeners[name] = listener


def tell_refund(refund: Refund, news: BackNews, actor: Person | None) -> None:
    for listener in _refund_listeners.values():
        listener(refund, news, actor)


BackListener = Callable[[TakeBack, BackNews, Person | None], None]
_back_listeners: dict[str, BackListener] = {}


def register_back_listener(name: str, listener: BackListener) -> None:
    """Like `register_listener`, for money taken back."""
    _back_listeners[name] = listener


def tell_back(taken: TakeBack, news: BackNews, actor: Person | None) -> None:
    for listener in _back_listeners.values():
        listener(taken, news, actor)


PaidListener = Callable[[Invoice], None]
_paid_listeners: dict[str, PaidListener] = {}


def register_paid_listener(name: str, listener: PaidListener) -> None:
    """Like `register_listener`, for an invoice whose money has come."""
    _paid_listeners[name] = listener


def tell_invoice_paid(invoice: Invoice) -> None:
    for listener in _paid_listeners.values():
        listener(invoice)
