"""A fund ends before the last session (sessions were put off): nothing delivered stays unpaid, and later sessions are split anew or flagged."""

from __future__ import annotations

from datetime import timedelta

from app.commissioning.models import Commission, CommissionState, Fund, PlaceState
from app.commissioning.services import clock as sweeps
from app.commissioning.services import delivery, variations
from app.shared import clock
from app.shared.db import atomic, db
from tests.commissioning.scene import Scene
from tests.commissioning.test_moving import mark, open_change, stands, tasks

_S = CommissionState


def council(scene: Scene, pence: int = 8_000) -> Fund:
    """Spent first, because it ends first; of twenty pounds a session it gives eight."""
    return scene.fund_with(pence, name="Council", ends_on=clock.today() + timedelta(days=300))


def end_on_session(scene: Scene, fund: Fund, number: int) -> None:
    """As if the sessions after this one had been put off until after the fund's last day."""
    with atomic():
        fund.ends_on = clock.london(scene.sessions()[number - 1].starts_at).date()


def test_what_was_held_until_its_last_day_is_paid_and_later_sessions_wait_for_who_pays(scene: Scene) -> None:
    fund, commission = council(scene), scene.going()
    end_on_session(scene, fund, 3)
    for number in (1, 2):
        mark(scene, commission, number)
    third = scene.sessions()[2]
    with clock.freeze(third.ends_at + timedelta(hours=2)):
        sweeps.run()
        assert open_change(commission) is None, "on its last day it pays still"
    with clock.freeze(third.ends_at + timedelta(days=1)):
        for _ in range(2):
            sweeps.run()
            assert stands(commission, fund) == (800, 1_600), "its part of the session that waits for its register"
        now = db.session.get_one(Commission, commission.id)
        assert (now.state, now.uncovered_pence) == (_S.IN_DELIVERY, 5_600)
        asked = open_change(commission)
        assert asked is not None and (asked.pence, asked.is_for_payer, asked.requested_by_id) == (5_600, True, scene.link_worker.id)
        assert asked.reason == "The last day of Council has passed." and tasks(commission) == {"payer_gone"}
        mark(scene, commission, 3)
        assert (stands(commission, fund), stands(commission, scene.fund)) == ((0, 2_400), (8_400, 3_600))
        variations.approve_change(variation_id=asked.id, actor=scene.holder)
        assert (stands(commission, scene.fund), tasks(commission)) == ((14_000, 3_600), set())


def test_it_rests_where_nobody_else_pays(scene: Scene) -> None:
    fund, commission = council(scene, 20_000), scene.going()
    end_on_session(scene, fund, 1)
    mark(scene, commission, 1)
    with clock.freeze(scene.sessions()[0].ends_at + timedelta(days=1)):
        sweeps.run()
        assert stands(commission, fund) == (0, 2_000)
        assert db.session.get_one(Commission, commission.id).state is _S.SUSPENDED


def test_what_has_not_begun_is_asked_for_again_and_what_waits_is_put_to_others(scene: Scene) -> None:
    fund = council(scene, 40_000)
    promised, waits = scene.confirmed(), scene.request()
    with atomic():
        fund.ends_on = clock.today() - timedelta(days=1)
    sweeps.run()
    for commission in (promised, waits):
        now = db.session.get_one(Commission, commission.id)
        assert now.place is not None
        assert (now.state, now.place.state, [(s.fund_id, s.pence) for s in now.shares]) == (_S.REQUESTED, PlaceState.HELD, [(scene.fund.id, 20_000)])
        assert stands(commission, scene.fund) == (0, 0)
    assert "asked_again" in tasks(promised)


def test_a_fund_that_has_nothing_left_stops_nothing(scene: Scene) -> None:
    fund, commission = council(scene), scene.going()
    sweeps.run()
    delivery.accrue(commission_id=commission.id, session_id=scene.sessions()[0].id, percent=100, revision=1, actor=None)
    assert stands(commission, fund) == (7_200, 800)
    assert open_change(commission) is None
