"""What commissioning asks of the rooms above: how often children came. Attendance registers the answer in its wiring."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping

Came = Callable[[Collection[uuid.UUID]], Mapping[uuid.UUID, tuple[int, int]]]
"""Place ids -> (sessions held with a mark, sessions the child came to), by place; a place without marks is left out."""


def _nobody_marked(place_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, tuple[int, int]]:
    return {}


_came: Came = _nobody_marked


def register_came(came: Came) -> None:
    global _came
    _came = came


def came(place_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, tuple[int, int]]:
    """(held, came) by place, all at once."""
    return _came(place_ids) if place_ids else {}
