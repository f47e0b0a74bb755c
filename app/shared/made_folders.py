"""Folders of files that are made from the database: whole under their name or not there at all, the newest read by every process."""

from __future__ import annotations

import shutil
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from app.shared import clock

MAKING = ".making-"


def put(folder: Path, fill: Callable[[Path], None], *, old: float = 0) -> Path:
    """Makes a folder in `folder` beside its name, has it filled, and gives it the name when it is whole. The last two stay, for a process may just be
    opening the one before (whoever reads an older one keeps what it has open); what nobody finished goes after `old` seconds (0: at once,
    where only one is at it at a time). Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    making = folder / f"{MAKING}{uuid.uuid4().hex}"
    making.mkdir(mode=0o700)
    try:
        fill(making)
        done = folder / f"{time.time_ns():020d}"
        making.rename(done)
    except OSError:
        shutil.rmtree(making, ignore_errors=True)
        raise
    finished = sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    left = [path for path in folder.glob(f"{MAKING}*") if not old or clock.now().timestamp() - path.stat().st_mtime > old]
    for path in (*finished[:-2], *left):
        shutil.rmtree(path, ignore_errors=True)
    return done
