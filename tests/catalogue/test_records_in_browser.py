"""Places, regular meetings, histories and merges in a real browser: a pin is moved, days are looked at, all read by axe at every width."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from app.accounts.models import Role
from app.catalogue.models import Cohort, PlaceFoundBy, Site
from app.catalogue.services import contacts, photos, sites
from app.catalogue.services.contacts import ContactFacts
from app.catalogue.services.sites import SiteFacts
from app.shared import clock
from app.shared.db import db
from tests import factories
from tests.support.browser import check_at_every_width
from tests.support.live import Live, enter, watch_of

NewPage = Callable[..., Page]
Ids = dict[str, uuid.UUID]


@pytest.fixture(scope="module")
def world(live: Live) -> tuple[str, Ids]:
    """A Zone manager with an organisation that was entered twice; the e-mail address and the ids."""
    with live.app.app_context():
        zone = factories.make_zone(name="West London")
        factories.make_school(zone)
        manager = factories.make_person(Role.ZONE_MANAGER, zone)
        kept, gone = (factories.make_organisation(zone, name=name, phone="020 7946 0018") for name in ("Westway Beats", "West Way Beats CIC"))
        site = sites.add_site(organisation_id=kept.id, actor=manager, facts=SiteFacts(
            name="The Bay", postcode="W10 5TY", latitude=51.5186, longitude=-0.2057, place_found_by=PlaceFoundBy.POSTCODE, accessibility=["quiet-space"],
        ))
        contacts.add_contact(organisation_id=kept.id, facts=ContactFacts(name="Sam", phone="020 7946 0018", purposes=["safeguarding"]), actor=manager)
        offering = factories.make_offering(kept, title="First Beats", site_id=site.id)
        picture = io.BytesIO()
        Image.effect_noise((600, 400), 50).convert("RGB").save(picture, "JPEG")
        photos.add_photo(content=picture.getvalue(), alt="A bright hall", actor=manager, offering_id=offering.id)
        cohort = factories.make_cohort(offering, name="Spring run", ends_on=clock.today() + timedelta(days=60))
        ids = {"kept": kept.id, "gone": gone.id, "site": site.id, "offering": offering.id, "cohort": cohort.id}
        return manager.email, ids


def open_page(page: Page, email: str, path: str) -> None:
    enter(page, email, path)


def test_a_pin_is_moved_by_hand_by_keys_and_by_typing(new_page: NewPage, world: tuple[str, Ids], live: Live) -> None:
    email, ids = world
    page = new_page("desktop")
    open_page(page, email, f"/sites/{ids['site']}/edit")
    field, pin = page.get_by_label("Place on the map"), page.locator(".pinmap__pin")
    expect(field).to_have_value("51.51860, -0.20570")
    check_at_every_width(page, "a place")
    pin.focus()
    page.keyboard.press("ArrowUp")
    north = field.input_value()
    assert north > "51.51860" and north.endswith("-0.20570"), "one step to the north"
    box = page.locator(".pinmap svg").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.75, box["y"] + box["height"] * 0.5)
    assert float(field.input_value().split(",")[1]) > -0.2057, "to the east"
    with page.expect_navigation():
        page.get_by_role("button", name="Save").click()
    with live.app.app_context():
        site = db.session.get_one(Site, ids["site"])
        assert site.place_found_by is PlaceFoundBy.PIN and site.longitude is not None and site.longitude > -0.2057


def test_days_are_looked_at_and_planned(new_page: NewPage, world: tuple[str, Ids], live: Live) -> None:
    email, ids = world
    page = new_page("desktop")
    open_page(page, email, f"/cohorts/{ids['cohort']}/series/new")
    watch_of(page).expect("422")
    page.get_by_label("From", exact=True).first.fill("teatime")
    page.get_by_role("button", name="Look at the days").click()
    expect(page.get_by_text("“teatime” is not a time").first).to_be_visible()
    check_at_every_width(page, "a regular meeting, in error")
    page.get_by_label("From", exact=True).first.fill("4pm")
    page.get_by_label("All year round").check()
    page.get_by_role("button", name="Look at the days").click()
    boxes = page.locator("input[name=meets]")
    count = boxes.count()
    assert count >= 8
    boxes.nth(1).uncheck()
    check_at_every_width(page, "the days of a regular meeting")
    with page.expect_navigation():
        page.get_by_role("button", name="Plan").click()
    expect(page.get_by_text("Every Tuesday, 4pm to 5pm, all year round").first).to_be_visible()
    with live.app.app_context():
        assert len(db.session.get_one(Cohort, ids["cohort"]).sessions) == count - 1


def test_pages_of_records_are_read_at_every_width(new_page: NewPage, world: tuple[str, Ids]) -> None:
    email, ids = world
    page = new_page("desktop")
    open_page(page, email, "/duplicates")
    expect(page.get_by_text("of 100 alike")).to_be_visible()
    check_at_every_width(page, "duplicates")
    for name, path in (
        ("side by side", f"/organisations/{ids['kept']}/merge/{ids['gone']}"), ("history", f"/organisations/{ids['kept']}/history"),
        ("photos", f"/offerings/{ids['offering']}/photos"), ("offering", f"/offerings/{ids['offering']}"), ("organisation", f"/organisations/{ids['kept']}"),
        ("nothing alike", "/duplicates?kind=offering"),
    ):
        page.goto(path)
        check_at_every_width(page, name)
    watch_of(page).expect("422")
    page.goto(f"/offerings/{ids['offering']}/photos")
    page.get_by_role("button", name="Add the photo").click()
    expect(page.get_by_text("Choose a photo.").first).to_be_visible()
    check_at_every_width(page, "photos, in error")
