"""Search in use, in a real browser: suggestions by keyboard, comparing, saving; and each new page at every width."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from app.accounts.models import Role
from app.catalogue.models.finding import MissKind, SavedSearch, SearchMiss
from app.catalogue.services import lexicon, misses
from app.shared.db import db
from tests import factories
from tests.catalogue.shelf import stock
from tests.catalogue.test_find_in_browser import open_find
from tests.support.browser import check_at_every_width
from tests.support.live import Live, watch_of

NewPage = Callable[..., Page]


@pytest.fixture(scope="module")
def people(live: Live) -> dict[Role, str]:
    """E-mail addresses, by role, in a stocked Zone with one Zone next door."""
    with live.app.app_context():
        zone, wigan = factories.make_zone(name="West London"), factories.make_zone(name="Wigan")
        school = factories.make_school(zone, name="St Aldhelm's", latitude=51.5055, longitude=-0.2237)
        stock(zone)
        factories.make_offering(factories.make_organisation(wigan, name="Pier Players"), title="Xqzvbk on the pier", town="Wigan")
        manager = factories.make_person(Role.ZONE_MANAGER, zone)
        worker = factories.make_person(Role.LINK_WORKER, zone, school=school)
        misses.open_view(zone_id=wigan.id, to_zone_id=zone.id, actor=factories.make_person(Role.ZONE_MANAGER, wigan))
        misses.open_view(zone_id=zone.id, to_zone_id=wigan.id, actor=manager)
        for kind, typed in ((MissKind.NOTHING, "kabaddi"), (MissKind.NEAR, "mountain piano"), (MissKind.CORRECTED, "gimnastics")):
            misses.record_miss(zone_id=zone.id, role=Role.LINK_WORKER, kind=kind, typed=typed, taken_as="gymnastics", asked="age=9&day=Sat")
        misses.note_gap(zone_id=zone.id, typed="kabaddi", asked="day=Sat", note="Three of them ask for it", actor=worker)
        return {Role.ZONE_MANAGER: manager.email, Role.LINK_WORKER: worker.email,
                Role.ADMINISTRATOR: factories.make_person(Role.ADMINISTRATOR).email}


def test_suggestions_are_walked_by_keyboard_two_are_compared_and_the_search_is_kept(new_page: NewPage, people: dict[Role, str], live: Live) -> None:
    page = new_page("desktop")
    open_find(page, people[Role.LINK_WORKER])
    box, listed = page.get_by_role("combobox", name="Search by need"), page.get_by_role("listbox", name="Suggestions")
    expect(listed).to_be_hidden()
    box.press_sequentially("circ", delay=20)
    expect(listed).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_label("Sort by").locator("option:checked")).to_have_text("Best fit")
    page.keyboard.press("ArrowDown")
    first = listed.get_by_role("option").first
    expect(first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", str(first.get_attribute("id")))
    page.keyboard.press("ArrowUp")
    expect(box).not_to_have_attribute("aria-activedescendant", re.compile(".+"))
    page.keyboard.press("Escape")
    expect(listed).to_be_hidden()
    expect(box).to_have_value("circ")
    page.keyboard.press("ArrowUp")
    expect(listed.get_by_role("option").last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    box.fill("foot")
    interest = listed.get_by_role("option").filter(has_text="Interest").first
    expect(interest).to_be_visible()
    check_at_every_width(page, "suggestions", watch=watch_of(page))
    page.set_viewport_size({"width": 1280, "height": 900})
    box.fill("footb")
    expect(interest).to_be_visible()
    with page.expect_navigation():
        interest.click()
    expect(page).to_have_url(re.compile("interest=football"))
    expect(page.locator(".offer")).to_have_count(2)

    page.goto("/find?q=circus")
    for n in range(2):
        page.locator(".tick input").nth(n).check()
        expect(page.locator(".tray__o")).to_have_count(n + 1)
    with page.expect_navigation():
        page.get_by_role("link", name="Compare 2 side by side").click()
    expect(page.locator("thead th")).to_have_count(3)
    check_at_every_width(page, "side by side", watch=watch_of(page))
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("link", name="Back to the list").click()
    expect(page.locator(".tray__o")).to_have_count(2)

    page.get_by_role("link", name="Save this search").click()
    watch_of(page).expect("422")
    page.get_by_role("button", name="Save the search").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Give the search a name")
    check_at_every_width(page, "an error when saving", watch=watch_of(page))
    page.get_by_label("A name for this search").fill("Circus near school")
    page.get_by_role("button", name="Save the search").click()
    expect(page.get_by_role("heading", name="Circus near school")).to_be_visible()
    check_at_every_width(page, "saved searches", watch=watch_of(page))
    with live.app.app_context():
        assert str(db.session.scalar(sa.select(SavedSearch.asked))).startswith("q=circus&near=")


def test_a_search_left_standing_is_told_to_kith(new_page: NewPage, people: dict[Role, str], live: Live) -> None:
    page = new_page("phone")
    open_find(page, people[Role.LINK_WORKER])
    with page.expect_response(re.compile("/find/settled")) as settled:
        page.get_by_role("combobox", name="Search by need").press_sequentially("xqzvbk", delay=20)
    assert settled.value.status == 204
    expect(page.locator(".nextdoor")).to_contain_text("Wigan: 1 offer")
    with live.app.app_context():
        assert db.session.scalars(sa.select(SearchMiss.typed).where(SearchMiss.typed.startswith("xq"))).all() == ["xqzvbk"]


def test_new_pages_read_well_at_every_width(new_page: NewPage, people: dict[Role, str]) -> None:
    walks = {
        Role.LINK_WORKER: ("/find/compare", "/find/gap?q=kabaddi&day=Sat"),
        Role.ZONE_MANAGER: ("/gaps", "/search-words?q=football"),
        Role.ADMINISTRATOR: ("/search-words", "/search-words/edit?concept=football", "/search-words/changes", "/search-words/file"),
    }
    for role, paths in walks.items():
        page = new_page("desktop")
        open_find(page, people[role], paths[0])
        for path in paths:
            page.goto(path)
            check_at_every_width(page, path, watch=watch_of(page))
    page.goto("/search-words/edit")
    page.get_by_label("What it is").fill("xqzvbk")
    page.get_by_label("Other words for it").fill("circus\njuggling")
    page.get_by_label("A search to try").fill("xqzvbk")
    page.get_by_role("button", name="See the effect").click()
    expect(page.locator(".effect")).to_be_visible()
    check_at_every_width(page, "the effect", watch=watch_of(page))


def test_a_running_server_knows_a_changed_word_at_the_next_search(new_page: NewPage, people: dict[Role, str], live: Live) -> None:
    """Another process changes it; the server, which has the old words in memory, is not told and asks the mark."""
    page = new_page("desktop")
    open_find(page, people[Role.LINK_WORKER], "/find?q=qvvxhoop")
    expect(page.locator(".offer")).to_have_count(0)
    with live.app.app_context():
        lexicon.save_concept(name="qvvxhoop", same=("trampolining",), near=(), needs=(), actor=None)
    page.goto("/find?q=qvvxhoop")
    expect(page.locator(".offer").first).to_contain_text("Springers beginners")
