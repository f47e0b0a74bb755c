"""What the clock does: functions that the worker runs every minute. Rooms register theirs in `wiring.connect`."""

from __future__ import annotations

import logging
from collections.abc import Callable

from app.shared.db import db
from app.shared.errors import where_it_broke

log = logging.getLogger("kith.worker")
_sweeps: dict[str, Callable[[], object]] = {}


def register_sweep(name: str, run: Callable[[], object]) -> None:
    """`run` is called with nothing, outside any transaction, and opens its own.

    It must be safe to run twice, also at the same moment by two workers: look again under the lock before acting.
    """
    _sweeps[name] = run


def run_sweeps() -> list[str]:
    """Run them all, one failing without stopping the next. The names of those that failed; they run again next minute."""
    failed = []
    for name, run in _sweeps.items():
        try:
            run()
        except Exception as error:  # noqa: BLE001  whatever one sweep does, the others and the outbox go on
            log.error("the sweep %s failed: %s", name, where_it_broke(error))
            failed.append(name)
        finally:
            db.session.remove()
    return failed
