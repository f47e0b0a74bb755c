"""What rooms above tell the catalogue: which names must not stay in what people typed. Safe when nobody has told."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from app.accounts.models import Person

NamesOf = Callable[[uuid.UUID], frozenset[str]]
NamesSeenBy = Callable[[Person], frozenset[str]]


def _nobody(_: object) -> frozenset[str]:
    return frozenset()


_names_of: NamesOf = _nobody
_names_seen_by: NamesSeenBy = _nobody


def register_names(of_zone: NamesOf, seen_by: NamesSeenBy) -> None:
    """`of_zone(zone_id)`: every word that is part of a name of a Zone's children and their people, small letters. `seen_by(person)`:
    first names of the children this person may see anyway."""
    global _names_of, _names_seen_by
    _names_of, _names_seen_by = of_zone, seen_by


def names_of_zone(zone_id: uuid.UUID) -> frozenset[str]:
    return _names_of(zone_id)


def names_seen_by(person: Person) -> frozenset[str]:
    return _names_seen_by(person)
