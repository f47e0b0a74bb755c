"""People and their roles."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _

from app.accounts import hooks, policies, queries
from app.accounts.models import ROLE_WORDS, Person, Role, RoleGrant, Zone
from app.accounts.roles import ROLES, SCOPE_WORDS
from app.accounts.services.sign_ins import end_all_sign_ins
from app.audit import services as audit
from app.shared import clock
from app.shared.db import atomic, db, lock_row
from app.shared.errors import DomainError, Forbidden, Invalid, NotFound


class AlreadyHere(DomainError):
    """There is an account with that address in this Zone."""

    code = "already_here"


@dataclass(frozen=True)
class Scope:
    """What a role is narrowed to, and from when to when."""

    school_id: uuid.UUID | None = None
    organisation_id: uuid.UUID | None = None
    fund_id: uuid.UUID | None = None
    limit_pence: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None


def add_person(*, name: str, email: str, phone: str, zone_id: uuid.UUID, role: Role, scope: Scope, actor: Person) -> Person:
    """Give somebody a role in a Zone, and an account if they have none; they are sent a link to choose a password.

    Somebody whose account the actor has no business with is asked (asked.py), and what the actor sees is what they would see of somebody
    new. Somebody who had left comes back.
    Raises AlreadyHere, Forbidden, Invalid (naming the field), NotFound.
    """
    with atomic():
        zone = queries.get_zone(zone_id)
        _require_may_grant(actor, role, zone)
        _require_scope(role, zone, scope)
        person = queries.find_person(email)
        for known in queries.list_with_email(email):
            if _is_here(known, zone, actor):
                raise AlreadyHere(_("%(person)s already has an account here. Open their page to give them another role.", person=known.name), field="email")
        if person is not None and person.is_active and not policies.can_manage_person(actor, person):
            asked, person = person.id, Person(name=name, email=person.email, phone=phone, asked_id=person.id)
            db.session.add(person)
            audit.record("accounts.person.asked", subject=person, actor=actor, zone_id=zone.id, asked_id=asked)
        elif person is None:
            person = Person(name=name, email=email.strip().lower(), phone=phone)
            db.session.add(person)
            audit.record("accounts.person.added", subject=person, actor=actor, zone_id=zone.id)
        elif not person.is_active:
            lock_row(Person, person.id)
            person.left_at, person.password_hash, person.name, person.phone = None, None, name, phone
            audit.record("accounts.person.returned", subject=person, actor=actor, zone_id=zone.id)
        grant = _grant(person, role, zone, scope, actor)
        if person.password_hash is None:
            hooks.tell_link(person, hooks.LinkKind.INVITED)
        else:
            hooks.tell_granted(grant)
    return person


def add_role(*, person_id: uuid.UUID, zone_id: uuid.UUID, role: Role, scope: Scope, actor: Person) -> RoleGrant:
    """Give somebody another role. Raises AlreadyHere when they hold it already, Forbidden, Invalid, NotFound."""
    with atomic():
        zone = queries.get_zone(zone_id)
        _require_may_grant(actor, role, zone)
        _require_scope(role, zone, scope)
        person = queries.get_person(person_id, actor)
        lock_row(Person, person.id)
        if not person.is_active:
            raise Invalid(_("%(person)s has left. Add them again from the list of people.", person=person.name))
        for grant in person.grants:
            same = (grant.school_id, grant.organisation_id, grant.fund_id) == (scope.school_id, scope.organisation_id, scope.fund_id)
            if grant.role is role and grant.zone_id == zone.id and same and _is_not_over(grant):
                raise AlreadyHere(_("%(person)s has that role already.", person=person.name))
        grant = _grant(person, role, zone, scope, actor)
        if person.password_hash is not None:
            hooks.tell_granted(grant)
    return grant


def end_role(*, grant_id: uuid.UUID, actor: Person) -> None:
    """End a role at once. Raises NotFound, and Forbidden for one's own."""
    with atomic():
        grant = db.session.get(RoleGrant, grant_id)
        if grant is None or not policies.can_end_grant(actor, grant):
            raise NotFound
        if grant.person_id == actor.id:
            raise Forbidden(_("You cannot end your own role. Another Zone manager can."))
        lock_row(Person, grant.person_id)
        _end(grant, actor)


def leave(*, person_id: uuid.UUID, actor: Person) -> Person:
    """Somebody leaves: every session is dead at once, every role ends, and they cannot sign in any more.

    Raises NotFound, and Forbidden for oneself or where the person also works outside the actor's reach.
    """
    with atomic():
        person = queries.get_person(person_id, actor)
        if not policies.can_answer_for(actor, person):
            raise Forbidden(_("%(person)s also has a role outside your reach. End the roles here instead.", person=person.name))
        lock_row(Person, person.id)
        if not person.is_active:
            return person
        for grant in list(person.grants):
            if _is_not_over(grant):
                _end(grant, actor)
        person.left_at = clock.now()
        end_all_sign_ins(person.id)
        audit.record("accounts.person.left", subject=person, actor=actor, zone_id=_zone_of(person, actor))
    return person


