"""`make pictures`: a demo of its own, a real server, a real browser, and the screenshots of docs/pictures. At the end it says which
components look other than their kept pictures.

Give a folder that already holds a demo database as KITH_PICTURES_DATA to use that one.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa
from playwright.sync_api import Browser, Page, sync_playwright

from app import create_app
from app.accounts.models import Person, RoleGrant
from app.attendance.models import Mark
from app.catalogue.models import Cohort, Offering, Session
from app.demo import build
from app.shared.db import db
from config import ROOT, Settings
from tests.browser import photographs
from tests.support.browser import FLAGS, SIZES, browser_env, find_chromium, new_context
from tests.support.server import running_server

PICTURES = ROOT / "docs" / "pictures"

# name, role, what to open (a path, or the words of links to follow in turn), size, the whole page?
SHOTS: tuple[tuple[str, str, str | tuple[str, ...], str, bool], ...] = (
    ("day-desktop", "link_worker", "/", "desktop", False),
    ("day-phone", "link_worker", "/", "phone", False),
    ("caseload-desktop", "link_worker", "/children", "desktop", False),
    ("child-desktop", "link_worker", ("/children", "first child"), "desktop", False),
    ("child-phone", "link_worker", ("/children", "first child"), "phone", False),
    ("matches-desktop", "link_worker", ("/children", "first child", "matches"), "desktop", False),
    ("statement-desktop", "link_worker", ("/children", "first child", "statement"), "desktop", True),
    ("find-desktop", "link_worker", "/find?q=druming", "desktop", False),
    ("find-phone", "link_worker", "/find?q=druming", "phone", False),
    ("introductions-desktop", "link_worker", "/introductions", "desktop", False),
    ("partner-phone", "partner_admin", "/", "phone", True),
    ("register-phone", "fullest register", "fullest register", "phone", False),
    ("approvals-desktop", "budget_holder", "/approvals", "desktop", False),
    ("funds-desktop", "budget_holder", "/funds", "desktop", True),
    ("zone-desktop", "zone_manager", "/", "desktop", True),
    ("organisations-desktop", "zone_manager", "/organisations", "desktop", False),
    ("school-desktop", "school_lead", "/", "desktop", False),
    ("funder-desktop", "funder", "/", "desktop", False),
)

FIRST = {
    "first child": "main a[href^='/children/']:not([href$='/new'])",
    "matches": "main a[href$='/matches']",
    "statement": "main a[href*='/statement']",
}


def main() -> int:
    given = os.environ.get("KITH_PICTURES_DATA")
    with nullcontext(given) if given else tempfile.TemporaryDirectory(prefix="kith-pictures-") as folder:
        data_dir = Path(folder).resolve()
        environment = {**os.environ, "KITH_DATA_DIR": str(data_dir), "KITH_DATABASE_URL": ""}
        for command in (["db", "upgrade"], ["demo", "--if-empty"]):
            subprocess.run([sys.executable, "-m", "app.cli", *command], check=True, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        settings = replace(Settings.from_environment({"KITH_DATA_DIR": str(data_dir)}), environment="test")
        with create_app(settings).app_context():
            accounts = {row["role"]: row for row in reversed(build.accounts()) if row["zone"] in ("west-london", "")}
            email, register = _fullest_register()
            accounts["fullest register"] = {"email": email, "password": build.PASSWORD}
        PICTURES.mkdir(parents=True, exist_ok=True)
        wanted = set(sys.argv[1:])
        chromium = find_chromium()
        with running_server(settings, data_dir / "pictures.log") as server, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS, env=browser_env(chromium))
            for name, role, steps, size, whole in SHOTS:
                if not wanted or name in wanted:
                    _shoot(browser, server.url, accounts[role], name, register if steps == "fullest register" else steps, size, whole=whole)
            if not wanted:
                print(_components(browser, server.url))
            browser.close()
    return 0


def _components(browser: Browser, url: str) -> str:
    """Which parts of /styleguide look other than the pictures that are kept of them: something to look at, and no mistake."""
    seen: list[photographs.Seen] = []
    for size in ("desktop", "phone"):
        context, _ = new_context(browser, url, viewport=size)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto("/styleguide")
        seen += photographs.photograph(page, SIZES[size][0])  # type: ignore[index]
        context.close()
    lines = [photographs.report(seen), *(f"- {one.name}" for one in seen if one.is_other)]
    if len(lines) > 1:
        lines += [f"See {photographs.REPORT.relative_to(ROOT)}; `python -m tests.browser.photographs` keeps the new ones."]
    return "\n".join(lines)


def _fullest_register() -> tuple[str, str]:
    """Who takes the register with the most children, and where it is."""
    statement = (
        sa.select(Person.email, Mark.session_id)
        .join(Session, Session.id == Mark.session_id).join(Cohort, Cohort.id == Session.cohort_id)
        .join(Offering, Offering.id == Cohort.offering_id).join(RoleGrant, RoleGrant.organisation_id == Offering.organisation_id)
        .join(Person, Person.id == RoleGrant.person_id)
        .group_by(Person.email, Mark.session_id).order_by(sa.func.count().desc(), Person.email, Mark.session_id).limit(1)
    )
    email, session_id = db.session.execute(statement).one()
    return email, f"/sessions/{session_id}/register"


def _shoot(
    browser: Browser, url: str, account: dict[str, str], name: str, steps: str | tuple[str, ...], size: str, *, whole: bool
) -> None:
    context, _ = new_context(browser, url, viewport=size)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{url}/sign-in")
    page.get_by_label("E-mail").fill(account["email"])
    page.get_by_label("Password").fill(account["password"])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{url}/")
    for step in (steps,) if isinstance(steps, str) else steps:
        _go(page, url, step)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=whole)
    print(f"docs/pictures/{name}.png")
    context.close()


def _go(page: Page, url: str, step: str) -> None:
    if step.startswith("/"):
        page.goto(url + step)
        return
    href = page.locator(FIRST[step]).first.get_attribute("href")
    if href is None:
        raise SystemExit(f"There is no {step} on {page.url}.")
    page.goto(url + href)


if __name__ == "__main__":
    sys.exit(main())
