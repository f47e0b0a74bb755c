"""Migrations make what the models say, on both databases, and each goes down and up again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade

from app.billing.models import freeze_ddl
from app.catalogue.models.search import search_ddl
from app.matching.models import change_ddl
from app.shared.append_only import APPEND_ONLY_TABLES, append_only_ddl
from app.shared.db import Base, db
from config import ROOT
from tests.support.databases import Databases, Kind

MIGRATIONS = ROOT / "migrations"


@pytest.fixture
def migrated(databases: Databases, database_kind: Kind) -> Iterator[Flask]:
    """An app on a database of its own that has come all the way up."""
    name = "migrations"
    app = databases.get(database_kind, name).app
    with app.app_context():
        upgrade(directory=str(MIGRATIONS))
        yield app
        db.session.remove()
    databases.drop(database_kind, name)


def revisions() -> list[str]:
    """From the newest down."""
    return [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]


def differences() -> list[Any]:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": _is_ours})
        return list(compare_metadata(context, Base.metadata))


def _is_ours(thing: Any, name: str | None, kind: str, reflected: bool, compared: Any) -> bool:
    """The full-text index is not in the models' metadata; its text comes from `search_ddl`, and is looked at by name."""
    return not (name == "alembic_version" or (name or "").startswith("offering_search"))


def checks() -> dict[str, set[str]]:
    """The named CHECKs of each table as the database knows them."""
    inspector = sa.inspect(db.engine)
    return {table: {str(check["name"]) for check in inspector.get_check_constraints(table)} for table in Base.metadata.tables}


def triggers() -> set[str]:
    if db.engine.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    with db.engine.connect() as connection:
        return set(connection.scalars(sa.text(query)))


def expected_triggers() -> set[str]:
    dialect = db.engine.dialect.name
    statements = [text for table in APPEND_ONLY_TABLES for text in append_only_ddl(table, dialect)] + search_ddl(dialect) + change_ddl(dialect)
    statements += freeze_ddl(dialect)
    return {found[1] for text in statements if (found := re.match(r"CREATE TRIGGER (\w+)", text))}


def search_indexes() -> set[str]:
    """What carries the full-text search: an FTS5 table on SQLite, an index on PostgreSQL."""
    if db.engine.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'offering_search'"
    else:
        query = "SELECT indexname FROM pg_indexes WHERE indexname = 'offering_search'"
    with db.engine.connect() as connection:
        return set(connection.scalars(sa.text(query)))


def assert_like_the_models() -> None:
    assert differences() == []
    wanted = {
        table.name: {str(constraint.name) for constraint in table.constraints if isinstance(constraint, sa.CheckConstraint)}
        for table in Base.metadata.tables.values()
    }
    assert checks() == wanted
    assert triggers() == expected_triggers()
    assert search_indexes() == {"offering_search"}


def test_migrations_make_what_the_models_say(migrated: Flask) -> None:
    assert_like_the_models()


def test_each_migration_goes_down_and_up_again(migrated: Flask) -> None:
    for _ in revisions():
        downgrade(directory=str(MIGRATIONS), revision="-1")
    left = set(sa.inspect(db.engine).get_table_names()) - {"alembic_version"}
    assert left == set()
    assert triggers() == search_indexes() == set()
    for _ in revisions():
        upgrade(directory=str(MIGRATIONS), revision="+1")
    assert_like_the_models()


def test_migrations_are_one_line_of_numbered_slugs() -> None:
    script = ScriptDirectory(str(MIGRATIONS))
    assert len(script.get_heads()) == 1
    names = sorted(path.name for path in (MIGRATIONS / "versions").glob("*.py"))
    assert names
    assert [name for name in names if not re.fullmatch(r"\d{4}_[a-z0-9_]+\.py", name)] == []
