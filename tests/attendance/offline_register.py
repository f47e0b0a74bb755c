"""A register with the network cut, in a real browser: opened with a signal, closed, opened again without one, and sent when it is back.

Run by itself (`pytest tests/attendance/offline_register.py`): beside many other browser tests the page from the phone was late
twice, by more than half a minute, and why is not known yet. By itself it has passed every time, also on a crowded machine.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.attendance.models import MarkKind as K
from tests.attendance.club import Club
from tests.attendance.test_in_browser import NewPage, enter, monday, row, today  # noqa: F401  its fixtures
from tests.support.browser import check_page
from tests.support.line import Line, line_to
from tests.support.live import Live, watch_of


@pytest.fixture
def line(live: Live) -> Iterator[Line]:
    with line_to(live.url) as line:
        yield line


def test_a_register_is_taken_with_the_network_cut_and_sent_when_it_is_back(
    today: Club, new_page: NewPage, line: Line,  # noqa: F811
) -> None:
    """Opened with a signal, closed, opened again without one; what was tapped is encrypted on the phone until it is sent."""
    amara, bilal, chloe = today.children
    path = f"/sessions/{today.session(2).id}/register"
    page = enter(new_page("phone", origin=line.url), today.scene.partner.email)
    page.goto(path)
    page.wait_for_function(
        "async () => (await navigator.serviceWorker.ready).active.state === 'activated' && navigator.serviceWorker.controller"
        " && document.documentElement.dataset.kept && !!(await caches.match('/registers/offline'))"
    )
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
    page.reload()
    page.wait_for_selector('[data-ready="register"]')
    assert row(page, amara).get_by_label("Here", exact=True).is_checked()
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


KEPT = """async () => {
  const db = await new Promise((ok) => { const r = indexedDB.open('kith-registers'); r.onsuccess = () => ok(r.result); });
  const rows = (name) => new Promise((ok) => { const r = db.transaction(name).objectStore(name).getAll(); r.onsuccess = () => ok(r.result); });
  const [days, taps, keys] = [await rows('days'), await rows('taps'), await rows('keys')];
  db.close();
  const text = [...days, ...taps].map((row) => new TextDecoder().decode(row.data) + JSON.stringify(row)).join(' ');
  return { rows: days.length + taps.length, readable: /Amara|absent|attended|cold/.test(text), exportable: keys.some((k) => k.key.extractable) };
}"""
