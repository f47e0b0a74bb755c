"""Who may do what with a child's record. Pure: what is asked of the database is already on `person` and `child`.

`can_see_child` says for one loaded child what `queries.visible_to` says in SQL.
"""

from __future__ import annotations

from app.accounts.models import Person, Role, School
from app.children.models import Child, ChildState
from app.children.school_models import Informant, Pupil

READERS = (Role.LINK_WORKER, Role.ZONE_MANAGER, Role.SCHOOL_LEAD, Role.SAFEGUARDING_LEAD)
"""The roles that may see a child at all. Budget holders, funders and partners are not among them."""


def is_link_worker_of(person: Person, child: Child) -> bool:
    """Lead or cover of this child today."""
    return person.has_role(Role.LINK_WORKER, zone_id=child.zone_id) and person.id in child.link_worker_ids


def is_school_lead_of(person: Person, child: Child) -> bool:
    """A school lead (or a school's own safeguarding lead) while the child is on the programme there."""
    if child.school_id is None or child.state is not ChildState.ACTIVE:
        return False
    roles = (Role.SCHOOL_LEAD, Role.SAFEGUARDING_LEAD)
    return any(g.role in roles and g.school_id == child.school_id and g.zone_id == child.zone_id for g in person.live_grants)


def is_safeguarding_lead_of(person: Person, child: Child) -> bool:
    """Of the child's Zone, or of the child's school."""
    return any(
        g.role is Role.SAFEGUARDING_LEAD and g.zone_id == child.zone_id
        and (g.school_id is None or (g.school_id == child.school_id and child.state is ChildState.ACTIVE))
        for g in person.live_grants
    )


def looks_urgently_at(person: Person, child: Child) -> bool:
    """An administrator, who sees no child, within the hours of a look that said why and was announced."""
    return person.has_role(Role.ADMINISTRATOR) and any(look.person_id == person.id and look.is_live for look in child.urgent_looks)


def can_see_child(person: Person, child: Child) -> bool:
    return (
        person.manages(child.zone_id) or is_link_worker_of(person, child)
        or is_school_lead_of(person, child) or is_safeguarding_lead_of(person, child) or looks_urgently_at(person, child)
    )


def can_work_with_child(person: Person, child: Child) -> bool:
    """The child's Link Worker (lead or cover), or the Zone manager."""
    return is_link_worker_of(person, child) or person.manages(child.zone_id)


def can_manage_child(person: Person, child: Child) -> bool:
    """Whose child it is, when it leaves: the Zone manager."""
    return person.manages(child.zone_id)


def can_listen_to_child(person: Person, child: Child) -> bool:
    """Write down what the child said or what was noticed: whoever works with the child, and the school's lead."""
    return can_work_with_child(person, child) or is_school_lead_of(person, child)


def can_see_private_notes(person: Person, child: Child) -> bool:
    """Therapy notes stay with the Link Worker."""
    return is_link_worker_of(person, child)


def can_withdraw_consent(person: Person, child: Child) -> bool:
    """Nobody who may stop it is kept from stopping it."""
    return can_work_with_child(person, child) or is_safeguarding_lead_of(person, child)


def can_see_caseload(person: Person) -> bool:
    """Also an administrator, who finds there the children of an urgent look, and no other."""
    return bool(person.is_authenticated) and person.has_role(*READERS, Role.ADMINISTRATOR)


def can_add_child(person: Person) -> bool:
    return bool(person.is_authenticated) and person.has_role(Role.ZONE_MANAGER)


# --- figures, what the school adds, consent ------------------------------------------------------


def is_zone_safeguarding_lead_of(person: Person, child: Child) -> bool:
    return any(g.role is Role.SAFEGUARDING_LEAD and g.zone_id == child.zone_id and g.school_id is None for g in person.live_grants)


def can_see_figures_by(person: Person, child: Child, informant: Informant) -> bool:
    """What the school says, whoever sees the child sees. What the child or home answered goes to the charity, never to the school."""
    if informant in (Informant.TEACHER, Informant.SCHOOL):
        return can_see_child(person, child)
    return can_work_with_child(person, child) or is_zone_safeguarding_lead_of(person, child)


def can_record_figures(person: Person, child: Child) -> bool:
    """Whoever works with the child, and the school's lead."""
    return can_work_with_child(person, child) or is_school_lead_of(person, child)


def can_record_figures_by(person: Person, child: Child, informant: Informant) -> bool:
    """A school writes down what is the school's to say."""
    school_says = informant in (Informant.TEACHER, Informant.SCHOOL)
    return can_work_with_child(person, child) or (school_says and is_school_lead_of(person, child))


def can_see_consents(person: Person, child: Child) -> bool:
    return can_withdraw_consent(person, child)


def can_countersign(person: Person, child: Child) -> bool:
    """A child's own consent counts when a safeguarding lead of the child's Zone or school has said so too."""
    return is_safeguarding_lead_of(person, child)


# --- a school's own list -------------------------------------------------------------------------


def can_see_selection(person: Person, school: School) -> bool:
    """The Zone's manager, and the school's own leads."""
    roles = (Role.SCHOOL_LEAD, Role.SAFEGUARDING_LEAD)
    return person.manages(school.zone_id) or any(g.role in roles and g.school_id == school.id for g in person.live_grants)


def can_decide_selection(person: Person, school: School) -> bool:
    """Who comes onto the programme: the Zone's manager."""
    return person.manages(school.zone_id)


def can_bring_school_file(person: Person, school: School) -> bool:
    return can_see_selection(person, school)


def can_see_selections(person: Person) -> bool:
    return bool(person.is_authenticated) and (
        person.has_role(Role.ZONE_MANAGER)
        or any(g.role in (Role.SCHOOL_LEAD, Role.SAFEGUARDING_LEAD) and g.school_id is not None for g in person.live_grants)
    )


def can_see_helpers(person: Person, child: Child) -> bool:
    """Whether partners' people stand in the circle one sees, and all offerings the child goes to: a school does not learn who goes to a
    therapist, nor which particular children a child is among."""
    return can_work_with_child(person, child) or is_safeguarding_lead_of(person, child)


def can_see_pupil(person: Person, pupil: Pupil) -> bool:
    """The loader kept to the schools whose lists this person may see."""
    return can_see_selections(person)
