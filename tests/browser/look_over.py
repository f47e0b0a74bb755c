"""Every kind of page of the demo, opened in a browser by somebody whose page it is, and read by axe at a desk and on a phone.

    KITH_PAGES_DATA=FOLDER .venv/bin/python -m tests.browser.look_over      FOLDER holds a demo; without it one is loaded

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
from dataclasses import replace
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from flask import Flask, template_rendered
from playwright.sync_api import Error, Page, sync_playwright

from app import create_app
from app.shared import clock
from app.shared.view import full_date
from benchmarks.first_visit import cookie_of
from benchmarks.introductions_speed import secret
from benchmarks.pages import LINK, endpoint_of, visitors
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


def walk(app: Flask, role: str, token: str, page: Page, watch: Watch, looked: dict[str, str], faults: list[str]) -> None:
    client = app.test_client()
    with client.session_transaction() as session:
        session["sign_in"] = token
    adapter, waiting, seen, asked = app.url_map.bind("localhost"), deque(STARTS), set(STARTS), defaultdict[str, int](int)
    while waiting:
        path = waiting.popleft()
        endpoint = endpoint_of(adapter, path)
        if (endpoint is None and path not in STARTS) or asked[str(endpoint)] >= OF_A_KIND:
            continue
        asked[str(endpoint)] += 1
        template, html = templates_of(app, client, path)
        if template and template not in looked:
            looked[template] = role
            faults += look(page, path, f"{template} as {role}", watch)
        for link in LINK.findall(html):
            address = urlsplit(urljoin(path, link.replace("&amp;", "&")))
            target = address.path + (f"?{address.query}" if address.query else "")
            if not address.netloc and target not in seen and address.path.startswith("/"):
                seen.add(target)
                waiting.append(target)


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
        environment = {**os.environ, "KITH_DATA_DIR": str(Path(folder).resolve()), "KITH_DATABASE_URL": ""}
        if not given:
            for command in (["db", "upgrade"], ["demo", "--if-empty"]):
                subprocess.run([sys.executable, "-m", "app.cli", *command], check=True, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        return look_over(replace(Settings.from_environment(environment), environment="test"), Path(folder))


def look_over(settings: Settings, folder: Path) -> int:
    app, chromium = create_app(settings), find_chromium()
    looked: dict[str, str] = {name: how for name, how in read().items() if how != NOT_YET} if "--rest" in sys.argv else {}
    known = set(looked)
    faults: list[str] = []
    with running_server(settings, folder / "look-over.log") as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS, env=browser_env(chromium))
        for role, person_id in ({"nobody": None} | visitors(app)).items():
            context, watch = new_context(browser, server.url)
            watch.expect(REFUSED)
            token = secret(person_id) if person_id else ""
            if token:
                context.add_cookies([{"name": app.config["SESSION_COOKIE_NAME"], "value": cookie_of(app, token), "url": server.url}])
            walk(app, role, token, context.new_page(), watch, looked, faults)
            context.close()
        browser.close()
    wrong = {fault.split(" ")[0] for fault in faults}
    write({template: f"walked as {role}, {full_date(clock.today())}" for template, role in looked.items() if template not in wrong | known})
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
