"""Holds, capacity, the waiting list."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.catalogue import availability
from app.catalogue.availability import free_in_zone, free_places, free_places_of_offerings
from app.catalogue.models import CohortState, Document, DocumentKind, OfferingKind
from app.commissioning.models import PLACE_MOVES, Place, PlaceState, WaitingState
from app.commissioning.queries.places import find_live_place, list_line
from app.commissioning.refusals import (
    AlreadyHeld,
    CapacityInUse,
    DocumentsLapsed,
    HoldLapsed,
    NoPlaceLeft,
    PlaceBought,
)
from app.commissioning.services import places, seats, waiting
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import IllegalMove, Invalid
from tests import factories as make
from tests.commissioning.scene import MONDAY, Scene, turn_of

AFTER_THE_HOLD = datetime(2026, 12, 8, 9, 0, tzinfo=UTC)
"""Ten school days after Monday 23 November end with Monday 7 December."""


def hold(scene: Scene, **given: object) -> Place:
    child = given.pop("child", None) or scene.child()
    return places.hold_place(**{"cohort_id": scene.cohort.id, "child_id": child.id, "actor": scene.link_worker, **given})


def resize(scene: Scene, capacity: int) -> None:
    places.change_capacity(cohort_id=scene.cohort.id, capacity=capacity, actor=scene.partner)


def free(scene: Scene) -> int:
    return free_places([scene.cohort.id])[scene.cohort.id].free


def set_state(place: Place, state: PlaceState) -> None:
    with atomic():
        place.state = state
        place.expires_at = clock.now() + timedelta(days=1) if state is PlaceState.HELD else None


def test_a_hold_runs_out_at_the_end_of_the_tenth_school_day_of_the_childs_school(scene: Scene) -> None:
    assert hold(scene).expires_at == clock.end_of_day(date(2026, 12, 7))


def test_closures_of_the_school_lengthen_a_hold(scene: Scene) -> None:
    with clock.freeze(datetime(2026, 10, 23, 9, 0, tzinfo=UTC)):  # the Friday before half-term
        assert hold(scene).expires_at == clock.end_of_day(date(2026, 11, 13))


def test_a_held_place_is_not_free(scene: Scene) -> None:
    hold(scene)
    assert free(scene) == 4
    assert free_places_of_offerings([scene.offering.id]) == {scene.offering.id: 4}


def test_free_places_counted_for_a_whole_zone_are_those_of_each_offering(scene: Scene) -> None:
    hold(scene)
    full, over, none = (make.make_offering(scene.organisation) for _ in range(3))
    for offering, cohorts in (
        (scene.offering, ({"capacity": 3}, {"capacity": 9, "state": CohortState.CLOSED}, {"capacity": 9, "starts_on": None, "ends_on": clock.today() - timedelta(days=1)})),
        (full, ({"capacity": 1}, {"capacity": 4, "outside_places": 4})), (over, ({"capacity": 2}, {"capacity": 2})), (none, ()),
    ):
        made = [make.make_cohort(offering, **given) for given in cohorts]
        if offering in (full, over):
            for _ in range(made[0].capacity):
                places.hold_place(cohort_id=made[0].id, child_id=scene.child().id, actor=scene.link_worker)
        if offering is over:
            with atomic():
                made[0].outside_places = 1  # one more outside than there was room for: never less than none free
    ids = [offering.id for offering in (scene.offering, full, over, none)]
    one_by_one = free_places_of_offerings(ids)
    assert sorted(one_by_one.values()) == [0, 0, 2, 7]
    make.make_cohort(make.make_offering(make.make_organisation(make.make_zone())), capacity=4)  # another Zone's
    assert free_in_zone(scene.zone.id) == {id_: places for id_, places in one_by_one.items() if places}


def test_a_group_that_opens_while_a_zones_places_are_counted_is_no_error_and_not_counted_yet(scene: Scene) -> None:
    late = make.make_offering(scene.organisation)
    one, every = availability._counter, availability._every_counter
    availability.register_counter(one, lambda: {make.make_cohort(late, capacity=4).id: 1})
    try:
        found = free_in_zone(scene.zone.id)
    finally:
        availability.register_counter(one, every)
    assert found == {scene.offering.id: 5}
    assert free_in_zone(scene.zone.id) == {scene.offering.id: 5, late.id: 4}


def test_a_lapsed_hold_is_free_without_any_job(scene: Scene) -> None:
    hold(scene)
    with clock.freeze(AFTER_THE_HOLD):
        assert free(scene) == 5


def test_a_hold_is_refused_when_another_hold_has_the_last_place_and_says_whose_and_until_when(scene: Scene) -> None:
    resize(scene, 1)
    hold(scene)
    with pytest.raises(NoPlaceLeft, match="until the end of Mon 7 Dec") as refused:
        hold(scene)
    assert refused.value.holder == scene.link_worker
    assert refused.value.until == clock.end_of_day(date(2026, 12, 7))
    assert scene.link_worker.name in refused.value.sentence


def test_a_hold_is_refused_when_all_places_are_taken(scene: Scene) -> None:
    resize(scene, 1)
    scene.confirmed()
    with pytest.raises(NoPlaceLeft, match="The one place is taken") as refused:
        hold(scene)
    assert refused.value.holder is None


def test_places_outside_kith_count(scene: Scene) -> None:
    with atomic():
        scene.cohort.outside_places = 5
    with pytest.raises(NoPlaceLeft):
        hold(scene)


def test_a_child_holds_one_place_in_a_group(scene: Scene) -> None:
    child = scene.child()
    hold(scene, child=child)
    with pytest.raises(AlreadyHeld):
        hold(scene, child=child)


def test_a_child_may_hold_again_after_the_hold_ran_out(scene: Scene) -> None:
    child = scene.child()
    first = hold(scene, child=child)
    with clock.freeze(AFTER_THE_HOLD):
        second = hold(scene, child=child)
        assert second.id != first.id and first.state is PlaceState.RELEASED


@pytest.mark.parametrize("ended", [True, False])
def test_a_group_that_is_over_or_closed_takes_nobody(scene: Scene, ended: Any) -> None:
    with atomic():
        if ended:
            scene.cohort.starts_on, scene.cohort.ends_on = date(2026, 1, 1), date(2026, 11, 1)
        else:
            scene.cohort.state = "closed"
    with pytest.raises(NoPlaceLeft, match="takes nobody any more"):
        hold(scene)


def test_nothing_is_held_where_a_document_is_missing(scene: Scene) -> None:
    with atomic():
        db.session.query(Document).filter_by(kind=DocumentKind.PUBLIC_LIABILITY).delete()
    with pytest.raises(DocumentsLapsed):
        hold(scene)


def test_nothing_is_held_past_the_day_a_document_runs_out(scene: Scene) -> None:
    with atomic():
        db.session.query(Document).filter_by(kind=DocumentKind.PUBLIC_LIABILITY).one().expires_on = date(2026, 12, 8)
    hold(scene, sessions=3)  # 24 November, 1 and 8 December
    with pytest.raises(DocumentsLapsed):
        hold(scene, sessions=4)


@pytest.mark.parametrize(("here", "there"), [
    (here, there) for here in PlaceState for there in PlaceState if not PLACE_MOVES.allows(here, there) and there is not PlaceState.HELD
])
def test_a_place_makes_no_move_that_its_table_does_not_have(scene: Scene, here: Any, there: Any) -> None:
    place = hold(scene)
    set_state(place, here)
    verb = {
        PlaceState.FIRM: lambda: places.firm_place(place_id=place.id, actor=None),
        PlaceState.TAKEN: lambda: places.take_place(place_id=place.id, actor=None),
        PlaceState.RELEASED: lambda: places.release_place(place_id=place.id, reason="x", actor=None),
        PlaceState.ENDED: lambda: places.end_place(place_id=place.id, reason="x", actor=None),
    }[there]
    with pytest.raises(IllegalMove):
        verb()
    assert place.state is here


def held_again(place: Place) -> None:
    with atomic():
        seats.move(place, PlaceState.HELD, None, until=clock.now() + timedelta(days=1))


@pytest.mark.parametrize(("here", "there"), [(here, there) for here, onward in PLACE_MOVES.table.items() for there in sorted(onward)])
def test_a_place_makes_every_move_of_its_table(scene: Scene, here: Any, there: Any) -> None:
    place = hold(scene)
    set_state(place, here)
    verb = {
        PlaceState.FIRM: lambda: places.firm_place(place_id=place.id, actor=None),
        PlaceState.TAKEN: lambda: places.take_place(place_id=place.id, actor=None),
        PlaceState.RELEASED: lambda: places.release_place(place_id=place.id, reason="x", actor=None),
        PlaceState.ENDED: lambda: places.end_place(place_id=place.id, reason="x", actor=None),
        PlaceState.HELD: lambda: held_again(place),  # by taking an approval back alone: test_deciding
    }[there]
    verb()
    assert place.state is there
    assert (place.freed_at is not None) == (there in (PlaceState.RELEASED, PlaceState.ENDED))
    assert (place.taken_at is not None) == (there is PlaceState.TAKEN)


def test_a_hold_that_has_run_out_is_not_made_firm(scene: Scene) -> None:
    place = hold(scene)
    with clock.freeze(AFTER_THE_HOLD), pytest.raises(HoldLapsed):
        places.firm_place(place_id=place.id, actor=None)


def test_a_bought_place_moves_only_with_its_commission(scene: Scene) -> None:
    commission = scene.approved()
    with pytest.raises(PlaceBought):
        places.release_place(place_id=commission.place_id, reason="x", actor=None)


def test_a_group_is_never_smaller_than_what_is_live_in_it(scene: Scene) -> None:
    hold(scene)
    scene.confirmed()
    with atomic():
        scene.cohort.outside_places = 1
    with pytest.raises(CapacityInUse, match=r"3 places in this group are taken or kept \(1 by children who are not Kith’s\)") as refused:
        resize(scene, 2)
    assert refused.value.field == "capacity"
    resize(scene, 3)
    assert scene.cohort.capacity == 3


@pytest.mark.parametrize("capacity", [-1, 1001])
def test_a_group_has_a_sensible_number_of_places(scene: Scene, capacity: Any) -> None:
    with pytest.raises(Invalid):
        resize(scene, capacity)


def test_a_local_assets_place_is_taken_at_once(scene: Scene) -> None:
    library = make.make_offering(scene.organisation, kind=OfferingKind.COMMUNITY_ASSET)
    cohort = make.make_cohort(library, capacity=1)
    introduction = scene.introduction(offering=library)
    place = places.seat(cohort_id=cohort.id, child_id=introduction.child_id, introduction_id=introduction.id, actor=scene.partner)
    assert place.state is PlaceState.TAKEN and place.taken_at == MONDAY
    other = scene.introduction(offering=library)
    with pytest.raises(NoPlaceLeft):
        places.seat(cohort_id=cohort.id, child_id=other.child_id, introduction_id=other.id, actor=scene.partner)


def test_a_bought_place_is_not_given_away(scene: Scene) -> None:
    introduction = scene.introduction()
    with pytest.raises(Invalid, match="bought"):
        places.seat(cohort_id=scene.cohort.id, child_id=introduction.child_id, introduction_id=introduction.id, actor=None)


# --- the waiting list ----------------------------------------------------------------------------


def join(scene: Scene) -> object:
    return waiting.join_waiting_list(cohort_id=scene.cohort.id, child_id=scene.child().id, actor=scene.link_worker)


@pytest.fixture
def full(scene: Scene) -> Any:
    """A group of one, its place held."""
    resize(scene, 1)
    return hold(scene)


def test_a_freed_place_is_offered_in_turn_with_time_to_answer(scene: Scene, full: Place) -> None:
    first, second = join(scene), join(scene)
    places.release_place(place_id=full.id, reason="moved", actor=scene.link_worker)
    assert (first.state, second.state) == (WaitingState.OFFERED, WaitingState.WAITING)
    assert first.offered_until == clock.end_of_day(date(2026, 11, 26))
    assert free(scene) == 0


def test_those_who_come_later_do_not_pass_those_who_wait(scene: Scene, full: Place) -> None:
    first = join(scene)
    with clock.freeze(AFTER_THE_HOLD), pytest.raises(NoPlaceLeft):
        hold(scene)
    with clock.freeze(AFTER_THE_HOLD):
        waiting.offer_next(cohort_id=scene.cohort.id)
        assert first.state is WaitingState.OFFERED


def test_an_accepted_offer_is_a_hold_like_any_other(scene: Scene, full: Place) -> None:
    turn = join(scene)
    places.release_place(place_id=full.id, reason="moved", actor=None)
    waiting.accept_offer(waiting_id=turn.id, actor=scene.link_worker)
    place = find_live_place(scene.cohort.id, turn.child_id)
    assert turn.state is WaitingState.PLACED
    assert place is not None and place.expires_at == clock.end_of_day(date(2026, 12, 7))


def test_an_offer_nobody_answers_goes_to_the_next_and_the_child_to_the_end_of_the_line(scene: Scene, full: Place) -> None:
    first, second = join(scene), join(scene)
    places.release_place(place_id=full.id, reason="moved", actor=None)
    with clock.freeze(datetime(2026, 11, 27, 9, 0, tzinfo=UTC)):
        waiting.offer_next(cohort_id=scene.cohort.id)
        assert second.state is WaitingState.OFFERED
        assert [turn.id for turn in list_line(scene.cohort.id)] == [first.id]


def test_an_offer_that_has_run_out_cannot_be_accepted(scene: Scene, full: Place) -> None:
    turn = join(scene)
    places.release_place(place_id=full.id, reason="moved", actor=None)
    with clock.freeze(datetime(2026, 11, 27, 9, 0, tzinfo=UTC)), pytest.raises(HoldLapsed):
        waiting.accept_offer(waiting_id=turn.id, actor=scene.link_worker)


def test_leaving_with_an_offered_place_hands_it_on(scene: Scene, full: Place) -> None:
    first, second = join(scene), join(scene)
    places.release_place(place_id=full.id, reason="moved", actor=None)
    waiting.leave_waiting_list(waiting_id=first.id, reason="found another", actor=scene.link_worker)
    assert (first.state, second.state) == (WaitingState.LEFT, WaitingState.OFFERED)


def test_a_larger_group_serves_the_line_first(scene: Scene, full: Place) -> None:
    turns = [join(scene) for _ in range(3)]
    resize(scene, 3)
    assert [turn.state for turn in turns] == [WaitingState.OFFERED, WaitingState.OFFERED, WaitingState.WAITING]


def test_a_child_waits_once_for_a_group(scene: Scene, full: Place) -> None:
    child = scene.child()
    waiting.join_waiting_list(cohort_id=scene.cohort.id, child_id=child.id, actor=scene.link_worker)
    with pytest.raises(AlreadyHeld):
        waiting.join_waiting_list(cohort_id=scene.cohort.id, child_id=child.id, actor=scene.link_worker)


def test_nothing_is_offered_while_a_document_is_missing(scene: Scene, full: Place) -> None:
    turn = join(scene)
    with atomic():
        db.session.query(Document).filter_by(kind=DocumentKind.SAFEGUARDING_POLICY).delete()
    places.release_place(place_id=full.id, reason="moved", actor=None)
    assert turn.state is WaitingState.WAITING


@pytest.mark.parametrize("state", [WaitingState.WAITING, WaitingState.PLACED, WaitingState.LEFT])
def test_only_an_offer_can_be_accepted(scene: Scene, full: Place, state: Any) -> None:
    turn = join(scene)
    with atomic():
        turn.state = state
    with pytest.raises(IllegalMove):
        waiting.accept_offer(waiting_id=turn.id, actor=scene.link_worker)


def test_a_request_that_waits_gets_its_place_in_turn(scene: Scene, full: Place) -> None:
    commission = scene.request(join_waiting_list=True)
    assert (commission.place_id, commission.decide_by) == (None, None)
    places.release_place(place_id=full.id, reason="moved", actor=None)
    assert commission.place is not None and commission.decide_by is None
    waiting.accept_offer(waiting_id=turn_of(commission).id, actor=scene.link_worker)
    assert commission.decide_by == clock.end_of_day(date(2026, 12, 7))
