"""A child moves to another Zone: a new record begins there with what the child and the family said, and the one here ends.

Zones see nothing of each other, so the two records do not name each other: each says only from or to which Zone. What was promised here
(introductions, places, money) ends here, as when a child leaves; what somebody agreed to here (consents, a photo) does not go along.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _

from app.accounts import queries as accounts
from app.accounts.models import Person, Role, Zone
from app.accounts.queries import people_with
from app.audit.services import record
from app.children import queries
from app.children.models import Carer, Child, ChildState
from app.children.services import carrying, powers
from app.children.services.caseload import NEW_SCHOOL
from app.children.services.moving import end_here, has_left
from app.notifications.models import Urgency
from app.notifications.services import open_task
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import Invalid
from app.shared.paths import link

LONGEST_COVER = timedelta(days=28)
"""For so long at most those who work with the child here see the record beside the other Zone's people."""


@dataclass(frozen=True)
class Agreed:
    """A parent or carer with parental responsibility agreed that the record goes along, on that day."""

    carer_id: uuid.UUID | None
    on: date | None


def zones_to_move_to(zone: Zone) -> list[Zone]:
    """The other Zones where somebody is there to receive a child; from a Zone of pretend children only to others of that kind."""
    managed = accounts.zone_managers()
    return [known for known in accounts.list_zones() if known.id != zone.id and known.is_demo == zone.is_demo and managed.get(known.id)]


def who_may_agree(child: Child) -> list[Carer]:
    return [carer for carer in child.carers if carer.has_parental_responsibility]


def move_zone(*, child_id: uuid.UUID, zone_id: uuid.UUID, agreed: Agreed, actor: Person, sees_until: date | None = None) -> Child:
    """From now on the child is the other Zone's: the record here, which has ended. A second click changes nothing.

    Introductions, commissions, places and requests end in the same transaction; delivered sessions stay payable. The Link Worker here
    sees the record until `sees_until` (today, unless named). The other Zone's managers say who leads. Raises Invalid at the field,
    DomainError for a child who has left.
    """
    with atomic():
        child = queries.get_child_by_id(child_id)
        powers.manages(actor, child.zone_id)
        if child.moved_to_zone_id == zone_id:
            return child
        if child.state is ChildState.ENDED:
            raise has_left(child)
        here = accounts.get_zone(child.zone_id)
        there = next((zone for zone in zones_to_move_to(here) if zone.id == zone_id), None)
        if there is None:
            raise Invalid(_("Choose a Zone that has a Zone manager."), field="zone_id")
        carer_id, until = _agreed(child, agreed), _cover(sees_until)
        ends_on = child.programme_ends_on
        end_here(child, actor, on=clock.today(), sees_until=until, has_moved=True)
        child.moved_to_zone_id = there.id
        record("children.child.moved_zone", subject=child, actor=actor, moved=("active", "ended"), to_zone=there.id, agreed_by=carer_id,
               agreed_on=agreed.on, sees_until=until)
        _begin_there(child, there, here, ends_on, actor)
        return child


def _agreed(child: Child, agreed: Agreed) -> uuid.UUID:
    carer = next((known for known in who_may_agree(child) if known.id == agreed.carer_id), None)
    if carer is None:
        raise Invalid(_("Choose who agreed: somebody with parental responsibility."), field="agreed_by")
    if agreed.on is None or agreed.on > clock.today():
        raise Invalid(_("Choose the day they agreed: today or before."), field="agreed_on")
    return carer.id


def _cover(sees_until: date | None) -> date:
    until = sees_until or clock.today()
    if not clock.today() <= until <= clock.today() + LONGEST_COVER:
        raise Invalid(_("Choose a day from today to %(last)s.", last=f"{clock.today() + LONGEST_COVER:%-d %B %Y}"), field="sees_until")
    return until


def _begin_there(child: Child, there: Zone, here: Zone, ends_on: date | None, actor: Person) -> None:
    new = carrying.new_record(child, there, ends_on)
    new.came_from_zone_id = here.id
    db.session.add(new)
    db.session.flush()
    carried = carrying.carry(child, new)
    record("children.child.came_from_zone", subject=new, actor=actor, from_zone=here.id, carried=carried)
    for manager in people_with(Role.ZONE_MANAGER, there.id):
        open_task(
            person_id=manager.id, zone_id=there.id, kind=NEW_SCHOOL, subject=new, child_id=new.id, icon="users", urgency=Urgency.TODAY,
            title=f"{new.short_name} · Moved here from {here.name}", text="Read what came along. Who is the Link Worker, and which school is it?",
            action="Say who leads", url=link("children.caseload_assign", child_id=new.id),
        )


def what_stays(child: Child) -> Sequence[str]:
    """For the preview, beside what ends."""
    return (
        _("Consents and the photo: nothing is shared there before the family agrees there."),
        _("Introductions, registers and money, private notes, and what a school or a partner wrote down."),
        _("Safeguarding concerns: the safeguarding leads hand them over themselves."),
        _("Sessions already held are paid as they were promised."),
    )
