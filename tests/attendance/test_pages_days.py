"""The pages around a register: a day called off, families told, two registers settled, a child's week, whom a lapse concerns."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from app.accounts.models import Role
from app.attendance import queries
from app.attendance.models import MarkKind
from app.attendance.services import Marking
from app.catalogue.models import Offering, SessionState
from app.introductions.models import IntroductionState
from app.shared import clock
from app.shared.db import atomic, db
from tests import factories
from tests.attendance.club import Club
from tests.attendance.test_calling_off import deliver
from tests.attendance.test_sending import send
from tests.support.client import StrictClient
from tests.support.people import sign_in

K = MarkKind


def test_a_day_is_called_off_and_the_families_are_told(client: StrictClient, club: Club, app: Flask) -> None:
    session, scene = club.session(0), club.scene
    with clock.freeze(session.starts_at):
        sign_in(client, scene.manager)
        path = f"/registers/call-off?on={session.held_on.isoformat()}"
        page = client.get(path)
        assert str(session.id) in page.text and scene.link_worker.name in page.text
        given = {"on": session.held_on.isoformat(), "by": "weather", "sessions": [str(session.id)]}
        refused = client.post("/registers/call-off", data={**given, "reason": ""})
        assert refused.status_code == 422 and "Say why" in refused.text
        assert client.post("/registers/call-off", data={**given, "reason": "Snow"}).status_code == 303
        assert club.session(0).state is SessionState.CANCELLED
        deliver()
        worker = StrictClient(app)
        sign_in(worker, scene.link_worker)
        assert "They know" in worker.get(f"/sessions/{session.id}/register").text
        worker.post(f"/sessions/{session.id}/families-told")
    assert club.tasks(kind="tell_families") == []


def test_two_registers_are_settled_on_their_page(client: StrictClient, club: Club) -> None:
    amara, session_id = club.children[0], club.session().id
    club.save({amara: K.ATTENDED}, by=club.scene.manager)
    send(club, {amara: Marking(K.LATE, "Bus.")})
    path = f"/sessions/{session_id}/marks/{amara.id}/settle"
    with club.after(days=1):
        sign_in(client, club.scene.link_worker)
        page = client.get(path)
        assert "Late" in page.text and "Bus." in page.text
        assert client.post(path, data={}).status_code == 422
        [late] = queries.list_disagreements(session_id, amara.id)
        assert client.post(path, data={"right": str(late.id)}).status_code == 303
        assert client.get(path).status_code == 404
    mark = club.mark(amara)
    assert mark is not None and mark.kind is K.LATE


def test_a_week_shows_what_clashes_and_a_lapse_whom_it_concerns(client: StrictClient, club: Club) -> None:
    scene, session = club.scene, club.session(0)
    cohort = factories.make_cohort(scene.offering)
    factories.make_session(cohort, session.starts_at)
    sign_in(client, scene.link_worker)
    path = f"/children/{club.children[0].id}/week?from={session.held_on.isoformat()}"
    assert "Clashes" not in client.get(path).text
    other = factories.make_session(scene.cohort, session.starts_at + (session.ends_at - session.starts_at) / 2)
    assert client.get(path).text.count("Clashes") == 2
    assert other.id != session.id
    wanted, child = factories.make_cohort(factories.make_offering(scene.organisation, title="Chess")), club.children[0]
    for at in (session.starts_at, club.session(3).starts_at, session.starts_at - timedelta(days=1)):
        factories.make_session(wanted, at)
    asked = factories.make_introduction(child, wanted.offering, scene.link_worker, state=IntroductionState.LISTENING)
    with clock.freeze(session.starts_at - timedelta(days=2)):
        request = client.get(f"/introductions/{asked.id}/request").text
    assert "2 of the next 3 sessions clash" in request and scene.offering.title in request, "a place is not asked for where the child cannot be"
    sign_in(client, scene.manager)
    page = client.get(f"/organisations/{scene.organisation.id}/impact")
    assert club.children[0].short_name in page.text and scene.link_worker.name in page.text


def test_a_school_lead_reads_of_therapy_neither_in_the_week_nor_in_the_attendance(client: StrictClient, club: Club) -> None:
    scene, child = club.scene, club.children[0]
    club.save({child: K.ATTENDED})
    lead = factories.make_person(Role.SCHOOL_LEAD, scene.zone, school=scene.school)
    with club.after(days=1) as session:
        paths = (f"/children/{child.id}/week?from={session.held_on.isoformat()}", f"/children/{child.id}")

        def who_reads(title: str) -> list[bool]:
            with atomic():
                db.session.get_one(Offering, scene.offering.id).title = title
            read = []
            for person in (lead, scene.link_worker):
                sign_in(client, person)
                read += [title in client.get(path).text for path in paths]
            return read

        assert who_reads("First Beats") == [True, True, True, True]
        assert who_reads("Play therapy") == [False, False, True, True]


def test_a_phone_gets_little_and_only_its_own(client: StrictClient, club: Club, app: Flask) -> None:
    session = club.session(0)
    with clock.freeze(session.starts_at):
        sign_in(client, club.scene.partner)
        kept = client.get("/registers/today.json").get_json()
        [one] = kept["sessions"]
        assert [child["name"] for child in one["children"]] == ["Amara"]
        assert set(one["children"][0]) == {"id", "name", "initials", "first", "mark", "late", "note", "seen", "locked"}
        child = one["children"][0]["id"]
        sent = client.post(f"/sessions/{one['id']}/register/send", data={f"mark-{child}": "late", f"key-{child}": "k1", f"seen-{child}": "0"})
        assert sent.get_json()["children"][child] == {"outcome": "saved", "revision": 1, "why": ""}
        worker = StrictClient(app)
        sign_in(worker, club.scene.link_worker)
        assert worker.get("/registers/today.json").status_code == 403
        assert "data-keeps" not in worker.get("/registers").text
    script = client.get("/sw.js")
    assert (script.status_code, script.headers["Cache-Control"]) == (200, "no-cache")
