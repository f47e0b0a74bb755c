"""Find support in a real browser: as one types, without JavaScript, on a phone, and read by axe."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.accounts.models import Role
from tests import factories
from tests.catalogue.shelf import stock
from tests.support.browser import Viewport, check_at_every_width
from tests.support.live import Live, enter, watch_of

NewPage = Callable[..., Page]


@pytest.fixture(scope="module")
def link_worker(live: Live) -> str:
    """Somebody at a school in a stocked Zone; the e-mail address."""
    with live.app.app_context():
        zone = factories.make_zone(name="West London")
        school = factories.make_school(zone, name="St Aldhelm's", latitude=51.5055, longitude=-0.2237)
        stock(zone)
        return factories.make_person(Role.LINK_WORKER, zone, school=school).email


def open_find(page: Page, email: str, path: str = "/find") -> None:
    enter(page, email, path)


def test_results_counts_and_address_follow_what_is_typed(new_page: NewPage, link_worker: str) -> None:
    page = new_page("desktop")
    open_find(page, link_worker)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/find" in request.url else None)
    page.get_by_label("Search by need").press_sequentially("druming", delay=20)
    expect(page.locator("#count")).to_contain_text("Showing results for drumming")
    expect(page.locator(".offer").first).to_contain_text("First Beats drumming circle")
    assert len(asked) == 1, "one burst of typing is one request"
    expect(page).to_have_url(re.compile("q=druming"))
    expect(page.get_by_label("Search by need")).to_be_focused()


def test_a_facet_keeps_the_focus_and_changes_the_others(new_page: NewPage, link_worker: str) -> None:
    page = new_page("desktop")
    open_find(page, link_worker)
    before = page.locator("#count b").inner_text()
    saturday = page.get_by_role("checkbox", name=re.compile(r"^Sat \d"))
    saturday.check()
    expect(page.locator("#count b")).not_to_have_text(before)
    expect(saturday).to_be_focused()
    expect(page.locator("#count b")).to_have_text(page.locator("label:has(#i-day-6) .facet__n").inner_text().split()[0])
    page.get_by_role("link", name="Saturday (remove filter)").click()
    expect(page.locator("#count b")).to_have_text(before)


@pytest.mark.parametrize("viewport", ["desktop", "phone"])
def test_without_javascript_the_form_is_sent_by_its_button(new_page: NewPage, link_worker: str, viewport: Viewport) -> None:
    page = new_page(viewport, javascript=False)
    open_find(page, link_worker)
    page.get_by_label("Search by need").fill("footy")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.locator(".offer").first).to_contain_text("football")
    page.get_by_role("checkbox", name=re.compile(r"^Sun \d")).check()
    page.get_by_role("button", name="Show results").click()
    expect(page.locator(".offer")).to_have_count(1)


def test_pages_read_well_at_every_width(new_page: NewPage, link_worker: str) -> None:
    page = new_page("desktop")
    open_find(page, link_worker)
    for path in ("/find", "/find?q=someone+to+talk+to&day=Mon&age=9", "/find?q=xyzzyq", "/find?q=football&day=Mon&age=14", "/organisations"):
        page.goto(path)
        check_at_every_width(page, path, watch=watch_of(page))
    page.goto("/find")
    with page.expect_navigation():
        page.locator(".offer a").first.click()
    check_at_every_width(page, "an offering", watch=watch_of(page))


def test_on_a_phone_the_filters_start_folded(new_page: NewPage, link_worker: str) -> None:
    page = new_page("phone")
    open_find(page, link_worker)
    expect(page.get_by_role("checkbox", name=re.compile(r"^Sat \d"))).to_be_hidden()
    page.locator("summary", has_text="Filters").click()
    expect(page.get_by_role("checkbox", name=re.compile(r"^Sat \d"))).to_be_visible()


def test_a_pin_lights_up_its_offer(new_page: NewPage, link_worker: str) -> None:
    page = new_page("desktop")
    open_find(page, link_worker, "/find?q=circus")
    page.locator(".pin").first.hover()
    expect(page.locator(".offer.is-lit")).to_have_count(1)
