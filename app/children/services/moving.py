"""A child changes school, or leaves the programme: what was promised to others ends or goes on with it, in one transaction."""

from __future__ import annotations

import uuid
from datetime import date

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts import queries as accounts
from app.accounts.models import Person, School
from app.audit.services import record
from app.children import hooks, queries
from app.children.models import Child, ChildState
from app.children.services import photos, powers
from app.children.services.caseload import NEW_SCHOOL
from app.children.services.handover import ask_who_leads
from app.notifications.services import close_tasks
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import DomainError, Invalid

# --- another school ------------------------------------------------------------------------------


def preview_moving(*, child_id: uuid.UUID, school: School | None) -> list[str]:
    """What a change to that school would do to the child's money. Reads only."""
    child = queries.get_child_by_id(child_id)
    return [line for lines in hooks.what_moving_does(child, school) for line in lines]


def change_school(*, child_id: uuid.UUID, school_id: uuid.UUID | None, actor: Person) -> Child:
    """From now on the child is at another school of the Zone, or at none. The same school again is no change.

    The old school's sight ends at once, and money that is for its children stops to the penny; what is under way goes on. The Zone
    managers say who leads at the new school. Raises Invalid at the field, DomainError for a child who has left.
    """
    with atomic():
        child = queries.get_child_by_id(child_id)
        powers.manages(actor, child.zone_id)
        school = None if school_id is None else accounts.find_school(child.zone_id, school_id)
        if school_id is not None and school is None:
            raise Invalid(_("That school is not in this Zone."), field="school_id")
        if child.school_id == school_id:
            return child
        if child.state is ChildState.ENDED:
            raise DomainError(_("%(child)s is no longer on the programme.", child=child.called), code="child_left")
        hooks.before_school_changes(child)
        db.session.refresh(child, ["school_id"])
        was, child.school_id = child.school_id, school_id
        db.session.flush()
        db.session.expire(child, ["school"])
        record("children.child.changed_school", subject=child, actor=actor, school=school_id, was=was)
        hooks.on_school_changed(child, actor)
        ask_who_leads(child, school)
        return child


# --- leaving -------------------------------------------------------------------------------------


def preview_leaving(*, child_id: uuid.UUID) -> list[str]:
    """What the child's leaving would end. Reads only."""
    child = queries.get_child_by_id(child_id)
    return [line for lines in hooks.what_leaving_ends(child) for line in lines]


def child_left(*, child_id: uuid.UUID, on: date, reason: str, actor: Person) -> Child:
    """The child's time on the programme is over: open work ends, the school's and the Link Workers' sight ends with it.

    Relationships stay: they are what the programme was for. Raises Invalid at the field, DomainError for a child who has left.
    """
    with atomic():
        child = queries.get_child_by_id(child_id)
        powers.manages(actor, child.zone_id)
        if child.state is ChildState.ENDED:
            raise has_left(child)
        if on > clock.today():
            raise Invalid(_("Choose today or a day that has been: a leaving that lies ahead is not yet one."), field="on")
        if child.programme_starts_on and on < child.programme_starts_on:
            raise Invalid(_("That is before the programme started."), field="on")
        end_here(child, actor, on=on, sees_until=clock.today(), has_moved=False)
        record("children.child.left", subject=child, actor=actor, moved=("active", "ended"), reason=reason.strip(), on=on)
        return child


def has_left(child: Child) -> DomainError:
    return DomainError(_("%(child)s has left already.", child=child.called), code="left_already")


def end_here(child: Child, actor: Person, *, on: date, sees_until: date, has_moved: bool) -> None:
    """What is open ends; who works with the child sees the record until `sees_until`; the photo goes. Inside the verb's transaction.

    Of two who do this at once one is told that the child has left.
    """
    hooks.before_child_leaves(child)
    ended = sa.update(Child).where(Child.id == child.id, Child.state == ChildState.ACTIVE).values(state=ChildState.ENDED, programme_ends_on=on)
    if db.session.connection().execute(ended).rowcount != 1:
        raise has_left(child)
    db.session.refresh(child, ["state", "programme_ends_on"])
    hooks.on_child_left(child, actor, has_moved)
    close_tasks(kind=NEW_SCHOOL, subject=child, why="The child moved" if has_moved else "The child left")
    for entry in child.caseload:
        if entry.starts_on > sees_until:
            db.session.delete(entry)  # it never began
        elif entry.ends_on is None or entry.ends_on > sees_until:
            entry.ends_on = sees_until
    photos.remove_photo(child_id=child.id, actor=actor)
