"""Chromium for the browser tests: found, else installed, else a plain failure. And what every page is checked for.

`python -m tests.support.browser` prints the path of the Chromium that will be used, installing one if it must.
"""

from __future__ import annotations

import functools
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any, Literal
from weakref import WeakSet

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect

from config import ROOT

Viewport = Literal["desktop", "phone", "narrow"]
SIZES: dict[Viewport, tuple[int, int]] = {"desktop": (1280, 900), "phone": (390, 844), "narrow": (320, 640)}
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]
# The headless shell first: the same pages without a window's machinery, at four fifths of the processor time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGE = "@sparticuz/chromium@153.0.0"
PATIENCE = 30_000  # ms for a state to come about: only a test that fails waits so long, but a crowded machine may need some of it
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class NoBrowser(RuntimeError):
    """No Chromium could be had; the browser tests cannot run, and that is a failure."""


def find_chromium(*, install: bool = True) -> Path:
    """The Chromium to test in. Raises NoBrowser with what was tried."""
    named = os.environ.get("CHROMIUM_PATH")
    if named:
        if _runs(Path(named)):
            return Path(named)
        raise NoBrowser(f"CHROMIUM_PATH names {named}, which does not start.")
    found = _on_this_machine()
    if found is None and install:
        found = _from_debian() or _from_npm()
    if found is None:
        raise NoBrowser(
            "The browser tests need Chromium: none is on this machine, Debian's package could not be installed, and "
            f"{PACKAGE} could not be had from npm. Install chromium, or set CHROMIUM_PATH."
        )
    return found


def _on_this_machine() -> Path | None:
    candidates = [path for name in NAMES if (path := shutil.which(name))]
    candidates.append(str(_unpacked() / "chromium"))
    return next((Path(path) for path in candidates if _runs(Path(path))), None)


def _runs(path: Path) -> bool:
    if not path.is_file():
        return False
    try:
        version = subprocess.run(
            [path, "--version", "--no-sandbox"], capture_output=True, timeout=60, env=browser_env(path), check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return version.returncode == 0


def browser_env(path: Path) -> dict[str, str]:
    """The environment it runs in: the npm one brings some libraries of its own."""
    env = {name: value for name, value in os.environ.items() if name != "LD_LIBRARY_PATH"}
    home = path.parent
    if home != _unpacked():
        return env
    return {**env, "LD_LIBRARY_PATH": str(home / "lib"), "FONTCONFIG_PATH": str(home)}


def _from_debian() -> Path | None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    if not _apt("update", "-qq"):
        return None
    install = ("install", "-y", "-qq", "--no-install-recommends", "fonts-liberation")
    if not _apt(*install, "chromium-headless-shell") and not _apt(*install, "chromium"):
        return None
    return _on_this_machine()


def _apt(*arguments: str) -> bool:
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(["apt-get", *arguments], stdin=subprocess.DEVNULL, stdout=sys.stderr, env=env, check=False).returncode == 0


def _unpacked() -> Path:
    return ROOT / ".stamps" / "chromium"


def _from_npm() -> Path | None:
    """Fetch the package, and unpack what it carries (it is made for another kind of host, which unpacks at start)."""
    import brotli

    # Where the machine has no Node.js, building the assets has left one here.
    search = os.environ.get("PATH", "") + os.pathsep + str(ROOT / ".stamps" / "node-bin")
    npm = shutil.which("npm", path=search)
    if npm is None:
        return None
    home = _unpacked()
    home.mkdir(parents=True, exist_ok=True)
    (home / "package.json").write_text('{"private": true}')
    fetched = subprocess.run(
        [npm, "install", "--ignore-scripts", "--no-save", "--no-audit", "--no-fund", PACKAGE],
        cwd=home, env={**os.environ, "PATH": search}, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False,
    )
    carried = home / "node_modules" / "@sparticuz" / "chromium" / "bin"
    if fetched.returncode or not carried.is_dir():
        return None
    (home / "chromium").write_bytes(brotli.decompress((carried / "chromium.br").read_bytes()))
    (home / "chromium").chmod(0o755)
    for name in ("swiftshader", "al2023", "fonts"):
        with tarfile.open(fileobj=io.BytesIO(brotli.decompress((carried / f"{name}.tar.br").read_bytes()))) as bundle:
            _unpack(bundle, home)
    (home / "fonts.conf").write_text(
        f"<?xml version='1.0'?><fontconfig><dir>{home / 'fonts'}</dir><dir>/usr/share/fonts</dir>"
        f"<cachedir>{home / 'fonts-cache'}</cachedir></fontconfig>"
    )
    return home / "chromium" if _runs(home / "chromium") else None


def _unpack(bundle: tarfile.TarFile, folder: Path) -> None:
    """Its plain files, and only inside the folder."""
    for member in bundle.getmembers():
        content = bundle.extractfile(member) if member.isfile() else None
        target = (folder / member.name).resolve()
        if content is not None and target.is_relative_to(folder):
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.read())