def create_first_person(*, name: str, email: str, role: Role, zone: Zone | None) -> Person:
    """An administrator or a Zone manager, from the command line. Raises AlreadyHere, Invalid."""
    with atomic():
        if queries.find_person(email) is not None:
            raise AlreadyHere(_("There is an account with the address %(email)s already.", email=email))
        if (role is Role.ADMINISTRATOR) != (zone is None):
            raise Invalid(_("A Zone manager needs a Zone (--zone); an administrator has none."))
        person = Person(name=name, email=email.strip().lower())
        person.grants = [RoleGrant(role=role, zone_id=zone.id if zone else None)]
        db.session.add(person)
        audit.record("accounts.person.added", subject=person, actor=None, zone_id=zone.id if zone else None, role=role)
        hooks.tell_link(person, hooks.LinkKind.INVITED)
    return person


def _grant(person: Person, role: Role, zone: Zone, scope: Scope, actor: Person) -> RoleGrant:
    grant = RoleGrant(
        person=person, role=role, zone_id=zone.id, school_id=scope.school_id, organisation_id=scope.organisation_id,
        fund_id=scope.fund_id, limit_pence=scope.limit_pence, starts_on=scope.starts_on or clock.today(), ends_on=scope.ends_on,
        granted_by_id=actor.id,
    )
    db.session.add(grant)
    audit.record(
        "accounts.role.granted", subject=grant, actor=actor, role=role, person_id=person.id, school_id=scope.school_id,
        organisation_id=scope.organisation_id, fund_id=scope.fund_id, limit_pence=scope.limit_pence,
    )
    return grant


def _end(grant: RoleGrant, actor: Person) -> None:
    """Days are inclusive, so what ends now ended yesterday; a role that never had a day is only remembered by the trail."""
    yesterday = clock.today() - timedelta(days=1)
    audit.record(
        "accounts.role.ended", subject=grant, actor=actor, role=grant.role, person_id=grant.person_id, school_id=grant.school_id,
        organisation_id=grant.organisation_id, fund_id=grant.fund_id, starts_on=grant.starts_on,
    )
    if grant.starts_on <= yesterday:
        grant.ends_on = min(grant.ends_on, yesterday) if grant.ends_on else yesterday
    else:
        grant.person.grants.remove(grant)
        db.session.delete(grant)


def _is_not_over(grant: RoleGrant) -> bool:
    return grant.ends_on is None or grant.ends_on >= clock.today()


def _is_here(person: Person, zone: Zone, actor: Person) -> bool:
    return person.id == actor.id or any(grant.zone_id == zone.id and _is_not_over(grant) for grant in person.grants)


def _zone_of(person: Person, actor: Person) -> uuid.UUID | None:
    """The Zone whose trail tells of this: the first of the actor's that the person worked in."""
    return next((grant.zone_id for grant in person.grants if grant.zone_id and policies.can_end_grant(actor, grant)), None)


def _require_may_grant(actor: Person, role: Role, zone: Zone) -> None:
    if not policies.can_grant(actor, role, zone):
        raise Forbidden(_("You cannot make somebody %(role)s in %(zone)s.", role=ROLE_WORDS[role], zone=zone.name))


def _require_scope(role: Role, zone: Zone, scope: Scope) -> None:
    shape = ROLES[role]
    given = {
        "school": scope.school_id, "organisation": scope.organisation_id, "fund": scope.fund_id, "limit": scope.limit_pence,
    }
    for name, value in given.items():
        if value is None and name in shape.needs:
            raise Invalid(_("Choose the %(what)s this role is for.", what=SCOPE_WORDS[name]), field=name)
        if value is not None and not shape.has(name):
            raise Invalid(_("This role is not narrowed to a %(what)s.", what=SCOPE_WORDS[name]))
    here = {
        "school": {school.id for school in queries.list_schools(zone.id)} if scope.school_id else set(),
        "organisation": {row[0] for row in hooks.organisations(zone.id)} if scope.organisation_id else set(),
        "fund": {row[0] for row in hooks.funds(zone.id)} if scope.fund_id else set(),
    }
    for name, known in here.items():
        if given[name] is not None and given[name] not in known:
            raise Invalid(_("That %(what)s is not one of %(zone)s.", what=SCOPE_WORDS[name], zone=zone.name), field=name)
    if scope.limit_pence is not None and scope.limit_pence < 0:
        raise Invalid(_("A limit is nil or more."), field="limit")
    if scope.ends_on is not None and scope.ends_on < (scope.starts_on or clock.today()):
        raise Invalid(_("The last day cannot be before the first."), field="ends_on")
