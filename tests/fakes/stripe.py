"""A Stripe on loopback for the official client, unmodified: keeps state, honours idempotency keys as API v1 does, forgets them, signs
webhooks and fails in every way that PAYMENTS.md names. What it takes and answers is checked against the library's own types."""

from __future__ import annotations

import copy
import hashlib
import hmac
import itertools
import json
import re
import threading
import time
import urllib.parse
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jsonschema

from tests.fakes import stripe_contract as contract
from tests.fakes.stripe_invoices import Invoicing
from tests.fakes.stripe_parts import OBJECTS, Refusal

Answer = tuple[int, dict[str, Any]]


@dataclass
class FakeStripe(Invoicing):
    """Say `fault(kind, path)` for what goes wrong next: drop_before, drop_after, late, 500, 500_after, 429; "POST .*refunds$" is one kind of asking.

    `balances` is what partners have at Stripe: a reversal needs the money to be there still.
    """

    available: int = 0
    fee: int = 0
    secret: str = "whsec_in_use"
    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    balances: dict[str, int] = field(default_factory=dict)
    saved: dict[str, tuple[str, int, dict[str, Any]]] = field(default_factory=dict)
    in_hand: set[str] = field(default_factory=set)
    faults: list[list[Any]] = field(default_factory=list)
    late: list[tuple[str, str, bytes, dict[str, str]]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    seen: list[tuple[str, str]] = field(default_factory=list)
    mailed: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    drifted: list[str] = field(default_factory=list)
    url: str = ""
    asks_for_bank: bool = False

    def __post_init__(self) -> None:
        self.lock, self._numbers = threading.RLock(), itertools.count(1)

    # --- for the tests ---------------------------------------------------------------------------

    def fault(self, kind: str, path: str = "transfers", times: int = 1) -> None:
        self.faults.append([kind, path, times])

    def forget_keys(self) -> None:
        self.saved.clear()

    def run_late(self) -> None:
        """What was believed lost is done now."""
        waiting, self.late = self.late, []
        for one in waiting:
            self.handle(*one)

    def account(self, status: str = "active") -> str:
        id_ = f"acct_{next(self._numbers):016d}"
        self.objects[id_] = {
            "object": "v2.core.account", "id": id_, "created": "2026-11-21T00:00:00.000Z", "livemode": False,
            "applied_configurations": ["recipient"], "metadata": {},
            "configuration": {"recipient": {"applied": True, "capabilities": {"stripe_balance": {"stripe_transfers": {
                "status": status, "status_details": []}}}}},
        }
        return id_

    def set_status(self, account: str, status: str) -> None:
        self.objects[account]["configuration"]["recipient"]["capabilities"]["stripe_balance"]["stripe_transfers"]["status"] = status

    def transfers(self, group: str = "") -> list[dict[str, Any]]:
        return [o for o in self.objects.values() if o["object"] == "transfer" and group in ("", o["transfer_group"])]

    def paid_pence(self) -> int:
        return sum(t["amount"] - t["amount_reversed"] for t in self.transfers())

    def top_up(self, pence: int) -> None:
        self.available += pence
        self._line("topup", pence, f"tu_{next(self._numbers):014d}")

    def reverse(self, transfer_id: str, pence: int, **more: Any) -> dict[str, Any]:
        """Somebody takes money back: we, or a person on Stripe's own pages."""
        transfer = self.objects[transfer_id]
        if not 0 < pence <= transfer["amount"] - transfer["amount_reversed"]:
            raise Refusal(400, "Reversal amount is greater than unreversed amount on transfer.", code="amount_too_large")
        if pence > self.balances.get(transfer["destination"], 0):
            raise Refusal(400, "The connected account has insufficient funds.", code="balance_insufficient")
        self.balances[transfer["destination"]] -= pence
        made = self._new("transfer_reversal", "trr", amount=pence, currency="gbp", transfer=transfer_id, metadata=more.get("metadata", {}))
        transfer["amount_reversed"] += pence
        transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
        self.available += pence
        made["balance_transaction"] = self._line("transfer_refund", pence, made["id"])
        self._emit("transfer.reversed", transfer)
        return made

    def paid_out(self, account: str) -> None:
        """The partner's balance at Stripe goes to its bank, as it does each night."""
        self.balances[account] = 0

    def signed(self, event: dict[str, Any], *, secret: str = "", at: int = 0) -> tuple[bytes, dict[str, str]]:
        body = json.dumps(event).encode()
        at = at or int(time.time())
        made = hmac.new((secret or self.secret).encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        return body, {"Stripe-Signature": f"t={at},v1={made}", "Content-Type": "application/json"}

    def thin_event(self, account: str) -> dict[str, Any]:
        return {
            "object": "v2.core.event", "id": f"evt_thin_{next(self._numbers)}", "livemode": False, "created": "2026-11-21T00:00:00.000Z",
            "type": "v2.core.account[configuration.recipient].capability_status_updated",
            "related_object": {"id": account, "type": "v2.core.account", "url": f"/v2/core/accounts/{account}"},
        }

    # --- a request -------------------------------------------------------------------------------

    def handle(self, method: str, raw_path: str, body: bytes, headers: dict[str, str]) -> Answer | None:
        """None: the line goes dead."""
        path, _, query = raw_path.partition("?")
        fault = self._next_fault(f"{method} {path}")
        if fault == "drop_before":
            return None
        if fault == "late":
            self.late.append((method, raw_path, body, headers))
            return None
        try:
            if not headers.get("Authorization", "").startswith(("Bearer sk_test_", "Bearer rk_test_")):
                raise Refusal(401, "You did not provide an API key.", is_saved=False)
            if fault == "429":
                raise Refusal(429, "Too many requests", code="rate_limit", is_saved=False)
            template = contract.match(method, path)
            if template is None:
                raise Refusal(404, f"Unrecognized request URL ({method}: {path}).", is_saved=False)
            given = self._read(method, path, query, body)
            status, answer = self._once(method, template, path, given, headers.get("Idempotency-Key", "") if method == "POST" else "", fault)
        except Refusal as refusal:
            return refusal.status, refusal.body
        if fault == "drop_after":
            return None
        if fault == "500_after":
            return 500, {"error": {"type": "api_error", "message": "lost"}}
        return status, answer

    def _next_fault(self, asked: str) -> str:
        with self.lock:
            for fault in self.faults:
                if fault[2] > 0 and re.search(fault[1], asked):
                    fault[2] -= 1
                    return str(fault[0])
        return ""

    def _read(self, method: str, path: str, query: str, body: bytes) -> dict[str, Any]:
        if path.startswith("/v2"):
            pairs = urllib.parse.parse_qsl(query)
            return json.loads(body) if method == "POST" else {"include": [value for key, value in pairs if key.startswith("include")]}
        return _nested(urllib.parse.parse_qsl(body.decode() if method == "POST" else query, keep_blank_values=True))

    def _once(self, method: str, template: str, path: str, given: dict[str, Any], key: str, fault: str) -> Answer:
        print_ = json.dumps([method, path, given], sort_keys=True)
        with self.lock:
            if key and key in self.saved:
                first, status, body = self.saved[key]
                if first != print_:
                    raise Refusal(400, "Keys for idempotent requests can only be used with the same parameters.", kind="idempotency_error")
                if status >= 400:
                    refusal = Refusal(status, "replayed", is_saved=False)
                    refusal.body = body
                    raise refusal
                return status, copy.deepcopy(body)
            if key and key in self.in_hand:
                raise Refusal(409, "in progress", code="idempotency_key_in_use", kind="idempotency_error", is_saved=False)
            self.in_hand |= {key} if key else set()
        try:
            asked = _typed(given, contract.request_schema(method, template), "")
            if fault == "500":
                raise Refusal(500, "An unknown error occurred", kind="api_error")
            with self.lock:
                answer = self._do(f"{method} {template}", path, asked)
            try:
                contract.response_check(method, template).validate(answer)
            except jsonschema.ValidationError as error:
                self.drifted.append(f"{method} {template}: {error.message[:200]} at {list(error.path)}")
                raise Refusal(500, "the fake drifted from Stripe", is_saved=False) from error
        except Refusal as refusal:
            if key and refusal.is_saved:
                self.saved[key] = (print_, refusal.status, refusal.body)
            raise
        finally:
            self.in_hand.discard(key)
        if key:
            self.saved[key] = (print_, 200, copy.deepcopy(answer))
        return 200, answer

    # --- what it can do --------------------------------------------------------------------------

    def _do(self, what: str, path: str, asked: dict[str, Any]) -> dict[str, Any]:
        last = path.rsplit("/", 1)[1]
        if (of_funders := self.do_invoices(what, path, asked)) is not None:
            return of_funders
        if what == "POST /v1/transfers":
            return copy.deepcopy(self._transfer(asked))
        if what == "POST /v1/transfers/{id}/reversals":
            return copy.deepcopy(self.reverse(self._get(path.split("/")[3], "transfer")["id"], asked["amount"], metadata=asked.get("metadata", {})))
        if what == "GET /v1/transfers/{id}/reversals":
            of = path.split("/")[3]
            return self._list(path, [o for o in self.objects.values() if o["object"] == "transfer_reversal" and o["transfer"] == of], asked)
        if what == "GET /v1/events":
            since = (asked.get("created") or {}).get("gte", 0)
            return self._list(path, [e for e in self.events if e["created"] >= since and e["type"] in asked.get("types", [e["type"]])], asked)
        if re.fullmatch(r"GET /v1/transfers/\{\w+\}", what):
            return copy.deepcopy(self._get(last, "transfer"))
        if what == "GET /v1/transfers":
            return self._list("/v1/transfers", [t for t in self.transfers() if asked.get("transfer_group") in (None, t["transfer_group"])], asked)
        if what == "GET /v1/balance":
            of_gbp = {"currency": "gbp", "source_types": {"card": 0}}
            return {
                "object": "balance", "livemode": False, "pending": [{"amount": 0, **of_gbp}], "available": [{"amount": self.available, **of_gbp}],
            }
        if what == "GET /v1/balance_transactions":
            since = (asked.get("created") or {}).get("gte", 0)
            lines = [o for o in self.objects.values() if o["object"] == "balance_transaction" and o["created"] >= since]
            return self._list("/v1/balance_transactions", lines, asked)
        if what == "POST /v2/core/accounts":
            account = self._get(self.account("restricted"), "v2.core.account")
            account |= {"metadata": asked.get("metadata", {}), "display_name": asked.get("display_name"), "dashboard": asked.get("dashboard")}
            return copy.deepcopy(account)
        if re.fullmatch(r"GET /v2/core/accounts/\{\w+\}", what):
            return copy.deepcopy(self._get(last, "v2.core.account"))
        if what == "POST /v2/core/account_links":
            self._get(asked["account"], "v2.core.account")
            return {
                "object": "v2.core.account_link", "account": asked["account"], "created": "2026-11-21T00:00:00.000Z",
                "expires_at": "2026-11-21T00:05:00.000Z", "livemode": False, "url": "https://connect.stripe.test/setup", "use_case": asked["use_case"],
            }
        raise Refusal(501, f"the fake cannot do {what}", is_saved=False)

    def _transfer(self, asked: dict[str, Any]) -> dict[str, Any]:
        account = self.objects.get(asked["destination"])
        if account is None:
            raise Refusal(400, "No such destination", code="resource_missing")
        state = account["configuration"]["recipient"]["capabilities"]["stripe_balance"]["stripe_transfers"]["status"]
        if state != "active":
            raise Refusal(400, "Your destination account cannot take transfers yet.", code="insufficient_capabilities_for_transfer")
        if asked["amount"] <= 0 or asked["currency"] != "gbp":
            raise Refusal(400, "This value must be greater than or equal to 1.", code="parameter_invalid_integer")
        if self.available < asked["amount"]:
            raise Refusal(400, "You have insufficient available funds in your Stripe account.", code="balance_insufficient")
        self.available -= asked["amount"]
        self.balances[asked["destination"]] = self.balances.get(asked["destination"], 0) + asked["amount"]
        transfer = self._new("transfer", "tr", **{
            key: asked.get(key) for key in ("amount", "currency", "destination", "description", "transfer_group")
        }, metadata=asked.get("metadata", {}), amount_reversed=0, reversed=False, source_transaction=None)
        transfer["reversals"] = {"object": "list", "data": [], "has_more": False, "url": f"/v1/transfers/{transfer['id']}/reversals"}
        transfer["balance_transaction"] = self._line("transfer", -asked["amount"], transfer["id"])
        self._emit("transfer.created", transfer)
        return transfer

    def _new(self, kind: str, prefix: str, **values: Any) -> dict[str, Any]:
        made = {**copy.deepcopy(OBJECTS[kind]), **values, "id": f"{prefix}_{next(self._numbers):014d}"}
        if "created" in OBJECTS[kind]:
            made["created"] = int(time.time())
        if "livemode" in OBJECTS[kind]:
            made["livemode"] = False
        self.objects[made["id"]] = made
        return made

    def _line(self, kind: str, pence: int, source: str, fee: int = 0) -> str:
        made = self._new("balance_transaction", "txn", type=kind, amount=pence, fee=fee, net=pence - fee, currency="gbp", source=source, status="available")
        return str(made["id"])

    def _emit(self, kind: str, about: dict[str, Any]) -> None:
        event = self._new("event", "evt", type=kind, data={"object": copy.deepcopy(about)}, pending_webhooks=1)
        known = contract.request_schema("POST", "/v1/webhook_endpoints")["properties"]["enabled_events"]["items"]["enum"]
        assert kind in known, f"Stripe has no event {kind}"
        self.events.append(event)

    def _get(self, id_: str, kind: str) -> dict[str, Any]:
        found = self.objects.get(id_)
        if found is None or found["object"] != kind:
            raise Refusal(404, f"No such {kind}", code="resource_missing")
        return found

    def _list(self, url: str, items: list[dict[str, Any]], asked: dict[str, Any]) -> dict[str, Any]:
        items = sorted(items, key=lambda one: str(one["id"]), reverse=True)
        if after := asked.get("starting_after"):
            items = [one for one in items if one["id"] < after]
        many = asked.get("limit", 10)
        return {"object": "list", "url": url, "has_more": len(items) > many, "data": copy.deepcopy(items[:many])}


def _nested(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """a[b][0]=x as {"a": {"b": {"0": x}}}."""
    root: dict[str, Any] = {}
    for name, value in pairs:
        keys = [name.split("[", 1)[0], *re.findall(r"\[([^\]]*)\]", name)]
        place = root
        for key in keys[:-1]:
            place = place.setdefault(key, {})
        place[keys[-1] or str(len(place))] = value
    return root


def _typed(value: Any, schema: dict[str, Any], path: str) -> Any:
    """What was sent as text, as its schema has it; refused as Stripe does where it does not fit."""
    if "anyOf" in schema:
        for choice in schema["anyOf"]:
            try:
                return _typed(value, choice, path)
            except Refusal:
                continue
        raise Refusal(400, f"Invalid {path}", is_saved=False)
    kind = schema.get("type")
    if kind == "object" and isinstance(value, dict):
        known, more = schema.get("properties", {}), schema.get("additionalProperties")
        for name in value:
            if name not in known and not isinstance(more, dict):
                raise Refusal(400, f"Received unknown parameter: {path}[{name}]", code="parameter_unknown", is_saved=False)
        for name in schema.get("required", []):
            if name not in value:
                raise Refusal(400, f"Missing required param: {path}[{name}]", code="parameter_missing", is_saved=False)
        return {name: _typed(one, known.get(name, more), f"{path}[{name}]") for name, one in value.items()}
    if kind == "array":
        items = value if isinstance(value, list) else [value[key] for key in sorted(value, key=int)] if isinstance(value, dict) else None
        if items is None:
            raise Refusal(400, f"Invalid array: {path}", is_saved=False)
        return [_typed(one, schema.get("items", {}), path) for one in items]
    if kind in ("integer", "boolean", "string", "object") and isinstance(value, dict):
        raise Refusal(400, f"Invalid {kind}: {path}", is_saved=False)
    if kind == "integer":
        if not re.fullmatch(r"-?\d+", str(value)):
            raise Refusal(400, f"Invalid integer: {value}", code="parameter_invalid_integer", is_saved=False)
        return int(value)
    if kind == "boolean":
        if str(value).lower() not in ("true", "false"):
            raise Refusal(400, f"Invalid boolean: {path}", is_saved=False)
        return str(value).lower() == "true"
    if "enum" in schema and value not in schema["enum"]:
        raise Refusal(400, f"Invalid {path}", is_saved=False)
    return value


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # an answer in two packets waits 40 ms for the other side's word otherwise
    fake: FakeStripe

    def _go(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.fake.seen.append((method, self.path.partition("?")[0]))
        self.fake.bodies.append(f"{method} {urllib.parse.unquote_plus(self.path)} {urllib.parse.unquote_plus(body.decode())}".encode())
        answer = self.fake.handle(method, self.path, body, dict(self.headers))
        if answer is None:
            self.close_connection = True
            self.connection.close()
            return
        data = json.dumps(answer[1]).encode()
        self.send_response(answer[0])
        for name, value in (("Content-Type", "application/json"), ("Content-Length", str(len(data))), ("Request-Id", "req_1")):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self) -> None:
        self._go("GET")

    def do_POST(self) -> None:
        self._go("POST")

    def log_message(self, *args: Any) -> None:
        """Silence."""

    def finish(self) -> None:
        try:
            super().finish()
        except (OSError, ValueError):
            return


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A line that went dead on purpose is no error."""


def serve(fake: FakeStripe) -> ThreadingHTTPServer:
    """On a free port of this machine; `fake.url` says where."""
    handler = type("Handler", (_Handler,), {"fake": fake})
    server = _Server(("127.0.0.1", 0), handler)
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True, name="stripe").start()
    return server


