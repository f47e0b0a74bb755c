"""The waiting list: first come, first served. A free place is offered in turn and kept for an answer (seats.ANSWER_WITHIN)."""

from __future__ import annotations

import uuid

from flask_babel import gettext as _

from app.accounts.models import Person
from app.audit import services as audit
from app.catalogue.models import Cohort
from app.children.models import Child
from app.children.queries import get_child_by_id
from app.commissioning.models import Commission, PlaceState, Waiting, WaitingState
from app.commissioning.queries.places import find_live_place, find_waiting
from app.commissioning.refusals import AlreadyHeld, HoldLapsed
from app.commissioning.services import seats
from app.commissioning.services.locks import lock_for
from app.shared import clock
from app.shared.db import atomic, db, lock_row


def join_waiting_list(
    *, cohort_id: uuid.UUID, child_id: uuid.UUID, actor: Person, commission_id: uuid.UUID | None = None
) -> Waiting:
    """Take the next turn in the line. Raises AlreadyHeld for a child who has a place or a turn there."""
    with atomic():
        cohort = lock_row(Cohort, cohort_id)
        turn = join(cohort, get_child_by_id(child_id), commission_id=commission_id, actor=actor)
        seats.offer_free_places(cohort)
        return turn


def join(cohort: Cohort, child: Child, *, commission_id: uuid.UUID | None, actor: Person) -> Waiting:
    """For callers who hold the cohort's lock."""
    if find_live_place(cohort.id, child.id) is not None:
        raise AlreadyHeld(_("This child already has a place in this group."), field="cohort")
    if find_waiting(cohort.id, child.id) is not None:
        raise AlreadyHeld(_("This child is already on the waiting list of this group."), field="cohort")
    turn = Waiting(
        cohort_id=cohort.id, child_id=child.id, commission_id=commission_id, state=WaitingState.WAITING,
        joined_at=seats.end_of_line(cohort),
    )
    db.session.add(turn)
    audit.record(
        "commissioning.turn.joined", subject=turn, actor=actor, zone_id=child.zone_id, child_id=child.id, cohort_id=cohort.id
    )
    return turn


def offer_next(*, cohort_id: uuid.UUID) -> list[Waiting]:
    """Offer what is free to those whose turn it is. The clock calls this; every verb that frees a place does it by itself."""
    with atomic():
        return seats.offer_free_places(lock_row(Cohort, cohort_id))


def accept_offer(*, waiting_id: uuid.UUID, actor: Person) -> Waiting:
    """Yes to the offered place: it is held like any other from today on. Raises HoldLapsed when the offer is over, IllegalMove."""
    with atomic():
        turn = _locked(waiting_id)
        place = find_live_place(turn.cohort_id, turn.child_id)
        if turn.state is WaitingState.OFFERED and (place is None or turn.offered_until is None or turn.offered_until <= clock.now()):
            raise HoldLapsed(_("Nobody answered in time, so this place has gone to the next in line. You are still on the list."))
        seats.take_offer(turn, actor)
        assert place is not None and place.state is PlaceState.HELD
        place.expires_at, place.held_by_id = seats.hold_ends(turn.child), actor.id
        if turn.commission_id is not None:
            db.session.get_one(Commission, turn.commission_id).decide_by = place.expires_at
        return turn


def leave_waiting_list(*, waiting_id: uuid.UUID, reason: str, actor: Person | None) -> Waiting:
    """Give up the turn, and an offered place with it: the next in line is offered that. Raises IllegalMove."""
    with atomic():
        turn = _locked(waiting_id)
        leave(turn, reason, actor)
        seats.offer_free_places(turn.cohort)
        return turn


def leave(turn: Waiting, reason: str, actor: Person | None) -> None:
    """For callers who hold the cohort's lock."""
    if turn.state is WaitingState.OFFERED:
        seats.take_back_offer(turn, WaitingState.LEFT, actor, reason)
    else:
        seats.move_turn(turn, WaitingState.LEFT, actor, reason)


def _locked(waiting_id: uuid.UUID) -> Waiting:
    seen = db.session.get_one(Waiting, waiting_id)
    live = find_live_place(seen.cohort_id, seen.child_id)
    lock_for(
        cohorts=[seen.cohort_id], commissions=[seen.commission_id] if seen.commission_id else [],
        places=[live.id] if live else [],
    )
    return db.session.get_one(Waiting, waiting_id, populate_existing=True)


