"""Reading for a school's files: whom the school's list and the programme know there, what stands for a day, and the files themselves."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person
from app.children.models import Child, ChildState
from app.children.school_models import Informant, Measure, Pupil, SelectionDecision
from app.children.school_queries import get_school_of as get_school_of
from app.interchange import school_columns, school_plan, school_rows
from app.interchange.school_models import SchoolImport, SchoolImportState, SchoolMapping
from app.interchange.sheets import Sheet, read_sheets
from app.shared import clock
from app.shared.db import db
from app.shared.errors import Invalid, NotFound


def get_school_file(file_id: uuid.UUID, person: Person) -> SchoolImport:
    """A file of a school whose list this person may see. Raises NotFound for every other."""
    found = db.session.get(SchoolImport, file_id)
    if found is None:
        raise NotFound
    get_school_of(found.school_id, person)
    return found


def list_school_files(school_id: uuid.UUID, limit: int = 30) -> Sequence[SchoolImport]:
    """Newest first; those thrown away are not shown."""
    statement = (
        sa.select(SchoolImport).where(SchoolImport.school_id == school_id, SchoolImport.state != SchoolImportState.DISCARDED)
        .order_by(SchoolImport.created_at.desc(), SchoolImport.id).limit(limit)
    )
    return db.session.scalars(statement).unique().all()


def find_mapping(school_id: uuid.UUID) -> SchoolMapping | None:
    return db.session.scalars(sa.select(SchoolMapping).where(SchoolMapping.school_id == school_id)).one_or_none()


def sheet_of(content: bytes, file_name: str) -> Sheet:
    """The one table of the file. Raises Unusable, Invalid at `file`."""
    sheets = read_sheets([(file_name, content)])
    if len(sheets) != 1:
        raise Invalid(_("Bring one table at a time."), field="file")
    return sheets[0]


def known_of(school_id: uuid.UUID) -> list[school_plan.Known]:
    """Everybody whom Kith knows at this school and at no other."""
    pupils = db.session.scalars(sa.select(Pupil).where(Pupil.school_id == school_id)).all()
    keys: dict[uuid.UUID, set[str]] = {}
    for pupil in pupils:
        if pupil.child_id is not None and pupil.school_key:
            keys.setdefault(pupil.child_id, set()).add(pupil.school_key)
    children = db.session.scalars(
        sa.select(Child).where(Child.school_id == school_id, Child.state == ChildState.ACTIVE).order_by(Child.last_name, Child.first_name, Child.id)
    ).unique()
    found = [
        school_plan.Known(
            f"child:{child.id}", tuple(name for name in dict.fromkeys((child.first_name, child.known_as)) if name), child.last_name,
            child.born_on, child.school_year_now, frozenset(keys.get(child.id, ())),
        )
        for child in children
    ]
    found += [
        school_plan.Known(
            f"pupil:{pupil.id}", (pupil.first_name,), pupil.last_name, pupil.born_on, pupil.school_year,
            frozenset({pupil.school_key} if pupil.school_key else ()),
        )
        for pupil in pupils if pupil.child_id is None
    ]
    return found


def standing_on(school_id: uuid.UUID, day: date) -> dict[tuple[str, str, Informant], school_plan.There]:
    """The figures that stand for this day, of the school's children and pupils."""
    statement = (
        sa.select(Measure).outerjoin(Child, Child.id == Measure.child_id).outerjoin(Pupil, Pupil.id == Measure.pupil_id)
        .where(sa.or_(Child.school_id == school_id, Pupil.school_id == school_id), Measure.measured_on == day, Measure.ended_at.is_(None),
               Measure.informant.in_((Informant.TEACHER, Informant.SCHOOL)))
    )
    found = {}
    for measure in db.session.scalars(statement).unique():
        token = f"child:{measure.child_id}" if measure.child_id is not None else f"pupil:{measure.pupil_id}"
        by = measure.recorded_by.name if measure.recorded_by is not None else "somebody"
        found[token, measure.code, measure.informant] = school_plan.There(measure.id, measure.tenths, by, clock.london(measure.created_at).date())
    return found


def plan_of(file: SchoolImport) -> school_plan.Plan:
    """What the file would do now. Raises Invalid or Unusable when its columns are not chosen, or it is gone."""
    if file.content is None:
        raise Invalid(_("This file was used or thrown away."))
    sheet = sheet_of(file.content, file.file_name)
    rules = school_columns.check_rules(file.rules, sheet.titles)
    read = school_rows.read_rows(sheet, rules, today=clock.today())
    return school_plan.make_plan(read.rows, read.problems, known_of(file.school_id), standing_on(file.school_id, file.measured_on), file.choices)


def what_stops_undoing(file: SchoolImport) -> list[str]:
    """What was built on this import since; empty when it can be undone as a whole."""
    if file.state is not SchoolImportState.IMPORTED:
        return [_("It is not in force.")]
    found = []
    replaced = db.session.scalar(sa.select(sa.func.count()).select_from(Measure).where(Measure.batch_id == file.id, Measure.ended_at.is_not(None)))
    if replaced:
        found.append(_("%(replaced)s of its figures were put right or replaced since.", replaced=replaced))
    pupils = sa.select(Pupil.id).where(Pupil.batch_id == file.id, Pupil.first_name != "")
    measured = sa.select(Measure.pupil_id).where(Measure.batch_id == file.id, Measure.pupil_id.is_not(None))
    decided = db.session.scalar(
        sa.select(sa.func.count(sa.distinct(SelectionDecision.pupil_id))).where(
            sa.or_(SelectionDecision.pupil_id.in_(pupils), SelectionDecision.pupil_id.in_(measured)),
            SelectionDecision.created_at >= file.decided_at,
        )
    ) or 0
    taken_on = db.session.scalar(
        sa.select(sa.func.count()).select_from(Pupil).join(SelectionDecision, SelectionDecision.pupil_id == Pupil.id)
        .join(Measure, Measure.child_id == Pupil.child_id)
        .where(Measure.batch_id == file.id, SelectionDecision.created_at >= file.decided_at)
    ) or 0
    if decided or taken_on:
        found.append(_("Somebody decided about pupils by its figures since."))
    other = db.session.scalar(
        sa.select(sa.func.count()).select_from(Measure).join(Pupil, Pupil.id == Measure.pupil_id)
        .where(Pupil.batch_id == file.id, sa.or_(Measure.batch_id.is_(None), Measure.batch_id != file.id))
    )
    if other:
        found.append(_("Later figures were written for pupils that it brought."))
    return found

