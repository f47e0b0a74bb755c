"""Live counts beside a search: each value's count is what choosing it would give. Pure, over the rows that answer the words.

Within one facet several values mean any of them, so a facet's own choice is left out when its values are counted.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.catalogue.languages import language_name
from app.catalogue.models import ACCESSIBILITY, AREAS, OFFERING_KIND_WORDS, Delivery, OfferingKind
from app.catalogue.search.facts import DAYS, TIMES
from app.catalogue.search.filters import (
    CHECKS,
    Filters,
    access_bits,
    days_bits,
    needs_bits,
    row_distance,
    times_bits,
)
from app.catalogue.words import DELIVERIES, FEATURES, TIME_WORDS

DISTANCES = (1.0, 2.0, 5.0, 10.0)
AGES = range(4, 19)
COSTS = (200, 500, 1000, 2000)
"""What a family might be ready to pay a session, in pence."""
MOST_INTERESTS = 12
MOST_TOWNS = 12
Free = Mapping[uuid.UUID, int]


@dataclass(frozen=True)
class Value:
    """One choice of a facet: what the form sends, what people read, how many results it gives."""

    value: str
    text: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Facet:
    """`name` is the form's field, `filter` the field of Filters it sets."""

    name: str
    filter: str
    title: str
    values: tuple[Value, ...]
    is_single: bool = False


def passing(rows: Sequence[Any], filters: Filters, free: Free | None) -> list[Any]:
    """The rows that pass every filter."""
    return [row for row, failed in _failures(rows, filters, free) if not failed]


def _failures(rows: Sequence[Any], filters: Filters, free: Free | None) -> list[tuple[Any, frozenset[str]]]:
    """Each row with the names of the filters it fails, of those in use."""
    names = filters.in_use
    out = []
    for row in rows:
        failed = {name for name in names if name in CHECKS and not CHECKS[name](filters, row)}
        if filters.places_now and not (free or {}).get(row.offering_id, 0):
            failed.add("places_now")
        out.append((row, frozenset(failed)))
    return out


