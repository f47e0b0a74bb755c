"""Every endpoint has a policy, every POST its token, no GET changes anything, and no page leads nowhere."""

from __future__ import annotations

import re
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from flask import Flask
from werkzeug.routing import Rule

from app.accounts.models import Role
from app.shared.db import Base, db
from tests.architecture.world import people_of_every_role
from tests.support.client import StrictClient
from tests.support.people import sign_in

WITHOUT_TOKEN: dict[str, str] = {
    "payments.stripe_webhook": "Stripe signs it", "payments.stripe_thin": "Stripe signs it",
}
"""POST endpoints that are not asked for a CSRF token, each with why (a signature instead, for example)."""

WRITTEN_BY_READING = {"sight", "match_shown", "search_miss"}
"""Tables that a GET may write to: who looked at which child; which offerings a page of matches showed, so that others get a turn;
and a count of searches that found nothing."""

NEVER_FOLLOWED = re.compile(r"\.(csv|json|ics|pdf|xlsx)(\?|$)|^/static/")
PAGES_EACH = 60


def rules(app: Flask, method: str) -> list[Rule]:
    return sorted((rule for rule in app.url_map.iter_rules() if method in (rule.methods or ())), key=lambda rule: rule.rule)


def somewhere(rule: Rule) -> str:
    """A path that the rule matches, with made-up values."""
    path = re.sub(r"<uuid:[^>]+>", lambda _: str(uuid4()), rule.rule)
    path = re.sub(r"<int:[^>]+>", "1", path)
    return re.sub(r"<[^>]+>", "x", path)


def test_every_endpoint_has_a_policy(app: Flask) -> None:
    without = [rule.endpoint for rule in app.url_map.iter_rules() if not getattr(app.view_functions[rule.endpoint], "kith_policy", None)]
    assert without == []


def test_what_is_open_to_anybody_is_known(app: Flask) -> None:
    """A page that becomes public is a decision: add it here."""
    public = {rule.endpoint for rule in app.url_map.iter_rules() if app.view_functions[rule.endpoint].kith_policy == "public"}  # type: ignore[attr-defined]
    assert public == {
        "accounts.sign_in", "accounts.sign_in_second", "accounts.passkey_sign_in", "accounts.passkey_sign_in_ask", "accounts.choose_password", "insight.accessibility", "insight.privacy", "insight.help", "insight.health",
        "introductions.answer", "payments.stripe_webhook", "payments.stripe_thin", "catalogue.still_right", "attendance.offline", "attendance.worker",
        "styleguide",  # not in production
    }


def test_addresses_are_kebab_case_and_things_have_uuid_keys(app: Flask) -> None:
    part = r"[a-z0-9]+([-.][a-z0-9]+)*|<uuid:[a-z_]+_id>|<token>|<slug>|<to>|"
    wrong = {rule.rule for rule in app.url_map.iter_rules() for word in rule.rule.strip("/").split("/") if not re.fullmatch(part, word)}
    assert wrong == set()


def test_every_post_without_its_token_is_refused(client: StrictClient, app: Flask) -> None:
    sign_in(client, people_of_every_role()[Role.ZONE_MANAGER])
    before = contents()
    accepted = []
    for rule in rules(app, "POST"):
        if rule.endpoint not in WITHOUT_TOKEN:
            response = client.post(somewhere(rule), csrf=False)
            if response.status_code != 400:
                accepted.append(f"{rule.endpoint} answers {response.status_code}")
    assert accepted == []
    assert contents() == before


def test_a_token_of_somebody_else_is_refused(client: StrictClient, app: Flask) -> None:
    other = StrictClient(app)
    other.get("/sign-in")
    sign_in(client, people_of_every_role()[Role.ZONE_MANAGER])
    assert client.post("/people/new", csrf=False, headers={"X-CSRFToken": other.csrf_token()}).status_code == 400


@pytest.mark.parametrize("role", list(Role))
def test_looking_changes_nothing_and_no_page_leads_nowhere(client: StrictClient, app: Flask, role: Role) -> None:
    """Every GET without parameters, and every page that the pages of this role lead to."""
    sign_in(client, people_of_every_role()[role])
    before = contents()
    to_see = [rule.rule for rule in rules(app, "GET") if "<" not in rule.rule]
    seen, shown_by, faults = set[str](), dict[str, str](), []
    while to_see and len(seen) < PAGES_EACH:
        path = to_see.pop(0)
        if path in seen:
            continue
        seen.add(path)
        response = client.get(path)
        if response.status_code >= 500 or (path in shown_by and response.status_code >= 400):
            faults.append(f"{path} answers {response.status_code} (shown by {shown_by.get(path, 'no page')})")
        if response.status_code == 200 and response.mimetype == "text/html":
            for link in links(response.get_data(as_text=True)):
                shown_by.setdefault(link, path)
                to_see.append(link)
    assert faults == []
    assert contents() == before


def links(html: str) -> list[str]:
    """The pages of our own that a page leads to, without the many faces that a query gives one page."""
    found = []
    for anchor in BeautifulSoup(html, "html.parser").find_all("a", href=True):
        url = urlsplit(str(anchor["href"]))
        if not url.scheme and not url.netloc and url.path.startswith("/") and not NEVER_FOLLOWED.search(url.path):
            found.append(url.path if "role=" not in url.query else f"{url.path}?{url.query}")
    return found


def contents() -> dict[str, list[str]]:
    """Everything in the database but what looking writes down."""
    db.session.rollback()
    return {
        table.name: sorted(repr(row) for row in db.session.execute(sa.select(*(c for c in table.columns if c.name != "last_seen_at"))))
        for table in Base.metadata.sorted_tables
        if table.name not in WRITTEN_BY_READING
    }
