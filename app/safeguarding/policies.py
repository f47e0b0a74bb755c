"""Who may do what here. Pure."""

from __future__ import annotations

import uuid

from app.accounts.models import Person, Role
from app.children import policies as children
from app.children.models import Child
from app.safeguarding.models import Concern


def leads_safeguarding_in(person: Person, zone_id: uuid.UUID) -> bool:
    """The Zone's own safeguarding lead, not a school's."""
    return any(g.role is Role.SAFEGUARDING_LEAD and g.zone_id == zone_id and g.school_id is None for g in person.live_grants)


def can_raise_concern(person: Person) -> bool:
    """Everybody who works in a Zone."""
    return bool(person.is_authenticated) and bool(person.zone_ids())


def can_see_concerns(person: Person) -> bool:
    return bool(person.is_authenticated) and any(g.role is Role.SAFEGUARDING_LEAD and g.school_id is None for g in person.live_grants)


def can_read_concern(person: Person, concern: Concern) -> bool:
    """The Zone's safeguarding lead, and nobody else: not the Zone's manager, and not whoever raised it once it is sent."""
    return leads_safeguarding_in(person, concern.zone_id)


def can_give_copy(person: Person, child: Child) -> bool:
    """What the family may have of everything: the Zone's manager and its safeguarding lead, who read it first."""
    return person.manages(child.zone_id) or leads_safeguarding_in(person, child.zone_id)


can_see_odd_looks = can_see_concerns


def can_see_who_looked(person: Person, child: Child) -> bool:
    """Whoever works with the child (who shows it to the family), and the safeguarding lead."""
    return children.can_work_with_child(person, child) or children.is_safeguarding_lead_of(person, child)


def can_look_urgently(person: Person) -> bool:
    return bool(person.is_authenticated) and person.has_role(Role.ADMINISTRATOR)
