"""The verbs of places: hold, firm, take, release, end, and how many a group has."""

from __future__ import annotations

import uuid

from flask_babel import gettext as _
from flask_babel import ngettext

from app.accounts.models import Person
from app.audit import services as audit
from app.catalogue.models import Cohort
from app.children.queries import get_child_by_id
from app.commissioning.models import Place, PlaceState
from app.commissioning.queries.commissions import find_commission_of_place
from app.commissioning.queries.money import delivery_days
from app.commissioning.queries.places import count_live
from app.commissioning.refusals import CapacityInUse, PlaceBought
from app.commissioning.services import seats
from app.commissioning.services.locks import lock_for
from app.shared.db import atomic, db, lock_row
from app.shared.errors import Invalid, Stale

MOST_PLACES = 1000


def hold_place(
    *, cohort_id: uuid.UUID, child_id: uuid.UUID, actor: Person, introduction_id: uuid.UUID | None = None, sessions: int = 1
) -> Place:
    """Keep a place for a request that waits for a decision: for as many school days of the child's school as the Zone says.

    Those on the waiting list come first. Raises NoPlaceLeft (with who holds the last one, until when), AlreadyHeld,
    DocumentsLapsed when the organisation's documents do not last through the last session.
    """
    with atomic():
        cohort = lock_row(Cohort, cohort_id)  # before the count: the count is only true under the lock
        child = get_child_by_id(child_id)
        seats.offer_free_places(cohort)
        return seats.hold(
            cohort, child, until=seats.hold_ends(child), introduction_id=introduction_id,
            through=delivery_days(cohort, sessions)[1], actor=actor,
        )


def seat(*, cohort_id: uuid.UUID, child_id: uuid.UUID, introduction_id: uuid.UUID, actor: Person | None) -> Place:
    """Give a place where no money is waited for (a local asset): it starts firm and is taken at once.

    Raises NoPlaceLeft, AlreadyHeld, Invalid for a place that is bought.
    """
    with atomic():
        cohort = lock_row(Cohort, cohort_id)
        if cohort.offering.needs_money:
            raise Invalid(_("A place here is bought: ask for it with a commission."))
        place = seats.add_firm(cohort, get_child_by_id(child_id), introduction_id=introduction_id, actor=actor)
        seats.move(place, PlaceState.TAKEN, actor)
        return place


def firm_place(*, place_id: uuid.UUID, actor: Person | None) -> Place:
    """The hold no longer runs out. Raises HoldLapsed when it has, PlaceBought, IllegalMove."""
    return _move(place_id, PlaceState.FIRM, actor, "")


def take_place(*, place_id: uuid.UUID, actor: Person | None) -> Place:
    """The place is the child's. Raises PlaceBought, IllegalMove."""
    return _move(place_id, PlaceState.TAKEN, actor, "")


def release_place(*, place_id: uuid.UUID, reason: str, actor: Person | None) -> Place:
    """Give a place back before it is taken, and offer it on. Raises PlaceBought, IllegalMove."""
    return _move(place_id, PlaceState.RELEASED, actor, reason)


def end_place(*, place_id: uuid.UUID, reason: str, actor: Person | None) -> Place:
    """A taken place is free again, and offered on. Raises PlaceBought, IllegalMove."""
    return _move(place_id, PlaceState.ENDED, actor, reason)


def _move(place_id: uuid.UUID, to: PlaceState, actor: Person | None, reason: str) -> Place:
    with atomic():
        lock_for(cohorts=[db.session.get_one(Place, place_id).cohort_id], places=[place_id])
        place = db.session.get_one(Place, place_id)
        commission = find_commission_of_place(place.id)
        if commission is not None:
            raise PlaceBought(
                _("A commission for %(offering)s stands behind this place, so it moves with that: approve, confirm, cancel or end the commission.", offering=commission.offering.title)
            )
        seats.move(place, to, actor, reason)
        return place


def _in_use(used: int, outside: int) -> str:
    if outside:
        return ngettext(
            "%(number)s place in this group is taken or kept (%(outside)s by children who are not Kith’s), so it cannot be smaller than %(used)s.",
            "%(number)s places in this group are taken or kept (%(outside)s by children who are not Kith’s), so it cannot be smaller than %(used)s.",
            used, number=f"{used:,}", outside=outside, used=used,
        )
    return ngettext(
        "%(number)s place in this group is taken or kept, so it cannot be smaller than %(used)s.",
        "%(number)s places in this group are taken or kept, so it cannot be smaller than %(used)s.", used, number=f"{used:,}", used=used,
    )


def change_capacity(
    *, cohort_id: uuid.UUID, capacity: int, actor: Person, seen_capacity: int | None = None
) -> Cohort:
    """Make a group larger or smaller, never smaller than what is live in it. New room goes to the waiting list first.

    Raises CapacityInUse with how many places are in use, Stale when it is not `seen_capacity` any more, Invalid.
    """
    if not 0 <= capacity <= MOST_PLACES:
        raise Invalid(_("A group has between 0 and %(most)s places.", most=f"{MOST_PLACES:,}"), field="capacity")
    with atomic():
        cohort = lock_row(Cohort, cohort_id)
        if seen_capacity is not None and cohort.capacity not in (seen_capacity, capacity):
            raise Stale(ngettext(
                "Somebody changed it to %(number)s place while your page was open. Nothing was changed now.",
                "Somebody changed it to %(number)s places while your page was open. Nothing was changed now.",
                cohort.capacity, number=f"{cohort.capacity:,}",
            ))
        outside = cohort.outside_places
        used = count_live([cohort.id]).get(cohort.id, 0) + outside
        if capacity < used:
            raise CapacityInUse(_in_use(used, outside), field="capacity")
        before, cohort.capacity = cohort.capacity, capacity
        if before != capacity:
            audit.record(
                "commissioning.cohort.resized", subject=cohort, actor=actor, zone_id=cohort.offering.zone_id,
                from_capacity=before, to_capacity=capacity,
            )
            seats.offer_free_places(cohort)
        return cohort
