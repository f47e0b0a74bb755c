"""A child moves to another Zone: what was promised here ends, and not a penny of it is promised there."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from app.accounts.models import Role, Zone
from app.children.models import Child, Consent
from app.children.services import Agreed, move_zone, preview_leaving
from app.commissioning import invariants
from app.commissioning.models import Account, Commission, CommissionState, Envelope, PlaceState
from app.commissioning.queries.money import balance, commission_balances
from app.commissioning.services import delivery
from app.introductions.models import EndReason, IntroductionState
from app.shared import clock
from app.shared.db import db
from tests import factories as make
from tests.commissioning.scene import Scene

_S = CommissionState


def another_zone() -> Zone:
    zone = make.make_zone(name="Wigan")
    make.make_person(Role.ZONE_MANAGER, zone)
    return zone


def test_what_was_promised_ends_in_the_same_transaction_and_what_was_delivered_is_paid(scene: Scene) -> None:
    there, child = another_zone(), scene.child()
    make.make_consent(child, scene.organisation)
    going = scene.going(scene.introduction(child, IntroductionState.AGREED))
    with clock.freeze(scene.sessions()[0].ends_at + timedelta(minutes=30)):
        delivery.accrue(commission_id=going.id, session_id=scene.sessions()[0].id, percent=100, revision=1, actor=None)
        told = preview_leaving(child_id=child.id)
        assert any("£180 comes back. The £20 for what was delivered is still paid" in line for line in told), told
        move_zone(child_id=child.id, zone_id=there.id, agreed=Agreed(child.carers[0].id, clock.today()), actor=scene.manager)
        db.session.expire_all()
        now = db.session.get_one(Commission, going.id)
        assert (now.state, now.introduction.state, now.introduction.end_reason) == (_S.ENDED_EARLY, IntroductionState.ENDED, EndReason.MOVED)
        assert now.place is not None and now.place.state is PlaceState.ENDED
        stands = commission_balances(going.id)[scene.fund.id]
        assert (stands[Account.COMMITTED], stands[Account.ACCRUED]) == (0, 2_000)
        assert balance(scene.fund.id, Account.AVAILABLE) == 500_000 - 2_000
        assert invariants.broken() == []
    new = db.session.scalars(sa.select(Child).where(Child.zone_id == there.id)).one()
    for table in (Commission, Consent, Envelope):
        assert db.session.scalar(sa.select(sa.func.count(table.id)).where(table.child_id == new.id)) == 0, f"no {table.__tablename__} there"
