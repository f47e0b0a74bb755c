"""Who comes in, who does not, what each role finds first, and that nothing is left on the screen afterwards."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from app.accounts.models import Role
from tests import factories
from tests.commissioning import scene
from tests.journeys.walking import NewPage, walker
from tests.support.browser import check_at_every_width, resize
from tests.support.live import Live, watch_of


@dataclass(frozen=True)
class Zone:
    """A Zone at work, with somebody of every role: the address each signs in with."""

    emails: dict[Role, str]
    child: str


@pytest.fixture(scope="module")
def zone(live: Live) -> Zone:
    with live.app.app_context():
        made = scene.build()
        child = made.child(first_name="Zuleika", last_name="Okonjo")
        factories.make_consent(child, made.organisation)
        made.confirmed(made.introduction(child))
        narrowed = {
            Role.PARTNER_ADMIN: {"organisation_id": made.organisation.id}, Role.PRACTITIONER: {"organisation_id": made.organisation.id},
            Role.SCHOOL_LEAD: {"school_id": made.school.id}, Role.FUNDER: {"fund_id": made.fund.id},
        }
        emails = {Role.LINK_WORKER: made.link_worker.email, Role.ADMINISTRATOR: factories.make_person(Role.ADMINISTRATOR).email}
        for role in Role:
            if role not in emails:
                emails[role] = scene.person(role, made.zone, **narrowed.get(role, {})).email
        return Zone(emails, child.first_name)


def test_wrong_password_is_refused_and_signing_out_leaves_nothing_behind(new_page: NewPage, zone: Zone) -> None:
    link_worker = walker(new_page, "phone")
    link_worker.page.goto("/children")
    link_worker.is_at("Sign in")
    link_worker.looks_over("sign in")
    link_worker.sign_in(zone.emails[Role.LINK_WORKER], "not the password")
    link_worker.is_refused("sign in, refused")
    expect(link_worker.page.get_by_label("E-mail address")).to_have_value(zone.emails[Role.LINK_WORKER])
    expect(link_worker.page.get_by_label("Password", exact=True)).to_have_value("")

    link_worker.sign_in(zone.emails[Role.LINK_WORKER])
    link_worker.is_at("Your children")
    link_worker.follow(zone.child)
    assert zone.child in link_worker.text

    link_worker.sign_out()
    link_worker.sees("You are signed out.")
    link_worker.looks_over("signed out")
    link_worker.page.go_back()
    link_worker.is_at("Sign in")
    assert zone.child not in link_worker.text


LOOKED_OVER: set[str] = set()


@pytest.mark.parametrize("role", Role)
def test_each_role_finds_its_day_and_everything_in_its_menu_opens(new_page: NewPage, zone: Zone, role: Role) -> None:
    """At a desk; and on a phone, where a part of the menu is folded away, each place is reached as well."""
    somebody = walker(new_page, "desktop")
    somebody.sign_in(zone.emails[role])
    expect(somebody.page).to_have_title("Today – Kith")
    somebody.looks_over(f"today, {role}")
    menu = somebody.page.get_by_role("navigation", name="Main")
    places = menu.locator("a").evaluate_all("links => [...new Set(links.map(a => a.getAttribute('href')))]")
    assert places[0] == "/"
    for href in places[1:]:
        answer = somebody.page.goto(href)
        assert answer is not None and answer.status == 200, f"{href} answers {role} with {answer and answer.status}"
        expect(somebody.page.get_by_role("heading", level=1)).to_be_visible()
        expect(menu.locator("[aria-current=page]").first).to_have_attribute("href", href)
        if href not in LOOKED_OVER:
            LOOKED_OVER.add(href)
            check_at_every_width(somebody.page, f"{href} for {role}", watch=watch_of(somebody.page))
    resize(somebody.page, "phone")
    if (more := menu.get_by_text("More", exact=True)).is_visible():
        more.click()
    for href in places:
        expect(menu.locator(f"a[href='{href}']:visible").first).to_be_in_viewport()
