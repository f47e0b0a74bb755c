"""A Zone manager at the end of term: what is still open is closed, and January is made ready: people, a school, money, a catalogue."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from app.accounts.models import Role
from app.billing import services as billing
from tests import factories
from tests.browser.days.day import Day, begins
from tests.browser.days.term import earned_and_open
from tests.interchange.samples import catalogue
from tests.journeys.steps import in_days
from tests.journeys.walking import NewPage, Walker
from tests.support.live import Live


def adds_person(manager: Walker) -> None:
    manager.go("People")
    manager.looks_over("people")
    manager.follow("Add somebody")
    manager.looks_over("which role")
    manager.follow("Choose", within=manager.page.get_by_role("listitem").filter(has_text="Walks alongside the children"))
    manager.looks_over("new person")
    manager.type("Name", "Ines Duarte")
    manager.type("E-mail address", "ines at school")
    manager.press("Add them")
    manager.is_refused("new person, refused")
    expect(manager.page.get_by_label("Name", exact=True)).to_have_value("Ines Duarte")
    manager.type("E-mail address", "ines@example.org")
    manager.press("Add them")
    manager.sees(re.compile("^Ines Duarte is now Link Worker in"))
    manager.looks_over("one person")


def adds_school(manager: Walker) -> None:
    manager.go("Schools")
    manager.looks_over("schools")
    manager.follow("Add a school")
    manager.type("Name", "St Aldhelm’s")
    manager.type("Postcode", "nowhere")
    manager.press("Save")
    manager.is_refused("new school, refused")
    manager.type("Postcode", "w3 7dd")
    manager.press("Save")
    manager.is_at("St Aldhelm’s")
    manager.looks_over("one school")


def opens_fund(manager: Walker) -> None:
    manager.go("Money")
    manager.looks_over("no money yet")
    manager.follow("Add a fund")
    manager.looks_over("new fund")
    manager.press("Add the fund")
    manager.is_refused("new fund, refused")
    manager.type("Name of the fund", "Willow grant")
    manager.type("Whose money is it?", "Willow Trust")
    manager.type("First day", in_days(-30))
    manager.type("Last day", in_days(300))
    manager.press("Add the fund")
    manager.sees("Willow grant is open. Now write down what its funder promised.")
    for link, word in (("Promised", "promised"), ("Received", "received")):
        manager.follow(link)
        manager.looks_over(f"money {word}")
        if "money, refused" not in manager.looked_over:
            manager.type("Amount", "lots")
            manager.press("Write it down")
            manager.is_refused("money, refused")
        manager.type("Amount", "12,500.50")
        manager.type("Reference", f"WT {word}")
        manager.press("Write it down")
        manager.sees(re.compile(f"^£12,500.50 .*under “WT {word}”"))
    manager.looks_over("one fund")
    manager.go("Money")
    manager.sees("1 fund in force, £12,500.50 available")
    manager.looks_over("funds")


def adds_organisation(manager: Walker) -> None:
    manager.go("Organisations")
    manager.looks_over("no organisations yet")
    manager.follow("Add an organisation")
    manager.press("Save")
    manager.is_refused("new organisation, refused")
    manager.type("Name", "Big Top Yard")
    manager.type("Telephone", "020 7946 0018")
    manager.press("Save")
    manager.sees("Big Top Yard is added. Its documents and people come next.")
    manager.looks_over("one organisation")
    manager.go("Organisations")
    manager.looks_over("organisations")


def imports_catalogue(manager: Walker, file: Path) -> None:
    """First only looked at, with a mistake in it, and left; then brought in."""
    manager.go("Import")
    manager.looks_over("import")
    manager.press("Look at the file")
    manager.is_refused("import, no file")
    manager.choose(manager.page.get_by_label("Offerings: a catalogue.csv"))
    manager.page.get_by_label("The file").set_input_files(file)
    manager.press("Look at the file")
    manager.is_at("Before it comes in")
    manager.sees("young")
    manager.looks_over("before it comes in")
    manager.go("Find support")
    manager.sees("No offers here yet")
    manager.looks_over("nothing to find yet")
    manager.go("Import")
    manager.follow(file.name)
    manager.press("Import these 4 offerings")
    manager.is_at("Imported")
    manager.looks_over("imported")


def finds(manager: Walker, words: str, title: str) -> None:
    manager.go("Find support")
    manager.type("Search by need", words)
    expect(manager.page).to_have_url(re.compile(f"q={words}"))
    expect(manager.page.locator(".htmx-request"), "the list is dimmed while it is fetched").to_have_count(0)
    expect(manager.page.get_by_role("main").get_by_role("link", name=title, exact=True)).to_be_visible()
    manager.looks_over("found")
    manager.follow(re.compile(f"^{title}$"), within=manager.page.get_by_role("main"))
    manager.is_at(title)
    manager.looks_over("one offering")


def closes_the_term(manager: Day) -> None:
    """A register nobody took, and a statement the partner agreed to, from what needs doing today."""
    manager.follow(re.compile("1 register not taken"))
    manager.looks_over("registers not taken")
    manager.follow("Take the register")
    manager.tap(manager.page.get_by_role("button", name="Mark everyone here"))
    manager.press("Save register")
    manager.sees("The register is saved.")
    manager.go("Today")
    manager.follow("Verify it")
    with manager.counted("verifying a statement", clicks=1):
        manager.press("Verify")
    manager.sees("A budget holder who did not verify it approves it to be paid.")
    manager.looks_over("a statement, verified")
    manager.go("Money")
    manager.page.goto("/funds/statements")
    manager.is_at("Money by school")
    manager.looks_over("the money of the year")
    manager.holds()
    manager.is_read_aloud()


def test_the_end_of_term_of_a_zone_manager(live: Live, new_page: NewPage, tmp_path: Path) -> None:
    with live.app.app_context():
        club = earned_and_open()
        billing.agree(statement_id=billing.draw_up(organisation_id=club.scene.organisation.id, actor=club.scene.partner).id, actor=club.scene.partner)
        busy = club.scene.manager.email
        fresh = factories.make_person(Role.ZONE_MANAGER, factories.make_zone(), name="Tessa Marlow").email
    # 10.00 in a Zone at work: what is still open.
    closes_the_term(begins(new_page, "desktop", busy))

    # 13.00 in the Zone that opens in January: nothing is there yet.
    manager = begins(new_page, "desktop", fresh)
    adds_person(manager)
    adds_school(manager)
    opens_fund(manager)
    adds_organisation(manager)
    file = tmp_path / "autumn catalogue.csv"
    file.write_bytes(catalogue({}, {"age_min": "young"}))
    imports_catalogue(manager, file)
    finds(manager, "kites", "Kite makers")
