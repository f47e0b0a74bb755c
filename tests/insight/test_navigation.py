"""The menu: each entry of each role leads somewhere that answers, counts what waits, and costs one statement."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask

from app.accounts.models import Person, Role
from app.attendance.models import MarkKind
from app.attendance.services import sweep
from app.insight import navigation
from app.insight.queries.counts import waiting
from app.introductions.models import IntroductionState
from app.shared.db import db
from tests import factories
from tests.attendance.club import Club
from tests.commissioning.scene import person
from tests.support.client import StrictClient
from tests.support.people import sign_in
from tests.support.statements import count_statements

ROLES = list(Role)


def somebody(club: Club, role: Role) -> Person:
    """Somebody with that role at the club's Zone."""
    scene = club.scene
    known = {
        Role.LINK_WORKER: scene.link_worker, Role.ZONE_MANAGER: scene.manager, Role.BUDGET_HOLDER: scene.holder,
        Role.PARTNER_ADMIN: scene.partner,
    }
    if role in known:
        return known[role]
    if role is Role.ADMINISTRATOR:
        return factories.make_person(role)
    given: dict[Role, dict[str, Any]] = {
        Role.PRACTITIONER: {"organisation_id": scene.organisation.id}, Role.SCHOOL_LEAD: {"school_id": scene.school.id},
        Role.FUNDER: {"fund_id": scene.fund.id},
    }
    return person(role, scene.zone, **given.get(role, {}))


def menu(client: StrictClient) -> list[Tag]:
    page = BeautifulSoup(client.get("/").get_data(as_text=True), "html.parser")
    seen: dict[str, Tag] = {}
    for link in page.select("nav.nav a"):
        seen.setdefault(str(link["href"]), link)
    return list(seen.values())


@pytest.mark.parametrize("role", ROLES)
def test_every_entry_of_every_role_answers(club: Club, client: StrictClient, role: Role) -> None:
    sign_in(client, somebody(club, role))
    links = menu(client)
    assert len(links) >= (1 if role is Role.FUNDER else 2)
    answers = {str(link["href"]): client.get(str(link["href"]), follow_redirects=True).status_code for link in links}
    assert set(answers.values()) == {200}, answers


def test_every_page_of_the_menu_exists(app: Flask) -> None:
    assert [page.endpoint for page in navigation.PAGES if page.endpoint not in app.view_functions] == []


def test_somebody_without_a_role_has_no_menu_and_a_word_of_why(club: Club, client: StrictClient) -> None:
    nobody = factories.make_person()
    sign_in(client, nobody)
    assert menu(client) == []
    assert "You have no role in force" in client.get("/").get_data(as_text=True)


def test_the_open_page_is_the_one_marked(club: Club, client: StrictClient) -> None:
    sign_in(client, club.scene.partner)
    for path, label in (("/", "Today"), ("/registers", "Registers"), (f"/sessions/{club.session().id}/register", "Registers")):
        page = BeautifulSoup(client.get(path).get_data(as_text=True), "html.parser")
        assert {link.get_text(strip=True) for link in page.select("nav.nav a[aria-current=page]")} == {label}


def marked(client: StrictClient, path: str) -> set[str]:
    response = client.get(path)
    assert response.status_code == 200, path
    page = BeautifulSoup(response.get_data(as_text=True), "html.parser")
    return {link.find_all("span")[0].get_text(strip=True) for link in page.select("nav.nav a[aria-current=page]")}


