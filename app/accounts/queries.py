"""Reads of people, Zones and schools."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import selectinload

from app.accounts import policies
from app.accounts.calendar import SchoolDays
from app.accounts.models import (
    AuthenticatorApp,
    Closure,
    Passkey,
    Person,
    RecoveryCode,
    Role,
    RoleGrant,
    School,
    SignIn,
    Term,
    Zone,
)
from app.shared import clock
from app.shared.db import db, the_one
from app.shared.errors import NotFound


def get_zone(zone_id: uuid.UUID) -> Zone:
    """Raises NotFound."""
    zone = db.session.get(Zone, zone_id)
    if zone is None:
        raise NotFound
    return zone


def get_own_zone(zone_id: uuid.UUID, person: Person) -> Zone:
    """A Zone in which `person` holds a role (an administrator: any). Raises NotFound."""
    if zone_id not in person.zone_ids() and not policies.is_administrator(person):
        raise NotFound
    return get_zone(zone_id)


def find_zone(slug: str) -> Zone | None:
    return db.session.scalar(sa.select(Zone).where(Zone.slug == slug))


def zone_by_slug(slug: str) -> Zone:
    """Raises NotFound, with a sentence that names the Zones there are."""
    zone = find_zone(slug)
    if zone is None:
        known = [known.slug for known in list_zones()]
        there = _("There are: %(names)s.", names=", ".join(known)) if known else _("There is none yet: make one with `kith zone create`.")
        raise NotFound(_("There is no Zone called “%(slug)s”. %(there)s", slug=slug, there=there))
    return zone


def list_zones() -> Sequence[Zone]:
    return db.session.scalars(sa.select(Zone).order_by(Zone.name)).all()


def list_own_zones(person: Person, *roles: Role) -> Sequence[Zone]:
    """The Zones this person holds a role in (one of `roles`, or any)."""
    return db.session.scalars(sa.select(Zone).where(Zone.id.in_(person.zone_ids(*roles))).order_by(Zone.name)).all()


def list_schools(zone_id: uuid.UUID) -> Sequence[School]:
    statement = sa.select(School).where(School.zone_id == zone_id).order_by(School.name)
    return db.session.scalars(statement.options(selectinload(School.terms), selectinload(School.closures))).all()


def find_school(zone_id: uuid.UUID, school_id: uuid.UUID) -> School | None:
    """That school, if it is in that Zone."""
    return db.session.scalars(sa.select(School).where(School.id == school_id, School.zone_id == zone_id)).one_or_none()


def get_school(school_id: uuid.UUID, person: Person) -> School:
    """A school of a Zone in which `person` holds a role. Raises NotFound."""
    school = db.session.get(School, school_id)
    if school is None or school.zone_id not in person.zone_ids():
        raise NotFound
    return school


def school_days(school_id: uuid.UUID | None) -> SchoolDays:
    """The open days of that school; without a school, every weekday."""
    if school_id is None:
        return SchoolDays()
    spans = sa.union_all(*(
        sa.select(sa.literal(is_term).label("is_term"), kind.starts_on, kind.ends_on).where(kind.school_id == school_id)
        for kind, is_term in ((Term, True), (Closure, False))
    ))
    rows = db.session.execute(spans.order_by("starts_on")).all()
    return SchoolDays(
        terms=tuple((row.starts_on, row.ends_on) for row in rows if row.is_term),
        closures=tuple((row.starts_on, row.ends_on) for row in rows if not row.is_term),
    )


def is_in_force() -> sa.ColumnElement[bool]:
    """SQL: the grant is in force today."""
    today = clock.today()
    return sa.and_(RoleGrant.starts_on <= today, sa.or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= today))


def people_with(
    role: Role, zone_id: uuid.UUID, school_id: uuid.UUID | None = None, organisation_id: uuid.UUID | None = None
) -> Sequence[Person]:
    """Who holds that role in the Zone today, by name.

    With `school_id`: those whose role is for that school or for the whole Zone. With `organisation_id`: for that one.
    """
    held = sa.select(RoleGrant.person_id).where(RoleGrant.role == role, RoleGrant.zone_id == zone_id, is_in_force())
    if school_id is not None:
        held = held.where(sa.or_(RoleGrant.school_id == school_id, RoleGrant.school_id.is_(None)))
    if organisation_id is not None:
        held = held.where(RoleGrant.organisation_id == organisation_id)
    statement = sa.select(Person).where(Person.id.in_(held), Person.left_at.is_(None)).order_by(Person.name, Person.id)
    return db.session.scalars(statement).all()


def zone_managers() -> dict[uuid.UUID, list[Person]]:
    """Who manages which Zone today, by name."""
    statement = (
        sa.select(RoleGrant.zone_id, Person).join(Person, Person.id == RoleGrant.person_id)
        .where(RoleGrant.role == Role.ZONE_MANAGER, is_in_force(), Person.left_at.is_(None)).order_by(Person.name, Person.id)
    )
    managers: dict[uuid.UUID, list[Person]] = {}
    for zone_id, person in db.session.execute(statement):
        if zone_id is not None:
            managers.setdefault(zone_id, []).append(person)
    return managers


def find_person(email: str) -> Person | None:
    """Also somebody who has left."""
    return db.session.scalar(sa.select(Person).where(Person.email == email.strip().lower(), Person.asked_id.is_(None)))


def list_asked(person: Person) -> Sequence[Person]:
    """What `person` is asked to take over, by Zones that do not know of their account: the oldest first."""
    statement = sa.select(Person).where(Person.asked_id == person.id, Person.left_at.is_(None)).order_by(Person.created_at, Person.id)
    return db.session.scalars(statement.options(selectinload(Person.grants))).all()


def get_asked(asked_id: uuid.UUID, person: Person) -> Person:
    """One of those. Raises NotFound."""
    return the_one(sa.select(Person).where(Person.id == asked_id, Person.asked_id == person.id, Person.left_at.is_(None)))


def list_with_email(email: str) -> Sequence[Person]:
    """Everybody who is here under that address: the account, and what it is asked to take over."""
    return db.session.scalars(sa.select(Person).where(Person.email == email.strip().lower(), Person.left_at.is_(None))).all()


def _managed_by(person: Person) -> sa.ColumnElement[bool]:
    """SQL: the grant is one that `person` looks after."""
    within: sa.ColumnElement[bool] = RoleGrant.zone_id.in_(person.zone_ids(Role.ZONE_MANAGER))
    if policies.is_administrator(person):
        within = sa.or_(within, RoleGrant.role == Role.ZONE_MANAGER)
    return within


def people_looked_after(viewer: Person) -> sa.ColumnElement[bool]:
    """SQL: somebody who has, or once had, a role that `viewer` looks after."""
    return Person.id.in_(sa.select(RoleGrant.person_id).where(_managed_by(viewer)))


def get_person(person_id: uuid.UUID, viewer: Person) -> Person:
    """One of `people_looked_after`. Raises NotFound."""
    person = db.session.scalars(sa.select(Person).where(Person.id == person_id, people_looked_after(viewer))).first()
    if person is None:
        raise NotFound
    return person


def list_people(
    viewer: Person, *, q: str = "", role: Role | None = None, zone_id: uuid.UUID | None = None, left: bool = False,
    page: int = 1, size: int = 50,
) -> tuple[Sequence[Person], int]:
    """The people `viewer` looks after, by name: one page, and how many there are in all.

    `left`: those who have left or whose roles there are over; else those who have a role there now or later.
    """
    held = sa.select(RoleGrant.person_id).where(_managed_by(viewer))
    if role is not None:
        held = held.where(RoleGrant.role == role)
    if zone_id is not None:
        held = held.where(RoleGrant.zone_id == zone_id)
    now = held.where(sa.or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= clock.today()))
    here = sa.and_(Person.left_at.is_(None), Person.id.in_(now))
    wanted = sa.and_(Person.id.in_(held), ~here) if left else here
    if q:
        like = f"%{q.replace('%', '').replace('_', '')}%"
        wanted = sa.and_(wanted, sa.or_(Person.name.ilike(like), Person.email.ilike(like)))
    count = db.session.scalar(sa.select(sa.func.count()).select_from(Person).where(wanted)) or 0
    statement = sa.select(Person).where(wanted).order_by(Person.name, Person.id).limit(size).offset((page - 1) * size)
    return db.session.scalars(statement.options(selectinload(Person.grants))).all(), count


def find_sign_in(token_hash: str, *, idle: timedelta, absolute: timedelta) -> SignIn | None:
    """The sign-in with that token, if it is still good: not ended, used and begun recently enough, its person not gone."""
    now = clock.now()
    statement = sa.select(SignIn).join(Person, Person.id == SignIn.person_id).where(
        SignIn.token_hash == token_hash,
        SignIn.ended_at.is_(None),
        SignIn.waits_until.is_(None),
        SignIn.last_seen_at > now - idle,
        SignIn.created_at > now - absolute,
        Person.left_at.is_(None),
    )
    return db.session.scalar(statement)


def find_waiting_sign_in(token_hash: str) -> SignIn | None:
    """The sign-in with that token whose second step is still awaited."""
    statement = sa.select(SignIn).join(Person, Person.id == SignIn.person_id).where(
        SignIn.token_hash == token_hash, SignIn.ended_at.is_(None), SignIn.waits_until > clock.now(), Person.left_at.is_(None)
    )
    return db.session.scalar(statement)


def find_app(person_id: uuid.UUID) -> AuthenticatorApp | None:
    """The person's authenticator app, confirmed or not."""
    return db.session.scalar(sa.select(AuthenticatorApp).where(AuthenticatorApp.person_id == person_id))


