"""Declared interests as the settings page shows them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from app.accounts.models import Person
from app.catalogue.models import Organisation
from app.commissioning.models import DeclaredInterest
from app.shared import clock
from app.shared.db import db


@dataclass(frozen=True)
class InterestLine:
    interest: DeclaredInterest
    person: str
    organisation: str

    @property
    def stands(self) -> bool:
        return self.interest.ended_on is None or self.interest.ended_on > clock.today()


def list_interest_lines(
    *, person_id: uuid.UUID | None = None, zone_ids: Iterable[uuid.UUID] | None = None
) -> list[InterestLine]:
    """One person's, or those in organisations of these Zones; those that stand first, by person and organisation."""
    statement = (
        sa.select(DeclaredInterest, Person.name, Organisation.name)
        .join(Person, Person.id == DeclaredInterest.person_id)
        .join(Organisation, Organisation.id == DeclaredInterest.organisation_id)
        .order_by(Person.name, Organisation.name, DeclaredInterest.id)
    )
    if person_id is not None:
        statement = statement.where(DeclaredInterest.person_id == person_id)
    if zone_ids is not None:
        statement = statement.where(Organisation.zone_id.in_(list(zone_ids)))
    lines = [InterestLine(*row) for row in db.session.execute(statement)]
    return sorted(lines, key=lambda line: not line.stands)
