"""Races through HTTP: a real server with several processes, and people who press their buttons at the same moment."""

from __future__ import annotations

import http.client
import multiprocessing
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Flask, g
from sqlalchemy import event
from werkzeug.serving import WSGIRequestHandler, make_server

from app.accounts.models import Person
from app.shared import db as locks
from app.shared.db import db
from tests.support.client import StrictClient
from tests.support.databases import Database, Databases, Kind
from tests.support.people import sign_in

PROCESSES = 3
START_LIMIT = 60.0  # seconds
RACERS_MEET = 2
MEET_LIMIT = 60.0  # seconds
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


@dataclass(frozen=True)
class Press:
    """One button: who, where, what is typed."""

    who: Browser
    path: str
    typed: Mapping[str, str] | str
    """Its fields; or a whole form as it is sent."""


@contextmanager
def serving(databases: Databases, kind: Kind, *, unlocked: bool = False) -> Iterator[tuple[Database, str]]:
    """Several processes on one port and an empty database of its own, and the address. Forked, so that none loads the app again."""
    name = f"race-{uuid.uuid4().hex[:8]}"
    database = databases.get(kind, name)
    app = database.app
    with socket.create_server(("127.0.0.1", 0), backlog=512) as port:
        fork = multiprocessing.get_context("fork")
        meeting = fork.Barrier(RACERS_MEET) if unlocked else None
        processes = [fork.Process(target=_serve, args=(app, port, meeting), daemon=True) for _ in range(PROCESSES)]
        database.dispose()
        for process in processes:
            process.start()
        try:
            yield database, f"http://127.0.0.1:{port.getsockname()[1]}"
            assert all(process.is_alive() for process in processes), "a server process died"
        finally:
            for process in processes:
                process.kill()
                process.join()
    databases.drop(kind, name)


class _Quiet(WSGIRequestHandler):
    def log_request(self, *args: Any) -> None:
        """Two hundred lines say nothing."""


def _serve(app: Flask, port: socket.socket, meeting: Barrier | None) -> None:
    with app.app_context():
        db.engine.dispose(close=False)  # the parent's connections are the parent's
        if meeting is not None:
            locks._take_turn = lambda info, path: None  # type: ignore[assignment]
            event.listen(db.engine, "before_cursor_execute", _without_locks(meeting), retval=True)
    make_server("127.0.0.1", 0, app, request_handler=_Quiet, fd=port.fileno()).serve_forever()


def _without_locks(meeting: Barrier) -> Callable[..., tuple[str, Any]]:
    """No FOR UPDATE on PostgreSQL, no BEGIN IMMEDIATE on SQLite; and nobody writes before the others have looked."""

    def rewrite(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> tuple[str, Any]:
        if statement.startswith(WRITES) and not g.get("has_met"):  # once for each request
            g.has_met = True
            meeting.wait(MEET_LIMIT)
        if " FOR UPDATE" in statement:
            statement = statement[: statement.index(" FOR UPDATE")]
        return ("SELECT 1" if statement == "BEGIN IMMEDIATE" else statement), parameters

    return rewrite


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
