"""What a person has to know of money at Stripe: that the books differ, or that it has lain there for long."""

from __future__ import annotations

import uuid
from datetime import timedelta

import sqlalchemy as sa

from app.accounts.models import Role, Zone
from app.accounts.queries import people_with
from app.notifications import services as notifications
from app.notifications.models import Urgency
from app.payments.models import CashMove, Place, StripeLook
from app.shared import clock
from app.shared.db import db
from app.shared.money import pounds

DIFFER, LIES = "stripe_differs", "money_lies_at_stripe"
LIES_FOR = timedelta(days=75)
"""Outside the United States and Thailand Stripe keeps what nobody pays out for ninety days."""


def raise_for(look: StripeLook) -> None:
    """After each look, in its transaction: in every Zone with money at Stripe, or that once had some."""
    at_stripe = sa.select(CashMove.zone_id).where(sa.or_(CashMove.source == Place.STRIPE, CashMove.target == Place.STRIPE))
    for zone in db.session.scalars(sa.select(Zone).where(Zone.id.in_(at_stripe)).order_by(Zone.id)).all():
        if look.differs:
            said = pounds(abs(look.difference_pence)) if look.difference_pence else f"{len(look.unexplained)} lines"
            _open(zone, DIFFER, f"Stripe and our books differ by {said}", "Reconciliation shows where it sits.", Urgency.TODAY)
        else:
            notifications.close_tasks(kind=DIFFER, subject=zone, why="They agree")
        lies = pence_that_lie(zone.id)
        if lies:
            _open(zone, LIES, f"{pounds(lies)} has been at Stripe for {LIES_FOR.days} days", "Stripe keeps it for 90. Pay it out, or send it back to the bank.", Urgency.WEEK)
        else:
            notifications.close_tasks(kind=LIES, subject=zone, why="It has left")


def pence_that_lie(zone_id: uuid.UUID) -> int:
    """What came so long ago that all that has left since does not account for it: the oldest money leaves first."""
    came = sa.func.coalesce(sa.func.sum(CashMove.pence).filter(CashMove.target == Place.STRIPE, CashMove.at < clock.now() - LIES_FOR), 0)
    left = sa.func.coalesce(sa.func.sum(CashMove.pence).filter(CashMove.source == Place.STRIPE), 0)
    old, gone = db.session.execute(sa.select(came, left).where(CashMove.zone_id == zone_id)).one()
    return max(0, int(old) - int(gone))


def _open(zone: Zone, kind: str, title: str, text: str, urgency: Urgency) -> None:
    for person in people_with(Role.ZONE_MANAGER, zone.id):
        notifications.open_task(
            person_id=person.id, zone_id=zone.id, kind=kind, subject=zone, title=title, text=text, action="Look", icon="scale",
            url="/reconciliation", urgency=urgency,
        )
