"""Groups and sessions on their pages: who plans, moves and calls off."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from app.catalogue.models import (
    Cohort,
    Session,
    SessionState,
)
from app.shared import clock
from app.shared.db import db
from tests.catalogue.place import Place, text
from tests.support.people import sign_in


def test_a_partner_adds_a_group_and_its_sessions_are_planned(place: Place) -> None:
    sign_in(place.client, place.partner)
    today = clock.today()
    data = {"name": "Summer", "starts_on": today.isoformat(), "ends_on": (today + timedelta(days=28)).isoformat(), "capacity": "9",
            "outside_places": "2", "practitioner_id": "", "venue": "Hall"}
    answer = place.client.post(f"/offerings/{place.offering.id}/cohorts/new", data=data)
    assert answer.status_code == 303
    cohort = db.session.scalars(sa.select(Cohort).where(Cohort.name == "Summer")).one()
    assert (cohort.capacity, cohort.outside_places, len(cohort.sessions)) == (9, 2, 4)
    page = text(place.get(f"/cohorts/{cohort.id}", place.partner))
    assert "Sessions to come" in page and "7 open" in page


@pytest.mark.parametrize(("wrong", "field"), [({"capacity": "many"}, "capacity"), ({"ends_on": "2020-01-01"}, "ends_on"), ({"outside_places": "99"}, "outside_places")])
def test_a_group_that_cannot_be_is_refused_at_its_field(place: Place, wrong: dict[str, str], field: str) -> None:
    sign_in(place.client, place.partner)
    data = {"name": "Summer", "starts_on": "2027-01-05", "ends_on": "", "capacity": "9", "practitioner_id": "", **wrong}
    answer = place.client.post(f"/offerings/{place.offering.id}/cohorts/new", data=data)
    page = BeautifulSoup(answer.get_data(as_text=True), "html.parser")
    assert answer.status_code == 422 and page.select_one(f"#{field}-error") is not None
    assert page.select_one("[name=name]")["value"] == "Summer"  # type: ignore[index]


def test_a_session_is_moved_and_cancelled_by_those_who_run_it(place: Place) -> None:
    first, second = db.session.scalars(sa.select(Session).order_by(Session.starts_at)).all()
    first_id, second_id = first.id, second.id
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    sign_in(place.client, place.partner)
    assert place.client.post(f"/sessions/{first_id}/move", data={"day": tomorrow, "start": "6pm", "end": "5pm"}).status_code == 422
    assert place.client.post(f"/sessions/{first_id}/move", data={"day": tomorrow, "start": "6pm", "end": "7pm"}).status_code == 303
    assert place.client.post(f"/sessions/{second_id}/cancel", data={"by": "weather", "reason": ""}).status_code == 422
    assert place.client.post(f"/sessions/{second_id}/cancel", data={"by": "weather", "reason": "Snow"}).status_code == 303
    states = {s.id: s.state for s in db.session.scalars(sa.select(Session))}
    assert (states[first_id], states[second_id], len(states)) == (SessionState.MOVED, SessionState.CANCELLED, 3)
    sign_in(place.client, place.link_worker)
    assert place.client.post(f"/sessions/{first_id}/cancel", data={"by": "school", "reason": "x"}).status_code == 403


def test_places_taken_by_others_are_kept_within_the_group(place: Place) -> None:
    cohort_id = db.session.scalars(sa.select(Cohort.id)).one()
    sign_in(place.client, place.partner)
    place.client.post(f"/cohorts/{cohort_id}/outside-places", data={"outside_places": "6"})
    assert db.session.get_one(Cohort, cohort_id).outside_places == 6
    answer = place.client.post(f"/cohorts/{cohort_id}/outside-places", data={"outside_places": "60"}, follow_redirects=True)
    assert "at most 8" in text(BeautifulSoup(answer.get_data(as_text=True), "html.parser"))
    assert db.session.get_one(Cohort, cohort_id).outside_places == 6
