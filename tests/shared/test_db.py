"""One database behaviour on SQLite and PostgreSQL."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from flask import Flask

from app import create_app
from app.accounts.models import CeilingBase, SignIn, Throttle, Zone
from app.audit.models import AuditEntry
from app.audit.services import note_sight
from app.audit.services import record as write_entry
from app.shared import clock
from app.shared import db as database_layer
from app.shared.append_only import APPEND_ONLY_TABLES
from app.shared.db import Base, Busy, atomic, db, is_writing, lock_row, lock_rows
from app.shared.errors import NotFound
from app.shared.web import public
from tests import factories
from tests.support.client import StrictClient
from tests.support.databases import Database


def count(model: type[Base]) -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


# --- writing only inside atomic() ----------------------------------------------------------------


def test_a_write_outside_atomic_is_refused_by_the_database(app: Flask) -> None:
    zone = factories.make_zone(name="as it was")
    writes: list[Callable[[], object]] = [
        lambda: db.session.add(Zone(slug="stray", name="Stray")) or db.session.flush(),
        lambda: db.session.execute(sa.update(Zone).values(name="changed")),
        lambda: db.session.execute(sa.delete(Zone)),
        lambda: db.session.execute(sa.text("DELETE FROM zone")),
        lambda: db.session.execute(sa.text("CREATE TABLE stray (id integer)")),
    ]
    for write in writes:
        with pytest.raises(sa.exc.DBAPIError):
            write()
        db.session.rollback()
    assert (count(Zone), db.session.get_one(Zone, zone.id).name) == (1, "as it was")


def test_after_a_write_the_same_connection_only_reads_again(app: Flask) -> None:
    for n in range(3):
        factories.make_zone()
        with pytest.raises(sa.exc.DBAPIError):
            db.session.execute(sa.delete(Zone))
        db.session.rollback()
        assert count(Zone) == n + 1


def test_a_get_that_writes_changes_nothing_and_answers_500(database: Database) -> None:
    app = create_app(database.settings)

    @app.get("/tests/careless")
    @public
    def careless() -> str:
        db.session.add(Zone(slug="stray", name="Stray"))
        db.session.commit()
        return "done"

    with app.app_context():
        assert StrictClient(app).get("/tests/careless").status_code == 500
        assert count(Zone) == 0
        db.session.remove()
        db.engine.dispose()


def test_changes_pending_before_atomic_are_a_programming_error(app: Flask) -> None:
    zone = factories.make_zone()
    zone.name = "pending"
    with pytest.raises(RuntimeError, match="pending"), atomic():
        pass
    db.session.rollback()


def test_atomic_inside_atomic_is_one_transaction(app: Flask) -> None:
    def outer() -> None:
        with atomic():
            factories.make_zone()
            assert is_writing()
            raise KeyError

    with pytest.raises(KeyError):
        outer()
    assert not is_writing()
    assert count(Zone) == 0


def test_what_an_inner_verb_refused_does_not_stop_the_outer_one(app: Flask) -> None:
    with atomic():
        factories.make_zone()
        with pytest.raises(NotFound):
            lock_row(Zone, factories.some_id())
    assert count(Zone) == 1


def test_everything_is_read_again_inside_atomic(app: Flask) -> None:
    zone = factories.make_zone(name="before")
    assert zone.name == "before"
    _elsewhere(app, lambda: db.session.execute(sa.update(Zone).values(name="after")))
    with atomic():
        assert zone.name == "after"


def _elsewhere(app: Flask, change: Callable[[], object]) -> None:
    """Another visitor's transaction."""

    def run() -> None:
        with app.app_context(), atomic():
            change()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(60)


