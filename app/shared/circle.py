"""Where everybody stands in a child's circle of relationships.

pictures(ties) is a pure function: the same ties always give the same two pictures (wide and phone), and people sit
alike in both. Rings say how close, quarters say where from. Answers are remembered, so a circle is only worked out
when somebody in it changes. circle_seating.py finds the seats, circle_parts.py knows sizes and labels.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from math import cos, hypot, radians, sin
from typing import Any

from app.shared.circle_parts import (
    LEADING,
    PHONE,
    QUARTERS,
    RING_EDGE,
    RING_NAMES,
    ROOM,
    WIDE,
    Look,
    Spot,
    Tie,
    label,
)
from app.shared.circle_seating import box_of, calmest, cheapest, count_touching, kept_free, spots_of


def pictures(ties: Iterable[Tie], like: Iterable[Tie] = ()) -> dict[str, Any]:
    """`wide` and `phone`: plain numbers for the circle macro. `ties` may come in any order.

    Whoever is also in `like` (the circle drawn beside this one) keeps the side they have there.
    """
    return _pictures(_ordered(ties), _ordered(like))


def standing(ties: Iterable[Tie], where: Mapping[str, tuple[int, str]]) -> dict[str, Any]:
    """The same circle on another day: `where` says ring and line of those who were there. Everybody stays on their own ray, or as near
    to it as there is room, so that one sees who came nearer. Costs little once `pictures(ties)` is known."""
    everybody = _ordered(ties)
    now = _pictures(everybody)
    return {name: _as_of(name, now[name], everybody, where) for name in ("wide", "phone")}


def _as_of(name: str, layout: Mapping[str, Any], everybody: tuple[Tie, ...], where: Mapping[str, tuple[int, str]]) -> dict[str, Any]:
    look: Look = layout["look"]
    half = look.size / 2
    seats = {token["id"]: token for token in layout["tokens"]}
    fixed = kept_free(look)
    there = [replace(tie, ring=where[tie.id][0], line=where[tie.id][1]) for tie in everybody if tie.id in where]
    stayed = {tie.id for tie in there if any(tie.id == now.id and tie.ring == now.ring for now in everybody)}
    at: dict[str, Spot] = {}
    for tie in sorted(there, key=lambda t: t.id not in stayed):
        angle = seats[tie.id]["angle"]
        if tie.id in stayed:
            x, y = seats[tie.id]["x"], seats[tie.id]["y"]
            at[tie.id] = Spot(angle, hypot(x - half, y - half), x, y, box_of(tie, look, angle, x, y), 0.0)
        else:
            at[tie.id] = cheapest(spots_of(tie, look, angle, fixed), list(at.values()), look)
    if count_touching(there, at, look):  # no room on their own rays: seat them anew, each on the side they have now
        anew: dict[str, Any] = _pictures(_ordered(there), everybody)[name]
        return anew
    return {**layout, "tokens": [_token(tie, at[tie.id], look) for tie in there]}


def _ordered(ties: Iterable[Tie]) -> tuple[Tie, ...]:
    return tuple(sorted(ties, key=lambda t: (t.ring, t.id)))


@lru_cache(512)
def _pictures(ties: tuple[Tie, ...], like: tuple[Tie, ...] = ()) -> dict[str, Any]:
    seats = _seats(_pictures(like)) if like else {}
    wide = _layout(ties, WIDE, seats)
    return {"wide": wide, "phone": _layout(ties, PHONE, seats | {t["id"]: t["angle"] for t in wide["tokens"]})}


def _seats(drawn: Mapping[str, Any]) -> dict[str, float]:
    return {token["id"]: token["angle"] for token in drawn["wide"]["tokens"]}


def _layout(ties: Sequence[Tie], looks: Sequence[Look], seats: Mapping[str, float]) -> dict[str, Any]:
    touching, look, at = calmest(ties, looks, seats)
    size, half = look.size, look.size / 2
    inner = {1: look.centre + size * 0.012, 2: size * RING_EDGE[1], 3: size * RING_EDGE[2]}
    rings = [
        (name, round(half - (inner[ring] + size * RING_EDGE[ring]) / 2, 1))
        for ring, name in RING_NAMES.items()
        if look.sub
    ]
    return {
        "size": size,
        "half": half,
        "look": look,
        "rings": rings,
        "ring_radii": [round(size * RING_EDGE[ring], 1) for ring in (1, 2)],
        "wedges": _wedges(size),
        "room": round(size * ROOM),
        "touching": touching,
        "tokens": [_token(tie, at[tie.id], look) for tie in ties],
    }


def _token(tie: Tie, spot: Spot, look: Look) -> dict[str, Any]:
    half = look.size / 2
    ux, uy = cos(radians(spot.angle)), sin(radians(spot.angle))
    x1, y1 = half + look.centre * ux, half + look.centre * uy
    x2, y2 = half + (spot.radius - look.token) * ux, half + (spot.radius - look.token) * uy
    lines = label(tie, look)
    down = spot.y + look.token + 3
    if spot.angle % 360 > 180:  # the label stands outside, so that no line runs through its own name
        down = spot.y - look.token - 4 - sum(font * LEADING for _, font in lines)
    text = []
    for words, font in lines:
        down += font * LEADING
        text.append({"text": words, "y": round(down - font * 0.22, 1), "sub": font == look.sub})
    return {
        "id": tie.id, "icon": tie.icon, "quarter": tie.quarter, "line": tie.line, "found": tie.found,
        "x": round(spot.x, 1), "y": round(spot.y, 1), "angle": spot.angle, "text": text,
        "x1": round(x1, 1), "y1": round(y1, 1), "x2": round(x2, 1), "y2": round(y2, 1),
        "mx": round((x1 + x2) / 2, 1), "my": round((y1 + y2) / 2, 1),
    }  # fmt: skip


@lru_cache(8)
def _wedges(size: int) -> list[tuple[str, str]]:
    """Quarter slices, widest first, as SVG paths."""
    half, out = size / 2, []
    for ring in (3, 2, 1):
        r = size * RING_EDGE[ring]
        for key, (low, high) in QUARTERS.items():
            a, b = ((half + r * cos(radians(v)), half + r * sin(radians(v))) for v in (low, high))
            out.append(
                (key, f"M{half:g} {half:g}L{a[0]:.1f} {a[1]:.1f}A{r:.1f} {r:.1f} 0 0 1 {b[0]:.1f} {b[1]:.1f}Z")
            )
    return out
