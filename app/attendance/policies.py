"""Who may open and mark a register."""

from __future__ import annotations

from app.accounts.models import Person, Role
from app.catalogue.models import Session
from app.children.models import Child
from app.children.policies import can_work_with_child


def can_list_registers(person: Person) -> bool:
    """Partners, Link Workers and Zone managers have registers."""
    return person.has_role(Role.PARTNER_ADMIN, Role.PRACTITIONER, Role.LINK_WORKER, Role.ZONE_MANAGER)


def can_see_register(person: Person, session: Session) -> bool:
    """Sight was decided when the session was loaded; what is on the register is narrowed child by child."""
    return can_list_registers(person)


def can_take_register(person: Person, session: Session) -> bool:
    """The organisation that runs the session, and the Zone manager in its stead."""
    offering = session.cohort.offering
    return offering.organisation_id in person.organisation_ids() or person.manages(offering.zone_id)


def can_correct_mark(person: Person, session: Session) -> bool:
    """After the lock: the child's Link Worker or the Zone manager (which child, the service checks)."""
    return person.has_role(Role.LINK_WORKER, Role.ZONE_MANAGER, zone_id=session.cohort.offering.zone_id)


def can_correct_mark_of(person: Person, session: Session, child: Child) -> bool:
    """The child's own Link Worker, or the Zone manager."""
    return can_correct_mark(person, session) and can_work_with_child(person, child)
