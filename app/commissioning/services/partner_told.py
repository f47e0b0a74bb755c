"""What was agreed is something else now (sessions, price, group): the partner is told, and says when they have seen it."""

from __future__ import annotations

import uuid

from flask_babel import gettext as _

from app.accounts.models import Person, Role
from app.accounts.queries import people_with
from app.commissioning import policies
from app.commissioning.models import Commission, Variation
from app.commissioning.words import what_changes
from app.introductions.policies import PARTNER_SEES
from app.notifications import services as notifications
from app.notifications.models import Urgency
from app.shared.db import atomic, db
from app.shared.errors import NotFound, permit

CHANGED = "commission_changed"


def tell(variation: Variation, commission: Commission) -> None:
    """Only of what they deliver, once they were asked: who pays is not theirs to know. The title names the programme, never the child."""
    if commission.introduction.state not in PARTNER_SEES:
        return
    if variation.sessions == variation.was_sessions and variation.tariff is None and variation.cohort is None:
        return
    words = what_changes(variation)
    for person in people_with(Role.PARTNER_ADMIN, commission.zone_id, organisation_id=commission.organisation_id):
        notifications.open_task(
            person_id=person.id, kind=CHANGED, subject=commission, title=f"A place at {commission.offering.title} has changed",
            text=f"{words[0].upper()}{words[1:]}", action="See it", icon="calendar-plus", url=f"/commissions/{commission.id}",
            urgency=Urgency.TODAY,
        )


def note_seen(*, commission_id: uuid.UUID, actor: Person) -> None:
    """It leaves one's own list. Doing it twice is doing it once. Raises NotFound, Forbidden."""
    with atomic():
        commission = db.session.get(Commission, commission_id)
        if commission is None:
            raise NotFound
        permit(policies.is_partner_admin_of(actor, commission), _("Only the partner says that they have seen it."))
        notifications.close_tasks(kind=CHANGED, subject=commission, why="Seen", person_id=actor.id)
