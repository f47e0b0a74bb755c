"""A database per worker and kind, built once from the real schema and made fresh before each test.

SQLite: the file is copied from a template, or filled from it again where a server has it open. PostgreSQL: rows are removed from the tables that have any (see `_empty`).
"""

from __future__ import annotations

import fcntl
import functools
import gc
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

import sqlalchemy as sa
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from app.audit.seals import HEAD_FILES
from app.extensions import db
from app.shared import drawers
from app.shared.db import atomic, engine_options
from config import ROOT, Settings
from tests.support import postgres

Kind = Literal["sqlite", "postgresql"]
TEST_SECRET = "a-secret-for-tests-only-" + "x" * 24


def create_app(settings: Settings) -> Flask:
    """Imported when first needed: tests of pure functions load without the whole app."""
    from app import create_app as create

    # Every statement of every room is kept, not the latest five hundred: a test process goes through them again and again. And no
    # connection is asked whether it is still there before each transaction: here the database does not go away in between.
    options = {**engine_options(settings.database_url, settings.threads), "query_cache_size": 10_000, "pool_pre_ping": False}
    app = create(settings, {"SQLALCHEMY_ENGINE_OPTIONS": options})
    if _compiled is not None:
        app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(_compiled))
    return app


_compiled: Path | None = None
"""Where the run's processes keep the templates they have compiled, each of which would be compiled anew for every app."""


def share_templates(run_dir: Path) -> None:
    global _compiled
    _compiled = run_dir / "templates"
    _compiled.mkdir(exist_ok=True)


def settings_for(url: str, data_dir: Path) -> Settings:
    """The settings of an app under test on that database. What must survive a power cut need not here."""
    return Settings(
        environment="test", secret_key=TEST_SECRET, database_url=url, data_dir=data_dir, sqlite_synchronous="OFF", threads=4
    )


def build_schema(app: Flask) -> None:
    """Make the tables on the app's database, the way production gets them: through the migrations."""
    migrations = ROOT / "migrations"
    with app.app_context():
        if any((migrations / "versions").glob("*.py")):
            from flask_migrate import upgrade

            upgrade(directory=str(migrations))
        else:
            with atomic():
                db.create_all()
        db.session.remove()
        db.engine.dispose()


