"""The garbage collector and what stays: it looks through everything that lives whenever enough is new, a third of a second for half a million objects."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def kept_off() -> Iterator[None]:
    """What lives now is not looked through while many things are made and dropped. Where a process has set things apart for good, nothing is done."""
    is_ours = gc.get_freeze_count() == 0
    if is_ours:
        gc.freeze()
    try:
        yield
    finally:
        if is_ours:
            gc.unfreeze()
