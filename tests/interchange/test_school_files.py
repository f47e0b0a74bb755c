"""A school's own file: whose row it is, nothing written over in silence, all or nothing, and undone as a whole."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.models import Person, Role, School, Zone
from app.audit.models import AuditEntry, Sight
from app.children.models import Child
from app.children.school_models import Informant, Measure, Pupil, Selection
from app.children.services.measures import correct_measure, record_measures
from app.children.services.selection import decide_selection
from app.interchange import school_columns, school_queries, school_rows
from app.interchange.school_models import SchoolImport, SchoolImportState
from app.interchange.services import school_files as services
from app.shared import clock
from app.shared.db import db
from app.shared.errors import DomainError, Forbidden, IllegalMove, Invalid, NotFound, Stale
from tests import factories as make
from tests.support.people import sign_in

BORN = date(2016, 4, 5)
SIMS = "UPN,Legal Surname,Legal Forename,DOB,Year,% Attend,Reading SS,Maths TA,SEN notes\n"


@dataclass
class Place:
    zone: Zone
    school: School
    other: School
    lead: Person
    manager: Person
    child: Child


@pytest.fixture
def place(app: Flask) -> Place:
    zone = make.make_zone()
    school, other = make.make_school(zone), make.make_school(zone)
    child = make.make_child(school, first_name="Amara", last_name="Okafor", born_on=BORN)
    return Place(zone, school, other, make.make_person(Role.SCHOOL_LEAD, zone, school=school), make.make_person(Role.ZONE_MANAGER, zone), child)


def bring(place: Place, rows: str, *, header: str = SIMS, **changes: Any) -> SchoolImport:
    return services.keep_school_file(**{
        "school_id": place.school.id, "file_name": "autumn.csv", "content": (header + rows).encode(), "preset": "", "measured_on": clock.today(),
        "actor": place.lead, **changes,
    })


def use(file: SchoolImport, actor: Person, choices: Mapping[str, str] | None = None) -> SchoolImport:
    services.choose_in_school_file(file_id=file.id, choices=choices or {}, actor=actor)
    return services.use_school_file(file_id=file.id, seen=school_queries.plan_of(db.session.get_one(SchoolImport, file.id)).print, actor=actor)


def standing(child: Child) -> dict[str, int]:
    rows = db.session.scalars(sa.select(Measure).where(Measure.child_id == child.id, Measure.ended_at.is_(None)))
    return {row.code: row.tenths for row in rows.unique()}


def count(model: Any) -> int:
    return int(db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0)


def test_columns_of_each_program_are_known() -> None:
    cases = {
        "sims": ["UPN", "Legal Surname", "Legal Forename", "DOB", "Year", "% Attend", "Reading SS"],
        "arbor": ["UPN", "Legal first name", "Legal last name", "Date of birth", "Year group", "% Present", "Maths SAS"],
        "bromcom": ["UPN", "Forename", "Surname", "DOB", "Year Group", "Attendance %", "SDQ Total"],
    }
    for preset, titles in cases.items():
        rules = school_columns.guess(titles, school_columns.guess_preset(titles))
        assert school_columns.guess_preset(titles) == preset, titles
        assert set(rules.values()) == set(titles), (preset, rules)
        assert {"key", "first_name", "last_name", "born_on", "school_year", "attendance"} <= set(rules), (preset, rules)


def test_days_years_and_names_are_read_as_schools_write_them() -> None:
    today = date(2026, 11, 22)
    for text in ("05/04/2016", "2016-04-05", "5 April 2016", "05-Apr-2016", "05/04/16", "05/04/2016 00:00:00"):
        assert school_rows.read_day(text, today) == BORN, text
    for text in ("31/02/2016", "2016", "05/04/2036", "yesterday", "05/04/1890"):
        assert school_rows.read_day(text, today) is None, text
    assert [school_rows.year_words(text) for text in ("5", "Yr 5", "Year  5", "R", "0", "Year 5B")] == ["Year 5", "Year 5", "Year 5", "Reception", "Reception", "Year 5"]
    assert school_rows.split_name("Okafor, Amara Joy") == ("Amara Joy", "Okafor")


def test_a_dry_run_writes_nothing_and_reports_by_row_and_column(place: Place) -> None:
    file = bring(place, "A1,Okafor,Amara,05/04/2016,5,101,98,EXS,\nA2,New,Nia,06/05/2016,5,ninety,,,\n,,,,,90,,,\nA4,Only,,,5,90,,,\n")
    plan = school_queries.plan_of(file)
    assert [(p.row, p.column) for p in plan.problems] == [(2, "% Attend"), (3, "% Attend"), (4, "the whole row"), (5, "the whole row")]
    assert [(step.row.row, sorted(step.fresh)) for step in plan.steps] == [(2, ["maths_level", "reading"]), (3, [])]
    assert (count(Measure), count(Pupil)) == (0, 0)


def test_rows_are_matched_by_number_or_by_name_and_birthday_and_remembered(place: Place) -> None:
    use(bring(place, "A1,OKAFOR,amara,05/04/2016,5,91.2,98,EXS,secret\nA2,Ní Bhriain,Nia,06/05/2016,Yr 5,88,,,\n"), place.lead)
    assert standing(place.child) == {"attendance": 912, "reading": 980, "maths_level": 30}
    new = db.session.scalars(sa.select(Pupil).where(Pupil.first_name == "Nia")).one()
    assert (new.last_name, new.school_key, new.school_year, new.born_on) == ("Ní Bhriain", "A2", "Year 5", date(2016, 5, 6))
    link = db.session.scalars(sa.select(Pupil).where(Pupil.child_id == place.child.id)).one()
    assert (link.school_key, link.first_name) == ("A1", "")
    next_term = bring(place, "a1,,,,,95,,,\nA2,,,,,90,,,\n", measured_on=clock.today() - timedelta(days=40))
    assert [step.who.token for step in school_queries.plan_of(next_term).steps if step.who] == [f"child:{place.child.id}", f"pupil:{new.id}"]


def test_kith_does_not_guess_whose_row_it_is(place: Place) -> None:
    make.make_child(place.school, first_name="Ben", last_name="Adeyemi", born_on=None)
    make.make_child(place.school, first_name="Zoe", last_name="Bell", born_on=date(2015, 1, 2))
    twin = make.make_child(place.school, first_name="Amara", last_name="Okafor", born_on=BORN)
    rows = "B1,Okafor,Amara,05/04/2016,5,90,,,\nB2,Adeyemi,Ben,01/02/2016,5,90,,,\nB3,Bell,Zoey,02/01/2015,6,90,,,\n"
    file = bring(place, rows)
    plan = school_queries.plan_of(file)
    assert [(doubt.row.row, len(doubt.candidates)) for doubt in plan.doubts] == [(2, 2), (3, 1), (4, 1)]
    assert (plan.steps, plan.waiting) == ((), 3)
    with pytest.raises(DomainError):
        use(file, place.lead)
    done = use(file, place.lead, {"row-2": f"child:{twin.id}", "row-3": "new", "row-4": "leave"})
    assert standing(twin) == {"attendance": 900}
    assert standing(place.child) == {}
    assert [p.first_name for p in db.session.scalars(sa.select(Pupil).where(Pupil.child_id.is_(None)))] == ["Ben"]
    assert done.counts["left"] == 1


def test_a_choice_that_was_not_offered_is_no_choice(place: Place) -> None:
    elsewhere = make.make_child(place.other, first_name="Eve", last_name="Elsewhere", born_on=BORN)
    file = bring(place, "B1,Okafor,Amara,06/06/2016,5,90,,,\n")
    services.choose_in_school_file(file_id=file.id, choices={"row-2": f"child:{elsewhere.id}"}, actor=place.lead)
    assert school_queries.plan_of(file).doubts[0].choice == ""


def test_a_known_number_under_another_name_and_birthday_is_asked_about(place: Place) -> None:
    use(bring(place, "A1,Okafor,Amara,05/04/2016,5,91,,,\n"), place.lead)
    plan = school_queries.plan_of(bring(place, "A1,Else,Somebody,01/01/2014,7,80,,,\n"))
    assert [doubt.may_be_new for doubt in plan.doubts] == [False]


def test_children_of_other_schools_are_not_there(place: Place) -> None:
    elsewhere = make.make_child(place.other, first_name="Eve", last_name="Elsewhere", born_on=BORN)
    use(bring(place, "E1,Elsewhere,Eve,05/04/2016,5,50,,,\n"), place.lead)
    assert standing(elsewhere) == {}
    assert db.session.scalars(sa.select(Pupil)).one().school_id == place.school.id
    stranger = make.make_person(Role.SCHOOL_LEAD, place.zone, school=place.other)
    file = bring(place, "A1,Okafor,Amara,05/04/2016,5,90,,,\n")
    for person in (stranger, make.make_person(Role.LINK_WORKER, place.zone), make.make_person(Role.ZONE_MANAGER, make.make_zone())):
        with pytest.raises(NotFound):
            bring(place, "A1,,,,,90,,,\n", actor=person)
        with pytest.raises(NotFound):
            services.use_school_file(file_id=file.id, seen="", actor=person)
        with pytest.raises(NotFound):
            school_queries.get_school_file(file.id, person)
    with pytest.raises(Forbidden):
        services.use_school_file(file_id=file.id, seen="", actor=place.manager)


def test_a_figure_that_somebody_wrote_stays_unless_the_files_is_chosen(place: Place) -> None:
    record_measures(child_id=place.child.id, informant=Informant.SCHOOL, measured_on=clock.today(), figures={"attendance": 950, "reading": 980}, actor=place.lead)
    rows = "A1,Okafor,Amara,05/04/2016,5,91,98,EXS,\n"
    file = bring(place, rows)
    plan = school_queries.plan_of(file)
    assert [(d.row, d.code, d.file, d.kept_words, d.kept.by) for d in plan.differences] == [(2, "attendance", "91%", "95%", place.lead.name)]
    assert plan.same == 1
    use(file, place.lead)
    assert standing(place.child) == {"attendance": 950, "reading": 980, "maths_level": 30}
    again = use(bring(place, rows), place.lead, {"row-2-attendance": "file"})
    assert standing(place.child)["attendance"] == 910
    assert again.counts["replaced"] == 1
    earlier = db.session.scalars(sa.select(Measure).where(Measure.tenths == 950)).unique().one()
    assert earlier.ended_at is not None
    services.undo_school_import(file_id=again.id, actor=place.lead)
    assert standing(place.child)["attendance"] == 950


def test_what_changed_since_it_was_looked_at_is_shown_again(place: Place) -> None:
    file = bring(place, "A1,Okafor,Amara,05/04/2016,5,91,98,,\n")
    seen = school_queries.plan_of(file).print
    record_measures(child_id=place.child.id, informant=Informant.SCHOOL, measured_on=clock.today(), figures={"attendance": 950}, actor=place.lead)
    with pytest.raises(Stale):
        services.use_school_file(file_id=file.id, seen=seen, actor=place.lead)
    assert standing(place.child) == {"attendance": 950}


def test_a_file_is_used_once_and_leaves_only_counts_behind(place: Place) -> None:
    file = use(bring(place, "A1,Okafor,Amara,05/04/2016,5,91,98,,\nA2,New,Nia,06/05/2016,5,90,,,\n"), place.lead)
    assert (file.state, file.content, file.choices) == (SchoolImportState.IMPORTED, None, {})
    with pytest.raises(DomainError):
        use(file, place.lead)
    trail = " ".join(str(entry.details) for entry in db.session.scalars(sa.select(AuditEntry)))
    for said in ("Amara", "Okafor", "Nia", "A1", "91"):
        assert f"'{said}'" not in trail
    with pytest.raises(DomainError):
        use(bring(place, "A1,Okafor,Amara,05/04/2016,5,91,98,,\n"), place.lead)


def test_nothing_of_a_file_comes_in_when_something_in_it_fails(place: Place) -> None:
    file = bring(place, "A1,Okafor,Amara,05/04/2016,5,91,98,,\nA2,New,Nia,06/05/2016,5,90,,,\n")
    with db.engine.connect() as connection:
        kind = connection.dialect.name
    with services.atomic():
        if kind == "sqlite":
            db.session.execute(sa.text("CREATE TRIGGER no_nia BEFORE INSERT ON pupil WHEN NEW.first_name = 'Nia' BEGIN SELECT RAISE(ABORT, 'no'); END"))
        else:
            db.session.execute(sa.text("ALTER TABLE pupil ADD CONSTRAINT no_nia CHECK (first_name <> 'Nia')"))
    try:
        with pytest.raises(sa.exc.IntegrityError):
            use(file, place.lead)
        assert (standing(place.child), count(Pupil)) == ({}, 0)
        assert db.session.get_one(SchoolImport, file.id).state is SchoolImportState.WAITING
    finally:
        with services.atomic():
            db.session.execute(sa.text("DROP TRIGGER no_nia" if kind == "sqlite" else "ALTER TABLE pupil DROP CONSTRAINT no_nia"))


def test_an_import_is_undone_as_a_whole(place: Place) -> None:
    file = use(bring(place, "A1,Okafor,Amara,05/04/2016,5,91,98,,\nA2,New,Nia,06/05/2016,5,90,,,\n"), place.lead)
    assert school_queries.what_stops_undoing(file) == []
    services.undo_school_import(file_id=file.id, actor=place.manager)
    assert (count(Measure), count(Pupil)) == (0, 0)
    with pytest.raises(IllegalMove):
        services.undo_school_import(file_id=file.id, actor=place.manager)
    actions = db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions[-1] == "interchange.school_file.undone"


def test_an_import_is_not_undone_under_what_was_built_on_it(place: Place) -> None:
    def built_on(rows: str, then: Any) -> None:
        file = use(bring(place, rows), place.lead)
        then(file)
        with pytest.raises(DomainError) as refused:
            services.undo_school_import(file_id=file.id, actor=place.lead)
        assert refused.value.code == "built_upon"

    def put_right(file: SchoolImport) -> None:
        measure = db.session.scalars(sa.select(Measure).where(Measure.batch_id == file.id)).unique().first()
        assert measure is not None
        correct_measure(measure_id=measure.id, child_id=place.child.id, tenths=900, why="Wrong", actor=place.lead)

    def decide(choice: Selection) -> Any:
        def then(file: SchoolImport) -> None:
            one = db.session.scalars(sa.select(Pupil).where(Pupil.batch_id == file.id)).one()
            decide_selection(pupil_id=one.id, choice=choice, reason="Because", actor=place.manager)
        return then

    def later_figures(file: SchoolImport) -> None:
        use(bring(place, "A4,,,,,70,,,\n", measured_on=clock.today() - timedelta(days=1)), place.lead)

    built_on("A1,Okafor,Amara,05/04/2016,5,91,,,\n", put_right)
    built_on("A2,New,Nia,06/05/2016,5,90,,,\n", decide(Selection.NOT_NOW))
    built_on("A3,New,Noa,07/05/2016,5,90,,,\n", decide(Selection.SELECTED))
    built_on("A4,New,Ned,08/05/2016,5,90,,,\n", later_figures)


def test_columns_are_chosen_and_kept_for_the_schools_next_file(place: Place) -> None:
    header = "Who,Number,Born,Here\n"
    file = bring(place, '"Okafor, Amara",A1,05/04/2016,91\n', header=header)
    with pytest.raises(Invalid):
        school_queries.plan_of(file)
    rules = {"full_name": "Who", "key": "Number", "born_on": "Born", "attendance": "Here"}
    for wrong, field in [({**rules, "attendance": "Gone"}, "attendance"), ({**rules, "reading": "Here"}, "reading"), ({"attendance": "Here"}, "key"),
                         ({"key": "Number"}, "attendance")]:
        with pytest.raises(Invalid) as refused:
            services.set_school_columns(file_id=file.id, rules=wrong, actor=place.lead)
        assert refused.value.field == field, wrong
    services.set_school_columns(file_id=file.id, rules=rules, actor=place.lead)
    use(db.session.get_one(SchoolImport, file.id), place.lead)
    assert standing(place.child) == {"attendance": 910}
    assert bring(place, "x,A1,05/04/2016,91\n", header=header).rules == rules


def test_files_nobody_used_are_deleted_after_a_day(place: Place) -> None:
    file = bring(place, "A1,Okafor,Amara,05/04/2016,5,91,98,,\n")
    assert services.forget_school_files() == 0
    with clock.freeze(clock.now() + timedelta(days=1, minutes=1)):
        assert services.forget_school_files() == 1
    gone = db.session.get_one(SchoolImport, file.id)
    assert (gone.state, gone.content) == (SchoolImportState.DISCARDED, None)


def test_a_file_goes_through_its_pages(place: Place, client: FlaskClient) -> None:
    record_measures(child_id=place.child.id, informant=Informant.SCHOOL, measured_on=clock.today(), figures={"attendance": 950}, actor=place.lead)
    sign_in(client, place.lead)
    page = f"/selections/{place.school.id}/files"
    data = {"measured_on": clock.today().isoformat(), "preset": ""}
    assert client.post(page, data=data, content_type="multipart/form-data").status_code == 422
    body = SIMS + "A1,Okafor,Amara,05/04/2016,5,91,98,,\nA2,Okafor,Amaya,05/04/2016,5,90,,,\nA3,New,Nia,06/05/2016,5,ninety,,,\n"
    sent = client.post(page, data={**data, "file": (io.BytesIO(body.encode()), "autumn.csv")}, content_type="multipart/form-data")
    assert sent.status_code == 303
    shown = sent.headers["Location"]
    text = client.get(shown).get_data(as_text=True)
    for said in ("Whose row is it?", "The file says otherwise", "Keep 95%", "Take 91% from the file", "ninety", "Leave this row out"):
        assert said in text, said
    file = db.session.scalars(sa.select(SchoolImport)).unique().one()
    seen = school_queries.plan_of(file).ground
    choices = {"row-2-attendance": "file", "seen": seen}
    assert client.post(shown, data={**choices, "do": "bring"}).status_code == 303
    assert standing(place.child) == {"attendance": 950}, "a row still waits"
    assert client.get(f"{shown}/columns").status_code == 200
    assert client.post(shown, data={**choices, "row-3": "leave", "do": "bring", "seen": "long ago"}).status_code == 409
    assert client.post(shown, data={**choices, "row-3": "leave", "do": "bring"}).status_code == 303
    assert standing(place.child) == {"attendance": 910, "reading": 980}
    assert "Take it back" in client.get(shown).get_data(as_text=True)
    looks = db.session.scalars(sa.select(Sight.what).where(Sight.child_id == place.child.id)).all()
    assert "school’s file" in looks
    sign_in(client, make.make_person(Role.SCHOOL_LEAD, place.zone, school=place.other))
    for path in (page, shown, f"{shown}/columns"):
        assert client.get(path).status_code == 404, path
    assert client.post(f"{shown}/undo").status_code == 404
    sign_in(client, place.manager)
    assert client.post(f"{shown}/undo").status_code == 303
    assert standing(place.child) == {"attendance": 950}
