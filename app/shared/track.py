"""Pure geometry for the introduction's path and for the picture of who stands where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict


class Path(TypedDict):
    w: float
    h: float
    stops: list[tuple[float, float]]
    legs: list[str]


def path(
    n: int, per_row: int, width: float, row_height: float, wave: float = 14, edge: float = 44, top: float = 56
) -> Path:
    """`n` stops along a friendly path that turns back at the end of each row of `per_row`; in SVG units."""
    step = (width - 2 * edge) / max(1, per_row - 1)
    stops = []
    for i in range(n):
        row, column = divmod(i, per_row)
        column = column if row % 2 == 0 else per_row - 1 - column
        bob = wave if column % 2 else -wave
        stops.append((round(edge + column * step, 1), round(top + row * row_height + bob, 1)))
    legs = []
    for i, ((x1, y1), (x2, y2)) in enumerate(zip(stops, stops[1:], strict=False), 1):
        if i % per_row == 0:  # a turn at the end of a row
            out = edge * 1.15 if x1 > width / 2 else -edge * 1.15
            legs.append(f"M{x1} {y1}C{x1 + out:g} {y1 + 6} {x2 + out:g} {y2 - 6} {x2} {y2}")
        else:
            middle = (x1 + x2) / 2
            legs.append(f"M{x1} {y1}C{middle:g} {y1} {middle:g} {y2} {x2} {y2}")
    rows = (n + per_row - 1) // per_row
    return Path(w=width, h=top + (rows - 1) * row_height + wave + 58, stops=stops, legs=legs)


ZONES = {"not_yet": 0, "try": 1, "yes": 2}


class Ground(TypedDict):
    w: float
    h: float
    wide: float
    zones: list[str]
    people: list[dict[str, Any]]


LETTER = 7.0
"""About how wide a letter of a name is on the picture."""


def stand(people: Sequence[Mapping[str, Any]], width: float = 332, door: float = 44, row: float = 52) -> Ground:
    """Who stands where: three strips of ground from 'not yet' over 'try' to 'yes', one person behind another.

    Each of `people` has `who`, `icon` and `stance` (a key of ZONES); x and y are added.
    """
    wide = (width - door) / 3
    seen = dict.fromkeys(ZONES, 0)
    crowd = {zone: sum(person["stance"] == zone for person in people) for zone in ZONES}
    out = []
    for person in people:
        stance = person["stance"]
        k = seen[stance]
        seen[stance] += 1
        across = 0.48 if crowd[stance] == 1 else (0.34, 0.64)[k % 2]
        x = max(wide * (ZONES[stance] + across), len(person["who"]) * LETTER / 2)  # a long name stays on the picture
        out.append({**person, "x": round(x, 1), "y": 58 + row * k})
    return Ground(w=width, h=46 + row * max(2, *crowd.values()), wide=wide, zones=list(ZONES), people=out)
