"""What a school's people can reach: every page that their pages lead to is walked, and nothing that is not theirs is on one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient

from app.accounts.models import Person, Role
from app.children import services
from app.children.models import NoteKind
from app.children.school_models import Informant, Measure, Pupil
from app.children.services.measures import add_teacher_view, record_measures
from app.commissioning.models import Fund
from app.shared import clock
from app.shared.db import atomic, db
from tests import factories as make
from tests.architecture.test_endpoints import links
from tests.children.conftest import World
from tests.support.people import sign_in

PAGES = 150
OPEN = {("/find", "another school")}
"""Where a school is, anybody may know: one can look for offerings near it."""


def fill(world: World) -> dict[str, str]:
    """Everything that a school must not read, by what it is; each text stands nowhere else."""
    worker, today = world.link_worker, clock.today()
    services.add_note(child_id=world.child.id, kind=NoteKind.BARRIER, text="Said in therapyroom", noted_on=today, actor=worker, is_private=True)
    services.set_practicalities(
        child_id=world.child.id, practicalities=services.Practicalities(max_cost_pence=987, languages=["en"]), actor=worker,
    )
    record_measures(child_id=world.child.id, informant=Informant.PARENT, measured_on=today, figures={"sdq_total": 390}, actor=worker)
    record_measures(child_id=world.child.id, informant=Informant.SELF, measured_on=today, figures={"sdq_total": 380}, actor=worker)
    record_measures(child_id=world.child.id, informant=Informant.SCHOOL, measured_on=today, figures={"attendance": 913}, actor=worker)
    add_teacher_view(
        child_id=world.child.id, teacher="Miss Grant", said_on=today, going_well="Reads aloud daily", next_step="", is_review=True, worries={}, actor=worker)
    make.save(Fund(
        zone_id=world.zone.id, name="Secretfund", funder="Goldmine", starts_on=today - timedelta(days=30), ends_on=today + timedelta(days=300)))
    make.make_child(world.other_school, worker, first_name="Otherschoolchild", last_name="Elsewhere")
    make.make_child(world.school, worker, first_name="Leftchild", state="ended")
    strangers = [
        Pupil(zone_id=world.zone.id, school_id=school.id, first_name=name, last_name="Onlist", born_on=date(2016, 1, 2))
        for school, name in ((world.other_school, "Strangerpupil"), (world.school, "Ownpupil"))
    ]
    with atomic():
        db.session.add_all(strangers)
        db.session.flush()
        db.session.add(Measure(pupil_id=strangers[0].id, code="attendance", informant=Informant.SCHOOL, tenths=500, measured_on=today))
    return {
        "therapyroom": "a private note", "9.87": "what the family can pay", "<b>39</b>": "the parent's SDQ", "<b>38</b>": "the child's SDQ",
        "Secretfund": "a fund", "Goldmine": "a funder", "Otherschoolchild": "a child of another school", "Leftchild": "a child who has left",
        "Strangerpupil": "a pupil of another school", world.other_school.name: "another school",
    }


@pytest.mark.parametrize("role", [Role.SCHOOL_LEAD, Role.SAFEGUARDING_LEAD])
def test_a_schools_pages_show_progress_and_nothing_that_is_not_the_schools(world: World, client: FlaskClient, role: Role) -> None:
    forbidden = fill(world)
    person: Person = make.make_person(role, world.zone, school=world.school)
    sign_in(client, person)
    to_see, seen, found, text = ["/"], set[str](), [], ""
    while to_see and len(seen) < PAGES:
        path = to_see.pop(0)
        if path in seen or path == "/sign-out":
            continue
        seen.add(path)
        answer = client.get(path)
        assert answer.status_code < 400, path
        if answer.mimetype != "text/html":
            continue
        html = answer.get_data(as_text=True)
        text += html
        found += [f"{path} shows {what}" for word, what in forbidden.items() if word in html and (path, what) not in OPEN]
        to_see += [link for link in links(html) if link not in seen]
    assert found == []
    child = f"/children/{world.child.id}"
    assert {child, f"{child}/progress", f"{child}/progress/sdq", f"{child}/teacher-views/new", f"/selections/{world.school.id}"} <= seen
    for said in ("91.3%", "Reads aloud daily", "Ownpupil"):
        assert said in text, said


def test_what_is_not_the_schools_is_not_opened_by_address_either(world: World, client: FlaskClient) -> None:
    fill(world)
    sign_in(client, world.lead)
    other = make.make_child(world.other_school, first_name="Ann")
    pupil = make.save(Pupil(zone_id=world.zone.id, school_id=world.other_school.id, first_name="Bo", last_name="Bo", born_on=date(2016, 1, 2)))
    for path, status in [
        (f"/children/{world.child.id}/statement", 403), (f"/children/{world.child.id}/consents", 403), (f"/children/{other.id}", 404),
        (f"/children/{other.id}/progress", 404), (f"/selections/{world.other_school.id}", 404), (f"/selections/pupils/{pupil.id}", 404),
        (f"/selections/{world.other_school.id}/files", 404), (f"/children/{world.child.id}/practicalities", 403), ("/selections/criteria", 403),
    ]:
        assert client.get(path).status_code == status, path
