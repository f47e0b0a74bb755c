"""In the catalogue and with children every verb asks itself who may, whatever a page has asked before (docs/permissions.md).

Each is called as two people without the power: a Link Worker of the same Zone with other children, and the manager of another Zone. What it
is called with is made from its signature, so that a new verb is asked by itself.
"""

from __future__ import annotations

import importlib
import inspect
import io
from collections.abc import Callable, Iterator
from typing import Any

from flask import Flask
from PIL import Image

from app.accounts.models import Person, Role
from app.catalogue.models import DocumentKind, MergeKind
from app.shared import clock
from app.shared.db import db
from app.shared.errors import DomainError, Forbidden, NotFound
from tests import factories
from tests.architecture.matrix_world import Corner, World, make_world
from tests.architecture.test_endpoints import contents
from tests.security.test_verbs import verbs

ROOMS = ("catalogue", "children")
NOBODYS = {
    "children.people.join_circle": "what an introduction brings into the circle: who may lead it there, the introduction has asked",
}
"""Verbs that nobody does by themselves: they follow from another's, which asks."""
OF_THE_ZONE = {
    "catalogue.offerings.confirm_offering", "catalogue.organisations.confirm_organisation", "catalogue.made_for.make_for_child",
    "catalogue.misses.note_gap", "catalogue.saved_searches.save_search",
}
"""A Link Worker of the Zone may do these, whoever's child or organisation it is."""
PLAIN: dict[str, Callable[[], Any]] = {
    "str": lambda: "x", "int": lambda: 1, "date": clock.today, "datetime": clock.now, "bool": lambda: True, "bytes": lambda: _photo(),
    "DocumentKind": lambda: DocumentKind.SHARED_VALUES, "MergeKind": lambda: MergeKind.ORGANISATION, "Sequence[str]": list, "Mapping[str, int]": dict,
}
"""What is sent, by its kind. Of every other kind nothing is: who may is asked before anything that was sent is looked at."""


def _photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), "teal").save(out, "JPEG")
    return out.getvalue()


def _asked() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every verb of the two rooms that somebody does."""
    for name, (module, function) in sorted(verbs().items()):
        verb = getattr(importlib.import_module(module), function)
        if name.partition(".")[0] in ROOMS and "actor" in inspect.signature(verb).parameters and name not in NOBODYS:
            yield name, verb


def _sent(name: str, verb: Callable[..., Any], corner: Corner) -> dict[str, Any]:
    room = name.partition(".")[0]
    sent: dict[str, Any] = {}
    for word, parameter in inspect.signature(verb).parameters.items():
        if word == "actor":
            continue
        if word.endswith("_id") and (word in corner.ids or f"{room}.{word}" in corner.ids):
            sent[word] = corner.id_of(room, word)
        elif parameter.default is inspect.Parameter.empty:
            assert not word.endswith("_id"), f"{name}: say what {word} is, in tests/architecture/matrix_world.py or here"
            sent[word] = PLAIN.get(str(parameter.annotation), lambda: None)()
    return sent


def _refused(verb: Callable[..., Any], sent: dict[str, Any], actor: Person) -> str:
    """Empty when it was refused."""
    try:
        verb(**sent, actor=actor)
    except (Forbidden, NotFound):
        return ""
    except DomainError as error:
        return f"{type(error).__name__}: {error}"
    return "did it"


def _world() -> tuple[World, list[Person]]:
    world = make_world()
    own = world.own
    other = factories.make_organisation(own.zone, with_documents=False)
    own.ids |= {
        "zone_id": own.zone.id, "to_zone_id": world.far.zone.id, "kept_id": own.ids["organisation_id"], "gone_id": other.id,
        "first_id": own.ids["organisation_id"], "second_id": other.id, "to_id": own.ids["person_id"], "cover_id": own.ids["person_id"],
    }
    stranger = db.session.get_one(Person, world.near.ids["person_id"])
    return world, [stranger, db.session.get_one(Person, world.far.ids["manager"])]


def test_every_verb_of_the_catalogue_and_of_children_asks_itself_who_may(app: Flask) -> None:
    world, people = _world()
    before, faults, asked = contents(), [], 0
    for name, verb in _asked():
        sent = _sent(name, verb, world.own)
        for person in people:
            if name in OF_THE_ZONE and person.has_role(Role.LINK_WORKER):
                continue
            asked += 1
            if said := _refused(verb, sent, person):
                faults.append(f"{name} as {person.role_word or 'nobody'}: {said}")
    assert not faults, "\n".join(faults)
    assert asked > 180
    assert contents() == before


def test_what_follows_from_other_verbs_is_named_as_it_stands() -> None:
    assert set(NOBODYS) | OF_THE_ZONE <= set(verbs())
