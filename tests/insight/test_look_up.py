"""Looking up by name: whatever bears the words, as far as the person may see it, and nothing else."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from app.accounts.models import Person, Role
from app.insight.queries.look_up import Group, look_up
from tests import factories
from tests.commissioning.scene import Scene, build, person
from tests.support.client import StrictClient
from tests.support.people import sign_in
from tests.support.statements import count_statements


@pytest.fixture
def scene(app: Flask) -> Scene:
    made = build()
    factories.make_child(made.school, made.link_worker, first_name="Amara", last_name="Okafor")
    factories.make_child(made.school, factories.make_person(Role.LINK_WORKER, made.zone), first_name="Amara", last_name="Bell")
    return made


def labels(someone: Person, typed: str, kind: str) -> list[str]:
    return [hit.label for group in look_up(someone, typed) if group.name == kind for hit in group.hits]


def test_children_are_found_only_by_those_who_may_see_them(scene: Scene, app: Flask) -> None:
    with app.test_request_context():
        assert labels(scene.link_worker, "amara", "Children") == ["Amara Okafor"]
        assert labels(scene.manager, "amara", "Children") == ["Amara Bell", "Amara Okafor"]
        for someone in (scene.partner, scene.holder, person(Role.FUNDER, scene.zone, fund_id=scene.fund.id), factories.make_person(Role.ADMINISTRATOR)):
            assert labels(someone, "amara", "Children") == []
        elsewhere = person(Role.ZONE_MANAGER, factories.make_zone())
        assert look_up(elsewhere, "amara") == []
        assert look_up(elsewhere, scene.offering.title) == []


def test_names_are_found_by_any_part_in_any_order_and_nearly_spelt(scene: Scene, app: Flask) -> None:
    with app.test_request_context():
        for typed in ("okafor", "okafor amara", "OKA", "ámara okafor", "amarra", "okaffor"):
            assert "Amara Okafor" in labels(scene.manager, typed, "Children"), typed
        close: list[Group] = look_up(scene.manager, "okaffor")
        assert [(group.name, group.is_close) for group in close] == [("Children", True)]
        assert look_up(scene.manager, "a") == look_up(scene.manager, "%") == look_up(scene.manager, "__") == []


def test_offerings_organisations_and_people_are_found(scene: Scene, app: Flask) -> None:
    with app.test_request_context():
        assert labels(scene.link_worker, scene.offering.title, "Offerings") == [scene.offering.title]
        assert labels(scene.link_worker, scene.organisation.name, "Organisations") == [scene.organisation.name]
        assert scene.link_worker.name in labels(scene.manager, scene.link_worker.name, "People")
        assert labels(scene.link_worker, scene.manager.name, "People") == [], "only those one looks after"


def test_a_long_list_shows_its_beginning_and_costs_no_more(scene: Scene, app: Flask) -> None:
    for number in range(9):
        factories.make_child(scene.school, scene.link_worker, first_name=f"Zed{number}", last_name="Many")
    with app.test_request_context():
        with count_statements() as sent:
            [group] = look_up(scene.link_worker, "many")
        assert (len(group.hits), group.has_more) == (6, True)
        assert sent.count <= 10


def test_the_page_finds_from_a_form_and_says_when_there_is_nothing(scene: Scene, client: StrictClient) -> None:
    sign_in(client, scene.link_worker)
    home = BeautifulSoup(client.get("/").get_data(as_text=True), "html.parser")
    link = home.select_one('a[aria-keyshortcuts="/"]')
    assert link is not None
    page = client.get(str(link["href"])).get_data(as_text=True)
    assert "Amara" not in page
    assert 'method="post"' in page, "a child's name belongs in no address"
    found = BeautifulSoup(client.post("/look-up", data={"words": "amara"}).get_data(as_text=True), "html.parser")
    assert [str(a.get_text()) for a in found.select("#found a")] == ["Amara Okafor"]
    part = client.post("/look-up", data={"words": "amara"}, headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "Amara Okafor" in part and "<html" not in part
    assert "may see is called" in client.post("/look-up", data={"words": "Xqzzy"}).get_data(as_text=True)
