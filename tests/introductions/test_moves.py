"""The table of FLOWS 1, move by move: what is legal happens by its verb, what is not is refused and changes nothing."""

from __future__ import annotations

import pytest

from app.audit.queries import list_entries_for
from app.introductions import services
from app.introductions.models import INTRODUCTION_MOVES, OPEN_STATES, Introduction, IntroductionState
from app.shared.errors import DomainError, IllegalMove
from tests import factories
from tests.introductions.world import World, reread

S = IntroductionState
LEGAL = [(here, there) for here in S for there in sorted(INTRODUCTION_MOVES.onward(here))]
ILLEGAL = [(here, there) for here in S for there in S if not INTRODUCTION_MOVES.allows(here, there)]


@pytest.mark.parametrize(("here", "there"), LEGAL)
def test_legal_move_happens_and_is_written_down(world: World, here: S, there: S) -> None:
    introduction = world.at(here)
    world.go(introduction, there)
    assert reread(introduction).state is there
    last = [entry for entry in list_entries_for(introduction) if entry.to_state][-1]
    assert (last.from_state, last.to_state) == (here, there)
    assert last.child_id == world.child.id
    assert last.zone_id == world.zone.id
    assert last.actor_name


@pytest.mark.parametrize("here", S)
def test_illegal_moves_are_refused_in_a_sentence_and_change_nothing(world: World, here: S) -> None:
    introduction = factories.make_introduction(world.child, world.offering, world.link_worker, here)
    before = reread(introduction).version
    trail = len(list_entries_for(introduction))
    for there in (there for state, there in ILLEGAL if state is here):
        if there is S.ENDED:  # an exit never refuses: ending what is over is nothing at all
            world.go(introduction, there)
        elif there is S.LAPSED:  # the clock looks again, and leaves it
            services.lapse(introduction_id=introduction.id)
        else:
            with pytest.raises(DomainError) as refused:
                attempt(world, introduction, there)
            assert refused.value.sentence.endswith("."), (here, there)
            assert refused.value.code in ("illegal_move", "already", "invalid"), (here, there, refused.value.sentence)
        after = reread(introduction)
        assert (after.state, after.version) == (here, before), (here, there)
        assert len(list_entries_for(introduction)) == trail, (here, there)


def attempt(world: World, introduction: Introduction, there: S) -> None:
    """The verb alone (on the way to `ready` some states already refuse the views that it wants)."""
    if there is S.READY:
        services.make_ready(introduction_id=introduction.id, actor=world.link_worker)
    else:
        world.go(introduction, there)


def test_refusal_of_an_illegal_move_says_what_is_possible_instead(world: World) -> None:
    introduction = world.at(S.IDEA)
    with pytest.raises(IllegalMove) as refused:
        world.go(introduction, S.ASKED)
    assert "is idea" in refused.value.sentence
    assert "listening" in refused.value.sentence


def test_every_open_state_has_an_exit() -> None:
    assert all(INTRODUCTION_MOVES.allows(state, S.ENDED) for state in OPEN_STATES)
