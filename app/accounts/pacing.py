"""How often one person, or one place where nobody is signed in, may ask: kept in the database, so that it holds across processes.

Asking costs no write: each process counts by itself and hands over a tenth of the limit at a time, so a limit is true to a tenth for
each process. What is `paced` by itself is counted one by one. Failed sign-ins and files of children's data are counted elsewhere
(services/throttles.py), always one by one.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Lock

from flask import Flask, request
from flask_babel import gettext as _
from flask_login import current_user

from app.accounts.services import throttles
from app.shared import clock, web
from app.shared.errors import TooMany

USUAL = 300  # requests a minute; the other limits below are for this one, and grow with it
FILES, FILES_MINUTES = 120, 60
MOST_KEYS = 20_000


class Counter:
    """What this process has counted and not handed over yet, and whom it knows to be over a limit until when."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counted: dict[str, int] = {}
        self._over: dict[str, datetime] = {}

    def check(self, key: str, limit: int, window: timedelta, block: int) -> None:
        """One more. Raises TooMany."""
        now = clock.now()
        with self._lock:
            if len(self._counted) + len(self._over) > MOST_KEYS:
                self._counted.clear()
                self._over.clear()
            over = self._over.get(key)
            if over is not None and over <= now:
                del self._over[key]
                over = None
            counted = self._counted.get(key, 0) + 1
            self._counted[key] = 0 if counted >= block else counted
        if over is None and counted >= block:
            total, began = throttles.count_requests(key=key, window=window, by=counted)
            if total > limit:
                over = began + window
                with self._lock:
                    self._over[key] = over
        if over is not None:
            raise TooMany(_("There were a lot of requests from you in a short time, so Kith pauses them."), (over - now).total_seconds())


def connect(app: Flask) -> None:
    counter = Counter()

    @app.before_request
    def keep_pace() -> None:
        usual = app.config["SETTINGS"].pace
        if not usual:
            return
        person_id = current_user.id if current_user.is_authenticated else None
        address = request.remote_addr or ""
        minute = timedelta(minutes=1)
        counter.check(throttles.key_of("all", person_id, address), usual, minute, max(1, usual // 10))
        if request.mimetype == "multipart/form-data":
            key = throttles.key_of("files", person_id, address)
            counter.check(key, FILES * usual // USUAL, minute * FILES_MINUTES, 1)
        own = web.pace_of(request.endpoint) if request.endpoint else None
        if own is not None:
            name, times, minutes = own
            limit = max(1, times * usual // USUAL)
            counter.check(throttles.key_of(name, person_id, address), limit, minute * minutes, max(1, limit // 10) if request.method == "GET" else 1)
