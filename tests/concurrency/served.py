"""Races through HTTP: a real server with several processes, and people who press their buttons at the same moment."""

from __future__ import annotations

import http.client
import multiprocessing
import re
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier, Event
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Flask, g, request
from sqlalchemy import event
from werkzeug.serving import WSGIRequestHandler, make_server

from app.accounts.models import Person
from app.commissioning.models import Fund
from app.commissioning.services import locks as locking
from app.shared import db as locks
from app.shared.db import db
from tests.support.client import StrictClient
from tests.support.databases import Database, Databases, Kind
from tests.support.people import sign_in

PROCESSES = 3
START_LIMIT = 60.0  # seconds
RACERS_MEET = 2
MEET_LIMIT = 60.0  # seconds
VERSION = re.compile(r"commission\.version = (\S+)$")
FORM_KEY = ("INSERT INTO once_key ",)
WRITES = ("INSERT INTO place ", "INSERT INTO journal ")


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    seconds: float
    cookie: str
    """The session after it: what is flashed on the next page is in there."""

    @property
    def is_done(self) -> bool:
        return self.status == 303

    @property
    def is_clear_no(self) -> bool:
        """The form again, with a sentence that says why."""
        return self.status == 422 and "govuk-error-summary" in self.text


@dataclass(frozen=True)
class Browser:
    """Somebody signed in: what their browser would send along."""

    headers: Mapping[str, str]

    def asking(self, **headers: str) -> Browser:
        """The same, sending along what only a server without locks understands."""
        return Browser({**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}})


@dataclass(frozen=True)
class Press:
    """One button: who, where, what is typed."""

    who: Browser
    path: str
    typed: Mapping[str, str] | str
    """Its fields; or a whole form as it is sent."""


@dataclass(frozen=True)
class Served:
    """A server of several processes: its database and its address. Without locks `looked` is set when a request waits for another."""

    database: Database
    url: str
    looked: Event


@contextmanager
def serving(databases: Databases, kind: Kind, *, unlocked: bool = False) -> Iterator[Served]:
    """Several processes on one port and an empty database of its own. Forked, so that none loads the app again."""
    name = f"race-{uuid.uuid4().hex[:8]}"
    database = databases.get(kind, name)
    app = database.app
    with socket.create_server(("127.0.0.1", 0), backlog=512) as port:
        fork = multiprocessing.get_context("fork")
        looked = fork.Event()
        meeting = Meeting(fork.Barrier(RACERS_MEET), looked) if unlocked else None
        processes = [fork.Process(target=_serve, args=(app, port, meeting), daemon=True) for _ in range(PROCESSES)]
        database.dispose()
        for process in processes:
            process.start()
        try:
            yield Served(database, f"http://127.0.0.1:{port.getsockname()[1]}", looked)
            assert all(process.is_alive() for process in processes), "a server process died"
        finally:
            for process in processes:
                process.kill()
                process.join()
    databases.drop(kind, name)


@dataclass(frozen=True)
class Meeting:
    """Where two requests of a server without locks wait for each other."""

    barrier: Barrier
    looked: Event


class _Quiet(WSGIRequestHandler):
    def log_request(self, *args: Any) -> None:
        """Two hundred lines say nothing."""


def _serve(app: Flask, port: socket.socket, meeting: Meeting | None) -> None:
    with app.app_context():
        db.engine.dispose(close=False)  # the parent's connections are the parent's
        if meeting is not None:
            locks._take_turn = lambda info, path: None  # type: ignore[assignment]
            locks._numbered.clear()  # whoever numbers lines ahead relies on being alone
            event.listen(db.engine, "before_cursor_execute", _without_locks(meeting), retval=True)
            locking.lock_rows = _in_any_order(meeting)
    make_server("127.0.0.1", 0, app, request_handler=_Quiet, fd=port.fileno()).serve_forever()


