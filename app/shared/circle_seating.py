"""Where everybody in a circle sits, so that no label touches another. Pure.

Each quarter is first seated by itself on a coarse grid of angles; then, in turn, each person moves to the cheapest free spot of their
own quarter and ring. If labels still touch, a plainer look is tried.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import asin, cos, degrees, radians, sin

from app.shared.circle_parts import PAD, QUARTERS, RING_AT, ROOM, Box, Look, Spot, Tie, extent

GRID, BEAM = 11, 60  # angles tried in a quarter, and how many partial seatings are kept


def calmest(
    ties: Sequence[Tie], looks: Sequence[Look], seats: Mapping[str, float]
) -> tuple[int, Look, dict[str, Spot]]:
    """The first look in which nothing touches. While lines run through somebody, another order of sitting down is tried, and the next look
    if it says as much; of those the one with the fewest such lines."""
    best: tuple[tuple[int, int], Look, dict[str, Spot]] | None = None
    for look in looks:
        if best is not None and not best[0][0] and not look.sub:
            break  # nothing touches: second lines are worth more than a line less behind somebody
        for is_turned in (False, True):
            at = _settle(ties, look, seats, is_turned=is_turned)
            worth = (count_touching(ties, at, look), _crossing(ties, at, look))
            if best is None or worth < best[0]:
                best = (worth, look, at)
            if best[0] == (0, 0):
                return 0, best[1], best[2]
    assert best is not None
    return best[0][0], best[1], best[2]


def _within(tie: Tie, angle: float) -> bool:
    low, high = QUARTERS[tie.quarter]
    return low <= angle <= high


def _settle(ties: Sequence[Tie], look: Look, seats: Mapping[str, float], *, is_turned: bool = False) -> dict[str, Spot]:
    """Each quarter is seated by itself on a coarse grid (`is_turned`: the furthest first); then all move together, everybody near where
    they sat."""
    fixed = kept_free(look)
    ideal: dict[str, float] = {}
    for quarter in QUARTERS:
        group = [t for t in ties if t.quarter == quarter]
        ideal |= _seat_quarter(group[::-1] if is_turned else group, look, seats, fixed)
    spots = {t.id: spots_of(t, look, ideal[t.id], fixed) for t in ties}
    at: dict[str, Spot] = {}
    for turn in range(5):
        moved = False
        for tie in ties:
            best = cheapest(spots[tie.id], [spot for key, spot in at.items() if key != tie.id], look)
            moved = moved or at.get(tie.id) != best
            at[tie.id] = best
        if turn and not moved:
            break
    return at


def _seat_quarter(
    group: Sequence[Tie], look: Look, seats: Mapping[str, float], fixed: Sequence[Box]
) -> dict[str, float]:
    """The calmest angles for one quarter's people, found by keeping the best partial seatings as each sits down."""
    options = [spots_of(t, look, seats.get(t.id), fixed, steps=GRID, shifts=(0.0, 1.0), pull=1.0) for t in group]
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


def _between(spot: Spot, other: Spot, look: Look) -> float:
    crowding = 0.5 * max(0.0, 25 - abs(spot.angle - other.angle))
    crossing = _crosses(spot, other.box, look) + _crosses(other, spot.box, look)
    return crowding + 20 * _overlap(spot.box, other.box) + 120 * crossing


def cheapest(spots: Sequence[Spot], others: Sequence[Spot], look: Look) -> Spot:
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


def spots_of(
    tie: Tie,
    look: Look,
    ideal: float | None,
    fixed: Sequence[Box],
    steps: int = 24,
    shifts: Sequence[float] = (0.0, -0.5, 0.5, -1.0, 1.0),
    pull: float = 0.25,
) -> list[Spot]:
    """Every place this person may stand: own quarter, own ring."""
    low, high = QUARTERS[tie.quarter]
    ring = look.size * RING_AT[tie.ring]
    margin = degrees(asin(min(0.9, (look.token + 5) / ring)))
    half = look.size / 2
    wide, far = extent(tie, look)
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
            out.append(Spot(angle, radius, x, y, box, own))
    return sorted(out, key=lambda spot: (round(spot.own, 3), spot.angle, spot.radius))


def box_of(tie: Tie, look: Look, angle: float, x: float, y: float) -> Box:
    return _boxed(look, *extent(tie, look), angle, x, y)


def _boxed(look: Look, wide: float, far: float, angle: float, x: float, y: float) -> Box:
    """What a token with its label covers: in the upper half the label stands above."""
    near = look.token + PAD
    return Box(x - wide, y - far, x + wide, y + near) if angle % 360 > 180 else Box(x - wide, y - near, x + wide, y + far)


def kept_free(look: Look) -> list[Box]:
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


def _crosses(spot: Spot, box: Box, look: Look) -> bool:
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


def count_touching(ties: Sequence[Tie], at: Mapping[str, Spot], look: Look) -> int:
    """How many pairs of labels touch, or cover what must stay free; nil in a good picture."""
    boxes = [at[t.id].box for t in ties]
    pairs = sum(_overlap(a, b) > 0 for i, a in enumerate(boxes) for b in boxes[i + 1 :])
    return pairs + sum(_overlap(a, free) > 0 for a in boxes for free in kept_free(look))


def _crossing(ties: Sequence[Tie], at: Mapping[str, Spot], look: Look) -> int:
    """How many lines run through somebody else."""
    return sum(_crosses(at[a.id], at[b.id].box, look) for a in ties for b in ties if a.id != b.id)
