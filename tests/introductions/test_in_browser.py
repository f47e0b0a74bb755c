"""The pages in a real browser, at a desk and on a phone: axe is content, nothing scrolls sideways, and they work without JavaScript."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from app.accounts.models import Person
from app.introductions import services
from app.introductions.models import IntroductionState, Stance
from tests import factories
from tests.introductions.world import World, make_world
from tests.support.browser import check_at_every_width
from tests.support.live import Live, enter, watch_of

S = IntroductionState
NewPage = Callable[..., Page]


def world_of(live: Live) -> tuple[World, dict[str, str]]:
    """A world in the live server's database, and what the browser needs of it once the session is gone."""
    world = make_world()
    people: dict[str, Person] = {"link_worker": world.link_worker, "partner": world.partner, "zone_manager": world.zone_manager}
    return world, {name: person.email for name, person in people.items()}


def test_link_worker_listens_and_asks_in_the_browser(live: Live, new_page: NewPage) -> None:
    with live.app.app_context():
        world, emails = world_of(live)
        introduction_id = world.at(S.LISTENING).id
    page = new_page("desktop")
    enter(page, emails["link_worker"])
    page.goto("/introductions")
    check_at_every_width(page, "list", watch=watch_of(page))
    page.get_by_role("link", name="First Beats").first.click()
    expect(page.get_by_role("heading", name="Amara and First Beats")).to_be_visible()
    expect(page.get_by_text("Amara has not been asked yet.").first).to_be_visible()
    check_at_every_width(page, "not yet", watch=watch_of(page))

    def view(who: str, words: str) -> None:
        page.goto(f"/introductions/{introduction_id}/views/new")
        page.get_by_label(who, exact=True).check()
        page.get_by_label("Yes", exact=True).check()
        page.get_by_label("In their words").fill(words)
        page.get_by_role("button", name="Save").click()

    view("Amara", "I want to hit the big one.")
    with live.app.app_context():
        from app.introductions.models import Introduction
        from app.shared.db import db

        carer = db.session.get_one(Introduction, introduction_id).child.carers[0]
        label = f"{carer.name}, {carer.relation}"
    view(label, "She drums on my saucepans.")
    page.goto(f"/introductions/{introduction_id}/prepare")
    page.get_by_label("Who goes along the first time?").fill("Safiya’s mum")
    page.get_by_label("You have met the person there").check()
    check_at_every_width(page, "prepare", watch=watch_of(page))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("region", name="Go").first).to_be_visible()
    check_at_every_width(page, "go", watch=watch_of(page))
    page.get_by_role("button", name="It is ready").click()
    with page.expect_navigation():
        page.get_by_role("link", name="Ask Westway Beats").click()
    check_at_every_width(page, "ask", watch=watch_of(page))
    page.get_by_role("button", name="Ask them").click()
    expect(page.get_by_text("Asked. You hear from Kith when they answer.")).to_be_visible()
    check_at_every_width(page, "asked", watch=watch_of(page))


def test_partner_answers_in_the_browser_without_javascript(live: Live, new_page: NewPage) -> None:
    with live.app.app_context():
        world, emails = world_of(live)
        introduction_id = world.at(S.ASKED).id
    page = new_page("phone")
    watch_of(page).expect("422")
    enter(page, emails["partner"])
    page.goto("/introductions")
    check_at_every_width(page, "asked of you", watch=watch_of(page))
    page.goto(f"/introductions/{introduction_id}")
    check_at_every_width(page, "partner's page", watch=watch_of(page))
    page.get_by_role("link", name="Say no").click()
    page.get_by_role("button", name="Say no").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    check_at_every_width(page, "decline with errors", watch=watch_of(page))

    plain = new_page("phone", javascript=False)
    enter(plain, emails["partner"])
    plain.goto(f"/introductions/{introduction_id}/agree")
    plain.get_by_label("Theo Brown").check()
    plain.get_by_label("When could it begin?").fill("Thursdays at 4")
    plain.get_by_role("button", name="Say yes").click()
    expect(plain.get_by_text("Thank you. The Link Worker arranges")).to_be_visible()


def test_the_later_steps_in_the_browser(live: Live, new_page: NewPage) -> None:
    with live.app.app_context():
        world, emails = world_of(live)
        arranged = world.at(S.ARRANGED).id
        other = factories.make_offering(world.organisation, title="Circus skills", kind="community_asset")
        settled = world.at(S.SETTLED, offering=other).id
        third = factories.make_offering(world.organisation, title="Kick & Chat", kind="community_asset")
        refused = world.start(offering=third)
        services.begin_listening(introduction_id=refused.id, actor=world.link_worker)
        world.hear(refused, Stance.NO, words_said="Everyone there already knows each other.")
        listening = refused.id
    page = new_page("desktop")
    watch_of(page).expect("422")
    enter(page, emails["link_worker"])
    for name, where in {
        "arranged": f"/introductions/{arranged}", "arrange": f"/introductions/{arranged}/arrange", "met": f"/introductions/{arranged}/met",
        "settled": f"/introductions/{settled}", "close": f"/introductions/{settled}/close", "end": f"/introductions/{arranged}/end",
        "a child’s no": f"/introductions/{listening}", "not yet": f"/introductions/{listening}/not-yet",
    }.items():
        page.goto(where)
        check_at_every_width(page, name, watch=watch_of(page))
    page.goto(f"/introductions/{arranged}/end")
    page.get_by_role("button", name="End it now").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    check_at_every_width(page, "end with errors", watch=watch_of(page))
