"""Schools, their terms and closures, and school days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.accounts import queries
from app.accounts.calendar import SchoolDays
from app.accounts.models import Person, Role, RoleGrant, School, Zone
from app.accounts.services import schools
from app.catalogue.models import Postcode
from app.shared import clock
from app.shared.db import db
from app.shared.errors import Forbidden, Invalid, NotFound
from tests import factories
from tests.support.client import StrictClient
from tests.support.people import sign_in

MONDAY = date(2026, 11, 23)
AUTUMN = (date(2026, 9, 2), date(2026, 12, 18))
SPRING = (date(2027, 1, 5), date(2027, 3, 26))
HALF_TERM = (date(2026, 10, 26), date(2026, 10, 30))
YEAR = SchoolDays(terms=(AUTUMN, SPRING), closures=(HALF_TERM,))


# --- the calendar --------------------------------------------------------------------------------


@pytest.mark.parametrize(("day", "is_open"), [
    (AUTUMN[0], True), (AUTUMN[1], True), (HALF_TERM[0], False), (HALF_TERM[1], False), (date(2026, 11, 2), True),
    (date(2026, 11, 21), False), (date(2026, 11, 22), False), (date(2026, 12, 21), False), (SPRING[0], True),
])
def test_a_school_day_is_a_weekday_in_a_term_and_outside_closures(day: date, is_open: bool) -> None:
    assert YEAR.is_school_day(day) is is_open


def test_counting_steps_over_weekends_and_holidays() -> None:
    assert YEAR.after(date(2026, 10, 23), 1) == date(2026, 11, 2)
    assert YEAR.after(date(2026, 12, 17), 2) == date(2027, 1, 5)
    assert YEAR.after(date(2026, 11, 21), 0) == MONDAY
    assert YEAR.after(MONDAY, 0) == MONDAY


def test_without_terms_every_weekday_counts_except_closures() -> None:
    days = SchoolDays(closures=((MONDAY, MONDAY),))
    assert not days.is_school_day(MONDAY)
    assert days.after(date(2026, 11, 20), 5) == date(2026, 11, 30)


def test_beyond_the_terms_on_record_weekdays_count_so_that_clocks_go_on() -> None:
    assert YEAR.after(SPRING[1], 10) == date(2027, 4, 9)
    assert YEAR.is_school_day(date(2026, 9, 1))


def test_days_are_not_counted_backwards() -> None:
    with pytest.raises(ValueError):
        YEAR.after(MONDAY, -1)
    assert YEAR.count(MONDAY, MONDAY) == YEAR.count(MONDAY, MONDAY - timedelta(days=9)) == 0


@given(st.dates(date(2026, 8, 1), date(2027, 6, 1)), st.integers(1, 40))
def test_the_nth_school_day_after_a_day_counts_n(day: date, n: int) -> None:
    then = YEAR.after(day, n)
    assert YEAR.is_school_day(then)
    assert YEAR.count(day, then) == n


# --- services ------------------------------------------------------------------------------------


@pytest.fixture
def zone(app: Flask) -> Zone:
    return factories.make_zone()


@pytest.fixture
def manager(zone: Zone) -> Person:
    return factories.make_person(Role.ZONE_MANAGER, zone)


def save(zone: Zone, actor: Person, name: str = "St Aldhelm's", school: School | None = None, **given: object) -> School:
    return schools.save_school(**{  # type: ignore[arg-type]
        "zone_id": zone.id, "name": name, "town": "", "ward": "", "postcode": "W3 7DD", "position": None, "actor": actor,
        "school_id": school.id if school else None, **given,
    })


def test_a_school_is_found_on_the_map_by_its_postcode(zone: Zone, manager: Person) -> None:
    factories.save(Postcode(code="W3 7DD", latitude=51.5, longitude=-0.2))
    school = save(zone, manager)
    assert (school.latitude, school.longitude) == (51.5, -0.2)
    save(zone, manager, school=school, postcode="LL57 1AA")
    assert school.latitude is None  # better no place than the old one
    save(zone, manager, school=school, postcode="LL57 1AA", position=(51.6, -0.3))
    assert school.latitude == 51.6


def test_two_schools_of_a_zone_have_two_names(zone: Zone, manager: Person) -> None:
    school = save(zone, manager)
    with pytest.raises(Invalid) as refused:
        save(zone, manager, name="ST ALDHELM'S")
    assert refused.value.field == "name"
    save(zone, manager, name="St Aldhelm’s Primary", school=school)
    elsewhere = factories.make_zone()
    save(elsewhere, factories.make_person(Role.ZONE_MANAGER, elsewhere))


def test_a_school_of_another_zone_is_not_there(zone: Zone, manager: Person) -> None:
    elsewhere = factories.make_zone()
    school = factories.make_school(elsewhere)
    with pytest.raises(Forbidden):
        save(elsewhere, manager)
    for verb in (schools.add_term, schools.add_closure):
        with pytest.raises(NotFound):
            verb(school_id=school.id, name="x", starts_on=MONDAY, ends_on=MONDAY, actor=manager)


def test_terms_do_not_overlap_and_closures_may(zone: Zone, manager: Person) -> None:
    school = factories.make_school(zone, with_terms=False)
    schools.add_term(school_id=school.id, name="Autumn", starts_on=AUTUMN[0], ends_on=AUTUMN[1], actor=manager)
    with pytest.raises(Invalid) as refused:
        schools.add_term(school_id=school.id, name="Winter", starts_on=AUTUMN[1], ends_on=SPRING[1], actor=manager)
    assert refused.value.field == "starts_on" and "Autumn" in refused.value.sentence
    for name in ("Half-term", "Snow"):
        schools.add_closure(school_id=school.id, name=name, starts_on=HALF_TERM[0], ends_on=HALF_TERM[1], actor=manager)
    days = queries.school_days(school.id)
    assert days == SchoolDays(terms=(AUTUMN,), closures=(HALF_TERM, HALF_TERM))


def test_days_in_the_wrong_order_or_of_years_are_refused(zone: Zone, manager: Person) -> None:
    school = factories.make_school(zone, with_terms=False)
    for ends_on in (MONDAY - timedelta(days=1), MONDAY + timedelta(days=400)):
        with pytest.raises(Invalid) as refused:
            schools.add_closure(school_id=school.id, name="x", starts_on=MONDAY, ends_on=ends_on, actor=manager)
        assert refused.value.field == "ends_on"


def test_no_school_has_every_weekday(app: Flask) -> None:
    assert queries.school_days(None) == SchoolDays()


# --- pages ---------------------------------------------------------------------------------------


def test_a_school_is_added_changed_and_given_days_on_its_pages(client: StrictClient, zone: Zone, manager: Person) -> None:
    sign_in(client, manager)
    assert "No schools yet" in client.get("/schools").get_data(as_text=True)
    added = client.post("/schools/new", data={"name": "St Aldhelm's", "postcode": "w37dd", "position": "51.51, -0.26"})
    page = added.headers["Location"]
    school = queries.list_schools(zone.id)[0]
    assert (school.postcode, school.latitude, school.longitude) == ("W3 7DD", 51.51, -0.26)
    assert client.post(f"{page}/edit", data={"name": "St Aldhelm's Primary", "postcode": "W3 7DD", "town": "Acton"}).status_code == 303
    client.post(f"{page}/terms/new", data={"name": "Autumn", "starts_on": "2026-09-02", "ends_on": "2026-12-18"})
    client.post(f"{page}/closures/new", data={"name": "Half-term", "starts_on": "2026-10-26", "ends_on": "2026-10-30"})
    shown = client.get(page).get_data(as_text=True)
    assert "St Aldhelm&#39;s Primary" in shown and "2 September 2026 to 18 December 2026" in shown and "Half-term" in shown
    school = db.session.get_one(School, school.id)
    client.post(f"{page}/terms/{school.terms[0].id}/remove")
    client.post(f"{page}/closures/{school.closures[0].id}/remove")
    assert queries.school_days(school.id) == SchoolDays()


@pytest.mark.parametrize(("typed", "says"), [
    ({"name": "", "postcode": "W3 7DD"}, "Type the school&#39;s name."),
    ({"name": "X", "postcode": "nowhere"}, "is not a UK postcode"),
    ({"name": "X", "postcode": "W3 7DD", "position": "here"}, "Type two numbers"),
    ({"name": "X", "postcode": "W3 7DD", "position": "-0.2, 51.5"}, "not in the United Kingdom"),
    ({"name": "X" * 161, "postcode": "W3 7DD"}, "160"),
])
def test_bad_input_says_what_to_type_and_changes_nothing(
    client: StrictClient, zone: Zone, manager: Person, typed: dict[str, str], says: str
) -> None:
    sign_in(client, manager)
    response = client.post("/schools/new", data=typed)
    assert response.status_code == 422
    assert says in response.get_data(as_text=True)
    assert not queries.list_schools(zone.id)


@pytest.mark.parametrize(("typed", "says"), [
    ({"name": "Autumn", "starts_on": "2 Sept", "ends_on": "2026-12-18"}, "That is not a day."),
    ({"name": "Autumn", "starts_on": "2026-12-18", "ends_on": "2026-09-02"}, "cannot be before the first"),
    ({"name": "", "starts_on": "", "ends_on": ""}, "Choose a day."),
])
def test_bad_days_say_what_is_wrong(client: StrictClient, zone: Zone, manager: Person, typed: dict[str, str], says: str) -> None:
    school = factories.make_school(zone, with_terms=False)
    sign_in(client, manager)
    for kind in ("terms", "closures"):
        response = client.post(f"/schools/{school.id}/{kind}/new", data=typed)
        assert response.status_code == 422 and says in response.get_data(as_text=True)


def test_a_school_of_another_zone_has_no_page(client: StrictClient, zone: Zone, manager: Person) -> None:
    school = factories.make_school(factories.make_zone())
    sign_in(client, manager)
    for path in ("", "/edit", "/terms/new", "/closures/new"):
        assert client.get(f"/schools/{school.id}{path}").status_code == 404


def test_who_is_in_the_zone_without_managing_it_may_not_change_a_school(client: StrictClient, zone: Zone) -> None:
    school = factories.make_school(zone)
    sign_in(client, factories.make_person(Role.LINK_WORKER, zone))
    assert client.get(f"/schools/{school.id}").status_code == 403
    assert client.post(f"/schools/{school.id}/terms/{school.terms[0].id}/remove").status_code == 403
    assert len(db.session.get_one(School, school.id).terms) == 1


def test_a_manager_of_two_zones_chooses_between_them(client: StrictClient, zone: Zone, manager: Person) -> None:
    second = factories.make_zone()
    factories.save(RoleGrant(person_id=manager.id, role=Role.ZONE_MANAGER, zone_id=second.id, starts_on=clock.today()))
    sign_in(client, manager)
    client.post(f"/schools/new?zone={second.slug}", data={"name": "There", "postcode": "WN1 1AA"})
    assert [school.name for school in queries.list_schools(second.id)] == ["There"]
    assert client.get(f"/schools?zone={factories.make_zone().slug}").status_code == 404
