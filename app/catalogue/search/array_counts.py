"""Live counts over a snapshot's arrays: what `facets` counts over rows, from one bit an offering for each value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import cached_property, lru_cache

import numpy as np

from app.catalogue.models import ACCESSIBILITY, AREAS, Delivery, OfferingKind
from app.catalogue.search import kernels
from app.catalogue.search.asking import People, near, passes
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
_KEPT, _WHEN = "", "days and times"


@dataclass
class Narrowed:
    """Those who answer the words (`among`), and who of them passes each filter in use; `has_places` for the filter on places.

    `sets` are those that pass every filter, and those that pass every filter but one; which is where says `row_of`."""

    segment: Segment
    filters: Filters
    among: People
    has_places: Array | None
    is_alone: bool = False

    def __post_init__(self) -> None:
        names = [name for name in self.filters.in_use if name != "places_now" or self.has_places is not None]
        self.row_of = {name: row for row, name in enumerate((_KEPT, *names))}
        if not names:
            self.sets = self.among.words.reshape(1, -1)
            self.kept = self.among
            return
        docs, allowed = self.among.docs, [0]
        passing = np.empty((len(names), len(docs)), bool)
        for n, name in enumerate(names):
            is_of_places = name == "places_now" and self.has_places is not None
            passing[n] = _in(self.has_places, docs) if is_of_places else passes(self.segment, name, self.filters, docs)
            allowed.append(1 << n)
        if self.filters.times:
            self.row_of[_WHEN] = len(allowed)
            allowed.append(sum(1 << n for n, name in enumerate(names) if name in ("days", "times")))
        self.sets = kernels.narrow(docs, passing, np.array(allowed, np.uint64), len(self.among.words))
        self.kept = People(self.sets[0], int(np.bitwise_count(self.sets[0]).sum()))

    def but_for(self, name: str) -> Array:
        """Those who pass every filter but this."""
        row = self.row_of.get(name, 0)
        return kernels.members(self.sets[row]) if row else self.kept.docs

    def both(self, others: People) -> People:
        """Those who are also among these."""
        words = self.kept.words & others.words
        return People(words, int(np.bitwise_count(words).sum()))

    @cached_property
    def rows(self) -> Array:
        """For each of the segment's codes, the set it is counted over."""
        kept: dict[tuple[str, ...], Array] = self.segment.__dict__.setdefault("rows_of_codes", {})
        names = tuple(self.row_of)
        if names not in kept:
            if len(kept) > FEW_WAYS:
                kept.clear()
            kept[names] = np.array([self.row_of.get(FILTER_OF.get(code.partition(" ")[0], ""), 0) for code in self.segment.codes], np.int64)
        return kept[names]


def _in(words: Array | None, docs: Array) -> Array:
    """Which of these are in a set."""
    assert words is not None
    found: Array = (words[docs >> 6] >> (docs & 63).astype(np.uint64)) & np.uint64(1) != 0
    return found


FEW_WAYS = 500
"""Of filters chosen together, for which it is remembered what is counted over whom."""


@lru_cache(256)
def _codes(prefix: str, values: tuple[object, ...]) -> list[str]:
    return [f"{prefix} {value}" for value in values]


def counts(narrowed: Narrowed) -> Counts:
    """The counts of one segment."""
    return _Counting(narrowed).counts()


