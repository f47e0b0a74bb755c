"""Who may open and mark a register, correct a mark, and follow up a missed session. Pure."""

from __future__ import annotations

from app.accounts.models import Person, Role
from app.catalogue.models import Session
from app.children.models import Child
from app.children.policies import can_work_with_child


def can_list_registers(person: Person) -> bool:
    """Partners, Link Workers and Zone managers have registers."""
    return bool(person.is_authenticated) and person.has_role(
        Role.PARTNER_ADMIN, Role.PRACTITIONER, Role.LINK_WORKER, Role.ZONE_MANAGER
    )


def can_keep_registers(person: Person) -> bool:
    """Keep today's registers on a phone: whoever runs sessions."""
    return bool(person.is_authenticated) and bool(person.organisation_ids())


def can_see_register(person: Person, session: Session) -> bool:
    """Sight was decided when the session was loaded; what is on the register is narrowed child by child."""
    return can_list_registers(person)


def runs(person: Person, session: Session) -> bool:
    """Works for the organisation whose session it is."""
    return session.cohort.offering.organisation_id in person.organisation_ids()


def can_take_register(person: Person, session: Session) -> bool:
    """The organisation that runs the session, and the Zone manager in its stead."""
    return runs(person, session) or person.manages(session.cohort.offering.zone_id)


def can_call_off(person: Person, session: Session) -> bool:
    """Cancel a session: the organisation's administrator, or the Zone manager."""
    offering = session.cohort.offering
    return offering.organisation_id in person.organisation_ids(Role.PARTNER_ADMIN) or person.manages(offering.zone_id)


def can_call_off_days(person: Person) -> bool:
    return bool(person.is_authenticated) and person.has_role(Role.PARTNER_ADMIN, Role.ZONE_MANAGER)


def can_take_late(person: Person, session: Session) -> bool:
    """Make a mark that was never made, once the register is locked."""
    return person.manages(session.cohort.offering.zone_id)


def can_correct_marks(person: Person, session: Session) -> bool:
    """Has somebody on it to correct, perhaps: which child, `can_correct_mark` says."""
    return person.has_role(Role.LINK_WORKER, Role.ZONE_MANAGER, zone_id=session.cohort.offering.zone_id)


def can_correct_mark(person: Person, session: Session, child: Child) -> bool:
    """The child's own Link Worker, or the Zone manager."""
    return can_work_with_child(person, child)


can_follow_up = can_correct_mark
