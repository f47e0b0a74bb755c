"""Fixtures for tests through HTTP: a live server with its own database, and a browser to visit it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.support.browser import FLAGS, Viewport, Watch, browser_env, find_chromium, new_context
from tests.support.databases import Database, Databases
from tests.support.server import Server, running_server


@dataclass(frozen=True)
class Live:
    """A running Kith. `app` is another app on the same database, for making and reading data beside it."""

    url: str
    server: Server
    database: Database

    @property
    def app(self) -> Flask:
        return self.database.app


@pytest.fixture(scope="session")
def standing(databases: Databases, request: pytest.FixtureRequest) -> Iterator[Live]:
    """The one server of this process, for starting costs more than most tests: on SQLite, or what --db names alone."""
    kind = "postgresql" if request.config.getoption("--db") == "postgresql" else "sqlite"
    database = databases.get(kind, "live", is_served=True)  # type: ignore[arg-type]
    with running_server(database.settings, databases.own_dir / "live.log") as server:
        yield Live(server.url, server, database)
    databases.drop(kind, "live")  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def live(standing: Live) -> Iterator[Live]:
    """That server with an empty database, for the tests of one module. What it keeps in memory must notice by itself."""
    standing.database.fresh()
    yield standing
    standing.server.check_log()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path: Path = find_chromium()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=FLAGS, env=browser_env(path))
        yield started
        started.close()


@pytest.fixture
def new_page(live: Live, browser: Browser) -> Iterator[Callable[..., Page]]:
    """`new_page("phone")`: a fresh visitor's page at that size. `javascript=False` is possible, and so is another way to the server.

    When the test ends, console errors, script errors, broken policies and requests to other places fail it; `watch_of(page)`
    has `.expect(text)` for those that a test means to cause.
    """
    opened: list[tuple[BrowserContext, Watch]] = []

    def make(viewport: Viewport = "desktop", *, javascript: bool = True, origin: str = "", **options: Any) -> Page:
        context, watch = new_context(browser, origin or live.url, viewport=viewport, javascript=javascript, **options)
        opened.append((context, watch))
        _watches[id(context)] = watch
        return context.new_page()

    yield make
    for context, _ in opened:
        _watches.pop(id(context), None)
        context.close()
    for _, watch in opened:
        watch.check()


_watches: dict[int, Watch] = {}


def watch_of(page: Page) -> Watch:
    """What has been noticed on that page's visitor so far."""
    return _watches[id(page.context)]
