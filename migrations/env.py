"""Alembic's entry: runs the revisions on the app's own engine, in one transaction."""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app

from app.shared.db import UtcDateTime, db, migrating


def render_item(kind: str, item: Any, _: Any) -> str | bool:
    """Instants are written as plain columns, so that a revision does not depend on today's code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


def include_name(name: str | None, kind: str, _: Any) -> bool:
    """The full-text index keeps tables of its own on SQLite."""
    return not (kind in ("table", "index") and name is not None and name.startswith("offering_search"))


def run() -> None:
    with migrating(), db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_item=render_item,
            include_name=include_name,
            compare_type=True,
            render_as_batch=connection.dialect.name == "sqlite",
            transaction_per_migration=False,
        )
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("Kith migrates a database it can reach: set KITH_DATABASE_URL.")
current_app.logger.debug("migrating")
run()
