"""A school's own file: looked at first, columns and doubts decided by a person, then brought in as a whole, and undone as a whole."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, timedelta

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person, School
from app.audit.services import record as write_trail
from app.children import policies
from app.children.school_models import Measure, Pupil
from app.interchange import school_columns, school_plan, school_queries
from app.interchange.school_models import MOVES, SchoolImport, SchoolImportState, SchoolMapping
from app.shared import clock
from app.shared.db import atomic, db, lock_row
from app.shared.errors import DomainError, Forbidden, Invalid, Stale

KEPT_FOR = timedelta(days=1)
LARGEST = 6 * 1024 * 1024
_S = SchoolImportState


def keep_school_file(
    *, school_id: uuid.UUID, file_name: str, content: bytes, preset: str, measured_on: date, actor: Person
) -> SchoolImport:
    """Keep an uploaded file for a day, with the columns the school chose last, else guessed. Nothing comes in yet.

    Raises Forbidden for another school; Invalid or Unusable at the field `file` or `measured_on`.
    """
    with atomic():
        school = _own_school(school_id, actor)
        if not content:
            raise Invalid(_("The file is empty."), field="file")
        if len(content) > LARGEST:
            raise Invalid(_("The file is larger than %(largest)s MB. Split it.", largest=LARGEST // 1024 // 1024), field="file")
        if measured_on > clock.today():
            raise Invalid(_("The figures cannot be of a day that is still to come."), field="measured_on")
        sheet = school_queries.sheet_of(content, file_name)
        kept = school_queries.find_mapping(school_id)
        program = preset if preset in school_columns.PRESETS and preset != "other" else school_columns.guess_preset(sheet.titles)
        own = dict(kept.rules) if kept is not None and school_columns.fits(kept.rules, sheet.titles) else None
        file = SchoolImport(
            zone_id=school.zone_id, school_id=school_id, person_id=actor.id, file_name=file_name[:120], content=content, preset=program,
            measured_on=measured_on, rules=own if own is not None else school_columns.guess(sheet.titles, program),
            expires_at=clock.now() + KEPT_FOR,
        )
        db.session.add(file)
        write_trail("interchange.school_file.uploaded", subject=file, actor=actor, school=school_id, rows=len(sheet.rows))
        return file


def set_school_columns(*, file_id: uuid.UUID, rules: Mapping[str, str], actor: Person) -> SchoolImport:
    """Which column is what. The school's next file starts from this. Raises Invalid at the target."""
    with atomic():
        file = _waiting(file_id, actor)
        assert file.content is not None
        chosen = school_columns.check_rules(rules, school_queries.sheet_of(file.content, file.file_name).titles)
        file.rules, file.choices = chosen, {}
        kept = school_queries.find_mapping(file.school_id)
        if kept is None:
            kept = SchoolMapping(school_id=file.school_id, changed_by_id=actor.id)
            db.session.add(kept)
        kept.rules, kept.preset, kept.changed_by_id = chosen, file.preset, actor.id
        write_trail("interchange.school_columns.set", subject=file, actor=actor, targets=sorted(chosen))
        return file


def choose_in_school_file(*, file_id: uuid.UUID, choices: Mapping[str, str], actor: Person) -> SchoolImport:
    """Keep what a person decided about rows in doubt and figures that differ; nothing comes in yet."""
    with atomic():
        file = _waiting(file_id, actor)
        file.choices = {key: value for key, value in choices.items() if value}
        return file


def use_school_file(*, file_id: uuid.UUID, seen: str, actor: Person) -> SchoolImport:
    """Bring it in: everything that is right and decided, in one transaction. Rows in doubt that nobody decided stay out, and
    figures that differ stay as they were unless the file's was chosen.

    Raises NotFound, Forbidden, IllegalMove, Stale when what it would do is no longer what was `seen`.
    """
    with atomic():
        file = _waiting(file_id, actor)
        lock_row(School, file.school_id)  # two files of one school come in one after the other
        plan = school_queries.plan_of(file)
        if plan.print != seen:
            raise Stale(_("Something was changed since you looked: look again at what the file would do."))
        if not plan.fresh and not plan.new_pupils:
            raise DomainError(_("There is nothing in the file to bring in."), code="nothing_new")
        made = replaced = 0
        for step in plan.steps:
            child_id, pupil = _whose(step, file)
            for code, there in step.fresh.items():
                informant = school_columns.TARGETS[code].informant
                assert informant is not None
                fresh = Measure(
                    child_id=child_id, pupil_id=pupil.id if pupil is not None and child_id is None else None, code=code, informant=informant,
                    tenths=step.row.figures[code], measured_on=file.measured_on, recorded_by_id=actor.id, batch_id=file.id,
                )
                if there is not None:
                    replaced += 1
                    _replace(there.id, fresh)
                else:
                    db.session.add(fresh)
                made += 1
        file.counts = {
            "rows": plan.rows, "figures": made, "replaced": replaced, "pupils": plan.new_pupils, "same": plan.same,
            "kept": sum(not d.takes_file for d in plan.differences), "left": plan.waiting + sum(d.choice == school_plan.LEAVE for d in plan.doubts),
            "problems": len(plan.problems),
        }
        children = sorted({step.who.id for step in plan.steps if step.who is not None and step.who.is_child and step.fresh})
        _move(file, _S.IMPORTED, actor)
        write_trail("interchange.school_file.imported", subject=file, actor=actor, school=file.school_id, children=children, **file.counts)
        return file


