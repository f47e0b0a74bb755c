"""One database behaviour on SQLite and PostgreSQL.

A read outside `atomic()` runs in a read-only transaction, so a stray write fails in the database itself.
`atomic()` is the one way to write: on SQLite it waits its turn on a fair file lock and takes BEGIN IMMEDIATE (where FOR
UPDATE is silently nothing), on PostgreSQL it is READ COMMITTED and `lock_rows` takes FOR UPDATE. See docs/capacity.md.
"""

from __future__ import annotations

import fcntl
import os
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

import sqlalchemy as sa
from flask import Flask
from flask_babel import gettext as _
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, lazyload, mapped_column, registry
from sqlalchemy.types import TypeDecorator

from app.shared import clock
from app.shared.errors import DomainError, NotFound

try:
    from pysqlite3 import dbapi2 as sqlite_driver
except ImportError:  # pragma: no cover - the wheel exists for every platform we lock for
    import sqlite3 as sqlite_driver

LOCK_WAIT = 30.0  # seconds a writer waits for its turn on SQLite
_writing: ContextVar[bool] = ContextVar("writing", default=False)


class Busy(DomainError):
    """The database could not give this writer a turn in time. Nothing was changed."""

    code = "busy"
    status = 503

    def __init__(self) -> None:
        super().__init__(_("Kith is very busy and could not save that. Nothing was changed: please try again."))


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC instant, also on SQLite, which would forget the zone."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def state_column(kind: type[StrEnum], length: int = 24) -> sa.Enum:
    """A StrEnum kept as its value in a VARCHAR with a CHECK: readable in SQL, the same on both databases."""
    return sa.Enum(
        kind, native_enum=False, create_constraint=True, length=length, validate_strings=True, name=_check_name(kind),
        values_callable=lambda members: [member.value for member in members],
    )


def _check_name(kind: type[StrEnum]) -> str:
    name = kind.__name__
    return "".join("_" + c.lower() if c.isupper() else c for c in name).lstrip("_")


class Base(DeclarativeBase):
    """The base of every table: constraint names by rule, instants as UTC, lists and maps as JSON."""

    registry = registry(
        metadata=sa.MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={
            datetime: UtcDateTime,
            uuid.UUID: sa.Uuid,
            dict[str, Any]: sa.JSON,
            list[str]: sa.JSON,
            list[int]: sa.JSON,
        },
    )


class Row(Base):
    """What nearly every table has: a UUID key and the instant it was made."""

    __abstract__ = True

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


db = SQLAlchemy(model_class=Base, disable_autonaming=True)
R = TypeVar("R", bound=Row)
T = TypeVar("T")


def the_one(statement: sa.Select[R]) -> R:
    """The row that a selection finds, with what it joins. Raises NotFound when there is none."""
    found = db.session.scalars(statement).unique().one_or_none()
    if found is None:
        raise NotFound
    return found


def is_out_of_date(row: Row) -> bool:
    """A transaction has ended since it was read: whoever goes on with it reads it again, one row at a time."""
    return bool(sa.inspect(row).expired)


def in_parts(items: Sequence[T], size: int = 500) -> Iterator[Sequence[T]]:
    """The items in their order, so many at a time: a statement takes only so many values."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def engine_options(url: str, threads: int) -> dict[str, Any]:
    """What Flask-SQLAlchemy hands to create_engine."""
    if make_url(url).get_backend_name() == "sqlite":
        return {
            "pool_size": max(threads, 2),
            "max_overflow": 4,
            "pool_timeout": 15,
            "hide_parameters": True,  # what people typed belongs in no log
            "connect_args": {"timeout": LOCK_WAIT, "check_same_thread": False},
            "module": sqlite_driver,
        }
    return {
        "pool_size": max(threads, 2),
        "max_overflow": 4,
        "pool_timeout": 15,
        "pool_pre_ping": True,
        "pool_recycle": 1800,
        "hide_parameters": True,
        "connect_args": {
            "connect_timeout": 5,
            "options": "-c lock_timeout=10000 -c statement_timeout=30000"
            " -c idle_in_transaction_session_timeout=60000 -c timezone=UTC -c jit=off",  # nothing runs so long that compiling it would pay
        },
    }


def install(app: Flask) -> None:
    """Hang the transaction rules on the app's engine."""
    with app.app_context():
        engine = db.engine
        synchronous = app.config["SETTINGS"].sqlite_synchronous
    if engine.dialect.name == "sqlite":
        _install_sqlite(engine, synchronous)
    else:
        _install_postgresql(engine)


def _install_postgresql(engine: Engine) -> None:
    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.connection.dbapi_connection.read_only = not _writing.get()  # type: ignore[union-attr]


def _install_sqlite(engine: Engine, synchronous: str) -> None:
    lock_path = f"{engine.url.database}.wlock"

    @event.listens_for(engine, "connect")
    def connect(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy says BEGIN itself; the driver's own guess loses updates
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={synchronous}",
            "foreign_keys=ON",
            "trusted_schema=OFF",
            "secure_delete=FAST",
            "temp_store=MEMORY",
            "cache_size=-16000",
            "journal_size_limit=67108864",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        writing = _writing.get()
        info = connection.connection.record_info
        assert info is not None
        if writing:
            _take_turn(info, lock_path)
        if info.get("read_only") != (not writing):
            connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writing else 'ON'}")
            info["read_only"] = not writing
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    @event.listens_for(engine.pool, "checkin")
    def checkin(connection: Any, record: Any) -> None:
        _end_turn(record.record_info)

    @event.listens_for(engine.pool, "close")
    def close(connection: Any, record: Any) -> None:
        _end_turn(record.record_info)
        descriptor = record.record_info.pop("descriptor", None)
        if descriptor is not None:
            os.close(descriptor)
        record.record_info.pop("read_only", None)


