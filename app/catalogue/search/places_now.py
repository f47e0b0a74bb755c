"""How many places are free now, by offering, for counts, filters and sorting over a snapshot: counted in the database every few seconds."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import sqlalchemy as sa
from flask import Flask, current_app

from app.catalogue.availability import free_in_zone
from app.catalogue.search.segment import Array, Segment, packed

PLACES_AGE = 5.0
"""Seconds after which free places are counted anew, or twenty times as long as counting took: counts and filters may lag so far
behind; what a page says of each offering is read when the page is made."""
log = logging.getLogger("kith.search")


@dataclass
class Part:
    """A segment, and who of it is still as it was (None: all)."""

    segment: Segment
    alive: Array | None = None
    free: Array | None = None
    has_places: Array | None = None

    @cached_property
    def living(self) -> Array:
        """As a set (`kernels`)."""
        return self.segment.everybody if self.alive is None else packed(self.alive)


@dataclass
class _Places:
    """Which offerings have a free place, as sorted bytes of their ids, and how many."""

    ids: Array
    free: Array
    at: float
    took: float


_places: dict[uuid.UUID, _Places] = {}
_counting: set[uuid.UUID] = set()


def free_places(zone_id: uuid.UUID, parts: Sequence[Part]) -> list[Array]:
    """For each part, how many places are free now, or were when last counted. A page never waits for a recount but the first."""
    kept = _places.get(zone_id)
    if kept is None:
        kept = _count_places(zone_id)
    elif time.monotonic() - kept.at > max(PLACES_AGE, 20 * kept.took) and zone_id not in _counting:
        _counting.add(zone_id)
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
        threading.Thread(target=_recount, args=(app, zone_id), daemon=True, name="places").start()
    out = []
    for part in parts:
        if part.free is None or part.__dict__.get("free_at") != kept.at:
            part.free = _free_of(part.segment, kept)
            part.has_places = packed(part.free > 0)
            part.__dict__["free_at"] = kept.at
        out.append(part.free)
    return out


def _count_places(zone_id: uuid.UUID) -> _Places:
    began = time.monotonic()
    found = sorted((id_.bytes, free) for id_, free in free_in_zone(zone_id).items())
    ids, free = np.array([id_ for id_, _ in found], "S16"), np.array([free for _, free in found], np.int32)
    kept = _places[zone_id] = _Places(ids, free, time.monotonic(), time.monotonic() - began)
    return kept


def _free_of(segment: Segment, places: _Places) -> Array:
    out = np.zeros(segment.size, np.int32)
    if segment.size and len(places.ids):
        at = np.searchsorted(segment.keys, places.ids)
        at[at == segment.size] = 0
        here = segment.keys[at] == places.ids
        out[at[here]] = places.free[here]
    return out


def _recount(app: Flask, zone_id: uuid.UUID) -> None:
    try:
        with app.app_context():
            _count_places(zone_id)
    except sa.exc.SQLAlchemyError as error:
        log.warning("free places could not be counted: %s", type(error).__name__)
    finally:
        _counting.discard(zone_id)


def forget() -> None:
    """Count anew at the next search."""
    _places.clear()
