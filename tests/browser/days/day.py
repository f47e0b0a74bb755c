"""A walker who has no mouse and counts: a click is a link or a button pressed, typing is a page on which something is filled in or chosen.

The journeys in tests/journeys go the same ways with the mouse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Locator, expect

from tests.browser.days import keys
from tests.browser.media import check_every_medium
from tests.browser.tree import check_tree
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
    knows_menu: bool = False

    @contextmanager
    def counted(self, what: str, *, clicks: int, typing: int = 0) -> Iterator[None]:
        """No more clicks than that from here to the end of the block, and no more pages of typing."""
        self.clicks, self.typed_on = 0, set()
        yield
        assert self.clicks <= clicks, f"{what} takes {self.clicks} clicks, and may take {clicks}"
        assert len(self.typed_on) <= typing, f"{what} has typing on {len(self.typed_on)} pages, and may have it on {typing}: {self.typed_on}"

    def press(self, name: str | re.Pattern[str]) -> None:
        self._lead(self.page.get_by_role("button", name=name).first, "Space")

    def follow(self, name: str | re.Pattern[str], within: Locator | None = None) -> None:
        self._lead((within or self.page).get_by_role("link", name=name).first, "Enter")

    def go(self, menu: str) -> None:
        link = self.page.get_by_role("navigation", name="Main").get_by_role("link", name=re.compile(f"^{menu}")).first
        if not link.is_visible():
            self._unfold_menu()
        self._lead(link, "Enter")

    def _unfold_menu(self) -> None:
        more = self.page.get_by_role("navigation", name="Main").locator("summary")
        keys.reach(self.page, more)
        if not self.knows_menu:
            self.knows_menu = True
            self.page.keyboard.press("Enter")
            keys.close_with_escape(self.page, more)
        self.page.keyboard.press("Enter")

    def _lead(self, what: Locator, key: str) -> None:
        """A link or a button that leads to another page."""
        keys.reach(self.page, what)
        self.press_key(key)

    def tap(self, what: Locator) -> None:
        """A button that leads to no other page."""
        self.clicks += 1
        keys.reach(self.page, what)
        self.page.keyboard.press("Enter")

    def type(self, label: str, words: str) -> None:
        self._typing()
        keys.write(self.page, self.page.get_by_label(label).first, words)

    def choose(self, what: Locator) -> None:
        self._typing()
        keys.choose(self.page, what)

    def pick(self, label: str, choice: str) -> None:
        self._typing()
        keys.pick(self.page, self.page.get_by_label(label).first, choice)

    def _typing(self) -> None:
        self.typed_on.add(urlsplit(self.page.url).path)

    def looks_over(self, name: str) -> None:
        for secret in self.secrets:
            assert secret not in self.text, f"“{secret}” stands on {name} ({self.page.url})"
        super().looks_over(name)

    def holds(self, *pages: str) -> None:
        """The page that is open, or these, in every way of looking: on paper, in forced colours, with large letters."""
        for path in pages or (urlsplit(self.page.url).path,):
            if urlsplit(self.page.url).path != path:
                self.page.goto(path)
            check_every_medium(self.page, path)

    def is_read_aloud(self) -> None:
        """The page that is open, as a screen reader has it."""
        check_tree(self.page, urlsplit(self.page.url).path)

    def reach(self, what: Locator) -> None:
        """With the Tab key alone, all the way from where the focus is."""
        what.wait_for()
        for _ in range(MOST_TABS):
            if what.evaluate("element => element === document.activeElement"):
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
    somebody.holds()
    keys.skip_to_main(somebody.page)
    return somebody