def test_a_write_that_gets_no_turn_in_time_says_so_and_changes_nothing(
    app: Flask, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    zone = factories.make_zone(name="as it was")
    zone_id = zone.id
    monkeypatch.setattr(database_layer, "LOCK_WAIT", 0.2)
    holding, done = threading.Event(), threading.Event()

    def hold() -> None:
        with app.app_context(), atomic():
            lock_row(Zone, zone_id)
            holding.set()
            done.wait(20)

    thread = threading.Thread(target=hold)
    thread.start()
    holding.wait(20)
    try:
        with pytest.raises(Busy) as busy:
            _rename_soon(database, zone_id)
    finally:
        done.set()
        thread.join(60)
    assert busy.value.status == 503
    db.session.rollback()
    assert db.session.get_one(Zone, zone_id).name == "as it was"


def _rename_soon(database: Database, zone_id: object) -> None:
    with atomic():
        if database.kind == "postgresql":
            db.session.execute(sa.text("SET LOCAL lock_timeout = '200ms'"))
        lock_row(Zone, zone_id).name = "changed"  # type: ignore[arg-type]


# --- locks ---------------------------------------------------------------------------------------


def _add_up(app: Flask, read: Callable[[], Zone], meet: threading.Barrier | None = None) -> None:
    """Two visitors each read a number, think, and write one more. `meet`: where both wait for each other before they write."""

    def one(_: int) -> None:
        with app.app_context(), atomic():
            zone = read()
            seen = zone.envelope_pence
            if meet is not None:
                with contextlib.suppress(threading.BrokenBarrierError):  # the other one cannot come: it waits for its turn
                    meet.wait(1)
            zone.envelope_pence = seen + 1

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(one, range(2)))
    db.session.rollback()


def test_a_locked_row_loses_no_update(app: Flask) -> None:
    zone_id = factories.make_zone(envelope_pence=0).id
    _add_up(app, lambda: lock_row(Zone, zone_id), threading.Barrier(2))
    assert db.session.get_one(Zone, zone_id).envelope_pence == 2


def test_without_the_lock_postgresql_loses_one_and_sqlite_has_one_writer_at_a_time(app: Flask, database: Database) -> None:
    """The twin: it shows that the lock above is what keeps the sum."""
    zone_id = factories.make_zone(envelope_pence=0).id
    _add_up(app, lambda: db.session.get_one(Zone, zone_id), threading.Barrier(2))
    assert db.session.get_one(Zone, zone_id).envelope_pence == (1 if database.kind == "postgresql" else 2)


def test_many_visitors_add_up(app: Flask) -> None:
    zone_id = factories.make_zone(envelope_pence=0).id

    def one(_: int) -> None:
        with app.app_context(), atomic():
            zone = lock_row(Zone, zone_id)
            zone.envelope_pence = zone.envelope_pence + 1

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(one, range(30)))
    db.session.rollback()
    assert db.session.get_one(Zone, zone_id).envelope_pence == 30


def test_rows_locked_in_any_order_never_wait_for_each_other_in_a_ring(app: Flask) -> None:
    ids = [factories.make_zone().id for _ in range(3)]

    def one(n: int) -> int:
        with app.app_context(), atomic():
            return len(lock_rows(Zone, ids[n % 3 :] + ids[: n % 3] if n % 2 else list(reversed(ids))))

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(one, range(24))) == {3}


def test_a_lock_reads_the_row_anew(app: Flask) -> None:
    zone = factories.make_zone(name="before")
    with atomic():
        assert zone.name == "before"
        db.session.execute(sa.update(Zone).values(name="after").execution_options(synchronize_session=False))
        assert lock_row(Zone, zone.id).name == "after"


def test_a_lock_outside_atomic_protects_nothing_and_is_refused(app: Flask) -> None:
    zone = factories.make_zone()
    with pytest.raises(RuntimeError):
        lock_row(Zone, zone.id)


def test_a_row_that_is_not_there_cannot_be_locked(app: Flask) -> None:
    zone = factories.make_zone()
    with atomic():
        assert lock_rows(Zone, []) == []
        assert len(lock_rows(Zone, [zone.id, zone.id])) == 1
        with pytest.raises(NotFound):
            lock_rows(Zone, [zone.id, factories.some_id()])


# --- append-only ---------------------------------------------------------------------------------


def test_the_trail_refuses_change_and_deletion(app: Flask) -> None:
    zone = factories.make_zone()
    with atomic():
        write_entry("accounts.zone.created", subject=zone, actor=None)
    for statement in (
        sa.update(AuditEntry).values(action="accounts.zone.imagined"), sa.delete(AuditEntry),
        sa.text("UPDATE audit_entry SET actor_name = 'somebody else'"), sa.text("DELETE FROM audit_entry"),
    ):
        with pytest.raises(sa.exc.IntegrityError, match="only ever grows"):
            _do(statement)
    assert count(AuditEntry) == 1


