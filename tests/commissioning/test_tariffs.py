"""A place with one price, and changes of price and of dates: every penny is somewhere, and what was held keeps its price."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from app.catalogue.models import DEFAULT_PAYABLE, Tariff, TariffBasis
from app.catalogue.services.tariffs import set_tariff
from app.commissioning import invariants
from app.commissioning.models import (
    Account,
    Commission,
    CommissionState,
    PlaceState,
    Variation,
    VariationState,
    part_of_price,
)
from app.commissioning.queries.commissions import session_prices
from app.commissioning.queries.money import balance
from app.commissioning.queries.places import count_live
from app.commissioning.refusals import NoPlaceLeft
from app.commissioning.services import commissions, delivery, places, variations
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import Invalid
from app.shared.money import split
from tests import factories as make
from tests.commissioning.scene import Scene, turn_of

_S, _V = CommissionState, VariationState


def _per_place(scene: Scene, pence: int, **given: int) -> None:
    with atomic():
        scene.tariff.basis, scene.tariff.price_pence = TariffBasis.PLACE, pence
        for name, value in given.items():
            setattr(scene.tariff, name, value)


def _held(scene: Scene, commission: Commission, n: int, percent: int = 100, revision: int = 1) -> int:
    """Take the n-th session's register; what is earned in all afterwards."""
    delivery.accrue(commission_id=commission.id, session_id=scene.sessions()[n].id, percent=percent, revision=revision, actor=None)
    assert invariants.broken() == []
    return balance(scene.fund.id, Account.ACCRUED)


def _new_price(scene: Scene, pence: int, **given: object) -> Tariff:
    return set_tariff(offering_id=scene.offering.id, price_pence=pence, actor=scene.manager, **given)  # type: ignore[arg-type]


def _change(scene: Scene, commission: Commission, sessions: int, **given: object) -> Variation:
    return variations.change(commission_id=commission.id, sessions=sessions, reason="x", actor=scene.link_worker, **given)  # type: ignore[arg-type]


def test_the_parts_of_a_price_are_those_of_the_largest_remainder_to_the_penny() -> None:
    for price in (0, 1, 99, 10_000, 12_345):
        for over in (1, 3, 7, 12):
            parts = list[int]()
            for n in range(over):
                parts.append(part_of_price(price, sum(parts), over - n))
            assert parts == split(price, [1] * over), (price, over)


def test_a_place_with_one_price_costs_it_whatever_its_sessions_and_each_earns_an_equal_part(scene: Scene) -> None:
    _per_place(scene, 10_000, setup_pence=500, notice_percent=50)
    commission = scene.going(sessions=3)
    assert (commission.total_pence, commission.shares[0].pence, commission.tariff.payable) == (10_500, 10_500, DEFAULT_PAYABLE)
    assert [_held(scene, commission, n) for n in range(2)] == [500 + 3_334, 500 + 6_667]
    assert _held(scene, commission, 0, percent=50, revision=2) == 500 + 1_667 + 3_333, "a correction keeps the part and changes the percent"
    assert balance(scene.fund.id, Account.COMMITTED) == 3_333
    change = _change(scene, commission, 4)
    assert (change.state, change.pence, commission.total_pence) == (_V.APPROVED, 0, 10_500), "another session costs no more"
    assert _held(scene, commission, 2) == 500 + 1_667 + 3_333 + 1_667
    commissions.end_early(commission_id=commission.id, reason="x", actor=scene.link_worker)
    assert balance(scene.fund.id, Account.COMMITTED) == 0, "ended early, the part that was not held is free again"
    assert balance(scene.fund.id, Account.ACCRUED) == 500 + 1_667 + 3_333 + 1_667 + 1_250, "notice is half of an equal part"
    assert invariants.broken() == []


