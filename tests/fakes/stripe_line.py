"""A bad line between the official client and a Stripe: everything goes on as it came, until a test says what goes wrong next.

The Stripe behind it is the one on loopback, or with STRIPE_TEST_KEY a real sandbox: the same scenarios run against both.
"""

from __future__ import annotations

import http.client
import json
import re
import threading
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tests.fakes.stripe import Answer, _Handler, _Server

REAL = "https://api.stripe.com"
PASSED_ON = ("authorization", "content-type", "idempotency-key", "stripe-version", "stripe-context", "stripe-account", "user-agent")


@dataclass
class BadLine:
    """`fault(kind, path)`: drop_before, drop_after, late, 500, 500_after, 429, as FakeStripe has them, for whatever lies behind."""

    behind: str = REAL
    faults: list[list[Any]] = field(default_factory=list)
    late: list[tuple[str, str, bytes, dict[str, str]]] = field(default_factory=list)
    seen: list[tuple[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    url: str = ""

    def fault(self, kind: str, path: str = "transfers", times: int = 1) -> None:
        self.faults.append([kind, path, times])

    def run_late(self) -> None:
        """What was believed lost is done now."""
        waiting, self.late = self.late, []
        for one in waiting:
            self._pass_on(*one)

    def handle(self, method: str, raw_path: str, body: bytes, headers: dict[str, str]) -> Answer | None:
        """None: the line goes dead."""
        fault = self._next_fault(raw_path.partition("?")[0])
        if fault == "late":
            self.late.append((method, raw_path, body, headers))
        if fault in ("late", "drop_before"):
            return None
        if fault == "429":
            return 429, {"error": {"type": "invalid_request_error", "code": "rate_limit", "message": "Too many requests"}}
        if fault == "500":
            return 500, {"error": {"type": "api_error", "message": "lost before it was done"}}
        answer = self._pass_on(method, raw_path, body, headers)
        if fault == "500_after":
            return 500, {"error": {"type": "api_error", "message": "lost after it was done"}}
        return None if fault == "drop_after" else answer

    def _next_fault(self, path: str) -> str:
        for fault in self.faults:
            if fault[2] > 0 and re.search(fault[1], path):
                fault[2] -= 1
                return str(fault[0])
        return ""

    def _pass_on(self, method: str, raw_path: str, body: bytes, headers: dict[str, str]) -> Answer:
        to = urlsplit(self.behind)
        kind = http.client.HTTPSConnection if to.scheme == "https" else http.client.HTTPConnection
        line = kind(to.hostname or "", to.port, timeout=30)
        try:
            line.request(method, raw_path, body or None, {k: v for k, v in headers.items() if k.lower() in PASSED_ON})
            answer = line.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            line.close()


def serve_line(line: BadLine) -> ThreadingHTTPServer:
    """On a free port of this machine; `line.url` says where."""
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"fake": line}))
    line.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True, name="stripe-line").start()
    return server
