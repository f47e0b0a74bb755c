"""A partner's stop document lapsed: its commissions rest, and go on when the papers are renewed. By messages, each in a transaction of its
own, so that no lock is held on an organisation and on money at once."""

from __future__ import annotations

import uuid
from datetime import timedelta

from app.attendance import queries
from app.catalogue.models import Organisation, PartnerState
from app.commissioning.services import delivery
from app.notifications import services as notifications
from app.notifications.handlers import Job
from app.shared import clock
from app.shared.db import db

TOPIC = "attendance.standing_changed"
REASON = "The organisation\u2019s papers have run out."
KEPT_FOR = timedelta(days=28)
"""How long the places are kept; the Link Worker decides after that."""


def promise(organisation: Organisation) -> None:
    """In the transaction in which its state changed by itself."""
    notifications.post(
        topic=TOPIC, payload={"organisation": str(organisation.id)}, dedupe=f"{TOPIC}:{organisation.id}:{uuid.uuid4()}"
    )


def follow(job: Job) -> None:
    """As the organisation stands now: rest what is under way while it is suspended, else let go on what rested for this reason."""
    organisation = db.session.get(Organisation, uuid.UUID(job.payload["organisation"]))
    if organisation is None:
        return
    if organisation.state is PartnerState.SUSPENDED and queries.is_lapsed(organisation.id):
        for commission_id in queries.list_under_way(organisation.id):
            delivery.suspend(commission_id=commission_id, until_on=clock.today() + KEPT_FOR, reason=REASON, actor=None)
    elif organisation.state is not PartnerState.SUSPENDED:
        for commission_id in queries.list_resting(organisation.id, REASON):
            delivery.resume(commission_id=commission_id, actor=None)
