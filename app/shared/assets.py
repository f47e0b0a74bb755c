"""The built styles, scripts and icons of static/dist: their addresses on pages, and serving them. Follows a build while Kith runs."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from markupsafe import Markup
from whitenoise import WhiteNoise

_HASHED = re.compile(r"-[0-9A-Z]{8}\.[a-z0-9]+$")


class AssetsNotBuilt(RuntimeError):
    """The pages' styles, scripts and icons are not there."""


class NoSuchIcon(LookupError):
    """A page asks for an icon that is not in the sprite."""


Build = tuple[int, int] | None


def build_of(folder: Path) -> Build:
    """Which build lies in static/dist; None while there is none."""
    try:
        found = (folder / "manifest.json").stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns


class Assets:
    """The built styles, scripts and icons: read at first use, so that commands work without them, and again when built again.

    What an earlier build had stays known: a template that still names it gets an address that answers 404, not an error.
    `every` is how many seconds pass before the folder is looked at again.
    """

    def __init__(self, folder: Path, prefix: str = "/static/", every: float = 1.0) -> None:
        self.folder = folder
        self.prefix = prefix
        self.every = every
        self._files: Mapping[str, str] = {}
        self._icons: frozenset[str] = frozenset()
        self._build: Build = None
        self._look_at = 0.0

    def read(self) -> Mapping[str, str]:
        """Raises AssetsNotBuilt, which says what to run, while there has never been a build."""
        now = time.monotonic()
        if self._build is None or now >= self._look_at:
            self._look_at = now + self.every
            self._look()
        if self._build is None:
            raise AssetsNotBuilt(
                "The styles and scripts of the pages are not built. "
                "Run `npm ci --ignore-scripts && npm run build`; `make run` does it by itself."
            )
        return self._files

    def _look(self) -> None:
        build = build_of(self.folder)
        if build is None or build == self._build:
            return
        try:
            found = json.loads((self.folder / "manifest.json").read_text(encoding="utf-8"))
        except FileNotFoundError:  # the next build is being moved in at this moment
            return
        self._files, self._icons, self._build = {**self._files, **found["files"]}, self._icons | frozenset(found["icons"]), build

    def asset(self, name: str) -> str:
        """The address of a built file, for example asset("app.css")."""
        return self.prefix + self.read()[name]

    def icon(self, name: str, label: str | None = None, cls: str = "") -> Markup:
        """One icon. Without a label it is a decoration beside words; with one it speaks for itself."""
        self._require(name)
        return _icon(name, label, cls, self.asset("icons.svg"))

    def glyph(self, name: str, x: float, y: float, size: float) -> Markup:
        """An icon inside a drawn picture, centred on x, y."""
        self._require(name)
        return Markup('<use class="glyph" href="{}#{}" x="{:g}" y="{:g}" width="{:g}" height="{:g}"/>').format(
            self.asset("icons.svg"), name, round(x - size / 2, 1), round(y - size / 2, 1), round(size, 1), round(size, 1)
        )

    def _require(self, name: str) -> None:
        self.read()
        if name not in self._icons:
            raise NoSuchIcon(f"There is no icon called {name!r}. Add it to static/src/icons.json and build again.")


@lru_cache(1024)
def _icon(name: str, label: str | None, cls: str, sprite: str) -> Markup:
    """A page of results draws more than a hundred, and nearly all of them again and again."""
    spoken = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup('<svg class="{}" width="20" height="20" {}><use href="{}#{}"/></svg>').format(f"icon {cls}".strip(), spoken, sprite, name)


def is_hashed_name(path: str, url: str) -> bool:
    """Does this address change whenever its content does, so that a browser may keep it for good?"""
    return _HASHED.search(url) is not None


class StaticFiles:
    """Serves static/dist in front of the app, of the build that lies there now.

    A file that is gone since is not found, like any other: WhiteNoise alone would end in an error.
    """

    def __init__(self, application: WSGIApplication, folder: Path, prefix: str = "/static/") -> None:
        self.application = application
        self.folder = folder
        self.prefix = prefix
        self._build = build_of(folder)
        self._files = self._look()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not environ.get("PATH_INFO", "").startswith(self.prefix):
            return self.application(environ, start_response)
        build = build_of(self.folder)
        if build is not None and build != self._build:
            self._files, self._build = self._look(), build
        try:
            answer: Iterable[bytes] = self._files(environ, start_response)
        except FileNotFoundError:
            answer = self.application(environ, start_response)
        return answer

    def _look(self) -> WhiteNoise:
        return WhiteNoise(
            self.application, root=str(self.folder), prefix=self.prefix.strip("/") + "/", allow_all_origins=False,
            add_headers_function=lambda headers, path, url: headers.__setitem__("X-Content-Type-Options", "nosniff"),
            immutable_file_test=is_hashed_name,
        )
