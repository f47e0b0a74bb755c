"""The authorisation matrix: reading its table, and working out from the running policies what each of its lines should say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from app.accounts.models import Person
from app.shared.errors import Forbidden, NotFound
from tests.architecture.matrix_world import Corner, World

TABLE = Path(__file__).with_name("matrix.txt")
COLUMNS = ("LW", "PA", "PR", "BH", "ZM", "SL", "DL", "DS", "FU", "AD", "NO")
YES, FORBIDDEN, NOT_THERE = "y", "3", "4"


def read_table() -> dict[str, str]:
    """By "endpoint METHODS" the line's cells, as they stand in matrix.txt."""
    lines = [line.split(" | ", 1) for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]
    return {" ".join(what.split()): cells.strip() for what, cells in lines}


def line(what: str, cells: str) -> str:
    endpoint, methods = what.split(" ", 1)
    return f"{endpoint:<40} {methods:<8} | {cells}"


def rules(app: Flask) -> dict[str, Rule]:
    """By "endpoint METHODS", in order."""
    found = {}
    for rule in app.url_map.iter_rules():
        methods = ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        found[f"{rule.endpoint} {methods}"] = rule
    return dict(sorted(found.items()))


UNNAMED = {"token", "to"}
"""Parts of an address that are no thing of anybody's."""


def ids_for(app: Flask, rule: Rule, corner: Corner, loose: Corner | None = None) -> dict[str, Any]:
    """What the rule's address names in that corner; with `loose`, what no loader asks for is named in that one."""
    room = rule.endpoint.split(".")[0]
    ids: dict[str, Any] = {}
    for name in rule.arguments:
        where = loose if loose is not None and name in loose_ids(app, rule) else corner
        wanted = "organisation_id" if name == "other_id" and "organisation_id" in rule.arguments else name
        ids[name] = "live" if name in UNNAMED else where.id_of(room, wanted)
    return ids


def loose_ids(app: Flask, rule: Rule) -> list[str]:
    """What the address names and the view itself must look for."""
    view: Any = app.view_functions[rule.endpoint]
    return sorted(set(rule.arguments) - UNNAMED - {f"{name}_id" for name, _ in view.kith_guard[1]})


class Asking:
    """Asks the endpoints' own guards: their loaders, then their policy. A loader is asked once about one thing by one person."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._loaded: dict[object, Any] = {}

    def decide(self, rule: Rule, person: Person, corner: Corner) -> str:
        view: Any = self.app.view_functions[rule.endpoint]
        policy, loaders = view.kith_guard
        ids = ids_for(self.app, rule, corner)
        try:
            loaded = [self._load(loader, ids[f"{name}_id"], person) for name, loader in loaders]
            return YES if policy(person, *loaded) else FORBIDDEN
        except NotFound:
            return NOT_THERE
        except Forbidden:
            return FORBIDDEN

    def _load(self, loader: Any, key: Any, person: Person) -> Any:
        asked = (loader, key, person.id)
        if asked not in self._loaded:
            try:
                self._loaded[asked] = loader(key, person)
            except (NotFound, Forbidden) as refusal:
                self._loaded[asked] = refusal
        found = self._loaded[asked]
        if isinstance(found, Exception):
            raise found
        return found


def all_cells(app: Flask, world: World) -> dict[str, str]:
    """Every line's cells: for each column own, near and far; one where the address names nothing."""
    asking, found = Asking(app), {}
    for what, rule in rules(app).items():
        if app.view_functions[rule.endpoint].kith_policy == "public":  # type: ignore[attr-defined]
            found[what] = "public"
            continue
        corners = (world.own, world.near, world.far) if set(rule.arguments) - UNNAMED else (world.own,)
        found[what] = " ".join("".join(asking.decide(rule, world.people[who], corner) for corner in corners) for who in COLUMNS)
    return found


def unknown_things(app: Flask, world: World) -> dict[str, str]:
    """What addresses name and the world has none of: the name, and an endpoint that asks."""
    missing = {}
    for what, rule in rules(app).items():
        for name in set(rule.arguments) - UNNAMED:
            if name not in world.own.ids and f"{rule.endpoint.split('.')[0]}.{name}" not in world.own.ids:
                missing.setdefault(name, what)
    return missing
