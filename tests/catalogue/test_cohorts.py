"""Groups and sessions: planning in London's time and the Zone's terms, moving, cancelling, places taken by others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask import Flask

from app.accounts.models import Closure, Person, Role, Term, Zone
from app.audit.queries import list_entries_for
from app.catalogue import availability, queries
from app.catalogue.calendar import ZoneTerms, meetings
from app.catalogue.models import CancelledBy, Cohort, CohortState, Offering, SessionState
from app.catalogue.services import cohorts, sessions
from app.shared import clock
from app.shared.db import db
from app.shared.errors import IllegalMove, Invalid
from tests import factories

TUESDAY = [{"day": "Tue", "start": "16:00", "end": "17:00", "season": "term"}]
AUTUMN = ((date(2026, 9, 1), date(2026, 12, 18)),)
HALF_TERM = ((date(2026, 10, 26), date(2026, 10, 30)),)


@pytest.fixture(autouse=True)
def in_autumn() -> Iterator[None]:
    with clock.freeze(datetime(2026, 9, 14, 9, tzinfo=UTC)):
        yield


@pytest.fixture
def zone(app: Flask) -> Zone:
    return factories.make_zone()


@pytest.fixture
def manager(zone: Zone) -> Person:
    return factories.make_person(Role.ZONE_MANAGER, zone)


@pytest.fixture
def offering(zone: Zone) -> Offering:
    return factories.make_offering(factories.make_organisation(zone), slots=TUESDAY)


# --- when a group meets: pure --------------------------------------------------------------------


def test_the_wall_clock_stays_when_the_clocks_change() -> None:
    found = list(meetings(TUESDAY, ZoneTerms(), first=date(2026, 10, 20), last=date(2026, 10, 27)))
    assert [start for start, _ in found] == [datetime(2026, 10, 20, 15, tzinfo=UTC), datetime(2026, 10, 27, 16, tzinfo=UTC)]
    assert {clock.london(start).time() for start, _ in found} == {time(16)}


def test_term_slots_keep_to_terms_and_holiday_slots_to_holidays() -> None:
    terms = ZoneTerms(((AUTUMN, HALF_TERM),))
    both = [*TUESDAY, {"day": "Tue", "start": "10:00", "end": "12:00", "season": "holiday"}]
    found = [clock.london(start) for start, _ in meetings(both, terms, first=date(2026, 10, 19), last=date(2026, 11, 4))]
    assert [(at.day, at.hour) for at in found] == [(20, 16), (27, 10), (3, 16)]


def test_a_saturday_within_a_term_is_term_time() -> None:
    terms = ZoneTerms(((AUTUMN, HALF_TERM),))
    assert terms.is_term(date(2026, 10, 10))
    assert not terms.is_term(date(2026, 10, 27))


def test_a_day_is_term_time_when_half_of_the_zones_schools_have_it_so() -> None:
    open_then, closed_then, day = (AUTUMN, ()), (AUTUMN, HALF_TERM), date(2026, 10, 27)
    assert ZoneTerms((open_then, closed_then)).is_term(day)
    assert not ZoneTerms((open_then, closed_then, closed_then)).is_term(day)


def test_where_no_terms_are_known_every_day_counts_as_term_time() -> None:
    assert ZoneTerms().is_term(date(2026, 8, 1))
    assert ZoneTerms(((AUTUMN, ()),)).is_term(date(2027, 1, 12))


# --- groups --------------------------------------------------------------------------------------


def test_a_group_with_dates_gets_its_sessions_planned_in_the_zones_terms(zone: Zone, offering: Offering, manager: Person) -> None:
    factories.make_school(zone, with_terms=False, terms=[Term(name="Autumn", starts_on=date(2026, 9, 1), ends_on=date(2026, 12, 18))],
                          closures=[Closure(name="Half-term", starts_on=date(2026, 10, 26), ends_on=date(2026, 10, 30))])
    cohort = cohorts.add_cohort(
        offering_id=offering.id, capacity=10, starts_on=date(2026, 10, 12), ends_on=date(2026, 11, 10), actor=manager
    )
    assert [s.held_on.day for s in queries.list_sessions(cohort.id)] == [13, 20, 3, 10]
    assert cohorts.schedule_sessions(cohort_id=cohort.id, actor=manager) == []


def test_nothing_is_planned_into_the_past(offering: Offering, manager: Person) -> None:
    cohort = cohorts.add_cohort(
        offering_id=offering.id, capacity=10, starts_on=date(2026, 9, 1), ends_on=date(2026, 9, 22), actor=manager
    )
    assert [s.held_on for s in queries.list_sessions(cohort.id)] == [date(2026, 9, 15), date(2026, 9, 22)]


def test_new_dates_plan_what_is_missing_and_cancel_what_lies_outside(offering: Offering, manager: Person) -> None:
    cohort = cohorts.add_cohort(
        offering_id=offering.id, capacity=10, starts_on=date(2026, 9, 15), ends_on=date(2026, 9, 29), actor=manager
    )
    cohorts.edit_cohort(
        cohort_id=cohort.id, name="", starts_on=date(2026, 9, 22), ends_on=date(2026, 10, 6), practitioner_id=None, venue="", actor=manager
    )
    found = {s.held_on: s.state for s in queries.list_sessions(cohort.id)}
    assert found == {
        date(2026, 9, 15): SessionState.CANCELLED, date(2026, 9, 22): SessionState.SCHEDULED,
        date(2026, 9, 29): SessionState.SCHEDULED, date(2026, 10, 6): SessionState.SCHEDULED,
    }


def test_dates_must_include_what_was_held(offering: Offering, manager: Person) -> None:
    cohort = cohorts.add_cohort(
        offering_id=offering.id, capacity=10, starts_on=date(2026, 9, 14), ends_on=date(2026, 9, 29), actor=manager
    )
    first = queries.list_sessions(cohort.id)[0]
    with clock.freeze(datetime(2026, 9, 16, tzinfo=UTC)):
        sessions.hold_session(session_id=first.id, actor=manager)
        with pytest.raises(Invalid) as refused:
            cohorts.edit_cohort(
                cohort_id=cohort.id, name="", starts_on=date(2026, 9, 20), ends_on=None, practitioner_id=None, venue="", actor=manager
            )
    assert refused.value.field == "starts_on"


@pytest.mark.parametrize(("given", "field"), [
    ({"capacity": -1}, "capacity"), ({"capacity": 2, "outside_places": 3}, "outside_places"),
    ({"capacity": 2, "starts_on": date(2026, 10, 2), "ends_on": date(2026, 10, 1)}, "ends_on"),
    ({"capacity": 2, "starts_on": date(2026, 10, 2), "ends_on": date(2036, 10, 1)}, "ends_on"),
])
def test_a_group_that_cannot_be_is_refused_at_its_field(offering: Offering, manager: Person, given: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        cohorts.add_cohort(offering_id=offering.id, actor=manager, **given)  # type: ignore[arg-type]
    assert refused.value.field == field


def test_a_group_is_run_by_somebody_of_its_own_organisation(zone: Zone, offering: Offering, manager: Person) -> None:
    stranger = factories.make_practitioner(factories.make_organisation(zone))
    with pytest.raises(Invalid) as refused:
        cohorts.add_cohort(offering_id=offering.id, capacity=5, practitioner_id=stranger.id, actor=manager)
    assert refused.value.field == "practitioner_id"


def test_a_closed_group_takes_nobody_and_can_open_again_until_it_is_over(offering: Offering, manager: Person) -> None:
    cohort = factories.make_cohort(offering, starts_on=date(2026, 9, 1), ends_on=date(2026, 9, 20))
    assert availability.free_places_of_offerings([offering.id]) == {offering.id: 10}
    cohorts.close_cohort(cohort_id=cohort.id, actor=manager)
    cohorts.close_cohort(cohort_id=cohort.id, actor=manager)
    assert availability.free_places_of_offerings([offering.id]) == {offering.id: 0}
    assert len(list_entries_for(cohort)) == 1
    cohorts.reopen_cohort(cohort_id=cohort.id, actor=manager)
    assert db.session.get_one(Cohort, cohort.id).state is CohortState.OPEN
    cohorts.close_cohort(cohort_id=cohort.id, actor=manager)
    with clock.freeze(datetime(2026, 9, 21, 9, tzinfo=UTC)), pytest.raises(Invalid):
        cohorts.reopen_cohort(cohort_id=cohort.id, actor=manager)


def test_a_group_whose_last_day_has_passed_has_no_free_places_for_the_offering(offering: Offering) -> None:
    factories.make_cohort(offering, capacity=4, starts_on=date(2026, 9, 1), ends_on=date(2026, 9, 14))
    assert availability.free_places_of_offerings([offering.id]) == {offering.id: 4}
    with clock.freeze(datetime(2026, 9, 15, 9, tzinfo=UTC)):
        assert availability.free_places_of_offerings([offering.id]) == {offering.id: 0}


@pytest.fixture
def two_live(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two of Kith's children have a place in every group: what commissioning would answer."""
    monkeypatch.setattr(availability, "_counter", lambda ids: dict.fromkeys(ids, 2))


