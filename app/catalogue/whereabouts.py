"""Where something is, and how that is known: a pin moved by hand, the postcode, or only its sector or outcode. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from app.catalogue.models import PlaceFoundBy


@dataclass(frozen=True)
class Spot:
    latitude: float
    longitude: float
    found_by: PlaceFoundBy | None

    @property
    def is_same_place(self) -> tuple[float, float]:
        return round(self.latitude, 5), round(self.longitude, 5)


class Placed(Protocol):
    """An offering or a site."""

    postcode: str
    latitude: float | None
    longitude: float | None
    place_found_by: PlaceFoundBy | None


def spot_of(thing: Placed | None) -> Spot | None:
    if thing is None or thing.latitude is None or thing.longitude is None:
        return None
    return Spot(thing.latitude, thing.longitude, thing.place_found_by)


def choose(*, typed: tuple[float, float] | None, found: Spot | None, before: Spot | None, is_same_postcode: bool) -> Spot | None:
    """Where it is after an edit. `typed` is the pin as the form has it, `found` what the table knows of the postcode.

    A pin that was moved counts, and stays until it is taken away. One that was left where it was stays while the postcode does, or
    when it was set by hand; otherwise the postcode counts.
    """
    if typed is not None and (before is None or (round(typed[0], 5), round(typed[1], 5)) != before.is_same_place):
        return Spot(*typed, PlaceFoundBy.PIN)
    if typed is not None and before is not None and (is_same_postcode or before.found_by is PlaceFoundBy.PIN):
        return before
    return found


def is_about(found_by: PlaceFoundBy | None, *, is_approximate: bool) -> bool:
    """Only the neighbourhood is known: to be said as "about". The middle of a full postcode is a few doors away, and is near enough."""
    return found_by in (PlaceFoundBy.SECTOR, PlaceFoundBy.OUTCODE) or (is_approximate and found_by is None)


def neighbourhood(postcode: str, found_by: PlaceFoundBy | None) -> str:
    """W10 5 or W10: the part of the postcode that was found."""
    outward, _, inward = postcode.partition(" ")
    return f"{outward} {inward[:1]}".strip() if found_by is PlaceFoundBy.SECTOR else outward