def _whose(step: school_plan.Step, file: SchoolImport) -> tuple[uuid.UUID | None, Pupil | None]:
    """The child or pupil of a row; what the school calls them is remembered for the next file."""
    row, who = step.row, step.who
    if who is not None and who.is_child:
        if row.key and row.key not in who.keys and not who.keys:
            db.session.add(Pupil(zone_id=file.zone_id, school_id=file.school_id, school_key=row.key, child_id=who.id, batch_id=file.id))
        return who.id, None
    if who is not None:
        pupil = lock_row(Pupil, who.id)
        if row.key and not pupil.school_key:
            pupil.school_key = row.key
        return None, pupil
    pupil = Pupil(
        zone_id=file.zone_id, school_id=file.school_id, school_key=row.key, first_name=row.first_name, last_name=row.last_name,
        born_on=row.born_on, school_year=row.school_year, batch_id=file.id,
    )
    db.session.add(pupil)
    db.session.flush()
    return None, pupil


def _replace(standing_id: uuid.UUID, fresh: Measure) -> None:
    """The file's figure was chosen over the one that stood; that one keeps its row."""
    standing = lock_row(Measure, standing_id)
    standing.ended_at, standing.why_ended = clock.now(), "The school’s file says otherwise, and was chosen."
    db.session.flush()
    db.session.add(fresh)
    db.session.flush()
    standing.replaced_by_id = fresh.id


def discard_school_file(*, file_id: uuid.UUID, actor: Person) -> SchoolImport:
    """Throw the upload away; nothing of it came in."""
    with atomic():
        file = _waiting(file_id, actor)
        _move(file, _S.DISCARDED, actor)
        write_trail("interchange.school_file.discarded", subject=file, actor=actor, school=file.school_id)
        return file


def undo_school_import(*, file_id: uuid.UUID, actor: Person) -> SchoolImport:
    """Take back everything that this file brought, in one transaction: its figures and pupils go, what it replaced stands again.

    Raises NotFound, Forbidden, IllegalMove; DomainError naming what was built on it since.
    """
    with atomic():
        file = _own(file_id, actor)
        MOVES.require(file.state, _S.UNDONE)
        lock_row(School, file.school_id)
        stops = school_queries.what_stops_undoing(file)
        if stops:
            raise DomainError(_("This cannot be taken back as a whole any more. %(why)s", why=" ".join(stops)), code="built_upon")
        own = sa.select(Measure.id).where(Measure.batch_id == file.id)
        earlier = db.session.scalars(sa.select(Measure).where(Measure.replaced_by_id.in_(own))).unique().all()
        for measure in earlier:
            measure.replaced_by_id = None
        db.session.flush()
        figures = db.session.scalars(sa.select(Measure).where(Measure.batch_id == file.id)).unique().all()
        for measure in figures:
            db.session.delete(measure)
        db.session.flush()
        for measure in earlier:
            measure.ended_at, measure.why_ended = None, ""
        pupils = db.session.scalars(sa.select(Pupil).where(Pupil.batch_id == file.id)).all()
        for pupil in pupils:
            db.session.delete(pupil)
        file.undone_by_id = actor.id
        _move(file, _S.UNDONE, actor)
        write_trail("interchange.school_file.undone", subject=file, actor=actor, school=file.school_id, figures=len(figures),
                    pupils=len(pupils), restored=len(earlier))
        return file


def forget_school_files() -> int:
    """Delete every upload whose day is over; how many there were. The worker calls it every minute."""
    with atomic():
        over = sa.select(SchoolImport).where(SchoolImport.state == _S.WAITING, SchoolImport.expires_at <= clock.now())
        found = db.session.scalars(over).unique().all()
        for file in found:
            file.state, file.content, file.choices, file.decided_at = _S.DISCARDED, None, {}, clock.now()
        return len(found)


def _own_school(school_id: uuid.UUID, actor: Person) -> School:
    school = school_queries.get_school_of(school_id, actor)
    if not policies.can_bring_school_file(actor, school):
        raise Forbidden
    return school


def _own(file_id: uuid.UUID, actor: Person) -> SchoolImport:
    school_queries.get_school_file(file_id, actor)
    file = lock_row(SchoolImport, file_id)
    _own_school(file.school_id, actor)
    return file


def _waiting(file_id: uuid.UUID, actor: Person) -> SchoolImport:
    file = _own(file_id, actor)
    if file.person_id != actor.id:
        raise Forbidden(_("Whoever brought the file decides about it. Bring it yourself if you want to."))
    if file.content is None:
        raise DomainError(_("This file was used or thrown away already. Nothing was changed a second time."), code="already_imported")
    return file


def _move(file: SchoolImport, there: SchoolImportState, actor: Person) -> None:
    """Names and numbers of children leave with the file: what stays is counts."""
    MOVES.require(file.state, there)
    file.state, file.content, file.choices = there, None, {}
    if there is not _S.UNDONE:
        file.decided_at = clock.now()
