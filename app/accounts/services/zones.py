"""Zones and their settings."""

from __future__ import annotations

import re
import uuid
from dataclasses import asdict, dataclass

from flask_babel import gettext as _

from app.accounts import policies, queries
from app.accounts.models import CeilingBase, Person, Zone
from app.audit import services as audit
from app.shared.db import atomic, db, lock_row
from app.shared.errors import DomainError, Forbidden, Invalid

SLUG = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")


class SlugTaken(DomainError):
    code = "slug_taken"


@dataclass(frozen=True)
class ZoneSettings:
    """What a Zone manager decides for the whole Zone. Amounts in pence."""

    name: str
    region: str
    ceiling_percent: int
    ceiling_base: CeilingBase
    full_yearly_cost_pence: int
    envelope_pence: int
    hold_school_days: int
    council_phone: str = ""


def create_zone(*, slug: str, name: str, region: str = "", actor: Person | None = None) -> Zone:
    """Open a Zone. `actor` None is the command line. Raises SlugTaken, Invalid, Forbidden."""
    if actor is not None and not policies.is_administrator(actor):
        raise Forbidden
    if not SLUG.match(slug) or len(slug) > 60:
        raise Invalid(
            _("“%(slug)s” cannot be a Zone's short name. Use small letters, digits and single hyphens, at most 60, like west-london.", slug=slug),
            field="slug",
        )
    if not name.strip():
        raise Invalid(_("A Zone needs a name."), field="name")
    with atomic():
        if queries.find_zone(slug) is not None:
            raise SlugTaken(_("There is a Zone called “%(slug)s” already.", slug=slug), field="slug")
        zone = Zone(slug=slug, name=name.strip(), region=region.strip())
        db.session.add(zone)
        db.session.flush()
        audit.record("accounts.zone.created", subject=zone, actor=actor, zone_id=zone.id)
    return zone


def change_settings(*, zone_id: uuid.UUID, settings: ZoneSettings, actor: Person) -> Zone:
    """The trail keeps each amount that changed, from and to. Raises Invalid (naming the field), Forbidden, NotFound."""
    with atomic():
        zone = lock_row(Zone, zone_id)
        if not policies.can_manage_zone(actor, zone):
            raise Forbidden
        if not 1 <= settings.ceiling_percent <= 100:
            raise Invalid(_("The ceiling is between 1 and 100 percent."), field="ceiling_percent")
        if settings.full_yearly_cost_pence <= 0:
            raise Invalid(_("A year costs more than nothing."), field="full_yearly_cost")
        if settings.envelope_pence < 0:
            raise Invalid(_("The envelope is nil or more."), field="envelope")
        if not 1 <= settings.hold_school_days <= 60:
            raise Invalid(_("A place is held for 1 to 60 school days."), field="hold_school_days")
        changed = {key: [getattr(zone, key), new] for key, new in asdict(settings).items() if getattr(zone, key) != new}
        for key, (_was, new) in changed.items():
            setattr(zone, key, new)
        if changed:
            audit.record("accounts.zone.changed", subject=zone, actor=actor, zone_id=zone.id, changed=changed)
    return zone
