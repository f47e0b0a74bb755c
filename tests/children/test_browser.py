"""A child's pages in a real browser: axe clean, nothing scrolls sideways, also with an error and without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page

from app.accounts.models import Role
from app.children import services
from app.children.models import Child, Closeness, RelationshipKind, Warmth
from app.shared import clock
from app.shared.db import db
from tests import factories as make
from tests.support.browser import check_at_every_width, check_page
from tests.support.live import Live, watch_of


@pytest.fixture(scope="module")
def amara(live: Live) -> dict[str, str]:
    """One child with something in every part of the page, and somebody to look at it."""
    with live.app.app_context():
        zone = make.make_zone()
        school = make.make_school(zone, name="St Aldhelm’s")
        worker = make.make_person(Role.LINK_WORKER, zone)
        child = make.make_child(school, worker, first_name="Amara", needs=["Emotional:wellbeing", "Academic:reading", "Social:friendships"])
        services.set_strengths(
            child_id=child.id, strengths=["keeping a beat"], interests=["drumming", "cats"], aspiration="To play on a stage",
            what_helps="A quiet corner", what_does_not="Being watched", must_know="Nut allergy", actor=worker,
        )
        services.set_goal(child_id=child.id, area="Social", words="Sit with somebody", actor=worker)
        for kind, closeness, warmth in zip(RelationshipKind, [*Closeness, *Closeness], [*Warmth, *Warmth], strict=False):
            services.set_relationship(
                child_id=child.id, name=kind.value.title(), who="somebody", kind=kind, closeness=closeness, warmth=warmth,
                since_on=clock.today() - timedelta(days=500), is_found_by_child=kind is RelationshipKind.FRIEND, actor=worker,
            )
        for number in range(4):
            organisation = make.make_organisation(zone)
            make.make_cohort(make.make_offering(organisation, title=f"Drums {number}", latitude=51.512 + number * 0.003))
        make.make_consent(child, organisation)
        return {"id": str(child.id), "email": worker.email}


def open_as(page: Page, email: str) -> Page:
    page.goto("/sign-in?next=/children")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(make.PASSWORD)
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in").click()
    return page


PAGES = ("", "/matches", "/circle", "/notes", "/practicalities", "/consents/new", "/circle/new", "/needs/new")


def test_pages_of_a_child_are_clean(new_page: Callable[..., Page], amara: dict[str, str]) -> None:
    page = open_as(new_page("desktop"), amara["email"])
    page.goto("/children")
    check_at_every_width(page, "caseload", watch=watch_of(page))
    for name in PAGES:
        page.goto(f"/children/{amara['id']}{name}")
        check_at_every_width(page, name or "child", watch=watch_of(page))


@pytest.mark.parametrize("viewport", ["desktop", "phone"])
def test_form_in_error_is_clean_and_its_link_leads_to_the_field(new_page: Callable[..., Page], amara: dict[str, str], viewport: Any) -> None:
    page = open_as(new_page(viewport), amara["email"])
    watch_of(page).expect("422")
    page.goto(f"/children/{amara['id']}/practicalities")
    page.get_by_label("How far the child can go").fill("far away")
    with page.expect_navigation():
        page.get_by_role("button", name="Save").click()
    check_page(page, "error", watch=watch_of(page))
    page.get_by_role("link", name="Type kilometres, like 3 or 4.5.").click()
    assert page.get_by_label("How far the child can go").input_value() == "far away"


def test_three_taps_set_an_offering_aside_without_javascript(live: Live, new_page: Callable[..., Page], amara: dict[str, str]) -> None:
    page = open_as(new_page("phone", javascript=False), amara["email"])
    page.goto(f"/children/{amara['id']}/matches")
    first = page.locator(".match h3").first.inner_text()
    page.get_by_role("link", name=f"Not for Amara : {first}").click()
    page.get_by_label("Amara said no").check()
    page.get_by_role("button", name="Set it aside").click()
    assert first not in page.locator(".matches").inner_text()
    with live.app.app_context():
        refusals = db.session.get_one(Child, UUID(amara["id"])).refusals
        assert [refusal.is_childs_no for refusal in refusals] == [True]
