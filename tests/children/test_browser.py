"""A child's pages in a real browser: axe clean, nothing scrolls sideways, also with an error and without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Page

from app.accounts.models import Role
from app.children import services
from app.children.models import Child, Closeness, NoteKind, PlanVoice, RelationshipKind, Warmth
from app.children.terms import terms_of
from app.shared import clock
from app.shared.db import db
from tests import factories as make
from tests.support.browser import check_at_every_width
from tests.support.live import Live, enter, watch_of


@pytest.fixture(scope="module")
def amara(live: Live) -> dict[str, str]:
    """One child with something in every part of the page, and somebody to look at it."""
    with live.app.app_context():
        zone = make.make_zone()
        school = make.make_school(zone, name="St Aldhelm’s")
        worker = make.make_person(Role.LINK_WORKER, zone)
        child = make.make_child(
            school, worker, first_name="Amara", programme_starts_on=clock.today() - timedelta(days=400),
            needs=["Emotional:wellbeing", "Academic:reading", "Social:friendships"])
        services.set_strengths(
            child_id=child.id, strengths=["keeping a beat"], interests=["drumming", "cats"], aspiration="To play on a stage",
            what_helps="A quiet corner", what_does_not="Being watched", must_know="Nut allergy", actor=worker,
        )
        goal = services.set_goal(child_id=child.id, area="Social", words="Sit with somebody", starting_point="Alone at lunch", actor=worker)
        services.review_goal(child_id=child.id, goal_id=goal.id, stars=3, words="Once", actor=worker)
        for days, number in ((300, 2), (100, 4), (5, 5)):
            services.answer_help(child_id=child.id, face=number, asked_on=clock.today() - timedelta(days=days), actor=worker)
        services.add_note(child_id=child.id, kind=NoteKind.MOTIVATES, text="Asked about football", noted_on=clock.today(), actor=worker)
        term = next(term for term in terms_of(child) if term.ends_on >= clock.today())
        services.add_step(child_id=child.id, term_starts_on=term.starts_on, text="Read with Tom", area="Academic", actor=worker)
        services.say_about_plan(
            child_id=child.id, term_starts_on=term.starts_on, voice=PlanVoice.TEACHER, said_by="Miss Grant", words="Mondays, please",
            said_on=clock.today(), actor=worker,
        )
        for about in ("I drum", "I drum and I sing"):
            page = services.write_one_page(child_id=child.id, about_me=about, likes=["drums"], helps="Quiet", does_not="Noise", working_on=["Reading"], actor=worker)
            if about == "I drum":
                services.approve_one_page(child_id=child.id, stamp=page.stamp, read_on=clock.today(), is_childs_yes=True, actor=worker)
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
    enter(page, email)
    return page


PAGES = (
    "", "/matches", "/circle", "/notes", "/practicalities", "/consents/new", "/circle/new", "/needs/new", "/plan", "/plan/for-the-family",
    "/plan/steps/new", "/one-page", "/one-page/approve", "/help",
)


def test_pages_of_a_child_are_clean(new_page: Callable[..., Page], amara: dict[str, str]) -> None:
    page = open_as(new_page("desktop"), amara["email"])
    page.goto("/children")
    check_at_every_width(page, "caseload", watch=watch_of(page))
    for name in PAGES:
        page.goto(f"/children/{amara['id']}{name}")
        check_at_every_width(page, name or "child", watch=watch_of(page))


def test_form_in_error_is_clean_and_its_link_leads_to_the_field(new_page: Callable[..., Page], amara: dict[str, str]) -> None:
    page = open_as(new_page("desktop"), amara["email"])
    watch_of(page).expect("422")
    page.goto(f"/children/{amara['id']}/practicalities")
    page.get_by_label("How far the child can go").fill("far away")
    with page.expect_navigation():
        page.get_by_role("button", name="Save").click()
    check_at_every_width(page, "error", watch=watch_of(page))
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


def test_years_of_the_circle_play_and_step_and_stand_side_by_side_without_javascript(new_page: Callable[..., Page], amara: dict[str, str]) -> None:
    page = open_as(new_page("desktop"), amara["email"])
    page.goto(f"/children/{amara['id']}/circle")
    page.get_by_role("button", name="Later").click()
    assert page.locator(".year.is-here").count() == 1
    page.get_by_role("button", name="Earlier").click()
    assert page.locator("[data-years-say]").inner_text().startswith(f"{page.locator('.year').count() - 1} of ")
    page.emulate_media(reduced_motion="no-preference")
    page.get_by_role("button", name="Play").click()
    page.get_by_role("button", name="Pause").click()
    page.emulate_media(reduced_motion="reduce")
    assert not page.get_by_role("button", name="Play").is_visible()
    plain = open_as(new_page("phone", javascript=False), amara["email"])
    plain.goto(f"/children/{amara['id']}/circle")
    assert all(figure.is_visible() for figure in plain.locator(".year").all())
    assert not plain.get_by_role("button", name="Later").is_visible()


def test_matches_come_after_the_page(new_page: Callable[..., Page], amara: dict[str, str]) -> None:
    page = open_as(new_page("desktop"), amara["email"])
    page.goto(f"/children/{amara['id']}")
    page.get_by_role("heading", name="Best matches for Amara").wait_for()
