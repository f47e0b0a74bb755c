"""Every kind of page of the demo, opened in a browser by somebody whose page it is, and read by axe at a desk and on a phone.

    KITH_PAGES_DATA=FOLDER .venv/bin/python -m tests.browser.look_over      FOLDER holds a demo; without it one is loaded
    .venv/bin/python -m tests.browser.look_over --invented --rest           one thing of every kind, for what is not on the list yet
    .venv/bin/python -m tests.browser.look_over --kept FOLDER --rest        pages that tests met and kept: KITH_KEEP_PAGES=FOLDER pytest ...

Each role follows links from home; a template that was met is not opened again, and with --rest none that is on the list. What axe, a page that scrolls sideways or the console finds is
printed; the templates that were clean are written into tests/architecture/looked_over.txt. Too long for the suite (about two seconds a page),
so the suite asks only that no page template is missing from that list.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections import defaultdict, deque
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from flask import Flask, template_rendered
from playwright.sync_api import Error, Page, Route, sync_playwright

from app import create_app
from app.shared import clock
from app.shared.view import full_date
from benchmarks.first_visit import cookie_of
from benchmarks.introductions_speed import secret
from benchmarks.pages import LINK, endpoint_of, let_in, visitors
from config import ROOT, Settings
from tests.support.browser import (
    FLAGS,
    Watch,
    browser_env,
    check_at_every_width,
    find_chromium,
    new_context,
)
from tests.support.server import running_server

LIST = ROOT / "tests" / "architecture" / "looked_over.txt"
NOT_YET = "not in a browser yet: only by the strict reviewer of every page's HTML"
STARTS = ("/", "/no-such-page", "/styleguide")
REFUSED = "Failed to load resource: the server responded with a status of 40"
OF_A_KIND = 40
"""Addresses asked of one endpoint, for templates that show themselves only in some states."""


def templates_of(app: Flask, client: object, path: str) -> tuple[str, str]:
    """The page template that answers there, and the page; "" where it is no page."""
    rendered: list[str] = []

    def note(sender: Flask, template: object, **context: object) -> None:
        rendered.append(str(getattr(template, "name", "")))

    with template_rendered.connected_to(note, app):
        answer = client.get(path)  # type: ignore[attr-defined]
    html = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
    return (rendered[-1] if rendered and html else "", html)


@dataclass(frozen=True)
class Round:
    """Who walks, where from, and whether on from there by the links of each page."""

    role: str
    token: str = ""
    starts: tuple[str, ...] = STARTS
    follows: bool = True


@dataclass
class Kept:
    """A page as a test's client was answered (see tests/support/client.py), with its policy."""

    template: str
    path: str
    policy: str
    html: str

    @classmethod
    def read(cls, folder: Path) -> list[Kept]:
        return [cls(file.name.replace("+", "/"), *file.read_text().split("\n", 2)) for file in sorted(folder.iterdir())]

    def answer(self, route: Route) -> None:
        route.fulfill(body=self.html, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": self.policy})


def walk(app: Flask, one: Round, page: Page, watch: Watch, looked: dict[str, str], faults: list[str]) -> None:
    client = app.test_client()
    with client.session_transaction() as session:
        session["sign_in"] = one.token
    adapter, waiting, seen, asked = app.url_map.bind("localhost"), deque(one.starts), set(one.starts), defaultdict[str, int](int)
    while waiting:
        path = waiting.popleft()
        endpoint = endpoint_of(adapter, path)
        if (endpoint is None and path not in STARTS) or asked[str(endpoint)] >= OF_A_KIND:
            continue
        asked[str(endpoint)] += 1
        template, html = templates_of(app, client, path)
        if template and not Path(template).name.startswith("_") and template not in looked:
            looked[template] = one.role
            faults += look(page, path, f"{template} as {one.role}", watch)
        for link in LINK.findall(html) if one.follows else ():
            address = urlsplit(urljoin(path, link.replace("&amp;", "&")))
            target = address.path + (f"?{address.query}" if address.query else "")
            if not address.netloc and target not in seen and address.path.startswith("/"):
                seen.add(target)
                waiting.append(target)


def look_at_kept(pages: list[Kept], page: Page, watch: Watch, looked: dict[str, str], faults: list[str]) -> None:
    """In the browser as if the server had just answered it: with its own styles and scripts, under its own policy."""
    for one in pages:
        if one.template in looked:
            continue
        looked[one.template] = "a test met it"
        page.route(lambda url, path=one.path: urlsplit(url).path == path, one.answer)  # type: ignore[misc]
        faults += look(page, one.path, f"{one.template} as {looked[one.template]}", watch)
        page.unroute_all()


def look(page: Page, path: str, name: str, watch: Watch) -> list[str]:
    watch.faults.clear()
    try:
        page.goto(path)
        check_at_every_width(page, name, watch=watch)
    except (AssertionError, Error) as fault:
        print(f"- {name}: {fault}", flush=True)
        return [f"{name}: {fault}"]
    print(f"  {name}", flush=True)
    return []


def main() -> int:
    given = os.environ.get("KITH_PAGES_DATA")
    with nullcontext(given) if given else tempfile.TemporaryDirectory(prefix="kith-look-") as folder:
        if "--kept" in sys.argv:
            return of_everything(Path(folder).resolve(), Kept.read(Path(sys.argv[sys.argv.index("--kept") + 1])))
        if "--invented" in sys.argv:
            return of_everything(Path(folder).resolve())
        environment = {**os.environ, "KITH_DATA_DIR": str(Path(folder).resolve()), "KITH_DATABASE_URL": ""}
        if not given:
            for command in (["db", "upgrade"], ["demo", "--if-empty"]):
                subprocess.run([sys.executable, "-m", "app.cli", *command], check=True, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        settings = replace(Settings.from_environment(environment), environment="test")
        app = create_app(settings)
        rounds = [Round("nobody"), *(Round(role, secret(person_id)) for role, person_id in visitors(app).items())]
        return look_over(app, settings, Path(folder), rounds)


def of_everything(folder: Path, kept: list[Kept] | None = None) -> int:
    """The world of the authorisation matrix, which holds one thing of every kind: pages that no link of the demo leads to today."""
    from tests.architecture import matrix
    from tests.architecture.matrix_world import make_world
    from tests.support.databases import build_schema, settings_for

    settings = settings_for(f"sqlite:///{folder / 'invented.sqlite3'}", folder)
    app = create_app(settings)
    build_schema(app)
    if kept is not None:
        return look_over(app, settings, folder, [], kept)
    with app.app_context(), app.test_request_context():
        world = make_world()
        let_in(person.id for person in world.people.values())
        build = app.url_map.bind("localhost").build
        rounds = [
            Round(f"{person.grants[0].role if person.grants else 'nobody'} among invented things", secret(person.id), tuple(
                build(rule.endpoint, matrix.ids_for(app, rule, world.own)) for rule in app.url_map.iter_rules() if "GET" in (rule.methods or set())
                and rule.endpoint != "static" and not (set(rule.arguments) - set(matrix.ids_for(app, rule, world.own)))
            ), follows=False) for person in world.people.values()
        ]
    return look_over(app, settings, folder, rounds)


def look_over(app: Flask, settings: Settings, folder: Path, rounds: list[Round], kept: list[Kept] | None = None) -> int:
    chromium = find_chromium()
    looked: dict[str, str] = {name: how for name, how in read().items() if how != NOT_YET} if "--rest" in sys.argv else {}
    known = set(looked)
    faults: list[str] = []
    with running_server(settings, folder / "look-over.log") as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS, env=browser_env(chromium))
        for one in rounds:
            context, watch = new_context(browser, server.url)
            watch.expect(REFUSED)
            if one.token:
                context.add_cookies([{"name": app.config["SESSION_COOKIE_NAME"], "value": cookie_of(app, one.token), "url": server.url}])
            walk(app, one, context.new_page(), watch, looked, faults)
            context.close()
        if kept:
            context, watch = new_context(browser, server.url)
            watch.expect(REFUSED)
            look_at_kept(kept, context.new_page(), watch, looked, faults)
            context.close()
        browser.close()
    wrong = {fault.split(" ")[0] for fault in faults}
    write({template: f"{'kept when' if kept else 'walked as'} {role}, {full_date(clock.today())}" for template, role in looked.items() if template not in wrong | known})
    print(f"{len(looked) - len(known)} templates met, {len(faults)} with faults")
    return len(faults)


def read() -> dict[str, str]:
    """Template, and who looked it over: a walk, or a test module."""
    lines = [line.partition("|") for line in LIST.read_text().splitlines() if line.strip()] if LIST.is_file() else []
    return {template.strip(): how.strip() for template, _, how in lines}


def write(walked: dict[str, str]) -> None:
    """What was walked now takes the place of an earlier walk; what a test says stays."""
    lines = {**read(), **walked}
    LIST.write_text("".join(f"{template:<52}| {how}\n" for template, how in sorted(lines.items())))


if __name__ == "__main__":
    sys.exit(main())