@pytest.mark.usefixtures("two_live")
def test_free_is_capacity_less_outside_less_live_and_never_below_nothing(offering: Offering) -> None:
    roomy, full = factories.make_cohort(offering, capacity=10, outside_places=3), factories.make_cohort(offering, capacity=1)
    found = availability.free_places([roomy.id, full.id, factories.some_id()])
    assert {id_: a.free for id_, a in found.items()} == {roomy.id: 5, full.id: 0}
    assert availability.free_places_of_offerings([offering.id]) == {offering.id: 5}


@pytest.mark.usefixtures("two_live")
def test_others_cannot_take_the_places_that_our_children_hold(offering: Offering, manager: Person) -> None:
    cohort = factories.make_cohort(offering, capacity=10)
    with pytest.raises(Invalid) as refused:
        cohorts.set_outside_places(cohort_id=cohort.id, outside_places=9, actor=manager)
    assert refused.value.field == "outside_places"
    cohorts.set_outside_places(cohort_id=cohort.id, outside_places=8, actor=manager)
    assert availability.free_places([cohort.id])[cohort.id].free == 0


# --- sessions ------------------------------------------------------------------------------------


def at(day: date, hour: int) -> datetime:
    return clock.at_london(day, time(hour))


def test_a_session_is_held_on_its_day_not_before(offering: Offering, manager: Person) -> None:
    cohort = factories.make_cohort(offering, starts_on=None, ends_on=None)
    session = sessions.add_session(cohort_id=cohort.id, starts_at=at(date(2026, 9, 15), 16), ends_at=at(date(2026, 9, 15), 17), actor=manager)
    with pytest.raises(Invalid):
        sessions.hold_session(session_id=session.id, actor=manager)
    with clock.freeze(at(date(2026, 9, 15), 8)):
        sessions.hold_session(session_id=session.id, actor=manager)
        with pytest.raises(IllegalMove):
            sessions.hold_session(session_id=session.id, actor=manager)
        sessions.close_session(session_id=session.id, actor=manager)
    assert session.state is SessionState.CLOSED


