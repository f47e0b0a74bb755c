"""A walker who counts: a click is a link or a button pressed, typing is a page on which something is filled in or chosen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Locator, expect

from tests.journeys.walking import NewPage, Walker, walker
from tests.support.browser import Viewport

MOST_TABS = 150


@dataclass
class Day(Walker):
    """One person's day. What is chosen or typed on a page is one page of typing, however many boxes it has."""

    clicks: int = 0
    typed_on: set[str] = field(default_factory=set)
    secrets: tuple[str, ...] = ()
    """Words that may stand on no page this person sees."""

    @contextmanager
    def counted(self, what: str, *, clicks: int, typing: int = 0) -> Iterator[None]:
        """No more clicks than that from here to the end of the block, and no more pages of typing."""
        self.clicks, self.typed_on = 0, set()
        yield
        assert self.clicks <= clicks, f"{what} takes {self.clicks} clicks, and may take {clicks}"
        assert len(self.typed_on) <= typing, f"{what} has typing on {len(self.typed_on)} pages, and may have it on {typing}: {self.typed_on}"

    def press(self, name: str | re.Pattern[str]) -> None:
        self.clicks += 1
        super().press(name)

    def follow(self, name: str | re.Pattern[str], within: Locator | None = None) -> None:
        self.clicks += 1
        super().follow(name, within)

    def go(self, menu: str) -> None:
        self.clicks += 1
        super().go(menu)

    def tap(self, what: Locator) -> None:
        """A button that leads to no other page."""
        self.clicks += 1
        what.click()

    def type(self, label: str, words: str) -> None:
        self._typing()
        super().type(label, words)

    def choose(self, what: Locator) -> None:
        self._typing()
        what.check()

    def _typing(self) -> None:
        self.typed_on.add(urlsplit(self.page.url).path)

    def looks_over(self, name: str) -> None:
        for secret in self.secrets:
            assert secret not in self.text, f"“{secret}” stands on {name} ({self.page.url})"
        super().looks_over(name)

    def reach(self, what: Locator) -> None:
        """With the Tab key alone, from where the focus is; and it is seen where it is."""
        what.wait_for()
        for _ in range(MOST_TABS):
            if what.evaluate("element => element === document.activeElement"):
                look = what.evaluate("e => { const s = getComputedStyle(e.matches('.btn,a,button') ? e : e.nextElementSibling || e, null);"
                                     " const o = getComputedStyle(e); return [s.outlineStyle, s.boxShadow, o.outlineStyle, o.boxShadow] }")
                assert any(part != "none" for part in look), f"the focus on {what} is not seen"
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{what} is not reached with {MOST_TABS} tabs")

    def press_key(self, key: str) -> None:
        """A key that leads to another page."""
        self.clicks += 1
        with self.page.expect_navigation():
            self.page.keyboard.press(key)


def begins(new_page: NewPage, viewport: Viewport, email: str, *, secrets: tuple[str, ...] = ()) -> Day:
    """Signed in, at the page the day begins with."""
    somebody = Day(walker(new_page, viewport).page, secrets=secrets)
    somebody.sign_in(email)
    expect(somebody.page).to_have_title("Today – Kith")
    somebody.looks_over("today")
    return somebody
