"""What Stripe answers, in our own words: a Transfer, an Invoice, Refused (certainly not), Unsure (perhaps). Amounts are whole pence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


class Refused(Exception):
    """Stripe certainly did not do it. `code` is Stripe's own."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Unsure(Exception):
    """It may have happened, or may yet. `is_strange`: the same key was used for something else; a person looks."""

    def __init__(self, why: str, *, is_strange: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.is_strange = is_strange


class BadSignature(Exception):
    """Not from Stripe, too old, or for the other endpoint."""


@dataclass(frozen=True)
class Transfer:
    """What Stripe says of one transfer."""

    id: str
    pence: int
    currency: str
    destination: str
    group: str
    payment_id: str
    reversed_pence: int


@dataclass(frozen=True)
class Reversal:
    """Money taken back out of one transfer. `take_back_id` is ours, or "" for one made on Stripe's own pages."""

    id: str
    pence: int
    take_back_id: str


@dataclass(frozen=True)
class Event:
    """The little that is believed of a webhook."""

    id: str
    kind: str
    object_id: str
    is_live: bool


@dataclass(frozen=True)
class BalanceLine:
    """One line of Stripe's own account of our balance: what it did to it, net."""

    id: str
    kind: str
    source: str
    net_pence: int
    at: datetime


@dataclass(frozen=True)
class BilledInvoice:
    """What Stripe says of one invoice. `status` is Stripe's: draft, open, paid, uncollectible, void. `invoice_id` is ours, or ""."""

    id: str
    status: str
    pence: int
    currency: str
    customer: str
    invoice_id: str
    number: str
    page: str
    due_on: date | None


@dataclass(frozen=True)
class Receipt:
    """Money that paid an invoice: Stripe's line of it (`txn`), the whole and what Stripe kept of it."""

    txn: str
    pence: int
    fee_pence: int


@dataclass(frozen=True)
class GivenBack:
    """What Stripe says of one refund. `status` is Stripe's; `refund_id` is ours, or "" for one made on Stripe's own pages.

    `txn` is Stripe's line of the money that left our balance, `back_txn` of the same money come back; "" while there is none.
    """

    id: str
    pence: int
    currency: str
    status: str
    refund_id: str
    intent: str
    txn: str
    back_txn: str
