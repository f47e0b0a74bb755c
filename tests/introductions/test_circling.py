"""What an introduction does to the child's circle, by itself."""

from __future__ import annotations

import sqlalchemy as sa

from app.children.models import Closeness, Relationship, RelationshipKind, Warmth
from app.introductions.models import EndReason, Introduction
from app.introductions.models import IntroductionState as S
from app.shared.db import db
from tests.introductions.world import World


def tie_of(introduction: Introduction) -> Relationship | None:
    db.session.rollback()
    return db.session.scalars(sa.select(Relationship).where(Relationship.origin_id == introduction.id)).one_or_none()


def test_place_joins_when_they_have_met_and_comes_nearer_when_it_is_settled(world: World) -> None:
    introduction = world.at(S.ARRANGED)
    assert tie_of(introduction) is None
    for state, closeness, warmth in (
        (S.MET, Closeness.FAR, Warmth.NEW), (S.JOINED, Closeness.NEAR, Warmth.NEW), (S.SETTLED, Closeness.NEAR, Warmth.WARM),
        (S.CLOSED, Closeness.NEAR, Warmth.WARM),
    ):
        world.go(introduction, state)
        tie = tie_of(introduction)
        assert tie is not None, state
        assert (tie.kind, tie.closeness, tie.warmth) == (RelationshipKind.PLACE, closeness, warmth), state


def test_what_has_ended_ends_in_the_circle_but_the_end_of_the_programme_ends_no_relationship(world: World) -> None:
    before = world.at(S.LISTENING)
    world.go(before, S.ENDED)
    assert tie_of(before) is None, "who never met was never in the circle"
    for reason, warmth in ((EndReason.PROGRAMME_END, Warmth.NEW), (EndReason.SAFETY, Warmth.ENDED)):
        introduction = world.at(S.JOINED)
        world.go(introduction, S.ENDED, reason=reason)
        tie = tie_of(introduction)
        assert tie is not None
        assert tie.warmth is warmth, reason
