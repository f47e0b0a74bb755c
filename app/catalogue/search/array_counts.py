"""Live counts over a snapshot's arrays: what `facets` counts over rows, from one bit an offering for each value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import cached_property, lru_cache
from threading import local

import numpy as np

from app.catalogue.models import ACCESSIBILITY, AREAS, Delivery, OfferingKind
from app.catalogue.search.asking import distances, passes, tally
from app.catalogue.search.facets import AGES, COSTS, DISTANCES, MOST_INTERESTS, Counts
from app.catalogue.search.facts import DAYS, TIMES
from app.catalogue.search.filters import Filters, folded, times_bits
from app.catalogue.search.segment import Array, Segment, packed, unpacked

_scratch = local()


@dataclass
class Narrowed:
    """Those who answer the words (`among`), and, as bits, who passes each filter in use; `has_places` for the filter on places."""

    segment: Segment
    filters: Filters
    among: Array
    has_places: Array | None
    is_alone: bool = False

    def __post_init__(self) -> None:
        self.answering = packed(self.among)
        self.passing: dict[str, Array] = {}
        for name in self.filters.in_use:
            if name != "places_now":
                self.passing[name] = packed(passes(self.segment, name, self.filters))
            elif self.has_places is not None:
                self.passing[name] = packed(self.has_places)
        self.kept = self.but_for()

    def but_for(self, *names: str) -> Array:
        """Bits of those who pass every filter but these."""
        bits = self.answering
        for name, passing in self.passing.items():
            if name not in names:
                bits = bits & passing
        return bits

    @cached_property
    def mask(self) -> Array:
        return unpacked(self.kept, self.segment.size) if self.passing else self.among

    @cached_property
    def docs(self) -> Array:
        return numbers_of(self.mask)

    @cached_property
    def number(self) -> int:
        return number_in(self.kept)


def numbers_of(mask: Array) -> Array:
    """Where it is true. Eight at a time first: most have none."""
    whole = len(mask) // 8 * 8
    words = mask[:whole].view(np.uint64)
    some = np.flatnonzero(words)
    if len(some) * 8 > len(words):
        return np.flatnonzero(mask)
    at = np.flatnonzero(words[some].view(np.bool_))
    found: Array = some[at >> 3] * 8 + (at & 7)
    return np.concatenate((found, whole + np.flatnonzero(mask[whole:]))) if whole < len(mask) else found


def number_in(bits: Array) -> int:
    return int(np.bitwise_count(bits).sum())


def _totals(bits: Array, kept: Array) -> list[int]:
    """How many of `kept` have each value; into this thread's own memory, for getting new costs more than counting."""
    if getattr(_scratch, "shape", None) != bits.shape:
        _scratch.shape, _scratch.both, _scratch.ones = bits.shape, np.empty_like(bits), np.empty(bits.shape, np.uint8)
    np.bitwise_and(bits, kept, out=_scratch.both)
    np.bitwise_count(_scratch.both, out=_scratch.ones)
    totals: list[int] = np.add.reduce(_scratch.ones, axis=1, dtype=np.uint32).tolist()
    return totals


@lru_cache(256)
def _codes(prefix: str, values: tuple[object, ...]) -> list[str]:
    return [f"{prefix} {value}" for value in values]


def counts(narrowed: Narrowed) -> Counts:
    """The counts of one segment."""
    return _Counting(narrowed).counts()


