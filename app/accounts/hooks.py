"""What accounts asks of, and tells, the rooms above it. Those rooms call the `register_` functions in their `wiring.connect`.

Questions have one answerer and a safe default (no choice, not found). News goes to every listener, in the transaction of the verb.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from app.accounts.models import Person, RoleGrant

Choices = Callable[[uuid.UUID], Sequence[tuple[uuid.UUID, str]]]
Locator = Callable[[str], tuple[float, float] | None]


class LinkKind(StrEnum):
    """Why somebody gets a link to choose a password."""

    INVITED = "invited"
    FORGOTTEN = "forgotten"


@dataclass
class _Registry:
    organisations: Choices = lambda zone_id: ()
    funds: Choices = lambda zone_id: ()
    locate: Locator = lambda postcode: None
    on_link: list[Callable[[Person, LinkKind], None]] = field(default_factory=list)
    on_granted: list[Callable[[RoleGrant], None]] = field(default_factory=list)


_registry = _Registry()


def register_organisations(list_of: Choices) -> None:
    """`list_of(zone_id)` answers the organisations of a Zone as (id, name), by name. For catalogue."""
    _registry.organisations = list_of


def register_funds(list_of: Choices) -> None:
    """`list_of(zone_id)` answers the funds of a Zone as (id, name), by name. For commissioning."""
    _registry.funds = list_of


def register_locator(locate: Locator) -> None:
    """`locate(postcode)` answers (latitude, longitude), or None. For catalogue, which has the postcode table."""
    _registry.locate = locate


def register_on_link(listener: Callable[[Person, LinkKind], None]) -> None:
    """`listener(person, kind)`: this person is to be sent a link to choose a password. For notifications."""
    if listener not in _registry.on_link:
        _registry.on_link.append(listener)


def register_on_granted(listener: Callable[[RoleGrant], None]) -> None:
    """`listener(grant)`: somebody who can sign in already has a new role. For notifications."""
    if listener not in _registry.on_granted:
        _registry.on_granted.append(listener)


def organisations(zone_id: uuid.UUID) -> Sequence[tuple[uuid.UUID, str]]:
    return _registry.organisations(zone_id)


def funds(zone_id: uuid.UUID) -> Sequence[tuple[uuid.UUID, str]]:
    return _registry.funds(zone_id)


def locate(postcode: str) -> tuple[float, float] | None:
    return _registry.locate(postcode) if postcode else None


def tell_link(person: Person, kind: LinkKind) -> None:
    for listener in _registry.on_link:
        listener(person, kind)


def tell_granted(grant: RoleGrant) -> None:
    for listener in _registry.on_granted:
        listener(grant)
