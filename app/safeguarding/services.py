"""Raising a concern, taking it up, noting what was done; and an urgent look at one child."""

from __future__ import annotations

import uuid
from datetime import timedelta

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person, Role
from app.accounts.queries import people_with
from app.audit import services as audit
from app.children.models import Child, UrgentLook
from app.children.policies import can_see_child
from app.notifications.models import Urgency
from app.notifications.services import close_tasks, open_task
from app.safeguarding import copies, policies, queries
from app.safeguarding.models import CONCERN_MOVES, Concern, ConcernNote, ConcernState
from app.shared import clock
from app.shared.db import atomic, db, lock_row
from app.shared.errors import Forbidden, Invalid, NotFound

LONGEST_LOOK = 24  # hours
SHORTEST_REASON = 20  # characters


def raise_concern(*, zone_id: uuid.UUID, child_id: uuid.UUID | None, about: str, words: str, actor: Person) -> Concern:
    """Send what somebody saw or heard to the Zone's safeguarding leads. Where there is none, the Zone's managers learn that one waits,
    and nothing of what it says. Raises Forbidden, Invalid, NotFound."""
    with atomic():
        if zone_id not in actor.zone_ids():
            raise Forbidden(_("You have no role in that Zone."))
        if not about.strip():
            raise Invalid(_("Say who it is about."), field="about")
        if not words.strip():
            raise Invalid(_("Say what you saw or heard."), field="words")
        if child_id is not None:
            child = db.session.get(Child, child_id)
            if child is None or child.zone_id != zone_id or not can_see_child(actor, child):
                raise NotFound
        concern = Concern(zone_id=zone_id, about_child_id=child_id, about=about.strip(), words=words.strip(), raised_by_id=actor.id)
        db.session.add(concern)
        audit.record("safeguarding.concern.raised", subject=concern, actor=actor)
        leads = queries.leads_of(zone_id)
        for lead in leads:
            open_task(
                person_id=lead.id, kind="safeguarding.concern", subject=concern, title="Somebody is worried about a child",
                text="Read it now, and say that you have taken it up.", action="Read", icon="shield-alert", urgency=Urgency.NOW,
                url=f"/safeguarding/concerns/{concern.id}",
            )
        if not leads:
            for manager in people_with(Role.ZONE_MANAGER, zone_id):
                open_task(
                    person_id=manager.id, kind="safeguarding.nobody_to_read", subject=concern, title="A concern waits and nobody can read it",
                    text="The Zone has no safeguarding lead. Give somebody the role today.", action="Give the role", icon="shield-alert",
                    urgency=Urgency.NOW, url="/people/new",
                )
    return concern


def take_up(*, concern_id: uuid.UUID, actor: Person) -> Concern:
    """I have read it and see to it. Taking up one that was closed opens it again."""
    with atomic():
        concern = _readable(concern_id, actor)
        before = concern.state
        CONCERN_MOVES.require(before, ConcernState.TAKEN_UP)
        concern.state = ConcernState.TAKEN_UP
        concern.taken_up_by_id = actor.id
        close_tasks(kind="safeguarding.concern", subject=concern, why="taken up")
        close_tasks(kind="safeguarding.nobody_to_read", subject=concern, why="taken up")
        audit.record("safeguarding.concern.taken_up", subject=concern, actor=actor, moved=(before, concern.state))
    return concern


def add_note(*, concern_id: uuid.UUID, words: str, closes: bool, actor: Person) -> Concern:
    """What was done. `closes`: nothing more is to be done here. Raises Invalid, IllegalMove."""
    with atomic():
        concern = _readable(concern_id, actor)
        if not words.strip():
            raise Invalid(_("Write down what was done."), field="words")
        db.session.add(ConcernNote(concern_id=concern.id, person_id=actor.id, words=words.strip()))
        audit.record("safeguarding.concern.noted", subject=concern, actor=actor)
        if closes:
            before = concern.state
            CONCERN_MOVES.require(before, ConcernState.CLOSED)
            concern.state = ConcernState.CLOSED
            audit.record("safeguarding.concern.closed", subject=concern, actor=actor, moved=(before, concern.state))
    return concern


def _readable(concern_id: uuid.UUID, actor: Person) -> Concern:
    queries.get_concern(concern_id, actor)
    return lock_row(Concern, concern_id)


def look_urgently(*, reference: str, slug: str, why: str, hours: int, actor: Person) -> UrgentLook:
    """See one child's record for some hours. The Zone's safeguarding leads and managers are told at once; every look carries the reason.

    Raises Forbidden, Invalid (naming the field).
    """
    with atomic():
        if not policies.can_look_urgently(actor):
            raise Forbidden
        if len(why.strip()) < SHORTEST_REASON:
            raise Invalid(_("Say why, so that the safeguarding lead and the family understand it."), field="why")
        if not 1 <= hours <= LONGEST_LOOK:
            raise Invalid(_("Choose between 1 and %(longest_look)s hours.", longest_look=LONGEST_LOOK), field="hours")
        child = queries.find_by_reference(reference, slug)
        if child is None:
            raise Invalid(_("No child of that Zone has this reference."), field="reference")
        look = UrgentLook(child_id=child.id, person_id=actor.id, why=why.strip(), ends_at=clock.now() + timedelta(hours=hours))
        db.session.add(look)
        audit.record("safeguarding.urgent_look.begun", subject=look, actor=actor, zone_id=child.zone_id, child_id=child.id, reason=why.strip(), hours=hours)
        for person in {p.id: p for p in (*queries.leads_of(child.zone_id), *people_with(Role.ZONE_MANAGER, child.zone_id))}.values():
            open_task(
                person_id=person.id, kind="safeguarding.urgent_look", subject=look, zone_id=child.zone_id, child_id=child.id,
                title=f"{actor.name} looks at {child.reference}", text=why.strip()[:300], action="Who looked", icon="eye",
                url=f"/children/{child.id}/looks", urgency=Urgency.NOW,
            )
    return look


def end_look(*, look_id: uuid.UUID, actor: Person) -> None:
    """Before its hours are over. Nothing happens when they are. Raises NotFound for anybody else's."""
    with atomic():
        look = db.session.scalar(sa.select(UrgentLook).where(UrgentLook.id == look_id, UrgentLook.person_id == actor.id))
        if look is None:
            raise NotFound
        if look.is_live:
            look.ends_at = clock.now()
            audit.record("safeguarding.urgent_look.ended", subject=look, actor=actor, child_id=look.child_id)


def note_copy(*, child: Child, says_where: bool, actor: Person, asker: str = "") -> None:
    """A copy of everything was made for the family; one for somebody who must not know where the child is says so in the trail."""
    with atomic():
        audit.record("safeguarding.copy.made", subject=child, actor=actor, says_where=says_where, asker=asker if asker in {copies.CHILD, *(str(c.id) for c in child.carers)} else "")


def seen_look(*, child_id: uuid.UUID, actor: Person) -> None:
    """Whoever was told of an urgent look has looked at it."""
    with atomic():
        for look in db.session.scalars(sa.select(UrgentLook).where(UrgentLook.child_id == child_id)):
            close_tasks(kind="safeguarding.urgent_look", subject=look, person_id=actor.id, why="seen")