def has_app(person_id: uuid.UUID) -> bool:
    app = find_app(person_id)
    return app is not None and app.confirmed_at is not None


def has_second_step(person_id: uuid.UUID) -> bool:
    """An app or a passkey, also one that was copied: a copy must not make the password enough."""
    has_key = sa.exists().where(Passkey.person_id == person_id)
    return has_app(person_id) or bool(db.session.scalar(sa.select(has_key)))


def list_passkeys(person_id: uuid.UUID) -> Sequence[Passkey]:
    return db.session.scalars(sa.select(Passkey).where(Passkey.person_id == person_id).order_by(Passkey.created_at, Passkey.id)).all()


def find_passkey(credential_id: bytes) -> Passkey | None:
    return db.session.scalar(sa.select(Passkey).where(Passkey.credential_id == credential_id))


def get_passkey(passkey_id: uuid.UUID, person: Person) -> Passkey:
    """One of one's own. Raises NotFound."""
    return the_one(sa.select(Passkey).where(Passkey.id == passkey_id, Passkey.person_id == person.id))


def count_recovery_codes(person_id: uuid.UUID) -> int:
    """Those not used yet."""
    statement = sa.select(sa.func.count()).select_from(RecoveryCode).where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(statement) or 0


def list_sign_ins(person_id: uuid.UUID, *, idle: timedelta, absolute: timedelta) -> Sequence[SignIn]:
    """Where this person is signed in now, newest use first."""
    now = clock.now()
    statement = sa.select(SignIn).where(
        SignIn.person_id == person_id,
        SignIn.ended_at.is_(None),
        SignIn.waits_until.is_(None),
        SignIn.last_seen_at > now - idle,
        SignIn.created_at > now - absolute,
    )
    return db.session.scalars(statement.order_by(SignIn.last_seen_at.desc(), SignIn.id)).all()
