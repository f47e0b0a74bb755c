"""What tests of guards have in common."""

from __future__ import annotations

from typing import Any

from app.children.models import Carer
from app.introductions.models import IntroductionState
from app.introductions.services import Missing
from tests import factories
from tests.introductions.world import World

S = IntroductionState


def another_carer(world: World, **given: Any) -> Carer:
    return factories.save(Carer(**{"child_id": world.child.id, "name": "Obi Okafor", "relation": "father", **given}))


def missing(world: World, introduction: Any, to: S, **given: Any) -> list[str]:
    """The codes of what is missing; empty when the move went through."""
    try:
        world.go(introduction, to, **given)
    except Missing as refused:
        return [gap.code for gap in refused.gaps]
    return []
