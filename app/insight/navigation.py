"""The main menu and the person's line, by role. A link stands there only when the role may use it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, url_for

from app.accounts.models import ROLE_WORDS, Person, Role
from app.shared.view import initials

ENTRIES: tuple[tuple[str, str, str, frozenset[Role]], ...] = (
    ("insight.home", "Today", "sun", frozenset(Role)),
    ("children.caseload", "Children", "users", frozenset({
        Role.LINK_WORKER, Role.ZONE_MANAGER, Role.SCHOOL_LEAD, Role.SAFEGUARDING_LEAD})),
    ("catalogue.find", "Find support", "search", frozenset({
        Role.LINK_WORKER, Role.ZONE_MANAGER, Role.SCHOOL_LEAD, Role.SAFEGUARDING_LEAD, Role.BUDGET_HOLDER})),
    ("commissioning.approvals", "Approvals", "inbox", frozenset({Role.BUDGET_HOLDER})),
    ("introductions.introductions", "Introductions", "heart-handshake", frozenset({
        Role.LINK_WORKER, Role.ZONE_MANAGER, Role.PARTNER_ADMIN, Role.PRACTITIONER})),
    ("attendance.registers", "Registers", "clipboard-check", frozenset({
        Role.LINK_WORKER, Role.PARTNER_ADMIN, Role.PRACTITIONER, Role.ZONE_MANAGER})),
    ("commissioning.commissions", "Places", "armchair", frozenset({Role.PARTNER_ADMIN})),
    ("catalogue.organisations", "Organisations", "building-2", frozenset({
        Role.ZONE_MANAGER, Role.PARTNER_ADMIN, Role.SAFEGUARDING_LEAD})),
    ("commissioning.funds", "Money", "wallet", frozenset({Role.ZONE_MANAGER, Role.BUDGET_HOLDER})),
    ("accounts.people", "People", "user-round", frozenset({Role.ZONE_MANAGER, Role.ADMINISTRATOR})),
    ("accounts.schools", "Schools", "school", frozenset({Role.ZONE_MANAGER})),
    ("interchange.imports", "Import", "upload", frozenset({Role.ZONE_MANAGER})),
    ("accounts.zone", "Zone", "settings", frozenset({Role.ZONE_MANAGER})),
)


@dataclass(frozen=True)
class Entry:
    endpoint: str
    label: str
    icon: str
    href: str
    current: bool
    count: int | None = None


@dataclass(frozen=True)
class Me:
    initials: str
    name: str
    role_line: str


def entries(person: Person) -> list[Entry]:
    """The menu of one person, in the order of their day."""
    roles = {grant.role for grant in person.live_grants}
    here = (request.endpoint or "").partition(".")[0]
    found = []
    for endpoint, label, icon, whose in ENTRIES:
        if not roles & whose:
            continue
        is_current = request.endpoint == endpoint or (
            here == endpoint.partition(".")[0] and not any(e[0] == request.endpoint for e in ENTRIES) and _first_of_room(endpoint, roles)
        )
        found.append(Entry(endpoint, label, icon, url_for(endpoint), is_current))
    return found


def _first_of_room(endpoint: str, roles: set[Role]) -> bool:
    room = endpoint.partition(".")[0]
    return next(e[0] for e in ENTRIES if e[0].startswith(f"{room}.") and roles & e[3]) == endpoint


def me(person: Person) -> Me:
    """Whose browser this is, and in what role."""
    grant = person.main_grant
    if grant is None:
        return Me(initials(person.name), person.name, "No role in force")
    where = grant.school.name if grant.school else grant.zone.name if grant.zone else "all Zones"
    return Me(initials(person.name), person.name, f"{ROLE_WORDS[grant.role]}, {where}")


def is_demo(person: Person) -> bool:
    return any(grant.zone is not None and grant.zone.is_demo for grant in person.live_grants)


