"""Every live offering of a Zone as matching reads it: parsed and indexed once per change of the catalogue, and kept per process.

Whether an offering is still live, has places or was refused is not kept here: that is asked anew for every match.
"""

from __future__ import annotations

import uuid
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

import sqlalchemy as sa

from app.catalogue.models import Cohort, Offering, OfferingKind, OfferingState, Organisation, PartnerState
from app.catalogue.search.lexicon import lexicon
from app.matching import audiences, text
from app.matching.profile import Candidate, slots_of
from app.shared.db import db


@dataclass(frozen=True)
class Pool:
    """Every live offering of a Zone as matching reads it, in a fixed order, with the index of its words."""

    candidates: tuple[Candidate, ...]
    place_of: Mapping[uuid.UUID, int]
    drop_in: frozenset[uuid.UUID]
    index: text.Index
    reader: text.Reader


_KEPT = 6
_pools: OrderedDict[tuple[Any, ...], Pool] = OrderedDict()
_lock = Lock()


def is_live() -> tuple[sa.ColumnElement[bool], ...]:
    """SQL: open for new children, and not made for particular ones."""
    return Offering.state == OfferingState.LIVE, Organisation.state == PartnerState.LIVE, Offering.is_private.is_(False)


def pool_of(zone_id: uuid.UUID) -> Pool:
    """Kept until an offering of the Zone is added, changed or closed, or an organisation comes, goes or is renamed."""
    stamp = sa.select(
        sa.func.count(Offering.id), sa.func.sum(Offering.version), sa.func.max(Offering.created_at),
        sa.func.sum(sa.func.length(Organisation.name)),
    ).join(Organisation, Organisation.id == Offering.organisation_id).where(Offering.zone_id == zone_id, *is_live())
    cohorts = sa.select(sa.func.count(Cohort.id)).join(Offering, Offering.id == Cohort.offering_id).where(Offering.zone_id == zone_id)
    key = (str(db.engine.url), zone_id, *db.session.execute(stamp).one(), db.session.scalar(cohorts))
    with _lock:
        known = _pools.get(key)
        if known is not None:
            _pools.move_to_end(key)
            return known
    made = _read_pool(zone_id)
    with _lock:
        _pools[key] = made
        while len(_pools) > _KEPT:
            _pools.popitem(last=False)
    return made


def _read_pool(zone_id: uuid.UUID) -> Pool:
    statement = (
        sa.select(*_READ, Organisation.name.label("organisation_name"))
        .join(Organisation, Organisation.id == Offering.organisation_id).where(Offering.zone_id == zone_id, *is_live())
        .order_by(Offering.source_ref, Offering.id)
    )
    rows = db.session.execute(statement).all()
    candidates = tuple(_candidate(row, row.organisation_name) for row in rows)
    index = text.build([texts(candidate) for candidate in candidates])
    with_cohorts = set(db.session.scalars(
        sa.select(Cohort.offering_id).join(Offering, Offering.id == Cohort.offering_id).where(Offering.zone_id == zone_id).distinct()
    ))
    drop_in = frozenset(
        row.id for row in rows if row.id not in with_cohorts and row.kind in (OfferingKind.COMMUNITY_ASSET, OfferingKind.STATUTORY)
    )
    return Pool(candidates, {c.id: i for i, c in enumerate(candidates)}, drop_in, index, text.Reader(index, lexicon()))


_READ = (
    Offering.id, Offering.source_ref, Offering.title, Offering.organisation_id, Offering.kind, Offering.description, Offering.interests,
    Offering.needs, Offering.age_min, Offering.age_max, Offering.town, Offering.postcode_area, Offering.latitude, Offering.longitude,
    Offering.delivery, Offering.home_visit_radius_km, Offering.slots, Offering.is_by_arrangement, Offering.cost_pence, Offering.languages,
    Offering.gender, Offering.is_step_free, Offering.must_parent_stay, Offering.accessibility, Offering.sibling_min_age,
    Offering.group_size, Offering.confirmed_on,
)
"""What matching reads of an offering; columns, so that nothing half-loaded stays in the session."""


def candidate_of(offering: Offering) -> Candidate:
    return _candidate(offering, offering.organisation.name)


def _candidate(row: Any, organisation: str) -> Candidate:
    """From an Offering or a row of _READ."""
    return Candidate(
        id=row.id, ref=row.source_ref, title=row.title, organisation_id=row.organisation_id, organisation=organisation,
        kind=row.kind.value, description=row.description, interests=tuple(row.interests), needs=tuple(row.needs),
        age_min=row.age_min, age_max=row.age_max, town=row.town, postcode_area=row.postcode_area, latitude=row.latitude,
        longitude=row.longitude, delivery=row.delivery.value, home_visit_radius_km=row.home_visit_radius_km,
        slots=slots_of(row.slots), is_by_arrangement=row.is_by_arrangement, cost_pence=row.cost_pence,
        languages=frozenset(row.languages), gender=row.gender.value, is_step_free=row.is_step_free,
        must_parent_stay=row.must_parent_stay, accessibility=frozenset(row.accessibility), sibling_min_age=row.sibling_min_age,
        group_size=row.group_size, confirmed_on=row.confirmed_on, audiences=audiences.of_offering(row.title, row.description),
    )


def texts(candidate: Candidate) -> dict[str, str]:
    return {
        "title": candidate.title, "tags": " . ".join(candidate.interests),
        "needs": " . ".join(need.partition(":")[2].replace("-", " ") for need in candidate.needs), "body": candidate.description,
    }
