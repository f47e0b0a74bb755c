"""Fixtures for tests through HTTP: a live server with its own database, and a browser to visit it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from app.accounts import sessions
from app.accounts.models import Person
from app.extensions import db
from tests.support.browser import FLAGS, Viewport, Watch, browser_env, find_chromium, new_context
from tests.support.databases import Database, Databases
from tests.support.people import begin_session
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
        _visits[id(context)] = watch, live
        return context.new_page()

    yield make
    for context, _ in opened:
        _visits.pop(id(context), None)
        context.close()
    for _, watch in opened:
        watch.check()


_visits: dict[int, tuple[Watch, Live]] = {}


def watch_of(page: Page) -> Watch:
    """What has been noticed on that page's visitor so far."""
    return _visits[id(page.context)][0]


def enter(page: Page, email: str, path: str = "") -> None:
    """This visitor is from now on signed in as that person, as if by the form (see people.sign_in), and goes to `path` if one is named."""
    watch, live = _visits[id(page.context)]
    with live.app.app_context():
        person_id = db.session.scalars(sa.select(Person.id).where(Person.email == email)).one()
        cookie = SecureCookieSessionInterface().get_signing_serializer(live.app)
        assert cookie is not None
        value = cookie.dumps({sessions.TOKEN: begin_session(person_id)})
        assert isinstance(value, str)
        page.context.add_cookies([{"name": live.app.config["SESSION_COOKIE_NAME"], "value": value, "url": watch.origin}])
    if path:
        page.goto(path)
