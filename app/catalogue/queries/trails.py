"""What belongs to the history of an offering or an organisation, and what the ids in it stand for."""

from __future__ import annotations

import uuid

import sqlalchemy as sa

from app.accounts.models import School
from app.catalogue.models import Cohort, Document, Offering, Organisation, Practitioner, Series, Site, Tariff
from app.shared.db import db

Trail = tuple[list[uuid.UUID], dict[str, str]]


def trail_of_offering(offering: Offering) -> Trail:
    """Itself, its groups and their regular meetings, its prices; and the names of sites, people and schools."""
    cohorts = db.session.scalars(sa.select(Cohort.id).where(Cohort.offering_id == offering.id)).all()
    series = db.session.scalars(sa.select(Series.id).where(Series.cohort_id.in_(cohorts))).all()
    tariffs = db.session.scalars(sa.select(Tariff.id).where(Tariff.offering_id == offering.id)).all()
    return [offering.id, *cohorts, *series, *tariffs], _names(offering.organisation_id, offering.zone_id)


def trail_of_organisation(organisation: Organisation) -> Trail:
    """Itself with its contacts and photos, its places, people and documents; not its offerings, which have their own."""
    ids = [organisation.id]
    for model in (Site, Practitioner, Document):
        ids += db.session.scalars(sa.select(model.id).where(model.organisation_id == organisation.id)).all()
    return ids, _names(organisation.id, organisation.zone_id)


def _names(organisation_id: uuid.UUID, zone_id: uuid.UUID) -> dict[str, str]:
    names: dict[str, str] = {}
    for model in (Site, Practitioner):
        rows = db.session.execute(sa.select(model.id, model.name).where(model.organisation_id == organisation_id))
        names.update({str(id_): name for id_, name in rows})
    schools = db.session.execute(sa.select(School.id, School.name).where(School.zone_id == zone_id))
    return names | {str(id_): name for id_, name in schools}