def _take_turn(info: dict[Any, Any], path: str) -> None:
    """Queue for the write lock on a file beside the database: fairer than SQLite's own busy handler."""
    if info.get("held"):
        return
    if "descriptor" not in info:
        info["descriptor"] = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    give_up = time.monotonic() + LOCK_WAIT
    pause = 0.0005
    while True:
        try:
            fcntl.flock(info["descriptor"], fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > give_up:
                raise Busy from None
            time.sleep(pause)
            pause = min(pause * 1.5, 0.01)
        else:
            info["held"] = True
            return


def _end_turn(info: dict[Any, Any]) -> None:
    if info.pop("held", False):
        fcntl.flock(info["descriptor"], fcntl.LOCK_UN)


@contextmanager
def atomic() -> Iterator[None]:
    """One business verb, one write transaction. Re-entrant: only the outermost commits or rolls back.

    Whatever was read before is expired, so that everything is read again inside the transaction.
    Raises Busy when the database gives no turn in time, and whatever the block raises, after rolling back.
    """
    if _writing.get():
        yield
        return
    session = db.session
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("changes were pending before atomic(): move them inside the verb")
    session.rollback()  # end the read-only transaction; objects are read again under the write transaction
    token = _writing.set(True)
    session().info[_KEPT] = []
    try:
        yield
        session.commit()
    except sa.exc.OperationalError as error:
        session.rollback()
        if _is_contention(error):
            raise Busy from error
        raise
    except BaseException:
        session.rollback()
        raise
    finally:
        session().info.pop(_KEPT, None)
        _writing.reset(token)


_KEPT = "kept"


def _keep(session: Session, row: object) -> None:
    """What a verb has read stays read until it ends: the session alone would forget it with the last name that holds it."""
    kept = session.info.get(_KEPT)
    if kept is not None:
        kept.append(row)


event.listen(Session, "loaded_as_persistent", _keep)
event.listen(Session, "pending_to_persistent", _keep)


_numbered: list[type[Any]] = []


def numbered(model: type[Any]) -> None:
    """Rows of `model`, whose `id` is a number from the database, are written many at a time. PostgreSQL does so by itself; on SQLite, which
    would be asked for every number, whoever writes is alone, so the next numbers are known. For tables that only ever grow."""
    if model not in _numbered:
        _numbered.append(model)


def _number(session: Session, *_: object) -> None:
    kinds: dict[type[Any], list[Any]] = {}
    for row in session.new:
        if type(row) in _numbered and row.id is None:
            kinds.setdefault(type(row), []).append(row)
    for model, rows in kinds.items():
        if len(rows) > 1 and _writing.get() and db.engine.dialect.name == "sqlite":
            with session.no_autoflush:
                last = session.scalar(sa.select(sa.func.max(model.id))) or 0
            for number, row in enumerate(sorted(rows, key=lambda row: sa.inspect(row).insert_order), last + 1):
                row.id = number


event.listen(Session, "before_flush", _number)


def is_writing() -> bool:
    """True inside `atomic()`."""
    return _writing.get()


def _is_contention(error: sa.exc.OperationalError) -> bool:
    code = getattr(error.orig, "sqlstate", None)
    return code in {"40001", "40P01", "55P03"} or "database is locked" in str(error.orig)


def lock_rows(model: type[R], ids: Iterable[uuid.UUID]) -> list[R]:
    """Lock rows to be made less available, in id order, and read them fresh. Inside `atomic()` only.

    Tables are locked in one global order: Cohort, Fund, Envelope, Commission, Introduction, Place, Session.
    Raises NotFound when one of them is not there.
    """
    if not _writing.get():
        raise RuntimeError("a lock outside atomic() protects nothing")
    wanted = sorted(set(ids))
    if not wanted:
        return []
    statement = (
        sa.select(model).where(model.id.in_(wanted)).order_by(model.id).with_for_update(of=model)
        .options(lazyload("*"))  # the row itself; what hangs on it is read when it is asked for
        .execution_options(populate_existing=True)
    )
    rows: Sequence[R] = db.session.scalars(statement).unique().all()
    if len(rows) != len(wanted):
        raise NotFound
    return list(rows)


def lock_row(model: type[R], row_id: uuid.UUID) -> R:
    """`lock_rows` for one."""
    return lock_rows(model, [row_id])[0]


def lock_ids(model: type[R], ids: Iterable[uuid.UUID]) -> None:
    """Lock rows in id order without reading them: for a verb that reads them afterwards, and has read none of them before.

    On SQLite a writing transaction is alone already, so nothing is asked. Inside `atomic()` only. Raises NotFound like `lock_rows`.
    """
    if not _writing.get():
        raise RuntimeError("a lock outside atomic() protects nothing")
    wanted = sorted(set(ids))
    if not wanted or db.engine.dialect.name == "sqlite":
        return
    found = db.session.scalars(sa.select(model.id).where(model.id.in_(wanted)).order_by(model.id).with_for_update(of=model)).all()
    if len(found) != len(wanted):
        raise NotFound


def ping() -> bool:
    """Does the database answer?"""
    try:
        db.session.execute(sa.text("SELECT 1"))
    except sa.exc.SQLAlchemyError:
        db.session.rollback()
        return False
    return True


@contextmanager
def migrating() -> Iterator[None]:
    """Connections opened in here may write outside a verb: for migrations/env.py alone."""
    token = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(token)
