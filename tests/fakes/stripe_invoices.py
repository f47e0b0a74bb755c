"""The fake's part about money of funders: customers with a cash balance, invoices to be paid by bank transfer, and what pays them."""

from __future__ import annotations

import copy
import re
import time
from collections.abc import Callable
from typing import Any

from tests.fakes.stripe_parts import OBJECTS, Refusal

Given = dict[str, Any]


class Invoicing:
    """Mixed into FakeStripe. `fee` is what Stripe keeps of each transfer that pays an invoice; `mailed` which invoices were sent."""

    available: int
    fee: int
    mailed: list[str]
    asks_for_bank: bool
    objects: dict[str, Given]
    _new: Callable[..., Given]
    _line: Callable[..., str]
    _emit: Callable[[str, Given], None]
    _get: Callable[[str, str], Given]
    _list: Callable[[str, list[Given], Given], Given]

    def bank_transfer(self, customer: str, pence: int) -> None:
        """A funder pays into its account number: an invoice of just that amount is paid, else the oldest ones that it reaches for."""
        balance = self.objects[f"cash_{customer}"]["available"]
        balance["gbp"] = balance.get("gbp", 0) + pence
        waiting = [one for one in self._of("invoice", customer) if one["status"] == "open"]
        for invoice in sorted(waiting, key=lambda one: (one["total"] != balance["gbp"], one["id"])):
            if invoice["total"] <= balance["gbp"]:
                balance["gbp"] -= invoice["total"]
                self._paid(invoice)
        if balance["gbp"]:
            self._emit("cash_balance.funds_available", self.objects[f"cash_{customer}"])

    def mark_paid(self, invoice_id: str) -> None:
        """A person says so on Stripe's own pages: no money comes."""
        invoice = self.objects[invoice_id]
        invoice |= {"status": "paid", "amount_remaining": 0}
        self._emit("invoice.paid", invoice)

    def change_status(self, invoice_id: str, status: str, kind: str) -> None:
        self.objects[invoice_id]["status"] = status
        self._emit(kind, self.objects[invoice_id])

    def give_back(self, intent: str, pence: int, *, metadata: Given | None = None, email: str = "") -> Given:
        """Somebody gives money of a payment back: we, or a person on Stripe's own pages. `asks_for_bank`: Stripe does not know where to."""
        paid = self._get(intent, "payment_intent")
        gone = sum(o["amount"] for o in self.objects.values() if o["object"] == "refund" and o["payment_intent"] == intent and o["status"] not in ("failed", "canceled"))
        if not 0 < pence <= paid["amount"] - gone:
            raise Refusal(400, "Refund amount is greater than unrefunded amount on charge.", code="charge_already_refunded")
        if self.available < pence:
            raise Refusal(400, "Insufficient funds in your Stripe balance to refund this amount.", code="balance_insufficient")
        made = self._new(
            "refund", "re", amount=pence, currency="gbp", charge=paid["latest_charge"], payment_intent=intent, metadata=metadata or {},
            status="requires_action" if self.asks_for_bank else "pending", destination_details=None, instructions_email=email or None,
        )
        if not self.asks_for_bank:
            self._leaves(made)
        self._emit("refund.created", made)
        return made

    def _leaves(self, refund: Given) -> None:
        self.available -= refund["amount"]
        refund["balance_transaction"] = self._line("payment_refund", -refund["amount"], refund["id"])

    def end_refund(self, refund_id: str, status: str, *, comes_back: bool = False) -> None:
        """Stripe says more of it: sent, failed or given up; `comes_back` to our balance, else it waits with the funder's own."""
        refund = self.objects[refund_id]
        refund["status"] = status
        if status == "succeeded" and not refund["balance_transaction"]:
            self._leaves(refund)
        if comes_back:
            self.available += refund["amount"]
            refund["failure_balance_transaction"] = self._line("payment_failure_refund", refund["amount"], refund["id"])
        self._emit("refund.failed" if status == "failed" else "refund.updated", refund)

    def _paid(self, invoice: Given) -> None:
        pence = invoice["total"]
        intent = self._new("payment_intent", "pi", amount=pence, amount_received=pence, currency="gbp", customer=invoice["customer"], status="succeeded")
        charge = self._new(
            "charge", "py", amount=pence, amount_captured=pence, captured=True, currency="gbp", customer=invoice["customer"],
            payment_intent=intent["id"], status="succeeded",
        )
        charge["balance_transaction"] = self._line("payment", pence, charge["id"], fee=self.fee)
        intent["latest_charge"] = charge["id"]
        self.available += pence - self.fee
        self._new(
            "invoice_payment", "inpay", amount_paid=pence, amount_requested=pence, currency="gbp", invoice=invoice["id"], status="paid",
            payment={"type": "payment_intent", "payment_intent": intent["id"]},
        )
        invoice |= {"status": "paid", "amount_paid": pence, "amount_remaining": 0}
        self._emit("invoice.paid", invoice)

    def _of(self, kind: str, customer: str) -> list[Given]:
        return [one for one in self.objects.values() if one["object"] == kind and one["customer"] == customer]

    def do_invoices(self, what: str, path: str, asked: Given) -> Given | None:
        """None: it is about something else."""
        parts = path.split("/")
        if what == "POST /v1/customers":
            made = self._new("customer", "cus", email=asked.get("email"), name=asked.get("name"), metadata=asked.get("metadata", {}), currency=None)
            self.objects[f"cash_{made['id']}"] = {**copy.deepcopy(OBJECTS["cash_balance"]), "customer": made["id"], "available": {}}
            return copy.deepcopy(made)
        if re.fullmatch(r"POST /v1/customers/\{\w+\}", what):
            self._get(parts[3], "customer")["email"] = asked.get("email")
            return copy.deepcopy(self._get(parts[3], "customer"))
        if what == "GET /v1/customers":
            found = [one for one in self.objects.values() if one["object"] == "customer" and asked.get("email") in (None, one["email"])]
            return self._list(path, found, asked)
        if what.endswith("/cash_balance"):
            self._get(parts[3], "customer")
            return copy.deepcopy(self._get(f"cash_{parts[3]}", "cash_balance"))
        if what == "GET /v1/invoice_payments":
            return self._list(path, [o for o in self.objects.values() if o["object"] == "invoice_payment" and o["invoice"] == asked["invoice"]], asked)
        for kind, place in (("payment_intent", "payment_intents"), ("charge", "charges"), ("balance_transaction", "balance_transactions")):
            if re.fullmatch(rf"GET /v1/{place}/\{{\w+\}}", what):
                return copy.deepcopy(self._get(parts[3], kind))
        if what == "POST /v1/refunds":
            return copy.deepcopy(self.give_back(asked["payment_intent"], asked["amount"], metadata=asked.get("metadata", {}), email=asked.get("instructions_email", "")))
        if what == "GET /v1/refunds":
            return self._list(path, [o for o in self.objects.values() if o["object"] == "refund" and o["payment_intent"] == asked["payment_intent"]], asked)
        if re.fullmatch(r"GET /v1/refunds/\{\w+\}", what):
            return copy.deepcopy(self._get(parts[3], "refund"))
        if what == "POST /v1/invoiceitems":
            return self._item(asked)
        if what == "POST /v1/invoices":
            return copy.deepcopy(self._draft(asked))
        if what == "GET /v1/invoices":
            return self._list(path, self._of("invoice", asked["customer"]), asked)
        if what.startswith(("GET /v1/invoices/", "POST /v1/invoices/")):
            invoice = self._get(parts[3], "invoice")
            if len(parts) > 4:
                self._move(invoice, parts[4])
            return copy.deepcopy(invoice)
        return None

    def _draft(self, asked: Given) -> Given:
        self._get(asked["customer"], "customer")
        if asked.get("collection_method") == "send_invoice" and "days_until_due" not in asked:
            raise Refusal(400, "If invoices are sent, days_until_due is needed.", code="parameter_missing")
        made = self._new(
            "invoice", "in", customer=asked["customer"], currency=asked["currency"], collection_method=asked["collection_method"],
            metadata=asked.get("metadata", {}), status="draft", total=0, subtotal=0, amount_due=0, amount_remaining=0, amount_overpaid=0,
            due_date=int(time.time()) + 86_400 * asked["days_until_due"], number=None, hosted_invoice_url=None,
        )
        made["payment_settings"] |= {"payment_method_types": asked["payment_settings"]["payment_method_types"]}
        made["lines"] |= {"data": [], "url": f"/v1/invoices/{made['id']}/lines"}
        return made

    def _item(self, asked: Given) -> Given:
        invoice = self._get(asked["invoice"], "invoice")
        if invoice["status"] != "draft":
            raise Refusal(400, "The invoice is no longer editable.", code="invoice_not_editable")
        made = self._new(
            "invoiceitem", "ii", amount=asked["amount"], currency=asked["currency"], customer=asked["customer"], invoice=asked["invoice"],
            description=asked.get("description"),
        )
        for name in ("total", "subtotal", "amount_due", "amount_remaining"):
            invoice[name] += asked["amount"]
        return copy.deepcopy(made)

    def _move(self, invoice: Given, verb: str) -> None:
        """As Stripe's invoices move: a draft is made final, an open one is sent, paid or voided."""
        status = invoice["status"]
        if (verb, status) not in {("finalize", "draft"), ("send", "open"), ("void", "open"), ("void", "uncollectible")}:
            raise Refusal(400, f"You cannot {verb} an invoice that is {status}.", code="invoice_not_editable")
        if verb == "finalize":
            invoice |= {"status": "open", "number": f"KITH-{invoice['id'][-4:]}", "hosted_invoice_url": f"https://invoice.stripe.test/{invoice['id']}"}
        elif verb == "send":
            self.mailed.append(invoice["id"])
        else:
            invoice["status"] = "void"
            self._emit("invoice.voided", invoice)
