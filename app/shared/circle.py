"""Where everybody stands in a child's circle of relationships.

pictures(ties) is a pure function: the same ties always give the same two pictures (wide and phone), and people sit
alike in both. Rings say how close, quarters say where from. Each quarter is first seated by itself on a coarse grid of
angles; then, in turn, each person moves to the cheapest free spot of their own quarter and ring. If labels still
touch, a plainer look is tried. Answers are remembered, so a circle is only worked out when somebody in it changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import asin, cos, degrees, hypot, radians, sin
from typing import Any, NamedTuple

# Quarters in screen degrees: 0 is right, 90 is down.
QUARTERS = {"home": (180, 270), "school": (270, 360), "helpers": (0, 90), "places": (90, 180)}
LINES = ("warm", "new", "fading", "ended")
RING_AT = {1: 0.186, 2: 0.318, 3: 0.428}  # where people stand, as a part of the picture's width
RING_EDGE = {1: 0.255, 2: 0.375, 3: 0.487}  # where each ring ends
RING_NAMES = {1: "very close", 2: "close", 3: "know a bit"}
ROOM = 0.03  # a little air above and below for labels
LEADING = 1.16
PAD = 3.0  # clear space around every label
GRID, BEAM = 11, 60  # angles tried in a quarter, and how many partial seatings are kept
# Advance widths of the bold body font, in hundredths of its size.
_WIDTHS = {
    letter: width / 100
    for width, letters in {
        26: " ',.`il|’", 29: "Ij", 32: "!:;", 38: "()r-t{}f", 45: "/1s*z", 53: "?a", 56: "$37FJLcekvx",
        60: "2569ET^hnoquy", 63: "8BPSbdgp", 66: "#&+04<=>RYZKX", 72: "ADUCGV", 78: "HNOQ", 86: "Mwm%", 99: "W@",
    }.items()
    for letter in letters
}  # fmt: skip


@dataclass(frozen=True)
class Tie:
    """One relationship of a child, as it is drawn and listed.

    `quarter` is a key of QUARTERS, `ring` 1 (very close) to 3 (know a bit), `line` one of LINES.
    """

    id: str
    name: str
    kind: str
    icon: str
    quarter: str
    ring: int
    line: str
    note: str = ""
    found: bool = False


class Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Look:
    """Sizes of one way to draw; `sub` 0 leaves the second line out."""

    size: int
    token: float
    font: float
    sub: float
    centre: float


WIDE = (Look(560, 21, 15, 12.5, 44), Look(560, 18, 14, 12, 42), Look(560, 18, 14, 0, 42), Look(560, 14, 12.5, 0, 28))
PHONE = (Look(360, 14, 12.5, 0, 28), Look(360, 11, 12, 0, 26), Look(360, 9, 11, 0, 24))


class _Spot(NamedTuple):
    angle: float
    radius: float
    x: float
    y: float
    box: Box
    own: float  # what standing here costs by itself, apart from neighbours


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
    fixed = _kept_free(look)
    there = [replace(tie, ring=where[tie.id][0], line=where[tie.id][1]) for tie in everybody if tie.id in where]
    stayed = {tie.id for tie in there if any(tie.id == now.id and tie.ring == now.ring for now in everybody)}
    at: dict[str, _Spot] = {}
    for tie in sorted(there, key=lambda t: t.id not in stayed):
        angle = seats[tie.id]["angle"]
        if tie.id in stayed:
            x, y = seats[tie.id]["x"], seats[tie.id]["y"]
            at[tie.id] = _Spot(angle, hypot(x - half, y - half), x, y, _box(tie, look, angle, x, y), 0.0)
        else:
            at[tie.id] = _cheapest(_spots(tie, look, angle, fixed), list(at.values()), look)
    if _touching(there, at, look):  # no room on their own rays: seat them anew, each on the side they have now
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
    touching, look, at = _calmest(ties, looks, seats)
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


def _calmest(
    ties: Sequence[Tie], looks: Sequence[Look], seats: Mapping[str, float]
) -> tuple[int, Look, dict[str, _Spot]]:
    """The first look in which nothing touches. While lines run through somebody, another order of sitting down is tried, and the next look
    if it says as much; of those the one with the fewest such lines."""
    best: tuple[tuple[int, int], Look, dict[str, _Spot]] | None = None
    for look in looks:
        if best is not None and not best[0][0] and not look.sub:
            break  # nothing touches: second lines are worth more than a line less behind somebody
        for is_turned in (False, True):
            at = _settle(ties, look, seats, is_turned=is_turned)
            worth = (_touching(ties, at, look), _crossing(ties, at, look))
            if best is None or worth < best[0]:
                best = (worth, look, at)
            if best[0] == (0, 0):
                return 0, best[1], best[2]
    assert best is not None
    return best[0][0], best[1], best[2]


def _within(tie: Tie, angle: float) -> bool:
    low, high = QUARTERS[tie.quarter]
    return low <= angle <= high


def _settle(ties: Sequence[Tie], look: Look, seats: Mapping[str, float], *, is_turned: bool = False) -> dict[str, _Spot]:
    """Each quarter is seated by itself on a coarse grid (`is_turned`: the furthest first); then all move together, everybody near where
    they sat."""
    fixed = _kept_free(look)
    ideal: dict[str, float] = {}
    for quarter in QUARTERS:
        group = [t for t in ties if t.quarter == quarter]
        ideal |= _seat_quarter(group[::-1] if is_turned else group, look, seats, fixed)
    spots = {t.id: _spots(t, look, ideal[t.id], fixed) for t in ties}
    at: dict[str, _Spot] = {}
    for turn in range(5):
        moved = False
        for tie in ties:
            best = _cheapest(spots[tie.id], [spot for key, spot in at.items() if key != tie.id], look)
            moved = moved or at.get(tie.id) != best
            at[tie.id] = best
        if turn and not moved:
            break
    return at


def _seat_quarter(
    group: Sequence[Tie], look: Look, seats: Mapping[str, float], fixed: Sequence[Box]
) -> dict[str, float]:
    """The calmest angles for one quarter's people, found by keeping the best partial seatings as each sits down."""
    options = [_spots(t, look, seats.get(t.id), fixed, steps=GRID, shifts=(0.0, 1.0), pull=1.0) for t in group]
    known: dict[tuple[int, int, int, int], float] = {}

    def beside(i: int, a: int, j: int, b: int) -> float:
        if (i, a, j, b) not in known:
            known[i, a, j, b] = _between(options[i][a], options[j][b], look)
        return known[i, a, j, b]

    seatings: list[tuple[float, tuple[int, ...]]] = [(0.0, ())]
    for i in range(len(group)):
        longer = [
            (round(cost + spot.own + sum(beside(i, a, j, b) for j, b in enumerate(seated)), 3), (*seated, a))
            for cost, seated in seatings
            for a, spot in enumerate(options[i])
        ]
        seatings = sorted(longer)[:BEAM]
    return {tie.id: options[i][seatings[0][1][i]].angle for i, tie in enumerate(group)}


