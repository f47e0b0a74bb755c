"""A child's free times as parts of the day, for the picture of the week. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

PARTS = (("morning", "06:00", "12:00"), ("lunch", "12:00", "14:00"), ("after_school", "14:30", "18:00"), ("evening", "18:00", "22:00"))
LEAST = 30  # minutes of a part that make it free


def free_parts(windows: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """{"tue": ["after_school"]}: the parts of each day in which the child has at least half an hour."""
    found: dict[str, list[str]] = {}
    for window in windows:
        for day in window["days"]:
            free = found.setdefault(day.lower(), [])
            free += [
                name for name, start, end in PARTS
                if name not in free and _minutes(min(window["end"], end)) - _minutes(max(window["start"], start)) >= LEAST
            ]
    return found


def _minutes(clock_time: str) -> int:
    hours, _, rest = clock_time.partition(":")
    return int(hours) * 60 + int(rest)
