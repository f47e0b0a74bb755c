"""What the school says, selection, a school's file and sharing in a real browser: axe clean, nothing scrolls sideways."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page

from app.accounts.models import Role
from app.children.school_models import Informant, Measure, Pupil, Selection
from app.children.services import disagreement, gillick, measures, set_carer
from app.children.services.selection import decide_selection
from app.interchange.services.school_files import keep_school_file
from app.shared import clock
from app.shared.db import atomic, db
from tests import factories as make
from tests.children.test_browser import open_as
from tests.support.browser import check_at_every_width, check_page
from tests.support.live import Live, watch_of

BODY = (
    "UPN,Legal Surname,Legal Forename,DOB,Year,% Attend,Reading SS\nA1,Okafor,Amara,05/04/2016,5,91,98\nA2,Okafor,Amaya,05/04/2016,5,90,\n"
    "A3,New,Nia,06/05/2016,5,ninety,88\nA4,New,Noa,07/05/2016,5,92,\n"
)


@pytest.fixture(scope="module")
def school_world(live: Live) -> dict[str, str]:
    with live.app.app_context():
        zone = make.make_zone()
        school = make.make_school(zone, name="St Aldhelm’s")
        worker, manager = make.make_person(Role.LINK_WORKER, zone), make.make_person(Role.ZONE_MANAGER, zone)
        child = make.make_child(school, worker, first_name="Amara", born_on=date(2016, 4, 5))
        today = clock.today()
        for months, total, here in ((13, 190, 884), (9, 170, 902), (5, 150, 925), (1, 130, 951)):
            day = today - timedelta(days=30 * months)
            for informant in (Informant.TEACHER, Informant.PARENT):
                scales = {"sdq_total": total, "sdq_emotional": total // 40 * 10, "sdq_prosocial": 60}
                measures.record_measures(child_id=child.id, informant=informant, measured_on=day, figures=scales, actor=worker)
            measures.record_measures(
                child_id=child.id, informant=Informant.SCHOOL, measured_on=day, figures={"attendance": here, "reading": 800 + total - months * 10 // 10 * 10}, actor=worker,
            )
        measures.add_teacher_view(
            child_id=child.id, teacher="Miss Grant", said_on=today, going_well="Reads aloud to the little ones.", next_step="Speaking up in a big group.",
            is_review=True, worries={"worry_social": 30, "reading_level": 30}, actor=worker,
        )
        measures.record_measures(child_id=child.id, informant=Informant.SCHOOL, measured_on=today, figures={"attendance": 955}, actor=worker)
        organisation = make.make_organisation(zone)
        make.make_consent(child, organisation)
        father = set_carer(child_id=child.id, name="Obi Okafor", relation="father", actor=worker)
        disagreement.object_to_sharing(
            child_id=child.id, organisation_id=organisation.id, carer_id=father.id, words="Not yet.", said_on=today, actor=worker)
        note = gillick.note_gillick(
            child_id=child.id, organisation_id=organisation.id, fields=["first_name"], given_on=today, ends_on=today + timedelta(days=90), how="in person",
            language="en", understood="Said it back.", why_not_parent="Asked us not to.", actor=worker,
        )
        pupils = [Pupil(zone_id=zone.id, school_id=school.id, first_name=name, last_name="Tester", born_on=date(2016, 1, 5), school_year="Year 5")
                  for name in ("Bea", "Cal", "Dot")]
        with atomic():
            db.session.add_all(pupils)
            db.session.flush()
            for at, pupil in enumerate(pupils):
                for code, tenths in (("attendance", 880 + 40 * at), ("maths", 800 + 60 * at)):
                    db.session.add(Measure(pupil_id=pupil.id, code=code, informant=Informant.SCHOOL, tenths=tenths, measured_on=today))
        decide_selection(pupil_id=pupils[2].id, choice=Selection.NOT_NOW, reason="Has support already", actor=manager)
        file = keep_school_file(
            school_id=school.id, file_name="autumn.csv", content=BODY.encode(), preset="", measured_on=today, actor=manager)
        return {"child": str(child.id), "worker": worker.email, "manager": manager.email, "school": str(school.id), "pupil": str(pupils[0].id),
                "file": str(file.id), "note": str(note.id)}


def look(page: Page, path: str, name: str) -> None:
    page.goto(path)
    check_at_every_width(page, name, watch=watch_of(page))
    folder = os.environ.get("KITH_LOOK")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
        page.set_viewport_size({"width": 390, "height": 844})
        page.screenshot(path=Path(folder) / f"{name}-phone.png", full_page=True)
        page.set_viewport_size({"width": 1280, "height": 900})


def test_pages_of_progress_and_sharing_are_clean(new_page: Callable[..., Page], school_world: dict[str, str]) -> None:
    page = open_as(new_page("desktop"), school_world["worker"])
    child = f"/children/{school_world['child']}"
    for name in ("progress", "progress/sdq", "teacher-views/new", "consents", "consents/withdraw-all", "consents/objections/new", "own-consents/new",
                 f"own-consents/{school_world['note']}"):
        look(page, f"{child}/{name}", name.replace("/", "-")[:24])
    watch_of(page).expect("422")
    page.goto(f"{child}/progress/sdq")
    page.get_by_label("Peer problems").fill("many")
    with page.expect_navigation():
        page.get_by_role("button", name="Save").click()
    check_at_every_width(page, "error", watch=watch_of(page))
    page.get_by_role("link", name="Peer problems: a whole number from 0 to 10.").click()
    assert page.get_by_label("Peer problems").input_value() == "many"


def test_pages_of_selection_and_a_schools_file_are_clean(new_page: Callable[..., Page], school_world: dict[str, str]) -> None:
    page = open_as(new_page("desktop"), school_world["manager"])
    school, file = school_world["school"], school_world["file"]
    for path, name in [
        ("/selections", "selections"), (f"/selections/{school}", "selection"), (f"/selections/pupils/{school_world['pupil']}", "decide"),
        ("/selections/criteria", "criteria"), (f"/selections/{school}/files", "files"), (f"/school-files/{file}", "file"), (f"/school-files/{file}/columns", "columns"),
    ]:
        look(page, path, name)


def test_a_file_comes_in_without_javascript(new_page: Callable[..., Page], school_world: dict[str, str]) -> None:
    page = open_as(new_page("phone", javascript=False), school_world["manager"])
    page.goto(f"/school-files/{school_world['file']}")
    page.get_by_role("group", name="Row 3: Amaya Okafor").get_by_label("Leave this row out").check()
    page.get_by_label("Take 91% from the file").check()
    page.get_by_role("button", name="Bring it in").click()
    page.get_by_role("heading", name="Brought in").wait_for()
    check_page(page, "brought in", watch=watch_of(page))
