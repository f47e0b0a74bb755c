"""What of a Zone's catalogue is there already, read at once for many imported rows."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import sqlalchemy as sa

from app.catalogue.models import Cohort, CohortState, Offering, Organisation, PartnerState
from app.shared.db import db, in_parts


def name_key(name: str) -> str:
    """Names that differ in blanks or capitals only are the same."""
    return " ".join(name.split()).casefold()


def organisations_by_name(zone_id: uuid.UUID) -> dict[str, Organisation]:
    """By name; where two share one, those that have not left come first, then the older. A merged one's name means its heir."""
    rows = db.session.scalars(
        sa.select(Organisation).where(Organisation.zone_id == zone_id)
        .order_by(Organisation.merged_into_id.is_not(None), Organisation.state == PartnerState.LEFT, Organisation.created_at, Organisation.id)
    ).all()
    by_id = {organisation.id: organisation for organisation in rows}
    out: dict[str, Organisation] = {}
    for organisation in rows:
        heir = organisation
        while heir.merged_into_id is not None and heir.merged_into_id in by_id:
            heir = by_id[heir.merged_into_id]
        out.setdefault(name_key(organisation.name), heir)
    return out


def offerings_by_reference(zone_id: uuid.UUID, source: str, refs: Sequence[str]) -> dict[str, Offering]:
    found: dict[str, Offering] = {}
    for part in in_parts(refs):
        rows = db.session.scalars(
            sa.select(Offering).where(Offering.zone_id == zone_id, Offering.source == source, Offering.source_ref.in_(part))
        )
        found.update({offering.source_ref: offering for offering in rows})
    return found


def open_cohorts(offering_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Cohort]:
    """The group of each offering that the source speaks of: the unnamed open one, else the first open one."""
    found: dict[uuid.UUID, Cohort] = {}
    for part in in_parts(offering_ids):
        rows = db.session.scalars(
            sa.select(Cohort).where(Cohort.offering_id.in_(part), Cohort.state == CohortState.OPEN)
            .order_by(Cohort.name != "", Cohort.created_at, Cohort.id)
        )
        for cohort in rows:
            found.setdefault(cohort.offering_id, cohort)
    return found
