"""What may be spent on one child in one school year: the Zone's amount, until somebody changes this child's with a reason."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person
from app.audit import services as audit
from app.children.queries import get_child_by_id
from app.commissioning.models import Envelope
from app.commissioning.queries.money import spoken_for
from app.commissioning.refusals import EnvelopeFull
from app.commissioning.services.locks import lock_for
from app.shared.db import atomic, db
from app.shared.errors import Invalid
from app.shared.money import pounds


def find_envelope(child_id: uuid.UUID, year: int) -> Envelope | None:
    return db.session.scalars(sa.select(Envelope).where(Envelope.child_id == child_id, Envelope.year == year)).one_or_none()


def change_envelope(*, child_id: uuid.UUID, year: int, pence: int, reason: str, actor: Person) -> Envelope:
    """Set another amount for one child's school year, and say why.

    Raises Invalid without a reason or for less than nil, EnvelopeFull when more than that is spoken for already.
    """
    if not reason.strip():
        raise Invalid(_("Say why this child's envelope is different: it is kept with the change."), field="reason")
    if pence < 0:
        raise Invalid(_("An envelope holds nothing or more."), field="pence")
    with atomic():
        child = get_child_by_id(child_id)
        lock_for(years=[(child.id, year)])
        envelope = find_envelope(child.id, year)
        assert envelope is not None
        spoken = spoken_for(child.id, year).all
        if pence < spoken:
            raise EnvelopeFull(
                _("%(spoken)s of this year is already used, promised or asked for, so the envelope cannot be smaller.", spoken=pounds(spoken)),
                field="pence",
            )
        before, envelope.pence = envelope.pence, pence
        audit.record(
            "commissioning.envelope.changed", subject=envelope, actor=actor, zone_id=child.zone_id, child_id=child.id,
            reason=reason.strip(), year=year, from_pence=before, to_pence=pence,
        )
        return envelope