def test_each_page_stands_under_the_entry_it_belongs_to(club: Club, client: StrictClient) -> None:
    scene = club.scene
    commission = scene.request()
    asked = f"/commissions/{commission.id}"
    fund, organisation, offering = f"/funds/{scene.fund.id}", f"/organisations/{scene.organisation.id}", f"/offerings/{scene.offering.id}"
    wanted = {
        scene.holder: {"/funds": "Money", fund: "Money", "/funds/settings": "Money", "/approvals": "Approvals", asked: "Approvals"},
        scene.manager: {
            "/organisations": "Organisations", organisation: "Organisations", f"{organisation}/edit": "Organisations",
            f"/cohorts/{scene.cohort.id}": "Organisations", offering: "Find support", fund: "Money", "/funds/new": "Money",
            f"/schools/{scene.school.id}": "Schools", asked: "Introductions", f"/children/{commission.child_id}/statement": "Children",
        },
        scene.link_worker: {f"/children/{commission.child_id}/matches": "Children", offering: "Find support", asked: "Introductions"},
        scene.partner: {organisation: "Organisations", offering: "Organisations"},
    }
    for who, pages in wanted.items():
        sign_in(client, who)
        assert {path: marked(client, path) for path in pages} == {path: {label} for path, label in pages.items()}


@pytest.mark.parametrize("path", ["/account", "/help", "/privacy"])
def test_a_page_that_is_nobodys_work_stands_under_no_entry(club: Club, client: StrictClient, path: str) -> None:
    sign_in(client, club.scene.manager)
    assert marked(client, path) == set()


def test_counts_say_what_waits_for_each_role(club: Club) -> None:
    scene, amara = club.scene, club.children[0]
    club.save({amara: MarkKind.ABSENT_UNTOLD})
    assert waiting(scene.link_worker)["insight.home"] == 1
    scene.request()
    assert waiting(scene.holder) == {"insight.home": 0, "attendance.registers": 0, "commissioning.approvals": 1}
    child = scene.child()
    factories.make_consent(child, scene.organisation)
    asked = scene.introduction(child, IntroductionState.ASKED)
    scene.approved(asked)
    told = waiting(scene.partner)
    assert (told["introductions.introductions"], told["commissioning.commissions"]) == (1, 1)
    with club.after(week=1, days=1):
        sweep()
        assert waiting(scene.partner)["attendance.registers"] == 1


def test_what_is_not_theirs_is_not_counted(club: Club) -> None:
    scene = club.scene
    child = scene.child()
    scene.request()
    scene.introduction(child, IntroductionState.ASKED)  # no consent covers the partner
    other_zone = factories.make_zone()
    stranger = person(Role.PARTNER_ADMIN, scene.zone, organisation_id=factories.make_organisation(scene.zone).id)
    assert waiting(person(Role.BUDGET_HOLDER, other_zone))["commissioning.approvals"] == 0
    assert waiting(scene.partner)["introductions.introductions"] == 0
    assert waiting(stranger)["introductions.introductions"] == waiting(stranger)["commissioning.commissions"] == 0


def test_a_request_that_has_lapsed_waits_for_nobody(club: Club) -> None:
    club.scene.request()
    with club.after(week=4):
        assert waiting(club.scene.holder)["commissioning.approvals"] == 0


@pytest.mark.parametrize("role", ROLES)
def test_counting_takes_one_statement_whatever_the_role(club: Club, role: Role) -> None:
    someone = somebody(club, role)
    db.session.refresh(someone)
    _ = someone.live_grants
    with count_statements() as sent:
        waiting(someone)
    assert sent.count == 1


def test_a_count_is_said_in_words_too(club: Club, client: StrictClient) -> None:
    club.save({club.children[0]: MarkKind.ABSENT_UNTOLD})
    with club.after():
        sign_in(client, club.scene.link_worker)
        [today] = [link for link in menu(client) if link["href"] == "/"]
    assert today.get_text(" ", strip=True) == "Today 1 waiting"


def test_a_demo_zone_is_called_one(club: Club, client: StrictClient) -> None:
    from app.shared.db import atomic

    sign_in(client, club.scene.link_worker)
    assert "Demo Zone" not in client.get("/").get_data(as_text=True)
    with atomic():
        club.scene.zone.is_demo = True
    assert "Demo Zone" in client.get("/").get_data(as_text=True)
