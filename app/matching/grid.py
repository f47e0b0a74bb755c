"""Offerings in the order of where they are, so that those near a child lie together and the rest is never looked at. Pure.

Places to go to come first, those that fetch children after them, each in bands from south to north and in a band from west to east; then
what is online or comes home; then the places that nobody has put on a map.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.matching.profile import Candidate
from app.matching.rules import EARTH_KM

Array = NDArray[Any]
BANDS = 48
"""Bands of a degree of latitude: each a little over two kilometres."""
WIDE = 1024.0
"""More than there are degrees of longitude."""
ORDINARY, FETCHED, ANYWHERE, NOWHERE = range(4)
HALFWAY_KM = 5000.0
"""From here on everything counts as near."""


def place_of(facts: Candidate) -> tuple[int, float]:
    """In which of the four parts an offering stands, and where in it."""
    if facts.delivery in ("online", "home"):
        return ANYWHERE, 0.0
    if facts.latitude is None or facts.longitude is None:
        return NOWHERE, 0.0
    part = FETCHED if "transport-provided" in facts.accessibility else ORDINARY
    return part, math.floor(facts.latitude * BANDS) * WIDE + facts.longitude + 180


@dataclass(frozen=True)
class Grid:
    """`starts` of the four parts and the end; `keys` rise within each of the first two."""

    starts: tuple[int, ...]
    keys: Array

    @property
    def size(self) -> int:
        return self.starts[-1]

    def rows(self, part: int) -> Array:
        return np.arange(self.starts[part], self.starts[part + 1])

    def near(self, part: int, latitude: float, longitude: float, km: float) -> Array:
        """The rows of a part in the box around a place: all within so many kilometres, and some further off in its corners."""
        return ranges(*self.spans(part, latitude, longitude, km))

    def spans(self, part: int, latitude: float, longitude: float, km: float) -> tuple[Array, Array]:
        """The same as ranges of rows, a band each: where each begins, and where it ends."""
        first, last = self.starts[part], self.starts[part + 1]
        reach = km / EARTH_KM + 1e-7
        shrunk = math.cos(math.radians(latitude))
        if first == last:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        if km > HALFWAY_KM or math.sin(reach) >= shrunk:
            return np.array([first], np.int64), np.array([last], np.int64)
        north, east = math.degrees(reach), math.degrees(math.asin(math.sin(reach) / shrunk))
        west, to = longitude - east + 180, longitude + east + 180
        if west < 0 or to > 360:
            west, to = 0.0, 360.0  # across the date line
        bands = np.arange(math.floor((latitude - north) * BANDS), math.floor((latitude + north) * BANDS) + 1) * WIDE
        keys = self.keys[first:last]
        return np.searchsorted(keys, bands + west) + first, np.searchsorted(keys, bands + to, side="right") + first


def ranges(starts: Array, ends: Array) -> Array:
    """The whole numbers of each range, one range after the other."""
    lengths = ends - starts
    before = np.cumsum(lengths) - lengths
    return np.repeat(starts - before, lengths) + np.arange(int(lengths.sum()))


def between(around: tuple[Array, Array], within: tuple[Array, Array]) -> tuple[Array, Array]:
    """What of some ranges is left without others that lie within them."""
    return np.sort(np.concatenate((around[0], within[1]))), np.sort(np.concatenate((within[0], around[1])))


def grid_of(places: Sequence[tuple[int, float]]) -> Grid:
    """`places` in order."""
    parts = np.array([part for part, _ in places], np.int64)
    starts = np.searchsorted(parts, np.arange(5))
    return Grid(tuple(int(start) for start in starts), np.array([key for _, key in places], np.float64))
