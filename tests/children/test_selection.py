"""Who could join: criteria sort and suggest, a person decides, and only for the own school or Zone."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app.accounts.models import Person, Role, School
from app.audit.models import AuditEntry, Sight
from app.children import risk, school_queries
from app.children.models import Child
from app.children.routes.selection import safe
from app.children.school_models import Informant, Measure, Pupil, Selection, SelectionDecision
from app.children.services import selection as services
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import DomainError, Forbidden, Invalid, NotFound
from tests import factories as make
from tests.children.conftest import World
from tests.support.people import sign_in

S, T = Informant.SCHOOL, Informant.TEACHER


def pupil(school: School, name: str, figures: dict[str, int] | None = None, *, days_ago: int = 10, **given: Any) -> Pupil:
    row = make.save(Pupil(**{
        "zone_id": school.zone_id, "school_id": school.id, "first_name": name, "last_name": "Tester", "born_on": date(2016, 4, 5),
        "school_year": "Year 5", **given,
    }))
    with atomic():
        for code, tenths in (figures or {}).items():
            informant = S if code in ("attendance", "reading", "maths") else T
            db.session.add(Measure(pupil_id=row.id, code=code, informant=informant, tenths=tenths, measured_on=clock.today() - timedelta(days=days_ago)))
    return row


def names(found: list[school_queries.Standing]) -> list[tuple[str, int, bool]]:
    return [(one.pupil.first_name, len(one.assessment.met), one.assessment.is_suggested) for one in found]


def test_a_limit_is_met_from_the_limit_on_and_an_unknown_figure_meets_nothing(world: World) -> None:
    scheme = risk.Scheme({"attendance": 930, "sdq_total": 160}, 1, True)
    for figures, met in [
        ({"attendance": 930}, {"attendance"}), ({"attendance": 931}, set()), ({"sdq_total": 160}, {"sdq_total"}), ({"sdq_total": 159}, set()), ({}, set()),
        ({"attendance": 900, "sdq_total": 200}, {"attendance", "sdq_total"}),
    ]:
        assessment = risk.assess(scheme, pupil(world.school, "Cas", figures).measures)
        assert {line.criterion.key for line in assessment.met} == met, figures
    unknown = risk.assess(scheme, [])
    assert (unknown.unknown, unknown.is_suggested) == (2, False)


def test_the_newest_figure_counts_and_the_day_is_shown(world: World) -> None:
    one = pupil(world.school, "Cas", {"attendance": 880}, days_ago=200)
    with atomic():
        db.session.add(Measure(pupil_id=one.id, code="attendance", informant=S, tenths=970, measured_on=clock.today()))
    db.session.expire_all()
    line = school_queries.standing_of(one).assessment.lines[0]
    assert (line.is_met, line.said, line.measure and line.measure.measured_on) == (False, "97%", clock.today())


def test_list_shows_most_criteria_first_and_only_the_own_schools_pupils(world: World) -> None:
    pupil(world.school, "Ann", {"attendance": 900})
    pupil(world.school, "Bea", {"attendance": 900, "reading": 800, "sdq_total": 190})
    pupil(world.school, "Cal", {"attendance": 990})
    pupil(world.other_school, "Dot", {"attendance": 500, "reading": 500})
    assert names(school_queries.list_selection(world.school)) == [("Bea", 3, True), ("Ann", 1, False), ("Cal", 0, False)]
    numbers = school_queries.numbers_of([world.school, world.other_school])
    mine = numbers[world.school.id]
    assert (mine.on_programme, mine.considered, mine.suggested, mine.undecided) == (1, 3, 1, 3)
    assert numbers[world.other_school.id].considered == 1


def test_a_suggestion_decides_nothing_and_a_person_may_decide_otherwise(world: World) -> None:
    suggested = pupil(world.school, "Bea", {"attendance": 900, "reading": 800})
    not_suggested = pupil(world.school, "Cal", {"attendance": 990})
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SelectionDecision)) == 0
    with pytest.raises(Invalid) as refused:
        services.decide_selection(pupil_id=suggested.id, choice=Selection.NOT_NOW, reason=" ", actor=world.manager)
    assert refused.value.field == "reason"
    services.decide_selection(pupil_id=suggested.id, choice=Selection.NOT_NOW, reason="Has support already", actor=world.manager)
    services.decide_selection(pupil_id=not_suggested.id, choice=Selection.SELECTED, reason="The teacher asked", actor=world.manager)
    numbers = school_queries.numbers_of([world.school])[world.school.id]
    assert (numbers.on_programme, numbers.considered, numbers.not_now, numbers.selected) == (2, 1, 1, 1)
    services.decide_selection(pupil_id=suggested.id, choice=Selection.SELECTED, reason="", actor=world.manager)
    assert [d.choice for d in db.session.get_one(Pupil, suggested.id).decisions] == [Selection.NOT_NOW, Selection.SELECTED]


def test_who_is_selected_becomes_a_child_with_the_figures_and_leaves_no_name_behind(world: World) -> None:
    one = pupil(world.school, "Bea", {"attendance": 900, "reading": 800}, school_key="A123")
    decision = services.decide_selection(pupil_id=one.id, choice=Selection.SELECTED, reason="", actor=world.manager)
    row = db.session.get_one(Pupil, one.id)
    assert (row.first_name, row.born_on, row.school_key) == ("", None, "A123")
    child = db.session.get_one(Child, row.child_id)
    assert (child.first_name, child.school_id, child.born_on) == ("Bea", world.school.id, date(2016, 4, 5))
    assert {m.code for m in school_queries.list_measures(child, world.manager)} == {"attendance", "reading"}
    assert sorted(decision.met["met"]) == ["attendance", "reading"]
    assert len(decision.met["figures"]) == 2
    with pytest.raises(DomainError):
        services.decide_selection(pupil_id=one.id, choice=Selection.NOT_NOW, reason="Too late", actor=world.manager)
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "children.selection.decided")).one()
    assert "Bea" not in str(entry.details)


def people_without_power(world: World) -> list[Person]:
    return [
        world.link_worker, make.make_person(Role.BUDGET_HOLDER, world.zone), make.make_person(Role.PRACTITIONER, world.zone, organisation=world.organisation),
        make.make_person(Role.PARTNER_ADMIN, world.zone, organisation=world.organisation),
        make.make_person(Role.SCHOOL_LEAD, world.zone, school=world.other_school), make.make_person(Role.ZONE_MANAGER, make.make_zone()),
    ]


def test_only_the_zones_manager_decides_and_only_the_own_school_sees(world: World) -> None:
    one = pupil(world.school, "Bea")
    for person in [*people_without_power(world), world.lead]:
        with pytest.raises(Forbidden):
            services.decide_selection(pupil_id=one.id, choice=Selection.SELECTED, reason="", actor=person)
    for person in people_without_power(world):
        with pytest.raises(NotFound):
            school_queries.get_pupil(one.id, person)
        assert world.school not in school_queries.list_schools_of(person)
    assert school_queries.get_pupil(one.id, world.lead).id == one.id


def test_criteria_are_the_zones_own_and_refused_at_the_field(world: World) -> None:
    def keep(limits: dict[str, int], least: int = 1, actor: Person | None = None) -> object:
        return services.set_risk_criteria(zone_id=world.zone.id, limits=limits, least=least, actor=actor or world.manager)

    assert risk.scheme_of(school_queries.find_scheme(world.zone.id)).is_own is False
    pupil(world.school, "Ann", {"attendance": 940})
    assert names(school_queries.list_selection(world.school)) == [("Ann", 0, False)]
    keep({"attendance": 950})
    keep({"attendance": 945, "maths": 900})
    assert names(school_queries.list_selection(world.school)) == [("Ann", 1, True)]
    for limits, least, field in [({"attendance": 1010}, 1, "attendance"), ({}, 1, "least"), ({"maths": 900}, 2, "least"), ({"maths": 900}, 0, "least")]:
        with pytest.raises(Invalid) as refused:
            keep(limits, least)
        assert refused.value.field == field, limits
    for person in (world.link_worker, world.lead, make.make_person(Role.ZONE_MANAGER, make.make_zone())):
        with pytest.raises(Forbidden):
            keep({"maths": 900}, 1, person)


def test_no_cell_of_the_file_is_a_formula() -> None:
    for cell in ("=1+1", "+44", "-1", "@SUM(A1)", " =1", "\t=1", "\n=cmd", "'=1"):
        assert safe(cell).startswith("'"), cell
    assert safe("Year 5\nB") == "Year 5 B"


def test_list_is_taken_out_as_a_file_and_each_look_is_written_down(world: World, client: FlaskClient) -> None:
    one = pupil(world.school, "=HYPERLINK(1)", {"attendance": 900})
    pupil(world.other_school, "Dot", {"attendance": 500})
    sign_in(client, world.lead)
    assert client.get(f"/selections/{world.school.id}/list.csv").status_code == 405
    answer = client.post(f"/selections/{world.school.id}/list.csv")
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    assert [row[0] for row in rows] == ["First name", "'=HYPERLINK(1)"]
    assert "Dot" not in answer.get_data(as_text=True)
    looks = db.session.scalars(sa.select(Sight.what).where(Sight.child_id == one.id, Sight.person_id == world.lead.id)).all()
    assert looks == ["selection list"]
    assert client.post(f"/selections/{world.other_school.id}/list.csv").status_code == 404


def test_pages_decide_and_keep_what_was_typed(world: World, client: FlaskClient) -> None:
    one = pupil(world.school, "Bea", {"attendance": 900, "reading": 800})
    sign_in(client, world.lead)
    listed = client.get(f"/selections/{world.school.id}").get_data(as_text=True)
    assert "Suggested" in listed
    assert "90%" in listed
    page = f"/selections/pupils/{one.id}"
    assert "The Zone manager decides" in client.get(page).get_data(as_text=True)
    assert client.post(page, data={"choice": "selected"}).status_code == 403
    assert client.get("/selections/criteria").status_code == 403
    sign_in(client, world.manager)
    wrong = client.post(page, data={"choice": "not_now", "reason": ""})
    assert (wrong.status_code, "Say why not now" in wrong.get_data(as_text=True)) == (422, True)
    assert client.post(page, data={"choice": "not_now", "reason": "Has support"}).status_code == 303
    assert "Has support" in client.get(f"/selections/{world.school.id}?show=not_now&sort=year").get_data(as_text=True)
    taken = client.post(page, data={"choice": "selected", "reason": ""})
    assert taken.headers["Location"].endswith("/caseload")
    assert "on the programme" in client.get(page).get_data(as_text=True)
    form = {f"on_{key}": "y" for key in ("attendance", "worry_social")} | {"attendance": "95.5", "worry_social": "2", "least": "1"}
    assert client.post("/selections/criteria", data={**form, "attendance": "lots"}).status_code == 422
    assert client.post("/selections/criteria", data={**form, "attendance": ""}).status_code == 422
    assert client.post("/selections/criteria", data=form).status_code == 303
    scheme = risk.scheme_of(school_queries.find_scheme(world.zone.id))
    assert (dict(scheme.limits), scheme.least) == ({"attendance": 955, "worry_social": 20}, 1)
    for person in people_without_power(world)[:4]:
        sign_in(client, person)
        assert client.get("/selections").status_code == 403
        assert client.get(f"/selections/{world.school.id}").status_code == 404
        assert client.get(page).status_code == 404


def test_the_number_of_statements_does_not_grow_with_the_list(world: World, client: FlaskClient) -> None:
    from tests.support.statements import count_statements

    sign_in(client, world.manager)
    pupil(world.school, "Ann", {"attendance": 900})
    for path in ("/selections", f"/selections/{world.school.id}"):
        client.get(path)
    with count_statements() as few:
        client.get(f"/selections/{world.school.id}")
        client.get("/selections")
    for number in range(6):
        pupil(world.school, f"Bea{number}", {"attendance": 900, "maths": 800})
        make.make_school(world.zone)
    with count_statements() as many:
        client.get(f"/selections/{world.school.id}")
        client.get("/selections")
    assert many.count == few.count
