"""Public libraries as local assets: each open one becomes a community organisation with one free offering, times by arrangement."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from app.accounts.models import Person
from app.catalogue.exchange import PLAIN_FIELDS, OfferingRecord
from app.catalogue.models import Delivery, Gender, OfferingKind, Season
from app.interchange.libraries import (
    LibraryReading,
    LibraryRow,
    Spot,
    find_spot,
    opening,
    read_coordinates,
    read_libraries,
)
from app.interchange.mapped import Beyond
from app.interchange.problems import Reading
from app.interchange.reports import Report
from app.interchange.services.catalogue import Extras, take_offerings
from app.shared.view import plural, sentence_list

SOURCE = "libraries"
INTERESTS = ["reading", "books", "stories", "homework", "quiet places"]
NEEDS = ["Academic:reading", "Social:belonging"]
OLDEST = 18
SHOWN = 12


def import_libraries(
    *, zone_id: uuid.UUID, content: bytes, authorities: Sequence[str], coordinates: bytes | None = None, region: str = "",
    is_dry_run: bool = False, actor: Person | None,
) -> Report:
    """Take the open libraries of some authorities into a Zone; closed ones and those of prisons stay out, and are said.

    Where they are comes from `coordinates` (the 2016 list) by postcode, else from the table of postcodes; those without a place
    are said. Raises Unusable for another kind of file or an authority that is not in it.
    """
    listed = read_libraries(content, authorities)
    spots = read_coordinates(coordinates) if coordinates is not None else {}
    reading: Reading[OfferingRecord] = Reading(
        problems=listed.problems, columns=frozenset(PLAIN_FIELDS) | {"provider", "latitude", "longitude", "capacity", "places_left"}
    )
    extras: dict[str, Extras] = {}
    for row, library in listed.rows:
        spot = find_spot(library, spots)
        is_doubtful = library.ref in listed.doubtful
        reading.rows.append((row, _record(library, None if is_doubtful else spot, region)))
        extras[library.ref] = Extras(
            Beyond(address=library.address, postcode=library.postcode, email=library.email), spot=_point(spot) if is_doubtful else None,
        )
    reading.notes = [*_left_out(listed), *listed.notes]
    return take_offerings(
        zone_id=zone_id, reading=reading, source=SOURCE, is_dry_run=is_dry_run, actor=actor, what="libraries", extras=extras,
        covers=lambda ref: ref.partition("/")[0] in listed.authorities,
    )


def _point(spot: Spot | None) -> tuple[float, float] | None:
    return (spot.latitude, spot.longitude) if spot is not None else None


def _left_out(listed: LibraryReading) -> list[str]:
    notes = []
    for why, names in listed.left_out.items():
        shown = names[:SHOWN] + ([f"{len(names) - SHOWN} more"] if len(names) > SHOWN else [])
        notes.append(f"{plural(len(names), 'library', 'libraries')} left out, {why}: {sentence_list(shown)}.")
    return notes


def _record(library: LibraryRow, spot: Spot | None, region: str) -> OfferingRecord:
    what = "A mobile library that comes round with books" if library.is_mobile else "A public library"
    return OfferingRecord(
        ref=library.ref, title=library.name, provider=library.name, kind=OfferingKind.COMMUNITY_ASSET,
        description=f"{what}, free and open to everybody. Come in, sit and read, borrow books, ask the librarian. {opening(library.open_days)}",
        interests=list(INTERESTS), needs=list(NEEDS), age_min=0, age_max=OLDEST, town=library.town,
        postcode_area=library.postcode.partition(" ")[0], region=region or library.authority,
        latitude=spot.latitude if spot else None, longitude=spot.longitude if spot else None, delivery=Delivery.VENUE,
        home_visit_radius_km=None, slots=[], is_by_arrangement=True, season=Season.ALL_YEAR, cost_pence=0, capacity=None,
        places_left=None, languages=["en"], gender=Gender.ANY, is_step_free=False, accessibility=[], sibling_min_age=0,
        must_parent_stay=False, group_size=None, referrals_last_year=0, postcode=library.postcode,
    )
