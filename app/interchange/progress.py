"""How far a long import is: told on a terminal, and in a small file beside the data, because what a transaction has written nobody
else can see before it ends. A file that is not there (a worker on another machine) only means that the page names no number.
"""

from __future__ import annotations

import json
import sys
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import click
from flask import current_app

from app.shared import clock

EVERY = 0.4  # seconds between two notes
STALE = timedelta(seconds=90)
"""After that a note is nobody's any more."""


@dataclass(frozen=True)
class Progress:
    """What is being done, and how much of it in percent; None where nobody knows."""

    what: str
    percent: int | None


class Notes:
    """Tells how far it is to whoever looks at the page of an upload. Used as `take_offerings(progress=notes)`."""

    def __init__(self, draft_id: uuid.UUID) -> None:
        self._path = _path(draft_id)
        self._told = 0.0

    def __call__(self, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._told < EVERY:
            return
        self._told = now
        with suppress(OSError):  # not being able to tell is no reason to stop
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            fresh = self._path.with_suffix(".new")
            fresh.write_text(json.dumps({"what": what, "done": done, "total": total, "at": clock.now().isoformat()}), encoding="utf-8")
            fresh.replace(self._path)

    def end(self) -> None:
        with suppress(OSError):
            self._path.unlink(missing_ok=True)


def find_progress(draft_id: uuid.UUID) -> Progress | None:
    """None when nobody works on it, or nobody can see it from here."""
    path = _path(draft_id)
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if clock.now() - datetime.fromisoformat(told["at"]) > STALE:
            return None
        done, total = int(told["done"]), int(told["total"])
        return Progress(str(told["what"]), min(99, done * 100 // total) if total > 0 else None)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _path(draft_id: uuid.UUID) -> Path:
    folder: Path = current_app.config["SETTINGS"].data_dir
    return folder / "progress" / f"{draft_id}.json"


class Terminal:
    """Tells on standard error, and only where that is a terminal. Used like Notes."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()
        self._told = 0.0

    def __call__(self, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        if not self._is_terminal or now - self._told < 0.1:
            return
        self._told = now
        share = f" of {total:,} ({done * 100 // total} %)" if total > 0 else ""
        click.echo(f"\r\033[K{what}: {done:,}{share}", err=True, nl=False)

    def end(self) -> None:
        if self._is_terminal:
            click.echo("\r\033[K", err=True, nl=False)
