"""What an edit changes: the new values are set, and before and after of each are kept for the trail."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from app.shared.db import Row


def apply(row: Row, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Set what differs. {"title": [before, after]} for each field that did, as the trail keeps it; nothing is ""."""
    changes: dict[str, list[Any]] = {}
    for name, value in values.items():
        before = getattr(row, name)
        if before != value:
            setattr(row, name, value)
            changes[name] = [plain(before), plain(value)]
    return changes


def plain(value: Any) -> Any:
    """A column's value as JSON has it; nothing becomes ""."""
    if value is None:
        return ""
    if isinstance(value, (StrEnum, uuid.UUID)):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    return value


def pack(row: Row, names: Iterable[str]) -> dict[str, Any]:
    """These fields as JSON, to be given back by `unpack`."""
    return {name: pack_value(getattr(row, name)) for name in names}


def pack_value(value: Any) -> Any:
    return None if value is None else plain(value)


def pairs(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Two packed states as the trail keeps a change."""
    return {name: [plain(before.get(name)), plain(value)] for name, value in after.items()}


def unpack(model: type[Row], packed: Mapping[str, Any]) -> dict[str, Any]:
    """What `pack` kept, as the columns of the model have it."""
    return {name: _typed(model.__table__.c[name].type, value) for name, value in packed.items()}


def _typed(kind: sa.types.TypeEngine[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, sa.Enum) and kind.enum_class is not None:
        return kind.enum_class(value)
    if isinstance(kind, sa.Uuid):
        return uuid.UUID(value)
    return date.fromisoformat(value) if isinstance(kind, sa.Date) else value
