"""children.json: a list of children, in and out. Pure: no database. One child's keys are the children room's to read (records.py).

Row 1 is the first child of the list.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _

from app.children.records import ChildRecord, read_records
from app.interchange.problems import Problem, Reading, Unusable, shown
from app.interchange.tables import decode

_SAMPLE = ChildRecord(id="", first_name="", age=0).as_dict()
KEYS = frozenset(_SAMPLE)
CONSTRAINTS = frozenset(_SAMPLE["constraints"])
MOST_DIGITS = 15
"""A longer number is none of the format's; it counts as endless and so is refused where it stands."""


class _Object(dict[str, Any]):
    """A JSON object that remembers which of its keys stood twice."""

    def __init__(self, pairs: Sequence[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        keys = [key for key, _ in pairs] if len(pairs) != len(self) else []
        self.twice = [key for key in dict.fromkeys(keys) if keys.count(key) > 1]


def read_children(content: bytes) -> Reading[ChildRecord]:
    """Every right child, every wrong one by number and key. Raises Unusable when the file is no JSON list."""
    listed = _parse(content)
    twice = {row: names for row, record in enumerate(listed, 1) if (names := _twice(record))}
    rows, faults = read_records(listed)
    reading = Reading(rows=[(row, record) for row, record in rows if row not in twice])
    reading.problems += [
        Problem(row, name, "the key twice", "each key once in a child") for row, names in twice.items() for name in names
    ]
    reading.problems += [Problem(fault.row, fault.column, shown(fault.found.strip("“”")), fault.allowed) for fault in faults]
    reading.problems.sort(key=lambda problem: problem.row)
    strange = dict.fromkeys(key for record in listed for key in _unknown(record))
    reading.notes += [f"{shown(key)} is not one of the format's keys and was left alone." for key in strange]
    return reading


def _parse(content: bytes) -> list[Any]:
    try:
        found = json.loads(decode(content), parse_int=_whole, parse_constant=_no_constant, object_pairs_hook=_Object)
    except json.JSONDecodeError as error:
        raise Unusable(_("This is not JSON: something is wrong at line %(lineno)s, character %(colno)s.", lineno=f"{error.lineno:,}", colno=f"{error.colno:,}")) from error
    except ValueError as error:
        raise Unusable(_("This is not JSON: %(shown)s is no number.", shown=shown(str(error)))) from error
    except RecursionError as error:
        raise Unusable(_("This is not JSON that Kith can read: it has brackets inside brackets without end.")) from error
    if not isinstance(found, list):
        raise Unusable(_("The file must hold a list in square brackets, one child each."))
    return found


def _whole(text: str) -> int | float:
    return int(text) if len(text) <= MOST_DIGITS else float("inf")


def _no_constant(text: str) -> Any:
    raise ValueError(text)


def _twice(record: Any) -> list[str]:
    if not isinstance(record, _Object):
        return []
    inner = record.get("constraints")
    return record.twice + ([f"constraints.{key}" for key in inner.twice] if isinstance(inner, _Object) else [])


def _unknown(record: Any) -> Iterable[str]:
    if not isinstance(record, _Object):
        return
    yield from (key for key in record if key not in KEYS)
    inner = record.get("constraints")
    if isinstance(inner, _Object):
        yield from (f"constraints.{key}" for key in inner if key not in CONSTRAINTS)


def print_children(records: Iterable[ChildRecord]) -> str:
    """The file again, one child to a line."""
    lines = [json.dumps(record.as_dict(), ensure_ascii=False) for record in records]
    return "[\n " + ",\n ".join(lines) + "\n]\n" if lines else "[]\n"
