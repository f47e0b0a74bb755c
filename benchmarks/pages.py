"""How fast every page is that somebody can walk to, on the demo: a visitor of each role follows links from home.

    .venv/bin/python -m benchmarks.pages [--samples 3] [--slowest 25]

KITH_PAGES_DATA names a folder that already holds a demo database; without it one is loaded first. Times are the thread's own processor
time, so that other work on the machine does not count; bytes are of the page as it is sent to a browser that reads gzip. Of every
kind of page `--samples` addresses are asked for twice, and the second time counts. The exit code is how many kinds are over 100 ms.
"""

from __future__ import annotations

import argparse
import gzip
import html
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections import defaultdict, deque
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from app import create_app
from app.accounts.models import Person, SignIn
from app.accounts.services.sign_ins import hash_token
from app.demo import build
from app.shared.db import atomic, db
from benchmarks.introductions_speed import counted, secret
from config import ROOT, Settings

LIMIT_MS = 100.0
LINK = re.compile(r"""<a\b[^>]*?\bhref=["']([^"'#]+)""")


@dataclass
class Kind:
    """One endpoint as one role sees it."""

    role: str
    endpoint: str
    times: list[float] = field(default_factory=list)
    statements: list[int] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    slowest: str = ""

    def add(self, path: str, took: float, statements: int, size: int) -> None:
        if not self.times or took > max(self.times):
            self.slowest = path
        self.times.append(took)
        self.statements.append(statements)
        self.sizes.append(size)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=3)
    parser.add_argument("--slowest", type=int, default=25)
    options = parser.parse_args()
    given = os.environ.get("KITH_PAGES_DATA")
    with nullcontext(given) if given else tempfile.TemporaryDirectory(prefix="kith-pages-") as folder:
        environment = {**os.environ, "KITH_DATA_DIR": str(Path(folder).resolve()), "KITH_DATABASE_URL": ""}
        if not given:
            for command in (["db", "upgrade"], ["demo", "--if-empty"]):
                subprocess.run([sys.executable, "-m", "app.cli", *command], check=True, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        app = create_app(replace(Settings.from_environment(environment), environment="test"))
        return report(app, options.samples, options.slowest)


def report(app: Flask, samples: int, slowest: int) -> int:
    """Walk as everybody, print the slowest kinds of page; how many kinds are over the limit."""
    kinds: list[Kind] = []
    for role, person_id in visitors(app).items():
        kinds += walk(app, role, person_id, samples)
    kinds.sort(key=lambda kind: -statistics.median(kind.times))
    every = sorted(took for kind in kinds for took in kind.times)
    print(f"{os.cpu_count()} cores; {len(kinds)} kinds of page, {len(every)} pages read; p50 {every[len(every) // 2]:.0f} ms, p95 {every[int(len(every) * 0.95)]:.0f} ms")
    print(f"{'role':<18}{'page':<44}{'p50 ms':>8}{'most':>8}{'statements':>12}{'kB':>8}  slowest")
    for kind in kinds[:slowest]:
        print(
            f"{kind.role:<18}{kind.endpoint:<44}{statistics.median(kind.times):>8.0f}{max(kind.times):>8.0f}{max(kind.statements):>12}"
            f"{max(kind.sizes) / 1000:>8.1f}  {kind.slowest[:70]}"
        )
    print("most statements:", ", ".join(f"{kind.endpoint} ({kind.role}) {max(kind.statements)}" for kind in sorted(kinds, key=lambda k: -max(k.statements))[:10]))
    print("most bytes:", ", ".join(f"{kind.endpoint} ({kind.role}) {max(kind.sizes) / 1000:.0f} kB" for kind in sorted(kinds, key=lambda k: -max(k.sizes))[:8]))
    return sum(max(kind.times) > LIMIT_MS for kind in kinds)


def visitors(app: Flask) -> dict[str, uuid.UUID]:
    """One person of each role of the demo's first Zone, signed in."""
    with app.app_context():
        found = {row["role"]: row["email"] for row in reversed(build.accounts()) if row["zone"] in ("west-london", "")}
        people = {role: db.session.scalars(db.select(Person).where(Person.email == email)).one().id for role, email in found.items()}
        let_in(people.values())
        return people


def let_in(people: Iterable[uuid.UUID]) -> None:
    """Each of them is signed in with their `secret`."""
    db.session.rollback()
    with atomic():
        for person_id in people:
            if not db.session.scalar(db.select(SignIn.id).where(SignIn.token_hash == hash_token(secret(person_id)))):
                db.session.add(SignIn(person_id=person_id, token_hash=hash_token(secret(person_id))))


def walk(app: Flask, role: str, person_id: uuid.UUID, samples: int) -> list[Kind]:
    """Follow every link from home, breadth first, at most so many addresses of a kind."""
    with app.app_context():
        engine = db.engine
    client, kinds = app.test_client(), dict[str, Kind]()
    with client.session_transaction() as session:
        session["sign_in"] = secret(person_id)
    adapter, waiting, seen, asked = app.url_map.bind("localhost"), deque(["/"]), {"/"}, defaultdict[str, int](int)
    while waiting:
        path = waiting.popleft()
        endpoint = endpoint_of(adapter, path)
        if endpoint is None or asked[endpoint] >= samples:
            continue
        asked[endpoint] += 1
        for _ in range(2):  # the first time templates are compiled and words are read
            with counted(engine) as sent:
                began = time.thread_time()
                answer = client.get(path, headers={"Accept-Encoding": "gzip"})
                body = answer.get_data()
                took = (time.thread_time() - began) * 1000
        if answer.status_code >= 500:
            raise SystemExit(f"{path} as {role}: {answer.status_code}")
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        kinds.setdefault(endpoint, Kind(role, endpoint)).add(path, took, len(sent), len(body))
        for link in LINK.findall(readable(answer.headers.get("Content-Encoding"), body)):
            address = urlsplit(urljoin(path, html.unescape(link)))
            target = address.path + (f"?{address.query}" if address.query else "")
            if not address.netloc and target not in seen and address.path.startswith("/"):
                seen.add(target)
                waiting.append(target)
    return list(kinds.values())


def readable(encoding: str | None, body: bytes) -> str:
    return (gzip.decompress(body) if encoding == "gzip" else body).decode()


def endpoint_of(adapter: MapAdapter, path: str) -> str | None:
    try:
        endpoint, _ = adapter.match(urlsplit(path).path, method="GET")
    except HTTPException:
        return None
    return None if endpoint == "static" else str(endpoint)


if __name__ == "__main__":
    sys.exit(main())
