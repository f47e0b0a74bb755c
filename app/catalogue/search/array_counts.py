"""Live counts over a snapshot's arrays: what `facets` counts over rows, from one bit an offering for each value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields

import numpy as np

from app.catalogue.models import ACCESSIBILITY, AREAS, Delivery, OfferingKind
from app.catalogue.search import kernels
from app.catalogue.search.asking import People, circles_around, passes
from app.catalogue.search.facets import AGES, COSTS, DISTANCES, MOST_INTERESTS, Counts
from app.catalogue.search.facts import DAYS, TIMES
from app.catalogue.search.filters import Filters, folded, times_bits
from app.catalogue.search.segment import Array, Segment

FILTER_OF = {
    "kind": "kinds", "need": "needs", "day": "days", "time": "times", "delivery": "deliveries", "language": "languages", "cost": "max_cost_pence",
    "free": "is_free", "step_free": "is_step_free", "age": "age",
}
"""Which filter a value of a segment's `codes` belongs to, by the code's first word."""
_KINDS, _DELIVERIES = tuple(kind.value for kind in OfferingKind), tuple(delivery.value for delivery in Delivery)
_KEPT, _WHEN, _AMONG = "", "days and times", "among"
_UNFILTERED = {_KEPT: 0, _AMONG: 0}


class Narrowed:
    """Those who answer the words (`among`), and who of them passes each filter in use; `has_places` for the filter on places.

    `sets` are those that pass every filter, those that pass every filter but one, and those that answer the words; which is where says
    `row_of`."""

    def __init__(self, segment: Segment, filters: Filters, among: People, has_places: Array | None, *, is_alone: bool = False) -> None:
        self.segment, self.filters, self.among, self.has_places, self.is_alone = segment, filters, among, has_places, is_alone
        names = [name for name in filters.in_use if name != "places_now" or has_places is not None]
        if not names:
            self.row_of = _UNFILTERED
            self.sets = among.words.reshape(1, -1)
            self.kept = among
            return
        docs, allowed = among.docs, [0]
        passing = np.empty((len(names), len(docs)), bool)
        for n, name in enumerate(names):
            is_of_places = name == "places_now" and has_places is not None
            passing[n] = _in(has_places, docs) if is_of_places else passes(segment, name, filters, docs)
            allowed.append(1 << n)
        self.row_of = {name: row for row, name in enumerate((_KEPT, *names))}
        if filters.times:
            self.row_of[_WHEN] = len(allowed)
            allowed.append(sum(1 << n for n, name in enumerate(names) if name in ("days", "times")))
        self.row_of[_AMONG] = len(allowed)
        allowed.append((1 << len(names)) - 1)
        self.sets = kernels.narrow(docs, passing, np.array(allowed, np.uint64), len(among.words))
        self.kept = People(self.sets[0], int(np.bitwise_count(self.sets[0]).sum()))

    def but_for(self, name: str) -> Array:
        """Those who pass every filter but this."""
        row = self.row_of.get(name, 0)
        return kernels.members(self.sets[row]) if row else self.kept.docs

    @property
    def runs(self) -> Array:
        """From which of the segment's codes up to which, and over which set they are counted: all of them, and once more the languages,
        over those who answer the words."""
        kept: dict[tuple[str, ...], Array] = self.segment.__dict__.setdefault("runs_of_codes", {})
        names = tuple(self.row_of)
        if names not in kept:
            if len(kept) > FEW_WAYS:
                kept.clear()
            runs = [(first, last, self.row_of.get(FILTER_OF.get(kind, ""), 0)) for kind, (first, last) in self.segment.places_of.items()]
            first, last = self.segment.places_of.get("language", (0, 0))
            kept[names] = np.array([*_joined(runs), (first, last, self.row_of[_AMONG])], np.int64)
        return kept[names]


def _joined(runs: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Neighbours that are counted over the same set are one run."""
    out = [(0, 0, 0)]
    for first, last, row in runs:
        if row == out[-1][2]:
            out[-1] = (out[-1][0], last, row)
        else:
            out.append((first, last, row))
    return out


def _in(words: Array | None, docs: Array) -> Array:
    """Which of these are in a set."""
    assert words is not None
    found: Array = (words[docs >> 6] >> (docs & 63).astype(np.uint64)) & np.uint64(1) != 0
    return found


