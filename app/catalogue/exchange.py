"""An offering as the exchange formats know one, and reading it from the tables. Files are the interchange room's."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.catalogue.availability import live_places
from app.catalogue.models import (
    Cohort,
    CohortState,
    Delivery,
    Gender,
    Offering,
    OfferingKind,
    OfferingState,
    Postcode,
    Season,
)
from app.shared import clock
from app.shared.db import db, in_parts

OPEN_TO_ALL = 9_999
"""The capacity of a drop-in whose source keeps no number of places: whoever comes may come."""



@dataclass(frozen=True)
class OfferingRecord:
    """What one source says of one offering. Pence, degrees, enums; `ref` is the source's own id.

    `capacity` and `places_left` None: no number is kept. `latitude` and `longitude` None: the source does not say where
    (a place that Kith worked out from the postcode is not the source's word).
    """

    ref: str
    title: str
    provider: str
    kind: OfferingKind
    description: str
    interests: list[str]
    needs: list[str]
    age_min: int
    age_max: int
    town: str
    postcode_area: str
    region: str
    latitude: float | None
    longitude: float | None
    delivery: Delivery
    home_visit_radius_km: float | None
    slots: list[dict[str, str]]
    is_by_arrangement: bool
    season: Season
    cost_pence: int
    capacity: int | None
    places_left: int | None
    languages: list[str]
    gender: Gender
    is_step_free: bool
    accessibility: list[str]
    sibling_min_age: int | None
    must_parent_stay: bool
    group_size: int | None
    referrals_last_year: int
    postcode: str = ""
    year_min: int | None = None
    year_max: int | None = None
    eligibility: str = ""
    how_to_get_there: str = ""
    site: str = ""


PLAIN_FIELDS = (
    "title", "kind", "description", "interests", "needs", "age_min", "age_max", "town", "postcode_area", "region", "delivery",
    "home_visit_radius_km", "slots", "is_by_arrangement", "season", "cost_pence", "languages", "gender", "is_step_free",
    "accessibility", "sibling_min_age", "must_parent_stay", "group_size", "referrals_last_year", "postcode",
    "year_min", "year_max", "eligibility", "how_to_get_there",
)
"""Fields that an offering and its record have alike. Those of the last lines, and the name of the site, are no columns of the format: only
mapped tables bring them."""


def list_imported(zone_id: uuid.UUID, source: str, refs: Iterable[str]) -> dict[str, Offering]:
    """The offerings of that source by its own ids, with their organisations and cohorts."""
    wanted = list(dict.fromkeys(refs))
    found: dict[str, Offering] = {}
    for part in in_parts(wanted):
        statement = (
            sa.select(Offering)
            .where(Offering.zone_id == zone_id, Offering.source == source, Offering.source_ref.in_(part))
            .options(selectinload(Offering.cohorts), selectinload(Offering.site))
        )
        found.update({offering.source_ref: offering for offering in db.session.scalars(statement)})
    return found


def list_missing(zone_id: uuid.UUID, source: str, seen: Collection[str], covers: Callable[[str], bool]) -> Sequence[MissingOffering]:
    """Those of a source that its new file does not have, and those that it has again. Closed and merged ones are nobody's loss."""
    statement = sa.select(Offering.id, Offering.source_ref, Offering.not_seen_since_on).where(
        Offering.zone_id == zone_id, Offering.source == source, Offering.state != OfferingState.CLOSED, Offering.merged_into_id.is_(None)
    )
    rows = (MissingOffering(id_, ref, since, is_missing=ref not in seen) for id_, ref, since in db.session.execute(statement) if covers(ref))
    return sorted((row for row in rows if row.is_missing or row.since is not None), key=lambda row: natural(row.ref))


@dataclass(frozen=True)
class MissingOffering:
    """`since`: already not seen; `is_missing`: not in the new file either."""

    id: uuid.UUID
    ref: str
    since: date | None
    is_missing: bool


def list_live(zone_id: uuid.UUID) -> Sequence[Offering]:
    """The live offerings of a Zone, but for those made for particular children, in the order in which they came (of one moment: by the source's id, 2 before 10)."""
    statement = (
        sa.select(Offering).where(Offering.zone_id == zone_id, Offering.state == OfferingState.LIVE, Offering.is_private.is_(False))
        .options(selectinload(Offering.cohorts), selectinload(Offering.site))
    )
    return sorted(db.session.scalars(statement), key=lambda o: (o.created_at, natural(o.source_ref), o.id))


def natural(ref: str) -> list[tuple[int, str]]:
    """For sorting: s2 before s10."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.findall(r"\d+|\D+", ref)]


def running_cohorts(offering: Offering) -> list[Cohort]:
    today = clock.today()
    return [c for c in offering.cohorts if c.state is CohortState.OPEN and (c.ends_on is None or c.ends_on >= today)]


def to_records(offerings: Sequence[Offering]) -> dict[uuid.UUID, OfferingRecord]:
    """What each offering says today, by its id. Places: the sum over its running cohorts."""
    live = live_places(cohort.id for offering in offerings for cohort in running_cohorts(offering))
    return {offering.id: _to_record(offering, *_places(running_cohorts(offering), live)) for offering in offerings}


def _places(cohorts: Sequence[Cohort], live: dict[uuid.UUID, int]) -> tuple[int | None, int | None]:
    if any(cohort.capacity >= OPEN_TO_ALL for cohort in cohorts):
        return None, None
    free = (max(0, cohort.capacity - cohort.outside_places - live[cohort.id]) for cohort in cohorts)
    return sum(cohort.capacity for cohort in cohorts), sum(free)


def _to_record(offering: Offering, capacity: int | None, places_left: int | None) -> OfferingRecord:
    own_place = not offering.is_place_approximate
    return OfferingRecord(
        ref=offering.source_ref, provider=offering.organisation.name, capacity=capacity, places_left=places_left,
        latitude=offering.latitude if own_place else None, longitude=offering.longitude if own_place else None,
        site=offering.site.name if offering.site else "",
        **{name: getattr(offering, name) for name in PLAIN_FIELDS},
    )


def find_places(codes: Iterable[str]) -> dict[str, tuple[float, float]]:
    """Where postcodes, sectors and outcodes are, of those that the Zone's tables know."""
    wanted = list(dict.fromkeys(code for code in codes if code))
    found: dict[str, tuple[float, float]] = {}
    for part in in_parts(wanted):
        statement = sa.select(Postcode.code, Postcode.latitude, Postcode.longitude).where(Postcode.code.in_(part))
        found.update({code: (latitude, longitude) for code, latitude, longitude in db.session.execute(statement)})
    return found