_without_scripts: WeakSet[BrowserContext] = WeakSet()


class Watch:
    """Collects what a page must never do: console errors, script errors, requests to another origin, failed requests."""

    def __init__(self, context: BrowserContext, origin: str) -> None:
        self.origin = origin
        self.faults: list[str] = []
        self.expected: list[str] = []
        context.on("console", self._console)
        context.on("weberror", lambda error: self.faults.append(f"script error: {error.error}"))
        context.on("request", self._request)
        context.on("requestfailed", self._failed)

    def expect(self, text: str) -> None:
        """A fault that contains `text` is part of this test (an answer of 422 or 409, for example)."""
        self.expected.append(text)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.faults.append(f"console {message.type}: {message.text} ({message.location.get('url', '')})")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.origin, "about:", "data:", "blob:")):
            self.faults.append(f"request to another place: {request.url}")

    def _failed(self, request: Request) -> None:
        # A page that is left while something loads, and a download, abort a request without anything being wrong.
        if request.failure != "net::ERR_ABORTED":
            self.faults.append(f"request failed: {request.url} {request.failure}")

    def unexpected(self) -> list[str]:
        return [fault for fault in self.faults if not any(text in fault for text in self.expected)]

    def check(self) -> None:
        assert not self.unexpected(), "\n".join(self.unexpected())


def new_context(
    browser: Browser, origin: str, *, viewport: Viewport = "desktop", javascript: bool = True, **options: Any
) -> tuple[BrowserContext, Watch]:
    """A fresh visitor. The Content-Security-Policy stays in force."""
    width, height = SIZES[viewport]
    context = browser.new_context(
        base_url=origin, viewport={"width": width, "height": height}, has_touch=viewport != "desktop",
        java_script_enabled=javascript, reduced_motion="reduce", locale="en-GB", timezone_id="Europe/London", **options,
    )
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    if not javascript:
        _without_scripts.add(context)
    return context, Watch(context, origin)


def check_page(page: Page, name: str, *, watch: Watch | None = None) -> None:
    """Axe finds nothing, nothing scrolls sideways, and nothing was reported in the console.

    Axe is a script, and has to wait: for a visitor without scripts only the rest is checked.
    """
    where = _check_width(page, name)
    found = [] if page.context in _without_scripts else axe(page)
    assert not found, f"{where}: axe finds\n" + "\n".join(found)
    if watch is not None:
        assert not watch.unexpected(), f"{where}: " + "\n".join(watch.unexpected())


def _check_width(page: Page, name: str) -> str:
    """Nothing scrolls sideways. Returns where we are, in words."""
    page.wait_for_load_state()
    where = f"{name} at {_width(page)} px ({page.url})"
    # By a locator, which waits until the document stands: right after a navigation there may be none.
    wide = page.locator("html").evaluate("html => [html.scrollWidth, html.clientWidth]")
    assert wide[0] <= wide[1], f"{where} scrolls sideways: {wide[0]} px in {wide[1]} px: {_too_wide(page)}"
    return where


def _width(page: Page) -> int:
    return page.viewport_size["width"] if page.viewport_size else 0


def check_at_every_width(page: Page, name: str, *, watch: Watch | None = None) -> None:
    """`check_page` at a desk and on a phone, and on the narrowest of phones that nothing scrolls sideways; one load for all.

    A narrow page has the elements of a phone's, so axe has nothing more to find there. The page is left as wide as it was.
    """
    before = page.viewport_size
    for viewport in ("desktop", "phone"):
        resize(page, viewport)
        check_page(page, name, watch=watch)
    resize(page, "narrow")
    _check_width(page, name)
    if before is not None:
        page.set_viewport_size(before)


def resize(page: Page, viewport: Viewport) -> None:
    """From now on the same visitor sits at another screen."""
    width, height = SIZES[viewport]
    page.set_viewport_size({"width": width, "height": height})


_read: dict[int, set[str]] = {}
"""The elements that axe has read and found nothing wrong with, by the width of the page; see SHAPES."""

