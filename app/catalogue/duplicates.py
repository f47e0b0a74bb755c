"""Which records look like one and the same, with the parts of the score. Pure.

Comparing each with each is out of the question for ten thousand, so only those are compared that share something: a rare word of
the name (or its first letters), a telephone number, a website, or a postcode together with the beginning of a word.
"""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import cos, hypot, radians
from urllib.parse import urlsplit

from rapidfuzz import fuzz

LEAST = 80.0
"""From this score on (of 100) a pair is shown to the Zone manager."""

WEIGHTS = {"name": 0.5, "provider": 0.15, "place": 0.2, "phone": 0.1, "site": 0.05}
RARE = 40
"""A word in more names than this says too little to bring two records together by itself."""

COMMON = frozenset({
    "the", "and", "of", "for", "at", "in", "a", "an", "to", "with", "on", "ltd", "limited", "cic", "cio", "trust", "charity", "charitable", "community",
    "club", "group", "centre", "center", "project", "association", "society", "service", "services", "school", "uk", "london",
})
WEAK = frozenset({
    "library", "libraries", "hub", "academy", "studio", "studios", "hall", "playground", "theatre", "museum", "gallery", "gym", "church", "mosque",
    "primary", "nursery", "sessions", "session", "class", "classes", "lessons", "workshop", "workshops", "programme",
})
"""What is left out as often as it is said: Valence is Valence Library."""

_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True)
class Record:
    """What is compared of one organisation or offering. `provider` is empty for an organisation."""

    id: uuid.UUID
    name: str
    provider: str = ""
    postcode: str = ""
    latitude: float | None = None
    longitude: float | None = None
    phone: str = ""
    website: str = ""


@dataclass(frozen=True)
class Likeness:
    """`parts` are from 0 to 100; a part that one of the two does not have is left out. `score` is their weighted mean."""

    first: uuid.UUID
    second: uuid.UUID
    score: float
    parts: Mapping[str, float]


@dataclass(frozen=True)
class _Read:
    record: Record
    name: str
    words: tuple[str, ...]
    core: tuple[str, ...]
    provider: str
    phone: str
    host: str


def find_pairs(records: Sequence[Record], *, least: float = LEAST, apart: Iterable[tuple[uuid.UUID, uuid.UUID]] = ()) -> list[Likeness]:
    """The likeliest first. `apart` are pairs that somebody has looked at and that are not the same."""
    known = {frozenset(pair) for pair in apart}
    read = [_read(record) for record in records]
    found = []
    for i, j in sorted(_candidates(read)):
        a, b = read[i], read[j]
        if frozenset((a.record.id, b.record.id)) in known:
            continue
        likeness = _compare(a, b, least)
        if likeness is not None:
            found.append(likeness)
    return sorted(found, key=lambda one: (-one.score, str(one.first), str(one.second)))


def compare(first: Record, second: Record) -> Likeness:
    """The parts for two records, however little alike they are."""
    likeness = _compare(_read(first), _read(second), 0.0)
    assert likeness is not None
    return likeness


def _read(record: Record) -> _Read:
    name = _plain(record.name)
    words = tuple(word for word in _WORD.findall(name) if word not in COMMON)
    return _Read(
        record, " ".join(words) or name, words, tuple(sorted(set(words) - WEAK)), _plain(record.provider), re.sub(r"\D", "", record.phone)[-10:],
        urlsplit(record.website).netloc.lower().removeprefix("www."),
    )


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.replace("’", "").replace("'", "").replace("&", " and "))
    return " ".join(_WORD.findall("".join(c for c in folded if not unicodedata.combining(c)).casefold()))


def _candidates(read: Sequence[_Read]) -> set[tuple[int, int]]:
    """Pairs of positions that share a block of a bearable size."""
    blocks: dict[str, list[int]] = defaultdict(list)
    for position, one in enumerate(read):
        for key in _keys(one):
            blocks[key].append(position)
    pairs: set[tuple[int, int]] = set()
    for members in blocks.values():
        if 1 < len(members) <= RARE:
            pairs.update(combinations(members, 2))
    return pairs


def _keys(one: _Read) -> set[str]:
    outward = one.record.postcode.partition(" ")[0]
    keys = {f"word {word}" for word in one.words if len(word) > 3}
    keys.add(f"name {''.join(sorted(one.words))}")
    keys.update(f"begin {word[:4]} {one.provider[:6]}" for word in one.words if one.provider)
    keys.update(f"here {outward} {word[:3]}" for word in one.words if outward)
    keys.update(f"two {a[:4]} {b[:4]}" for a, b in combinations(sorted(set(one.words)), 2))
    if len(one.phone) == 10:
        keys.add(f"phone {one.phone}")
    if one.host:
        keys.add(f"host {one.host} {one.name[:3]}")
    return keys


def _compare(a: _Read, b: _Read, least: float) -> Likeness | None:
    name = max(fuzz.token_sort_ratio(a.name, b.name), 0.96 * fuzz.ratio(a.name.replace(" ", ""), b.name.replace(" ", "")))
    if a.core and a.core == b.core:
        name = max(name, 90.0)
    if name < 60 and least:
        return None
    parts: dict[str, float] = {"name": name}
    if a.provider and b.provider:
        parts["provider"] = 100.0 if a.provider == b.provider else fuzz.token_sort_ratio(a.provider, b.provider)
    place = _place(a.record, b.record)
    if place is not None:
        parts["place"] = place
    if a.phone and b.phone:
        parts["phone"] = 100.0 if a.phone == b.phone else 0.0
    if a.host and b.host:
        parts["site"] = 100.0 if a.host == b.host else 0.0
    weight = sum(WEIGHTS[part] for part in parts)
    score = sum(WEIGHTS[part] * value for part, value in parts.items()) / weight
    if score < least:
        return None
    return Likeness(a.record.id, b.record.id, round(score, 1), {part: round(value, 1) for part, value in parts.items()})


def _place(a: Record, b: Record) -> float | None:
    """100 at one postcode or within 150 m, less the further apart, 0 from 3 km on. None when one of the two is nowhere."""
    if a.postcode and a.postcode == b.postcode and " " in a.postcode:
        return 100.0
    if a.latitude is not None and b.latitude is not None and a.longitude is not None and b.longitude is not None:
        km = hypot((a.latitude - b.latitude) * 111.2, (a.longitude - b.longitude) * 111.2 * cos(radians(a.latitude)))
        return max(0.0, min(100.0, 100.0 * (3.0 - km) / 2.85))
    if a.postcode and b.postcode:
        return 40.0 if a.postcode.partition(" ")[0] == b.postcode.partition(" ")[0] else 0.0
    return None
