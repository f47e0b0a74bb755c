"""One day list: one's own tasks, and, for a Link Worker, what waits on the list of a colleague whose child one leads or covers today.

Whoever handed a child over no longer has its tasks: they go with the child.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.accounts.models import Person, Role
from app.children.models import Caseload
from app.notifications.models import Task
from app.notifications.queries import BY_URGENCY
from app.shared import clock
from app.shared.db import db


@dataclass(frozen=True)
class Todo:
    """A task, and whose it is where it is a colleague's."""

    task: Task
    of: str = ""


def on_list(person: Person) -> sa.ColumnElement[bool]:
    """SQL: this open task stands on the person's list."""
    mine = sa.and_(Task.closed_at.is_(None), Task.person_id == person.id)
    if not person.has_role(Role.LINK_WORKER):
        return mine
    now = sa.select(Caseload.child_id).where(Caseload.person_id == person.id, _is_live(Caseload))
    handed_over = sa.select(Caseload.child_id).where(Caseload.person_id == person.id, ~_is_live(Caseload), Caseload.child_id.not_in(now))
    about, theirs, own = aliased(Task), aliased(Caseload), aliased(Task)
    of_colleagues = sa.select(about.id).where(
        about.child_id.in_(now), about.closed_at.is_(None), about.person_id != person.id,
        sa.exists().where(theirs.child_id == about.child_id, theirs.person_id == about.person_id),
        ~sa.exists().where(
            own.person_id == person.id, own.kind == about.kind, own.subject_type == about.subject_type, own.subject_id == about.subject_id,
            own.closed_at.is_(None),
        ),
    )
    kept = sa.select(own.id).where(
        own.person_id == person.id, own.closed_at.is_(None), sa.or_(own.child_id.is_(None), own.child_id.not_in(handed_over)),
    )
    return Task.id.in_(sa.union(kept, of_colleagues))  # two short walks along indexes, where OR would walk every open task


def _is_live(caseload: type[Caseload]) -> sa.ColumnElement[bool]:
    today = clock.today()
    return sa.and_(caseload.starts_on <= today, sa.or_(caseload.ends_on.is_(None), caseload.ends_on >= today))


def list_todo(person: Person) -> list[Todo]:
    """Most urgent first; what two colleagues have is there once."""
    statement = (
        sa.select(Task, Person.id, Person.name).join(Person, Person.id == Task.person_id).where(on_list(person))
        .order_by(BY_URGENCY, Task.due_on, Task.created_at, Task.id)
    )
    found: dict[tuple[str, str, object], Todo] = {}
    for row in db.session.execute(statement):
        task: Task = row[0]
        found.setdefault((task.kind, task.subject_type, task.subject_id), Todo(task, "" if row[1] == person.id else row[2]))
    return list(found.values())


def count_urgent(person: Person, urgency: str) -> sa.Select[int]:
    """How many different things of that urgency stand there."""
    return sa.select(sa.func.count(sa.distinct(Task.subject_id))).select_from(Task).where(on_list(person), Task.urgency == urgency)
