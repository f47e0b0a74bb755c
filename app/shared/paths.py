"""Addresses within Kith, and files of Kith's own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

from flask import current_app


def link(endpoint: str, **values: object) -> str:
    """A path within Kith, also where there is no request (the worker, a command)."""
    return current_app.url_map.bind("").build(endpoint, values)


def new_file(path: Path) -> IO[bytes]:
    """A file that only Kith's own account reads, from its first byte. Raises FileExistsError."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
