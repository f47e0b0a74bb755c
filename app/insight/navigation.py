"""The main menu and the person's line, by role. A link stands there only when the page exists and the role may use it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import current_app, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.accounts.models import ROLE_WORDS, Person, Role
from app.shared.view import initials

_R = Role
_CHARITY = frozenset({_R.LINK_WORKER, _R.ZONE_MANAGER})
_PARTNER = frozenset({_R.PARTNER_ADMIN, _R.PRACTITIONER})
_SCHOOL = frozenset({_R.SCHOOL_LEAD, _R.SAFEGUARDING_LEAD})


@dataclass(frozen=True)
class Page:
    endpoint: str
    label: str
    icon: str
    roles: frozenset[Role]
    is_zone_wide: bool = False
    """Only for those whose role is for the whole Zone, not for one school."""


PAGES = (
    Page("insight.home", _l("Today"), "sun", frozenset(Role)),
    Page("commissioning.approvals", _l("Approvals"), "inbox", frozenset({_R.BUDGET_HOLDER})),
    Page("children.caseload", _l("Children"), "users", _CHARITY | _SCHOOL),
    Page("catalogue.find", _l("Find support"), "search", _CHARITY | _SCHOOL),
    Page("introductions.introductions", _l("Introductions"), "heart-handshake", _CHARITY | _PARTNER | _SCHOOL),
    Page("attendance.registers", _l("Registers"), "clipboard-check", _CHARITY | _PARTNER),
    Page("commissioning.commissions", _l("Places"), "armchair", frozenset({_R.PARTNER_ADMIN})),
    Page("commissioning.briefs", _l("Briefs"), "megaphone", _CHARITY | frozenset({_R.PARTNER_ADMIN})),
    Page("catalogue.organisations", _l("Organisations"), "building-2", frozenset({
        _R.ZONE_MANAGER, _R.PARTNER_ADMIN, _R.SAFEGUARDING_LEAD})),
    Page("billing.statements", _l("Statements"), "receipt-text", frozenset({_R.PARTNER_ADMIN, _R.ZONE_MANAGER, _R.BUDGET_HOLDER})),
    Page("payments.runs", _l("Payments"), "banknote", frozenset({_R.ZONE_MANAGER, _R.BUDGET_HOLDER})),
    Page("commissioning.funds", _l("Money"), "wallet", frozenset({_R.ZONE_MANAGER, _R.BUDGET_HOLDER})),
    Page("accounts.people", _l("People"), "user-round", frozenset({_R.ZONE_MANAGER, _R.ADMINISTRATOR})),
    Page("accounts.schools", _l("Schools"), "school", frozenset({_R.ZONE_MANAGER})),
    Page("interchange.imports", _l("Import"), "upload", frozenset({_R.ZONE_MANAGER})),
    Page("accounts.zone", _l("Zone"), "settings", frozenset({_R.ZONE_MANAGER})),
    Page("keeping.retention_rules", _l("Keeping"), "archive", frozenset({_R.ZONE_MANAGER})),
    Page("safeguarding.concerns", _l("Safeguarding"), "shield-alert", frozenset({_R.SAFEGUARDING_LEAD}), is_zone_wide=True),
    Page("safeguarding.urgent_looks", _l("Urgent looks"), "eye", frozenset({_R.ADMINISTRATOR})),
    Page("catalogue.gaps", _l("Not found"), "puzzle", frozenset({_R.ZONE_MANAGER})),
    Page("catalogue.words", _l("Search words"), "book-open", frozenset({_R.ADMINISTRATOR})),
    Page("notifications.stuck", _l("Stuck messages"), "mail", frozenset({_R.ADMINISTRATOR})),
    Page("accounts.zones", _l("Zones"), "map", frozenset({_R.ADMINISTRATOR})),
)
"""In the order of a person's day."""


ALSO: dict[str, tuple[str, ...]] = {
    "offerings": ("catalogue.find", "catalogue.organisations"),
    "cohorts": ("catalogue.organisations",),
    "practitioners": ("catalogue.organisations",),
    "duplicates": ("catalogue.organisations",),
    "sites": ("catalogue.organisations",),
    "contacts": ("catalogue.organisations",),
    "series": ("catalogue.organisations",),
    "photos": ("catalogue.organisations",),
    "proposals": ("catalogue.organisations",),
    "documents": ("catalogue.organisations",),
    "sessions": ("attendance.registers", "catalogue.organisations"),
    "statement-lines": ("billing.statements",),
    "reconciliation": ("payments.runs",),
    "receipts": ("commissioning.funds",),
    "invoices": ("payments.runs",),
    "payees": ("payments.runs", "billing.statements"),
    "payments": ("payments.runs",),
    "payment-settings": ("payments.runs",),
    "bank-details": ("payments.runs", "billing.statements"),
    "brief-offers": ("commissioning.briefs",),
    "hand-overs": ("accounts.zone", "safeguarding.concerns"),
    "commissions": ("commissioning.approvals", "introductions.introductions"),
}
"""Where addresses belong that begin like no entry of the menu: the first of these that the person has."""


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
    may_raise_concern: bool = False
    may_look_up: bool = False


def pages_of(person: Person) -> list[Page]:
    """What this person's roles may use, of the pages that there are."""
    roles = {grant.role for grant in person.live_grants}
    zone_wide = {grant.role for grant in person.live_grants if grant.school_id is None}
    return [
        page for page in PAGES
        if page.roles & (zone_wide if page.is_zone_wide else roles) and page.endpoint in current_app.view_functions
    ]


def entries(person: Person, waiting: Mapping[str, int]) -> list[Entry]:
    """The menu of one person; `waiting` says by endpoint how many things wait there."""
    pages = pages_of(person)
    here = _here(pages)
    return [
        Entry(page.endpoint, page.label, page.icon, url_for(page.endpoint), page is here, waiting.get(page.endpoint) or None)
        for page in pages
    ]


def _here(pages: list[Page]) -> Page | None:
    """The entry for the page that is open: the one whose address it begins with, else the one it belongs to."""
    begins = f"/{request.path.split('/')[1]}"
    own = next((page for page in pages if url_for(page.endpoint) == begins), None)
    if own is not None:
        return own
    have = {page.endpoint: page for page in pages}
    return next((have[endpoint] for endpoint in ALSO.get(begins[1:], ()) if endpoint in have), None)


def me(person: Person) -> Me:
    """Whose browser this is, and in what role."""
    grant = person.main_grant
    if grant is None:
        return Me(initials(person.name), person.name, _("No role in force"))
    where = grant.school.name if grant.school else grant.zone.name if grant.zone else _("all Zones")
    return Me(initials(person.name), person.name, f"{ROLE_WORDS[grant.role]}, {where}", may_raise_concern=bool(person.zone_ids()), may_look_up=True)


def is_demo(person: Person) -> bool:
    return any(grant.zone is not None and grant.zone.is_demo for grant in person.live_grants)
