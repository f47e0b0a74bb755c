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
from tests.support.line import Line, line_to
from tests.support.live import Live, enter, watch_of

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


@pytest.fixture
def line(live: Live) -> Iterator[Line]:
    with line_to(live.url) as line:
        yield line


def row(page: Page, child: Child) -> Page:
    return page.locator(".reg__row", has_text=child.first_name)  # type: ignore[return-value]


def test_a_register_takes_one_tap_a_child_on_a_phone(today: Club, new_page: NewPage) -> None:
    amara, bilal, chloe = today.children
    path = f"/sessions/{today.session(2).id}/register"
    page = new_page("phone")
    enter(page, today.scene.partner.email, path)
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
    page = new_page("phone", javascript=False)
    enter(page, today.scene.partner.email, f"/sessions/{today.session(2).id}/register")
    row(page, today.children[1]).get_by_label("Late", exact=True).check()
    page.get_by_role("button", name="Mark everyone here").click()
    assert "The register is saved." in page.content()
    kinds = [mark.kind for child in today.children if (mark := today.mark(child, week=2))]
    assert kinds == [K.ATTENDED, K.LATE, K.ATTENDED]


def test_a_disagreement_is_shown_at_the_child_and_settled(today: Club, new_page: NewPage) -> None:
    amara = today.children[0]
    page = new_page("phone")
    enter(page, today.scene.partner.email, f"/sessions/{today.session(2).id}/register")
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


def test_a_register_is_taken_with_the_network_cut_and_sent_when_it_is_back(today: Club, new_page: NewPage, line: Line) -> None:
    """Opened with a signal, closed, opened again without one; what was tapped is encrypted on the phone until it is sent."""
    amara, bilal, chloe = today.children
    path = f"/sessions/{today.session(2).id}/register"
    page = new_page("phone", origin=line.url)
    enter(page, today.scene.partner.email, path)
    # The worker holds the page and the phone today's registers: from here on no signal is needed. (Of a promise, Playwright would not
    # ask again until it is true.)
    page.wait_for_function("() => navigator.serviceWorker.controller && document.documentElement.dataset.kept")
    watch = watch_of(page)
    for fault in ("ERR_EMPTY_RESPONSE", "ERR_CONNECTION", f"{path} net::ERR_SOCKET", "/health", "/registers/today.json", "/register/send"):
        watch.expect(fault)
    line.cut()
    page.goto(path)
    page.wait_for_selector('[data-ready="register"]')
    row(page, amara).get_by_label("Here", exact=True).check()
    row(page, bilal).get_by_label("Away, told").check()
    row(page, bilal).get_by_label("We were told less than 48 hours before").check()
    row(page, bilal).locator("summary").click()
    row(page, bilal).get_by_role("textbox").fill("A cold.")
    page.get_by_role("button", name="Keep on this phone").click()
    page.get_by_text("2 marks kept on this phone and not sent yet").wait_for()
    check_page(page, "a register without a signal", watch=watch)
    assert today.mark(amara, week=2) is None
    kept = page.evaluate(KEPT)
    assert kept["rows"] == 3 and not kept["readable"] and not kept["exportable"], kept
    assert page.evaluate("async () => { for (const k of await (await caches.open('kith-shell')).matchAll()) if ((await k.text()).includes('Amara')) return false; return true }")
    today.save({amara: K.LATE}, week=2, by=today.scene.manager)
    line.mend()
    line.is_silent = True  # a line that neither answers nor breaks
    page.goto(path)
    page.wait_for_selector('[data-ready="register"]')
    assert row(page, amara).get_by_label("Here", exact=True).is_checked()
    line.cut()
    line.mend()
    page.get_by_role("button", name="Send now").click()
    page.get_by_text("Not marked yet").or_(page.get_by_text("of 3 marked")).first.wait_for()
    page.wait_for_function("() => !document.querySelector('[data-offline-page]')")
    stands, told = today.mark(amara, week=2), today.mark(bilal, week=2)
    assert stands is not None and stands.kind is K.LATE  # the other screen's mark stands until somebody says which is right
    assert told is not None and (told.kind, told.is_told_late, told.note) == (K.ABSENT_TOLD, True, "A cold.")
    assert today.mark(chloe, week=2) is None
    assert [task.kind for task in today.tasks(kind="registers_disagree")] == ["registers_disagree"]
    page.locator("details.me summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in?done=out")
    assert page.evaluate("async () => (await indexedDB.databases()).length") == 0


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
        page = new_page("desktop")
        enter(page, someone.email)
        for path in paths:
            page.goto(path)
            check_at_every_width(page, path, watch=watch_of(page))
        page.context.close()


KEPT = """async () => {
  const db = await new Promise((ok) => { const r = indexedDB.open('kith-registers'); r.onsuccess = () => ok(r.result); });
  const rows = (name) => new Promise((ok) => { const r = db.transaction(name).objectStore(name).getAll(); r.onsuccess = () => ok(r.result); });
  const [days, taps, keys] = [await rows('days'), await rows('taps'), await rows('keys')];
  db.close();
  const text = [...days, ...taps].map((row) => new TextDecoder().decode(row.data) + JSON.stringify(row)).join(' ');
  return { rows: days.length + taps.length, readable: /Amara|absent|attended|cold/.test(text), exportable: keys.some((k) => k.key.extractable) };
}"""
