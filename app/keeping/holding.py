"""Holds: this child's record stays, whatever a rule or a request says."""

from __future__ import annotations

import uuid
from datetime import date

from flask_babel import gettext as _

from app.accounts.models import Person
from app.audit import services as audit
from app.children.models import Child
from app.keeping import policies, queries
from app.keeping.models import LegalHold
from app.shared import clock
from app.shared.db import atomic, db, lock_row
from app.shared.errors import Forbidden, Invalid


def place_hold(*, child_id: uuid.UUID, why: str, until: date | None, actor: Person) -> LegalHold:
    """Nothing of this child is erased until then. Raises Forbidden, Invalid."""
    with atomic():
        child = lock_row(Child, child_id)
        if not policies.can_hold(actor, child):
            raise Forbidden(_("The Zone manager or its safeguarding lead holds a record."))
        if not why.strip():
            raise Invalid(_("Say why it has to stay, for example for which claim."), field="why")
        if until is not None and until <= clock.today():
            raise Invalid(_("Choose a day after today, or leave it empty."), field="until")
        hold = LegalHold(child_id=child.id, why=why.strip(), until=until, placed_by_id=actor.id)
        db.session.add(hold)
        audit.record("keeping.hold.placed", subject=hold, actor=actor, zone_id=child.zone_id, until=until)
    return hold


def end_holds(*, child_id: uuid.UUID, actor: Person) -> None:
    """Every hold on this child ends. Raises Forbidden, Invalid when there is none."""
    with atomic():
        child = lock_row(Child, child_id)
        if not policies.can_hold(actor, child):
            raise Forbidden(_("The Zone manager or its safeguarding lead ends a hold."))
        holds = queries.live_holds(child.id)
        if not holds:
            raise Invalid(_("Nothing holds this record."))
        for hold in holds:
            hold.ended_at, hold.ended_by_id = clock.now(), actor.id
            audit.record("keeping.hold.ended", subject=hold, actor=actor, zone_id=child.zone_id)