SHAPES = """html => {
    // An element is told by its place, its name and what its attributes come to; not by its text, nor by where its links lead.
    const exactly = new Set(['class', 'role', 'type', 'open', 'hidden', 'disabled', 'checked', 'tabindex', 'fill', 'stroke', 'dir',
        'autocomplete', 'aria-expanded', 'aria-hidden', 'aria-current', 'aria-invalid', 'aria-selected', 'aria-pressed', 'aria-live'])
    const led = new Set(['for', 'aria-labelledby', 'aria-describedby', 'aria-controls', 'aria-owns', 'aria-activedescendant', 'list'])
    const said = ({name, value}) => name + (exactly.has(name) ? '=' + value
        : led.has(name) ? '=' + value.split(/\\s+/).map(id => document.getElementById(id) !== null)
        : value.trim() === '' ? '=' : '')
    const own = element => [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim() !== '')
    const hash = (text, seed) => {
        let a = 0xdeadbeef ^ seed, b = 0x41c6ce57 ^ seed
        for (let at = 0; at < text.length; at++) {
            const c = text.charCodeAt(at)
            a = Math.imul(a ^ c, 2654435761)
            b = Math.imul(b ^ c, 1597334677)
        }
        return [a, b]
    }
    const found = new Set()
    const walk = (element, seed) => {
        const words = element.localName + [...element.attributes].map(said).sort().join(' ') + (own(element) ? '…' : '')
        const [a, b] = hash(words, seed)
        found.add(a + ':' + b)
        for (const child of element.children) walk(child, a)
    }
    walk(html, 0)
    const inOrder = (what, tell) => [...html.querySelectorAll(what)].map(tell).filter((told, at, all) => told !== all[at - 1]).join()
    found.add(inOrder('h1,h2,h3,h4,h5,h6', heading => heading.localName))
    found.add(inOrder('main,nav,aside,header,footer,[role]', part => part.localName + part.getAttribute('role') + part.getAttribute('aria-label')))
    return [...found]
}"""


def axe(page: Page) -> list[str]:
    """Axe's violations, one line each; nothing, at once, where it has read every shape of this page before.

    Reading takes longer than all else in a visit, and most of a page stands on many. So axe is asked in each test process when there
    is an element that it has not read yet at this width, in that place with those attributes, or headings and parts in a new order.
    """
    shapes = set(page.locator("html").evaluate(SHAPES))
    read = _read.setdefault(_width(page), set())
    if shapes <= read:
        return []
    found = _ask_axe(page)
    if not found:
        read |= shapes
    return found


def _ask_axe(page: Page) -> list[str]:
    """It is put into the page by the debugger, which the page's own Content-Security-Policy does not stop: so the very page that
    people get is the one that is read, and the policy need not be lifted.
    """
    assert page.context not in _without_scripts, "axe would wait for ever in a page that runs no scripts"
    session = page.context.new_cdp_session(page)
    try:
        if not session.send("Runtime.evaluate", {"expression": "'axe' in window", "returnByValue": True})["result"]["value"]:
            session.send("Runtime.evaluate", {"expression": _axe_source()})
        # Without preload: it fetches the style sheet again for one rule, about styles that lock a screen's orientation.
        options = json.dumps({"runOnly": {"type": "tag", "values": AXE_RULES}, "resultTypes": ["violations"], "preload": False})
        answer = session.send("Runtime.evaluate", {
            # The debugger waits for ever for a page that never answers; here it gets a minute.
            "expression": f"Promise.race([axe.run(document, {options}).then(result => result.violations),"
            " new Promise((_, no) => setTimeout(() => no(new Error('axe took more than a minute')), 60000))])",
            "awaitPromise": True, "returnByValue": True,
        })
    finally:
        session.detach()
    if "exceptionDetails" in answer:
        raise AssertionError(f"axe could not run: {answer['exceptionDetails']}")
    return [
        f"{violation['id']}: {violation['help']}: " + "; ".join(
            f"{' '.join(map(str, node['target']))} [{node['html'][:140]}]" for node in violation["nodes"][:4]
        )
        for violation in answer["result"]["value"]
    ]


@functools.cache
def _axe_source() -> str:
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text() + ";0"


def _too_wide(page: Page) -> str:
    elements = page.evaluate(
        """() => [...document.querySelectorAll('body *')]
            .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
            .slice(0, 5).map(e => `${e.tagName.toLowerCase()}.${e.getAttribute('class') || ''}`)"""
    )
    return ", ".join(elements)


if __name__ == "__main__":
    try:
        print(find_chromium())
    except NoBrowser as error:
        sys.exit(str(error))
