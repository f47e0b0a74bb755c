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
from app.catalogue.words import DELIVERIES, FEATURES, TIME_WORDS, town

DISTANCES = (1.0, 2.0, 5.0, 10.0)
AGES = range(4, 19)
COSTS = (200, 500, 1000, 2000)
"""What a family might be ready to pay a session, in pence."""
MOST_INTERESTS = 12
MOST_TOWNS = 12
WHOLE = ("day", "need", "time", "age", "cost", "within")
"""Facets that are shown whole, also what gives nothing."""
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

    @property
    def drawn(self) -> list[tuple[int, str, str, int, bool]]:
        """The choices that a list of them shows, numbered: those that give something or are chosen, of some facets all."""
        shown = (value for value in self.values if value.count or value.is_chosen or self.name in WHOLE)
        return [(n, value.value, value.text, value.count, value.is_chosen) for n, value in enumerate(shown, 1)]


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


@dataclass(frozen=True)
class Counts:
    """How many results each value of each facet gives. `places` is None when nobody asks for places, `within` without an origin;
    `language` has every language that some result of the words has, also when the filters leave none."""

    kind: Mapping[str, int]
    need: Mapping[str, int]
    interest: Mapping[str, int]
    day: Mapping[str, int]
    time: Mapping[str, int]
    delivery: Mapping[str, int]
    town: Mapping[str, int]
    language: Mapping[str, int]
    cost: Mapping[int, int]
    access: Mapping[str, int]
    age: Mapping[int, int]
    free: int
    step_free: int
    places: int | None
    within: Mapping[float, int] | None


def count(rows: Sequence[Any], filters: Filters, free: Free | None) -> tuple[Facet, ...]:
    """Every facet with its values and counts. `free` (places by offering) may be None when nobody asks for places."""
    return assemble(_counts(rows, filters, free), filters)


def _counts(rows: Sequence[Any], filters: Filters, free: Free | None) -> Counts:
    judged = _failures(rows, filters, free)
    kept = [row for row, failed in judged if not failed]

    def but_for(name: str) -> Sequence[Any]:
        return [row for row, failed in judged if failed <= {name}] if name in filters.in_use else kept

    needs = Counter(row.needs_mask for row in but_for("needs"))
    whens = Counter((row.days, row.times) for row in _but_for_days(judged, filters, but_for("days")))
    times = Counter(row.times for row in but_for("times"))
    features = Counter(row.access for row in kept)
    costs = Counter(row.cost_pence for row in but_for("max_cost_pence"))
    ages = Counter((row.age_min, row.age_max) for row in but_for("age"))
    away = [km for row in but_for("within_km") if (km := row_distance(row, filters.origin)) is not None] if filters.origin else []
    return Counts(
        kind=Counter(row.kind for row in but_for("kinds")),
        need={area: _with_bits(needs, needs_bits((area,))) for area in AREAS},
        interest=_each(Counter(row.interests for row in but_for("interests"))),
        day={day: _on_day(whens, day, filters) for day in DAYS},
        time={time: _with_bits(times, times_bits((time,), filters.days)) for time in TIMES},
        delivery=Counter(row.delivery for row in but_for("deliveries")),
        town=Counter(row.town for row in but_for("towns") if row.town),
        language={code: 0 for row in rows for code in row.languages.strip("|").split("|") if code}
        | _each(Counter(row.languages for row in but_for("languages"))),
        cost={limit: sum(n for pence, n in costs.items() if pence <= limit) for limit in COSTS},
        access={feature: _with_bits(features, access_bits((feature,))) for feature in ACCESSIBILITY},
        age={age: sum(n for (low, high), n in ages.items() if low <= age <= high) for age in AGES},
        free=sum(row.cost_pence == 0 for row in but_for("is_free")),
        step_free=sum(row.is_step_free for row in but_for("is_step_free")),
        places=None if free is None else sum(free.get(row.offering_id, 0) > 0 for row in but_for("places_now")),
        within=None if filters.origin is None else {km: sum(d <= km for d in away) for km in DISTANCES},
    )


