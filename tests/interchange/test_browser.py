"""Bringing a file in, in a real browser: every page it passes through is checked, errors too."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from app.accounts.models import Role
from tests import factories
from tests.interchange.samples import CATALOGUE, CHILD, catalogue, child, children
from tests.support.browser import check_at_every_width
from tests.support.live import Live, enter, watch_of

NewPage = Callable[..., Page]


def sign_in(live: Live, page: Page) -> str:
    """A fresh Zone with its manager, signed in; the Zone's slug."""
    with live.app.app_context():
        zone = factories.make_zone(region="West London")
        email, slug = factories.make_person(Role.ZONE_MANAGER, zone, name="Tessa Marlow").email, zone.slug
    enter(page, email, "/imports")
    return slug


def choose(page: Page, kind: str, path: Path) -> None:
    page.get_by_label(kind).check()
    page.get_by_label("The file").set_input_files(path)
    page.get_by_role("button", name="Look at the file").click()


def seen(page: Page, name: str) -> None:
    """Check it; keep a picture where somebody wants to look (KITH_TEST_PICTURES names the folder)."""
    folder = os.environ.get("KITH_TEST_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
    check_at_every_width(page, name)


def test_a_catalogue_is_looked_at_corrected_and_brought_in(live: Live, new_page: NewPage, tmp_path: Path) -> None:
    page = new_page("phone")
    watch_of(page).expect("422 (Unprocessable Entity)")
    slug = sign_in(live, page)
    seen(page, "imports")
    page.get_by_role("button", name="Look at the file").click()
    expect(page.get_by_role("alert").first).to_contain_text("Choose the file.")
    seen(page, "imports-error")

    file = tmp_path / "autumn catalogue.csv"
    file.write_bytes(catalogue({"age_min": "young", "needs": "Social:tamework"}, {"lat": "151.5", "sessions": "Saturdays"}))
    choose(page, "Offerings: a catalogue.csv", file)
    expect(page.get_by_role("heading", level=1)).to_have_text("Before it comes in")
    seen(page, "before")
    page.get_by_role("button", name="Import these 3 offerings").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Imported")
    seen(page, "imported")

    file.write_text(CATALOGUE)
    page.goto("/imports")
    choose(page, "Offerings: a catalogue.csv", file)
    page.get_by_role("button", name="Import these 2 offerings").click()
    page.goto("/imports")
    with page.expect_download() as download:
        page.get_by_role("link", name="Catalogue").click()
    assert sorted(Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()) == sorted(CATALOGUE.splitlines())
    assert slug in download.value.suggested_filename


def test_children_come_in_without_javascript_and_go_out_again(live: Live, new_page: NewPage, tmp_path: Path) -> None:
    page = new_page("phone", javascript=False)
    sign_in(live, page)
    file = tmp_path / "children.json"
    file.write_bytes(children(CHILD, child(id="c2", first_name="Rafe", age=41)))
    choose(page, "Children: a children.json", file)
    expect(page.get_by_text("would be new")).to_be_visible()
    page.get_by_role("button", name="Import this child").click()
    expect(page.get_by_text("This is what was done.")).to_be_visible()
    page.goto("/imports")
    with page.expect_download() as download:
        page.get_by_role("button", name="Children").click()
    assert "Mina" in Path(download.value.path()).read_text()