class _Counting:
    def __init__(self, narrowed: Narrowed) -> None:
        self.narrowed, self.segment, self.filters = narrowed, narrowed.segment, narrowed.filters
        s = self.segment
        totals = kernels.count(narrowed.sets, narrowed.rows, s.bits, 0, len(s.codes)).tolist()
        self.totals: dict[str, int] = dict(zip(s.codes, totals, strict=True))

    def of(self, prefix: str, values: tuple[object, ...]) -> list[int]:
        """How many of those who pass every other filter have each of these values."""
        found = self.totals.get
        return [found(code, 0) for code in _codes(prefix, values)]

    def counts(self) -> Counts:
        f = self.filters
        return Counts(
            kind=dict(zip(_KINDS, self.of("kind", _KINDS), strict=True)),
            need=dict(zip(AREAS, self.of("need", AREAS), strict=True)),
            interest=self._interests(),
            day=self._days(),
            time=self._times(),
            delivery=dict(zip(_DELIVERIES, self.of("delivery", _DELIVERIES), strict=True)),
            town=self._towns(),
            language=self._languages(),
            cost=dict(zip(COSTS, self.of("cost", COSTS), strict=True)),
            access=dict(zip(ACCESSIBILITY, self.of("access", ACCESSIBILITY), strict=True)),
            age=dict(zip(AGES, self.of("age", tuple(AGES)), strict=True)),
            free=self.totals["free"],
            step_free=self.totals["step_free"],
            places=self._places(),
            within=self._within() if f.origin is not None else None,
        )

    def _languages(self) -> dict[str, int]:
        """Those that some who answer the words have, also where the filters leave none."""
        codes, s = self.segment.codes, self.segment
        first = s.first_language
        known = self.totals
        if len(self.narrowed.sets) > 1:
            rows = np.zeros(len(codes), np.int64)
            spoken = kernels.count(self.narrowed.among.words.reshape(1, -1), rows, s.bits, first, len(codes)).tolist()
            known = dict(zip(codes[first:], spoken, strict=True))
        return {code[len("language ") :]: self.totals[code] for code in codes[first:] if known[code]}

    def _towns(self) -> dict[str, int]:
        s = self.segment
        numbers = kernels.tally(self.narrowed.but_for("towns"), s.town.reshape(-1, 1), len(s.towns)).tolist()
        return {town: number for town, number in zip(s.towns, numbers, strict=True) if number and town}

    def _interests(self) -> dict[str, int]:
        s = self.segment
        docs = self.narrowed.but_for("interests")
        numbers = kernels.tally(docs, s.liked, len(s.interests))
        if len(s.more_docs):
            wanted = np.zeros(s.size, bool)
            wanted[docs] = True
            numbers += np.bincount(s.more_interests[wanted[s.more_docs]], minlength=len(s.interests))
        return self.most(numbers, s.interests, MOST_INTERESTS, folded(self.filters.interests))

    def most(self, numbers: Array, names: Sequence[str], most: int, chosen: Sequence[str]) -> dict[str, int]:
        """Counts by name: all, or (in a snapshot that nothing stands beside) those that may be among the `most`, and those chosen."""
        numbers[0 if names[0] == "" else len(numbers) :][:1] = 0
        border = np.partition(numbers, -most)[-most] if self.narrowed.is_alone and len(numbers) > most else 1
        found = {names[n]: int(numbers[n]) for n in np.flatnonzero(numbers >= max(1, border)).tolist()}
        if chosen and border > 1:
            found.update({name: int(numbers[n]) for n, name in enumerate(names) if name in chosen})
        return found

    def _days(self) -> dict[str, int]:
        if not self.filters.times:
            return dict(zip(DAYS, self.of("day", DAYS), strict=True))
        times = self.segment.times[self.narrowed.but_for(_WHEN)]
        return {day: int(np.count_nonzero(times & times_bits(self.filters.times, (day,)))) for day in DAYS}

    def _times(self) -> dict[str, int]:
        if not self.filters.days:
            return dict(zip(TIMES, self.of("time", TIMES), strict=True))
        times = self.segment.times[self.narrowed.but_for("times")]
        return {time: int(np.count_nonzero(times & times_bits((time,), self.filters.days))) for time in TIMES}

    def _places(self) -> int | None:
        has_places = self.narrowed.has_places
        if has_places is None:
            return None
        return int(np.bitwise_count(self.narrowed.sets[self.narrowed.row_of.get("places_now", 0)] & has_places).sum())

    def _within(self) -> dict[float, int]:
        assert self.filters.origin is not None
        found = near(self.segment, self.filters.origin, self.narrowed.but_for("within_km"), DISTANCES)
        return {km: int(np.count_nonzero(here)) for km, here in zip(DISTANCES, found, strict=True)}


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
