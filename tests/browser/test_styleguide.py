"""Every component on one living page: clean at every width, whole without colour, without motion and in large letters, and photographed."""

from __future__ import annotations

import re
import shutil

from playwright.sync_api import Page

from config import ROOT
from tests.browser import photographs
from tests.journeys.walking import NewPage
from tests.support.browser import SIZES, check_at_every_width, resize
from tests.support.live import Live, watch_of

COMPONENTS = ROOT / "templates" / "components"
MEDIA = {"forced colours": {"forced_colors": "active"}, "print": {"media": "print"}}
ENDLESS = """() => document.getAnimations().filter(a => a.playState === 'running').map(a => a.effect.target.className)"""
CUT = """() => [...document.querySelectorAll('main :is(p,h1,h2,h3,li,dt,dd,td,th,button,a,label,summary)')].filter(e => {
    const s = getComputedStyle(e); const r = e.getBoundingClientRect()
    return r.width > 4 && s.overflow === 'hidden' && (e.scrollWidth > e.clientWidth + 2 || e.scrollHeight > e.clientHeight + 2) && !e.closest('.vh')
}).map(e => e.tagName + '.' + e.className + ': ' + e.textContent.trim().slice(0, 40))"""


def wide(page: Page) -> int:
    """By how many pixels it would have to be scrolled sideways."""
    found = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert isinstance(found, int)
    return found


def letters(page: Page, size: int) -> None:
    """As in the settings of the browser: what is measured in letters grows with them, and so do the widths at which a page folds."""
    session = page.context.new_cdp_session(page)
    session.send("Page.setFontSizes", {"fontSizes": {"standard": size, "fixed": size}})
    session.detach()
    page.wait_for_function("size => parseFloat(getComputedStyle(document.documentElement).fontSize) === size", arg=size)


def test_every_component_stands_on_the_living_page() -> None:
    shown = (ROOT / "templates" / "styleguide.html").read_text()
    missing = [path.name for path in COMPONENTS.glob("*.html") if f"components/{path.name}" not in shown and not _is_part_of_another(path.name)]
    assert missing == []


def _is_part_of_another(name: str) -> bool:
    """Shown there as a part of one that is."""
    return any(f"components/{name}" in path.read_text() for path in COMPONENTS.glob("*.html"))


def test_components_hold_in_every_way_of_looking_and_are_photographed(live: Live, new_page: NewPage) -> None:
    page = new_page("desktop")
    page.goto("/styleguide")
    check_at_every_width(page, "styleguide", watch=watch_of(page))
    assert page.evaluate(ENDLESS) == [], "something moves for those who asked for less motion"
    for name, media in MEDIA.items():
        page.emulate_media(**media)  # type: ignore[arg-type]
        assert wide(page) <= 0, f"{name} scrolls sideways"
    page.emulate_media(media="screen", forced_colors="none")
    letters(page, 32)
    assert wide(page) <= 0, "letters twice as large scroll sideways"
    assert page.evaluate(CUT) == [], "letters twice as large are cut off"
    letters(page, 16)
    shutil.rmtree(photographs.NOW, ignore_errors=True)
    seen = []
    for viewport in ("desktop", "phone"):
        resize(page, viewport)  # type: ignore[arg-type]
        seen += photographs.photograph(page, SIZES[viewport][0])  # type: ignore[index]
    assert len(seen) > 20
    said = photographs.report(seen)
    assert re.match(r"The styleguide: \d+ of \d+ pictures differ", said)
