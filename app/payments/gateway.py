"""Stripe, and the only import of its library. Answers in our own words (`answers`).

Amounts are whole pence, the currency is always pounds. No name of a child, no need and no free text goes out: only keys of ours.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import stripe

from app.payments.answers import (
    BadSignature,
    BalanceLine,
    BilledInvoice,
    Event,
    GivenBack,
    Receipt,
    Refused,
    Reversal,
    Transfer,
    Unsure,
)
from app.shared.clock import LONDON
from config import SettingsRefused

__all__ = [
    "BadSignature", "BalanceLine", "BilledInvoice", "Event", "GivenBack", "Receipt", "Refused", "Reversal", "StripeGateway", "Transfer", "Unsure", "check_key",
]

CURRENCY = "gbp"
TIMEOUT = (3.05, 20.0)  # seconds to connect, and to answer: together within a payment's lease
stripe.enable_telemetry = False
logging.getLogger("stripe").setLevel(logging.WARNING)  # it would log the addresses it asks, and a funder's e-mail in them


def check_key(key: str, api_base: str, *, is_production: bool) -> None:
    """Raises SettingsRefused: a live key never meets a test address, nor a test key production."""
    is_live, is_test = key.startswith(("sk_live_", "rk_live_")), key.startswith(("sk_test_", "rk_test_"))
    if not is_live and not is_test:
        raise SettingsRefused("KITH_STRIPE_KEY begins with rk_live_ or rk_test_ (or sk_…).")
    if is_live and api_base:
        raise SettingsRefused("KITH_STRIPE_KEY is a live key and KITH_STRIPE_API_BASE names a test address: take one of them away.")
    if is_live and not is_production:
        raise SettingsRefused("KITH_STRIPE_KEY is a live key and this is not production: use a test key.")
    if is_test and is_production:
        raise SettingsRefused("KITH_STRIPE_KEY is a test key and this is production: nobody would be paid.")


class StripeGateway:
    """Talks to one Stripe account. Never call it inside a transaction."""

    def __init__(self, key: str, api_base: str = "", *, retries: int = 2) -> None:
        self.is_live = "_live_" in key[:8]
        self._client = stripe.StripeClient(
            key, base_addresses={"api": api_base} if api_base else {}, max_network_retries=retries,
            http_client=stripe.RequestsClient(timeout=TIMEOUT),
        )

    # --- partners --------------------------------------------------------------------------------

    def create_account(self, *, name: str, email: str, payee_id: str, key: str) -> str:
        """An account for a partner, to be completed on Stripe's own pages. The same key makes the same one."""
        with _in_our_words():
            account = self._client.v2.core.accounts.create({
                "display_name": name, "contact_email": email, "dashboard": "express", "identity": {"country": "gb"},
                "configuration": {"recipient": {"capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}}},
                "defaults": {"currency": CURRENCY, "responsibilities": {"fees_collector": "application", "losses_collector": "application"}},
                "metadata": {"payee_id": payee_id}, "include": ["configuration.recipient"],
            }, {"idempotency_key": key})
            return account.id

    def account_link(self, account: str, *, refresh_url: str, return_url: str) -> str:
        """Stripe's page for that account; it opens once."""
        with _in_our_words():
            link = self._client.v2.core.account_links.create({
                "account": account,
                "use_case": {
                    "type": "account_onboarding",
                    "account_onboarding": {"refresh_url": refresh_url, "return_url": return_url},
                },
            })
            return link.url

    def is_ready(self, account: str) -> bool:
        """Stripe lets us transfer to it: the recipient's capability is active."""
        with _in_our_words():
            found = self._client.v2.core.accounts.retrieve(account, {"include": ["configuration.recipient"]})
            state: Any = found.to_dict()
            for part in ("configuration", "recipient", "capabilities", "stripe_balance", "stripe_transfers", "status"):
                state = (state or {}).get(part)
            return bool(state == "active")

    # --- money -----------------------------------------------------------------------------------

    def transfer(self, *, pence: int, destination: str, group: str, payment_id: str, run_id: str, key: str) -> Transfer:
        """Move money to a partner. Raises Refused, Unsure."""
        with _in_our_words():
            return _as_transfer(self._client.v1.transfers.create({
                "amount": pence, "currency": CURRENCY, "destination": destination, "transfer_group": group,
                "description": f"Kith {group}", "metadata": {"payment_id": payment_id, "run_id": run_id},
            }, {"idempotency_key": key}))

    def find_transfers(self, group: str) -> list[Transfer]:
        """All that ever happened under this key of ours, which Stripe never forgets. Raises Unsure, Refused."""
        with _in_our_words():
            return [_as_transfer(found) for found in self._client.v1.transfers.list({"transfer_group": group, "limit": 100}).auto_paging_iter()]

    def get_transfer(self, transfer_id: str) -> Transfer:
        with _in_our_words():
            return _as_transfer(self._client.v1.transfers.retrieve(transfer_id))

    def reverse(self, transfer_id: str, *, pence: int, take_back_id: str, key: str) -> Reversal:
        """Take money back out of the partner's balance at Stripe. Raises Refused, Unsure."""
        with _in_our_words():
            return _as_reversal(self._client.v1.transfers.reversals.create(
                transfer_id, {"amount": pence, "metadata": {"take_back_id": take_back_id}}, {"idempotency_key": key},
            ))

    def reversals(self, transfer_id: str) -> list[Reversal]:
        """All of one transfer; what is embedded in it are the latest ten alone. Raises Unsure, Refused."""
        with _in_our_words():
            return [_as_reversal(found) for found in self._client.v1.transfers.reversals.list(transfer_id, {"limit": 100}).auto_paging_iter()]

    def balance(self) -> tuple[int, int]:
        """(available, pending) pence."""
        with _in_our_words():
            found = self._client.v1.balance.retrieve()
            return (
                sum(part.amount for part in found.available if part.currency == CURRENCY),
                sum(part.amount for part in found.pending if part.currency == CURRENCY),
            )

    def balance_lines(self, since: datetime) -> Iterator[BalanceLine]:
        with _in_our_words():
            for line in self._client.v1.balance_transactions.list(
                {"created": {"gte": int(since.timestamp())}, "limit": 100}
            ).auto_paging_iter():
                source = line.source if isinstance(line.source, str) else getattr(line.source, "id", "") or ""
                yield BalanceLine(line.id, line.type, source, line.net, datetime.fromtimestamp(line.created, UTC))

    # --- money of funders --------------------------------------------------------------------------

    def create_customer(self, *, name: str, email: str, payer_id: str, key: str) -> str:
        """A funder, with an account number of its own to pay into. The same key makes the same one."""
        with _in_our_words():
            return self._client.v1.customers.create({"name": name, "email": email, "metadata": {"payer_id": payer_id}}, {"idempotency_key": key}).id

    def find_customer(self, *, email: str, payer_id: str) -> str:
        """The one made for this payer before, or "": whoever may have tried looks first."""
        with _in_our_words():
            for found in self._client.v1.customers.list({"email": email, "limit": 100}).auto_paging_iter():
                if (found.metadata.to_dict() if found.metadata else {}).get("payer_id") == payer_id:
                    return found.id
        return ""

    def set_email(self, customer: str, email: str) -> None:
        with _in_our_words():
            self._client.v1.customers.update(customer, {"email": email})

    def cash_held(self, customer: str) -> int:
        """What has arrived from a funder and paid no invoice: too little for one, or more than was asked."""
        with _in_our_words():
            found = self._client.v1.customers.cash_balance.retrieve(customer)
            return int((found.available.to_dict() if found.available else {}).get(CURRENCY, 0))

    def create_invoice(self, *, customer: str, invoice_id: str, days: int, key: str) -> BilledInvoice:
        """A draft, paid by bank transfer alone and never sent by itself."""
        with _in_our_words():
            return _as_invoice(self._client.v1.invoices.create({
                "customer": customer, "currency": CURRENCY, "collection_method": "send_invoice", "days_until_due": days, "auto_advance": False,
                "pending_invoice_items_behavior": "exclude", "metadata": {"invoice_id": invoice_id},
                "payment_settings": {"payment_method_types": ["customer_balance"], "payment_method_options": {"customer_balance": {
                    "funding_type": "bank_transfer", "bank_transfer": {"type": "gb_bank_transfer"},
                }}},
            }, {"idempotency_key": key}))

    def fill_invoice(self, invoice: BilledInvoice, *, pence: int, words: str, key: str) -> BilledInvoice:
        """Its one line; the invoice as it is then."""
        with _in_our_words():
            self._client.v1.invoice_items.create({
                "customer": invoice.customer, "invoice": invoice.id, "amount": pence, "currency": CURRENCY, "description": words,
            }, {"idempotency_key": key})
        return self.get_invoice(invoice.id)

    def finalize_invoice(self, id_: str, *, key: str) -> BilledInvoice:
        with _in_our_words():
            return _as_invoice(self._client.v1.invoices.finalize_invoice(id_, {"auto_advance": False}, {"idempotency_key": key}))

    def send_invoice(self, id_: str, *, key: str) -> BilledInvoice:
        """By e-mail from Stripe, with the account number to pay into."""
        with _in_our_words():
            return _as_invoice(self._client.v1.invoices.send_invoice(id_, {}, {"idempotency_key": key}))

    def void_invoice(self, id_: str, *, key: str) -> None:
        with _in_our_words():
            self._client.v1.invoices.void_invoice(id_, {}, {"idempotency_key": key})

    def get_invoice(self, id_: str) -> BilledInvoice:
        with _in_our_words():
            return _as_invoice(self._client.v1.invoices.retrieve(id_))

    def invoices_of(self, customer: str) -> list[BilledInvoice]:
        with _in_our_words():
            return [_as_invoice(found) for found in self._client.v1.invoices.list({"customer": customer, "limit": 100}).auto_paging_iter()]

    def receipts_of(self, id_: str) -> list[Receipt]:
        """The money that paid an invoice, as it stands in Stripe's own account of our balance; none when a person marked it as paid.

        Raises Unsure while Stripe has not written the line yet.
        """
        found = []
        for intent in self.intents_of(id_):
            with _in_our_words():
                charge = self._client.v1.payment_intents.retrieve(intent).latest_charge
                line = self._client.v1.charges.retrieve(_id_of(charge)).balance_transaction if charge else None
            if line is None:
                raise Unsure("Stripe has not written the money down yet")
            found.append(self.get_line(_id_of(line)))
        return found

    def intents_of(self, id_: str) -> list[str]:
        """The payments that an invoice was paid with, by Stripe's names of them. Raises Unsure, Refused."""
        with _in_our_words():
            paid = self._client.v1.invoice_payments.list({"invoice": id_, "status": "paid", "limit": 100}).auto_paging_iter()
            return [_id_of(one.payment.payment_intent) for one in paid if one.payment.payment_intent is not None]

    def get_line(self, txn: str) -> Receipt:
        """One line of Stripe's own account of our balance: what came (below nil: what left) and what Stripe kept of it."""
        with _in_our_words():
            line = self._client.v1.balance_transactions.retrieve(txn)
            return Receipt(line.id, line.amount, line.fee)

    def give_back(self, intent: str, *, pence: int, email: str, refund_id: str, key: str) -> GivenBack:
        """Send money of a payment back to the bank account it came from; Stripe asks at `email` where it does not know that account."""
        with _in_our_words():
            return _as_given_back(self._client.v1.refunds.create({
                "payment_intent": intent, "amount": pence, "instructions_email": email, "metadata": {"refund_id": refund_id},
            }, {"idempotency_key": key}))

    def given_back_of(self, intent: str) -> list[GivenBack]:
        """All that ever went back of one payment. Raises Unsure, Refused."""
        with _in_our_words():
            return [_as_given_back(found) for found in self._client.v1.refunds.list({"payment_intent": intent, "limit": 100}).auto_paging_iter()]

    def get_given_back(self, id_: str) -> GivenBack:
        with _in_our_words():
            return _as_given_back(self._client.v1.refunds.retrieve(id_))

    # --- news ------------------------------------------------------------------------------------

    def events_since(self, since: datetime, kinds: Sequence[str]) -> Iterator[tuple[Event, str]]:
        """What webhooks told or should have told since then, with its body; Stripe keeps events for thirty days. Raises Unsure, Refused."""
        with _in_our_words():
            for found in self._client.v1.events.list(
                {"created": {"gte": int(since.timestamp())}, "types": list(kinds), "limit": 100}
            ).auto_paging_iter():
                about = found.data.to_dict().get("object") or {}
                event = Event(found.id, found.type, _about(about), bool(found.livemode))
                yield event, json.dumps({"id": event.id, "type": event.kind, "livemode": event.is_live, "data": {"object": {"id": event.object_id}}})

    def read_event(self, body: bytes, signature: str, secrets: Sequence[str]) -> Event:
        """A snapshot event, its signature made with one of our secrets. Raises BadSignature."""
        _require_signature(body, signature, secrets)
        try:
            event = json.loads(body)
            if event["object"] != "event":
                raise BadSignature("a thin event came to the endpoint of snapshots")
            return Event(event["id"], event["type"], _about(event["data"]["object"]), bool(event["livemode"]))
        except (KeyError, TypeError, ValueError) as error:
            raise BadSignature("not an event") from error

    def read_thin_event(self, body: bytes, signature: str, secrets: Sequence[str]) -> Event:
        """A thin event: its kind and which object. Raises BadSignature."""
        _require_signature(body, signature, secrets)
        try:
            event = json.loads(body)
            if event["object"] != "v2.core.event":
                raise BadSignature("a snapshot came to the endpoint of thin events")
            return Event(event["id"], event["type"], (event.get("related_object") or {}).get("id") or "", bool(event["livemode"]))
        except (KeyError, TypeError, ValueError) as error:
            raise BadSignature("not an event") from error


def _require_signature(body: bytes, signature: str, secrets: Sequence[str]) -> None:
    """Made with the secret in use or the one before it, within five minutes."""
    for secret in secrets:
        try:
            stripe.WebhookSignature.verify_header(body.decode(), signature, secret, 300)
        except (stripe.SignatureVerificationError, UnicodeDecodeError):
            continue
        return
    raise BadSignature("no secret of ours made this signature")


def _as_transfer(found: stripe.Transfer) -> Transfer:
    destination = found.destination if isinstance(found.destination, str) else getattr(found.destination, "id", "")
    meta = found.metadata.to_dict()
    return Transfer(
        found.id, found.amount, found.currency, destination or "", found.transfer_group or "", str(meta.get("payment_id", "")),
        found.amount_reversed,
    )


def _as_reversal(found: stripe.TransferReversal) -> Reversal:
    return Reversal(found.id, found.amount, str((found.metadata.to_dict() if found.metadata else {}).get("take_back_id", "")))


def _about(thing: dict[str, Any]) -> str:
    """What an event is about, to be read again: by its id, or (a cash balance, which has none) whose it is."""
    return str(thing.get("id") or thing.get("customer") or "")


def _id_of(found: object) -> str:
    """Of what Stripe names by its id or gives whole."""
    return found if isinstance(found, str) else str(getattr(found, "id", ""))


def _as_invoice(found: stripe.Invoice) -> BilledInvoice:
    meta = found.metadata.to_dict() if found.metadata else {}
    due_on = datetime.fromtimestamp(found.due_date, LONDON).date() if found.due_date else None
    return BilledInvoice(
        found.id, found.status or "", found.total, found.currency, _id_of(found.customer), str(meta.get("invoice_id", "")), found.number or "",
        found.hosted_invoice_url or "", due_on,
    )


def _as_given_back(found: stripe.Refund) -> GivenBack:
    meta = found.metadata.to_dict() if found.metadata else {}
    back = getattr(found, "failure_balance_transaction", None)  # Stripe leaves it out of what has not failed
    return GivenBack(
        found.id, found.amount, found.currency, found.status or "", str(meta.get("refund_id", "")), _id_of(found.payment_intent),
        _id_of(found.balance_transaction), _id_of(back),
    )


@contextmanager
def _in_our_words() -> Iterator[None]:
    """Only a definite 4xx is a refusal; everything else may have happened."""
    try:
        yield
    except stripe.IdempotencyError as error:
        raise Unsure("the key was used otherwise", is_strange=error.http_status != 409) from error
    except (stripe.RateLimitError, stripe.APIConnectionError) as error:
        raise Unsure(type(error).__name__) from error
    except stripe.StripeError as error:
        status = error.http_status or 0
        if 400 <= status < 500 and status not in (409, 429):
            raise Refused(error.code or f"http_{status}") from error
        raise Unsure(f"{type(error).__name__} {status}") from error
