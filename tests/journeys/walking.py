"""Going through Kith as a person does: by what is written on the page, with every page on the way looked over at every width.

Each way is gone once, at a desk or on a phone; the whole story goes the Link Worker's, budget holder's and partner's at the other.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page, expect

from tests import factories
from tests.support.browser import Viewport, check_at_every_width
from tests.support.live import watch_of

NewPage = Callable[..., Page]


@dataclass
class Walker:
    """One person at one screen. A page is looked over once for each walker, however often they come by."""

    page: Page
    looked_over: set[str] = field(default_factory=set)

    def sign_in(self, email: str, password: str = factories.PASSWORD) -> None:
        """Type it and press the button; right or wrong."""
        if "/sign-in" not in self.page.url:
            self.page.goto("/sign-in")
        self.type("E-mail address", email)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.press("Sign in")

    def sign_out(self) -> None:
        self.page.locator("summary", has_text=re.compile(".")).last.click()
        self.press("Sign out")

    def press(self, name: str | re.Pattern[str]) -> None:
        """Press a button by what it says, and wait for the page that comes."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name).first.click()

    def follow(self, name: str | re.Pattern[str], within: Locator | None = None) -> None:
        """Follow a link by what it says."""
        with self.page.expect_navigation():
            (within or self.page).get_by_role("link", name=name).first.click()

    def go(self, menu: str) -> None:
        """Through the main menu, behind "More" where it is folded away."""
        menu_bar = self.page.get_by_role("navigation", name="Main")
        link = menu_bar.get_by_role("link", name=re.compile(f"^{menu}"))
        if not link.first.is_visible():
            menu_bar.get_by_text("More", exact=True).click()
        with self.page.expect_navigation():
            link.first.click()

    def type(self, label: str, words: str) -> None:
        self.page.get_by_label(label).first.fill(words)

    def choose(self, what: Locator) -> None:
        what.check()

    def pick(self, label: str, choice: str) -> None:
        """From a list."""
        self.page.get_by_label(label).first.select_option(label=choice)

    def sees(self, words: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_text(words).first).to_be_visible()

    def is_at(self, heading: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)

    def looks_over(self, name: str) -> None:
        """Axe, width and console of the page that is open, at a desk and on phones."""
        if name not in self.looked_over:
            self.looked_over.add(name)
            check_at_every_width(self.page, name, watch=watch_of(self.page))

    def is_refused(self, name: str) -> None:
        """The form came back, says that something is wrong, and is as clean as the others."""
        expect(self.page).to_have_title(re.compile("^Error: "))
        expect(self.page.get_by_role("alert").first).to_be_visible()
        self.looks_over(name)

    @property
    def text(self) -> str:
        """Everything on the page, also what is folded away, hidden from sight, or in its title and address."""
        return " ".join([self.page.url, self.page.content()])


def walker(new_page: NewPage, viewport: Viewport, **options: object) -> Walker:
    page = new_page(viewport, **options)
    watch_of(page).expect("422 (Unprocessable Entity)")
    return Walker(page)
