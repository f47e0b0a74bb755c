"""Who is drawn in a child's circle and in which sizes: ties, looks, and how much room a label takes. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from flask_babel import lazy_gettext as _l

# Quarters in screen degrees: 0 is right, 90 is down.
QUARTERS = {"home": (180, 270), "school": (270, 360), "helpers": (0, 90), "places": (90, 180)}
LINES = ("warm", "new", "fading", "ended")
RING_AT = {1: 0.186, 2: 0.318, 3: 0.428}  # where people stand, as a part of the picture's width
RING_EDGE = {1: 0.255, 2: 0.375, 3: 0.487}  # where each ring ends
RING_NAMES = {1: _l("very close"), 2: _l("close"), 3: _l("know a bit")}
ROOM = 0.03  # a little air above and below for labels
LEADING = 1.16
PAD = 3.0  # clear space around every label
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


class Spot(NamedTuple):
    angle: float
    radius: float
    x: float
    y: float
    box: Box
    own: float  # what standing here costs by itself, apart from neighbours


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


def label(tie: Tie, look: Look) -> list[tuple[str, float]]:
    lines = [(text, look.font) for text in _wrap(tie.name, look.font, look.size * 0.19)]
    if look.sub and tie.kind:
        lines += [(text, look.sub) for text in _wrap(tie.kind, look.sub, look.size * 0.21)]
    return lines


def extent(tie: Tie, look: Look) -> tuple[float, float]:
    """Half the width of a token with its label, and how far the label reaches from the token's middle."""
    lines = label(tie, look)
    half = max([look.token, *(_text_width(text, font) / 2 for text, font in lines)]) + PAD
    return half, look.token + 3 + sum(font * LEADING for _, font in lines) + PAD
