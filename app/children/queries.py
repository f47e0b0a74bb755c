"""Reading children. Whatever names a person goes through `visible_to`: outside a person's reach a child is not there."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from app.accounts.models import Person, Role, RoleGrant, Term
from app.accounts.queries import is_in_force
from app.catalogue.models import Offering, Organisation, PartnerState
from app.children.models import (
    Carer,
    Caseload,
    CaseloadKind,
    Child,
    ChildState,
    Consent,
    Goal,
    HelpAnswer,
    Need,
    Refusal,
    UrgentLook,
    Voice,
)
from app.shared import clock
from app.shared.db import db, in_parts, the_one
from app.shared.errors import DomainError, NotFound

REFERENCE_LETTERS = "23456789CDFGHJKMNPQRTVWXY"
"""Nothing that is read or heard as something else, and no vowels, so that no reference is a word."""


# --- who may see whom ----------------------------------------------------------------------------


def visible_to(person: Person) -> sa.ColumnElement[bool]:
    """The children this person may see today, as a condition on Child. Says the same as policies.can_see_child."""
    if not person.is_authenticated:
        return sa.false()
    reach: list[sa.ColumnElement[bool]] = []
    for grant in person.live_grants:
        in_zone = Child.zone_id == grant.zone_id
        if grant.role is Role.ZONE_MANAGER:
            reach.append(in_zone)
        elif grant.role is Role.LINK_WORKER:
            reach.append(sa.and_(in_zone, Child.id.in_(_live_caseload(person.id))))
        elif grant.role is Role.SAFEGUARDING_LEAD and grant.school_id is None:
            reach.append(in_zone)
        elif grant.role is Role.ADMINISTRATOR:
            looked = sa.select(UrgentLook.child_id).where(UrgentLook.person_id == person.id, UrgentLook.ends_at > clock.now())
            reach.append(Child.id.in_(looked))
        elif grant.role in (Role.SCHOOL_LEAD, Role.SAFEGUARDING_LEAD):
            reach.append(sa.and_(in_zone, Child.school_id == grant.school_id, Child.state == ChildState.ACTIVE))
    return sa.or_(*reach) if reach else sa.false()


def _live_caseload(person_id: uuid.UUID) -> sa.Select[uuid.UUID]:
    today = clock.today()
    return sa.select(Caseload.child_id).where(
        Caseload.person_id == person_id, Caseload.starts_on <= today,
        sa.or_(Caseload.ends_on.is_(None), Caseload.ends_on >= today),
    )


def get_child(child_id: uuid.UUID, person: Person) -> Child:
    """Raises NotFound outside the person's sight, exactly as if there were no such child."""
    statement = sa.select(Child).where(Child.id == child_id, visible_to(person)).options(joinedload(Child.school), joinedload(Child.caseload))
    return the_one(statement)


def is_visible(child_id: uuid.UUID, person: Person) -> bool:
    return db.session.scalar(sa.select(Child.id).where(Child.id == child_id, visible_to(person))) is not None


def get_child_by_id(child_id: uuid.UUID) -> Child:
    """For verbs whose caller has been permitted already, and for the clock. Raises NotFound."""
    child = db.session.get(Child, child_id)
    if child is None:
        raise NotFound
    return child


def list_visible(person: Person, starts_with: str = "", *, with_ended: bool = False) -> Sequence[Child]:
    """The children this person may see, by name; `starts_with` narrows to the first letters of any of their names."""
    among = (sa.true(),) if with_ended else (Child.state == ChildState.ACTIVE,)
    return db.session.scalars(_visible(person, starts_with, *among).options(joinedload(Child.school)).order_by(*_BY_NAME)).unique().all()


