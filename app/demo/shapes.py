"""The shapes the demo's invented rows are written in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class SchoolSpec:
    name: str
    place: str
    postcode: str
    ward: str
    primary: bool


@dataclass(frozen=True)
class Org:
    key: str
    name: str
    kind: str
    place: str
    contact: str
    about: str


@dataclass(frozen=True)
class Offer:
    """`price` is pence a session the charity pays, or with `per_place` for the whole place (None: nothing is bought). `slots` as in the exchange format.

    Options: arranged, delivery, radius, cost (pence a session for the family), season, gender, quiet, step_free, stay, sibling,
    languages, transport, bsl, per_place, alone (the practitioner works alone with a child), years (school years from and to), eligibility.
    """

    org: str
    title: str
    kind: str
    interests: str
    needs: str
    age_min: int
    age_max: int
    slots: str
    capacity: int
    price: int | None
    options: dict[str, Any] = field(default_factory=dict)
    about: str = ""