FEW_WAYS = 500
"""Of filters chosen together, for which it is remembered what is counted over whom."""


def counts(narrowed: Narrowed) -> Counts:
    """The counts of one segment."""
    s, f, row_of, has_places = narrowed.segment, narrowed.filters, narrowed.row_of, narrowed.has_places
    circles = s.everybody[:0].reshape(0, 0) if f.origin is None else circles_around(s, f.origin)
    found, by_town, by_interest = kernels.count(
        narrowed.sets, narrowed.runs, s.bits, len(s.towns), s.town, row_of.get("towns", 0), len(s.interests), s.liked, row_of.get("interests", 0),
        s.more_docs, s.more_interests, circles, row_of.get("within_km", 0),
        narrowed.sets[0] if has_places is None else has_places, -1 if has_places is None else row_of.get("places_now", 0),
    )
    totals: list[int] = found.tolist()

    def of(kind: str) -> list[int]:
        first, last = s.places_of.get(kind, (0, 0))  # where nobody speaks a language there is none
        return totals[first:last]

    codes, spoken = s.values_of["language"], totals[len(s.codes) :]
    return Counts(
        kind=dict(zip(_KINDS, of("kind"), strict=True)),
        need=dict(zip(AREAS, of("need"), strict=True)),
        interest=_by_name(s.interests, by_interest, 0 if not narrowed.is_alone else MOST_INTERESTS, folded(f.interests)),
        day=_days(narrowed) if f.times else dict(zip(DAYS, of("day"), strict=True)),
        time=_times(narrowed) if f.days else dict(zip(TIMES, of("time"), strict=True)),
        delivery=dict(zip(_DELIVERIES, of("delivery"), strict=True)),
        town=_by_name(s.towns, by_town),
        language={code: number for code, number, known in zip(codes, of("language"), spoken, strict=False) if known},
        cost=dict(zip(COSTS, of("cost"), strict=True)),
        access=dict(zip(ACCESSIBILITY, of("access"), strict=True)),
        age=dict(zip(AGES, of("age"), strict=True)),
        free=of("free")[0],
        step_free=of("step_free")[0],
        places=None if has_places is None else totals[-1],
        within=None if f.origin is None else dict(zip(DISTANCES, totals[-len(circles) - 1 : -1], strict=True)),
    )


def _by_name(names: Sequence[str], numbers: Array, most: int = 0, chosen: Sequence[str] = ()) -> dict[str, int]:
    """Counts by name, nothing for no name: all, or those that may be among the `most`, and those chosen."""
    if names and names[0] == "":
        numbers[0] = 0
    places = kernels.largest(numbers, most)
    found = dict(zip([names[n] for n in places.tolist()], numbers[places].tolist(), strict=True))
    if chosen and most:
        found.update({name: int(numbers[n]) for n, name in enumerate(names) if name in chosen})
    return found


def _days(narrowed: Narrowed) -> dict[str, int]:
    """With a part of the day chosen, another day may bring one that meets then: the count looks at both together."""
    times = narrowed.segment.times[narrowed.but_for(_WHEN)]
    return {day: int(np.count_nonzero(times & times_bits(narrowed.filters.times, (day,)))) for day in DAYS}


def _times(narrowed: Narrowed) -> dict[str, int]:
    times = narrowed.segment.times[narrowed.but_for("times")]
    return {time: int(np.count_nonzero(times & times_bits((time,), narrowed.filters.days))) for time in TIMES}


def added(parts: Sequence[Counts]) -> Counts:
    """Counts of several segments in one."""
    if len(parts) == 1:
        return parts[0]

    def whole(read: Callable[[Counts], object]) -> object:
        values = [read(part) for part in parts]
        if isinstance(values[0], dict):
            total: dict[object, int] = dict(values[0])  # the largest part comes first
            for value in values[1:]:
                assert isinstance(value, dict)
                for key, number in value.items():
                    total[key] = total.get(key, 0) + number
            return total
        return None if values[0] is None else sum(values)  # type: ignore[arg-type]

    return Counts(**{field.name: whole(lambda part, name=field.name: getattr(part, name)) for field in fields(Counts)})  # type: ignore[arg-type,misc]