def test_a_new_price_is_for_the_sessions_to_come_and_only_the_difference_is_asked_for(scene: Scene) -> None:
    commission = scene.going(sessions=10)
    _held(scene, commission, 0)
    with pytest.raises(Invalid, match="today’s price"):
        _change(scene, commission, 10, at_todays_price=True)
    dearer = _new_price(scene, 2_501)
    assert scene.going(sessions=2).price_pence == 2_501, "what is asked for now has the price of now"
    change = _change(scene, commission, 10, at_todays_price=True)
    assert (change.state, change.pence, commission.price_pence) == (_V.REQUESTED, 9 * 501, 2_000)
    before = _held(scene, commission, 1)
    variations.approve_change(variation_id=change.id, actor=scene.holder)
    assert (change.pence, commission.total_pence, commission.tariff_id) == (8 * 501, 20_000 + 8 * 501, dearer.id), "one more was held meanwhile"
    assert _held(scene, commission, 2) == before + 2_501
    assert _held(scene, commission, 0, percent=50, revision=2) == before + 2_501 - 1_000, "what was held keeps its price"
    _new_price(scene, 1_500)
    assert _change(scene, commission, 9, at_todays_price=True).pence == 6 * 1_500 - 7 * 2_501
    assert commission.total_pence == 2 * 2_000 + 2_501 + 6 * 1_500 == sum(s.pence for s in commission.shares)
    _new_price(scene, 50_000, basis=TariffBasis.PLACE)
    with pytest.raises(Invalid, match="another kind"):
        _change(scene, commission, 9, at_todays_price=True)
    assert {price.pence for price in session_prices([commission.id]).values()} == {2_000, 2_501}
    assert invariants.broken() == []


def test_a_place_with_one_price_takes_a_new_one_over_the_sessions_that_are_left(scene: Scene) -> None:
    _per_place(scene, 9_000)
    commission = scene.going(sessions=3)
    _held(scene, commission, 0)
    _new_price(scene, 2_999, basis=TariffBasis.PLACE)
    with pytest.raises(Invalid, match="£30 of the place"):
        _change(scene, commission, 3, at_todays_price=True)
    _new_price(scene, 8_001, basis=TariffBasis.PLACE)
    assert _change(scene, commission, 3, at_todays_price=True).pence == -999
    assert [_held(scene, commission, n) for n in (1, 2)] == [3_000 + 2_501, 8_001]
    assert balance(scene.fund.id, Account.COMMITTED) == 0


def test_other_dates_are_another_group_and_the_place_left_goes_to_whoever_waits(scene: Scene) -> None:
    with atomic():
        other = make.make_cohort(scene.offering, id=uuid4(), sessions=6, capacity=1, name="Thursdays", starts_on=clock.today() + timedelta(days=3))
    places.change_capacity(cohort_id=scene.cohort.id, capacity=1, actor=scene.manager)
    commission = scene.confirmed(sessions=4)
    waiting = scene.request(join_waiting_list=True)
    with pytest.raises(Invalid, match="6 sessions to come"):
        _change(scene, commission, 7, cohort_id=other.id)
    change = _change(scene, commission, 4, cohort_id=other.id)
    assert (change.state, change.pence, commission.cohort_id, commission.place.cohort_id) == (_V.APPROVED, 0, other.id, other.id)
    assert (commission.state, commission.place.state) == (_S.CONFIRMED, PlaceState.TAKEN)
    assert count_live([scene.cohort.id, other.id]) == {scene.cohort.id: 1, other.id: 1}
    assert turn_of(waiting).state == "offered"
    with pytest.raises(NoPlaceLeft):
        _change(scene, commission, 4, cohort_id=scene.cohort.id)
    delivery.start_delivery(commission_id=commission.id)
    delivery.accrue(commission_id=commission.id, session_id=db.session.get_one(type(other), other.id).sessions[0].id, percent=100, revision=1, actor=None)
    with pytest.raises(Invalid, match="Once sessions are held"):
        _change(scene, commission, 4, cohort_id=scene.cohort.id)
    assert invariants.broken() == []
