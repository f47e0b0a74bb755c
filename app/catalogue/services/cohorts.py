"""Cohorts: add, edit dates and people, close, plan their sessions, say how many places others have taken.

Capacity itself is changed through commissioning, which knows who holds places.
"""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person
from app.audit import services as audit
from app.catalogue import changes, queries
from app.catalogue.availability import free_places
from app.catalogue.calendar import meetings
from app.catalogue.models import (
    CancelledBy,
    Cohort,
    CohortState,
    Offering,
    Practitioner,
    Session,
    SessionState,
)
from app.catalogue.services import powers
from app.catalogue.services.series import follow
from app.catalogue.services.sessions import cancel
from app.catalogue.services.sites import require_own_site
from app.shared import clock
from app.shared.db import atomic, db, lock_row
from app.shared.errors import Invalid, NotFound
from app.shared.view import day as day_text

LONGEST = timedelta(days=3 * 366)


def add_cohort(
    *,
    offering_id: uuid.UUID,
    capacity: int,
    actor: Person | None,
    name: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
    outside_places: int = 0,
    practitioner_id: uuid.UUID | None = None,
    venue: str = "",
    site_id: uuid.UUID | None = None,
    schedule: bool = True,
) -> Cohort:
    """One run of an offering. With both dates, its sessions are planned from the offering's slots (unless `schedule` is off).

    Raises Invalid at the field that cannot be.
    """
    with atomic():
        offering = db.session.get(Offering, offering_id)
        if offering is None:
            raise NotFound
        powers.runs(actor, offering)
        return begin_cohort(
            offering, capacity=capacity, actor=actor, name=name, starts_on=starts_on, ends_on=ends_on, outside_places=outside_places,
            practitioner_id=practitioner_id, venue=venue, site_id=site_id, schedule=schedule,
        )


def begin_cohort(
    offering: Offering, *, capacity: int, actor: Person | None, name: str = "", starts_on: date | None = None, ends_on: date | None = None,
    outside_places: int = 0, practitioner_id: uuid.UUID | None = None, venue: str = "", site_id: uuid.UUID | None = None,
    schedule: bool = True,
) -> Cohort:
    """The same inside a verb that has asked who may."""
    if capacity < 0:
        raise Invalid(_("Type how many places there are: a whole number, 0 or more."), field="capacity")
    if not 0 <= outside_places <= capacity:
        raise Invalid(_("No more places can be taken than there are."), field="outside_places")
    _require_dates(starts_on, ends_on)
    _require_colleague(offering.organisation_id, practitioner_id)
    require_own_site(offering.organisation_id, site_id)
    cohort = Cohort(
        offering=offering, capacity=capacity, name=name, starts_on=starts_on, ends_on=ends_on, outside_places=outside_places,
        practitioner_id=practitioner_id, venue=venue, site_id=site_id,
    )
    db.session.add(cohort)
    audit.record(
        "catalogue.cohort.added", subject=cohort, actor=actor, zone_id=offering.zone_id, offering=offering.id, capacity=capacity,
        outside_places=outside_places, starts_on=starts_on, ends_on=ends_on,
    )
    if schedule and starts_on is not None and ends_on is not None and offering.slots:
        db.session.flush()
        _schedule(cohort.id, actor)
    return cohort


def edit_cohort(
    *,
    cohort_id: uuid.UUID,
    name: str,
    starts_on: date | None,
    ends_on: date | None,
    practitioner_id: uuid.UUID | None,
    venue: str,
    actor: Person,
    site_id: uuid.UUID | None = None,
) -> Cohort:
    """New dates plan the sessions that are missing and cancel planned ones outside them. What was held stays.

    Raises Invalid at the field that cannot be.
    """
    with atomic():
        cohort = lock_row(Cohort, cohort_id)
        powers.runs(actor, cohort.offering)
        _require_dates(starts_on, ends_on)
        _require_colleague(cohort.offering.organisation_id, practitioner_id)
        require_own_site(cohort.offering.organisation_id, site_id)
        held = _held_days(cohort_id)
        if held and ((starts_on and held[0] < starts_on) or (ends_on and held[-1] > ends_on)):
            raise Invalid(
                _("Sessions were held from %(first)s to %(last)s: the dates must include them.", first=day_text(held[0]), last=day_text(held[-1])),
                field="starts_on" if starts_on and held[0] < starts_on else "ends_on",
            )
        given = {
            "name": name, "starts_on": starts_on, "ends_on": ends_on, "practitioner_id": practitioner_id, "venue": venue,
            "site_id": site_id,
        }
        changed = changes.apply(cohort, given)
        if changed:
            audit.record(
                "catalogue.cohort.edited", subject=cohort, actor=actor, zone_id=cohort.offering.zone_id, fields=list(changed), changes=changed,
                starts_on=starts_on, ends_on=ends_on,
            )
        if {"starts_on", "ends_on"} & set(changed):
            _cancel_outside(cohort, actor)
            if starts_on is not None and ends_on is not None:
                schedule_sessions(cohort_id=cohort.id, actor=actor)
        return cohort


def close_cohort(*, cohort_id: uuid.UUID, actor: Person, reason: str = "") -> Cohort:
    """Takes no more children; those who have a place keep it. Closing twice is closing once."""
    with atomic():
        cohort = lock_row(Cohort, cohort_id)
        powers.runs(actor, cohort.offering)
        if cohort.state is CohortState.OPEN:
            cohort.state = CohortState.CLOSED
            audit.record(
                "catalogue.cohort.closed", subject=cohort, actor=actor, zone_id=cohort.offering.zone_id,
                moved=(CohortState.OPEN, CohortState.CLOSED), reason=reason.strip(),
            )
        return cohort