@functools.cache
def _spare() -> None:
    """What stands when the first app does (modules, tables, routes, tests: half a million objects) stays to the end of the process:
    whoever collects garbage need not look through it again. It took an eighth of the tests' processor time. What tests leave behind
    is still collected, in fewer rounds.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


class Database:
    """One database of one kind, with the app that stands on it. `fresh()` before each test."""

    def __init__(self, kind: Kind, url: str, data_dir: Path, make_fresh: Callable[[Flask], None]) -> None:
        self.kind = kind
        self.url = url
        self.settings = settings_for(url, data_dir)
        self._make_fresh = make_fresh
        self._app: Flask | None = None

    @property
    def app(self) -> Flask:
        if self._app is None:
            self._app = create_app(self.settings)
            _spare()
        return self._app

    def fresh(self) -> None:
        """Empty tables and drawers, whatever the last test left; and nobody vouches for what it wrote."""
        self._make_fresh(self.app)
        for drawer in drawers.SEALED:
            shutil.rmtree(self.settings.data_dir / drawer.folder, ignore_errors=True)
        for head in self.settings.data_dir.glob(HEAD_FILES):
            head.unlink(missing_ok=True)

    def dispose(self) -> None:
        """Close every connection of this process."""
        if self._app is not None:
            with self._app.app_context():
                db.engine.dispose()


class Databases:
    """Hands out databases in one test process; the templates are shared by all processes of the run."""

    def __init__(self, run_dir: Path, run_pid: int, own_dir: Path) -> None:
        self.run_dir = run_dir
        self.run_pid = run_pid
        self.own_dir = own_dir
        self._kept: dict[str, Database] = {}
        share_templates(run_dir)

    def get(self, kind: Kind, name: str = "tests", *, is_served: bool = False) -> Database:
        """The database of that name in this process: made on first asking, with the schema and no rows.

        One that `is_served` is emptied where it lies, for other processes have it open.
        """
        key = f"{kind}-{name}"
        if key not in self._kept:
            self._kept[key] = self._sqlite(name, is_served) if kind == "sqlite" else self._postgresql(name)
        return self._kept[key]

    def drop(self, kind: Kind, name: str) -> None:
        """Close it and forget it, so that the next `get` starts from the template."""
        database = self._kept.pop(f"{kind}-{name}", None)
        if database is None:
            return
        database.dispose()
        if kind == "postgresql":
            self._in_server(f'DROP DATABASE IF EXISTS "{sa.make_url(database.url).database}" WITH (FORCE)')

    def close(self) -> None:
        for key in list(self._kept):
            kind, _, name = key.partition("-")
            self.drop("sqlite" if kind == "sqlite" else "postgresql", name)

    def _data_dir(self, kind: Kind, name: str) -> Path:
        """A drawer of each database's own: the worker of one sweeps away files that another's rows know, and vouches for another trail."""
        path = self.own_dir / f"{name}-{kind}"
        path.mkdir(exist_ok=True)
        return path

    def _sqlite(self, name: str, is_served: bool) -> Database:
        template = self.run_dir / "template.sqlite3"
        with self._once("sqlite"):
            if not template.exists():
                building = self.run_dir / "building.sqlite3"
                build_schema(create_app(settings_for(f"sqlite:///{building}", self.own_dir)))
                building.rename(template)
        path = self.own_dir / f"{name}.sqlite3"

        def make_fresh(app: Flask) -> None:
            with app.app_context():
                db.engine.dispose()
            for old in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
                old.unlink(missing_ok=True)
            shutil.copyfile(template, path)

        def fill_again(_: Flask) -> None:
            with closing(sqlite3.connect(template)) as empty, closing(sqlite3.connect(path, timeout=20)) as served:
                empty.backup(served)

        shutil.copyfile(template, path)
        return Database("sqlite", f"sqlite:///{path}", self._data_dir("sqlite", name), fill_again if is_served else make_fresh)

    def _postgresql(self, name: str) -> Database:
        server = sa.make_url(postgres.server_url(self.run_dir, self.run_pid))
        made = self.run_dir / "template.postgresql"
        with self._once("postgresql"):
            if not made.exists():
                template = f"kith_template_{uuid4().hex[:12]}"
                self._in_server(f'CREATE DATABASE "{template}"')
                url = server.set(database=template).render_as_string(hide_password=False)
                build_schema(create_app(settings_for(url, self.own_dir)))
                made.write_text(template)
        own = f"kith_test_{uuid4().hex[:12]}"
        with self._once("postgresql"):  # a template cannot be copied twice at the same moment
            self._in_server(f'CREATE DATABASE "{own}" TEMPLATE "{made.read_text()}"')
        url = server.set(database=own).render_as_string(hide_password=False)
        return Database("postgresql", url, self._data_dir("postgresql", name), _Emptier())

    def remove_template(self) -> None:
        """For a server that outlives the run (KITH_TEST_DATABASE_URL)."""
        made = self.run_dir / "template.postgresql"
        if made.exists():
            self._in_server(f'DROP DATABASE IF EXISTS "{made.read_text()}"')

    def _in_server(self, statement: str) -> None:
        engine = sa.create_engine(postgres.server_url(self.run_dir, self.run_pid), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()

    def _once(self, what: str) -> _FileLock:
        return _FileLock(self.run_dir / f"{what}.lock-template")


class _FileLock:
    """Held by one process of the run at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self.path.open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self._file.close()


class _Emptier:
    """Removes all rows on PostgreSQL and starts the numbering again.

    Only tables that have rows are touched. A superuser deletes with triggers and foreign keys asleep, which is several times
    faster than TRUNCATE on small tables; every hundredth time, and for anybody else always, the tables are truncated, which
    also gives back the room that dead rows take (the append-only triggers are row-level and let that pass).
    """

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, app: Flask) -> None:
        self.times += 1
        with app.app_context():
            engine = db.engine
        connection = engine.raw_connection()
        try:
            driver = connection.driver_connection
            assert driver is not None
            driver.rollback()
            driver.read_only = False  # the app's own transactions are read-only unless a verb says otherwise
            with driver.cursor() as cursor:
                self._empty(cursor)
            driver.commit()
        finally:
            connection.close()

    def _empty(self, cursor: Any) -> None:
        cursor.execute("SET LOCAL lock_timeout = '20s'")  # a test that left a transaction open fails its successor, and is not waited for
        cursor.execute("SELECT current_setting('is_superuser') = 'on'")
        delete = cursor.fetchone()[0] and self.times % 100
        cursor.execute(
            "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        )
        full = [row[0] for row in cursor.fetchall()]
        if delete and full:
            probes = (f"(SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {table}))" for table in full)
            cursor.execute(" UNION ALL ".join(probes))
            full = [row[0] for row in cursor.fetchall()]
        if not full:
            return
        if not delete:
            cursor.execute(f"TRUNCATE {', '.join(full)} RESTART IDENTITY CASCADE")
            return
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("; ".join(f"DELETE FROM {table}" for table in full))
        cursor.execute(
            "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)"
            " FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"
        )
