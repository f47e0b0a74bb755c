"""What rooms above tell attendance. Safe when nobody has told."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection

Pair = tuple[uuid.UUID, uuid.UUID]
"""A session and a child."""
Billed = Callable[[Collection[uuid.UUID]], set[Pair]]


def _nothing(session_ids: Collection[uuid.UUID]) -> set[Pair]:
    return set()


_billed: Billed = _nothing


def register_billed(ask: Billed) -> None:
    """`ask(session_ids)` answers which children of these sessions are on a statement: their marks are locked from then on."""
    global _billed
    _billed = ask


def billed(session_ids: Collection[uuid.UUID]) -> set[Pair]:
    return _billed(session_ids)
