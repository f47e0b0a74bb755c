"""A register in a real browser: on a phone, at every width, in error, and with JavaScript switched off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page

from app.accounts.models import Role
from app.attendance.models import MarkKind
from app.attendance.services import Marking
from app.children.models import Child
from app.commissioning.models import Place
from app.shared import clock
from app.shared.db import atomic, db
from tests import factories
from tests.attendance.club import Club, open_club
from tests.commissioning.scene import person
from tests.support.browser import check_at_every_width, check_page
from tests.support.live import Live, watch_of

K = MarkKind
NewPage = Callable[..., Page]


@pytest.fixture(autouse=True)
def monday() -> None:
    """The server's clock cannot be frozen from here, so these tests live today."""


@pytest.fixture
def today(live: Live) -> Iterator[Club]:
    """Amara, Bilal and Chloe, who have been coming for weeks; a session begins now."""
    with live.app.app_context():
        now = clock.now()
        club = open_club(sessions=0)
        for name, helps in (("Amara", "Ear defenders ready"), ("Bilal", "A quiet hello"), ("Chloe", "")):
            club.join(sessions=3, first_name=name, last_name="Okafor", what_helps=helps)
        with atomic():  # as if they had come for a month: the server's own clock is at work here, and would notice a past that is acted
            db.session.execute(sa.update(Place).where(Place.cohort_id == club.scene.cohort.id).values(taken_at=now - timedelta(days=30)))
        for days in (14, 7, 0):
            factories.make_session(club.scene.cohort, now - timedelta(days=days))
        for week, kind in enumerate((K.ATTENDED, K.ABSENT_UNTOLD)):
            club.save({child: Marking(kind, note="Led the warm-up.") for child in club.children}, week=week, by=club.scene.manager)
        yield club


def enter(page: Page, email: str) -> Page:
    page.goto("/sign-in")
    page.fill("#email", email)
    page.fill("#password", factories.PASSWORD)
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
    return page


def row(page: Page, child: Child) -> Page:
    return page.locator(".reg__row", has_text=child.first_name)  # type: ignore[return-value]


def test_a_register_takes_one_tap_a_child_on_a_phone(today: Club, new_page: NewPage) -> None:
    amara, bilal, chloe = today.children
    path = f"/sessions/{today.session(2).id}/register"
    page = enter(new_page("phone"), today.scene.partner.email)
    page.goto(path)
    assert page.locator("[data-marked]").inner_text() == "0 of 3 marked"
    for mark in row(page, amara).locator(".marks label").all():
        box = mark.bounding_box()
        assert box is not None and box["height"] >= 48 and box["width"] >= 48
    late = row(page, bilal).get_by_label("We were told less than 48 hours before")
    assert not late.is_visible()
    row(page, bilal).get_by_label("Away, told").check()
    late.check()
    row(page, bilal).locator("summary").click()
    row(page, bilal).get_by_role("textbox").fill("His nan rang: a cold.")
    page.get_by_role("button", name="Mark everyone here").click()
    assert page.locator("[data-marked]").inner_text() == "3 of 3 marked"
    check_page(page, "a register with marks", watch=watch_of(page))
    page.get_by_role("button", name="Save register").click()
    page.get_by_text("The register is saved.").wait_for()
    told = {child.first_name: mark for child in (amara, bilal, chloe) if (mark := today.mark(child, week=2))}
    assert {name: mark.kind for name, mark in told.items()} == {"Amara": K.ATTENDED, "Bilal": K.ABSENT_TOLD, "Chloe": K.ATTENDED}
    assert (told["Bilal"].is_told_late, told["Bilal"].note) == (True, "His nan rang: a cold.")


def test_a_register_works_without_javascript(today: Club, new_page: NewPage) -> None:
    page = enter(new_page("phone", javascript=False), today.scene.partner.email)
    page.goto(f"/sessions/{today.session(2).id}/register")
    row(page, today.children[1]).get_by_label("Late", exact=True).check()
    page.get_by_role("button", name="Mark everyone here").click()
    assert "The register is saved." in page.content()
    kinds = [mark.kind for child in today.children if (mark := today.mark(child, week=2))]
    assert kinds == [K.ATTENDED, K.LATE, K.ATTENDED]


def test_a_disagreement_is_shown_at_the_child_and_settled(today: Club, new_page: NewPage) -> None:
    amara = today.children[0]
    page = enter(new_page("phone"), today.scene.partner.email)
    page.goto(f"/sessions/{today.session(2).id}/register")
    today.save({amara: K.LATE}, week=2, by=today.scene.manager)
    watch_of(page).expect("422")
    row(page, amara).get_by_label("Here", exact=True).check()
    page.get_by_role("button", name="Save register").click()
    page.get_by_text("Choose which is right").first.wait_for()
    check_page(page, "a register in error", watch=watch_of(page))
    page.get_by_role("button", name="Save register").click()
    page.get_by_text("The register is saved.").wait_for()
    mark = today.mark(amara, week=2)
    assert mark is not None and mark.kind is K.ATTENDED


def test_every_page_of_registers_and_every_home_is_sound(today: Club, new_page: NewPage) -> None:
    amara, scene = today.children[0], today.scene
    missed, now = today.session(1), today.session(2)
    marks = f"/sessions/{missed.id}/marks/{amara.id}"
    visits = {
        scene.partner: ["/", "/registers", f"/sessions/{now.id}/register", f"/sessions/{missed.id}/register"],
        scene.link_worker: ["/", "/registers", f"/sessions/{missed.id}/register", marks, f"{marks}/follow-up"],
        scene.holder: ["/"], scene.manager: ["/", "/registers"], factories.make_person(Role.ADMINISTRATOR): ["/"],
        person(Role.SCHOOL_LEAD, scene.zone, school_id=scene.school.id): ["/", "/help"],
        person(Role.FUNDER, scene.zone, fund_id=scene.fund.id): ["/", "/privacy", "/accessibility"],
    }
    for someone, paths in visits.items():
        page = enter(new_page("desktop"), someone.email)
        for path in paths:
            page.goto(path)
            check_at_every_width(page, path, watch=watch_of(page))
        page.context.close()
