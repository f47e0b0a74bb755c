"""One page in every way of looking: on paper, in forced colours, with letters twice as large; and what its pictures say besides."""

from __future__ import annotations

from playwright.sync_api import Page, ViewportSize

from tests.support.browser import resize

PAPER: ViewportSize = {"width": 700, "height": 990}
"""What an A4 page is between its margins."""
ENDLESS = """() => document.getAnimations().filter(a => a.playState === 'running').map(a => a.effect.target.className)"""
CUT = """() => [...document.querySelectorAll('main :is(p,h1,h2,h3,li,dt,dd,td,th,button,a,label,summary)')].filter(e => {
    const s = getComputedStyle(e); const r = e.getBoundingClientRect()
    return r.width > 4 && s.overflow === 'hidden' && (e.scrollWidth > e.clientWidth + 2 || e.scrollHeight > e.clientHeight + 2) && !e.closest('.vh')
}).map(e => e.tagName + '.' + e.className + ': ' + e.textContent.trim().slice(0, 40))"""
UNTOLD = """() => [...document.querySelectorAll('main svg')].filter(e => {
    const r = e.getBoundingClientRect()
    if (r.width < 100 || e.closest('.vh')) return false
    for (let one = e.parentElement; one && one.id !== 'main'; one = one.parentElement)
        if (one.querySelector('table,ul,ol,dl')) return false
    return true
}).map(e => e.getAttribute('class') ?? e.outerHTML.slice(0, 60))"""
PRESSED_ON_PAPER = """() => [...document.querySelectorAll('main button, main .btn')].filter(e => e.getClientRects().length).map(e => e.textContent.trim().slice(0, 40))"""


def check_every_medium(page: Page, name: str) -> None:
    """Nothing is cut off or scrolls sideways, nothing moves for those who asked for less motion, paper has no buttons, and beside each
    picture stands a list or a table. The page is left as wide as it was.
    """
    where, before = f"{name} ({page.url})", page.viewport_size
    assert page.evaluate(ENDLESS) == [], f"{where} moves for those who asked for less motion"
    assert page.evaluate(UNTOLD) == [], f"{where} has a picture without a list or a table beside it"
    page.emulate_media(forced_colors="active")
    assert wide(page) <= 0, f"{where}: forced colours scroll sideways"
    page.emulate_media(media="print", forced_colors="none")
    page.set_viewport_size(PAPER)
    assert wide(page) <= 0, f"{where}: is wider than paper"
    assert page.evaluate(PRESSED_ON_PAPER) == [], f"{where} prints what is to be pressed"
    page.emulate_media(media="screen")
    letters(page, 32)
    for viewport in ("desktop", "phone"):
        resize(page, viewport)  # type: ignore[arg-type]
        assert wide(page) <= 0, f"{where}: letters twice as large scroll sideways on a {viewport}"
        assert page.evaluate(CUT) == [], f"{where}: letters twice as large are cut off on a {viewport}"
    letters(page, 16)
    if before is not None:
        page.set_viewport_size(before)


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
