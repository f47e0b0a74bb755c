"""What one session of a commission is worth: fixed with its first register, whatever is agreed afterwards."""

from __future__ import annotations

import sqlalchemy as sa

from app.catalogue.models import Session
from app.commissioning.models import Commission, SessionPrice, part_of_price
from app.commissioning.queries.commissions import find_session_price
from app.shared.db import db


def fixed_price(commission: Commission, session: Session, *, is_first: bool) -> int:
    """In pence, in full. `is_first`: no register of this session was posted for this child before. The caller holds the lock."""
    standing = None if is_first else find_session_price(commission.id, session.id)
    if standing is None:
        standing = _fix(commission, session)
    return standing.pence


def _fix(commission: Commission, session: Session) -> SessionPrice:
    """A place with one price is earned in equal parts: what is left of it over the sessions that are left."""
    before, over = 0, 1
    if commission.is_per_place:
        so_far, before = counted(commission)
        over = max(1, commission.sessions - so_far)
    made = SessionPrice(
        commission_id=commission.id, session_id=session.id, tariff_id=commission.tariff_id, before_pence=before, over_sessions=over,
        pence=part_of_price(commission.price_pence, before, over),
    )
    db.session.add(made)
    return made


def counted(commission: Commission) -> tuple[int, int]:
    """How many of its sessions have a price by now, and what they are worth together, in pence."""
    row = db.session.execute(
        sa.select(sa.func.count(SessionPrice.id), sa.func.coalesce(sa.func.sum(SessionPrice.pence), 0))
        .where(SessionPrice.commission_id == commission.id)
    ).one()
    return int(row[0]), int(row[1])
