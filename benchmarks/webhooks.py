"""How long Stripe waits for the answer to a webhook, through the real server: signature, one row, one message for the worker, answer.

    python -m benchmarks.webhooks [--events 150] [--at-once 4]

First one after the other, then several at once as Stripe sends them after a payment run, each tenth a repeat. The worker is running
meanwhile and finds no Stripe to ask (the address is one of this machine that nobody listens on): it must not slow the answers.
The line "one after the other" ends in a word: pass when the median is under 20 ms, else FAIL. What is lost or kept twice ends it at once.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import http.client
import json
import os
import statistics
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask_migrate import upgrade

from app import create_app
from app.payments.models import StripeEvent
from app.shared.db import db
from config import ROOT, Settings

SECRET = "whsec_of_the_benchmark"
MOST_MS = 20


def report(events: int = 150, at_once: int = 4) -> None:
    from tests.support.server import free_port, running_server

    with tempfile.TemporaryDirectory(prefix="kith-webhooks-") as folder:
        settings = replace(Settings.from_environment({"KITH_DATA_DIR": folder}), environment="test")
        app = create_app(settings)
        with app.app_context():
            upgrade(directory=str(ROOT / "migrations"))
            db.session.remove()
            env = {
                "KITH_STRIPE_KEY": "rk_test_benchmark", "KITH_STRIPE_API_BASE": f"http://127.0.0.1:{free_port()}",
                "KITH_STRIPE_WEBHOOK_SECRETS": SECRET,
            }
            print(f"{os.cpu_count()} cores, SQLite; webhooks answered, in ms (the aim is under {MOST_MS})")
            with running_server(settings, Path(folder) / "server.log", env=env) as server:
                _send(server.url, range(-20, 0))  # to warm up
                single = _send(server.url, range(events))
                _say("one after the other", single, "   pass" if statistics.median(single) < MOST_MS else "   FAIL")
                _say(f"{at_once} at once", _together(server.url, events, at_once))
            kept = db.session.scalar(sa.select(sa.func.count()).select_from(StripeEvent)) or 0
            if kept - 20 != 2 * events:
                raise SystemExit(f"  FAIL: {kept - 20:,} webhooks were kept of {2 * events:,}")
            print(f"kept once each: {2 * events:,}")


def _together(url: str, events: int, at_once: int) -> list[float]:
    """Each thread its share."""
    times: list[float] = []
    threads = [
        threading.Thread(target=lambda n=n: times.extend(_send(url, range(events + n, 2 * events, at_once))))  # type: ignore[misc]
        for n in range(at_once)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


def _send(url: str, numbers: range) -> list[float]:
    """Milliseconds of each, over one connection that is kept."""
    address = urlsplit(url)
    line = http.client.HTTPConnection(address.hostname or "", address.port or 80, timeout=30)
    times = []
    for number in numbers:
        for _ in range(2 if number % 10 == 0 else 1):
            body, headers = _signed(number)
            began = time.perf_counter()
            line.request("POST", "/stripe/webhook", body, headers)
            answer = line.getresponse()
            answer.read()
            times.append((time.perf_counter() - began) * 1000)
            if answer.status != 200:
                raise SystemExit(f"a webhook was answered {answer.status}")
    line.close()
    return times


def _signed(number: int) -> tuple[bytes, dict[str, str]]:
    event = {
        "id": f"evt_{number}", "object": "event", "type": "transfer.created", "livemode": False,
        "data": {"object": {"id": f"tr_{number}", "object": "transfer", "padding": "x" * 2_500}},
    }
    body, at = json.dumps(event).encode(), int(time.time())
    made = hmac.new(SECRET.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return body, {"Content-Type": "application/json", "Stripe-Signature": f"t={at},v1={made}"}


def _say(what: str, times: list[float], verdict: str = "") -> None:
    ordered = sorted(times)
    share = sum(1 for ms in ordered if ms < MOST_MS) / len(ordered)
    print(
        f"{what:<24} p50 {statistics.median(ordered):6.1f}   p95 {ordered[int(len(ordered) * 0.95)]:6.1f}   "
        f"p99 {ordered[int(len(ordered) * 0.99)]:6.1f}   {share:.1%} under {MOST_MS} ms{verdict}"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.webhooks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=150)
    parser.add_argument("--at-once", type=int, default=4)
    given = parser.parse_args()
    report(given.events, given.at_once)
