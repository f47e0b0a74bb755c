"""Real threads, each with its own app context and database connection; and the lock taken away, for the twins."""

from __future__ import annotations

import contextvars
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event

from app.accounts.models import Person
from app.commissioning.services import commissions
from app.shared import db as database
from app.shared.db import db
from app.shared.errors import DomainError
from tests.commissioning.scene import Scene

START_LIMIT = 30.0  # seconds


class RacersDidNotMeet(AssertionError):
    """With the lock taken away all of them should have come to the meeting: it proves nothing if they did not."""


@dataclass(frozen=True)
class Ids:
    """The scene as plain ids: a racer reads everything through its own session."""

    cohort: uuid.UUID
    fund: uuid.UUID
    link_worker: uuid.UUID
    manager: uuid.UUID
    holder: uuid.UUID
    second: uuid.UUID
    partner: uuid.UUID


def ids_of(scene: Scene) -> Ids:
    return Ids(*(getattr(scene, f.name).id for f in fields(Ids)))


def somebody(person_id: uuid.UUID) -> Person:
    return db.session.get_one(Person, person_id)


def ask(ids: Ids, introduction_id: uuid.UUID, sessions: int = 10) -> Callable[[], Any]:
    """A racer that asks for a place and its money."""
    return lambda: commissions.request(
        introduction_id=introduction_id, cohort_id=ids.cohort, sessions=sessions, need_code="Social:friendships", goal="To drum.",
        why="It is what she asks for.", free_alternatives="None nearby.", actor=somebody(ids.link_worker),
    )


def race(app: Flask, runs: Sequence[Callable[[], Any]]) -> list[Any]:
    """Start all at the same moment. What each answered, or the exception it ended with, in the order of `runs`."""
    answers: list[Any] = [None] * len(runs)
    gate = threading.Barrier(len(runs))

    def one(n: int, run: Callable[[], Any]) -> None:
        with app.app_context():
            try:
                gate.wait(START_LIMIT)
                run()
                answers[n] = True
            except Exception as error:  # noqa: BLE001  what a racer ends with is the result
                answers[n] = error
            finally:
                db.session.remove()

    db.session.rollback()
    threads = [threading.Thread(target=contextvars.copy_context().run, args=(one, n, run)) for n, run in enumerate(runs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
        assert not thread.is_alive(), "a racer never came home"
    for answer in answers:
        if isinstance(answer, RacersDidNotMeet):
            raise answer
    db.session.rollback()
    return answers


def refusals(answers: Sequence[Any], kind: type[DomainError]) -> list[DomainError]:
    return [answer for answer in answers if isinstance(answer, kind)]


def surprises(answers: Sequence[Any], *expected: type[Exception]) -> list[Any]:
    """Exceptions that are none of the expected."""
    return [answer for answer in answers if isinstance(answer, Exception) and not isinstance(answer, expected)]


@contextmanager
def no_locks(app: Flask, *, meet_before: str, racers: int, times: int = 1) -> Iterator[None]:
    """The same code with the locks taken away: no FOR UPDATE on PostgreSQL, no turn and no BEGIN IMMEDIATE on SQLite.

    The statement that begins with `meet_before` waits for the other racers, so that all of them have looked before any of them
    writes: what might go wrong then does, every time. `times`: how often they meet there, one such statement each; whoever looks
    again after writing has then looked too before any of them is done.
    """
    with app.app_context():
        engine = db.engine
    meeting = threading.Barrier(racers)
    waited = threading.local()

    def rewrite(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> tuple[str, Any]:
        met = getattr(waited, "times", 0)
        if met < times and statement.startswith(meet_before):
            waited.times = met + 1
            try:
                meeting.wait(20)
            except threading.BrokenBarrierError:
                raise RacersDidNotMeet("the racers did not meet: the lock is still on") from None
        if " FOR UPDATE" in statement:
            statement = statement[: statement.index(" FOR UPDATE")]
        if statement == "BEGIN IMMEDIATE":
            statement = "SELECT 1"
        return statement, parameters

    turn, numbered = database._take_turn, list(database._numbered)
    event.listen(engine, "before_cursor_execute", rewrite, retval=True)
    database._take_turn = lambda info, path: None  # type: ignore[assignment]
    database._numbered.clear()  # two who do not wait for each other would count the same number next
    try:
        yield
    finally:
        database._take_turn = turn
        database._numbered.extend(numbered)
        event.remove(engine, "before_cursor_execute", rewrite)
        with app.app_context():
            db.session.remove()
            engine.dispose()


def rows(statement: sa.Select[Any]) -> list[Any]:
    db.session.rollback()
    return list(db.session.execute(statement).all())
