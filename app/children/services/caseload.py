"""Whose child it is: one lead at a time, and cover for as long as it is needed."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts import queries as accounts
from app.accounts.models import Person, Role
from app.audit.services import record
from app.children import hooks, queries
from app.children.models import Caseload, CaseloadKind, Child, ChildState
from app.children.services import powers
from app.notifications.services import close_tasks
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import DomainError, Invalid, NotFound

NEW_SCHOOL = "child_new_school"
"""The Zone managers' task when a child is at another school: who leads there?"""


def assign_caseload(
    *, child_id: uuid.UUID, person_id: uuid.UUID, actor: Person | None, kind: CaseloadKind = CaseloadKind.LEAD,
    starts_on: date | None = None, ends_on: date | None = None, also_until: date | None = None,
) -> Caseload:
    """Give a child a Link Worker. A new lead takes over from `starts_on`; the earlier lead ends the day before, or, with `also_until`,
    goes on seeing the child beside the new one until that day.

    Raises Invalid when the person is no Link Worker of the child's Zone, cover has no last day, or days are out of order.
    """
    with atomic():
        child = queries.get_child_by_id(child_id)
        powers.manages(actor, child.zone_id)
        first = starts_on or clock.today()
        if child.state is ChildState.ENDED:
            raise DomainError(_("%(child)s is no longer on the programme.", child=child.called), code="child_left")
        workers = {person.id for person in accounts.people_with(Role.LINK_WORKER, child.zone_id)}
        if person_id not in workers:
            raise Invalid(_("Choose a Link Worker of this Zone."), field="person_id")
        if ends_on is not None and ends_on < first:
            raise Invalid(_("The last day cannot be before the first."), field="ends_on")
        if kind is CaseloadKind.COVER and ends_on is None:
            raise Invalid(_("Cover needs a last day."), field="ends_on")
        if also_until is not None and (kind is not CaseloadKind.LEAD or also_until < first):
            raise Invalid(_("That is before the new lead’s first day.") if kind is CaseloadKind.LEAD else _("That is for a new lead only."), field="also_until")
        before: set[uuid.UUID] = set()
        if kind is CaseloadKind.LEAD:
            close_tasks(kind=NEW_SCHOOL, subject=child, why="Said who leads")
            before = _led_before(child, person_id, first)
            standing = _hand_over(child, person_id, first)
            if standing is not None:
                return standing
        entry = _add(child, person_id, kind, first, ends_on, actor)
        if before:
            for earlier in sorted(before & workers) if also_until is not None else ():
                _add(child, earlier, CaseloadKind.COVER, first, also_until, actor)
            hooks.on_new_lead(child, person_id, actor)
        return entry


def _add(child: Child, person_id: uuid.UUID, kind: CaseloadKind, first: date, last: date | None, actor: Person | None) -> Caseload:
    entry = Caseload(child_id=child.id, person_id=person_id, kind=kind, starts_on=first, ends_on=last)
    child.caseload.append(entry)
    record("children.caseload.assigned", subject=entry, actor=actor, zone_id=child.zone_id, child_id=child.id,
           person=person_id, kind=kind.value, starts_on=first, ends_on=last)
    return entry


def _led_before(child: Child, person_id: uuid.UUID, first: date) -> set[uuid.UUID]:
    """Who has led for the child and is not the new lead: the last one, also where that was a while ago."""
    earlier = [e for e in child.caseload if e.kind is CaseloadKind.LEAD and e.person_id != person_id and e.starts_on <= first]
    return {max(earlier, key=lambda e: (e.starts_on, e.created_at)).person_id} if earlier else set()


def _hand_over(child: Child, person_id: uuid.UUID, first: date) -> Caseload | None:
    """End the earlier lead the day before `first`; the same lead again is no change."""
    for entry in child.caseload:
        if entry.kind is not CaseloadKind.LEAD or (entry.ends_on is not None and entry.ends_on < first):
            continue
        if entry.person_id == person_id and entry.starts_on <= first and entry.ends_on is None:
            return entry
        if entry.starts_on > first:
            raise Invalid(_("%(person)s is to lead from %(starts_on)s. Choose a later first day.", person=entry.person.name, starts_on=f"{entry.starts_on:%-d %B %Y}"), field="starts_on")
        if entry.starts_on == first:
            db.session.delete(entry)  # taken back on the day it began: it never led
        else:
            entry.ends_on = first - timedelta(days=1)
    db.session.flush()
    return None


def end_caseload(*, caseload_id: uuid.UUID, child_id: uuid.UUID, on: date, actor: Person) -> Caseload:
    """The last day of a lead's or cover's time with a child."""
    with atomic():
        entry = db.session.get(Caseload, caseload_id)
        if entry is None or entry.child_id != child_id:
            raise NotFound
        child = queries.get_child_by_id(child_id)
        powers.manages(actor, child.zone_id)
        if on < entry.starts_on:
            raise Invalid(_("The last day cannot be before the first."), field="on")
        entry.ends_on = on
        record("children.caseload.ended", subject=entry, actor=actor, zone_id=child.zone_id, child_id=child_id, on=on)
        return entry


def cover_caseload(
    *, person_id: uuid.UUID, cover_id: uuid.UUID, zone_id: uuid.UUID, starts_on: date, ends_on: date, actor: Person
) -> int:
    """Cover every child a Link Worker leads for in one Zone. How many children. Children already covered stay as they are."""
    with atomic():
        powers.manages(actor, zone_id)
        if person_id == cover_id:
            raise Invalid(_("Somebody else has to cover."), field="cover_id")
        statement = (
            sa.select(Caseload.child_id).join(Child, Child.id == Caseload.child_id)
            .where(Caseload.person_id == person_id, Caseload.kind == CaseloadKind.LEAD, Child.zone_id == zone_id,
                   Child.state == ChildState.ACTIVE, Caseload.starts_on <= ends_on,
                   sa.or_(Caseload.ends_on.is_(None), Caseload.ends_on >= starts_on))
            .order_by(Caseload.child_id)
        )
        children = list(db.session.scalars(statement))
        covered = set(db.session.scalars(
            sa.select(Caseload.child_id).where(Caseload.person_id == cover_id, Caseload.child_id.in_(children),
                                               Caseload.starts_on <= starts_on,
                                               sa.or_(Caseload.ends_on.is_(None), Caseload.ends_on >= ends_on))
        ))
        for child_id in children:
            if child_id not in covered:
                assign_caseload(child_id=child_id, person_id=cover_id, kind=CaseloadKind.COVER, starts_on=starts_on,
                                ends_on=ends_on, actor=actor)
        return len(children) - len(covered)
