"""Requests for places and decisions about them through the real server, on SQLite and PostgreSQL: how many a second, and how long each.

    python -m benchmarks.deciding [--requests 200] [--places 20] [--decisions 60] [--db both]

All requests are sent at the same moment, each over a connection of its own. Then decisions, one after the other and eight at a
time, and ten at once with one press. Afterwards as many places are held as there were, and every invariant of the ledger is proved.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from app.commissioning import invariants
from app.commissioning.queries.places import count_live
from app.shared.db import atomic, db

AT_A_TIME = 8


def report(requests: int = 200, places: int = 20, decisions: int = 60, kinds: Sequence[str] = ("sqlite", "postgresql")) -> None:
    from tests.support.databases import Databases
    from tests.support.server import running_server

    print(f"{os.cpu_count()} cores; {requests} requests at the same moment for {places} places, then decisions, through kith serve")
    for kind in kinds:
        with tempfile.TemporaryDirectory(prefix="kith-deciding-") as folder:
            databases = Databases(Path(folder), os.getpid(), Path(folder))
            try:
                database = databases.get(kind, f"bench-{uuid.uuid4().hex[:6]}")  # type: ignore[arg-type]
                with running_server(database.settings, Path(folder) / "server.log", workers=2) as server, database.app.app_context():
                    _warm_up(database, server.url)
                    before = processor_seconds(server.process.pid)
                    _all_at_once(kind, database, server.url, requests, places)
                    crowd = processor_seconds(server.process.pid)
                    _decide(kind, database, server.url, decisions)
                    after = processor_seconds(server.process.pid)
                    print(f"  {kind:<11}processor time of the server: {1000 * (crowd - before) / requests:.0f} ms for each request, "
                          f"{1000 * (after - crowd) / (2 * decisions + 10):.0f} ms for each decision")
                    db.session.remove()
            finally:
                databases.close()


def _warm_up(database: Any, url: str) -> None:
    """A process is slow once: what comes first in each is not what is measured."""
    from tests.commissioning.scene import build
    from tests.concurrency.served import Press, browser_of, press_all

    scene = build(money=10_000_000, capacity=4)
    who = browser_of(database, scene.link_worker)
    press_all(url, [Press(who, path, typed) for path, typed in _asks(scene, 8)])


def processor_seconds(pid: int) -> float:
    """Of a process and all that it has started and that still run (Linux)."""
    used, parents = dict[int, float](), dict[int, int]()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            cells = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        number = int(stat.parent.name)
        parents[number], used[number] = int(cells[1]), (int(cells[11]) + int(cells[12])) / os.sysconf("SC_CLK_TCK")
    family = {pid}
    while more := {number for number, parent in parents.items() if parent in family} - family:
        family |= more
    return sum(used.get(number, 0.0) for number in family)


def _all_at_once(kind: str, database: Any, url: str, requests: int, places: int) -> None:
    from tests.commissioning.scene import build
    from tests.concurrency.served import Press, browser_of, press_all

    scene = build(money=10_000_000, capacity=places)
    who = browser_of(database, scene.link_worker)
    presses = [Press(who, path, typed) for path, typed in _asks(scene, requests)]
    began = time.perf_counter()
    answers = press_all(url, presses)
    took = time.perf_counter() - began
    held = count_live([scene.cohort.id])[scene.cohort.id]
    done, refused = sum(a.is_done for a in answers), sum(a.is_clear_no for a in answers)
    _say(kind, f"{requests} requests at once: {done} held, {refused} clear refusals, {requests - done - refused} other answers", took, requests, [a.seconds for a in answers])
    if (done, refused, held) != (places, requests - places, places) or invariants.broken():
        raise SystemExit(f"{held} places are held of {places}; broken: {invariants.broken()}")


def _asks(scene: Any, how_many: int) -> list[tuple[str, dict[str, str]]]:
    with atomic():
        found = []
        for _ in range(how_many):
            introduction = scene.introduction(scene.child(id=uuid.uuid4()))
            db.session.flush()
            found.append((f"/introductions/{introduction.id}/request", {
                "cohort": str(scene.cohort.id), "sessions": "2", "need": introduction.child.live_needs[0].code, "goal": "To drum.",
                "why": "It is what she asks for.", "free_alternatives": "None nearby.",
            }))
    return found


def _decide(kind: str, database: Any, url: str, decisions: int) -> None:
    from tests.commissioning.scene import build
    from tests.concurrency.served import Press, browser_of, press_all

    scene = build(money=10_000_000, capacity=2 * decisions + 10)
    who = browser_of(database, scene.holder)
    asked = [scene.request(sessions=2) for _ in range(2 * decisions + 10)]
    presses = [Press(who, f"/commissions/{c.id}/approve", {"seen_version": str(c.version)}) for c in asked]
    one_by_one = [press_all(url, [press])[0] for press in presses[:decisions]]
    _say(kind, f"{decisions} decisions, one after the other", sum(a.seconds for a in one_by_one), decisions, [a.seconds for a in one_by_one])
    began, together = time.perf_counter(), []
    for start in range(decisions, 2 * decisions, AT_A_TIME):
        together += press_all(url, presses[start : min(start + AT_A_TIME, 2 * decisions)])
    _say(kind, f"{decisions} decisions, {AT_A_TIME} at a time", time.perf_counter() - began, decisions, [a.seconds for a in together])
    picked = urlencode([("word", "approve"), *(("pick", f"{c.id}:{c.version}") for c in asked[2 * decisions :])])
    [ten] = press_all(url, [Press(who, "/approvals/decide", picked)])
    _say(kind, "10 decisions with one press", ten.seconds, 10, [ten.seconds])
    db.session.expire_all()
    left = [c.id for c in asked if c.state != "approved"]
    if left or invariants.broken():
        raise SystemExit(f"{len(left)} are not approved; broken: {invariants.broken()}")


def _say(kind: str, what: str, took: float, how_many: int, seconds: Sequence[float]) -> None:
    times = sorted(s * 1000 for s in seconds)
    p95 = times[min(len(times) - 1, int(len(times) * 0.95))]
    print(f"  {kind:<11}{what:<82}{how_many / took:>7.1f}/s   p50 {statistics.median(times):>7.0f} ms   p95 {p95:>7.0f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.deciding", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("requests", 200), ("places", 20), ("decisions", 60)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--db", choices=("sqlite", "postgresql", "both"), default="both")
    given = parser.parse_args()
    report(given.requests, given.places, given.decisions, ("sqlite", "postgresql") if given.db == "both" else (given.db,))


if __name__ == "__main__":
    main()
