"""How grants are put into words on a page."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.accounts import hooks, policies
from app.accounts.models import ROLE_WORDS, Person, RoleGrant
from app.shared import clock
from app.shared.money import pounds
from app.shared.view import day


@dataclass(frozen=True)
class GrantLine:
    """One grant in words: the role, what it is narrowed to, and its days where they are worth saying."""

    grant: RoleGrant
    word: str
    where: str
    when: str
    is_live: bool


def grant_lines(people: Iterable[Person], viewer: Person | None = None) -> dict[uuid.UUID, list[GrantLine]]:
    """For each person the grants that `viewer` looks after (all, without a viewer), those in force first."""
    kept = {
        person.id: [grant for grant in person.grants if viewer is None or policies.can_end_grant(viewer, grant)] for person in people
    }
    names: dict[uuid.UUID, str] = {}
    grants = [grant for held in kept.values() for grant in held]
    for zone_id in {grant.zone_id for grant in grants if grant.organisation_id and grant.zone_id}:
        names |= dict(hooks.organisations(zone_id))
    for zone_id in {grant.zone_id for grant in grants if grant.fund_id and grant.zone_id}:
        names |= dict(hooks.funds(zone_id))
    lines = {person_id: [_line(grant, names) for grant in held] for person_id, held in kept.items()}
    return {person_id: sorted(held, key=lambda line: not line.is_live) for person_id, held in lines.items()}


def _line(grant: RoleGrant, names: dict[uuid.UUID, str]) -> GrantLine:
    where = [
        grant.school.name if grant.school else "",
        names.get(grant.organisation_id, "") if grant.organisation_id else "",
        names.get(grant.fund_id, "") if grant.fund_id else "",
        grant.zone.name if grant.zone else _("every Zone"),
        _("up to %(amount)s", amount=pounds(grant.limit_pence)) if grant.limit_pence is not None else "",
    ]
    return GrantLine(grant, ROLE_WORDS[grant.role], ", ".join(part for part in where if part), _when(grant), grant.is_live)


def _when(grant: RoleGrant) -> str:
    today = clock.today()
    if grant.ends_on is not None and grant.ends_on < today:
        return _("until %(day)s", day=day(grant.ends_on))
    parts = [
        _("from %(day)s", day=day(grant.starts_on)) if grant.starts_on > today else "",
        _("until %(day)s", day=day(grant.ends_on)) if grant.ends_on else "",
    ]
    return " ".join(part for part in parts if part)


_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("iPhone", _l("an iPhone")), ("iPad", _l("an iPad")), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", _l("a Mac")),
    ("CrOS", _l("a Chromebook")), ("Linux", "Linux"),
)


def browser_name(user_agent: str) -> str:
    """"Chrome on Windows", as near as what the browser says of itself allows."""
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), _("A browser"))
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    return _("%(browser)s on %(system)s", browser=browser, system=system) if system else browser
