"""Reading children. Whatever names a person goes through `visible_to`: outside a person's reach a child is not there."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload, lazyload, selectinload

from app.accounts.models import Person, Role, RoleGrant
from app.accounts.queries import is_in_force
from app.children.models import (
    Caseload,
    CaseloadKind,
    Child,
    ChildState,
    ListeningNote,
    UrgentLook,
    Voice,
)
from app.shared import clock
from app.shared.db import db, the_one
from app.shared.errors import NotFound


def visible_to(person: Person, *, but: Role | None = None) -> sa.ColumnElement[bool]:
    """The children this person may see today, as a condition on Child. Says the same as policies.can_see_child. Without those seen only
    by the role `but`."""
    if not person.is_authenticated:
        return sa.false()
    reach: list[sa.ColumnElement[bool]] = []
    for grant in person.live_grants:
        if grant.role is but:
            continue
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


def visible_among(child_ids: Iterable[uuid.UUID], person: Person) -> set[uuid.UUID]:
    """Those of them that this person may see. One statement, and none for nobody."""
    wanted = set(child_ids)
    return set(db.session.scalars(sa.select(Child.id).where(Child.id.in_(wanted), visible_to(person)))) if wanted else set()


def get_child_by_id(child_id: uuid.UUID) -> Child:
    """For verbs, which ask themselves who may, and for the clock. Raises NotFound."""
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


def active_ids(zone_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """Every active child of a Zone, by name: for commands and the clock, never for a page."""
    return db.session.scalars(sa.select(Child.id).where(Child.zone_id == zone_id, Child.state == ChildState.ACTIVE).order_by(*_BY_NAME)).all()


def list_as_heard(ids: Sequence[uuid.UUID]) -> list[Child]:
    """Some children, in that order, with all that was said by them and of them, in few statements. Who heard it and whose they are is left out; a child
    that is no more, too. Give them to nobody but matching."""
    statement = sa.select(Child).where(Child.id.in_(ids)).options(
        lazyload(Child.caseload), selectinload(Child.school), selectinload(Child.needs), selectinload(Child.goals),
        selectinload(Child.voices).lazyload(Voice.heard_by), selectinload(Child.notes).lazyload(ListeningNote.noted_by),
    )
    found = {child.id: child for child in db.session.scalars(statement)}
    return [found[id_] for id_ in ids if id_ in found]
