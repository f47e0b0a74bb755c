"""Who may do what here. Pure."""

from __future__ import annotations

from app.accounts.models import Person, Role
from app.children.models import Child
from app.keeping.models import DataCase, HandOver
from app.safeguarding.policies import can_see_concerns, leads_safeguarding_in


def can_erase(person: Person, child: Child) -> bool:
    """The Zone manager answers requests to erase."""
    return person.manages(child.zone_id)


def can_hold(person: Person, child: Child) -> bool:
    """The Zone manager, and the Zone's safeguarding lead."""
    return person.manages(child.zone_id) or leads_safeguarding_in(person, child.zone_id)


def can_see_retention(person: Person) -> bool:
    return bool(person.is_authenticated) and person.has_role(Role.ZONE_MANAGER)


def can_see_hand_overs(person: Person) -> bool:
    """Those who ask for them, and those who agree to them."""
    return can_see_retention(person) or can_see_concerns(person)


def can_agree(person: Person, asked: HandOver) -> bool:
    """The Zone's safeguarding lead or another of its managers; never who asked."""
    return person.id != asked.asked_by_id and can_end(person, asked)


def can_end(person: Person, asked: HandOver) -> bool:
    return person.manages(asked.zone_id) or leads_safeguarding_in(person, asked.zone_id)


def can_fetch(person: Person, asked: HandOver) -> bool:
    """Who asked for it, as long as the Zone is theirs."""
    return person.id == asked.asked_by_id and person.manages(asked.zone_id)


def can_raise_case(person: Person) -> bool:
    """Everybody who works in a Zone."""
    return bool(person.is_authenticated) and bool(person.zone_ids())


can_see_cases = can_see_hand_overs


def can_answer_case(person: Person, case: DataCase) -> bool:
    """Those who answer for the Zone's data: its managers, and its safeguarding lead, so that nobody answers alone for themselves."""
    return person.manages(case.zone_id) or leads_safeguarding_in(person, case.zone_id)
