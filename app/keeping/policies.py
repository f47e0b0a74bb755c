"""Who may do what here. Pure."""

from __future__ import annotations

from app.accounts.models import Person, Role
from app.children.models import Child
from app.safeguarding.policies import leads_safeguarding_in


def can_erase(person: Person, child: Child) -> bool:
    """The Zone manager answers requests to erase."""
    return person.manages(child.zone_id)


def can_hold(person: Person, child: Child) -> bool:
    """The Zone manager, and the Zone's safeguarding lead."""
    return person.manages(child.zone_id) or leads_safeguarding_in(person, child.zone_id)


def can_see_retention(person: Person) -> bool:
    return bool(person.is_authenticated) and person.has_role(Role.ZONE_MANAGER)
