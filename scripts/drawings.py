"""Draw what the running tables say: docs/states.md, docs/rooms.md, docs/data.md and docs/data-map.md. Part of `make pictures`; a test compares them.

The drawings are Mermaid, which code hosts and editors show as pictures and everybody can read as text.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import sys
from collections import defaultdict
from typing import Any

import sqlalchemy as sa

import app
from app.extensions import db
from app.keeping.data_map import FIELDS, OPEN_TEXT, PURPOSES
from app.keeping.retention import BY_CODE
from app.shared.sealing import Sealed, SealedBytes
from app.shared.states import Moves
from config import ROOT

DOCS = ROOT / "docs"
NO_ROOMS = {"cli", "wsgi", "serve", "extensions"}
"""Modules beside the rooms: what starts Kith, and the one database object."""


def main() -> int:
    for name, text in drawings().items():
        (DOCS / name).write_text(text)
        print(f"docs/{name}")
    return 0


def drawings() -> dict[str, str]:
    """The text of each page, by its file name in docs/."""
    return {"states.md": draw_states(), "rooms.md": draw_rooms(), "data.md": draw_data(), "data-map.md": draw_data_map()}


# --- states --------------------------------------------------------------------------------------


def draw_states() -> str:
    parts = [
        "# What may become what\n",
        "Drawn from the transition tables that the running code asks (`app/shared/states.py`); `make pictures` draws them again.",
        "Who may make a move, and what else must hold, stands in each room's `policies.py` and services.\n",
    ]
    for room, machines in sorted(machines_by_room().items()):
        parts.append(f"## {room.capitalize()}\n")
        for moves in machines:
            parts += [f"### {moves.name[0].upper()}{moves.name[1:]}\n", *_machine(moves), ""]
    return "\n".join(parts)


def machines_by_room() -> dict[str, list[Moves[Any]]]:
    """Every transition table once, by the room that has it, in the order of names."""
    found: dict[int, tuple[str, Moves[Any]]] = {}
    for module in pkgutil.walk_packages(app.__path__, "app."):
        if module.name.split(".")[1] in NO_ROOMS:
            continue
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, Moves):
                states = type(next(iter(value.table)))  # their enum says where the machine lives, whoever else imports the table
                found[id(value)] = (states.__module__.split(".")[1], value)
    by_room = defaultdict(list)
    for room, moves in found.values():
        by_room[room].append(moves)
    return {room: sorted(machines, key=lambda moves: moves.name) for room, machines in by_room.items()}


def _machine(moves: Moves[Any]) -> list[str]:
    arrived_at = {there for onward in moves.table.values() for there in onward}
    lines = ["```mermaid", "stateDiagram-v2"]
    lines.append(f"  [*] --> {next(iter(moves.table))}")
    lines += [f"  {here} --> {there}" for here, onward in moves.table.items() for there in sorted(onward)]
    lines += [f"  {state} --> [*]" for state in sorted(arrived_at) if moves.is_end(state)]
    return [*lines, "```"]


# --- rooms ---------------------------------------------------------------------------------------


def draw_rooms() -> str:
    rooms = sorted(path.parent.name for path in (ROOT / "app").glob("*/__init__.py"))
    arrows = {room: _imports_of(room) & set(rooms) - {room} for room in rooms}
    direct = {room: {other for other in targets if not _reached_without(arrows, room, other)} for room, targets in arrows.items()}
    lines = [
        "# The rooms, and which way they import\n",
        "Drawn from the imports as they stand; `make pictures` draws it again. An arrow that follows from others is left out.",
        "The order is fixed in `pyproject.toml` (import-linter) and checked by `make lint`.\n",
        "```mermaid", "flowchart TD",
        *(f"  {room} --> {other}" for room in rooms for other in sorted(direct[room])),
        "```\n", "| Room | What it is |", "| --- | --- |",
        *(f"| `app/{room}` | {_about(room)} |" for room in rooms), "",
    ]
    return "\n".join(lines)


def _imports_of(room: str) -> set[str]:
    found = set()
    for path in (ROOT / "app" / room).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [node.module] if isinstance(node, ast.ImportFrom) and node.module else [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module == "app":
                names = [f"app.{alias.name}" for alias in node.names]
            found |= {name.split(".")[1] for name in names if name.startswith("app.")}
    return found


def _reached_without(arrows: dict[str, set[str]], start: str, goal: str) -> bool:
    waiting, seen = [other for other in arrows[start] if other != goal], set[str]()
    while waiting:
        room = waiting.pop()
        if room == goal:
            return True
        if room not in seen:
            seen.add(room)
            waiting += arrows.get(room, ())
    return False


def _about(room: str) -> str:
    text = ast.get_docstring(ast.parse((ROOT / "app" / room / "__init__.py").read_text())) or ""
    return " ".join(text.split("\n\n")[0].split()).replace("|", "\\|")


# --- data ----------------------------------------------------------------------------------------


def draw_data() -> str:
    rooms = defaultdict(list)
    for mapper in sorted(db.Model.registry.mappers, key=lambda m: str(m.local_table)):
        if isinstance(mapper.local_table, sa.Table) and mapper.class_.__module__.startswith("app."):
            rooms[mapper.class_.__module__.split(".")[1]].append((mapper.class_, mapper.local_table))
    lines = ["# The tables, and what names what\n", "Drawn from the models; `make pictures` draws it again. A line is a foreign key, from the one to the many.\n"]
    for room in sorted(rooms):
        lines += [f"## {room.capitalize()}\n", "```mermaid", "erDiagram"]
        for _, table in rooms[room]:
            keys = sorted({(key.column.table.name, key.parent.nullable) for key in table.foreign_keys})
            lines += [f"  {target} {'|o' if nullable else '||'}--o{{ {table.name} : \"\"" for target, nullable in keys] or [f"  {table.name}"]
        lines += ["```\n", "| Table | What a row is |", "| --- | --- |"]
        lines += [f"| `{table.name}` | {_first_sentence(model)} |" for model, table in rooms[room]]
        lines.append("")
    return "\n".join(lines)


def _first_sentence(model: type) -> str:
    text = " ".join((model.__doc__ or "").split("\n\n")[0].split())
    return text.replace("|", "\\|")


# --- data, by purpose ----------------------------------------------------------------------------


def draw_data_map() -> str:
    lines = [
        "# The map of data: why each thing is kept\n",
        "Drawn from `app/keeping/data_map.py`; `make pictures` draws it again. A table, a column with text or a field of a form that is not in it fails",
        "`tests/keeping/test_data_map.py`. Numbers, days, ids and codes are of their table's purpose. Grounds and periods are a proposal ([dpia.md](dpia.md)).\n",
        "| about | why | ground (Art. 6) | Art. 9 | kept | tables |", "| --- | --- | --- | --- | --- | --- |",
    ]
    for purpose in PURPOSES.values():
        kind = BY_CODE[purpose.kept]
        tables = ", ".join(f"`{name}`" for name in sorted(purpose.tables.split()))
        lines.append(f"| {purpose.about} | {purpose.why} | {purpose.article_6} | {purpose.article_9} | {kind.kept}, {kind.goes} | {tables} |")
    sealed = [
        f"{table.name}.{column.name}" for table in db.Model.metadata.sorted_tables for column in table.columns if isinstance(column.type, (Sealed, SealedBytes))
    ]
    lines += ["\n## What stands in each column with text\n", "| what | columns |", "| --- | --- |", f"| sealed, see [sealing.md](sealing.md) | {_names(sealed)} |"]
    lines += [f"| {what} | {_names(names.split())} |" for what, names in OPEN_TEXT.items()]
    lines += ["\n## Fields of forms that fill no column of their name\n", "| what for | fields |", "| --- | --- |"]
    lines += [f"| {what} | {_names(names.split())} |" for what, names in FIELDS.items()]
    return "\n".join([*lines, ""])


def _names(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


if __name__ == "__main__":
    sys.exit(main())
