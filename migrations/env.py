"""Alembic's entry: runs the revisions on the app's own engine, in one transaction."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import context
from flask import current_app

from app.shared.db import UtcDateTime, db, migrating


def render_item(kind: str, item: Any, _: Any) -> str | bool:
    """Instants are written as plain columns, so that a revision does not depend on today's code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


def include_name(name: str | None, kind: str, _: Any) -> bool:
    """The full-text index keeps tables of its own on SQLite."""
    return not (kind in ("table", "index") and name is not None and name.startswith("offering_search"))


def let_tables_be_made_anew(connection: sa.Connection, is_let: bool) -> None:
    """SQLite changes a table by making it anew, and drops the old one, which other tables name: no foreign key is looked at meanwhile.
    Outside a transaction only, where SQLite listens."""
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.dbapi_connection
        driver.execute(f"PRAGMA foreign_keys={'OFF' if is_let else 'ON'}")


def require_all_named_rows(connection: sa.Connection) -> None:
    """Every row that another names is there, as if the keys had been looked at all the time."""
    if connection.dialect.name == "sqlite" and (lost := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(5)):
        raise RuntimeError(f"rows would name others that are not there: {lost}")


def run() -> None:
    with migrating(), db.engine.connect() as connection:
        let_tables_be_made_anew(connection, True)
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_item=render_item,
            include_name=include_name,
            compare_type=True,
            render_as_batch=connection.dialect.name == "sqlite",
            transaction_per_migration=False,
        )
        try:
            with context.begin_transaction():
                context.run_migrations()
                require_all_named_rows(connection)
        finally:
            connection.rollback()
            let_tables_be_made_anew(connection, False)


if context.is_offline_mode():
    raise SystemExit("Kith migrates a database it can reach: set KITH_DATABASE_URL.")
current_app.logger.debug("migrating")
run()
