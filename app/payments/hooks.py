"""What the rooms above hear of a payment, inside the transaction in which it happens."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from app.accounts.models import Person
from app.payments.models import Payment


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