def _between(spot: _Spot, other: _Spot, look: Look) -> float:
    crowding = 0.5 * max(0.0, 25 - abs(spot.angle - other.angle))
    crossing = _crosses(spot, other.box, look) + _crosses(other, spot.box, look)
    return crowding + 20 * _overlap(spot.box, other.box) + 120 * crossing


def _cheapest(spots: Sequence[_Spot], others: Sequence[_Spot], look: Look) -> _Spot:
    """Spots come cheapest by themselves first, so the search ends as soon as none can be better."""
    best, least = spots[0], float("inf")
    for spot in spots:
        if spot.own >= least:
            break
        total = spot.own
        for other in others:
            total += 20 * _overlap(spot.box, other.box)
            if total >= least:
                break
            total += 120 * _crosses(spot, other.box, look) + 120 * _crosses(other, spot.box, look)
        if total < least:
            best, least = spot, total
    return best


def _spots(
    tie: Tie,
    look: Look,
    ideal: float | None,
    fixed: Sequence[Box],
    steps: int = 24,
    shifts: Sequence[float] = (0.0, -0.5, 0.5, -1.0, 1.0),
    pull: float = 0.25,
) -> list[_Spot]:
    """Every place this person may stand: own quarter, own ring."""
    low, high = QUARTERS[tie.quarter]
    ring = look.size * RING_AT[tie.ring]
    margin = degrees(asin(min(0.9, (look.token + 5) / ring)))
    half = look.size / 2
    wide, far = _extent(tie, look)
    out = []
    for i in range(steps + 1):
        angle = low + margin + (high - low - 2 * margin) * i / steps
        for shift in shifts:
            radius = ring + shift * look.size * 0.03
            x, y = half + radius * cos(radians(angle)), half + radius * sin(radians(angle))
            box = _boxed(look, wide, far, angle, x, y)
            own = (0.0 if ideal is None else pull * abs(angle - ideal)) + 0.5 * abs(radius - ring)
            outside = (-box.left, -box.top - look.size * ROOM, box.right - look.size)
            own += 60 * sum(max(0.0, v) for v in (*outside, box.bottom - look.size * (1 + ROOM)))
            own += 20 * sum(_overlap(box, free) for free in fixed)
            own += 1.5 * max(0.0, box.right - half if 90 <= low < 270 else half - box.left)  # its own side first
            out.append(_Spot(angle, radius, x, y, box, own))
    return sorted(out, key=lambda spot: (round(spot.own, 3), spot.angle, spot.radius))


