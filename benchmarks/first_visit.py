"""What a first visit weighs, and how long it takes on a slow line: the way in and each role's day, with nothing in the cache.

    .venv/bin/python -m benchmarks.first_visit

KITH_PAGES_DATA names a folder that already holds a demo database; without it one is loaded first. Bytes are those that went over the line,
compressed, with their headers, as the browser counts them. The slow line is 400 kbit/s with 400 ms there and back (WebPageTest's "3G slow"),
held by the browser for every request; the processor is this machine's own. "Read" is the first paint with the
page's own style; "useful" is when the first field or main link can be pressed; "quiet" when nothing more comes.
The exit code is how many visits weigh more than 90 KB or take more than 3 seconds until they are useful.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from app import create_app
from benchmarks.introductions_speed import secret
from benchmarks.pages import visitors
from config import ROOT, Settings
from tests.support.browser import FLAGS, browser_env, find_chromium, new_context
from tests.support.server import running_server

MOST_BYTES, MOST_SECONDS = 90_000, 3.0
LINE = {"offline": False, "latency": 400, "downloadThroughput": 400_000 / 8, "uploadThroughput": 400_000 / 8}


@dataclass
class Visit:
    """One page, asked for with an empty cache."""

    name: str
    size: int
    requests: int
    read: float
    useful: float
    quiet: float

    @property
    def is_too_much(self) -> bool:
        return self.size > MOST_BYTES or self.useful > MOST_SECONDS

    def __str__(self) -> str:
        return f"{self.name:<28}{self.requests:>9}{self.size / 1000:>9.1f}{self.read:>9.2f}{self.useful:>9.2f}{self.quiet:>9.2f}{'  too much' if self.is_too_much else ''}"


def main() -> int:
    given = os.environ.get("KITH_PAGES_DATA")
    with nullcontext(given) if given else tempfile.TemporaryDirectory(prefix="kith-visit-") as folder:
        environment = {**os.environ, "KITH_DATA_DIR": str(Path(folder).resolve()), "KITH_DATABASE_URL": ""}
        if not given:
            for command in (["db", "upgrade"], ["demo", "--if-empty"]):
                subprocess.run([sys.executable, "-m", "app.cli", *command], check=True, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        return measure(replace(Settings.from_environment(environment), environment="test"), Path(folder))


def measure(settings: Settings, folder: Path) -> int:
    app = create_app(settings)
    cookies = {role: cookie_of(app, secret(person_id)) for role, person_id in visitors(app).items()}
    chromium = find_chromium()
    with running_server(settings, folder / "first-visit.log") as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS, env=browser_env(chromium))
        print(f"{os.cpu_count()} cores; 400 kbit/s, 400 ms; limits {MOST_BYTES / 1000:.0f} kB and {MOST_SECONDS:.0f} s")
        print(f"{'first visit':<28}{'requests':>9}{'kB':>9}{'read s':>9}{'useful s':>9}{'quiet s':>9}")
        visits = [visit(browser, server.url, "/sign-in", "the way in", None, "#email")]
        print(visits[0])
        for role, cookie in cookies.items():
            visits.append(visit(browser, server.url, "/", f"today, {role}", (app.config["SESSION_COOKIE_NAME"], cookie), "main a, main button"))
            print(visits[-1])
        browser.close()
    return sum(one.is_too_much for one in visits)


def cookie_of(app: Any, token: str) -> str:
    """As the browser of somebody who signed in keeps it."""
    client = app.test_client()
    with client.session_transaction() as session:
        session["sign_in"] = token
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    return str(cookie.value)


def visit(browser: Browser, url: str, path: str, name: str, cookie: tuple[str, str] | None, useful: str) -> Visit:
    warm(browser, url, path, cookie)  # the server has compiled its templates; only the visitor is new
    context, _ = new_context(browser, url, viewport="phone")
    sign(context, url, cookie)
    page = context.new_page()
    session = context.new_cdp_session(page)
    sizes: list[int] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", LINE)
    began = time.perf_counter()
    page.goto(path, wait_until="commit")
    page.locator(useful).first.wait_for(state="visible")
    page.locator(useful).first.click(trial=True)
    took = time.perf_counter() - began
    page.wait_for_load_state("networkidle")
    quiet = page.evaluate("() => Math.max(...performance.getEntriesByType('resource').map(one => one.responseEnd), performance.timing.loadEventEnd - performance.timing.navigationStart) / 1000")
    read = page.evaluate("() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime / 1000 || 0")
    context.close()
    return Visit(name, sum(sizes), len(sizes), read, took, quiet)


def warm(browser: Browser, url: str, path: str, cookie: tuple[str, str] | None) -> None:
    context, _ = new_context(browser, url, viewport="phone")
    sign(context, url, cookie)
    context.new_page().goto(path)
    context.close()


def sign(context: BrowserContext, url: str, cookie: tuple[str, str] | None) -> None:
    if cookie is not None:
        context.add_cookies([{"name": cookie[0], "value": cookie[1], "url": url}])


if __name__ == "__main__":
    sys.exit(main())
