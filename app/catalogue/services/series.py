"""Series: a cohort's regular meeting. Made or changed after a look at its days; sessions that are still to come follow."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person, School
from app.audit import services as audit
from app.catalogue import changes, queries
from app.catalogue.models import CancelledBy, Cohort, Series, Session, SessionState
from app.catalogue.series import Meeting, Rule, plan
from app.catalogue.services import powers
from app.catalogue.services.sessions import cancel
from app.shared import clock
from app.shared.db import atomic, db, lock_row
from app.shared.errors import Invalid, NotFound

LONGEST_DAYS = 2 * 366
CHANGED = "The times of the group changed."
REPLACED = "The group meets at other times now."


def save_series(
    *, cohort_id: uuid.UUID, rule: Rule, actor: Person | None, series_id: uuid.UUID | None = None, school_id: uuid.UUID | None = None,
    exceptions: Sequence[Mapping[str, Any]] = (), instead_of: Collection[uuid.UUID] = (),
) -> Series:
    """A new series, or another rule for one that is there; its sessions from today on become those of the rule and its exceptions.

    A session that was held, cancelled or moved stays as it is. `instead_of`: sessions of no series that it takes the place of, by id;
    they are cancelled where they are still to come and the rule has not taken them up. Raises Invalid at the field that cannot be.
    """
    with atomic():
        cohort = lock_row(Cohort, cohort_id)
        powers.runs(actor, cohort.offering)
        require_rule(rule)
        _require_school(cohort.offering.zone_id, school_id)
        _require_free(cohort_id, rule, series_id)
        values = {
            "day": rule.day, "start": rule.start, "end": rule.end, "starts_on": rule.starts_on, "ends_on": rule.ends_on,
            "season": rule.season, "every_weeks": rule.every_weeks, "school_id": school_id, "exceptions": [dict(e) for e in exceptions],
        }
        if series_id is None:
            series = Series(cohort_id=cohort_id, **values)
            db.session.add(series)
            audit.record("catalogue.series.added", subject=series, actor=actor, zone_id=cohort.offering.zone_id, cohort=cohort_id)
        else:
            series = _get(series_id, cohort_id)
            changed = changes.apply(series, values)
            if changed:
                audit.record(
                    "catalogue.series.edited", subject=series, actor=actor, zone_id=cohort.offering.zone_id, cohort=cohort_id,
                    fields=list(changed), changes={name: pair for name, pair in changed.items() if name != "exceptions"},
                )
        follow(series, cohort, actor)
        db.session.flush()
        for session in queries.list_loose_sessions(cohort_id):
            if session.id in instead_of:
                cancel(session, CancelledBy.PARTNER, REPLACED, actor)
        return series


def end_series(*, series_id: uuid.UUID, actor: Person) -> Series:
    """No more of it from tomorrow on; what is planned later is cancelled. Sessions of the past stay."""
    with atomic():
        found = db.session.get(Series, series_id)
        if found is None:
            raise NotFound
        cohort = lock_row(Cohort, found.cohort_id)
        powers.runs(actor, cohort.offering)
        last = max(clock.today(), found.starts_on)
        if found.ends_on > last:
            changed = changes.apply(found, {"ends_on": last})
            audit.record(
                "catalogue.series.ended", subject=found, actor=actor, zone_id=cohort.offering.zone_id, cohort=cohort.id, changes=changed
            )
            for session in _to_come(found):
                if session.held_on > last:
                    cancel(session, CancelledBy.PARTNER, CHANGED, actor)
        return found


def follow(series: Series, cohort: Cohort, actor: Person | None) -> int:
    """Make what is missing of the series from today on, and cancel what it no longer has. How many are new. Inside a verb."""
    today = clock.today()
    wanted = {
        meeting.starts_at: meeting.ends_at
        for meeting in plan(rule_of(series), queries.school_year(cohort.offering.zone_id, series.school_id), series.exceptions)
        if meeting.meets and meeting.on >= today and is_within(cohort, meeting)
    }
    known = {session.starts_at: session for session in db.session.scalars(sa.select(Session).where(Session.cohort_id == cohort.id))}
    for session in _to_come(series):
        if session.starts_at not in wanted:
            cancel(session, CancelledBy.PARTNER, CHANGED, actor)
    new = []
    for starts_at, ends_at in wanted.items():
        there = known.get(starts_at)
        if there is None:
            new.append(Session(cohort_id=cohort.id, series_id=series.id, starts_at=starts_at, ends_at=ends_at))
        elif there.state is SessionState.SCHEDULED:
            there.series_id, there.ends_at = series.id, ends_at
    db.session.add_all(new)
    if new:
        audit.record("catalogue.cohort.sessions_planned", subject=cohort, actor=actor, zone_id=cohort.offering.zone_id, count=len(new))
    return len(new)


def rule_of(series: Series) -> Rule:
    return Rule(series.day, series.start, series.end, series.starts_on, series.ends_on, series.season, series.every_weeks)


def require_rule(rule: Rule) -> None:
    """Raises Invalid at the field that cannot be."""
    if rule.end <= rule.start:
        raise Invalid(_("It must end after it starts."), field="end")
    if rule.ends_on < rule.starts_on:
        raise Invalid(_("The last day cannot come before the first."), field="ends_on")
    if (rule.ends_on - rule.starts_on).days > LONGEST_DAYS:
        raise Invalid(_("A series runs for two years at most."), field="ends_on")
    if not rule.days():
        raise Invalid(_("There is no such weekday between the two days."), field="ends_on")


def is_within(cohort: Cohort, meeting: Meeting) -> bool:
    """Between the first and the last day of the group: nothing is planned outside them."""
    return (cohort.starts_on is None or cohort.starts_on <= meeting.on) and (cohort.ends_on is None or meeting.on <= cohort.ends_on)


def _to_come(series: Series) -> list[Session]:
    statement = sa.select(Session).where(
        Session.series_id == series.id, Session.state == SessionState.SCHEDULED, Session.starts_at >= clock.now()
    ).order_by(Session.starts_at)
    return list(db.session.scalars(statement))


def _get(series_id: uuid.UUID, cohort_id: uuid.UUID) -> Series:
    series = db.session.get(Series, series_id)
    if series is None or series.cohort_id != cohort_id:
        raise NotFound
    return series


def _require_school(zone_id: uuid.UUID, school_id: uuid.UUID | None) -> None:
    if school_id is None:
        return
    school = db.session.get(School, school_id)
    if school is None or school.zone_id != zone_id:
        raise Invalid(_("Choose a school of this Zone."), field="school_id")


def _require_free(cohort_id: uuid.UUID, rule: Rule, series_id: uuid.UUID | None) -> None:
    """Two series of one group on the same weekday and time would plan the same sessions twice."""
    others = db.session.execute(
        sa.select(Series.id, Series.starts_on, Series.ends_on)
        .where(Series.cohort_id == cohort_id, Series.day == rule.day, Series.start == rule.start)
    )
    for id_, starts_on, ends_on in others:
        if id_ != series_id and _overlap(starts_on, ends_on, rule):
            raise Invalid(_("This group already meets at that time of the week between those days."), code="time_taken", field="start")


def _overlap(starts_on: date, ends_on: date, rule: Rule) -> bool:
    return starts_on <= rule.ends_on and rule.starts_on <= ends_on
