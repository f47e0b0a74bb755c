"""Information given without an introduction. Counted apart."""

from __future__ import annotations

import uuid
from datetime import date

from flask_babel import gettext as _

from app.accounts.models import Person
from app.audit import services as audit
from app.children import queries as children
from app.introductions import policies
from app.introductions.models import Signpost
from app.introductions.services.common import not_ahead, words
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import Forbidden


def give_signpost(
    *, child_id: uuid.UUID, offering_id: uuid.UUID, to_whom: str, actor: Person, given_on: date | None = None
) -> Signpost:
    """The family (or the child) was told about an offering, and goes by itself or does not."""
    with atomic():
        child = children.get_child(child_id, actor)
        if not policies.can_start(actor, child):
            raise Forbidden(_("Only %(child)s’s Link Worker, or the Zone manager, writes this down.", child=child.called))
        offering = children.offering_in_zone(offering_id, child.zone_id)
        signpost = Signpost(
            zone_id=child.zone_id, child_id=child.id, offering_id=offering.id, given_by_id=actor.id,
            given_on=not_ahead(given_on or clock.today(), _("That day is still to come."), "given_on"),
            to_whom=words(to_whom, _("Say who was told."), "to_whom")[:120],
        )
        db.session.add(signpost)
        audit.record("introductions.signpost.given", subject=signpost, actor=actor, offering=offering.id)
        return signpost
