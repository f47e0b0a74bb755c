"""The last place: thirty Link Workers, five places."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Flask

from app.commissioning.invariants import no_cohort_over_capacity
from app.commissioning.models import Place
from app.commissioning.queries.places import count_live
from app.commissioning.refusals import AlreadyHeld, CapacityInUse, NoPlaceLeft
from app.commissioning.services import places, waiting
from app.shared.db import db
from tests.commissioning.scene import Scene
from tests.concurrency.racing import ids_of, no_locks, race, refusals, rows, somebody, surprises

LOOKERS = 30


def _holds(scene: Scene, children: Any) -> Any:
    ids = ids_of(scene)
    return [
        lambda child_id=child.id: places.hold_place(cohort_id=ids.cohort, child_id=child_id, actor=somebody(ids.link_worker))
        for child in children
    ]


def test_thirty_ask_for_five_places_and_five_get_one(app: Flask, scene: Scene) -> None:
    answers = race(app, _holds(scene, [scene.child() for _ in range(LOOKERS)]))
    assert surprises(answers, NoPlaceLeft) == []
    assert len(refusals(answers, NoPlaceLeft)) == LOOKERS - 5
    assert count_live([scene.cohort.id]) == {scene.cohort.id: 5}
    assert all("last place is kept" in refusal.sentence for refusal in refusals(answers, NoPlaceLeft))


def test_without_the_lock_the_last_place_is_sold_three_times(app: Flask, scene: Scene) -> None:
    places.change_capacity(cohort_id=scene.cohort.id, capacity=1, actor=scene.partner)
    holds = _holds(scene, [scene.child() for _ in range(3)])
    with no_locks(app, meet_before="INSERT INTO place ", racers=3):
        answers = race(app, holds)
    assert surprises(answers) == []
    assert len(rows(sa.select(Place.id))) == 3
    assert no_cohort_over_capacity() is not None


def test_one_childs_place_is_held_once_however_many_ask(app: Flask, scene: Scene) -> None:
    child = scene.child()
    answers = race(app, _holds(scene, [child] * 6))
    assert surprises(answers, AlreadyHeld) == []
    assert len(refusals(answers, AlreadyHeld)) == 5
    assert len(rows(sa.select(Place.id))) == 1


def test_a_group_that_shrinks_while_places_are_asked_for_is_never_overfull(app: Flask, scene: Scene) -> None:
    ids = ids_of(scene)
    holds = _holds(scene, [scene.child() for _ in range(6)])
    shrinks = [
        lambda n=n: places.change_capacity(cohort_id=ids.cohort, capacity=n, actor=somebody(ids.partner)) for n in (4, 3, 2, 1)
    ]
    answers = race(app, [run for pair in zip(holds, shrinks, strict=False) for run in pair] + holds[4:])
    assert surprises(answers, NoPlaceLeft, CapacityInUse) == []
    db.session.refresh(scene.cohort)
    assert count_live([scene.cohort.id])[scene.cohort.id] <= scene.cohort.capacity
    assert no_cohort_over_capacity() is None


def test_a_freed_place_is_offered_to_one(app: Flask, scene: Scene) -> None:
    ids = ids_of(scene)
    places.change_capacity(cohort_id=ids.cohort, capacity=1, actor=scene.partner)
    held_id = places.hold_place(cohort_id=ids.cohort, child_id=scene.child().id, actor=scene.link_worker).id
    for _ in range(3):
        waiting.join_waiting_list(cohort_id=ids.cohort, child_id=scene.child().id, actor=scene.link_worker)
    newcomers = _holds(scene, [scene.child() for _ in range(3)])
    free = [lambda: places.release_place(place_id=held_id, reason="x", actor=None)]
    offers = [lambda: waiting.offer_next(cohort_id=ids.cohort)] * 3
    answers = race(app, [*free, *offers, *newcomers])
    assert surprises(answers, NoPlaceLeft) == []
    assert len(refusals(answers, NoPlaceLeft)) == 3
    assert count_live([ids.cohort]) == {ids.cohort: 1}
