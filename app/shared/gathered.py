"""Rows of several tables read in one statement, however many they are: each list comes as one JSON column, made by the database.

The models made of them belong to no session: they are for reading.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa

from app.shared.db import UtcDateTime, db
from app.shared.sealing import Sealed, unseal_text


def listed(columns: Iterable[Any], where: Any) -> sa.ColumnElement[Any]:
    """The rows as one JSON array: json_group_array on SQLite, json_agg on PostgreSQL."""
    return sa.select(sa.cast(_gathered(columns), sa.Text)).where(where).scalar_subquery()


def listed_from(rows: sa.Select[*tuple[Any, ...]]) -> sa.ColumnElement[Any]:
    """The rows of any selection, with its own joins, order and limit."""
    found = rows.subquery()
    return sa.select(sa.cast(_gathered(found.columns), sa.Text)).select_from(found).scalar_subquery()


def _gathered(columns: Iterable[Any]) -> sa.ColumnElement[Any]:
    is_sqlite = db.engine.dialect.name == "sqlite"
    pairs: list[Any] = []
    for column in columns:
        nested = is_sqlite and isinstance(column.type, sa.JSON)
        pairs += [sa.literal_column(f"'{column.name}'"), sa.func.json(column) if nested else column]
    one = sa.func.json_object(*pairs) if is_sqlite else sa.func.json_build_object(*pairs)
    return sa.func.json_group_array(one) if is_sqlite else sa.func.json_agg(one)


def read_list(value: str | None) -> Sequence[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(value) if value else []
    return found


def made(model: Any, raw: dict[str, Any]) -> Any:
    """A model of that row that no session knows."""
    return model(**{c.key: value_of(c.type, raw[c.name]) for c in model.__table__.columns})


def value_of(kind: Any, raw: Any) -> Any:
    """What the column's type makes of its JSON."""
    if raw is None:
        return None
    if isinstance(kind, Sealed):
        return unseal_text(raw, kind.place)
    if isinstance(kind, sa.Uuid):
        return uuid.UUID(raw)
    if isinstance(kind, UtcDateTime):
        instant = datetime.fromisoformat(raw)
        return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    if isinstance(kind, sa.Date):
        return date.fromisoformat(raw)
    if isinstance(kind, sa.Enum):
        return kind.enum_class(raw) if kind.enum_class else raw
    return bool(raw) if isinstance(kind, sa.Boolean) else raw
