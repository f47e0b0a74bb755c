"""The page checks themselves: each is shown a page with the fault it is there for, and a page without any."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.support.browser import Watch, check_page, new_context

ORIGIN = "http://127.0.0.1:9"
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'"
GOOD = "<h1>Hello</h1><p>A page with nothing wrong.</p>"

Show = Callable[[str], tuple[Page, Watch]]


@pytest.fixture
def show(browser: Browser) -> Iterator[Show]:
    context, watch = new_context(browser, ORIGIN, viewport="phone")

    def open_page(body: str) -> tuple[Page, Watch]:
        html = f'<!doctype html><html lang="en"><head><title>Page</title></head><body><main>{body}</main></body></html>'
        page = context.new_page()
        page.route("**/*", lambda route: route.fulfill(
            body=html, content_type="text/html", headers={"Content-Security-Policy": POLICY}
        ))
        page.goto("/")
        return page, watch

    yield open_page
    context.close()


def test_a_good_page_passes_under_the_strict_policy(show: Show) -> None:
    page, watch = show(GOOD)
    check_page(page, "good", watch=watch)


def test_a_picture_without_words_is_found(show: Show) -> None:
    page, _ = show(GOOD + '<img src="/picture.png" width="50" height="50">')
    with pytest.raises(AssertionError, match="image-alt"):
        check_page(page, "picture")


def test_a_page_that_scrolls_sideways_is_found_with_what_is_too_wide(show: Show) -> None:
    page, _ = show(GOOD + '<svg class="wide" width="700" height="10" role="presentation"></svg>')
    with pytest.raises(AssertionError, match=r"scrolls sideways: .* svg\.wide"):
        check_page(page, "wide")


def test_an_inline_script_is_stopped_and_found(show: Show) -> None:
    page, watch = show(GOOD + "<script>document.title = 'changed'</script>")
    assert page.title() == "Page"
    with pytest.raises(AssertionError, match="Content Security Policy"):
        check_page(page, "script", watch=watch)


def test_a_request_to_another_place_is_found(show: Show) -> None:
    page, watch = show(GOOD)
    page.goto("http://127.0.0.1:10/elsewhere")
    with pytest.raises(AssertionError, match="request to another place"):
        watch.check()


def test_an_expected_fault_is_let_pass(show: Show) -> None:
    page, watch = show(GOOD + "<script>document.title = 'changed'</script>")
    watch.expect("Content Security Policy")
    check_page(page, "script", watch=watch)
