"""How places and turns on the waiting list move. The caller holds the lock of the cohort: only then is what is counted true.

Verbs are in places.py and waiting.py; this is what they, and the verbs of commissions, have in common.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import ngettext

from app.accounts.models import Person, Zone
from app.accounts.queries import school_days
from app.audit import services as audit
from app.catalogue.availability import free_places
from app.catalogue.models import Cohort, CohortState
from app.children.models import Child
from app.commissioning.models import (
    PLACE_MOVES,
    WAITING_MOVES,
    Commission,
    Place,
    PlaceState,
    Waiting,
    WaitingState,
)
from app.commissioning.queries.places import find_first_hold, find_live_place, list_line
from app.commissioning.refusals import AlreadyHeld, HoldLapsed, NoPlaceLeft
from app.commissioning.services import documents, telling
from app.shared import clock
from app.shared.db import db
from app.shared.view import day

ANSWER_WITHIN = 3
"""School days in which a place offered from the waiting list is kept for an answer."""
PAST = {
    PlaceState.HELD: "held", PlaceState.FIRM: "firmed", PlaceState.TAKEN: "taken", PlaceState.ENDED: "ended",
    PlaceState.RELEASED: "released",
}


def hold(
    cohort: Cohort, child: Child, *, until: datetime, introduction_id: uuid.UUID | None, through: date, actor: Person | None
) -> Place:
    """Keep a place until an instant. Raises DocumentsLapsed, AlreadyHeld, NoPlaceLeft."""
    documents.require_documents(cohort, through=through)
    require_room(cohort, child)
    return _add(cohort, child, PlaceState.HELD, until, introduction_id, actor)


def _add(
    cohort: Cohort, child: Child, state: PlaceState, until: datetime | None, introduction_id: uuid.UUID | None, actor: Person | None
) -> Place:
    place = Place(
        cohort_id=cohort.id, child_id=child.id, state=state, expires_at=until, introduction_id=introduction_id,
        held_by_id=actor.id if actor else None,
    )
    db.session.add(place)
    audit.record(
        f"commissioning.place.{PAST[state]}", subject=place, actor=actor, zone_id=child.zone_id, child_id=child.id,
        cohort_id=cohort.id, expires_at=until,
    )
    return place


def add_firm(cohort: Cohort, child: Child, *, introduction_id: uuid.UUID, actor: Person | None) -> Place:
    """A place no money is waited for. Raises AlreadyHeld, NoPlaceLeft."""
    require_room(cohort, child)
    return _add(cohort, child, PlaceState.FIRM, None, introduction_id, actor)


def require_room(cohort: Cohort, child: Child) -> None:
    """Raises NoPlaceLeft or AlreadyHeld. The child's own hold that has run out is released on the way."""
    if cohort.state is not CohortState.OPEN or (cohort.ends_on is not None and cohort.ends_on < clock.today()):
        raise NoPlaceLeft(_("This group takes nobody any more. Choose another one."))
    if find_live_place(cohort.id, child.id) is not None:
        raise AlreadyHeld(_("This child already has a place in this group."), field="cohort")
    lapsed = db.session.scalars(sa.select(Place).where(
        Place.cohort_id == cohort.id, Place.child_id == child.id, Place.state == PlaceState.HELD
    )).unique().one_or_none()
    if lapsed is not None:
        move(lapsed, PlaceState.RELEASED, None, "The hold ran out", offer_on=False)
        db.session.flush()
    if not free_places([cohort.id])[cohort.id]:
        raise no_place_left(cohort)


def no_place_left(cohort: Cohort) -> NoPlaceLeft:
    """Says who holds the place that may come free first, and until when."""
    first = find_first_hold(cohort.id)
    if first is None:
        taken = ngettext("The one place is taken.", "All %(number)s places are taken.", cohort.capacity, number=f"{cohort.capacity:,}")
        return NoPlaceLeft(taken if cohort.capacity else _("This group has no places."))
    place, holder = first
    assert place.expires_at is not None
    last_day = day(last_day_of(place.expires_at))
    kept = _("The last place is kept until the end of %(day)s.", day=last_day)
    if holder is not None:
        kept = _("The last place is kept for %(person)s’s request until the end of %(day)s.", person=holder.name, day=last_day)
    return NoPlaceLeft(kept, holder=holder, until=place.expires_at)


