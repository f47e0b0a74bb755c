"""Figures: exact, dated, by whom; put right without losing the earlier; and never the home's answers to a school."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import current_app
from flask.testing import FlaskClient

from app.accounts.models import Role
from app.audit.models import AuditEntry, Sight
from app.children import measuring, school_queries, sdq
from app.children.school_models import Informant, Measure, TeacherView
from app.children.services import measures as services
from app.shared import clock
from app.shared.db import db
from app.shared.errors import Forbidden, Invalid
from tests import factories as make
from tests.children.conftest import World
from tests.support.people import sign_in

T, P, C, S = Informant.TEACHER, Informant.PARENT, Informant.SELF, Informant.SCHOOL
SCALES = {"sdq_emotional": 50, "sdq_conduct": 30, "sdq_hyperactivity": 60, "sdq_peer": 20}


def test_every_band_covers_its_scale_once() -> None:
    for informant, scales in sdq.BANDS.items():
        for scale, bands in scales.items():
            covered = sorted(score for least, most in bands for score in range(least, most + 1))
            whole = list(range(41 if scale == "total" else 7 if (informant, scale) == ("teacher", "impact") else 11))
            assert covered == whole, (informant, scale)


def test_bands_say_which_rows_were_checked() -> None:
    cases = [
        ("teacher", "total", 16, 2, "high", True), ("teacher", "prosocial", 3, 3, "very low", True), ("teacher", "impact", 3, 3, "very high", False),
        ("parent", "total", 13, 0, "close to average", False), ("self", "total", 20, 3, "very high", False),
    ]
    for informant, scale, score, level, words, checked in cases:
        assert sdq.band_of(informant, scale, score) == sdq.Band(level, words, checked), (informant, scale, score)
    assert sdq.band_of("teacher", "total", 41) is None
    assert sdq.band_of("school", "total", 4) is None


def test_figures_are_read_as_people_write_them() -> None:
    cases = [
        ("attendance", S, "91.25%", 913), ("attendance", S, "91", 910), ("attendance", S, "91,2 %", 912), ("attendance", S, "100.00", 1000),
        ("reading", S, "98", 980), ("reading_level", T, "Working towards", 20), ("reading_level", T, "GDS", 40), ("worry_social", T, "3", 30),
        ("worry_social", T, "None", 10), ("sdq_total", T, " 17 ", 170),
    ]
    for code, informant, typed, tenths in cases:
        assert measuring.read(measuring.FIGURES[code], informant, typed) == tenths, (code, typed)
    for code, informant, typed in [
        ("attendance", S, "101"), ("attendance", S, "ninety"), ("reading", S, "12"), ("reading", S, "98.5"), ("sdq_total", T, "41"), ("sdq_impact", T, "7"),
        ("reading_level", T, "5"), ("sdq_total", T, "-1"), ("sdq_total", T, "٣"),
    ]:
        with pytest.raises(Invalid):
            measuring.read(measuring.FIGURES[code], informant, typed)


def test_a_day_has_its_term() -> None:
    cases = {date(2026, 9, 1): "Autumn 2026", date(2026, 12, 31): "Autumn 2026", date(2027, 1, 1): "Spring 2027", date(2027, 4, 15): "Spring 2027",
             date(2027, 4, 16): "Summer 2027", date(2027, 8, 31): "Summer 2027"}
    assert {day: measuring.term_of(day) for day in cases} == cases


def record(world: World, figures: dict[str, int], **changes: object) -> list[Measure]:
    return services.record_measures(**{  # type: ignore[arg-type]
        "child_id": world.child.id, "informant": T, "measured_on": clock.today(), "figures": figures, "actor": world.link_worker, **changes,
    })


def test_four_scales_make_their_total_and_a_wrong_total_is_refused(world: World) -> None:
    made = record(world, SCALES)
    assert {m.code: m.tenths for m in made}["sdq_total"] == 160
    with pytest.raises(Invalid) as refused:
        record(world, {**SCALES, "sdq_total": 150}, informant=P)
    assert refused.value.field == "sdq_total"


def test_figures_are_refused_at_the_field(world: World) -> None:
    tomorrow = clock.today() + timedelta(days=1)
    for figures, changes, field in [
        ({"sdq_impact": 70}, {}, "sdq_impact"), ({"attendance": 1001}, {"informant": S}, "attendance"), ({"attendance": 900}, {"informant": T}, "attendance"),
        ({"sdq_total": 155}, {}, "sdq_total"), ({"sdq_total": 150}, {"measured_on": tomorrow}, "measured_on"), ({"shoe_size": 10}, {}, "shoe_size"),
    ]:
        with pytest.raises(Invalid) as refused:
            record(world, figures, **changes)
        assert refused.value.field == field, figures
    with pytest.raises(Invalid):
        record(world, {})
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Measure)) == 0


def test_the_same_figure_again_is_no_change_and_another_is_not_written_over(world: World) -> None:
    first = record(world, {"reading": 920}, informant=S)
    assert record(world, {"reading": 920}, informant=S) == []
    with pytest.raises(Invalid, match="92 already"):
        record(world, {"reading": 930}, informant=S)
    assert [m.id for m in school_queries.list_measures(world.child, world.link_worker)] == [first[0].id]


def test_a_figure_put_right_keeps_the_earlier_row_with_the_reason(world: World) -> None:
    wrong = record(world, {"reading": 290 * 4}, informant=S)[0]
    right = services.correct_measure(measure_id=wrong.id, child_id=world.child.id, tenths=920, why="Typed wrong", actor=world.link_worker)
    earlier = db.session.get_one(Measure, wrong.id)
    assert (earlier.tenths, earlier.replaced_by_id, earlier.why_ended) == (1160, right.id, "Typed wrong")
    assert earlier.ended_at is not None
    assert [m.tenths for m in school_queries.list_measures(world.child, world.link_worker)] == [920]
    services.correct_measure(measure_id=right.id, child_id=world.child.id, tenths=None, why="Another child’s", actor=world.link_worker)
    assert school_queries.list_measures(world.child, world.link_worker) == []
    actions = db.session.scalars(sa.select(AuditEntry.action).where(AuditEntry.child_id == world.child.id).order_by(AuditEntry.id)).all()
    assert actions[-3:] == ["children.measures.recorded", "children.measure.corrected", "children.measure.withdrawn"]


def test_schools_neither_see_nor_write_what_home_or_the_child_answered(world: World) -> None:
    zone_lead = make.make_person(Role.SAFEGUARDING_LEAD, world.zone)
    school_safeguarding = make.make_person(Role.SAFEGUARDING_LEAD, world.zone, school=world.school)
    for informant in (T, P, C):
        record(world, {"sdq_total": 170}, informant=informant)
    record(world, {"attendance": 912}, informant=S)
    sees = {
        who: {m.informant for m in school_queries.list_measures(world.child, person)}
        for who, person in {"worker": world.link_worker, "manager": world.manager, "lead": world.lead, "school": school_safeguarding, "zone": zone_lead}.items()
    }
    everything = {T, P, C, S}
    assert sees == {"worker": everything, "manager": everything, "zone": everything, "lead": {T, S}, "school": {T, S}}
    for informant in (P, C):
        with pytest.raises(Forbidden):
            record(world, {"sdq_peer": 30}, informant=informant, actor=world.lead)
        other = db.session.scalars(sa.select(Measure).where(Measure.informant == informant)).first()
        assert other is not None
        with pytest.raises(Forbidden):
            services.correct_measure(measure_id=other.id, child_id=world.child.id, tenths=160, why="x", actor=world.lead)
    assert record(world, {"sdq_peer": 30}, actor=world.lead)
    with pytest.raises(Forbidden):
        record(world, {"sdq_peer": 40}, actor=make.make_person(Role.SCHOOL_LEAD, world.zone, school=world.other_school))


def test_the_teachers_view_comes_with_its_judgements_or_not_at_all(world: World) -> None:
    def add(**changes: object) -> TeacherView:
        return services.add_teacher_view(**{  # type: ignore[arg-type]
            "child_id": world.child.id, "teacher": "Miss Grant", "said_on": clock.today(), "going_well": "Reads aloud", "next_step": "", "is_review": True,
            "worries": {"worry_social": 30}, "actor": world.lead, **changes,
        })

    view = add()
    assert (view.recorded_by_id, view.is_review) == (world.lead.id, True)
    assert [(m.code, m.tenths, m.informant) for m in school_queries.list_measures(world.child, world.lead)] == [("worry_social", 30, T)]
    with pytest.raises(Invalid):
        add(worries={"worry_social": 50})
    for change, field in [({"teacher": " "}, "teacher"), ({"going_well": ""}, "going_well"), ({"said_on": clock.today() + timedelta(days=1)}, "said_on")]:
        with pytest.raises(Invalid) as refused:
            add(**change)
        assert refused.value.field == field
    assert len(school_queries.list_teacher_views(world.child.id)) == 1


def path(world: World, rest: str = "") -> str:
    return f"/children/{world.child.id}/progress{rest}"


def test_progress_page_shows_figures_with_their_bands_and_writes_the_look_down(world: World, client: FlaskClient) -> None:
    record(world, {"sdq_total": 170}, informant=P, measured_on=clock.today() - timedelta(days=200))
    record(world, {"sdq_total": 150}, informant=P)
    sign_in(client, world.link_worker)
    page = client.get(path(world)).get_data(as_text=True)
    assert "Starting point" in page
    assert "high *" in page
    assert "has not been checked against the publisher" in page
    assert "Joanne Price" in page
    looks = db.session.scalars(sa.select(Sight.what).where(Sight.child_id == world.child.id)).all()
    assert "figures and teachers’ views" in looks
    sign_in(client, world.lead)
    assert "answered by parent" not in client.get(path(world)).get_data(as_text=True)


def test_scores_are_typed_and_put_right_on_pages(world: World, client: FlaskClient) -> None:
    sign_in(client, world.link_worker)
    day = clock.today().isoformat()
    wrong = client.post(path(world, "/sdq"), data={"informant": "teacher", "measured_on": day, "sdq_total": "41", "sdq_peer": "3"})
    text = wrong.get_data(as_text=True)
    assert wrong.status_code == 422
    assert "a whole number from 0 to 40" in text
    assert 'value="41"' in text
    fine = client.post(path(world, "/sdq"), data={"informant": "teacher", "measured_on": day, "sdq_total": "14", "sdq_peer": "3"})
    assert fine.status_code == 303
    measure = db.session.scalars(sa.select(Measure).where(Measure.code == "sdq_total")).one()
    page = path(world, f"/{measure.id}")
    assert client.post(page, data={"tenths": "15", "why": ""}).status_code == 422
    assert client.post(page, data={"tenths": "fifteen", "why": "x"}).status_code == 422
    assert client.post(page, data={"tenths": "15", "why": "Read wrong"}).status_code == 303
    sign_in(client, make.make_person(Role.SCHOOL_LEAD, world.zone, school=world.other_school))
    for rest in ("", "/sdq", "/school"):
        assert client.get(path(world, rest)).status_code == 404


def test_a_school_lead_cannot_open_a_figure_of_the_home(world: World, client: FlaskClient) -> None:
    home = record(world, {"sdq_total": 170}, informant=P)[0]
    sign_in(client, world.lead)
    assert client.get(path(world, f"/{home.id}")).status_code == 404
    assert current_app.name


def test_the_number_of_statements_does_not_grow_with_the_figures(world: World, client: FlaskClient) -> None:
    from tests.support.statements import count_statements

    sign_in(client, world.link_worker)
    record(world, {"sdq_total": 150})
    client.get(path(world))
    with count_statements() as few:
        client.get(path(world))
    for days in range(1, 6):
        record(world, {**SCALES}, measured_on=clock.today() - timedelta(days=100 * days))
        services.add_teacher_view(
            child_id=world.child.id, teacher="Miss Grant", said_on=clock.today() - timedelta(days=100 * days), going_well="Much", next_step="",
            is_review=False, worries={}, actor=world.link_worker,
        )
    with count_statements() as many:
        client.get(path(world))
    assert many.count == few.count
