"""Verbs on a Zone's weights, and setting an offering aside for a child."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person, Zone
from app.audit import services as audit
from app.matching.models import MatchWeights
from app.matching.weights import TABLE
from app.shared.db import atomic, db
from app.shared.errors import Invalid, NotFound, permit


def save_weights(*, zone_id: uuid.UUID, hundredths: Mapping[str, int], version: int, actor: Person) -> MatchWeights:
    """A new version of the Zone's weights; what is as usual is left out. `version` is the one the person looked at: refused when
    somebody saved another since. The usual weights again: nothing in `hundredths`."""
    with atomic():
        if db.session.get(Zone, zone_id) is None:
            raise NotFound
        permit(actor.manages(zone_id), _("Only the Zone manager changes what counts."))
        changed = {}
        for weight in TABLE:
            value = hundredths.get(weight.name, weight.usual)
            if not weight.least <= value <= weight.most:
                raise Invalid(_("%(weight)s: from %(least)s to %(most)s.", weight=weight.label, least=weight.least, most=weight.most), field=weight.name)
            if value != weight.usual:
                changed[weight.name] = value
        last = current_version(zone_id)
        if last != version:
            raise Invalid(_("Somebody saved other weights in the meantime. Look at them, then save again."))
        row = MatchWeights(zone_id=zone_id, version=last + 1, hundredths=changed, person_id=actor.id, person_name=actor.name)
        db.session.add(row)
        audit.record("matching.weights.saved", subject=row, actor=actor, zone_id=zone_id, version=row.version, changed=changed)
        return row


def current_version(zone_id: uuid.UUID) -> int:
    """0 where a Zone has never changed any."""
    return db.session.scalar(sa.select(sa.func.max(MatchWeights.version)).where(MatchWeights.zone_id == zone_id)) or 0


def saved_weights(zone_id: uuid.UUID) -> list[MatchWeights]:
    """Every version, the newest first."""
    statement = sa.select(MatchWeights).where(MatchWeights.zone_id == zone_id).order_by(MatchWeights.version.desc())
    return list(db.session.scalars(statement))
