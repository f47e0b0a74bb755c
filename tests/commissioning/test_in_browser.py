"""Asking, deciding and confirming in a real browser, at a desk and on a phone: axe is content and nothing scrolls sideways."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from playwright.sync_api import Page, expect

from app.accounts.models import Person
from app.catalogue.models import OfferingKind
from app.commissioning.models import Commission
from app.introductions.models import IntroductionState
from app.shared.db import db
from tests import factories as make
from tests.commissioning.scene import Scene, build
from tests.support.browser import check_at_every_width
from tests.support.live import Live, enter, watch_of

NewPage = Callable[..., Page]


def come_in(page: Page, person: str) -> None:
    page.context.clear_cookies()
    enter(page, person)


def look(page: Page, name: str) -> None:
    """Check the page at every width; with KITH_PICTURES set, keep a picture of it too."""
    check_at_every_width(page, name, watch=watch_of(page))
    folder = os.environ.get("KITH_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def lively(live: Live, **given: int) -> tuple[Scene, str, dict[str, str]]:
    """A Zone with a little history. The introduction to ask from, and everybody's address."""
    scene = build(**given)
    with_library = make.make_offering(scene.organisation, kind=OfferingKind.COMMUNITY_ASSET, title="Story corner")
    make.make_cohort(with_library)
    scene.fund_with(30_000, name="School fund", funder="St Aldhelm’s Primary", school_id=scene.school.id)
    scene.fund_with(20_000, name="Boys’ fund", funder="Holloway Family Giving", gender="boy")
    scene.going(sessions=6)
    introduction = scene.introduction(scene.child(first_name="Amara", last_name="Okafor"), IntroductionState.ASKED)
    make.make_consent(introduction.child, scene.organisation)
    people: dict[str, Person] = {
        "link_worker": scene.link_worker, "holder": scene.holder, "second": scene.second, "partner": scene.partner, "manager": scene.manager,
    }
    return scene, str(introduction.id), {name: person.email for name, person in people.items()}


def test_a_place_is_asked_for_decided_and_confirmed(live: Live, new_page: NewPage) -> None:
    with live.app.app_context():
        scene, introduction_id, emails = lively(live, price_pence=6_000)
        practitioner = scene.practitioner.name
    page = new_page("desktop")
    come_in(page, emails["link_worker"])
    page.goto(f"/introductions/{introduction_id}/request")
    expect(page.get_by_text("Leaves £400 of Amara’s £1,000 for the year.")).to_be_visible()
    look(page, "request")
    page.get_by_label("How many sessions?").fill("12")
    expect(page.get_by_text("Leaves £280 of Amara’s £1,000 for the year.")).to_be_visible()
    page.get_by_label("What does the child want to reach?").fill("To drum in a group, like her cousin.")
    page.get_by_label("Why this, and why now?").fill("Drumming is the one thing Amara asks for, and Thursday is free.")
    page.get_by_label("Story corner").check()
    page.get_by_label("Why nothing free meets this need").fill("Stories yes, drums no.")
    page.get_by_role("button", name="Ask for this place").click()
    expect(page.get_by_text("Asked for. The place is kept until it is decided.")).to_be_visible()
    look(page, "commission-asked")

    come_in(page, emails["holder"])
    page.goto("/approvals")
    expect(page.get_by_text("Amara")).to_have_count(0)
    look(page, "approvals")
    page.get_by_role("button", name="Approve and pass on").click()
    expect(page.get_by_text("One more person decides.")).to_be_visible()
    look(page, "approvals-passed-on")

    come_in(page, emails["second"])
    page.goto("/approvals")
    with page.expect_navigation():
        page.get_by_role("link", name="Ask").first.click()
    look(page, "approvals-ask")
    page.goto("/approvals")
    with page.expect_navigation():
        page.get_by_role("link", name="Decline").first.click()
    look(page, "approvals-decline")
    page.goto("/approvals")
    page.get_by_role("button", name="Approve £720").click()
    expect(page.get_by_text("is approved. The partner is told.")).to_be_visible()
    expect(page.get_by_text("All done")).to_be_visible()
    look(page, "approvals-empty")

    come_in(page, emails["partner"])
    page.goto("/commissions")
    look(page, "places-partner")
    with page.expect_navigation():
        page.get_by_role("region", name="To confirm").get_by_role("link").first.click()
    look(page, "commission-partner")
    page.get_by_role("link", name="Confirm the place").click()
    page.get_by_label("Who will meet the child?").select_option(label=practitioner)
    look(page, "confirm")
    page.get_by_role("button", name="Confirm the place").click()
    expect(page.get_by_text("Confirmed. The place is the child’s.")).to_be_visible()

    come_in(page, emails["link_worker"])
    page.goto("/commissions")
    look(page, "places-link-worker")
    with live.app.app_context():
        introduction = db.session.query(Commission).filter_by(introduction_id=UUID(introduction_id)).one()
        commission_id = introduction.id
    page.goto(f"/commissions/{commission_id}/cancel")
    look(page, "cancel-preview")


def test_asking_works_without_javascript(live: Live, new_page: NewPage) -> None:
    with live.app.app_context():
        _, introduction_id, emails = lively(live)
    page = new_page("desktop", javascript=False)
    come_in(page, emails["link_worker"])
    page.goto(f"/introductions/{introduction_id}/request")
    page.get_by_label("How many sessions?").fill("3")
    page.get_by_role("button", name="Work out the cost").click()
    expect(page.get_by_text("Leaves £940 of Amara’s £1,000 for the year.")).to_be_visible()


def test_what_is_wrong_is_said_and_what_was_typed_stays(live: Live, new_page: NewPage) -> None:
    with live.app.app_context():
        _, introduction_id, emails = lively(live)
    page = new_page("desktop")
    watch_of(page).expect("422")
    come_in(page, emails["link_worker"])
    page.goto(f"/introductions/{introduction_id}/request")
    page.get_by_label("How many sessions?").fill("30")
    page.get_by_role("button", name="Ask for this place").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    expect(page.get_by_label("How many sessions?")).to_have_value("30")
    look(page, "request-errors")
