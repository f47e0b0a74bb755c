"""Reading what a school says: figures of children and pupils, selection lists, teachers' views; and who says no to sharing."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.accounts.models import Person, Role, School
from app.children import policies, risk
from app.children.models import Child, ChildState
from app.children.school_models import (
    ConsentObjection,
    GillickNote,
    GillickState,
    Measure,
    Pupil,
    RiskScheme,
    Selection,
    SelectionDecision,
    TeacherView,
)
from app.shared.db import db
from app.shared.errors import NotFound

# --- figures -------------------------------------------------------------------------------------


def list_measures(child: Child, person: Person) -> list[Measure]:
    """The standing figures that this person may see, oldest first."""
    statement = (
        sa.select(Measure).where(Measure.child_id == child.id, Measure.ended_at.is_(None))
        .order_by(Measure.measured_on, Measure.created_at, Measure.id)
    )
    return [m for m in db.session.scalars(statement) if policies.can_see_figures_by(person, child, m.informant)]


def list_ended(child: Child, person: Person) -> list[Measure]:
    """Figures that were put right or taken back, newest first."""
    statement = sa.select(Measure).where(Measure.child_id == child.id, Measure.ended_at.is_not(None)).order_by(Measure.ended_at.desc())
    return [m for m in db.session.scalars(statement) if policies.can_see_figures_by(person, child, m.informant)]


def get_measure(measure_id: uuid.UUID, child_id: uuid.UUID) -> Measure:
    """Raises NotFound when it is not this child's, or no longer stands."""
    measure = db.session.get(Measure, measure_id)
    if measure is None or measure.child_id != child_id or measure.ended_at is not None:
        raise NotFound
    return measure


def get_standing_for(measure_id: uuid.UUID, child: Child, person: Person) -> Measure:
    """`get_measure` of a figure that this person may see; every other is not there."""
    measure = get_measure(measure_id, child.id)
    if not policies.can_see_figures_by(person, child, measure.informant):
        raise NotFound
    return measure


def list_teacher_views(child_id: uuid.UUID) -> Sequence[TeacherView]:
    """Newest first."""
    statement = (
        sa.select(TeacherView).where(TeacherView.child_id == child_id)
        .order_by(TeacherView.said_on.desc(), TeacherView.created_at.desc(), TeacherView.id)
    )
    return db.session.scalars(statement).all()


# --- a school's list -----------------------------------------------------------------------------


def get_school_of(school_id: uuid.UUID, person: Person) -> School:
    """A school whose list this person may see. Raises NotFound for every other, as if there were none."""
    school = db.session.get(School, school_id)
    if school is None or not person.is_authenticated or not policies.can_see_selection(person, school):
        raise NotFound
    return school


def list_schools_of(person: Person) -> Sequence[School]:
    """The schools whose lists this person may see, by name."""
    zones = [g.zone_id for g in person.live_grants if g.role is Role.ZONE_MANAGER]
    schools = [g.school_id for g in person.live_grants if g.role in (Role.SCHOOL_LEAD, Role.SAFEGUARDING_LEAD) and g.school_id]
    statement = sa.select(School).where(sa.or_(School.zone_id.in_(zones), School.id.in_(schools)))
    return db.session.scalars(statement.order_by(sa.func.lower(School.name), School.id)).unique().all()


def find_scheme(zone_id: uuid.UUID) -> RiskScheme | None:
    return db.session.scalars(sa.select(RiskScheme).where(RiskScheme.zone_id == zone_id)).one_or_none()


def get_pupil(pupil_id: uuid.UUID, person: Person) -> Pupil:
    """Somebody of a school's list that this person may see. Raises NotFound."""
    pupil = db.session.get(Pupil, pupil_id)
    if pupil is None:
        raise NotFound
    get_school_of(pupil.school_id, person)
    return pupil


@dataclass(frozen=True)
class Standing:
    """One pupil with what stands beside the name, and the newest decision."""

    pupil: Pupil
    assessment: risk.Assessment
    decision: SelectionDecision | None

    @property
    def state(self) -> str:
        if self.pupil.child_id is not None:
            return Selection.SELECTED.value
        return self.decision.choice.value if self.decision is not None else "open"


def list_selection(school: School) -> list[Standing]:
    """Everybody of a school's list who is not on the programme: those who meet most criteria first, then by name."""
    scheme = risk.scheme_of(find_scheme(school.zone_id))
    statement = (
        sa.select(Pupil).where(Pupil.school_id == school.id, Pupil.child_id.is_(None))
        .options(selectinload(Pupil.measures), selectinload(Pupil.decisions))
    )
    found = [_standing(pupil, scheme) for pupil in db.session.scalars(statement)]
    return sorted(found, key=lambda s: (-len(s.assessment.met), s.pupil.last_name.lower(), s.pupil.first_name.lower(), str(s.pupil.id)))


