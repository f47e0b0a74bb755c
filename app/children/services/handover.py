"""Whose children they are next: a whole caseload covered or handed over, and the tasks of Zone managers that open and close by themselves."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person, Role, School
from app.accounts.queries import people_with, zone_managers
from app.children import queries
from app.children.models import CaseloadKind, Child
from app.children.services import powers
from app.children.services.caseload import NEW_SCHOOL, assign_caseload, cover_caseload
from app.notifications.models import Task, Urgency
from app.notifications.services import close_tasks, open_task
from app.shared.db import atomic, db
from app.shared.errors import Invalid
from app.shared.paths import link
from app.shared.view import plural

NOBODY_LEFT = "caseload_without_worker"


def hand_over_caseload(
    *, person_id: uuid.UUID, to_id: uuid.UUID, zone_id: uuid.UUID, kind: CaseloadKind, starts_on: date, actor: Person, ends_on: date | None = None
) -> int:
    """Every child one Link Worker leads for in the Zone, at once: covered until `ends_on`, or for good. How many children.

    For good, the Link Worker until now goes on seeing them until `ends_on`, if that is given. Raises Invalid at the field.
    """
    if kind is CaseloadKind.COVER:
        if ends_on is None:
            raise Invalid(_("Cover needs a last day."), field="ends_on")
        if ends_on < starts_on:
            raise Invalid(_("The last day cannot be before the first."), field="ends_on")
        return cover_caseload(person_id=person_id, cover_id=to_id, zone_id=zone_id, starts_on=starts_on, ends_on=ends_on, actor=actor)
    with atomic():
        powers.manages(actor, zone_id)
        if person_id == to_id:
            raise Invalid(_("Somebody else has to take over."), field="to_id")
        children = queries.list_led_by(person_id, zone_id, starts_on)
        for child_id in children:
            assign_caseload(child_id=child_id, person_id=to_id, starts_on=starts_on, also_until=ends_on, actor=actor)
        return len(children)


# --- a child changes school ----------------------------------------------------------------------


def asks_who_leads(child: Child, school: School | None) -> bool:
    """Has somebody to say who leads for the child at that school? Not where the Link Worker works there already."""
    if school is None:
        return False
    works_there = {person.id for person in people_with(Role.LINK_WORKER, child.zone_id, school.id)}
    return not works_there & {entry.person_id for entry in child.caseload if entry.is_live and entry.kind is CaseloadKind.LEAD}


def ask_who_leads(child: Child, school: School | None) -> None:
    """The child is at another school from today: the Zone managers say who leads there, unless the Link Worker works there already."""
    if school is None or not asks_who_leads(child, school):
        close_tasks(kind=NEW_SCHOOL, subject=child, why="The Link Worker works there")
        return
    for manager in people_with(Role.ZONE_MANAGER, child.zone_id):
        open_task(
            person_id=manager.id, zone_id=child.zone_id, kind=NEW_SCHOOL, subject=child, child_id=child.id, icon="users", urgency=Urgency.TODAY,
            title=f"{child.short_name} · At {school.name} now", text="Who is the Link Worker there? What is under way goes on meanwhile.",
            action="Say who leads", url=link("children.caseload_assign", child_id=child.id),
        )


# --- nobody is left for these children -----------------------------------------------------------


def sweep() -> None:
    """A Link Worker left, or has the role no more, and children are theirs still: the Zone managers hear of it, until they have somebody."""
    wanted = {(gap.person_id, gap.zone_id): gap for gap in queries.list_left_behind()}
    open_now = sa.select(Task.subject_id, Task.zone_id).where(Task.kind == NOBODY_LEFT, Task.closed_at.is_(None)).distinct()
    there = {(row.subject_id, row.zone_id) for row in db.session.execute(open_now)}
    managers = zone_managers() if wanted else {}
    db.session.rollback()
    for key in set(wanted) - there:
        _tell(wanted[key], managers.get(key[1], ()))
    for person_id, zone_id in there - set(wanted):
        with atomic():
            person = db.session.get_one(Person, person_id)
            if not any((gap.person_id, gap.zone_id) == (person_id, zone_id) for gap in queries.list_left_behind()):
                close_tasks(kind=NOBODY_LEFT, subject=person, why="Somebody is there for them")


def _tell(gap: queries.LeftBehind, managers: Sequence[Person]) -> None:
    with atomic():
        person = db.session.get_one(Person, gap.person_id)
        for manager in managers:
            open_task(
                person_id=manager.id, zone_id=gap.zone_id, kind=NOBODY_LEFT, subject=person, icon="users", urgency=Urgency.NOW,
                title=f"{person.name}’s children have no Link Worker", text=f"{plural(gap.children, 'child', 'children')} wait for cover, or for somebody new.",
                action="Hand them over", url=link("children.hand_over", who=str(person.id)),
            )
