"""What the circle says of whom a child trusts."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import sqlalchemy as sa

from app.accounts.models import Person
from app.children.models import Caseload, Relationship
from app.shared import clock
from app.shared.db import db


def find_lead_name(child_id: uuid.UUID) -> str:
    """The child's Link Worker today (the lead before a cover)."""
    today = clock.today()
    statement = (
        sa.select(Person.name).join(Caseload, Caseload.person_id == Person.id)
        .where(Caseload.child_id == child_id, Caseload.starts_on <= today,
               sa.or_(Caseload.ends_on.is_(None), Caseload.ends_on >= today))
        .order_by(Caseload.kind.desc(), Caseload.starts_on, Caseload.id).limit(1)
    )
    return db.session.scalar(statement) or ""


def list_trusted_adults(child_id: uuid.UUID) -> Sequence[str]:
    """The names of those whom the child trusts, by the circle."""
    statement = sa.select(Relationship.name).where(
        Relationship.child_id == child_id, Relationship.is_trusted_adult.is_(True), Relationship.ended_on.is_(None)
    )
    return db.session.scalars(statement.order_by(Relationship.name)).all()
