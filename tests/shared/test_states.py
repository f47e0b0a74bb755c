"""State machines as tables; and every machine of the house has a table that makes sense."""

from __future__ import annotations

from enum import StrEnum
from importlib import import_module
from importlib.util import find_spec

import pytest

from app import ROOMS
from app.shared.errors import IllegalMove
from app.shared.states import Moves


class Light(StrEnum):
    RED = "red"
    RED_AMBER = "red_amber"
    GREEN = "green"
    BROKEN = "broken"


MOVES = Moves("light", {Light.RED: {Light.RED_AMBER, Light.BROKEN}, Light.RED_AMBER: {Light.GREEN}, Light.GREEN: {Light.RED}})


@pytest.mark.parametrize("here", list(Light))
@pytest.mark.parametrize("there", list(Light))
def test_what_the_table_does_not_name_is_illegal(here: Light, there: Light) -> None:
    legal = there in {Light.RED: {Light.RED_AMBER, Light.BROKEN}, Light.RED_AMBER: {Light.GREEN}, Light.GREEN: {Light.RED}}.get(here, set())
    assert MOVES.allows(here, there) is legal
    if legal:
        MOVES.require(here, there)
    else:
        with pytest.raises(IllegalMove):
            MOVES.require(here, there)


def test_the_refusal_says_what_is_possible_instead() -> None:
    with pytest.raises(IllegalMove) as refused:
        MOVES.require(Light.RED, Light.GREEN)
    assert refused.value.sentence == "This light is red, so it cannot become green. From here it can become broken, red amber."
    with pytest.raises(IllegalMove) as refused:
        MOVES.require(Light.BROKEN, Light.GREEN)
    assert refused.value.sentence == "This light is broken, so it cannot become green. It has come to its end."


def test_a_state_without_onward_moves_is_an_end() -> None:
    assert [light for light in Light if MOVES.is_end(light)] == [Light.BROKEN]
    assert MOVES.onward(Light.BROKEN) == frozenset()


def machines() -> list[Moves[StrEnum]]:
    found: dict[int, Moves[StrEnum]] = {}
    for room in ROOMS:
        if find_spec(f"app.{room}.models"):
            models = vars(import_module(f"app.{room}.models")).values()
            found |= {id(value): value for value in models if isinstance(value, Moves)}
    return list(found.values())


@pytest.mark.parametrize("machine", machines(), ids=lambda machine: machine.name)
def test_a_machine_names_one_kind_of_state_reaches_all_and_has_an_end(machine: Moves[StrEnum]) -> None:
    named = set(machine.table) | {state for onward in machine.table.values() for state in onward}
    (kind,) = {type(state) for state in named}
    reached = {state for onward in machine.table.values() for state in onward}
    begins = set(machine.table) - reached
    assert set(kind) - reached <= begins, "a state that is never reached and leads nowhere"
    assert all(state not in onward for state, onward in machine.table.items()), "a move from a state to itself"
    assert machine.name == machine.name.lower().strip()