def standing_of(pupil: Pupil) -> Standing:
    return _standing(pupil, risk.scheme_of(find_scheme(pupil.zone_id)))


def _standing(pupil: Pupil, scheme: risk.Scheme) -> Standing:
    return Standing(pupil, risk.assess(scheme, pupil.measures), pupil.decisions[-1] if pupil.decisions else None)


@dataclass
class Numbers:
    """`on_programme` are the school's children with us; `considered` everybody of the list who is not."""

    on_programme: int = 0
    considered: int = 0
    suggested: int = 0
    undecided: int = 0
    not_now: int = 0
    selected: int = 0


def numbers_of(schools: Sequence[School]) -> dict[uuid.UUID, Numbers]:
    """For many schools with as many statements as for one."""
    found = {school.id: Numbers() for school in schools}
    if not found:
        return found
    active = (
        sa.select(Child.school_id, sa.func.count()).where(Child.school_id.in_(found), Child.state == ChildState.ACTIVE).group_by(Child.school_id)
    )
    for school_id, count in db.session.execute(active):
        if school_id is not None:
            found[school_id].on_programme = count
    kept = db.session.scalars(sa.select(RiskScheme).where(RiskScheme.zone_id.in_({school.zone_id for school in schools})))
    schemes = {scheme.zone_id: risk.scheme_of(scheme) for scheme in kept}
    usual = risk.scheme_of(None)
    statement = sa.select(Pupil).where(Pupil.school_id.in_(found)).options(selectinload(Pupil.measures), selectinload(Pupil.decisions))
    for pupil in db.session.scalars(statement):
        numbers, standing = found[pupil.school_id], _standing(pupil, schemes.get(pupil.zone_id, usual))
        if pupil.child_id is not None:
            numbers.selected += standing.decision is not None and standing.decision.choice is Selection.SELECTED
            continue
        numbers.considered += 1
        numbers.suggested += standing.assessment.is_suggested
        numbers.undecided += standing.state == "open"
        numbers.not_now += standing.state == Selection.NOT_NOW.value
    return found


# --- consent -------------------------------------------------------------------------------------


def standing_objections(child_id: uuid.UUID, organisation_id: uuid.UUID | None = None) -> Sequence[ConsentObjection]:
    """Who says no today, oldest first."""
    statement = sa.select(ConsentObjection).where(ConsentObjection.child_id == child_id, ConsentObjection.lifted_at.is_(None))
    if organisation_id is not None:
        statement = statement.where(ConsentObjection.organisation_id == organisation_id)
    return db.session.scalars(statement.order_by(ConsentObjection.said_on, ConsentObjection.id)).all()


def list_objections(child_id: uuid.UUID) -> Sequence[ConsentObjection]:
    statement = sa.select(ConsentObjection).where(ConsentObjection.child_id == child_id)
    return db.session.scalars(statement.order_by(ConsentObjection.said_on.desc(), ConsentObjection.id)).all()


def get_objection(objection_id: uuid.UUID, child_id: uuid.UUID) -> ConsentObjection:
    """Raises NotFound when it is not this child's."""
    objection = db.session.get(ConsentObjection, objection_id)
    if objection is None or objection.child_id != child_id:
        raise NotFound
    return objection


def list_gillick_notes(child_id: uuid.UUID) -> Sequence[GillickNote]:
    """Newest first."""
    statement = sa.select(GillickNote).where(GillickNote.child_id == child_id)
    return db.session.scalars(statement.order_by(GillickNote.created_at.desc(), GillickNote.id)).unique().all()


def get_gillick_note(note_id: uuid.UUID, child_id: uuid.UUID) -> GillickNote:
    """Raises NotFound when it is not this child's."""
    note = db.session.get(GillickNote, note_id)
    if note is None or note.child_id != child_id:
        raise NotFound
    return note


def gillick_of_consents(child_id: uuid.UUID) -> dict[uuid.UUID, GillickNote]:
    """The note behind each consent that the child gave."""
    return {
        note.consent_id: note for note in list_gillick_notes(child_id)
        if note.consent_id is not None and note.state is GillickState.COUNTERSIGNED
    }


def people_named(ids: Iterable[uuid.UUID | None]) -> Sequence[Person]:
    """Who wrote something down."""
    wanted = {one for one in ids if one is not None}
    return db.session.scalars(sa.select(Person).where(Person.id.in_(wanted))).all() if wanted else []