def count(rows: Sequence[Any], filters: Filters, free: Free | None) -> tuple[Facet, ...]:
    """Every facet with its values and counts. `free` (places by offering) may be None when nobody asks for places."""
    judged = _failures(rows, filters, free)
    kept = [row for row, failed in judged if not failed]

    def but_for(name: str) -> Sequence[Any]:
        return [row for row, failed in judged if failed <= {name}] if name in filters.in_use else kept

    kinds = Counter(row.kind for row in but_for("kinds"))
    deliveries = Counter(row.delivery for row in but_for("deliveries"))
    needs = Counter(row.needs_mask for row in but_for("needs"))
    whens = Counter((row.days, row.times) for row in _but_for_days(judged, filters, but_for("days")))
    times = Counter(row.times for row in but_for("times"))
    features = Counter(row.access for row in kept)
    costs = Counter(row.cost_pence for row in but_for("max_cost_pence"))
    ages = Counter((row.age_min, row.age_max) for row in but_for("age"))
    facets = [
        _facet("kind", "kinds", "Kind", filters.kinds, [(k.value, OFFERING_KIND_WORDS[k], kinds[k.value]) for k in OfferingKind]),
        _facet("need", "needs", "Need", filters.needs, [(a, a, _with_bits(needs, needs_bits((a,)))) for a in AREAS]),
        _interest_facet(but_for("interests"), filters),
        _facet("day", "days", "Day", filters.days, [(d, d, _on_day(whens, d, filters)) for d in DAYS]),
        _facet("time", "times", "Time of day", filters.times,
               [(t, TIME_WORDS[t], _with_bits(times, times_bits((t,), filters.days))) for t in TIMES]),
        _facet("delivery", "deliveries", "Where", filters.deliveries, [(d.value, DELIVERIES[d], deliveries[d.value]) for d in Delivery]),
        _town_facet(but_for("towns"), filters),
        _language_facet(rows, but_for("languages"), filters),
        _facet("cost", "max_cost_pence", "Cost to the family", () if filters.max_cost_pence is None else (str(filters.max_cost_pence // 100),),
               [(str(c // 100), f"Up to £{c // 100} a session", sum(n for pence, n in costs.items() if pence <= c)) for c in COSTS],
               is_single=True),
        _facet("access", "access", "Access", filters.access,
               [(a, FEATURES[a], _with_bits(features, access_bits((a,)))) for a in ACCESSIBILITY if a != "step-free"]),
        _switch("free", "is_free", "Free for families", sum(r.cost_pence == 0 for r in but_for("is_free")), chosen=filters.is_free),
        _switch("step_free", "is_step_free", "Step-free", sum(r.is_step_free for r in but_for("is_step_free")), chosen=filters.is_step_free),
    ]
    if free is not None:
        now = sum(free.get(row.offering_id, 0) > 0 for row in but_for("places_now"))
        facets.append(_switch("places", "places_now", "Places now", now, chosen=filters.places_now))
    if filters.origin is not None:
        facets.append(_distance_facet(but_for("within_km"), filters))
    facets.append(_facet(
        "age", "age", "Age", () if filters.age is None else (str(filters.age),),
        [(str(a), str(a), sum(n for (low, high), n in ages.items() if low <= a <= high)) for a in AGES], is_single=True,
    ))
    return tuple(facets)


def _with_bits(masks: Counter[int], bits: int) -> int:
    return sum(n for mask, n in masks.items() if mask & bits)


def _but_for_days(judged: Sequence[tuple[Any, frozenset[str]]], filters: Filters, rows: Sequence[Any]) -> Sequence[Any]:
    """With a part of the day chosen, another day may bring one that meets then: the count looks at both together."""
    return [row for row, failed in judged if failed <= {"days", "times"}] if filters.times else rows


def _on_day(whens: Counter[tuple[int, int]], day: str, filters: Filters) -> int:
    if filters.times:
        return sum(n for (_, times), n in whens.items() if times & times_bits(filters.times, (day,)))
    return sum(n for (days, _), n in whens.items() if days & days_bits((day,)))


def _most(counts: Counter[str], chosen: Sequence[str], most: int) -> list[tuple[str, str, int]]:
    """The most widespread, and those chosen, as choices."""
    kept = [value for value, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:most]]
    return [(value, value.upper() if len(value) <= 3 else value.capitalize(), counts[value])
            for value in dict.fromkeys([*kept, *chosen])]


def _interest_facet(rows: Sequence[Any], filters: Filters) -> Facet:
    counts: Counter[str] = Counter()
    for listed, number in Counter(row.interests for row in rows).items():
        for interest in listed.strip("|").split("|"):
            if interest:
                counts[interest] += number
    return _facet("interest", "interests", "Interest", filters.interests, _most(counts, filters.interests, MOST_INTERESTS))


def _town_facet(rows: Sequence[Any], filters: Filters) -> Facet:
    counts = Counter(row.town for row in rows if row.town)
    values = [(value, value.title(), number) for value, _, number in _most(counts, filters.towns, MOST_TOWNS)]
    return _facet("place", "towns", "Place", filters.towns, values)


def _facet(
    name: str, filter_: str, title: str, chosen: Sequence[str], values: Sequence[tuple[str, str, int]], *, is_single: bool = False
) -> Facet:
    return Facet(name, filter_, title, tuple(Value(value, text, n, value in chosen) for value, text, n in values), is_single)


def _switch(name: str, filter_: str, title: str, number: int, *, chosen: bool) -> Facet:
    return Facet(name, filter_, title, (Value("1", title, number, chosen),))


def _language_facet(all_rows: Sequence[Any], rows: Sequence[Any], filters: Filters) -> Facet:
    """Languages other than English that some result has, and those chosen; most widespread first."""
    known = {code for text in {row.languages for row in all_rows} for code in text.strip("|").split("|") if code} - {"en"}
    spoken = Counter(row.languages for row in rows)
    counts = {code: sum(n for text, n in spoken.items() if f"|{code}|" in text) for code in known | set(filters.languages)}
    order = sorted(counts, key=lambda code: (-counts[code], language_name(code)))
    values = (Value(code, language_name(code), counts[code], code in filters.languages) for code in order)
    return Facet("language", "languages", "Language", tuple(values))


def _distance_facet(rows: Sequence[Any], filters: Filters) -> Facet:
    away = [km for row in rows if (km := row_distance(row, filters.origin)) is not None]
    values = (
        Value(f"{km:g}", f"Within {km:g} km", sum(d <= km for d in away), filters.within_km == km) for km in DISTANCES
    )
    return Facet("within", "within_km", "Distance", tuple(values), is_single=True)


@dataclass(frozen=True)
class Widening:
    """One filter let go, and how many results that gives."""

    filter: str
    count: int


def widenings(rows: Sequence[Any], filters: Filters, free: Free | None) -> tuple[Widening, ...]:
    """For a page without results: what letting go of one filter at a time would give, best first; those that give nothing are
    left out."""
    found = [Widening(name, len(passing(rows, filters.without(name), free))) for name in filters.in_use]
    return tuple(sorted((w for w in found if w.count), key=lambda w: -w.count))


def choose(filters: Filters, facet: Facet, value: str) -> Filters:
    """The filters as they are once only this value of this facet is chosen. For tests and links."""
    current = getattr(filters, facet.filter)
    new: Any
    if isinstance(current, tuple):
        new = (value,)
    elif isinstance(current, bool):
        new = True
    elif facet.filter == "age":
        new = int(value)
    elif facet.filter == "max_cost_pence":
        new = int(value) * 100
    else:
        new = float(value)
    return replace(filters, **{facet.filter: new})
