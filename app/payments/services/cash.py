"""The cash book: money goes from one place to another, once for each key."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person
from app.payments.models import CashMove, Place
from app.shared.db import db, is_writing
from app.shared.errors import DomainError


class AlreadyWritten(DomainError):
    """The same key was written before with another amount or between other places."""

    code = "already_written"


def move(
    *, key: str, zone_id: uuid.UUID, source: Place, target: Place, pence: int, actor: Person | None, reference: str = "",
    payment_id: uuid.UUID | None = None,
) -> CashMove:
    """Write one move down. The same again changes nothing. Raises AlreadyWritten."""
    if not is_writing():
        raise RuntimeError("the cash book is written inside the transaction of the change it follows from")
    standing = db.session.scalars(sa.select(CashMove).where(CashMove.key == key)).one_or_none()
    if standing is not None:
        if (standing.zone_id, standing.source, standing.target, standing.pence) != (zone_id, source, target, pence):
            raise AlreadyWritten(_("This was written into the cash book before, with another amount. Nothing was changed."))
        return standing
    made = CashMove(
        key=key, zone_id=zone_id, source=source, target=target, pence=pence, reference=reference[:120],
        actor_id=actor.id if actor else None, payment_id=payment_id,
    )
    db.session.add(made)
    db.session.flush()
    return made