def assemble(counts: Counts, filters: Filters) -> tuple[Facet, ...]:
    """The facets as a page shows them."""
    facets = [
        _facet("kind", "kinds", "Kind", filters.kinds, [(k.value, OFFERING_KIND_WORDS[k], counts.kind.get(k.value, 0)) for k in OfferingKind]),
        _facet("need", "needs", "Need", filters.needs, [(a, a, counts.need[a]) for a in AREAS]),
        _facet("interest", "interests", "Interest", filters.interests, _most(counts.interest, filters.interests, MOST_INTERESTS)),
        _facet("day", "days", "Day", filters.days, [(d, d, counts.day[d]) for d in DAYS]),
        _facet("time", "times", "Time of day", filters.times, [(t, TIME_WORDS[t], counts.time[t]) for t in TIMES]),
        _facet("delivery", "deliveries", "Where", filters.deliveries,
               [(d.value, DELIVERIES[d], counts.delivery.get(d.value, 0)) for d in Delivery]),
        _facet("place", "towns", "Place", filters.towns,
               [(value, town(value), number) for value, _, number in _most(counts.town, filters.towns, MOST_TOWNS)]),
        _language_facet(counts.language, filters),
        _facet("cost", "max_cost_pence", "Cost to the family", () if filters.max_cost_pence is None else (str(filters.max_cost_pence // 100),),
               [(str(c // 100), f"Up to £{c // 100} a session", counts.cost[c]) for c in COSTS], is_single=True),
        _facet("access", "access", "Access", filters.access,
               [(a, FEATURES[a], counts.access[a]) for a in ACCESSIBILITY if a != "step-free"]),
        _switch("free", "is_free", "Free for families", counts.free, chosen=filters.is_free),
        _switch("step_free", "is_step_free", "Step-free", counts.step_free, chosen=filters.is_step_free),
    ]
    if counts.places is not None:
        facets.append(_switch("places", "places_now", "Places now", counts.places, chosen=filters.places_now))
    if counts.within is not None:
        facets.append(_facet(
            "within", "within_km", "Distance", () if filters.within_km is None else (f"{filters.within_km:g}",),
            [(f"{km:g}", f"Within {km:g} km", number) for km, number in counts.within.items()], is_single=True,
        ))
    facets.append(_facet(
        "age", "age", "Age", () if filters.age is None else (str(filters.age),),
        [(str(a), f"{a}, {school_years(a)}", counts.age[a]) for a in AGES], is_single=True,
    ))
    return tuple(facets)


def school_years(age: int) -> str:
    """In which years of school children of an age are: "Year 4 or 5" at nine."""
    years = [year for year in (age - 5, age - 4) if 1 <= year <= 13]
    named = f"Year {' or '.join(map(str, years))}" if years else ""
    if age not in (4, 5):
        return named
    return f"Reception or {named}" if age == 5 else "Reception"


def _with_bits(masks: Counter[int], bits: int) -> int:
    return sum(n for mask, n in masks.items() if mask & bits)


def _but_for_days(judged: Sequence[tuple[Any, frozenset[str]]], filters: Filters, rows: Sequence[Any]) -> Sequence[Any]:
    """With a part of the day chosen, another day may bring one that meets then: the count looks at both together."""
    return [row for row, failed in judged if failed <= {"days", "times"}] if filters.times else rows


def _on_day(whens: Counter[tuple[int, int]], day: str, filters: Filters) -> int:
    if filters.times:
        return sum(n for (_, times), n in whens.items() if times & times_bits(filters.times, (day,)))
    return sum(n for (days, _), n in whens.items() if days & days_bits((day,)))


def _most(counts: Mapping[str, int], chosen: Sequence[str], most: int) -> list[tuple[str, str, int]]:
    """The most widespread, and those chosen, as choices."""
    kept = [value for value, number in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:most] if number]
    return [(value, value.upper() if len(value) <= 3 else value.capitalize(), counts.get(value, 0))
            for value in dict.fromkeys([*kept, *chosen])]


def _each(listed: Counter[str]) -> Counter[str]:
    """Lists ("|drumming|music|") and how often each stands, as their single values and how often each of those does."""
    counts: Counter[str] = Counter()
    for values, number in listed.items():
        for value in dict.fromkeys(values.strip("|").split("|")):
            if value:
                counts[value] += number
    return counts


def _facet(
    name: str, filter_: str, title: str, chosen: Sequence[str], values: Sequence[tuple[str, str, int]], *, is_single: bool = False
) -> Facet:
    return Facet(name, filter_, title, tuple(Value(value, text, n, value in chosen) for value, text, n in values), is_single)


def _switch(name: str, filter_: str, title: str, number: int, *, chosen: bool) -> Facet:
    return Facet(name, filter_, title, (Value("1", title, number, chosen),))


def _language_facet(known: Mapping[str, int], filters: Filters) -> Facet:
    """Languages other than English that some result has, and those chosen; most widespread first."""
    counts = {code: known.get(code, 0) for code in (known.keys() - {"en"}) | set(filters.languages)}
    order = sorted(counts, key=lambda code: (-counts[code], language_name(code)))
    values = (Value(code, language_name(code), counts[code], code in filters.languages) for code in order)
    return Facet("language", "languages", "Language", tuple(values))


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
