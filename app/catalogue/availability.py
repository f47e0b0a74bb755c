"""How many places are free: capacity less the places outside Kith less Kith's own live ones, counted at the moment of asking.

Kith's own live places (held and not lapsed, firm, taken) are commissioning's to count: `commissioning.wiring` registers the
counter. Until it does, no place is live, which is true of an installation without commissions.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa

from app.catalogue.models import Cohort, CohortState, OfferingText
from app.shared import clock
from app.shared.db import db, in_parts

LiveCounter = Callable[[list[uuid.UUID]], Mapping[uuid.UUID, int]]
"""Ids asked for in one statement; SQLite and PostgreSQL both take it with ease."""


@dataclass(frozen=True)
class Availability:
    """One cohort's places. `outside` are taken by children who are not Kith's, `live` by Kith's own."""

    capacity: int
    outside: int
    live: int

    @property
    def free(self) -> int:
        return max(0, self.capacity - self.outside - self.live)

    def __bool__(self) -> bool:
        return self.free > 0


EveryLiveCounter = Callable[[], Mapping[uuid.UUID, int]]


def _none_live(cohort_ids: list[uuid.UUID]) -> Mapping[uuid.UUID, int]:
    return {}


_counter: LiveCounter = _none_live
_every_counter: EveryLiveCounter | None = None


def register_counter(counter: LiveCounter, every: EveryLiveCounter | None = None) -> None:
    """`counter(cohort_ids)` answers how many live places each cohort has; a cohort it leaves out has none. `every()` does so for
    all cohorts there are."""
    global _counter, _every_counter
    _counter, _every_counter = counter, every


def live_places(cohort_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Kith's own live places by cohort; each id asked for is a key."""
    wanted = list(dict.fromkeys(cohort_ids))
    live = dict.fromkeys(wanted, 0)
    for part in in_parts(wanted):
        live.update(_counter(list(part)))
    return live


def free_places(cohort_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Availability]:
    """What each cohort has; an id that is no cohort is left out. Under a lock on the cohort the answer is binding."""
    live = live_places(cohort_ids)
    wanted = list(live)
    found: dict[uuid.UUID, Availability] = {}
    for part in in_parts(wanted):
        rows = db.session.execute(
            sa.select(Cohort.id, Cohort.capacity, Cohort.outside_places).where(Cohort.id.in_(part))
        )
        found.update({id_: Availability(capacity, outside, live[id_]) for id_, capacity, outside in rows})
    return found


class Places(NamedTuple):
    """What an offering has in all, over its open cohorts that have not ended."""

    free: int
    capacity: int


def places_of_offerings(offering_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Places]:
    """Each id asked for is a key."""
    wanted = list(dict.fromkeys(offering_ids))
    found = dict.fromkeys(wanted, Places(0, 0))
    cohorts: list[tuple[uuid.UUID, uuid.UUID, int, int]] = []
    for part in in_parts(wanted):
        cohorts += db.session.execute(_RUNNING, {"offering_ids": part, "today": clock.today()}).all()
    live = live_places(id_ for id_, *_ in cohorts)
    for id_, offering_id, capacity, outside in cohorts:
        before = found[offering_id]
        found[offering_id] = Places(before.free + Availability(capacity, outside, live[id_]).free, before.capacity + capacity)
    return found


def free_places_of_offerings(offering_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """The free ones alone."""
    return {id_: places.free for id_, places in places_of_offerings(offering_ids).items()}


_RUNNING = (
    sa.select(Cohort.id, Cohort.offering_id, Cohort.capacity, Cohort.outside_places)
    .where(
        Cohort.offering_id.in_(sa.bindparam("offering_ids", expanding=True)), Cohort.state == CohortState.OPEN,
        sa.or_(Cohort.ends_on.is_(None), Cohort.ends_on >= sa.bindparam("today", type_=sa.Date())),
    )
)
"""Made once: every page of results asks it."""


def free_in_zone(zone_id: uuid.UUID) -> dict[uuid.UUID, int]:
    """`free_places_of_offerings` for every live offering of a Zone that has a free place, counted all at once."""
    in_zone = sa.select(OfferingText.offering_id).where(OfferingText.zone_id == zone_id)
    left = Cohort.capacity - Cohort.outside_places
    taking = (Cohort.offering_id.in_(in_zone), left > 0, *is_running())
    free = {id_: int(places) for id_, places in db.session.execute(sa.select(Cohort.offering_id, sa.func.sum(left)).where(*taking).group_by(Cohort.offering_id))}
    # Few cohorts have places that are Kith's own: only these are looked at one by one.
    live = _every_counter() if _every_counter is not None else live_places(db.session.scalars(sa.select(Cohort.id).where(*taking)))
    for part in in_parts([id_ for id_, taken in live.items() if taken]):
        for id_, offering_id, places in db.session.execute(sa.select(Cohort.id, Cohort.offering_id, left).where(*taking, Cohort.id.in_(part))):
            free[offering_id] = free.get(offering_id, 0) - min(places, live[id_])  # it may have opened since they were summed
    return {id_: places for id_, places in free.items() if places > 0}


def is_running() -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    """SQL: this cohort takes children, and its last day has not passed."""
    return Cohort.state == CohortState.OPEN, sa.or_(Cohort.ends_on.is_(None), Cohort.ends_on >= clock.today())
