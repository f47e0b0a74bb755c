"""Matches on the page: why, worth knowing, what was ruled out, and setting one aside."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from flask import current_app
from flask.testing import FlaskClient

from app.accounts.models import Role
from app.children import queries as children
from app.matching import previewing, services, surveys
from app.matching.models import MatchSurvey
from app.notifications.handlers import Job
from app.shared import clock
from app.shared.db import atomic, db
from tests import factories as make
from tests.matching.conftest import World
from tests.support.people import sign_in


def page_of(world: World) -> str:
    return f"/children/{world.child.id}/matches"


def test_page_says_why_what_is_worth_knowing_and_what_was_ruled_out(client: FlaskClient, world: World) -> None:
    world.offer(places=1, title="Samba drums")
    world.offer(title="Far away drums", latitude=51.9)
    sign_in(client, world.link_worker)
    page = client.get(page_of(world)).text
    assert "Drumming is the first thing Amara told us about." in page
    assert "Worth knowing:" in page
    assert "There is one place left." in page
    assert "<b>1</b> too far" in page
    assert "Far away drums" not in page
    assert "1 of 2 offerings fits" in page


def test_introduce_button_posts_to_introductions_where_there_are_any(client: FlaskClient, world: World) -> None:
    offering = world.offer()
    sign_in(client, world.link_worker)
    page = client.get(page_of(world)).text
    if "introductions.start" in current_app.view_functions:
        assert f'action="/children/{world.child.id}/introductions"' in page
        assert f'name="offering_id" value="{offering.id}"' in page
    else:
        assert "aria-disabled" in page


@pytest.mark.parametrize(("why", "is_childs_no"), [("child_no", True), ("fit", False), ("place", False)])
def test_not_for_this_child_takes_three_taps_and_is_kept(client: FlaskClient, world: World, why: str, is_childs_no: bool) -> None:
    offering = world.offer(title="Samba drums")
    sign_in(client, world.link_worker)
    url = f"/children/{world.child.id}/matches/{offering.id}/not-for-this-child"
    assert url in client.get(page_of(world)).text
    assert "Amara said no" in client.get(url).text
    answer = client.post(url, data={"why": why})
    assert (answer.status_code, answer.location) == (303, page_of(world))
    refusal = children.find_refusal(world.child.id, offering.id)
    assert refusal is not None
    assert refusal.is_childs_no == is_childs_no
    assert 'id="match-1"' not in client.get(page_of(world)).text


def test_not_for_this_child_asks_why(client: FlaskClient, world: World) -> None:
    offering = world.offer()
    sign_in(client, world.link_worker)
    answer = client.post(f"/children/{world.child.id}/matches/{offering.id}/not-for-this-child", data={"why": "", "words": "hm hm"})
    assert answer.status_code == 422
    assert "Choose why not." in answer.text
    assert "hm hm" in answer.text
    assert not children.has_refused(world.child.id, offering.id)


def test_offering_of_another_zone_cannot_be_set_aside(client: FlaskClient, world: World) -> None:
    offering = make.make_offering(make.make_organisation(make.make_zone()))
    sign_in(client, world.link_worker)
    assert client.get(f"/children/{world.child.id}/matches/{offering.id}/not-for-this-child").status_code == 404


def test_empty_list_says_what_to_do_next(client: FlaskClient, world: World) -> None:
    sign_in(client, world.link_worker)
    assert "nothing in the catalogue yet" in client.get(page_of(world)).text
    world.offer(latitude=51.56)
    page = client.get(page_of(world)).text
    assert "Nothing fits yet" in page
    assert "1 more offering would fit if Amara could travel 2 km further." in page


def test_best_matches_stand_on_the_childs_page(client: FlaskClient, world: World) -> None:
    for number in range(5):
        world.offer(title=f"Drums {number}", organisation=make.make_organisation(world.zone))
    sign_in(client, world.link_worker)
    opened = client.get(f"/children/{world.child.id}").text
    assert "See what fits Amara" in opened
    assert f"/children/{world.child.id}/panel?name=matches" in opened
    page = client.get(f"/children/{world.child.id}/panel?name=matches").text
    assert "Best matches for Amara" in page
    assert "See all 5" in page
    assert "fell to Amara" not in page
    fell = world.offer(title="Drums on paper")
    with atomic():
        db.session.add(MatchSurvey(
            zone_id=world.zone.id, person_id=world.link_worker.id, person_name="A", finished_at=clock.now(),
            found={"places": {str(world.child.id): str(fell.id)}},
        ))
    assert "Drums on paper</a> fell to Amara" in client.get(f"/children/{world.child.id}/panel?name=matches").text
    assert 'id="match-3"' in page
    assert 'id="match-4"' not in page


def test_school_lead_sees_the_child_but_not_the_matches(client: FlaskClient, world: World) -> None:
    world.offer()
    sign_in(client, make.make_person(Role.SCHOOL_LEAD, world.zone, school=world.school))
    assert client.get(page_of(world)).status_code == 403
    assert "panel?name=matches" not in client.get(f"/children/{world.child.id}").text
    assert client.get(f"/children/{world.child.id}/panel?name=matches").status_code == 404


def test_link_worker_of_another_child_sees_no_matches(client: FlaskClient, world: World) -> None:
    world.offer()
    sign_in(client, make.make_person(Role.LINK_WORKER, world.zone))
    assert client.get(page_of(world)).status_code == 404


def test_zone_manager_sees_for_whom_nothing_good_is_found(client: FlaskClient, world: World) -> None:
    world.offer(title="Drums for teenagers", age_min=15, age_max=17)
    called = world.child.short_name
    manager = make.make_person(Role.ZONE_MANAGER, world.zone)
    sign_in(client, manager)
    assert "Nobody has looked yet" in client.get("/zone/matches").text
    page = client.post("/zone/matches", follow_redirects=True).text
    assert "1 child to match" in page
    survey = surveys.find_survey(world.zone.id)
    assert survey is not None
    surveys.run_survey(Job(survey.id, surveys.TOPIC, {"survey_id": str(survey.id)}, 1))
    page = client.get("/zone/matches").text
    assert called in page
    assert "fits no child by its rules" in page
    sign_in(client, world.link_worker)
    assert client.get("/zone/matches").status_code in (403, 404)


def test_nothing_is_said_to_fit_a_child_of_whom_nothing_is_heard(client: FlaskClient, world: World) -> None:
    world.offer(slots=[], is_by_arrangement=True)
    with atomic():
        world.child.interests, world.child.windows = [], []
        for row in (*world.child.voices, *world.child.needs):
            db.session.delete(row)
    sign_in(client, world.link_worker)
    page = client.get(page_of(world)).text
    assert "Listen first." in page and "nothing with a fixed time can fit" in page
    assert "Ranked by what Amara needs" not in page
    assert "Listen first" in client.get(f"/children/{world.child.id}/panel?name=matches").text


def test_preview_of_weights_takes_children_from_all_over_the_list(world: World) -> None:
    manager = make.make_person(Role.ZONE_MANAGER, world.zone)
    for letter in "BCDEFGHIJKLMNOPQRSTUVWXYZ"[:23]:
        make.make_child(world.school, first_name=letter)
    names = [change.child.first_name for change in previewing.preview(manager, world.zone.id, {})]
    assert len(names) == previewing.PREVIEWED and names[0] == "Amara" and names[-1] > "R"


def test_preview_shows_each_childs_first_few_now_and_then(client: FlaskClient, world: World) -> None:
    """"One of the first five would be new" says nothing to who has to decide: which goes, and which comes?"""
    world.offer(title="Samba drums", needs=[])
    world.offer(title="Talking group", interests=[], needs=["Social:friendships"])
    sign_in(client, make.make_person(Role.ZONE_MANAGER, world.zone))
    usual = {field["name"]: field["value"] for field in BeautifulSoup(client.get("/zone/weights").text, "html.parser").select(".weights input")}
    look = {"action": "look", "version": "0"}
    assert "stay as they are" in client.post("/zone/weights", data={**usual, **look}).text
    other = {"needs": "200", "text": "0", "meaning": "0", "near": "0"}
    page = BeautifulSoup(client.post("/zone/weights", data={**usual, **look, **other}).text, "html.parser")
    now, then = ([li.get_text(" ", strip=True) for li in half.select("li")] for half in page.select(".thennow ol"))
    assert sorted(now) == ["Samba drums", "Talking group"]
    assert then == [f"{now[1]} Up from 2", f"{now[0]} Down from 1"]
    assert services.saved_weights(world.zone.id) == []