def test_several_sessions_are_added_at_once_or_none_is(offering: Offering, manager: Person) -> None:
    cohort = factories.make_cohort(offering, starts_on=None, ends_on=None)
    first, second, third = ((at(date(2026, 9, day), 16), at(date(2026, 9, day), 17)) for day in (15, 22, 29))
    added = sessions.add_sessions(cohort_id=cohort.id, times=[first, second], actor=manager)
    assert [session.starts_at for session in added] == [first[0], second[0]]
    assert all([entry.action for entry in list_entries_for(session)] == ["catalogue.session.added"] for session in added)
    for times in ([third, second], [third, third], [third, third[::-1]]):
        with pytest.raises(Invalid):
            sessions.add_sessions(cohort_id=cohort.id, times=times, actor=manager)
    assert len(queries.list_sessions(cohort.id)) == 2


def test_cancelling_says_by_whom_and_why(offering: Offering, manager: Person) -> None:
    cohort = factories.make_cohort(offering, sessions=1)
    session = queries.list_sessions(cohort.id)[0]
    with pytest.raises(Invalid):
        sessions.cancel_session(session_id=session.id, by=CancelledBy.WEATHER, reason=" ", actor=manager)
    sessions.cancel_session(session_id=session.id, by=CancelledBy.WEATHER, reason="Snow.", actor=manager)
    assert (session.state, session.cancelled_by, session.cancel_reason) == (SessionState.CANCELLED, CancelledBy.WEATHER, "Snow.")
    with pytest.raises(IllegalMove):
        sessions.hold_session(session_id=session.id, actor=manager)


def test_moving_keeps_the_old_time_and_answers_the_new_session(offering: Offering, manager: Person) -> None:
    cohort = factories.make_cohort(offering, sessions=2)
    first, second = queries.list_sessions(cohort.id)
    with pytest.raises(Invalid) as refused:
        sessions.move_session(session_id=first.id, starts_at=second.starts_at, ends_at=second.ends_at, actor=manager)
    assert refused.value.field == "starts_at"
    assert db.session.get_one(type(first), first.id).state is SessionState.SCHEDULED
    yesterday = clock.at_london(clock.today() - timedelta(days=1), time(10))
    with pytest.raises(Invalid, match="That day is over"):
        sessions.move_session(session_id=second.id, starts_at=yesterday, ends_at=yesterday + timedelta(hours=1), actor=manager)
    new = sessions.move_session(
        session_id=first.id, starts_at=first.starts_at + timedelta(hours=2), ends_at=first.ends_at + timedelta(hours=2), actor=manager
    )
    assert (first.state, new.state, new.cohort_id) == (SessionState.MOVED, SessionState.SCHEDULED, cohort.id)
