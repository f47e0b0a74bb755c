"""Figures of a child: written down, put right, taken back. The earlier row always stays."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person
from app.audit.services import record
from app.children import measuring, policies, queries, school_queries
from app.children.models import Child
from app.children.school_models import Informant, Measure, TeacherView
from app.shared import clock
from app.shared.db import atomic, db, lock_row
from app.shared.errors import Forbidden, Invalid


def record_measures(
    *, child_id: uuid.UUID, informant: Informant, measured_on: date, figures: Mapping[str, int], actor: Person,
) -> list[Measure]:
    """Write down figures of one day by one informant, in tenths by code. What stands already with the same value is left alone.

    Raises Forbidden for an informant that is not the actor's to write for; Invalid at the field (its code) for a figure that cannot
    be, an SDQ total that its scales do not add up to, a day to come, or another figure that stands for that day.
    """
    with atomic():
        child = queries.get_child_by_id(child_id)
        if not policies.can_record_figures_by(actor, child, informant):
            raise Forbidden(_("What the child or the family answered is for the Link Worker to write down."))
        _check_day(child, measured_on)
        wanted = _whole(dict(figures))
        if not wanted:
            raise Invalid(_("Type at least one figure."))
        for code, tenths in wanted.items():
            measuring.check(code, informant, tenths, field=code)
        lock_row(Child, child_id)  # two people writing the same figure take turns
        standing = _standing(child_id, informant, measured_on)
        made = []
        for code, tenths in wanted.items():
            there = standing.get(code)
            if there is not None and there.tenths == tenths:
                continue
            if there is not None:
                raise Invalid(
                    _("%(figure)s on %(day)s was written down as %(said)s already. Put that one right instead.", figure=measuring.FIGURES[code].words, day=f"{measured_on:%-d %B %Y}", said=measuring.say(code, there.tenths)), code="differs", field=code,
                )
            made.append(Measure(
                child_id=child_id, code=code, informant=informant, tenths=tenths, measured_on=measured_on, recorded_by_id=actor.id,
            ))
        if made:
            db.session.add_all(made)
            db.session.flush()
            record("children.measures.recorded", subject=child, actor=actor, informant=informant.value, measured_on=measured_on,
                   measures=[measure.id for measure in made])
        return made


def _check_day(child: Child, day: date, field: str = "measured_on") -> None:
    if day > clock.today():
        raise Invalid(_("It cannot have been measured on a day that is still to come."), field=field)
    if day.year < clock.today().year - 20 or (child.born_on is not None and day < child.born_on):
        raise Invalid(_("That day is too long ago."), field=field)


def _whole(figures: dict[str, int]) -> dict[str, int]:
    """With the total of the four scales, where they are all there."""
    total = measuring.total_of(figures)
    said = figures.get("sdq_total")
    if total is not None and said is not None and total != said:
        raise Invalid(_("The four scales add up to %(total)s, not to %(said)s.", total=total // 10, said=said // 10), field="sdq_total")
    if total is not None and said is None:
        figures["sdq_total"] = total
    return figures


def _standing(child_id: uuid.UUID, informant: Informant, day: date) -> dict[str, Measure]:
    statement = sa.select(Measure).where(
        Measure.child_id == child_id, Measure.informant == informant, Measure.measured_on == day, Measure.ended_at.is_(None)
    )
    return {measure.code: measure for measure in db.session.scalars(statement)}


def correct_measure(*, measure_id: uuid.UUID, child_id: uuid.UUID, tenths: int | None, why: str, actor: Person) -> Measure:
    """Put a figure right, or take it back (`tenths` None). The old one stays on record with the reason. The one that stands now,
    or the one taken back.

    Raises NotFound, Forbidden, Invalid at `tenths` or `why`.
    """
    with atomic():
        child = queries.get_child_by_id(child_id)
        measure = school_queries.get_measure(measure_id, child_id)
        if not policies.can_record_figures_by(actor, child, measure.informant):
            raise Forbidden
        if not why.strip():
            raise Invalid(_("Say why, in a few words."), field="why")
        if tenths is not None:
            measuring.check(measure.code, measure.informant, tenths, field="tenths")
            if tenths == measure.tenths:
                raise Invalid(_("That is the figure that stands already."), field="tenths")
        lock_row(Measure, measure_id)
        measure.ended_at, measure.why_ended = clock.now(), why.strip()[:300]
        db.session.flush()
        if tenths is None:
            record("children.measure.withdrawn", subject=measure, actor=actor, zone_id=child.zone_id, child_id=child_id)
            return measure
        fresh = Measure(
            child_id=child_id, code=measure.code, informant=measure.informant, tenths=tenths, measured_on=measure.measured_on,
            recorded_by_id=actor.id,
        )
        db.session.add(fresh)
        db.session.flush()
        measure.replaced_by_id = fresh.id
        record("children.measure.corrected", subject=fresh, actor=actor, zone_id=child.zone_id, child_id=child_id, instead_of=measure.id)
        return fresh


def add_teacher_view(
    *, child_id: uuid.UUID, teacher: str, said_on: date, going_well: str, next_step: str, is_review: bool,
    worries: Mapping[str, int], actor: Person,
) -> TeacherView:
    """What the school says this term, with the teacher's own judgement by area (`worry_social`, …, in tenths) where given.

    Raises Forbidden, and Invalid at the field.
    """
    with atomic():
        child = queries.get_child_by_id(child_id)
        if not policies.can_record_figures(actor, child):
            raise Forbidden
        if not teacher.strip():
            raise Invalid(_("Type who said it."), field="teacher")
        if not going_well.strip() and not next_step.strip():
            raise Invalid(_("Write what goes well, or what to work on next."), field="going_well")
        _check_day(child, said_on, "said_on")
        view = TeacherView(
            child_id=child_id, said_on=said_on, teacher=teacher.strip(), going_well=going_well.strip(), next_step=next_step.strip(),
            is_review=is_review, recorded_by_id=actor.id,
        )
        db.session.add(view)
        record("children.teacher_view.recorded", subject=view, actor=actor, zone_id=child.zone_id, said_on=said_on, review=is_review)
        if worries:
            record_measures(child_id=child_id, informant=Informant.TEACHER, measured_on=said_on, figures=worries, actor=actor)
        return view
