"""Statements by school, partner, fund and funder; overrides; and money that goes back to a funder."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.accounts.models import Role
from app.commissioning import invariants
from app.commissioning.models import Account
from app.commissioning.queries.money import balance
from app.commissioning.queries.reports import children_come_to, money_by, total_of
from app.commissioning.refusals import NotEnoughMoney
from app.commissioning.services import decisions, delivery, funds
from app.shared import clock
from app.shared.db import atomic
from app.shared.errors import IllegalMove
from tests import factories as make
from tests.commissioning.scene import MONDAY, Scene, person
from tests.support.client import StrictClient
from tests.support.people import sign_in


def test_statements_by_each_key_add_up_to_the_childrens_to_the_penny(client: StrictClient, scene: Scene) -> None:
    scene.fund_with(3_333, need_area="Social", name="Soon")
    going = scene.going()
    scene.request()
    delivery.accrue(commission_id=going.id, session_id=scene.sessions()[0].id, percent=50, revision=1, actor=None)
    year = clock.school_year(clock.today())
    whole = children_come_to(scene.manager, year)
    assert whole == 20_000 - 1_000 + 20_000
    sign_in(client, scene.manager)
    for by in ("school", "organisation", "fund", "funder"):
        lines = money_by(scene.manager, by, year)  # type: ignore[arg-type]
        assert total_of(lines).all == whole, by
        page = client.get(f"/funds/statements?by={by}").get_data(as_text=True)
        assert "It adds up, to the penny" in page, by
        assert client.get(f"/funds/statements.csv?by={by}").get_data(as_text=True).splitlines()[-1].split(",")[1] == "In all", by
    for wrong in ("?by=child", "?year=1999", "?year=x"):
        assert client.get(f"/funds/statements{wrong}").status_code == 404, wrong
    other = make.make_school(scene.zone)
    assert money_by(person(Role.BUDGET_HOLDER, scene.zone, school_id=other.id), "school", year) == []
    assert money_by(person(Role.ZONE_MANAGER, make.make_zone()), "school", year) == []


def test_every_override_is_listed_with_who_said_why_and_who_approved(client: StrictClient, scene: Scene) -> None:
    with atomic():
        scene.zone.full_yearly_cost_pence = 30_000
    commission = scene.request()
    decisions.override(commission_id=commission.id, reason=f"{commission.child.first_name} has nobody else.", actor=scene.second)
    decisions.approve(commission_id=commission.id, actor=scene.holder)
    sign_in(client, scene.manager)
    page = client.get("/funds/overrides").get_data(as_text=True)
    for shown in (scene.second.name, scene.holder.name, commission.child.reference, "has nobody else", "Larch Tree Foundation"):
        assert shown in page, shown
    assert commission.child.first_name not in client.get("/funds/overrides.csv").get_data(as_text=True)


def test_money_goes_back_to_its_funder_once_the_fund_is_over_and_never_more_than_is_left(client: StrictClient, scene: Scene) -> None:
    fund = scene.fund_with(10_000, ends_on=clock.today() + timedelta(days=1))
    with pytest.raises(IllegalMove):
        funds.send_back(fund_id=fund.id, pence=100, reference="b1", actor=scene.manager)
    with clock.freeze(MONDAY + timedelta(days=2)):
        sign_in(client, scene.manager)
        assert "Sent back" in client.get(f"/funds/{fund.id}").get_data(as_text=True)
        with pytest.raises(NotEnoughMoney):
            funds.send_back(fund_id=fund.id, pence=10_001, reference="b1", actor=scene.manager)
        for _ in range(2):
            assert client.post(f"/funds/{fund.id}/returns/new", data={"pence": "60", "reference": "b1"}).status_code == 303
    assert (balance(fund.id, Account.AVAILABLE), balance(fund.id, Account.BANK)) == (4_000, -4_000)
    assert invariants.broken() == []
