"""Pictures for the demo, drawn here: flat shapes in Kith's colours. No photograph of anybody, from nowhere."""

from __future__ import annotations

import io
from collections.abc import Callable

from PIL import Image, ImageDraw

WIDE, HIGH = 720, 480
OAT, WHITE, PINE, SUN, CORAL, PLUM, SKY, LEAF = "#faf6ef", "#ffffff", "#0c5b52", "#ffc247", "#dd6440", "#a3578b", "#3f7fbf", "#5a9a50"


def draw(key: str) -> bytes:
    """The picture of an organisation, as PNG."""
    image = Image.new("RGB", (WIDE, HIGH), OAT)
    _SCENES[key](ImageDraw.Draw(image))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def draw_face(number: int) -> bytes:
    """A child's drawing of themselves, as PNG: a round face, hair, a smile."""
    image = Image.new("RGB", (HIGH, HIGH), (SUN, SKY)[number % 2])
    pen, skin, hair = ImageDraw.Draw(image), ("#8d5a3c", "#e0ac7e")[number % 2], ("#2b1d16", "#7a4a00")[number % 2]
    pen.pieslice((90, 390, 390, 690), 180, 360, fill=(CORAL, LEAF)[number % 2])
    pen.ellipse((105, 70, 375, 340), fill=hair)
    pen.ellipse((130, 110, 350, 400), fill=skin)
    for left in (185, 265):
        pen.ellipse((left, 215, left + 30, 250), fill=WHITE)
        pen.ellipse((left + 9, 224, left + 23, 243), fill=hair)
    pen.arc((185, 250, 295, 345), 20, 160, fill=WHITE, width=10)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _drums(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle((0, 0, WIDE, HIGH), fill=SUN)
    for left, top, wide, colour in ((120, 190, 210, CORAL), (370, 140, 250, PINE)):
        pen.rectangle((left, top + 40, left + wide, top + 230), fill=colour)
        pen.ellipse((left, top + 195, left + wide, top + 265), fill=colour)
        pen.ellipse((left, top, left + wide, top + 80), fill=WHITE, outline=colour, width=8)
        for at in range(5):
            pen.line((left + wide * at // 4, top + 60, left + wide * (at + 1) // 5, top + 220), fill=SUN, width=5)
    for start, end in (((150, 70), (300, 220)), ((640, 60), (500, 180))):
        pen.line((*start, *end), fill="#7a4a00", width=14)
        pen.ellipse((end[0] - 14, end[1] - 14, end[0] + 14, end[1] + 14), fill="#7a4a00")


def _pots(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle((0, 340, WIDE, HIGH), fill="#e4dac8")
    for at, colour in enumerate((CORAL, SUN, LEAF, SKY)):
        left = 70 + 130 * at
        pen.rectangle((left, 220, left + 100, 350), fill=WHITE, outline=PINE, width=5)
        pen.ellipse((left, 200, left + 100, 240), fill=colour, outline=PINE, width=5)
        pen.polygon(((left + 20, 228), (left + 44, 228), (left + 34, 290 + 14 * at)), fill=colour)
    pen.polygon(((590, 270), (690, 250), (700, 345), (600, 350)), fill=WHITE, outline=PINE)
    pen.ellipse((500, 330, 640, 400), fill=PLUM)


def _tent(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle((0, 0, WIDE, HIGH), fill="#e4effa")
    pen.rectangle((0, 400, WIDE, HIGH), fill=LEAF)
    for at in range(8):
        pen.polygon(((360, 90), (100 + 65 * at, 240), (165 + 65 * at, 240)), fill=CORAL if at % 2 else WHITE)
        pen.rectangle((100 + 65 * at, 240, 165 + 65 * at, 410), fill=CORAL if at % 2 else WHITE)
    pen.polygon(((360, 260), (300, 410), (420, 410)), fill=PINE)
    pen.line((360, 30, 360, 95), fill=PINE, width=6)
    pen.polygon(((362, 32), (430, 52), (362, 72)), fill=SUN)


def _water(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle((0, 0, WIDE, HIGH), fill=SKY)
    for lane in range(1, 4):
        for at in range(18):
            pen.ellipse((40 * at, 118 * lane - 8, 40 * at + 22, 118 * lane + 8), fill=WHITE if at % 2 else CORAL)
    for left, top, colour in ((180, 40, SUN), (400, 160, CORAL), (280, 280, WHITE), (520, 395, SUN)):
        pen.chord((left, top, left + 74, top + 74), 180, 360, fill=colour)
        pen.arc((left - 50, top + 26, left + 130, top + 60), 200, 340, fill=WHITE, width=4)


def _garden(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle((0, 0, WIDE, HIGH), fill="#fff1d2")
    pen.ellipse((540, 40, 660, 160), fill=SUN)
    pen.rectangle((60, 340, 660, 440), fill="#7a4a00")
    for at in range(6):
        middle, top = 110 + 100 * at, 230 - 22 * (at % 3)
        pen.line((middle, 340, middle, top), fill=LEAF, width=10)
        pen.ellipse((middle - 54, top - 6, middle - 2, top + 30), fill=LEAF)
        pen.ellipse((middle + 2, top - 26, middle + 54, top + 10), fill="#2f6b2f")


_SCENES: dict[str, Callable[[ImageDraw.ImageDraw], None]] = {
    "beats": _drums, "paint": _pots, "tumble": _tent, "swim": _water, "grow": _garden, "canalside": _pots,
}
