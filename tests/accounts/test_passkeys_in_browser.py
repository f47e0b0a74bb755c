"""A passkey in a real browser: Chromium's own authenticator, our script, and the pages between."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from app.accounts.models import Role
from tests import factories
from tests.support.browser import check_at_every_width
from tests.support.live import Live, watch_of

WITH_A_FINGER = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
}


def test_a_passkey_is_made_and_opens_kith_without_a_password(live: Live, new_page: Callable[..., Page]) -> None:
    with live.app.app_context():
        person = factories.make_person(Role.LINK_WORKER, factories.make_zone())
        email = person.email
    page = new_page(origin=live.url.replace("127.0.0.1", "localhost"))
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(factories.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto("/account/second-step")
    check_at_every_width(page, "second step", watch=watch_of(page))
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_role("button", name="Make the passkey").wait_for()
    check_at_every_width(page, "new passkey", watch=watch_of(page))
    devtools = page.context.new_cdp_session(page)  # after the checks: their own session takes the authenticator away when it ends
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": WITH_A_FINGER})
    page.get_by_role("textbox", name="Name").fill("My telephone")
    page.get_by_role("button", name="Make the passkey").click()
    page.get_by_role("heading", name="Your recovery codes").wait_for()
    page.get_by_role("link", name="I have kept them").click()
    page.get_by_role("rowheader", name="My telephone").wait_for()
    page.context.clear_cookies()
    page.goto("/sign-in?next=/account")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("heading", name="Your account").wait_for()
    page.goto("/account/second-step")
    check_at_every_width(page, "second step with a passkey", watch=watch_of(page))
    at_a_number = new_page()
    at_a_number.goto("/sign-in")
    expect(at_a_number.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    expect(at_a_number.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
