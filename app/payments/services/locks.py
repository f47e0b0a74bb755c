"""One at a time for a whole Zone: its numbers are counted, and its money at Stripe is one pot."""

from __future__ import annotations

import uuid

import sqlalchemy as sa

from app.accounts.models import Zone
from app.shared.db import db, is_writing


def lock_zone(zone_id: uuid.UUID) -> Zone:
    """Before any other lock. Rows that name the Zone can still be written by others meanwhile (FOR NO KEY UPDATE): with a full lock
    on PostgreSQL, whoever holds a payment and writes such a row would wait for us, and we for the payment."""
    if not is_writing():
        raise RuntimeError("a lock outside atomic() protects nothing")
    statement = sa.select(Zone).where(Zone.id == zone_id).with_for_update(key_share=True).execution_options(populate_existing=True)
    return db.session.scalars(statement).one()