def move(
    place: Place, to: PlaceState, actor: Person | None, reason: str = "", *, offer_on: bool = True, until: datetime | None = None
) -> None:
    """Move a place. One that is given back is offered to the waiting list at once; one that is only held again has an end (`until`).

    Raises IllegalMove, HoldLapsed for firming a hold that has run out.
    """
    here, now = place.state, clock.now()
    PLACE_MOVES.require(here, to)
    if to is PlaceState.FIRM and place.expires_at is not None and place.expires_at <= now:
        raise HoldLapsed(_("The hold on this place ran out. Ask for a place again."))
    place.state, place.expires_at = to, until
    if to is PlaceState.TAKEN:
        place.taken_at = now
    is_free = to in (PlaceState.RELEASED, PlaceState.ENDED)
    if is_free:
        place.freed_at = now
    audit.record(
        f"commissioning.place.{PAST[to]}", subject=place, actor=actor, zone_id=place.child.zone_id, child_id=place.child_id,
        moved=(here, to), reason=reason, cohort_id=place.cohort_id,
    )
    if is_free and offer_on:
        offer_free_places(place.cohort)


def offer_free_places(cohort: Cohort) -> list[Waiting]:
    """Give each free place to the next in line, kept for an answer. Those who did not answer in time go to the end.

    Nothing is offered while the organisation's documents are not current, or once the group takes nobody any more.
    """
    db.session.flush()
    _take_back_unanswered(cohort)
    line = list(list_line(cohort.id))
    if not line or cohort.state is not CohortState.OPEN or documents.gaps(cohort, through=clock.today()):
        return []
    free, offered = free_places([cohort.id])[cohort.id].free, []
    for turn in line[:free]:
        until = hold_ends(turn.child, ANSWER_WITHIN)
        require_room(cohort, turn.child)
        introduction_id, commission = None, None
        if turn.commission_id is not None:
            commission = db.session.get_one(Commission, turn.commission_id)
            introduction_id = commission.introduction_id
        place = _add(cohort, turn.child, PlaceState.HELD, until, introduction_id, None)
        if commission is not None:
            db.session.flush()
            commission.place_id = place.id
        move_turn(turn, WaitingState.OFFERED, None)
        turn.offered_until = until
        telling.place_offered(turn, until)
        offered.append(turn)
    db.session.flush()
    return offered


def _take_back_unanswered(cohort: Cohort) -> None:
    statement = sa.select(Waiting).where(
        Waiting.cohort_id == cohort.id, Waiting.state == WaitingState.OFFERED, Waiting.offered_until <= clock.now()
    )
    for turn in db.session.scalars(statement.order_by(Waiting.joined_at, Waiting.id)).unique().all():
        take_back_offer(turn, WaitingState.WAITING, None, "Nobody answered in time")
        turn.joined_at = end_of_line(cohort)
        db.session.flush()


def end_of_line(cohort: Cohort) -> datetime:
    """Now, and after everybody who has ever waited here: two who come in the same instant still have an order."""
    last = db.session.scalar(sa.select(sa.func.max(Waiting.joined_at)).where(Waiting.cohort_id == cohort.id))
    now = clock.now()
    return now if last is None or last < now else last + timedelta(microseconds=1)


def take_back_offer(turn: Waiting, to: WaitingState, actor: Person | None, reason: str) -> None:
    """The offered place is free again; the turn goes back to waiting, or is left."""
    place = db.session.scalars(sa.select(Place).where(
        Place.cohort_id == turn.cohort_id, Place.child_id == turn.child_id, Place.state == PlaceState.HELD
    )).unique().one_or_none()
    if place is not None:
        move(place, PlaceState.RELEASED, actor, reason, offer_on=False)
    if turn.commission_id is not None:
        db.session.get_one(Commission, turn.commission_id).place_id = None
    move_turn(turn, to, actor, reason)
    turn.offered_until = None
    telling.offer_over(turn)


def take_offer(turn: Waiting, actor: Person | None) -> None:
    """The offered place is the child's to keep: the turn has done its work."""
    move_turn(turn, WaitingState.PLACED, actor)
    turn.offered_until = None
    telling.offer_over(turn)


def move_turn(turn: Waiting, to: WaitingState, actor: Person | None, reason: str = "") -> None:
    here = turn.state
    WAITING_MOVES.require(here, to)
    turn.state = to
    audit.record(
        f"commissioning.turn.{to.value}", subject=turn, actor=actor, zone_id=turn.child.zone_id, child_id=turn.child_id,
        moved=(here, to), reason=reason, cohort_id=turn.cohort_id,
    )


def hold_ends(child: Child, days_kept: int | None = None, *, after: date | None = None) -> datetime:
    """When a hold runs out: at the end of the n-th school day of the child's school after `after` (today).

    Without a number, n is the Zone's.
    """
    if days_kept is None:
        days_kept = db.session.get_one(Zone, child.zone_id).hold_school_days
    return clock.end_of_day(school_days(child.school_id).after(after or clock.today(), days_kept))


def last_day_of(until: datetime) -> date:
    """The last London day before the instant `until`."""
    return clock.london(until - timedelta(microseconds=1)).date()
