"""Which meetings of one child stand in each other's way. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

GAP = timedelta(minutes=15)
"""Less than that between two meetings at different places is no way to get from one to the other."""


class Meeting(Protocol):
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...


M = TypeVar("M", bound=Meeting)


def clashes(meetings: Sequence[M], gap: timedelta = GAP) -> list[tuple[M, M]]:
    """Each two that overlap, or leave less than `gap` between them; in time order."""
    ordered = sorted(meetings, key=lambda meeting: (meeting.starts_at, meeting.ends_at))
    found = []
    for at, first in enumerate(ordered):
        for second in ordered[at + 1 :]:
            if second.starts_at >= first.ends_at + gap:
                break
            found.append((first, second))
    return found
