"""What may narrow a search, once as SQL and once as Python over one row; both must say the same. Pure.

Several values of one filter mean any of them; different filters must all hold.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property, lru_cache
from math import asin, cos, radians, sin, sqrt
from typing import Any, Protocol

import sqlalchemy as sa

from app.catalogue.models import ACCESSIBILITY, NEEDS, OfferingText
from app.catalogue.search.facts import DAYS, TIMES

Point = tuple[float, float]
EARTH_KM = 6371.0088


class Row(Protocol):
    """The columns of OfferingText that filters read."""

    kind: str
    delivery: str
    region: str
    age_min: int
    age_max: int
    cost_pence: int
    days: int
    times: int
    needs_mask: int
    languages: str
    is_step_free: bool
    access: int
    interests: str
    town: str
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True)
class Filters:
    """`needs` are codes (Emotional:anxiety) or whole areas (Emotional); `days` Mon to Sun; costs in pence a session.

    `times` are parts of a day (TIMES); with `days` it must be one slot that is both. `access` are features (ACCESSIBILITY), all of
    which it must have: a child who needs two of them is not helped by one. `interests` and `towns` as providers write them.

    `within_km` counts from `origin` (latitude, longitude) and does nothing without it. `places_now` is looked at last, by the
    engine, for places are counted and not stored.
    """

    kinds: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    interests: tuple[str, ...] = ()
    towns: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    access: tuple[str, ...] = ()
    deliveries: tuple[str, ...] = ()
    age: int | None = None
    max_cost_pence: int | None = None
    is_free: bool = False
    is_step_free: bool = False
    within_km: float | None = None
    origin: Point | None = None
    places_now: bool = False

    def without(self, *names: str) -> Filters:
        return replace(self, **{name: getattr(NOTHING, name) for name in names})

    @cached_property
    def in_use(self) -> list[str]:
        """The names of the filters that narrow something."""
        names = [field.name for field in fields(self) if field.name != "origin"]
        return [name for name in names if getattr(self, name) != getattr(NOTHING, name) and not (name == "within_km" and not self.origin)]


NOTHING = Filters()


@lru_cache(256)
def needs_bits(needs: tuple[str, ...]) -> int:
    """The bits of these needs: "Emotional" is all of that area, "anxiety" and "Emotional:anxiety" the one."""
    bits = 0
    for wanted in needs:
        for n, code in enumerate(NEEDS):
            area, _, word = code.partition(":")
            if wanted.casefold() in (code.casefold(), area.casefold(), word):
                bits |= 1 << n
    return bits


@lru_cache(256)
def days_bits(days: tuple[str, ...]) -> int:
    return sum(1 << DAYS.index(day) for day in dict.fromkeys(days) if day in DAYS)


@lru_cache(256)
def times_bits(times: tuple[str, ...], days: tuple[str, ...] = ()) -> int:
    """The bits of these parts of the day, on these days or (without any) on every day."""
    wanted = [DAYS.index(day) for day in dict.fromkeys(days) if day in DAYS] or range(len(DAYS))
    return sum(1 << (len(TIMES) * day + TIMES.index(time)) for day in wanted for time in dict.fromkeys(times) if time in TIMES)


@lru_cache(256)
def access_bits(features: tuple[str, ...]) -> int:
    return sum(1 << ACCESSIBILITY.index(feature) for feature in dict.fromkeys(features) if feature in ACCESSIBILITY)


def distance_km(here: Point, there: Point) -> float:
    """A straight line over the ground."""
    lat1, lon1, lat2, lon2 = map(radians, (*here, *there))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(half)))


def row_distance(row: Row, origin: Point | None) -> float | None:
    if origin is None or row.latitude is None or row.longitude is None:
        return None
    return distance_km(origin, (row.latitude, row.longitude))


def admits(filters: Filters, row: Row) -> bool:
    """Does the row pass every filter but `places_now`?"""
    return all(CHECKS[name](filters, row) for name in filters.in_use if name in CHECKS)


def _near_enough(filters: Filters, row: Row) -> bool:
    if filters.within_km is None or filters.origin is None:
        return True
    away = row_distance(row, filters.origin)
    return away is not None and away <= filters.within_km


@lru_cache(256)
def folded(texts: tuple[str, ...]) -> list[str]:
    return [" ".join(text.casefold().split()) for text in texts]


CHECKS: dict[str, Any] = {
    "kinds": lambda f, r: not f.kinds or r.kind in f.kinds,
    "regions": lambda f, r: not f.regions or r.region in folded(f.regions),
    "needs": lambda f, r: not f.needs or bool(r.needs_mask & needs_bits(f.needs)),
    "days": lambda f, r: not f.days or bool(r.days & days_bits(f.days)),
    "times": lambda f, r: not f.times or bool(r.times & times_bits(f.times, f.days)),
    "interests": lambda f, r: not f.interests or any(f"|{wanted}|" in r.interests for wanted in folded(f.interests)),
    "towns": lambda f, r: not f.towns or r.town in folded(f.towns),
    "access": lambda f, r: r.access & access_bits(f.access) == access_bits(f.access),
    "languages": lambda f, r: not f.languages or any(f"|{code}|" in r.languages for code in f.languages),
    "deliveries": lambda f, r: not f.deliveries or r.delivery in f.deliveries,
    "age": lambda f, r: f.age is None or r.age_min <= f.age <= r.age_max,
    "max_cost_pence": lambda f, r: f.max_cost_pence is None or r.cost_pence <= f.max_cost_pence,
    "is_free": lambda f, r: not f.is_free or r.cost_pence == 0,
    "is_step_free": lambda f, r: not f.is_step_free or r.is_step_free,
    "within_km": _near_enough,
}
"""One check a filter, so that a count can leave one of them out."""


def conditions(filters: Filters) -> list[sa.ColumnElement[bool]]:
    """The same as SQL over OfferingText; the distance only as a box around the circle, to be measured afterwards."""
    t, out = OfferingText, list[sa.ColumnElement[bool]]()
    if filters.kinds:
        out.append(t.kind.in_(filters.kinds))
    if filters.regions:
        out.append(t.region.in_(folded(filters.regions)))
    if filters.needs:
        out.append(t.needs_mask.bitwise_and(needs_bits(filters.needs)) != 0)
    if filters.days:
        out.append(t.days.bitwise_and(days_bits(filters.days)) != 0)
    if filters.times:
        out.append(t.times.bitwise_and(times_bits(filters.times, filters.days)) != 0)
    if filters.interests:
        out.append(sa.or_(*(t.interests.contains(f"|{wanted}|", autoescape=True) for wanted in folded(filters.interests))))
    if filters.towns:
        out.append(t.town.in_(folded(filters.towns)))
    if filters.access:
        out.append(t.access.bitwise_and(access_bits(filters.access)) == access_bits(filters.access))
    if filters.languages:
        out.append(sa.or_(*(t.languages.contains(f"|{code}|", autoescape=True) for code in filters.languages)))
    if filters.deliveries:
        out.append(t.delivery.in_(filters.deliveries))
    if filters.age is not None:
        out += [t.age_min <= filters.age, t.age_max >= filters.age]
    if filters.max_cost_pence is not None:
        out.append(t.cost_pence <= filters.max_cost_pence)
    if filters.is_free:
        out.append(t.cost_pence == 0)
    if filters.is_step_free:
        out.append(t.is_step_free.is_(True))
    if filters.within_km is not None and filters.origin is not None:
        latitude, longitude = filters.origin
        up = filters.within_km / 110.0
        aside = filters.within_km / max(1.0, 110.0 * cos(radians(min(89.0, abs(latitude) + up))))
        out += [t.latitude.between(latitude - up, latitude + up), t.longitude.between(longitude - aside, longitude + aside)]
    return out