class _Counting:
    def __init__(self, narrowed: Narrowed) -> None:
        self.narrowed, self.segment, self.filters = narrowed, narrowed.segment, narrowed.filters
        self.place = self.segment.place_of_code
        self.totals = dict(zip(self.segment.codes, _totals(self.segment.bits, narrowed.kept), strict=True))

    def of(self, filter_: str, prefix: str, values: Sequence[object]) -> list[int]:
        """How many of those who pass every other filter have each of these values."""
        codes = _codes(prefix, tuple(values))
        if filter_ not in self.narrowed.passing:
            return [self.totals.get(code, 0) for code in codes]
        bits = self.narrowed.but_for(filter_)
        return [number_in(self.segment.bits[self.place[code]] & bits) if code in self.place else 0 for code in codes]

    def switch(self, filter_: str, code: str) -> int:
        return self.totals[code] if filter_ not in self.narrowed.passing else number_in(
            self.segment.bits[self.place[code]] & self.narrowed.but_for(filter_)
        )

    def counts(self) -> Counts:
        s, f = self.segment, self.filters
        kinds, deliveries = [k.value for k in OfferingKind], [d.value for d in Delivery]
        languages = [code.partition(" ")[2] for code in s.codes if code.startswith("language ")]
        spoken = dict(zip(languages, self.of("languages", "language", languages), strict=True))
        known = {code for code in languages if self._is_spoken(code)} if self.narrowed.passing else {c for c, n in spoken.items() if n}
        return Counts(
            kind=dict(zip(kinds, self.of("kinds", "kind", kinds), strict=True)),
            need=dict(zip(AREAS, self.of("needs", "need", AREAS), strict=True)),
            interest=self._interests(),
            day=self._days(),
            time=self._times(),
            delivery=dict(zip(deliveries, self.of("deliveries", "delivery", deliveries), strict=True)),
            town={town: number for town, number in tally(s.town[self._docs("towns")], s.towns).items() if town},
            language={code: spoken[code] for code in languages if code in known},
            cost=dict(zip(COSTS, self.of("max_cost_pence", "cost", COSTS), strict=True)),
            access=dict(zip(ACCESSIBILITY, self.of("none", "access", ACCESSIBILITY), strict=True)),
            age=dict(zip(AGES, self.of("age", "age", AGES), strict=True)),
            free=self.switch("is_free", "free"),
            step_free=self.switch("is_step_free", "step_free"),
            places=self._places(),
            within=self._within() if f.origin is not None else None,
        )

    def _docs(self, filter_: str) -> Array:
        if filter_ not in self.narrowed.passing:
            return self.narrowed.docs
        return numbers_of(unpacked(self.narrowed.but_for(filter_), self.segment.size))

    def _is_spoken(self, code: str) -> bool:
        return bool((self.segment.bits[self.place[f"language {code}"]] & self.narrowed.answering).any())

    def _interests(self) -> dict[str, int]:
        docs = self._docs("interests")
        numbers = np.bincount(self.segment.liked.take(docs, axis=0).ravel(), minlength=len(self.segment.interests))
        if len(self.segment.more_docs):
            wanted = np.zeros(self.segment.size, bool)
            wanted[docs] = True
            more = self.segment.more_interests[wanted[self.segment.more_docs]]
            numbers += np.bincount(more, minlength=len(self.segment.interests))
        return self.most(numbers, self.segment.interests, MOST_INTERESTS, folded(self.filters.interests))

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
            return dict(zip(DAYS, self.of("days", "day", DAYS), strict=True))
        docs = np.flatnonzero(unpacked(self.narrowed.but_for("days", "times"), self.segment.size))
        return {day: int(np.count_nonzero(self.segment.times[docs] & times_bits(self.filters.times, (day,)))) for day in DAYS}

    def _times(self) -> dict[str, int]:
        if not self.filters.days:
            return dict(zip(TIMES, self.of("times", "time", TIMES), strict=True))
        docs = self._docs("times")
        return {time: int(np.count_nonzero(self.segment.times[docs] & times_bits((time,), self.filters.days))) for time in TIMES}

    def _places(self) -> int | None:
        if self.narrowed.has_places is None:
            return None
        return number_in(self.narrowed.but_for("places_now") & packed(self.narrowed.has_places))

    def _within(self) -> dict[float, int]:
        assert self.filters.origin is not None
        away = distances(self.segment, self.filters.origin, self._docs("within_km"))
        return {km: int(np.count_nonzero(away <= km)) for km in DISTANCES}


def added(parts: Sequence[Counts]) -> Counts:
    """Counts of several segments in one."""
    if len(parts) == 1:
        return parts[0]

    def whole(read: Callable[[Counts], object]) -> object:
        values = [read(part) for part in parts]
        if isinstance(values[0], dict):
            total: Counter[object] = Counter()
            for value in values:
                assert isinstance(value, dict)
                for key, number in value.items():
                    total[key] += number
            return dict(total)
        return None if values[0] is None else sum(values)  # type: ignore[arg-type]

    return Counts(**{field.name: whole(lambda part, name=field.name: getattr(part, name)) for field in fields(Counts)})  # type: ignore[arg-type,misc]
