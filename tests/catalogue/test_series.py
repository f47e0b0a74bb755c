"""Regular meetings: their days in terms and holidays, what differs from the rule, and sessions that follow a change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from bs4 import BeautifulSoup

from app.accounts.models import Closure, Person, Role, School, Term, Zone
from app.catalogue import queries
from app.catalogue.calendar import SchoolYear, ZoneTerms
from app.catalogue.models import Cohort, Offering, SeriesSeason, Session, SessionState
from app.catalogue.series import Rule, exceptions_from, plan
from app.catalogue.services import cohorts, series, sessions
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import Invalid
from tests import factories
from tests.support.client import StrictClient
from tests.support.people import sign_in

HALF_TERM = (date(2026, 10, 26), date(2026, 10, 30))
YEAR = SchoolYear(ZoneTerms(((((date(2026, 9, 1), date(2026, 12, 18)),), (HALF_TERM,)),)), ((*HALF_TERM, "October half-term"),))
TUESDAYS = Rule(1, "16:00", "17:30", date(2026, 10, 12), date(2026, 11, 15))


@pytest.fixture(autouse=True)
def in_autumn() -> Iterator[None]:
    with clock.freeze(datetime(2026, 9, 14, 9, tzinfo=UTC)):
        yield


@pytest.fixture
def zone(client: StrictClient) -> Zone:
    return factories.make_zone()


@pytest.fixture
def school(zone: Zone) -> School:
    school = factories.make_school(zone, with_terms=False, name="St Aldhelm's")
    with atomic():
        db.session.add(Term(school_id=school.id, name="Autumn", starts_on=date(2026, 9, 1), ends_on=date(2026, 12, 18)))
        db.session.add(Closure(school_id=school.id, name="October half-term", starts_on=HALF_TERM[0], ends_on=HALF_TERM[1]))
    return school


@pytest.fixture
def manager(zone: Zone) -> Person:
    return factories.make_person(Role.ZONE_MANAGER, zone)


@pytest.fixture
def cohort(zone: Zone) -> Cohort:
    offering = factories.make_offering(factories.make_organisation(zone))
    return factories.make_cohort(offering, starts_on=date(2026, 9, 1), ends_on=date(2026, 12, 31))


def days(cohort: Cohort, state: SessionState = SessionState.SCHEDULED) -> list[date]:
    return [s.held_on for s in queries.list_sessions(cohort.id) if s.state is state]


# --- the rule, pure ------------------------------------------------------------------------------


def test_a_series_meets_in_terms_in_holidays_or_all_year() -> None:
    every = [date(2026, 10, 13), date(2026, 10, 20), date(2026, 10, 27), date(2026, 11, 3), date(2026, 11, 10)]
    half = date(2026, 10, 27)
    for season, meeting in ((SeriesSeason.TERM, [d for d in every if d != half]), (SeriesSeason.HOLIDAY, [half]), (SeriesSeason.ALL_YEAR, every)):
        planned = plan(replace(TUESDAYS, season=season), YEAR)
        assert [m.on for m in planned] == every, "days that are left out are shown too"
        assert [m.on for m in planned if m.meets] == meeting, season
        assert [m.holiday for m in planned if m.holiday] == ["October half-term"]
    assert [m.on for m in plan(replace(TUESDAYS, every_weeks=2), YEAR)] == every[::2]


def test_four_oclock_stays_four_oclock_when_the_clocks_change() -> None:
    before, after = (m for m in plan(replace(TUESDAYS, season=SeriesSeason.ALL_YEAR), YEAR) if m.on in (date(2026, 10, 20), date(2026, 10, 27)))
    assert (before.starts_at.hour, after.starts_at.hour) == (15, 16)


def test_days_are_skipped_moved_and_added() -> None:
    made = exceptions_from(
        TUESDAYS, YEAR, meets={date(2026, 10, 13), date(2026, 10, 27), date(2026, 11, 3), date(2026, 11, 10)},
        moves={date(2026, 11, 3): (date(2026, 11, 4), "17:00", "18:00")}, extras=[(date(2026, 11, 14), "10:00", "12:00")],
    )
    assert [(e["on"], e["kind"]) for e in made] == [
        ("2026-10-20", "skip"), ("2026-10-27", "extra"), ("2026-11-03", "move"), ("2026-11-14", "extra"),
    ]
    planned = plan(TUESDAYS, YEAR, made)
    assert [(m.on.isoformat(), m.start) for m in planned if m.meets] == [
        ("2026-10-13", "16:00"), ("2026-10-27", "16:00"), ("2026-11-04", "17:00"), ("2026-11-10", "16:00"), ("2026-11-14", "10:00"),
    ]
    assert [m.on.isoformat() for m in planned if not m.meets] == ["2026-10-20"]


def test_rules_that_cannot_be_are_refused_at_their_field(cohort: Cohort, manager: Person) -> None:
    for rule, field in (
        (replace(TUESDAYS, end="15:00"), "end"), (replace(TUESDAYS, ends_on=date(2026, 10, 1)), "ends_on"),
        (replace(TUESDAYS, ends_on=date(2029, 10, 1)), "ends_on"), (replace(TUESDAYS, ends_on=date(2026, 10, 12)), "ends_on"),
    ):
        with pytest.raises(Invalid) as refused:
            series.save_series(cohort_id=cohort.id, rule=rule, actor=manager)
        assert refused.value.field == field, rule
    series.save_series(cohort_id=cohort.id, rule=TUESDAYS, actor=manager)
    with pytest.raises(Invalid, match="already meets at that time"):
        series.save_series(cohort_id=cohort.id, rule=replace(TUESDAYS, starts_on=date(2026, 11, 1)), actor=manager)
    elsewhere = factories.make_school(factories.make_zone())
    with pytest.raises(Invalid) as refused:
        series.save_series(cohort_id=cohort.id, rule=replace(TUESDAYS, day=2), school_id=elsewhere.id, actor=manager)
    assert refused.value.field == "school_id"


# --- its sessions --------------------------------------------------------------------------------


def test_sessions_follow_the_rule_and_a_change_of_it(school: School, cohort: Cohort, manager: Person) -> None:
    made = series.save_series(cohort_id=cohort.id, rule=TUESDAYS, actor=manager)
    assert days(cohort) == [date(2026, 10, 13), date(2026, 10, 20), date(2026, 11, 3), date(2026, 11, 10)]
    series.save_series(cohort_id=cohort.id, series_id=made.id, rule=replace(TUESDAYS, day=2, season=SeriesSeason.ALL_YEAR), actor=manager)
    assert days(cohort) == [date(2026, 10, 14) + timedelta(weeks=n) for n in range(5)]
    assert len(days(cohort, SessionState.CANCELLED)) == 4
    assert cohorts.schedule_sessions(cohort_id=cohort.id, actor=manager) == [], "planning again plans nothing twice"


def test_what_was_held_or_cancelled_by_hand_stays_and_the_past_is_not_planned(school: School, cohort: Cohort, manager: Person) -> None:
    made = series.save_series(cohort_id=cohort.id, rule=replace(TUESDAYS, starts_on=date(2026, 9, 1)), actor=manager)
    assert days(cohort)[0] == date(2026, 9, 15), "from today on"
    first, second = queries.list_sessions(cohort.id)[:2]
    with clock.freeze(datetime(2026, 9, 22, 20, tzinfo=UTC)):
        sessions.hold_session(session_id=first.id, actor=manager)
        sessions.cancel_session(session_id=second.id, by="partner", reason="Ill.", actor=manager)  # type: ignore[arg-type]
        series.save_series(cohort_id=cohort.id, series_id=made.id, rule=replace(TUESDAYS, starts_on=date(2026, 9, 1), end="18:00"), actor=manager)
        assert db.session.get_one(Session, first.id).state is SessionState.HELD
        assert db.session.get_one(Session, second.id).state is SessionState.CANCELLED
        assert second.starts_at not in [s.starts_at for s in queries.list_sessions(cohort.id) if s.state is SessionState.SCHEDULED]
        series.end_series(series_id=made.id, actor=manager)
        assert days(cohort) == [] and days(cohort, SessionState.HELD) == [date(2026, 9, 15)]


def test_a_group_with_a_series_plans_from_it_when_its_dates_change(school: School, cohort: Cohort, manager: Person) -> None:
    series.save_series(cohort_id=cohort.id, rule=TUESDAYS, actor=manager)
    cohorts.edit_cohort(
        cohort_id=cohort.id, name="", starts_on=date(2026, 9, 1), ends_on=date(2026, 10, 19), practitioner_id=None, venue="", actor=manager,
    )
    assert days(cohort) == [date(2026, 10, 13)]


def test_one_schools_terms_can_count_alone(zone: Zone, school: School, cohort: Cohort, manager: Person) -> None:
    other = factories.make_school(zone, with_terms=False, name="Holly Park")
    with atomic():
        db.session.add(Term(school_id=other.id, name="Autumn", starts_on=date(2026, 9, 1), ends_on=date(2026, 12, 18)))
        db.session.add(Closure(school_id=other.id, name="Inset", starts_on=date(2026, 11, 10), ends_on=date(2026, 11, 10)))
    series.save_series(cohort_id=cohort.id, rule=TUESDAYS, school_id=other.id, actor=manager)
    assert days(cohort) == [date(2026, 10, 13), date(2026, 10, 20), date(2026, 10, 27), date(2026, 11, 3)]


# --- the page ------------------------------------------------------------------------------------

GIVEN = {"day": "Tue", "start": "4pm", "end": "17:30", "every_weeks": "1", "starts_on": "2026-10-12", "ends_on": "2026-11-15", "season": "term"}


def test_the_days_are_looked_at_before_they_are_made(client: StrictClient, school: School, cohort: Cohort, manager: Person) -> None:
    sign_in(client, manager)
    path = f"/cohorts/{cohort.id}/series/new"
    looked = client.post(path, data={**GIVEN, "step": "look"})
    page = BeautifulSoup(looked.get_data(as_text=True), "html.parser")
    assert looked.status_code == 200 and "4 meetings, 1 day left out" in page.get_text()
    boxes = {box["value"]: box.has_attr("checked") for box in page.select("input[name=meets]")}
    assert boxes == {"2026-10-13": True, "2026-10-20": True, "2026-10-27": False, "2026-11-03": True, "2026-11-10": True}
    assert "October half-term" in page.get_text() and days(cohort) == []
    seen = page.select_one("input[name=seen]")["value"]

    changed = client.post(path, data={**GIVEN, "day": "Wed", "seen": seen, "meets": ["2026-10-13"], "step": "make"})
    assert changed.status_code == 200 and days(cohort) == [], "another rule has to be looked at first"

    moved = {"changes-0-which": "2026-11-03", "changes-0-to": "2026-11-04", "changes-1-which": "extra", "changes-1-to": "2026-11-14", "changes-1-start": "10am", "changes-1-end": "11am"}
    ticked = {"meets": ["2026-10-13", "2026-10-27", "2026-11-03", "2026-11-10"]}
    wrong = client.post(path, data={**GIVEN, **ticked, "seen": seen, "changes-0-which": "extra", "step": "make"})
    assert wrong.status_code == 422 and "Choose the new day." in wrong.get_data(as_text=True)
    again = client.post(path, data={**GIVEN, **ticked, **moved, "seen": seen, "step": "look"})
    assert "moves to" in again.get_data(as_text=True) and "An extra meeting" in again.get_data(as_text=True) and days(cohort) == []
    made = client.post(path, data={**GIVEN, **ticked, **moved, "seen": seen, "step": "make"})
    assert made.status_code == 303
    assert days(cohort) == [date(2026, 10, 13), date(2026, 10, 27), date(2026, 11, 4), date(2026, 11, 10), date(2026, 11, 14)]
    (one,) = queries.list_series(cohort.id)
    page = BeautifulSoup(client.get(f"/series/{one.id}/edit").get_data(as_text=True), "html.parser")
    assert "5 meetings, 1 day left out" in page.get_text()
    assert "Every Tuesday, 4pm to 5.30pm, in school terms" in client.get(f"/cohorts/{cohort.id}").get_data(as_text=True)
    assert client.post(f"/series/{one.id}/end").status_code == 303 and days(cohort) == []


def test_what_would_not_be_planned_and_what_stays_planned_is_said_before(client: StrictClient, school: School, cohort: Cohort, manager: Person) -> None:
    sign_in(client, manager)
    by_hand = {"day": "2026-12-01", "start": "10am", "end": "11am"}
    assert client.post(f"/cohorts/{cohort.id}/sessions/new", data=by_hand).status_code == 303
    path, rule = f"/cohorts/{cohort.id}/series/new", {**GIVEN, "season": "all_year", "starts_on": "2026-12-15", "ends_on": "2027-01-05"}
    looked = BeautifulSoup(client.post(path, data={**rule, "step": "look"}).get_data(as_text=True), "html.parser")
    assert "3 meetings" in looked.get_text() and looked.get_text().count("outside the group’s dates: nothing is planned") == 1  # 5 January
    ticked = [str(box["value"]) for box in looked.select("input[name=meets][checked]")]
    seen = looked.select_one("input[name=seen]")["value"]
    assert planned_before(looked) == {"Tuesday 1 December": True}, "somebody added it by hand"
    assert client.post(path, data={**rule, "seen": seen, "meets": ticked, "step": "make"}).status_code == 303
    assert days(cohort) == [date(2026, 12, day) for day in (1, 15, 22, 29)], "what was not shown and decided is not touched"


def planned_before(page: BeautifulSoup) -> dict[str, bool]:
    """The sessions that the page shows as planned already, and whether they are ticked to stay."""
    return {str(box.find_next("label").find(string=True)).strip(): box.has_attr("checked") for box in page.select("input[name=stays]")}


def test_a_regular_meeting_reckons_with_what_was_planned_before_it(client: StrictClient, school: School, zone: Zone, manager: Person) -> None:
    """Tuesdays at four stood in the offering; from 12 October it is Wednesdays. Nobody is to come on both days."""
    offering = factories.make_offering(factories.make_organisation(zone))
    cohort = cohorts.add_cohort(offering_id=offering.id, capacity=8, actor=manager, starts_on=date(2026, 10, 6), ends_on=date(2026, 11, 30))
    tuesdays = days(cohort)
    assert tuesdays[:3] == [date(2026, 10, 6), date(2026, 10, 13), date(2026, 10, 20)]
    by_hand = sessions.add_session(cohort_id=cohort.id, starts_at=datetime(2026, 10, 17, 9, tzinfo=UTC), ends_at=datetime(2026, 10, 17, 11, tzinfo=UTC), actor=manager)
    at_its_time = sessions.add_session(cohort_id=cohort.id, starts_at=datetime(2026, 10, 14, 15, tzinfo=UTC), ends_at=datetime(2026, 10, 14, 16, tzinfo=UTC), actor=manager)
    sign_in(client, manager)
    path, rule = f"/cohorts/{cohort.id}/series/new", {**GIVEN, "day": "Wed"}
    looked = BeautifulSoup(client.post(path, data={**rule, "step": "look"}).get_data(as_text=True), "html.parser")
    assert "1 session at these times is planned already" in looked.get_text()
    shown = planned_before(looked)
    assert shown.pop("Saturday 17 October") is True and shown.pop("Tuesday 6 October") is True, "added by hand, or before the rule begins"
    assert shown.pop("Tuesday 17 November") is True and shown.pop("Tuesday 24 November") is True, "after it ends"
    assert shown == {f"Tuesday {day}": False for day in ("13 October", "20 October", "3 November", "10 November")}
    data = {**rule, "seen": looked.select_one("input[name=seen]")["value"], "step": "make",
            "meets": [box["value"] for box in looked.select("input[name=meets][checked]")],
            "known": [box["value"] for box in looked.select("input[name=known]")],
            "stays": [box["value"] for box in looked.select("input[name=stays][checked]")]}
    later = sessions.add_session(cohort_id=cohort.id, starts_at=datetime(2026, 10, 18, 9, tzinfo=UTC), ends_at=datetime(2026, 10, 18, 11, tzinfo=UTC), actor=manager)
    again = BeautifulSoup(client.post(path, data={**data, "step": "look"}).get_data(as_text=True), "html.parser")
    assert planned_before(again)["Tuesday 13 October"] is False and days(cohort)[1] == date(2026, 10, 13), "looking changes nothing"
    assert client.post(path, data=data).status_code == 303
    assert days(cohort, SessionState.CANCELLED) == [date(2026, 10, 13), date(2026, 10, 20), date(2026, 11, 3), date(2026, 11, 10)]
    assert {by_hand.held_on, at_its_time.held_on, later.held_on, date(2026, 11, 17)} < set(days(cohort)), "what came after the look was not decided on"
    assert db.session.get_one(Session, at_its_time.id).series_id is not None and db.session.get_one(Session, by_hand.id).series_id is None


def test_days_that_are_over_are_not_counted_as_meetings_that_will_be_planned(client: StrictClient, school: School, cohort: Cohort, manager: Person) -> None:
    with clock.freeze(datetime(2026, 11, 1, 9, tzinfo=UTC)):
        sign_in(client, manager)
        page = client.post(f"/cohorts/{cohort.id}/series/new", data={**GIVEN, "step": "look"}).get_data(as_text=True)
    assert "2 meetings" in page and "4 meetings" not in page and "left out" not in page, "3 and 10 November; half-term is over"


def test_what_is_wrong_is_said_at_its_field_and_stays(client: StrictClient, cohort: Cohort, manager: Person) -> None:
    sign_in(client, manager)
    path = f"/cohorts/{cohort.id}/series/new"
    for given, said in (({"start": "teatime"}, "“teatime” is not a time"), ({"ends_on": "2026-10-01"}, "The last day cannot come before the first"),
                        ({"end": "3pm"}, "It must end after it starts"), ({"starts_on": ""}, "Choose the first day.")):
        answer = client.post(path, data={**GIVEN, **given, "step": "look"})
        text = answer.get_data(as_text=True)
        assert answer.status_code == 422 and said in text, given
    assert 'value="4pm"' in text
    link_worker = factories.make_person(Role.LINK_WORKER, db.session.get_one(Zone, db.session.get_one(Offering, cohort.offering_id).zone_id))
    sign_in(client, link_worker)
    assert client.get(path).status_code == 403
