"""Matching the columns of somebody's own table, in a real browser: every page on the way is checked at three widths, errors too."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from app.accounts.models import Role
from tests import factories
from tests.interchange.tables import CLUBS, as_workbook, council
from tests.support.browser import check_at_every_width
from tests.support.live import Live, enter, watch_of

NewPage = Callable[..., Page]


def sign_in(live: Live, page: Page) -> None:
    with live.app.app_context():
        email = factories.make_person(Role.ZONE_MANAGER, factories.make_zone(region="West London"), name="Tessa Marlow").email
    enter(page, email)


def bring(page: Page, *paths: Path) -> None:
    page.goto("/imports")
    page.get_by_label("Offerings: any other table").check()
    page.get_by_label("The file").set_input_files(list(paths))
    page.get_by_role("button", name="Look at the file").click()


def seen(page: Page, name: str) -> None:
    """Check it; keep pictures where somebody wants to look (KITH_TEST_PICTURES names the folder)."""
    folder = os.environ.get("KITH_TEST_PICTURES")
    check_at_every_width(page, name)
    if folder:
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)


def test_a_workbook_is_matched_looked_at_and_known_the_next_time(live: Live, new_page: NewPage, tmp_path: Path) -> None:
    page = new_page("desktop")
    watch_of(page).expect("422 (Unprocessable Entity)")
    sign_in(live, page)
    file = tmp_path / "clubs.xlsx"
    file.write_bytes(as_workbook(CLUBS))
    bring(page, file)
    expect(page.get_by_role("heading", level=1)).to_have_text("Match the columns")
    expect(page.get_by_text("Still missing: Kind, How it is given.")).to_be_visible()
    expect(page.get_by_text("Tue 16:00-17:30 term")).to_be_visible()
    seen(page, "mapping")
    page.get_by_role("button", name="Look at the file").click()
    expect(page.get_by_role("alert").first).to_contain_text("Say where these come from: Kind, How it is given.")
    seen(page, "mapping-error")

    page.get_by_label("Kind: column", exact=True).select_option("What kind")
    page.locator("#delivery").get_by_label("Always, or where that is blank").select_option("venue")
    page.get_by_role("button", name="Show what comes of it").click()
    expect(page.get_by_text("Everything that Kith needs is matched.")).to_be_visible()
    page.get_by_label("Keep this mapping as").fill("Club list")
    page.get_by_role("button", name="Look at the file").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Before it comes in")
    seen(page, "mapped-before")
    page.get_by_role("button", name="Import these 3 offerings").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Imported")

    file.write_bytes(as_workbook([CLUBS[0], *CLUBS[2:]]))
    bring(page, file)
    expect(page.get_by_text("Your mapping “Club list” knows a file with these columns")).to_be_visible()
    page.get_by_role("button", name="Look at the file").click()
    expect(page.get_by_text("1 offering of this source is not in the file.")).to_be_visible()
    page.goto("/imports/not-seen")
    seen(page, "not-seen-empty")


def test_three_files_of_a_council_go_through_the_worker_without_javascript(live: Live, new_page: NewPage, tmp_path: Path) -> None:
    page = new_page("phone", javascript=False)
    sign_in(live, page)
    paths = []
    for name, content in council():
        paths.append(tmp_path / name)
        lines = content.splitlines(keepends=True)
        more = [lines[1].replace(b"S1,", f"T{n},".encode()) for n in range(1_001)] if name == "services.csv" else []
        paths[-1].write_bytes(b"".join(lines + more))
    bring(page, *paths)
    expect(page.get_by_label("One offering for each row of")).to_have_value("services")
    heading = page.get_by_role("heading", level=1)
    page.get_by_role("button", name="Look at the file").click()
    expect(heading).to_have_text("Before it comes in", timeout=60_000)  # the server's own worker looks; the page comes again by itself
    page.get_by_role("button", name="Import these 1,003 offerings").click()
    expect(heading).to_have_text("Imported", timeout=60_000)
