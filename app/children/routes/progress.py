"""How a child gets on: figures by term, and what the teachers say."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.models import Person
from app.children import measuring, policies, queries, school_queries, sdq
from app.children.forms.school import CorrectForm, SchoolFiguresForm, SdqForm, TeacherViewForm
from app.children.models import Child
from app.children.routes.blueprint import blueprint, form_page
from app.children.school_models import Informant, Measure
from app.children.services import measures as services
from app.children.sight import note_look
from app.shared import clock
from app.shared.web import allow, current_person


@dataclass(frozen=True)
class Cell:
    """One figure as it stands in a table. `is_checked` is about the band."""

    measure: Measure
    said: str
    band: sdq.Band | None
    may_correct: bool


@dataclass(frozen=True)
class Block:
    """Figures of one kind by one informant: a chart of the first, a row for each day. The first row is the starting point."""

    title: str
    by: str
    note: str
    codes: list[str]
    rows: list[tuple[date, str, dict[str, Cell]]]
    chart: measuring.Chart
    has_unchecked: bool
    source: str


def blocks_of(child: Child, person: Person) -> list[Block]:
    found = school_queries.list_measures(child, person)
    wanted = [(f"sdq_{scale}", who) for who in (Informant.TEACHER, Informant.PARENT, Informant.SELF) for scale in sdq.SCALES]
    groups: list[tuple[str, list[str], Informant]] = [
        *((_("SDQ, answered by %(informant)s", informant=measuring.INFORMANT_WORDS[who]), [code for code, by in wanted if by is who], who)
          for who in (Informant.TEACHER, Informant.PARENT, Informant.SELF)),
        (_("Attendance"), ["attendance"], Informant.SCHOOL), (_("Reading"), ["reading"], Informant.SCHOOL), (_("Maths"), ["maths"], Informant.SCHOOL),
    ]
    return [block for title, codes, who in groups if (block := _block(child, person, title, codes, who, found)) is not None]


def _block(child: Child, person: Person, title: str, codes: list[str], who: Informant, found: list[Measure]) -> Block | None:
    own = [m for m in found if m.informant is who and m.code in codes]
    if not own:
        return None
    may_correct = policies.can_record_figures_by(person, child, who)
    days = sorted({m.measured_on for m in own})
    rows = []
    for day in days:
        cells = {m.code: Cell(m, measuring.say(m.code, m.tenths), measuring.band(m.code, who, m.tenths), may_correct) for m in own if m.measured_on == day}
        rows.append((day, measuring.term_of(day), cells))
    main = codes[0]
    points = [(m.measured_on, m.tenths) for m in own if m.code == main]
    seen = [code for code in codes if any(code in cells for _, _, cells in rows)]
    unchecked = any(cell.band is not None and not cell.band.is_checked for _, _, cells in rows for cell in cells.values())
    return Block(
        title, measuring.INFORMANT_WORDS[who], measuring.FIGURES[main].note, seen, rows, measuring.chart_of(main, who, points), unchecked,
        sdq.SOURCES[who.value] if who.value in sdq.SOURCES and main.startswith("sdq_") else "",
    )


@blueprint.get("/children/<uuid:child_id>/progress")
@allow(policies.can_see_child, child=queries.get_child)
def progress(child: Child) -> ResponseReturnValue:
    note_look(child, "figures and teachers’ views")
    person = current_person()
    judged = [m for m in school_queries.list_measures(child, person) if measuring.FIGURES[m.code].group == "judgement"]
    return render_template(
        "children/progress_show.html", child=child, blocks=blocks_of(child, person), figures=measuring.FIGURES,
        views=[(measuring.term_of(view.said_on), view) for view in school_queries.list_teacher_views(child.id)],
        judged=[(measuring.term_of(m.measured_on), m, measuring.say(m.code, m.tenths)) for m in reversed(judged)],
        ended=[(m, measuring.say(m.code, m.tenths), measuring.INFORMANT_WORDS[m.informant]) for m in school_queries.list_ended(child, person)],
        may_record=policies.can_record_figures(person, child), sees_home=policies.can_see_figures_by(person, child, Informant.PARENT),
        term=measuring.term_of(clock.today()), sizes=(measuring.WIDTH, measuring.HEIGHT),
    )


@blueprint.route("/children/<uuid:child_id>/progress/sdq", methods=["GET", "POST"])
@allow(policies.can_record_figures, child=queries.get_child)
def sdq_new(child: Child) -> ResponseReturnValue:
    person = current_person()
    form = SdqForm()
    form.offer(person, child)
    return form_page(
        child, form,
        lambda: _first(services.record_measures(
            child_id=child.id, informant=Informant(form.informant.data), measured_on=form.measured_on.data, figures=form.figures(), actor=person,
        )),
        title=_("SDQ scores"), done=_("The scores are kept."), back=url_for("children.progress", child_id=child.id), template="children/measure_new.html",
        lede=_("Scores only. The questionnaire itself stays on paper: its items belong to its publisher."),
    )


@blueprint.route("/children/<uuid:child_id>/progress/school", methods=["GET", "POST"])
@allow(policies.can_record_figures, child=queries.get_child)
def school_figures_new(child: Child) -> ResponseReturnValue:
    form = SchoolFiguresForm()
    if not form.is_submitted():
        form.measured_on.data = clock.today()
    return form_page(
        child, form,
        lambda: _first(services.record_measures(
            child_id=child.id, informant=Informant.SCHOOL, measured_on=form.measured_on.data, figures=form.figures(), actor=current_person(),
        )),
        title=_("Attendance, reading and maths"), done=_("The figures are kept."), back=url_for("children.progress", child_id=child.id),
        template="children/measure_new.html", lede=_("Fill in what you know."),
    )


def _first(made: list[Measure]) -> object:
    return made[0] if made else True


@blueprint.route("/children/<uuid:child_id>/progress/<uuid:measure_id>", methods=["GET", "POST"])
@allow(policies.can_record_figures, child=queries.get_child)
def measure_correct(child: Child, measure_id: uuid.UUID) -> ResponseReturnValue:
    person = current_person()
    measure = school_queries.get_standing_for(measure_id, child, person)
    form = CorrectForm()
    if not form.is_submitted():
        form.tenths.data = measuring.typed(measure.tenths)
    figure = measuring.FIGURES[measure.code]
    return form_page(
        child, form,
        lambda: services.correct_measure(
            measure_id=measure_id, child_id=child.id, tenths=form.read(measure), why=form.why.data or "", actor=person,
        ),
        title=_("Put right: %(figure)s", figure=figure.words), done=_("Put right. The earlier figure stays on record."),
        back=url_for("children.progress", child_id=child.id), template="children/measure_new.html",
        lede=_("%(say)s on %(measured_on)s, by %(informant)s. Allowed: %(allowed)s.", say=measuring.say(measure.code, measure.tenths), measured_on=f"{measure.measured_on:%-d %B %Y}", informant=measuring.INFORMANT_WORDS[measure.informant], allowed=measuring.allowed(figure, measure.informant)),
    )


@blueprint.route("/children/<uuid:child_id>/teacher-views/new", methods=["GET", "POST"])
@allow(policies.can_record_figures, child=queries.get_child)
def teacher_view_new(child: Child) -> ResponseReturnValue:
    person = current_person()
    form = TeacherViewForm()
    if not form.is_submitted():
        form.said_on.data = clock.today()
        if policies.is_school_lead_of(person, child):
            form.teacher.data = person.name
    return form_page(
        child, form,
        lambda: services.add_teacher_view(
            child_id=child.id, teacher=form.teacher.data, said_on=form.said_on.data, going_well=form.going_well.data or "",
            next_step=form.next_step.data or "", is_review=form.is_review.data, worries=form.judgements(), actor=person,
        ),
        title=_("The teacher’s view"), done=_("The teacher’s view is kept."), back=url_for("children.progress", child_id=child.id),
        template="children/measure_new.html",
        lede=_("How %(child)s gets on at school. Nothing of therapy or of the family belongs here: the school reads it.", child=child.called),
    )
