"""What rooms above tell the catalogue (which names must not stay in what people typed), and what they hear from it: sessions that were
called off or moved. Safe when nobody has told or listens."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from app.accounts.models import Person
from app.catalogue.models import Organisation, Session

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


SessionChanged = Callable[[Session, Person | None], None]
on_called_off: list[SessionChanged] = []
"""`(session, actor)`, in the transaction that cancels it."""
on_moved: list[SessionChanged] = []
"""`(the new session, actor)`, in the transaction that moves it."""


StandingChanged = Callable[[Organisation], None]
on_standing_changed: list[StandingChanged] = []
"""`(organisation)`, in the transaction in which its papers lapsed or were renewed and its state followed by itself."""


def listen_to_standing(listener: StandingChanged) -> None:
    if listener not in on_standing_changed:
        on_standing_changed.append(listener)


def listen_to_sessions(*, called_off: SessionChanged, moved: SessionChanged) -> None:
    """Registering the same function again changes nothing."""
    for known, listener in ((on_called_off, called_off), (on_moved, moved)):
        if listener not in known:
            known.append(listener)
