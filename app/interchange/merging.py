"""Whose word counts when a file comes again: the source's, except where somebody has edited the field in Kith since. Pure.

For each field three values are compared: what the file says now, what it said last time (as a fingerprint) and what stands in
Kith. Said as before: Kith's value stays. Said anew, Kith's value still the file's: it changes. Said anew, but edited here
meanwhile: the edit stays, and the report says so.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, Generic, TypeVar

T = TypeVar("T")

Prints = Mapping[str, str]


@dataclass(frozen=True)
class Rules:
    """Fields that belong together are compared together; `drifting` ones are moved by Kith's own work, which is no edit."""

    together: Sequence[tuple[str, ...]] = ()
    drifting: frozenset[str] = frozenset()
    apart_from: frozenset[str] = frozenset()

    def groups(self, kind: Any) -> list[tuple[str, ...]]:
        """The groups of fields of that kind of record, each known by the name of its first."""
        grouped = {name for group in self.together for name in group}
        single = [(f.name,) for f in fields(kind) if f.name not in grouped and f.name not in self.apart_from]
        return [*self.together, *single]


@dataclass(frozen=True)
class Merged(Generic[T]):
    """`record` is what should stand in Kith; `changed` differ from what stands, `kept` are edits that the file did not undo."""

    record: T
    changed: frozenset[str]
    kept: tuple[str, ...]


class Merger(Generic[T]):
    """Compares records of one kind by one set of rules."""

    def __init__(self, kind: type[T], rules: Rules) -> None:
        self.rules = rules
        self.groups = rules.groups(kind)

    def fingerprints(self, record: T) -> dict[str, str]:
        return {group[0]: _print(_values(record, group)) for group in self.groups}

    def merge(self, current: T, incoming: T, said: Prints, last: Prints | None, columns: Collection[str]) -> Merged[T]:
        """`said` are the incoming fingerprints, `last` those of the import before; None: nobody knows them, so the file counts.

        `columns`: the fields that the file has.
        """
        taken: dict[str, Any] = {}
        kept: list[str] = []
        for group in self.groups:
            name = group[0]
            here = _values(current, group)
            if name not in columns or here == _values(incoming, group):
                continue
            before = last.get(name) if last is not None else None
            if before == said[name]:
                continue
            if before is not None and name not in self.rules.drifting and before != _print(here):
                kept.append(name)
                continue
            taken |= {field: getattr(incoming, field) for field in group}
        changed = frozenset(field for field, value in taken.items() if getattr(current, field) != value)
        return Merged(replace(current, **taken) if taken else current, changed, tuple(kept))  # type: ignore[type-var]


_encode = json.JSONEncoder(sort_keys=True, default=vars).encode


def _values(record: object, group: tuple[str, ...]) -> list[Any]:
    return [getattr(record, name) for name in group]


def _print(values: list[Any]) -> str:
    return hashlib.sha256(_encode(values).encode()).hexdigest()[:20]


class Outcome(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