def _box(tie: Tie, look: Look, angle: float, x: float, y: float) -> Box:
    return _boxed(look, *_extent(tie, look), angle, x, y)


def _boxed(look: Look, wide: float, far: float, angle: float, x: float, y: float) -> Box:
    """What a token with its label covers: in the upper half the label stands above."""
    near = look.token + PAD
    return Box(x - wide, y - far, x + wide, y + near) if angle % 360 > 180 else Box(x - wide, y - near, x + wide, y + far)


def _kept_free(look: Look) -> list[Box]:
    """What nobody may cover: the child in the middle, the four corner titles and, where shown, the rings' names."""
    s, c = float(look.size), look.centre * 0.92
    w, h = (118.0, 46.0) if look.size >= 480 else (74.0, 30.0)
    corners = [Box(0, 0, w, h), Box(s - w, 0, s, h), Box(0, s - h, w, s), Box(s - w, s - h, s, s)]
    rings = [Box(0, s / 2 - 9, s / 2, s / 2 + 9)] if look.sub else []
    return [Box(s / 2 - c, s / 2 - c, s / 2 + c, s / 2 + c), *corners, *rings]


def _overlap(a: Box, b: Box) -> float:
    wide = min(b[2], a[2]) - max(b[0], a[0])
    if wide <= 0:
        return 0.0
    high = min(b[3], a[3]) - max(b[1], a[1])
    return wide * high if high > 0 else 0.0


def _crosses(spot: _Spot, box: Box, look: Look) -> bool:
    """Does the line from the child to this spot run through another person's token or label?"""
    half = look.size / 2
    dx, dy = spot.x - half or 1e-9, spot.y - half or 1e-9
    a, b = (box[0] - half) / dx, (box[2] - half) / dx
    first, last = (a, b) if a < b else (b, a)
    if last < 0.2 or first > 0.95:
        return False
    a, b = (box[1] - half) / dy, (box[3] - half) / dy
    if a > b:
        a, b = b, a
    return max(first, a, 0.2) < min(last, b, 0.95)


def _touching(ties: Sequence[Tie], at: Mapping[str, _Spot], look: Look) -> int:
    """How many pairs of labels touch, or cover what must stay free; nil in a good picture."""
    boxes = [at[t.id].box for t in ties]
    pairs = sum(_overlap(a, b) > 0 for i, a in enumerate(boxes) for b in boxes[i + 1 :])
    return pairs + sum(_overlap(a, free) > 0 for a in boxes for free in _kept_free(look))


def _crossing(ties: Sequence[Tie], at: Mapping[str, _Spot], look: Look) -> int:
    """How many lines run through somebody else."""
    return sum(_crosses(at[a.id], at[b.id].box, look) for a in ties for b in ties if a.id != b.id)


@lru_cache(4096)
def _text_width(text: str, font: float) -> float:
    return sum(font * _WIDTHS.get(letter, 0.62) for letter in text)


def _wrap(text: str, font: float, limit: float) -> list[str]:
    """One line, or two split at the space nearest the middle."""
    cuts = [i for i, letter in enumerate(text) if letter == " "]
    if not cuts or _text_width(text, font) <= limit:
        return [text]
    cut = min(cuts, key=lambda i: abs(i - len(text) / 2))
    return [text[:cut], text[cut + 1 :]]


def _label(tie: Tie, look: Look) -> list[tuple[str, float]]:
    lines = [(text, look.font) for text in _wrap(tie.name, look.font, look.size * 0.19)]
    if look.sub and tie.kind:
        lines += [(text, look.sub) for text in _wrap(tie.kind, look.sub, look.size * 0.21)]
    return lines


def _extent(tie: Tie, look: Look) -> tuple[float, float]:
    """Half the width of a token with its label, and how far the label reaches from the token's middle."""
    lines = _label(tie, look)
    half = max([look.token, *(_text_width(text, font) / 2 for text, font in lines)]) + PAD
    return half, look.token + 3 + sum(font * LEADING for _, font in lines) + PAD


def _token(tie: Tie, spot: _Spot, look: Look) -> dict[str, Any]:
    half = look.size / 2
    ux, uy = cos(radians(spot.angle)), sin(radians(spot.angle))
    x1, y1 = half + look.centre * ux, half + look.centre * uy
    x2, y2 = half + (spot.radius - look.token) * ux, half + (spot.radius - look.token) * uy
    lines = _label(tie, look)
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
