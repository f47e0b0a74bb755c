"""Reads what a process reads once before somebody waits for it: the lexicon, a large Zone's words and snapshot, the compiled loops."""

from __future__ import annotations

import gc
import logging
import threading

import sqlalchemy as sa
from flask import Flask

from app.catalogue.search import views
from app.catalogue.search.engine import browse
from app.catalogue.search.filters import Filters

log = logging.getLogger(__name__)
ANYTHING = "drumming on satrday"


def begin(app: Flask) -> threading.Thread:
    """In a thread: whoever comes meanwhile is answered."""
    thread = threading.Thread(target=_read, args=(app,), daemon=True, name="warming")
    thread.start()
    return thread


def _read(app: Flask) -> None:
    try:
        with app.app_context():
            read_once()
    except sa.exc.SQLAlchemyError as error:
        log.warning("nothing was read beforehand: %s", type(error).__name__)


def read_once() -> None:
    """Asks for a page in every large Zone. What was read then stays for as long as the process runs, half a million objects: they are taken out of
    the garbage collector's way, which would stop every thread for a third of a second each time it looks through them."""
    zones = views.large_zones()
    for zone_id in zones:
        browse(zone_id, ANYTHING, Filters(places_now=True))
    if zones:
        gc.freeze()
