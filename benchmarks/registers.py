"""Registers arriving from many phones at once on SQLite, through the real server, and what one of twelve children costs the server.

    python -m benchmarks.registers [--phones 100] [--each 4] [--children 4] [--seconds 600]

A phone is a partner with an account of its own; each sends the registers of four sessions at moments drawn over the time given (with
--seconds 60, ten minutes pressed into one), one in ten a second time, as a phone does that got no answer. Afterwards every mark is there
once, and the money that was earned is counted against the marks. Each of the two ends in a line that says "pass" or "FAIL".
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import statistics
import tempfile
import threading
import time
import uuid
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from app import create_app
from app.accounts.models import SignIn
from app.accounts.services.sign_ins import hash_token
from app.accounts.sessions import TOKEN
from app.attendance.models import Mark, MarkKind
from app.commissioning.models import Account, Place, Posting
from app.shared import clock
from app.shared.db import atomic, db
from config import ROOT, Settings

SAVED_WITHIN = 50.0  # ms of the server's time for a register of twelve
ANSWER_LIMIT = 120  # seconds a phone waits; it would send again
KINDS = [MarkKind.ATTENDED] * 8 + [MarkKind.LATE, MarkKind.ABSENT_TOLD, MarkKind.ABSENT_UNTOLD]


@dataclass
class Phone:
    cookie: str
    registers: list[tuple[str, list[str]]]
    """Session and its children."""


@dataclass
class Arrived:
    times: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    repeats: int = 0


def report(phones: int = 100, each: int = 4, children: int = 4, seconds: int = 600) -> None:
    from tests.support.server import running_server

    with tempfile.TemporaryDirectory(prefix="kith-registers-") as folder:
        settings = replace(Settings.from_environment({"KITH_DATA_DIR": folder}), environment="test")
        app = create_app(settings)
        with app.app_context():
            upgrade(directory=str(ROOT / "migrations"))
            began = time.perf_counter()
            made = [_phone(app, each, children) for _ in range(phones)]
            twelve = _phone(app, 20, 12)
            print(f"{os.cpu_count()} cores, SQLite; {phones} phones, {phones * each} registers of {children}, made in {time.perf_counter() - began:.0f} s")
            _one_of_twelve(app, twelve)
            before = db.session.scalar(sa.select(sa.func.count()).select_from(Mark)) or 0
            db.session.remove()
            print(f"sending them over {seconds} s ...", flush=True)
            with running_server(settings, Path(folder) / "server.log") as server:
                arrived = _send(server.url, made, seconds)
            db.session.remove()
            _check(arrived, before, phones * each * children)


def _phone(app: Flask, sessions: int, children: int) -> Phone:
    """A partner of its own Zone with one group whose last sessions wait for their registers."""
    from tests import factories
    from tests.attendance.club import open_club

    club = open_club(sessions=0, capacity=children, money=2_000_000)
    for number in range(children):
        club.join(sessions=max(sessions, 4), first_name=f"Child {number}")
    now = clock.now()
    with atomic():
        db.session.execute(sa.update(Place).where(Place.cohort_id == club.scene.cohort.id).values(taken_at=now - timedelta(days=30)))
    held = [factories.make_session(club.scene.cohort, now - timedelta(hours=2 * n + 1)).id for n in range(sessions)]
    token = uuid.uuid4().hex
    with atomic():
        db.session.add(SignIn(person_id=club.scene.partner.id, token_hash=hash_token(token)))
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return Phone(f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps({TOKEN: token})}", [(str(id_), [str(child.id) for child in club.children]) for id_ in held])


def _one_of_twelve(app: Flask, phone: Phone) -> None:
    """One register after another in this process, nothing else going on: what saving costs the server."""
    client, times, work = app.test_client(), [], []
    client.set_cookie(*phone.cookie.split("=", 1))
    csrf = client.get("/registers/today.json").get_json()["csrf"]
    for session, children in phone.registers:
        body = _body(children, random.Random(session))
        began, worked = time.perf_counter(), time.thread_time()
        answer = client.post(f"/sessions/{session}/register/send", data=body, headers={"X-CSRFToken": csrf})
        times.append((time.perf_counter() - began) * 1000)
        work.append((time.thread_time() - worked) * 1000)
        assert answer.status_code == 200, answer.data
        client.get("/health")
    db.session.remove()
    ordinary, at_work = times[2:-1], statistics.median(work[2:-1])  # the first begins every commission, the last ends them
    print(f"saving twelve marks with their money, one at a time: p50 {statistics.median(ordinary):.0f} ms, p95 {_p95(ordinary):.0f} ms, of which "
          f"at work {at_work:.0f} ms (the first {work[0]:.0f} ms, the last {work[-1]:.0f} ms): "
          f"{'pass' if statistics.median(ordinary) < SAVED_WITHIN else 'FAIL'} (under {SAVED_WITHIN:.0f} ms)", flush=True)


def _body(children: list[str], dice: random.Random) -> dict[str, str]:
    body = {"tapped_at": clock.now().isoformat()}
    for child in children:
        body |= {f"mark-{child}": dice.choice(KINDS).value, f"key-{child}": str(uuid.UUID(int=dice.getrandbits(128))), f"seen-{child}": "0"}
    return body


def _send(url: str, phones: list[Phone], seconds: int) -> Arrived:
    arrived, lock, dice, began = Arrived(), threading.Lock(), random.Random(7), time.perf_counter() + 5

    def run(phone: Phone, due: list[float], again: list[bool]) -> None:
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=ANSWER_LIMIT)
        connection.request("GET", "/registers/today.json", headers={"Cookie": phone.cookie})
        answer = connection.getresponse()
        csrf = json.loads(answer.read())["csrf"]
        cookie = next((v.partition(";")[0] for k, v in answer.getheaders() if k.lower() == "set-cookie"), phone.cookie)
        headers = {"Cookie": cookie, "X-CSRFToken": csrf, "Content-Type": "application/x-www-form-urlencoded"}
        for (session, children), at, twice in zip(phone.registers, due, again, strict=True):
            body = urlencode(_body(children, random.Random(session)))
            for _ in range(2 if twice else 1):
                time.sleep(max(0.0, began + at - time.perf_counter()))
                connection.close()  # a phone that slept for minutes calls anew
                started = time.perf_counter()
                connection.request("POST", f"/sessions/{session}/register/send", body, headers)
                answer = connection.getresponse()
                told = answer.read().decode()
                with lock:
                    arrived.times.append((time.perf_counter() - started) * 1000)
                    arrived.repeats += twice
                    if answer.status != 200 or any(one["outcome"] not in ("saved", "same") for one in json.loads(told)["children"].values()):
                        arrived.wrong.append(f"{answer.status} {told[:200]}")

    threads = []
    for phone in phones:
        due = sorted(dice.uniform(0, seconds) for _ in phone.registers)
        threads.append(threading.Thread(target=run, args=(phone, due, [dice.random() < 0.1 for _ in due])))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return arrived


def _check(arrived: Arrived, before: int, expected: int) -> None:
    marks = (db.session.scalar(sa.select(sa.func.count()).select_from(Mark)) or 0) - before
    owed = db.session.execute(sa.select(sa.func.sum(Mark.percent)).select_from(Mark)).scalar_one()
    earned = db.session.scalar(sa.select(sa.func.sum(Posting.pence)).where(Posting.account == Account.ACCRUED)) or 0
    print(f"{len(arrived.times)} arrived ({arrived.repeats // 2} of them twice), {len(arrived.wrong)} errors; "
          f"{marks} of {expected} marks are there; earned £{earned / 100:,.2f}, the marks say £{owed * 20 / 100:,.2f}")
    print(f"  answered in p50 {statistics.median(arrived.times):.0f} ms, p95 {_p95(arrived.times):.0f} ms, longest {max(arrived.times):.0f} ms")
    for one in arrived.wrong[:3]:
        print(f"  {one}")
    if arrived.wrong or marks != expected or earned != owed * 20:
        raise SystemExit("  FAIL: something was refused, lost or done twice.")
    print("  pass: no error, every mark there once, every penny by the marks")


def _p95(times: list[float]) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.registers", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("phones", 100), ("each", 4), ("children", 4), ("seconds", 600)):
        parser.add_argument(f"--{name}", type=int, default=default)
    given = parser.parse_args()
    report(given.phones, given.each, given.children, given.seconds)


if __name__ == "__main__":
    main()