def _do(statement: sa.Executable) -> None:
    with atomic():
        db.session.execute(statement)


def test_every_append_only_table_has_its_triggers_in_the_database(app: Flask, database: Database) -> None:
    if database.kind == "sqlite":
        rows = db.session.execute(sa.text("SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'"))
        guarded = {table for table, name in rows if name == f"{table}_no_update"}
    else:
        rows = db.session.execute(sa.text("SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal"))
        guarded = {table for table, name in rows if name == f"{table}_no_change"}
    assert guarded == set(APPEND_ONLY_TABLES)
    assert {"audit_entry", "sight", "mark"} <= guarded


def test_a_look_at_a_child_is_a_transaction_of_its_own(app: Flask) -> None:
    zone = factories.make_zone()
    child = factories.make_child(factories.make_school(zone))
    note_sight(person=factories.make_person(), child_id=child.id, what="children.child")
    assert not is_writing()


def test_an_entry_outside_a_transaction_is_refused(app: Flask) -> None:
    with pytest.raises(RuntimeError):
        write_entry("accounts.zone.created", subject=factories.make_zone(), actor=None)


# --- types ---------------------------------------------------------------------------------------


def test_an_instant_comes_back_as_the_same_aware_utc(app: Flask) -> None:
    summer = datetime(2026, 7, 1, 12, 30, 15, 123_456, tzinfo=timezone(timedelta(hours=5)))
    row = factories.save(Throttle(key="x", window_starts_at=summer))
    db.session.expire_all()
    back = db.session.get_one(Throttle, row.id).window_starts_at
    assert back == summer and back.utcoffset() == timedelta(0)


def test_an_instant_without_a_zone_is_refused(app: Flask) -> None:
    with pytest.raises(sa.exc.StatementError, match="time zone"):
        factories.save(Throttle(key="x", window_starts_at=datetime(2026, 1, 1)))


def test_instants_are_compared_as_instants_in_the_database(app: Flask) -> None:
    now = clock.now()
    factories.save(Throttle(key="x", window_starts_at=now))
    later = (now + timedelta(hours=1)).astimezone(timezone(timedelta(hours=-9)))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Throttle).where(Throttle.window_starts_at < later)) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Throttle).where(Throttle.window_starts_at > later)) == 0


def test_a_state_is_kept_as_its_word_and_the_database_knows_the_words(app: Flask) -> None:
    factories.make_zone(ceiling_base=CeilingBase.COMMISSIONED_SPEND)
    assert db.session.scalar(sa.text("SELECT ceiling_base FROM zone")) == "commissioned_spend"
    with pytest.raises(sa.exc.IntegrityError):
        _do(sa.text("UPDATE zone SET ceiling_base = 'the_moon'"))
    with pytest.raises(sa.exc.StatementError):
        factories.make_zone(ceiling_base="the_moon")


def test_a_key_to_nothing_is_refused(app: Flask) -> None:
    with pytest.raises(sa.exc.IntegrityError):
        factories.save(SignIn(person_id=factories.some_id(), token_hash="x"))


def test_the_settings_of_each_connection_are_those_that_were_measured(app: Flask, database: Database) -> None:
    if database.kind == "sqlite":
        pragmas = {name: db.session.scalar(sa.text(f"PRAGMA {name}")) for name in ("journal_mode", "foreign_keys", "query_only")}
        assert pragmas == {"journal_mode": "wal", "foreign_keys": 1, "query_only": 1}
    else:
        shown = {name: db.session.scalar(sa.text(f"SHOW {name}")) for name in ("TimeZone", "transaction_isolation", "transaction_read_only")}
        assert shown == {"TimeZone": "UTC", "transaction_isolation": "read committed", "transaction_read_only": "on"}
    assert db.session.execute(sa.select(sa.literal(1))).scalar() == 1
    assert clock.now().tzinfo is UTC
