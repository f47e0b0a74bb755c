"""Who may do what with people, schools and Zones. Pure: no database, no Flask."""

from __future__ import annotations

from app.accounts.models import Passkey, Person, Role, RoleGrant, School, Zone

GRANTABLE = (
    Role.LINK_WORKER, Role.SCHOOL_LEAD, Role.SAFEGUARDING_LEAD, Role.BUDGET_HOLDER, Role.PARTNER_ADMIN, Role.PRACTITIONER,
    Role.FUNDER, Role.ZONE_MANAGER,
)
"""What a Zone manager grants within the own Zone. Administrators are made on the command line."""


def is_signed_in(person: Person) -> bool:
    """Any signed-in person."""
    return bool(person.is_authenticated)


def is_own_passkey(person: Person, passkey: Passkey) -> bool:
    return passkey.person_id == person.id


def is_account_asked(person: Person, asked: Person) -> bool:
    """A Zone asks this account to take roles over."""
    return asked.asked_id == person.id


def is_administrator(person: Person) -> bool:
    return person.has_role(Role.ADMINISTRATOR)


def is_zone_manager(person: Person) -> bool:
    return person.has_role(Role.ZONE_MANAGER)


def is_link_worker(person: Person) -> bool:
    return person.has_role(Role.LINK_WORKER)


def is_partner(person: Person) -> bool:
    """Works for an organisation: its administrator or a practitioner."""
    return person.has_role(Role.PARTNER_ADMIN, Role.PRACTITIONER)


def is_budget_holder(person: Person) -> bool:
    return person.has_role(Role.BUDGET_HOLDER)


def is_school_lead(person: Person) -> bool:
    return person.has_role(Role.SCHOOL_LEAD, Role.SAFEGUARDING_LEAD)


def is_funder(person: Person) -> bool:
    return person.has_role(Role.FUNDER)


def is_charity_staff(person: Person) -> bool:
    """Link Workers and Zone managers: those who work with children's introductions."""
    return person.has_role(Role.LINK_WORKER, Role.ZONE_MANAGER)


def must_take_second_step(person: Person) -> bool:
    """Whoever may come near a child's record, or money: everybody with a role in a Zone that is not a demo, but a funder."""
    return any(g.role is not Role.FUNDER and (g.zone is None or not g.zone.is_demo) for g in person.live_grants)


def can_manage_zone(person: Person, zone: Zone) -> bool:
    return person.manages(zone.id)


def can_manage_school(person: Person, school: School) -> bool:
    return person.manages(school.zone_id)


def can_manage_people(person: Person) -> bool:
    """Has a list of people to look after: a Zone's manager, or the administrator (who looks after Zone managers)."""
    return is_zone_manager(person) or is_administrator(person)


def can_look_up(person: Person, other: Person) -> bool:
    """See somebody's page, one's own included; the loader has already kept to those with a role in the looker's reach."""
    return can_manage_people(person)


def can_manage_person(person: Person, other: Person) -> bool:
    """Somebody holding (or having held) a role in a Zone that `person` manages; never oneself, never an administrator."""
    return person.id != other.id and any(can_end_grant(person, grant) for grant in other.grants)


def can_answer_for(person: Person, other: Person) -> bool:
    """Every role the other holds today is one that `person` may end: no other Zone loses somebody, or lends a password, unasked."""
    return can_manage_person(person, other) and all(can_end_grant(person, grant) for grant in other.live_grants)


def can_grant(person: Person, role: Role, zone: Zone) -> bool:
    """A Zone manager grants any role but administrator in the own Zone; the administrator makes Zone managers anywhere."""
    if role is Role.ZONE_MANAGER and is_administrator(person):
        return True
    return role in GRANTABLE and person.manages(zone.id)


def can_end_grant(person: Person, grant: RoleGrant) -> bool:
    if grant.zone_id is None:
        return False
    return person.manages(grant.zone_id) or (grant.role is Role.ZONE_MANAGER and is_administrator(person))
