"""Concerns, who looked at a child, and looks that stand out."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import selectinload

from app.accounts.models import ROLE_WORDS, Person, Role, RoleGrant, Zone
from app.accounts.queries import list_own_zones, people_with
from app.audit.models import Sight
from app.children.models import Caseload, Child, UrgentLook
from app.safeguarding.models import Concern, ConcernState
from app.shared import clock
from app.shared.db import db, in_parts
from app.shared.errors import NotFound

MANY_IN_AN_HOUR = 20
LOOK_BACK = timedelta(days=30)
AFTER_HAND_OVER = timedelta(days=90)
MOST_READ = 50_000
LISTS = {
    "today", "caseload", "introductions", "approvals", "places", "briefs", "register", "register on a phone", "selection list", "partner statement",
    "school’s file", "export of children",
}
"""Pages and files that show many children at once: a person's ordinary day opens them, so they do not count as many looks."""
EARLY, LATE = 6, 22  # London hours between which looks are ordinary
Rows = Sequence[Any]
"""Looks with their child: person_id, child_id, at, what, school_id, reference."""


# --- concerns ------------------------------------------------------------------------------------


def get_concern(concern_id: uuid.UUID, person: Person) -> Concern:
    """For the safeguarding lead of its Zone. Raises NotFound for everybody else."""
    concern = db.session.get(Concern, concern_id)
    if concern is None or not any(
        g.role is Role.SAFEGUARDING_LEAD and g.zone_id == concern.zone_id and g.school_id is None for g in person.live_grants
    ):
        raise NotFound
    return concern


def list_concerns(person: Person) -> Sequence[Concern]:
    """Of the Zones this person leads safeguarding in: those not closed first, then the newest."""
    zones = [g.zone_id for g in person.live_grants if g.role is Role.SAFEGUARDING_LEAD and g.school_id is None]
    is_closed = sa.case((Concern.state == ConcernState.CLOSED, 1), else_=0)
    statement = sa.select(Concern).where(Concern.zone_id.in_(zones)).order_by(is_closed, Concern.created_at.desc(), Concern.id).limit(200)
    return db.session.scalars(statement).unique().all()


def list_own(person: Person) -> Sequence[Concern]:
    """What this person raised, newest first: that it was sent and taken up, never what was done."""
    statement = sa.select(Concern).where(Concern.raised_by_id == person.id).order_by(Concern.created_at.desc(), Concern.id).limit(20)
    return db.session.scalars(statement).unique().all()


@dataclass(frozen=True)
class Numbers:
    """Who to ring now in one Zone."""

    zone: Zone
    leads: Sequence[Person]


def numbers_for(person: Person) -> list[Numbers]:
    return [Numbers(zone, leads_of(zone.id)) for zone in list_own_zones(person)]


def leads_of(zone_id: uuid.UUID) -> list[Person]:
    """The Zone's own safeguarding leads; a school's are not among them."""
    leads = people_with(Role.SAFEGUARDING_LEAD, zone_id)
    return [p for p in leads if any(g.role is Role.SAFEGUARDING_LEAD and g.zone_id == zone_id and g.school_id is None for g in p.live_grants)]


# --- who looked ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Looker:
    name: str
    role: str
    looks: int
    first: datetime
    last: datetime
    what: list[str]
    why: list[str]


def who_looked(child: Child) -> list[Looker]:
    """Everybody who looked at this child's record, those who looked last first."""
    found: dict[uuid.UUID, list[Sight]] = defaultdict(list)
    for sight in db.session.scalars(sa.select(Sight).where(Sight.child_id == child.id).order_by(Sight.id)):
        found[sight.person_id].append(sight)
    people = {p.id: p for p in db.session.scalars(sa.select(Person).where(Person.id.in_(found)).options(selectinload(Person.grants)))}
    lines = []
    for person_id, sights in found.items():
        person = people.get(person_id)
        roles = sorted({str(ROLE_WORDS[g.role]) for g in person.grants if g.zone_id in (child.zone_id, None)}) if person else []
        lines.append(Looker(
            person.name if person else _("Somebody whose account is gone"), ", ".join(roles), len(sights), sights[0].at, sights[-1].at,
            sorted({_plain(s.what) for s in sights}), sorted({s.why for s in sights if s.why}),
        ))
    return sorted(lines, key=lambda line: line.last, reverse=True)


def _plain(what: str) -> str:
    return _("a form") if what.startswith("form: ") else what.removeprefix("panel: ")


# --- looks that stand out ------------------------------------------------------------------------


@dataclass(frozen=True)
class Odd:
    kind: str
    person: str
    at: datetime
    text: str
    child_id: uuid.UUID | None = None
    is_urgent: bool = False


def odd_looks(zone_ids: Iterable[uuid.UUID]) -> list[Odd]:
    """Of the last thirty days: many children in an hour, at night, at another school's children, after a hand-over; and urgent looks."""
    zones, since = list(zone_ids), clock.now() - LOOK_BACK
    rows = db.session.execute(
        sa.select(Sight.person_id, Sight.child_id, Sight.at, Sight.what, Child.school_id, Child.reference).join(Child, Child.id == Sight.child_id)
        .where(Child.zone_id.in_(zones), Sight.at > since).order_by(Sight.id.desc()).limit(MOST_READ)
    ).all()
    ids = {row.person_id for row in rows}
    names: dict[uuid.UUID, str] = {}
    for part in in_parts(sorted(ids)):
        names |= {row.id: row.name for row in db.session.execute(sa.select(Person.id, Person.name).where(Person.id.in_(part)))}
    found = [*_many(rows, names), *_at_night(rows, names), *_other_school(rows, names, zones), *_after_hand_over(rows, names, zones), *_urgent(zones, since)]
    return sorted(found, key=lambda odd: odd.at, reverse=True)


