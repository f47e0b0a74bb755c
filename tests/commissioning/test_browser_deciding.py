"""Ten decisions a minute with the keyboard, and a brief from the risky words to two offers side by side, in a real browser."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Page, expect

from app.accounts.models import Role
from app.commissioning.models import BriefOffer, Commission, CommissionState
from app.commissioning.services import briefs
from app.shared import clock
from app.shared.db import db
from tests import factories as make
from tests.commissioning.scene import Scene, build, person
from tests.commissioning.test_in_browser import come_in
from tests.support.browser import check_at_every_width
from tests.support.live import Live, watch_of

NewPage = Callable[..., Page]


def look(page: Page, name: str) -> None:
    check_at_every_width(page, name, watch=watch_of(page))
    if folder := os.environ.get("KITH_PICTURES"):
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
        page.set_viewport_size({"width": 1280, "height": 900})


def test_ten_requests_are_decided_within_a_minute_with_the_keyboard_alone(live: Live, new_page: NewPage) -> None:
    with live.app.app_context():
        scene = build(capacity=12)
        asked = [scene.request(sessions=2) for _ in range(11)]
        holder, ids = scene.holder.email, [c.id for c in asked]
    page = new_page("desktop")
    come_in(page, holder)
    page.goto("/approvals#requests")
    look(page, "approvals")
    page.locator("[data-tick]").first.focus()
    presses: list[str] = []

    def press(key: str) -> None:
        presses.append(key)
        page.keyboard.press(key)

    for key in ("j", "j", "k"):
        press(key)
    expect(page.locator("[data-tick]").nth(1)).to_be_focused()
    press("k")
    for left in range(10, 5, -1):  # five, each with one key: the next request has the focus when the page is back
        with page.expect_navigation():
            press("a")
        expect(page.locator("[data-queue] > li")).to_have_count(left)
        expect(page.locator("[data-tick]").first).to_be_focused()
    for _ in range(5):  # five more, ticked and decided with one press
        press("x")
        press("j")
    with page.expect_navigation():
        page.get_by_role("button", name="Approve them").press("Enter")
    expect(page.get_by_text("5 requests approved.")).to_be_visible()
    assert len(presses) + 1 <= 20, "ten decisions within a minute, at a press every three seconds"
    with page.expect_navigation():
        page.get_by_role("button", name="Take it back").first.click()
    expect(page.get_by_text("Taken back. It waits for a decision again.")).to_be_visible()
    look(page, "approvals-decided")
    with live.app.app_context():
        assert db.session.query(Commission).filter(Commission.id.in_(ids), Commission.state == CommissionState.APPROVED).count() == 9


def _with_two_offers(scene: Scene) -> str:
    child, other = scene.child(first_name="Zuleika"), make.make_organisation(scene.zone)
    rival = person(Role.PARTNER_ADMIN, scene.zone, organisation_id=other.id)
    brief = briefs.publish_brief(child=child, invited=[], actor=scene.link_worker, facts=briefs.BriefFacts(
        title="Stories for one", text="Somebody patient who tells stories.", days="Tuesday after school", area="West London",
        need_code=child.live_needs[0].code, sessions=4, budget_pence=20_000, offers_until=clock.today() + timedelta(days=9), goal="To tell one.",
        why="Nothing is one to one.", free_alternatives="None.",
    ))
    for organisation, who, colleague, price in (
        (scene.organisation, scene.partner, scene.practitioner, 3_000), (other, rival, make.make_practitioner(other), 6_500),
    ):
        briefs.make_offer(brief_id=brief.id, organisation_id=organisation.id, actor=who, facts=briefs.OfferFacts(
            colleague.id, price, 500, 4, clock.today() + timedelta(days=9), "15:30", "16:15", "We would begin with one drum each, and listen.",
        ))
    for offer in db.session.query(BriefOffer).filter_by(price_pence=3_000):
        briefs.say_of_offer(offer_id=offer.id, child_says="yes", parent_says="willing", their_words="Yes please!", actor=scene.link_worker)
    return str(brief.id)


def test_a_brief_lights_risky_words_and_shows_offers_side_by_side(live: Live, new_page: NewPage) -> None:
    with live.app.app_context():
        scene = build()
        child = scene.child(first_name="Zuleika", region="West London")
        child_id, worker, partner, offered = child.id, scene.link_worker.email, scene.partner.email, _with_two_offers(scene)
    page = new_page("desktop")
    come_in(page, worker)
    page.goto(f"/children/{child_id}/briefs/new")
    for label, text in (
        ("Title", "Drumming for one"), ("What is needed?", "Zuleika is 9 years old, in W10, and wants to drum."), ("How much may it cost in all?", "200"),
        ("Offers until", (clock.today() + timedelta(days=9)).isoformat()), ("What does the child want to reach?", "To drum."),
        ("Why this, and why now?", "It is what she asks for."), ("Why nothing free meets this need", "The library has no drums."),
    ):
        page.get_by_label(label).fill(text)
    with page.expect_navigation():
        page.get_by_role("button", name="Send it to partners").click()
    watch_of(page).expect("422")
    expect(page.locator("mark")).to_have_text(["Zuleika", "9 years old", "W10"])
    look(page, "brief-lit")
    page.goto(f"/briefs/{offered}")
    look(page, "brief-offers")
    come_in(page, partner)
    page.goto("/briefs")
    page.get_by_role("link", name="Stories for one").click()
    expect(page.get_by_text("No other partner sees your offer")).to_be_visible()
    expect(page.get_by_text("Zuleika")).to_have_count(0)
    look(page, "brief-partner")
