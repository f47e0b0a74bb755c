"""Single values of a child's record as a file has them, and how a wrong one is said. Pure."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_TIME = re.compile(r"([01]?\d|2[0-3]):[0-5]\d", re.ASCII)


@dataclass(frozen=True)
class Window:
    days: tuple[str, ...]
    start: str
    end: str

    def as_dict(self) -> dict[str, Any]:
        return {"days": list(self.days), "start": self.start, "end": self.end}


def read_window(item: object) -> Window | None:
    if not isinstance(item, Mapping):
        return None
    days, start, end = item.get("days"), item.get("start"), item.get("end")
    if not isinstance(days, Sequence) or isinstance(days, str) or not days or any(day not in DAYS for day in days):
        return None
    if not all(isinstance(t, str) and _TIME.fullmatch(t) for t in (start, end)):
        return None
    start, end = str(start).zfill(5), str(end).zfill(5)  # "9:30" is 09:30
    return Window(tuple(days), start, end) if start < end else None


def is_whole(value: object) -> bool:
    """A whole number, also written as some programs do: 9.0."""
    return (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, float) and value.is_integer())


def is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def said(value: object) -> str:
    """What was found, short enough for one line of a report."""
    if value is None:
        return "nothing"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = text.encode("utf-8", "replace").decode()
    return f"“{text[:60]}…”" if len(text) > 60 else f"“{text}”"