def _many(rows: Rows, names: dict[uuid.UUID, str]) -> list[Odd]:
    hours: dict[tuple[uuid.UUID, datetime], set[uuid.UUID]] = defaultdict(set)
    for row in rows:
        if row.what not in LISTS:
            hours[row.person_id, clock.london(row.at).replace(minute=0, second=0, microsecond=0)].add(row.child_id)
    return [
        Odd(_("Many children in an hour"), names.get(person_id, ""), hour, ngettext("%(number)s children opened one by one", "%(number)s children opened one by one", len(children), number=len(children)))
        for (person_id, hour), children in hours.items() if len(children) >= MANY_IN_AN_HOUR
    ]


def _at_night(rows: Rows, names: dict[uuid.UUID, str]) -> list[Odd]:
    nights: dict[tuple[uuid.UUID, date], list[datetime]] = defaultdict(list)
    for row in rows:
        at = clock.london(row.at)
        if not EARLY <= at.hour < LATE:
            nights[row.person_id, (at - timedelta(hours=EARLY)).date()].append(at)
    return [
        Odd(_("At night"), names.get(person_id, ""), max(looks), ngettext("%(number)s look between 10pm and 6am", "%(number)s looks between 10pm and 6am", len(looks), number=len(looks))) for (person_id, _night), looks in nights.items()
    ]


def _other_school(rows: Rows, names: dict[uuid.UUID, str], zones: list[uuid.UUID]) -> list[Odd]:
    """Somebody all of whose roles here are for schools, at a child of none of them."""
    grants = db.session.execute(sa.select(RoleGrant.person_id, RoleGrant.school_id).where(RoleGrant.zone_id.in_(zones))).all()
    schools: dict[uuid.UUID, set[uuid.UUID | None]] = defaultdict(set)
    for person_id, school_id in grants:
        schools[person_id].add(school_id)
    newest: dict[tuple[uuid.UUID, uuid.UUID], Odd] = {}
    for row in rows:
        own = schools.get(row.person_id, {None})
        if None not in own and row.school_id not in own:
            newest.setdefault((row.person_id, row.child_id), Odd(_("Another school’s child"), names.get(row.person_id, ""), row.at, row.reference, row.child_id))
    return list(newest.values())


def _after_hand_over(rows: Rows, names: dict[uuid.UUID, str], zones: list[uuid.UUID]) -> list[Odd]:
    """Somebody who was the child's Link Worker, is not any more, and looked again."""
    ended: dict[tuple[uuid.UUID, uuid.UUID], date | None] = {}
    statement = sa.select(Caseload.person_id, Caseload.child_id, Caseload.ends_on).join(Child, Child.id == Caseload.child_id).where(Child.zone_id.in_(zones))
    for person_id, child_id, ends_on in db.session.execute(statement):
        key = (person_id, child_id)
        ended[key] = None if ends_on is None or (key in ended and ended[key] is None) else max(ends_on, ended.get(key) or ends_on)
    newest: dict[tuple[uuid.UUID, uuid.UUID], Odd] = {}
    for row in rows:
        last = ended.get((row.person_id, row.child_id))
        if last is not None and clock.london(row.at).date() > last:
            newest.setdefault((row.person_id, row.child_id), Odd(_("After a hand-over"), names.get(row.person_id, ""), row.at, row.reference, row.child_id))
    return list(newest.values())


def _urgent(zones: list[uuid.UUID], since: datetime) -> list[Odd]:
    rows = db.session.execute(
        sa.select(UrgentLook, Person.name, Child.reference).join(Person, Person.id == UrgentLook.person_id).join(Child, Child.id == UrgentLook.child_id)
        .where(Child.zone_id.in_(zones), UrgentLook.created_at > since)
    )
    return [Odd(_("Urgent look"), name, look.created_at, f"{reference}: {look.why}", look.child_id, is_urgent=True) for look, name, reference in rows]


# --- urgent looks --------------------------------------------------------------------------------


def list_urgent_looks(person: Person) -> Sequence[tuple[UrgentLook, str]]:
    """One's own, newest first, with the child's reference."""
    statement = (
        sa.select(UrgentLook, Child.reference).join(Child, Child.id == UrgentLook.child_id)
        .where(UrgentLook.person_id == person.id).order_by(UrgentLook.created_at.desc(), UrgentLook.id).limit(30)
    )
    return [(row[0], row[1]) for row in db.session.execute(statement)]


def find_by_reference(reference: str, slug: str) -> Child | None:
    """The one child of that Zone with that reference."""
    statement = sa.select(Child).join(Zone, Zone.id == Child.zone_id).where(sa.func.upper(Child.reference) == reference.strip().upper(), Zone.slug == slug)
    return db.session.scalars(statement).unique().one_or_none()
