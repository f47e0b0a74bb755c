"""A keyboard and nothing else: onto a thing with the Tab key, seen where one is, and on with Enter, Space, arrows and letters.

To press Tab eighty times on the way down a page would take longer than all else. So the focus is put on the stop before the one that is
wanted, and the last steps are taken with the key itself: what Tab does not come to, or comes to without being seen, is found all the same.
"""

from __future__ import annotations

from playwright.sync_api import Locator, Page

STEPS = 6
"""Tabs from the stop before: a date is three boxes, and a list that scrolls is a stop of its own."""

LOOKS = """e => {
    const parts = [[e], [e, '::before'], [e, '::after']]
    const around = [e.nextElementSibling]
    for (let one = e.parentElement; one && one.id !== 'main'; one = one.parentElement) around.push(one)
    for (const near of around) if (near) parts.push([near], [near, '::before'])
    return parts.map(([part, of]) => {
        const s = getComputedStyle(part, of)
        return [s.outlineStyle === 'none' ? '' : s.outline, s.boxShadow, s.borderColor, s.backgroundColor].join()
    }).join('|')
}"""

BEFORE = """e => {
    const group = one => one.type === 'radio' ? document.getElementsByName(one.name) : [one]
    const stops = [...document.querySelectorAll('a[href],button,input,select,textarea,summary,[tabindex]')].filter(one =>
        one.tabIndex >= 0 && !one.disabled && one.checkVisibility({visibilityProperty: true}))
    const at = stops.findIndex(one => [...group(e)].includes(one) && (one.form ?? null) === (e.form ?? null))
    if (document.activeElement) document.activeElement.blur()
    if (at > 0) stops[at - 1].focus()
    return [at, (LOOKS)(e)]
}""".replace("LOOKS", LOOKS)

ARRIVED = """e => {
    if (document.activeElement !== e) {
        const on = document.activeElement
        return e.type === 'radio' && on.type === 'radio' && on.name === e.name ? ['a neighbour', '', true] : ['elsewhere', '', true]
    }
    const [box] = e.getClientRects()
    if (!box || box.width < 4) return ['there', (LOOKS)(e), true]
    const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2)
    return ['there', (LOOKS)(e), !!top && (e.contains(top) || top.contains(e) || [...(e.labels ?? [])].some(label => label.contains(top)))]
}""".replace("LOOKS", LOOKS)


def reach(page: Page, what: Locator) -> None:
    """With the Tab key; and one sees where one is: it looks other than before, and nothing lies over it."""
    what.wait_for()
    at, before = what.evaluate(BEFORE)
    assert at >= 0, f"{what} on {page.url} is no stop of the Tab key"
    where, look, is_free = "", before, True
    for _ in range(STEPS):
        page.keyboard.press("ArrowDown" if where == "a neighbour" else "Tab")
        where, look, is_free = what.evaluate(ARRIVED)
        if where == "there":
            break
    assert where == "there", f"{what} on {page.url} is not reached with the Tab key from the stop before it"
    assert look != before, f"the focus on {what} on {page.url} is not seen"
    assert is_free, f"{what} on {page.url} has the focus and lies beneath something else"


def choose(page: Page, what: Locator) -> None:
    """A box or a round button; arrows choose between round ones as they pass."""
    reach(page, what)
    if not what.is_checked():
        page.keyboard.press("Space")
    assert what.is_checked(), f"{what} on {page.url} is not chosen with Space"


def write(page: Page, what: Locator, words: str) -> None:
    """Over what stands there. The parts of a date stand in another order in each country, so a date is put in whole."""
    reach(page, what)
    if what.get_attribute("type") in ("date", "time", "datetime-local"):
        what.fill(words)
        return
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(words)


def pick(page: Page, what: Locator, label: str) -> None:
    """From a list, by its first letters."""
    reach(page, what)
    page.keyboard.type(label)
    chosen = what.evaluate("select => select.selectedOptions[0].textContent.trim()")
    assert chosen == label, f"{what} on {page.url}: “{chosen}” is chosen for “{label}”"


def skip_to_main(page: Page) -> None:
    """The first Tab of a page leads past what stands on all of them."""
    reach(page, page.get_by_role("link", name="Skip to main content"))
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "main", f"the skip link of {page.url} leads nowhere"


def close_with_escape(page: Page, menu: Locator) -> None:
    """A menu that is open; the focus goes back to what opened it."""
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    assert menu.evaluate("summary => !summary.parentElement.open && document.activeElement === summary"), f"{menu} keeps the focus after Escape"
