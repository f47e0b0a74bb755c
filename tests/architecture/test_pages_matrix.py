"""Who may do what: every endpoint and method, for every role, at the own thing, another's in the same Zone, and another Zone's.

The table is matrix.txt. What it says is worked out again from the running guards on every run, so a grant cannot change unseen.
See docs/permissions.md for how to add a line.
"""

from __future__ import annotations

import zlib

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule

from app.shared.db import Base, db
from tests.architecture import matrix
from tests.architecture.matrix_world import World, make_world
from tests.support.client import StrictClient
from tests.support.people import enter

FOUND_BY_THE_VIEW = {"accounts.term_remove", "accounts.closure_remove", "commissioning.step_remove"}
"""Removing what is gone already answers as if it had been there; the test sees that nothing changed."""

OF_NO_ZONE = {"notifications.stuck_again"}
"""What an administrator does for the whole installation."""


@pytest.fixture
def world(app: Flask) -> World:
    return make_world()


def test_the_table_says_what_the_guards_do(app: Flask, world: World) -> None:
    unknown = matrix.unknown_things(app, world)
    assert not unknown, "Tell tests/architecture/matrix_world.py what these names in addresses are, one line each in MORE: " + ", ".join(
        f'"{name}": (TheModel, lambda c: {{}}),  # {what} asks for it' for name, what in unknown.items()
    )
    table = matrix.read_table()
    with app.test_request_context():
        now = matrix.all_cells(app, world)
    new = [matrix.line(what, cells) for what, cells in now.items() if what not in table]
    changed = [
        f"{what}\n  the table: {table[what]}\n  the guards: {cells}" for what, cells in now.items() if table.get(what, cells) != cells
    ]
    gone = sorted(set(table) - set(now))
    assert not new, (
        "These endpoints are not in tests/architecture/matrix.txt. READ who could use them (columns: "
        + " ".join(matrix.COLUMNS) + "; each: own, near, far), mend the policy if that is wrong, then add these lines there, in order:\n"
        + "\n".join(new)
    )
    assert not changed, "Who may do this has changed. Mend the policy, or (if it is meant) the line in matrix.txt:\n" + "\n".join(changed)
    assert not gone, f"matrix.txt has lines of endpoints that are gone: take them out: {gone}"


def test_pages_answer_as_the_table_says(app: Flask, world: World) -> None:
    """Over HTTP: nobody unsigned comes anywhere; for every endpoint and method, somebody drawn by lot whom the table refuses is
    refused; and a thing that only the view looks for is not taken from another child, school or Zone."""
    unsigned, clients = quick(app), {who: quick(app) for who in matrix.COLUMNS}
    for who, client in clients.items():
        enter(client, world.people[who].id)
    before, faults = contents(), []
    table = matrix.read_table()
    for what, rule in matrix.rules(app).items():
        if table.get(what, "public") == "public":
            continue
        for method in what.split(" ")[1].split(","):
            own = matrix.ids_for(app, rule, world.own)
            if not is_sent_to_sign_in(unsigned, rule, method, own):
                faults.append(f"{what} lets somebody in who is not signed in")
            faults += refusals(app, world, clients, rule, method, table[what])
            faults += loose(app, world, clients, rule, method, table[what])
    assert not faults, "\n".join(faults)
    assert contents() == before, "a refused request changed something"


def quick(app: Flask) -> StrictClient:
    client = StrictClient(app)
    client.reviews = False
    return client


def call(client: StrictClient, rule: Rule, method: str, ids: dict[str, object]) -> int:
    path = client.application.url_map.bind("localhost").build(rule.endpoint, ids, method)
    return client.open(path, method=method).status_code


def is_sent_to_sign_in(client: StrictClient, rule: Rule, method: str, ids: dict[str, object]) -> bool:
    return call(client, rule, method, ids) == 303


def refusals(app: Flask, world: World, clients: dict[str, StrictClient], rule: Rule, method: str, cells: str) -> list[str]:
    """One refused cell of the line, drawn by the endpoint's name."""
    corners = (world.own, world.near, world.far)
    refused = [(who, at, cell) for who, group in zip(matrix.COLUMNS, cells.split(), strict=True) for at, cell in enumerate(group) if cell != matrix.YES]
    if not refused:
        return []
    who, at, cell = refused[zlib.crc32(f"{rule.endpoint} {method}".encode()) % len(refused)]
    status = call(clients[who], rule, method, matrix.ids_for(app, rule, corners[at]))
    expected = {matrix.FORBIDDEN: 403, matrix.NOT_THERE: 404}[cell]
    return [] if status == expected else [f"{method} {rule.endpoint} as {who} at {('own', 'near', 'far')[at]} answers {status}, not {expected}"]


def loose(app: Flask, world: World, clients: dict[str, StrictClient], rule: Rule, method: str, cells: str) -> list[str]:
    """As somebody who may: the own first thing, and a second one of another Zone."""
    names = matrix.loose_ids(app, rule)
    may = [who for who, group in zip(matrix.COLUMNS, cells.split(), strict=True) if group[0] == matrix.YES]
    if not names or not may or rule.endpoint in OF_NO_ZONE:
        return []
    status = call(clients[may[-1]], rule, method, matrix.ids_for(app, rule, world.own, world.far))
    if status in (403, 404) or (rule.endpoint in FOUND_BY_THE_VIEW and status == 303):
        return []
    return [f"{method} {rule.endpoint} as {may[-1]} takes another Zone's {', '.join(names)}: {status}"]


def contents() -> dict[str, list[str]]:
    db.session.rollback()
    return {
        table.name: sorted(repr(row) for row in db.session.execute(sa.select(table)))
        for table in Base.metadata.sorted_tables if table.name not in ("sign_in", "sight", "throttle")
    }
