"""Which figures are kept of a child, how they are read and said, which term a day is in, and a small chart of them. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.children import sdq
from app.children.school_models import Informant
from app.shared.errors import Invalid

_I = Informant
LEVELS = ("well below what is expected", "below what is expected", "as expected", "above what is expected")
WORRIES = ("no worry", "a little worried", "worried", "very worried")


@dataclass(frozen=True)
class Figure:
    """`least` and `most` in tenths. `steps` are words for 1, 2, 3 …; without them it is a number with `unit` behind it."""

    code: str
    words: str
    group: str
    informants: tuple[Informant, ...]
    least: int
    most: int
    unit: str = ""
    steps: tuple[str, ...] = ()
    is_exact: bool = False
    note: str = ""


def _figures() -> dict[str, Figure]:
    people = (_I.TEACHER, _I.PARENT, _I.SELF)
    made = [
        Figure(f"sdq_{scale}", sdq.SCALE_WORDS[scale], "sdq", people, 0, 400 if scale == "total" else 100) for scale in sdq.SCALES
    ]
    made.append(Figure("attendance", _l("Attendance"), "attendance", (_I.SCHOOL,), 0, 1000, unit="%", is_exact=True))
    made += [
        Figure(subject, words, "learning", (_I.SCHOOL,), 400, 1600, note=_l("A standardised score; 100 is the average."))
        for subject, words in (("reading", _l("Reading")), ("maths", _l("Maths")))
    ]
    made += [
        Figure(f"{subject}_level", words, "judgement", (_I.TEACHER,), 10, 40, steps=LEVELS)
        for subject, words in (("reading", _l("Reading, teacher’s judgement")), ("maths", _l("Maths, teacher’s judgement")))
    ]
    made += [
        Figure(f"worry_{area}", words, "judgement", (_I.TEACHER,), 10, 40, steps=WORRIES)
        for area, words in (
            ("social", _l("Social: how the teacher feels")), ("emotional", _l("Emotional: how the teacher feels")), ("academic", _l("Academic: how the teacher feels")),
        )
    ]
    return {figure.code: figure for figure in made}


FIGURES = _figures()
INFORMANT_WORDS = {_I.PARENT: _l("parent or carer"), _I.TEACHER: _l("teacher"), _I.SELF: _l("the child"), _I.SCHOOL: _l("school")}


def most_of(figure: Figure, informant: Informant) -> int:
    if figure.group == "sdq":
        return 10 * sdq.most(informant.value, figure.code.removeprefix("sdq_"))
    return figure.most


def check(code: str, informant: Informant, tenths: int, *, field: str | None = None) -> Figure:
    """Raises Invalid, with what is allowed, for a figure that cannot be."""
    figure = FIGURES.get(code)
    if figure is None or informant not in figure.informants:
        raise Invalid(_("That is not a figure that Kith keeps."), field=field)
    least, most = figure.least, most_of(figure, informant)
    if not least <= tenths <= most or (tenths % 10 and not figure.is_exact):
        raise Invalid(_("%(figure)s: %(allowed)s.", figure=figure.words, allowed=allowed(figure, informant)), field=field)
    return figure


def allowed(figure: Figure, informant: Informant) -> str:
    if figure.steps:
        return _("one of: %(steps)s", steps="; ".join(f"{at} {words}" for at, words in enumerate(figure.steps, 1)))
    least, most = figure.least // 10, most_of(figure, informant) // 10
    if figure.is_exact:
        return _("a number from %(least)s to %(most)s", least=least, most=most)
    return _("a whole number from %(least)s to %(most)s", least=least, most=most)


_NUMBER = re.compile(r"^(\d{1,4})(?:[.,](\d)0*)?\s*%?$", re.ASCII)
_TWO_PLACES = re.compile(r"^(\d{1,3})[.,](\d)(\d)\s*%?$", re.ASCII)
_STEPS = {
    "wb": 1, "well below": 1, "pre": 1, "below": 2, "wts": 2, "wt": 2, "working towards": 2, "working towards the standard": 2, "emerging": 2,
    "exs": 3, "exp": 3, "expected": 3, "at": 3, "on track": 3,
    "at expected": 3, "above": 4, "gds": 4, "gd": 4, "greater depth": 4, "exceeding": 4,
}
_WORRY_STEPS = {"none": 1, "no": 1, "no concern": 1, "low": 2, "some": 2, "a little": 2, "medium": 3, "high": 4, "a lot": 4}


def read(figure: Figure, informant: Informant, typed: str) -> int:
    """What a person or a file wrote, in tenths. Raises Invalid with what is allowed."""
    text = " ".join(typed.split()).lower()
    if figure.steps:
        whole = {words: at for at, words in enumerate(figure.steps, 1)}.get(text) or (_WORRY_STEPS if figure.steps is WORRIES else _STEPS).get(text)
        if whole is not None:
            return 10 * whole
    found = _NUMBER.match(text)
    exact = _TWO_PLACES.match(text) if figure.is_exact else None
    if found is None and exact is None:
        raise Invalid(_("%(figure)s: %(allowed)s.", figure=figure.words, allowed=allowed(figure, informant)))
    if exact is not None:
        tenths = (int(exact[1]) * 100 + int(exact[2] + exact[3]) + 5) // 10
    else:
        assert found is not None
        tenths = 10 * int(found[1]) + int(found[2] or 0)
    check(figure.code, informant, tenths)
    return tenths


def say(code: str, tenths: int) -> str:
    """91.2%, 17, or the words of a step."""
    figure = FIGURES[code]
    if figure.steps:
        return figure.steps[tenths // 10 - 1]
    number = f"{tenths // 10}.{tenths % 10}" if tenths % 10 else str(tenths // 10)
    return number + figure.unit


def typed(tenths: int | None) -> str:
    """As it would be typed again."""
    return "" if tenths is None else f"{tenths // 10}.{tenths % 10}" if tenths % 10 else str(tenths // 10)


def total_of(figures: Mapping[str, int]) -> int | None:
    """The total that four scales add up to, if all four are there."""
    parts = [figures.get(f"sdq_{scale}") for scale in sdq.DIFFICULTIES]
    return None if any(part is None for part in parts) else sum(part for part in parts if part is not None)


def band(code: str, informant: Informant, tenths: int) -> sdq.Band | None:
    return sdq.band_of(informant.value, code.removeprefix("sdq_"), tenths // 10) if code.startswith("sdq_") else None


def term_of(day: date) -> str:
    """Autumn 2026: September to December; spring to the middle of April; summer the rest."""
    if day.month >= 9:
        return _("Autumn %(year)s", year=day.year)
    return _("Spring %(year)s", year=day.year) if (day.month, day.day) < (4, 16) else _("Summer %(year)s", year=day.year)


# --- a small chart -------------------------------------------------------------------------------

WIDTH, HEIGHT, EDGE, FOOT, CLOSE = 320, 130, 26, 20, 44


@dataclass(frozen=True)
class Dot:
    """Its figure stands beside it unless the next one is too close."""

    x: float
    y: float
    value: str
    when: str
    anchor: str
    is_named: bool = True


@dataclass(frozen=True)
class Stripe:
    y: float
    height: float
    level: int


@dataclass(frozen=True)
class Chart:
    """Numbers for an SVG of WIDTH by HEIGHT; the table beside it says the same."""

    dots: tuple[Dot, ...]
    stripes: tuple[Stripe, ...]
    line: str
    top: str
    bottom: str
    middle: float | None = None


def chart_of(code: str, informant: Informant, points: Sequence[tuple[date, int]]) -> Chart:
    """`points` are (day, tenths), oldest first. Days keep their distance; the scale is the figure's own, closer where it is wide."""
    figure = FIGURES[code]
    least, most = figure.least, most_of(figure, informant)
    if code == "attendance":
        least = min(700, *(tenths // 100 * 100 for _, tenths in points)) if points else 700
    if figure.group == "learning":
        least, most = min(600, *(p for _, p in points)), max(1400, *(p for _, p in points))

    def y(tenths: float) -> float:
        return round(8 + (HEIGHT - FOOT - 16) * (1 - (tenths - least) / (most - least)), 1)

    first, last = (points[0][0], points[-1][0]) if points else (None, None)
    dots: list[Dot] = []
    for day, tenths in points:
        share = 0.5 if first is None or last is None or first == last else (day - first).days / (last - first).days
        anchor = "start" if share < 0.15 and first != last else "end" if share > 0.85 and first != last else "middle"
        x = round(EDGE + (WIDTH - 2 * EDGE) * share, 1)
        if dots and x - dots[-1].x < CLOSE:
            dots[-1] = replace(dots[-1], is_named=False)
        dots.append(Dot(x, y(tenths), typed(tenths) + figure.unit, f"{day:%b %y}", anchor))
    stripes = []
    if code.startswith("sdq_"):
        for level, (low, high) in enumerate(sdq.BANDS[informant.value][code.removeprefix("sdq_")]):
            top, bottom = y(min(10 * high + 5, most)), y(max(10 * low - 5, least))
            stripes.append(Stripe(top, round(bottom - top, 1), level))
    line = " ".join(f"{dot.x},{dot.y}" for dot in dots) if len(dots) > 1 else ""
    return Chart(
        tuple(dots), tuple(stripes), line, typed(most) + figure.unit, typed(least) + figure.unit,
        y(1000) if figure.group == "learning" else None,
    )