def reopen_cohort(*, cohort_id: uuid.UUID, actor: Person) -> Cohort:
    """Takes children again. Raises Invalid when its last day has passed."""
    with atomic():
        cohort = lock_row(Cohort, cohort_id)
        powers.runs(actor, cohort.offering)
        if cohort.ends_on is not None and cohort.ends_on < clock.today():
            raise Invalid(_("This group ended on %(day)s. Change its dates first.", day=day_text(cohort.ends_on)), code="over")
        if cohort.state is CohortState.CLOSED:
            cohort.state = CohortState.OPEN
            audit.record(
                "catalogue.cohort.reopened", subject=cohort, actor=actor, zone_id=cohort.offering.zone_id,
                moved=(CohortState.CLOSED, CohortState.OPEN),
            )
        return cohort


def set_outside_places(*, cohort_id: uuid.UUID, outside_places: int, actor: Person | None) -> Cohort:
    """How many places children who are not Kith's have taken. Counted under the cohort's lock.

    Raises Invalid at `outside_places` when that leaves less than Kith's own children hold.
    """
    with atomic():
        cohort = lock_row(Cohort, cohort_id)
        powers.runs(actor, cohort.offering)
        places = free_places([cohort_id])[cohort_id]
        most = cohort.capacity - places.live
        if not 0 <= outside_places <= max(most, cohort.outside_places):
            raise Invalid(
                _("There are %(capacity)s places, and Kith’s children hold %(live)s of them: at most %(most)s can be taken by others.", capacity=cohort.capacity, live=places.live, most=max(most, 0)), field="outside_places",
            )
        if cohort.outside_places != outside_places:
            before, cohort.outside_places = cohort.outside_places, outside_places
            audit.record(
                "catalogue.cohort.outside_places_set", subject=cohort, actor=actor, zone_id=cohort.offering.zone_id,
                before=before, after=outside_places,
            )
        return cohort


def schedule_sessions(*, cohort_id: uuid.UUID, actor: Person | None) -> list[Session]:
    """Plan the sessions that are missing between the cohort's dates: of its series; a group without any meets on the offering's
    slots, in the Zone's terms or holidays.

    Only from today on, so that nothing is planned into the past of a run that has begun; a cohort added with dates that are
    over gets none. Running it again plans nothing twice. Raises Invalid when there are no dates or no slots to plan from.
    """
    with atomic():
        powers.runs(actor, lock_row(Cohort, cohort_id).offering)
        return _schedule(cohort_id, actor)


def _schedule(cohort_id: uuid.UUID, actor: Person | None) -> list[Session]:
    cohort = lock_row(Cohort, cohort_id)
    if cohort.starts_on is None or cohort.ends_on is None:
        raise Invalid(_("Give the group a first and a last day; then its sessions can be planned."), field="starts_on")
    own = queries.list_series(cohort_id)
    if own:
        before = set(db.session.scalars(sa.select(Session.id).where(Session.cohort_id == cohort_id)))
        for series in own:
            follow(series, cohort, actor)
        db.session.flush()
        return [s for s in queries.list_sessions(cohort_id) if s.id not in before]
    terms = queries.zone_terms(cohort.offering.zone_id)
    known = set(db.session.scalars(sa.select(Session.starts_at).where(Session.cohort_id == cohort_id)))
    first = max(cohort.starts_on, clock.today())
    planned = [
        Session(cohort_id=cohort_id, starts_at=starts_at, ends_at=ends_at)
        for starts_at, ends_at in meetings(cohort.offering.slots, terms, first=first, last=cohort.ends_on)
        if starts_at not in known
    ]
    db.session.add_all(planned)
    if planned:
        audit.record(
            "catalogue.cohort.sessions_planned", subject=cohort, actor=actor, zone_id=cohort.offering.zone_id, count=len(planned)
        )
    return planned


def _held_days(cohort_id: uuid.UUID) -> list[date]:
    statement = (
        sa.select(Session.starts_at)
        .where(Session.cohort_id == cohort_id, Session.state.in_((SessionState.HELD, SessionState.CLOSED)))
        .order_by(Session.starts_at)
    )
    return [clock.london(at).date() for at in db.session.scalars(statement)]


def _cancel_outside(cohort: Cohort, actor: Person) -> None:
    planned = db.session.scalars(
        sa.select(Session).where(Session.cohort_id == cohort.id, Session.state == SessionState.SCHEDULED)
    ).all()
    for session in planned:
        too_early = cohort.starts_on is not None and session.held_on < cohort.starts_on
        too_late = cohort.ends_on is not None and session.held_on > cohort.ends_on
        if too_early or too_late:
            cancel(session, CancelledBy.PARTNER, "The dates of the group changed.", actor)


def _require_dates(starts_on: date | None, ends_on: date | None) -> None:
    if starts_on is None or ends_on is None:
        return
    if ends_on < starts_on:
        raise Invalid(_("The last day cannot come before the first."), field="ends_on")
    if ends_on - starts_on > LONGEST:
        raise Invalid(_("A group runs for three years at most. Make the next run a group of its own."), field="ends_on")


def _require_colleague(organisation_id: uuid.UUID, practitioner_id: uuid.UUID | None) -> None:
    if practitioner_id is None:
        return
    practitioner = db.session.get(Practitioner, practitioner_id)
    if practitioner is None or practitioner.organisation_id != organisation_id:
        raise Invalid(_("Choose somebody who works at this organisation."), field="practitioner_id")
