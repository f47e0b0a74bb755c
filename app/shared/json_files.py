"""A JSON file that somebody named on the command line: its value, or one sentence about why it cannot be read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from app.shared.errors import Invalid

MOST_DIGITS = 40
"""A longer number is nobody's reference and nobody's age; it counts as endless, and so is refused where it stands."""


def read_json(path: Path) -> Any:
    """What the file holds; a byte-order mark is no part of it. Raises Invalid."""
    try:
        return json.loads(path.read_bytes().decode("utf-8-sig"), parse_int=_whole)
    except OSError as error:
        raise Invalid(f"{path} cannot be read: {(error.strerror or 'no such file').lower()}.") from error
    except UnicodeDecodeError as error:
        raise Invalid(f"{path} is not UTF-8 text (byte {error.start + 1:,}).") from error
    except json.JSONDecodeError as error:
        raise Invalid(f"{path} is not JSON: {error.msg}, line {error.lineno:,}, column {error.colno:,}.") from error
    except RecursionError as error:
        raise Invalid(f"{path} is nested too deeply: it has brackets inside brackets without end.") from error


def _whole(text: str) -> int | float:
    return int(text) if len(text) <= MOST_DIGITS else float("-inf" if text.startswith("-") else "inf")
