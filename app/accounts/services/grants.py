"""Partners' roles when two organisations turn out to be one and the same. Inside the verb that merges them, which records it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import sqlalchemy as sa

from app.accounts.models import RoleGrant
from app.shared.db import db


def move_grants(*, from_id: uuid.UUID, to_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """Everybody's roles at the one organisation are at the other from now on; answers which."""
    ids = db.session.scalars(sa.select(RoleGrant.id).where(RoleGrant.organisation_id == from_id).order_by(RoleGrant.id)).all()
    give_back_grants(grant_ids=ids, to_id=to_id)
    return ids


def give_back_grants(*, grant_ids: Sequence[uuid.UUID], to_id: uuid.UUID) -> None:
    """These roles are at that organisation."""
    db.session.execute(sa.update(RoleGrant).where(RoleGrant.id.in_(grant_ids)).values(organisation_id=to_id))
