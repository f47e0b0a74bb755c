"""What in a text could tell a partner which child it is about. Pure: the names to look for come in, the risky words go out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

_NUMBERS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen"
_PATTERNS: Sequence[tuple[re.Pattern[str], str]] = tuple(
    (re.compile(pattern, flags), why) for pattern, flags, why in (
        (rf"\b(?:\d{{1,2}}|{_NUMBERS})(?:\.\d|½| and a half)?[- ]?(?:years?|yrs?)[- ]?olds?\b", re.IGNORECASE, _l("An exact age. The year group says enough.")),
        (rf"\b(?:aged?|turns?|turned|turning)\s+(?:\d{{1,2}}|{_NUMBERS})\b", re.IGNORECASE, _l("An exact age. The year group says enough.")),
        (r"\b\d{1,2} months?[- ]old\b|\bbirthday\b|\bborn (?:in|on)\b", re.IGNORECASE, _l("When the child was born.")),
        (r"\b\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})\b", 0, _l("A date that could be a day in the child’s life.")),
        (r"\b(?!U\d|Y\d|KS\d)[A-Z]{1,2}\d[A-Z\d]?(?: ?\d[A-Z]{2})?\b", 0, _l("A postcode is a small area. The wider area is given already.")),
        (r"\b(?:[A-Z][\w'’]+ )+(?:Road|Street|Lane|Avenue|Estate|House|Court|Gardens|Close|Square|Tower|Terrace|Crescent|Mews)\b", 0, _l("An address.")),
        (r"\b(?:[A-Z][\w'’.]+ )+(?:Primary|Infant|Infants|Junior|School|Academy|College)\b", 0, _l("A school.")),
        (r"\b[\w.+-]+@[\w-]+\.[\w.]+\b", 0, _l("An e-mail address.")),
        (r"(?<!\d)(?:\+44|0)\d(?:[ -]?\d){8,9}(?!\d)", 0, _l("A telephone number.")),
        (r"\bK-[0-9A-Z]{4,6}\b", 0, _l("The child’s reference.")),
    )
)

_ALSO_WORDS = frozenset((
    "will may mark rose grace hope joy faith summer sky art bill jack dawn june april august pearl star young long short green brown "
    "white black grey king best love day price song park wood field hill lane sunny angel precious blessing miracle happy rich pat"
).split())
"""Names that are plain words too: only with a capital are they taken for a name."""


@dataclass(frozen=True)
class Known:
    """What is known of the child and the Zone, to be looked for."""

    names: tuple[str, ...] = ()
    schools: tuple[str, ...] = ()
    small_areas: tuple[str, ...] = ()
    rare_languages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Risk:
    start: int
    end: int
    word: str
    why: str


def risks(text: str, known: Known) -> list[Risk]:
    """Every stretch that could identify the child, in the order of the text; of those that overlap, the longest."""
    found = sorted({*_shapes(text), *_known(text, known)}, key=lambda risk: (risk.start, -risk.end, risk.why))
    kept: list[Risk] = []
    for risk in found:
        if not kept or risk.start >= kept[-1].end:
            kept.append(risk)
        elif risk.end > kept[-1].end:
            kept[-1] = Risk(kept[-1].start, risk.end, text[kept[-1].start : risk.end], kept[-1].why)
    return kept


def lit(text: str, found: Sequence[Risk]) -> list[tuple[str, str]]:
    """The text in pieces, each with why it is risky ("" where it is not), for a page to light up."""
    pieces, at = [], 0
    for risk in found:
        pieces += [(text[at : risk.start], ""), (text[risk.start : risk.end], risk.why)]
        at = risk.end
    return [piece for piece in [*pieces, (text[at:], "")] if piece[0]]


def _shapes(text: str) -> Iterator[Risk]:
    for pattern, why in _PATTERNS:
        for match in pattern.finditer(text):
            yield Risk(match.start(), match.end(), match.group(), why)


def _known(text: str, known: Known) -> Iterator[Risk]:
    yield from _words(text, known.names, _("A name of the child or the family."))
    yield from _words(text, known.schools, _("A school."))
    yield from _words(text, known.small_areas, _("A small area. The wider area is given already."))
    yield from _words(text, known.rare_languages, _("A language few children here speak. Agree on it when you meet."))


def _words(text: str, words: Iterable[str], why: str) -> Iterator[Risk]:
    for word in words:
        if len(word.strip()) > 1:
            flags = 0 if word.strip().lower() in _ALSO_WORDS else re.IGNORECASE
            for match in re.finditer(rf"(?<!\w){re.escape(word.strip())}(?!\w)", text, flags):
                yield Risk(match.start(), match.end(), match.group(), why)
