"""Asking somebody to decide in one's stead between two days: they are given the same grants, and no more, and only for so long."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from flask_babel import gettext as _

from app.accounts.models import Person, Role, RoleGrant
from app.audit import services as audit
from app.commissioning.models import Delegation
from app.commissioning.queries.deciding import list_delegations, list_who_may_stand_in, stand_ins_of
from app.commissioning.services.common import words
from app.notifications import services as notifications
from app.notifications.models import Urgency
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import Invalid, NotFound
from app.shared.view import day

LONGEST = timedelta(days=92)


def stand_in(
    *, person_id: uuid.UUID, zone_id: uuid.UUID, starts_on: date, ends_on: date, reason: str, actor: Person
) -> list[Delegation]:
    """From one day to another `person_id` decides in this Zone what the actor may decide; the actor still may.

    Their own word and the one in the actor's stead are never two people's. What was given on is not given on again. Raises
    Invalid, NotFound.
    """
    with atomic():
        reason = words(reason, _("Say why: it is kept with the days."), "reason")
        if ends_on < starts_on:
            raise Invalid(_("The last day cannot be before the first."), field="ends_on")
        if starts_on < clock.today():
            raise Invalid(_("It begins today or later."), field="starts_on")
        if ends_on - starts_on > LONGEST:
            raise Invalid(_("Three months at most: for longer, ask your Zone manager for a role."), field="ends_on")
        person = next((p for p in list_who_may_stand_in(zone_id, actor) if p.id == person_id), None)
        if person is None:
            raise NotFound
        given_on = stand_ins_of(actor)
        own = [g for g in actor.live_grants if g.role is Role.BUDGET_HOLDER and g.zone_id == zone_id and g.id not in given_on]
        if not own:
            raise Invalid(_("You hold no budget of your own here that somebody could decide about."))
        for standing in list_delegations(person_id=actor.id):
            grant = standing.grant
            if standing.from_id == actor.id and grant.zone_id == zone_id and grant.person_id == person_id and grant.starts_on <= ends_on and (
                grant.ends_on is None or starts_on <= grant.ends_on
            ):
                raise Invalid(_("%(person)s stands in for you in these days already.", person=person.name), field="person")
        made = [_give(person, g, starts_on, ends_on, reason, actor) for g in own]
        notifications.open_task(
            person_id=person.id, kind="standing_in", subject=made[0], zone_id=zone_id, title=f"You decide for {actor.name}",
            text=f"From {day(starts_on)} until {day(ends_on)}: requests for money", action="See the requests", icon="inbox",
            url="/approvals", urgency=Urgency.WEEK, due_on=starts_on,
        )
        return made


def _give(person: Person, grant: RoleGrant, starts_on: date, ends_on: date, reason: str, actor: Person) -> Delegation:
    given = RoleGrant(
        person_id=person.id, role=Role.BUDGET_HOLDER, zone_id=grant.zone_id, school_id=grant.school_id, fund_id=grant.fund_id,
        limit_pence=grant.limit_pence, starts_on=starts_on, ends_on=min(ends_on, grant.ends_on) if grant.ends_on else ends_on,
        granted_by_id=actor.id,
    )
    db.session.add(given)
    db.session.flush()
    delegation = Delegation(grant_id=given.id, from_id=actor.id, reason=reason)
    db.session.add(delegation)
    db.session.flush()
    audit.record(
        "commissioning.authority.given", subject=delegation, actor=actor, zone_id=given.zone_id, to=person.id, starts_on=starts_on,
        ends_on=given.ends_on, reason=reason,
    )
    return delegation


def end_stand_in(*, delegation_id: uuid.UUID, actor: Person) -> None:
    """Over at once: by whoever asked for it. Raises NotFound. Ended twice is ended once."""
    with atomic():
        delegation = db.session.get(Delegation, delegation_id)
        if delegation is None or delegation.from_id != actor.id:
            raise NotFound
        grant, yesterday = delegation.grant, clock.today() - timedelta(days=1)
        if grant.ends_on is not None and grant.ends_on <= yesterday:
            return
        audit.record(
            "commissioning.authority.ended", subject=delegation, actor=actor, zone_id=grant.zone_id, to=grant.person_id,
        )
        notifications.close_tasks(kind="standing_in", subject=delegation, why="It is over")
        if grant.starts_on <= yesterday:
            grant.ends_on = yesterday
        else:  # it never had a day: the trail remembers it
            db.session.delete(delegation)
            db.session.flush()
            db.session.delete(grant)
