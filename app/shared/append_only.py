"""Tables that only ever grow: triggers on both databases refuse to change or delete their rows, but for what a table names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy import event

from app.shared.db import Base

APPEND_ONLY_TABLES: dict[str, tuple[Sequence[str], Mapping[str, str] | None]] = {}
"""Each with its columns and what of them may change."""

EMPTIED = "NEW.{c} = ''"
"""The column may be made empty, and nothing else."""
SHORTENED = "length(CAST(NEW.{c} AS TEXT)) <= length(CAST(OLD.{c} AS TEXT))"
RESEALED = "(NEW.{c} = '' OR substr(NEW.{c}, 1, 1) = '~')"
"""The column may be sealed with a newer key, or made empty."""


def append_only_ddl(table: str, dialect: str, columns: Sequence[str] = (), may: Mapping[str, str] | None = None) -> list[str]:
    """Triggers that refuse UPDATE and DELETE on `table`. Migrations run the same text.

    `may` are columns that may change after all, each in one way (so that a child's words can be taken out and keys be renewed); the
    `columns` are all the table has.
    """
    allowed = [how.format(c=column) for column, how in (may or {}).items()]
    if dialect == "sqlite":
        same = [f"NEW.{column} IS OLD.{column}" for column in columns if column not in (may or {})]
        unless = f"WHEN NOT ({' AND '.join([*same, *allowed])}) " if may else ""
        return [
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} {unless if verb == 'UPDATE' else ''}"
            f"BEGIN SELECT RAISE(ABORT, '{table} only ever grows'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    taken = "".join(f" - '{column}'" for column in (may or {}))
    unless = (
        f"IF TG_OP = 'UPDATE' AND to_jsonb(NEW){taken} = to_jsonb(OLD){taken} AND {' AND '.join(allowed)} THEN RETURN NEW; END IF; " if may else ""
    )
    return [
        (f"CREATE FUNCTION {table}_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {unless}RAISE EXCEPTION '{table} only ever grows' USING ERRCODE = 'integrity_constraint_violation'; END $$"),
        (f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_only_grows()"),
    ]


def append_only_undo_ddl(table: str, dialect: str) -> list[str]:
    """Takes the triggers away again; only a migration going down does this, before it drops the table."""
    if dialect == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {table}_no_{verb}" for verb in ("update", "delete")]
    return [f"DROP TRIGGER IF EXISTS {table}_no_change ON {table}", f"DROP FUNCTION IF EXISTS {table}_only_grows()"]


def _ddl(statement: str) -> sa.DDL:
    return sa.DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]


def append_only(model: type[Base], may: Mapping[str, str] | None = None) -> None:
    """Make the database itself refuse to change or delete rows of `model`, but for what `may` change."""
    table = model.__table__
    assert isinstance(table, sa.Table)
    for dialect in ("sqlite", "postgresql"):
        for statement in append_only_ddl(table.name, dialect, table.columns.keys(), may):
            event.listen(table, "after_create", _ddl(statement).execute_if(dialect=dialect))
    for statement in append_only_undo_ddl(table.name, "postgresql")[1:]:
        event.listen(table, "after_drop", _ddl(statement).execute_if(dialect="postgresql"))
    APPEND_ONLY_TABLES[table.name] = (table.columns.keys(), may)


def guards_of(table: str, dialect: str) -> list[str]:
    """The triggers of an append-only table as its model declares them."""
    return append_only_ddl(table, dialect, *APPEND_ONLY_TABLES[table])