def _without_locks(meeting: Meeting) -> Callable[..., tuple[str, Any]]:
    """No FOR UPDATE on PostgreSQL, no BEGIN IMMEDIATE on SQLite; and nobody writes before the others have looked.

    `Meet-Before` names another statement to wait before, and takes the second belt off too: the version of a commission. A request with `Lock-Order` keeps FOR UPDATE: what it lacks is the one order.
    On SQLite, where FOR UPDATE is nothing, it lacks its turn: it waits before the first thing it writes, which is the key of its form.
    """

    def rewrite(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> tuple[str, Any]:
        is_disordered = "Lock-Order" in request.headers
        first_write = FORM_KEY if connection.dialect.name == "sqlite" else ()
        if statement.startswith(first_write if is_disordered else request.headers.get("Meet-Before") or WRITES):
            _meet(meeting)
        if " FOR UPDATE" in statement and not is_disordered:
            statement = statement[: statement.index(" FOR UPDATE")]
        if "Meet-Before" in request.headers:
            statement = VERSION.sub(r"commission.version >= 0 * \1", statement)
        if statement == "BEGIN IMMEDIATE":
            statement = "BEGIN" if is_disordered else "SELECT 1"
        return statement, parameters

    return rewrite


def _meet(meeting: Meeting) -> None:
    """Once for each request."""
    if not g.get("has_met"):
        g.has_met = True
        meeting.looked.set()
        meeting.barrier.wait(MEET_LIMIT)


def _in_any_order(meeting: Meeting) -> Callable[..., list[Any]]:
    """Funds one after the other in the order that `Lock-Order` asks for; having the first, the request waits for the other one."""

    def lock_rows(model: Any, ids: Iterable[uuid.UUID]) -> list[Any]:
        if model is not Fund or "Lock-Order" not in request.headers:
            return locks.lock_rows(model, ids)
        found = []
        for id_ in sorted(set(ids), reverse=request.headers["Lock-Order"] == "backwards"):
            found += locks.lock_rows(model, [id_])
            _meet(meeting)
        return found

    return lock_rows


def browser_of(database: Database, person: Person) -> Browser:
    client = StrictClient(database.app)
    client.reviews = False
    sign_in(client, person)
    token = client.csrf_token()
    cookie = client.get_cookie(database.app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    return Browser({"Cookie": f"{cookie.key}={cookie.value}", "X-CSRFToken": token, "Content-Type": "application/x-www-form-urlencoded"})


def press_all(url: str, presses: Sequence[Press]) -> list[Answer]:
    """Every button at the same moment, each over a connection of its own. Answers in the same order."""
    address = urlsplit(url)
    answers: list[Answer | None] = [None] * len(presses)
    gate = threading.Barrier(len(presses))

    def one(n: int, press: Press) -> None:
        line = http.client.HTTPConnection(str(address.hostname), address.port, timeout=900)
        gate.wait(START_LIMIT)
        began = time.perf_counter()
        line.request("POST", press.path, press.typed if isinstance(press.typed, str) else urlencode(press.typed), dict(press.who.headers))
        answer = line.getresponse()
        answers[n] = Answer(answer.status, answer.read().decode(), time.perf_counter() - began, (answer.getheader("Set-Cookie") or "").partition(";")[0])
        line.close()

    db.session.rollback()
    threads = [threading.Thread(target=one, args=(n, press)) for n, press in enumerate(presses)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(900)
    db.session.rollback()
    missing = [n for n, answer in enumerate(answers) if answer is None]
    assert not missing, f"{len(missing)} got no answer"
    return [answer for answer in answers if answer is not None]


def page(url: str, who: Browser, path: str, *, cookie: str) -> str:
    address = urlsplit(url)
    line = http.client.HTTPConnection(str(address.hostname), address.port, timeout=60)
    line.request("GET", path, headers={**who.headers, "Cookie": cookie})
    text = line.getresponse().read().decode()
    line.close()
    return text
