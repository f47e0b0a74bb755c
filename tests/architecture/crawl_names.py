"""A crawler as each role: no byte of any answer holds the name of a child whom this person may not see, an answer with the name of one whom
they do see has written down that they looked, and no address on a page and no line of the log has anybody's. Run by `make security`."""

from __future__ import annotations

import logging
import re

import pytest
import sqlalchemy as sa
from flask import Flask

from app.audit.models import Sight
from app.children.models import Child
from app.children.queries import list_visible
from app.shared.db import atomic, db
from tests.architecture import matrix
from tests.architecture.matrix_world import World, make_world
from tests.support.client import StrictClient
from tests.support.people import enter

NAMED_TO_PARTNERS = {"PA", "PR"}
"""They see no record, but the name of a child who was introduced to them under a consent: the one in their own corner."""

CHOICES = {"catalogue.offering", "introductions.new", "introductions.signpost_new"}
"""Where one picks one of one's own children by name: that shows nothing of a record."""

WITHOUT_FILE = {"catalogue.photo", "catalogue.paper"}
"""The world's rows have no file behind them."""


ADDRESS = re.compile(rb"""(?:href|src|action|formaction|hx-[a-z]+)=["'][^"'>]*Zq""")
"""A child's name in an address that a page leads to."""


@pytest.fixture
def world(app: Flask) -> World:
    made = make_world()
    with atomic():
        for name in ("own", "near", "far"):
            child = db.session.get_one(Child, getattr(made, name).ids["child_id"])
            child.first_name, child.last_name, child.known_as = f"Zq{name}first", f"Zq{name}last", ""
    return made


def test_no_answer_names_a_child_out_of_sight(app: Flask, world: World, caplog: pytest.LogCaptureFixture) -> None:
    """Every page and file that the table of the matrix lets this role open, at its own things and in its own Zone."""
    table, faults, opened = matrix.read_table(), [], 0
    caplog.set_level(logging.DEBUG)
    unseen: dict[str, list[str]] = {}
    names = {name: db.session.get_one(Child, getattr(world, name).ids["child_id"]).id for name in ("own", "near", "far")}
    for index, who in enumerate(matrix.COLUMNS):
        client, person = StrictClient(app), world.people[who]
        client.reviews = False
        enter(client, person.id)
        seen = {child.id for child in list_visible(person, with_ended=True)}
        allowed = {name for name, child_id in names.items() if child_id in seen} | ({"own"} if who in NAMED_TO_PARTNERS else set())
        hidden = [f"Zq{name}{part}" for name in names if name not in allowed for part in ("first", "last")]
        db.session.rollback()
        for what, rule in matrix.rules(app).items():
            cells = table.get(what, "public")
            if cells == "public" or "GET" not in what.split(" ")[1] or cells.split()[index][0] != matrix.YES:
                continue
            path = app.url_map.bind("localhost").build(rule.endpoint, matrix.ids_for(app, rule, world.own), "GET")
            before = last_look()
            answer = client.get(path)
            opened += 1
            if b"Zqown" in answer.data and last_look() == before and rule.endpoint not in CHOICES:
                unseen.setdefault(rule.endpoint, []).append(who)
            if answer.status_code >= 500 and rule.endpoint not in WITHOUT_FILE:
                faults.append(f"{who} {path} answers {answer.status_code}")
            body = answer.get_data()
            if ADDRESS.search(body) or "Zq" in answer.headers.get("Location", ""):
                faults.append(f"{rule.endpoint} leads to an address with a child's name in it")
            faults += [f"{who} reads {name} at {rule.endpoint}" for name in hidden if name.encode() in body]
    faults += [f"{endpoint} names a child to {', '.join(who)} and writes down no look" for endpoint, who in unseen.items()]
    faults += [f"the log names a child: {record.name} {record.getMessage()[:200]}" for record in caplog.records if "Zq" in record.getMessage()]
    assert not faults, "\n".join(faults)
    assert opened > 300, "the crawler went almost nowhere"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Child)) == 3


def last_look() -> int:
    return db.session.scalar(sa.select(sa.func.max(Sight.id))) or 0
