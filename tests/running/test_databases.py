"""The ground the tests stand on: both databases start empty for each test, whatever the last one left."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts.models import Zone
from app.extensions import db
from app.shared.db import atomic


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_each_test_starts_with_empty_tables(app: Flask, turn: int) -> None:
    tables = sorted(db.metadata.tables)
    assert len(tables) > 10
    for table in tables:
        assert db.session.scalar(sa.text(f"SELECT count(*) FROM {table}")) == 0, f"{table} on turn {turn}"
    with atomic():
        db.session.add(Zone(name=f"Zone {turn}", slug="zone"))


def test_the_databases_are_what_they_are_called(app: Flask, database_kind: str) -> None:
    assert db.engine.dialect.name == database_kind
    if database_kind == "sqlite":
        assert db.session.scalar(sa.text("PRAGMA journal_mode")) == "wal"
        assert tuple(map(int, str(db.session.scalar(sa.text("SELECT sqlite_version()"))).split("."))) >= (3, 51, 3)
