"""What a funder's home says of each fund, and where it leads."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from app.accounts.models import Role
from app.commissioning.services import commissions
from tests.attendance.conftest import monday
from tests.commissioning.scene import Scene, build, person
from tests.support.client import StrictClient
from tests.support.people import sign_in

__all__ = ["monday"]


@pytest.fixture
def scene(app: Flask) -> Scene:
    return build()


def test_each_fund_of_a_funder_opens(scene: Scene, client: StrictClient) -> None:
    scene.fund_with(1_000, name="Somebody else’s")
    sign_in(client, person(Role.FUNDER, scene.zone, fund_id=scene.fund.id))
    links = [str(link["href"]) for link in BeautifulSoup(client.get("/").get_data(as_text=True), "html.parser").select("main a[href^='/funds/']")]
    assert links == [f"/funds/{scene.fund.id}"]
    assert client.get(links[0]).status_code == 200


def test_a_child_whose_money_came_back_is_no_longer_counted(scene: Scene, client: StrictClient) -> None:
    commission = scene.approved()
    sign_in(client, person(Role.FUNDER, scene.zone, fund_id=scene.fund.id))
    assert "has helped fewer than 5 children" in client.get("/").get_data(as_text=True)
    commissions.cancel(commission_id=commission.id, reason="Moved away", actor=scene.link_worker)
    assert "has helped nobody yet" in client.get("/").get_data(as_text=True)
