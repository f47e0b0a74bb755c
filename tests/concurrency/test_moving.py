"""A child who changes school, or moves to another Zone, while others decide about the same child's money."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from app.accounts.models import Role
from app.children.models import Child
from app.children.services import Agreed, change_school, move_zone
from app.commissioning import invariants
from app.commissioning.models import Account, Commission, CommissionState
from app.commissioning.queries.money import balances
from app.commissioning.services import decisions
from app.introductions.models import Introduction, IntroductionState
from app.shared import clock
from app.shared.db import db
from app.shared.errors import DomainError
from tests import factories as make
from tests.commissioning.scene import Scene
from tests.concurrency.racing import ids_of, race, refusals, rows, somebody, surprises

_S = CommissionState


def test_a_school_change_against_an_approval_leaves_no_money_of_the_old_school(app: Flask, scene: Scene) -> None:
    """Three children, each approved and moved at the same moment, and moved again by a second click: whoever is first, the old school
    promises nothing, and what is promised is another fund's."""
    schools = scene.fund_with(24_000, school_id=scene.school.id, name="School fund")
    elsewhere, ids = make.make_school(scene.zone).id, ids_of(scene)
    asked = [scene.request() for _ in range(3)]
    assert balances([schools.id])[schools.id][Account.REQUESTED] == 24_000
    pairs = [(commission.id, commission.child_id) for commission in asked]
    runs = [lambda c=c: decisions.approve(commission_id=c, actor=somebody(ids.holder)) for c, _ in pairs]
    runs += [lambda c=c: change_school(child_id=c, school_id=elsewhere, actor=somebody(ids.manager)) for _, c in pairs * 2]
    answers = race(app, runs)
    assert surprises(answers) == []
    now = balances([schools.id])[schools.id]
    assert (now[Account.AVAILABLE], now[Account.REQUESTED], now[Account.COMMITTED]) == (24_000, 0, 0)
    for commission in asked:
        db.session.refresh(commission)
        assert commission.state in (_S.REQUESTED, _S.APPROVED)
        assert [(share.fund_id, share.pence) for share in commission.shares] == [(ids.fund, 20_000)]
        assert commission.child.school_id == elsewhere
    assert invariants.broken() == []


def test_a_child_sent_to_two_zones_at_once_goes_to_one_and_everything_ends_once(app: Flask, scene: Scene) -> None:
    zones = [make.make_zone() for _ in range(2)]
    for zone in zones:
        make.make_person(Role.ZONE_MANAGER, zone)
    commission, ids = scene.going(), ids_of(scene)
    child_id, agreed = commission.child_id, Agreed(commission.child.carers[0].id, clock.today())
    to = [zone.id for zone in zones] * 2
    answers = race(app, [lambda z=z: move_zone(child_id=child_id, zone_id=z, agreed=agreed, actor=somebody(ids.manager)) for z in to])
    assert surprises(answers, DomainError) == []
    assert len(refusals(answers, DomainError)) >= 2, "those who asked for the other Zone"
    assert len(rows(sa.select(Child.id).where(Child.came_from_zone_id == scene.zone.id))) == 1
    assert rows(sa.select(Commission.state, Introduction.state).join(Introduction, Introduction.id == Commission.introduction_id)) == [
        (_S.ENDED_EARLY, IntroductionState.ENDED)
    ]
    assert invariants.broken() == []
