"""Whose word counts when a file comes again: the source's, except where somebody has edited the field in Kith since. Pure.

For each field three values are compared: what the file says now, what it said last time (as a fingerprint) and what stands in
Kith. Said as before: Kith's value stays. Said anew, Kith's value still the file's: it changes. Said anew, but edited here
meanwhile: the edit stays, and the report says so.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
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

    def groups(self, record: Any) -> list[tuple[str, ...]]:
        grouped = {name for group in self.together for name in group}
        single = [(f.name,) for f in fields(record) if f.name not in grouped and f.name not in self.apart_from]
        return [*self.together, *single]


@dataclass(frozen=True)
class Merged(Generic[T]):
    """`record` is what should stand in Kith; `changed` differ from what stands, `kept` are edits that the file did not undo."""

    record: T
    changed: frozenset[str]
    kept: tuple[str, ...]


def fingerprints(record: Any, rules: Rules) -> dict[str, str]:
    """One fingerprint for each field or group of fields, by the name of the first."""
    values = asdict(record)
    return {group[0]: _print([values[name] for name in group]) for group in rules.groups(record)}


def _print(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:20]


def merge(current: T, incoming: T, last: Prints | None, rules: Rules, columns: Collection[str]) -> Merged[T]:
    """`last` None: nobody knows what the file said before, so it counts. `columns`: those that the file has."""
    taken: dict[str, Any] = {}
    kept: list[str] = []
    here, there = fingerprints(current, rules), fingerprints(incoming, rules)
    for group in rules.groups(incoming):
        name = group[0]
        if not set(group) <= set(columns) or here[name] == there[name]:
            continue
        before = last.get(name) if last is not None else None
        if before == there[name]:
            continue
        if before is not None and before != here[name] and name not in rules.drifting:
            kept.append(name)
            continue
        taken |= {field: getattr(incoming, field) for field in group}
    changed = frozenset(field for field, value in taken.items() if getattr(current, field) != value)
    return Merged(replace(current, **taken), changed, tuple(kept))  # type: ignore[type-var]


class Outcome(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