def page_visible(person: Person, starts_with: str, *, has_left: bool, page: int, size: int) -> tuple[Sequence[Child], int, int]:
    """One page of them, those on the programme or those who have left: the children, how many there are in all, and which page it is (the
    last one, when there are not so many)."""
    wanted = _visible(person, starts_with, Child.state == (ChildState.ENDED if has_left else ChildState.ACTIVE))
    total = db.session.scalar(wanted.with_only_columns(sa.func.count(Child.id))) or 0
    at = min(max(1, page), max(1, -(-total // size)))
    statement = wanted.options(joinedload(Child.school)).order_by(*_BY_NAME).limit(size).offset((at - 1) * size)
    return db.session.scalars(statement).unique().all(), total, at


def _visible(person: Person, starts_with: str, *among: sa.ColumnElement[bool]) -> sa.Select[Child]:
    statement = sa.select(Child).where(visible_to(person), *among)
    typed = starts_with.strip()
    if typed:
        columns = (Child.first_name, Child.last_name, Child.known_as, Child.reference)
        full = Child.first_name + " " + Child.last_name
        pattern = _like(typed)
        statement = statement.where(sa.or_(*(c.ilike(pattern, escape="\\") for c in (*columns, full))))
    return statement


def _like(typed: str) -> str:
    return typed.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


_BY_NAME = (sa.func.lower(Child.first_name), sa.func.lower(Child.last_name), Child.id)


def list_caseload(person: Person) -> Sequence[Child]:
    """The active children this person is lead or cover of today, by name."""
    statement = (
        sa.select(Child)
        .where(Child.id.in_(_live_caseload(person.id)), visible_to(person), Child.state == ChildState.ACTIVE)
        .options(joinedload(Child.school)).order_by(*_BY_NAME)
    )
    return db.session.scalars(statement).unique().all()


def list_led_by(person_id: uuid.UUID, zone_id: uuid.UUID, on: date) -> Sequence[uuid.UUID]:
    """The active children somebody leads for in a Zone on a day."""
    statement = (
        sa.select(Caseload.child_id).join(Child, Child.id == Caseload.child_id)
        .where(Caseload.person_id == person_id, Caseload.kind == CaseloadKind.LEAD, Child.zone_id == zone_id, Child.state == ChildState.ACTIVE,
               Caseload.starts_on <= on, sa.or_(Caseload.ends_on.is_(None), Caseload.ends_on >= on))
        .order_by(Caseload.child_id)
    )
    return db.session.scalars(statement).all()


@dataclass(frozen=True)
class Leading:
    """A Link Worker, also one who has left, and how many children are theirs today."""

    person_id: uuid.UUID
    name: str
    children: int


def list_leading(zone_id: uuid.UUID) -> list[Leading]:
    """Who leads for how many active children of the Zone today, by name."""
    statement = (
        sa.select(Person.id, Person.name, sa.func.count(sa.distinct(Child.id)))
        .join(Caseload, Caseload.person_id == Person.id).join(Child, Child.id == Caseload.child_id)
        .where(Child.zone_id == zone_id, Child.state == ChildState.ACTIVE, Caseload.kind == CaseloadKind.LEAD, _is_live(Caseload))
        .group_by(Person.id, Person.name).order_by(Person.name, Person.id)
    )
    return [Leading(*row) for row in db.session.execute(statement)]


@dataclass(frozen=True)
class LeftBehind:
    """Children of a Zone whose only Link Worker today is somebody who is none there any more."""

    person_id: uuid.UUID
    zone_id: uuid.UUID
    children: int


def list_left_behind() -> list[LeftBehind]:
    """In every Zone. One statement."""
    other = aliased(Caseload)
    statement = (
        sa.select(Caseload.person_id, Child.zone_id, sa.func.count(sa.distinct(Child.id)))
        .join(Child, Child.id == Caseload.child_id)
        .where(
            Child.state == ChildState.ACTIVE, Caseload.kind == CaseloadKind.LEAD, _is_live(Caseload), ~_works_there(Caseload.person_id),
            ~sa.exists().where(other.child_id == Child.id, _is_live(other), _works_there(other.person_id)),
        )
        .group_by(Caseload.person_id, Child.zone_id)
    )
    return [LeftBehind(*row) for row in db.session.execute(statement)]


def _is_live(caseload: Any) -> sa.ColumnElement[bool]:
    today = clock.today()
    return sa.and_(caseload.starts_on <= today, sa.or_(caseload.ends_on.is_(None), caseload.ends_on >= today))


def _works_there(person_id: Any) -> sa.ColumnElement[bool]:
    """Is a Link Worker of the child's Zone today."""
    return sa.exists().where(
        RoleGrant.person_id == person_id, RoleGrant.role == Role.LINK_WORKER, RoleGrant.zone_id == Child.zone_id, is_in_force(),
        Person.id == person_id, Person.left_at.is_(None),
    )


def find_lead(child_id: uuid.UUID) -> Person | None:
    """The Link Worker who leads for this child today."""
    today = clock.today()
    statement = (
        sa.select(Person).join(Caseload, Caseload.person_id == Person.id)
        .where(Caseload.child_id == child_id, Caseload.kind == "lead", Caseload.starts_on <= today,
               sa.or_(Caseload.ends_on.is_(None), Caseload.ends_on >= today))
        .order_by(Caseload.starts_on.desc(), Caseload.id).limit(1)
    )
    return db.session.scalars(statement).unique().one_or_none()


def list_children_of_zone(zone_id: uuid.UUID) -> Sequence[Child]:
    """Every active child of a Zone, by name: for commands and the clock, never for a page."""
    statement = sa.select(Child).where(Child.zone_id == zone_id, Child.state == ChildState.ACTIVE).order_by(*_BY_NAME)
    return db.session.scalars(statement).unique().all()


# --- consent -------------------------------------------------------------------------------------


def find_consent(child_id: uuid.UUID, organisation_id: uuid.UUID, on: date) -> Consent | None:
    """The consent that covers this organisation on that day, not withdrawn; the newest if there were two."""
    statement = (
        sa.select(Consent)
        .where(
            Consent.child_id == child_id, Consent.organisation_id == organisation_id, Consent.is_live_on(on),
        )
        .order_by(Consent.given_on.desc(), Consent.created_at.desc(), Consent.id).limit(1)
    )
    return db.session.scalars(statement).unique().one_or_none()


def get_consent(consent_id: uuid.UUID, child_id: uuid.UUID) -> Consent:
    """Raises NotFound when it is not this child's."""
    consent = db.session.get(Consent, consent_id)
    if consent is None or consent.child_id != child_id:
        raise NotFound
    return consent


def get_carer(carer_id: uuid.UUID, child_id: uuid.UUID) -> Carer:
    """Raises NotFound when not this child's."""
    carer = db.session.get(Carer, carer_id)
    if carer is None or carer.child_id != child_id:
        raise NotFound
    return carer


def list_organisations_to_share_with(zone_id: uuid.UUID) -> Sequence[Organisation]:
    """The Zone's organisations that have not left, by name."""
    statement = (
        sa.select(Organisation).where(Organisation.zone_id == zone_id, Organisation.state != PartnerState.LEFT)
        .order_by(sa.func.lower(Organisation.name), Organisation.id)
    )
    return db.session.scalars(statement).unique().all()


def organisation_in_zone(organisation_id: uuid.UUID, zone_id: uuid.UUID) -> Organisation:
    """Raises NotFound for another Zone's."""
    organisation = db.session.get(Organisation, organisation_id)
    if organisation is None or organisation.zone_id != zone_id:
        raise NotFound
    return organisation


def organisation_names(organisation_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    wanted = set(organisation_ids)
    if not wanted:
        return {}
    rows = db.session.execute(sa.select(Organisation.id, Organisation.name).where(Organisation.id.in_(wanted)))
    return {row.id: row.name for row in rows}


# --- what the child has said no to ---------------------------------------------------------------


def find_refusal(child_id: uuid.UUID, offering_id: uuid.UUID) -> Refusal | None:
    """The refusal that stands, if one does."""
    statement = sa.select(Refusal).where(
        Refusal.child_id == child_id, Refusal.offering_id == offering_id, Refusal.lifted_on.is_(None)
    )
    return db.session.scalars(statement).one_or_none()


def has_refused(child_id: uuid.UUID, offering_id: uuid.UUID) -> bool:
    """The child has said no to this offering (or it was set aside for the child), and has not said otherwise since."""
    return find_refusal(child_id, offering_id) is not None


def refused_ids(child_id: uuid.UUID) -> set[uuid.UUID]:
    """Every offering that must not come back by itself."""
    statement = sa.select(Refusal.offering_id).where(Refusal.child_id == child_id, Refusal.lifted_on.is_(None))
    return set(db.session.scalars(statement))


def refused_by_ref(zone_id: uuid.UUID, source_refs: Sequence[str]) -> dict[str, set[uuid.UUID]]:
    """Standing refusals of the Zone's children, by the id they have in their source."""
    found: dict[str, set[uuid.UUID]] = {}
    for part in in_parts(source_refs):
        statement = (
            sa.select(Child.source_ref, Refusal.offering_id).join(Refusal, Refusal.child_id == Child.id)
            .where(Child.zone_id == zone_id, Child.source_ref.in_(part), Refusal.lifted_on.is_(None))
        )
        for ref, offering_id in db.session.execute(statement):
            found.setdefault(ref, set()).add(offering_id)
    return found


def list_refusals(child_id: uuid.UUID) -> Sequence[tuple[Refusal, str]]:
    """Standing refusals with the offering's title, newest first."""
    statement = (
        sa.select(Refusal, Offering.title).join(Offering, Offering.id == Refusal.offering_id)
        .where(Refusal.child_id == child_id, Refusal.lifted_on.is_(None)).order_by(Refusal.said_on.desc(), Refusal.id)
    )
    return [(row[0], row[1]) for row in db.session.execute(statement)]


def offering_in_zone(offering_id: uuid.UUID, zone_id: uuid.UUID) -> Offering:
    """Raises NotFound for another Zone's."""
    offering = db.session.get(Offering, offering_id)
    if offering is None or offering.zone_id != zone_id:
        raise NotFound
    return offering


# --- what a plan has -----------------------------------------------------------------------------


@dataclass(frozen=True)
class PlanFacts:
    """`consent_ends`: the first day on which a consent that covers today runs out. `face` is the last answer to “Can you ask for help?”."""

    last_heard: date | None = None
    needs: int = 0
    goals: int = 0
    consent_ends: date | None = None
    asked_on: date | None = None
    face: int | None = None


def plan_facts(child_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, PlanFacts]:
    """For many children at once; each id asked for is a key."""
    if not child_ids:
        return {}
    today = clock.today()
    heard = dict(_grouped(sa.select(Voice.child_id, sa.func.max(Voice.said_on)).where(Voice.child_id.in_(child_ids)), Voice.child_id))
    needs = dict(_grouped(
        sa.select(Need.child_id, sa.func.count()).where(Need.child_id.in_(child_ids), Need.ended_on.is_(None)), Need.child_id))
    goals = dict(_grouped(sa.select(Goal.child_id, sa.func.count()).where(Goal.child_id.in_(child_ids)), Goal.child_id))
    ends = dict(_grouped(
        sa.select(Consent.child_id, sa.func.min(Consent.ends_on)).where(
            Consent.child_id.in_(child_ids), Consent.is_live_on(today)),
        Consent.child_id))
    faces = {
        child_id: (asked_on, face) for child_id, asked_on, face in db.session.execute(
            sa.select(HelpAnswer.child_id, HelpAnswer.asked_on, HelpAnswer.face).where(HelpAnswer.child_id.in_(child_ids)).order_by(HelpAnswer.asked_on)
        )
    }
    return {
        id_: PlanFacts(heard.get(id_), needs.get(id_, 0), goals.get(id_, 0), ends.get(id_), *faces.get(id_, (None, None))) for id_ in child_ids
    }


def terms_by_school(school_ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID | None, list[Term]]:
    """The terms of these schools, in order; a school without any is left out."""
    known: dict[uuid.UUID | None, list[Term]] = {}
    wanted = sorted({id_ for id_ in school_ids if id_ is not None})
    for term in db.session.scalars(sa.select(Term).where(Term.school_id.in_(wanted)).order_by(Term.starts_on)) if wanted else ():
        known.setdefault(term.school_id, []).append(term)
    return known


def _grouped(statement: sa.Select[*tuple[Any, ...]], by: Any) -> list[tuple[uuid.UUID, Any]]:
    return [(row[0], row[1]) for row in db.session.execute(statement.group_by(by))]


# --- references ----------------------------------------------------------------------------------


def free_reference(zone_id: uuid.UUID) -> str:
    """A reference like K-7F2Q that no child of the Zone has. Inside the transaction that uses it."""
    for _ in range(200):
        reference = "K-" + "".join(secrets.choice(REFERENCE_LETTERS) for _ in range(4))
        taken = sa.select(Child.id).where(Child.zone_id == zone_id, Child.reference == reference)
        if db.session.scalar(taken) is None:
            return reference
    raise DomainError("This Zone has run out of references for children.", code="no_reference_left")
