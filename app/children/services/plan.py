"""The two-year plan by term: what is to be done, and what the child, parents and teachers said about it."""

from __future__ import annotations

import uuid
from datetime import date

from flask_babel import gettext as _

from app.accounts.models import Person
from app.audit.services import record
from app.children import queries, terms
from app.children.models import PlanSaying, PlanStep, PlanVoice, StepState
from app.children.services import powers
from app.children.services.profile import check_area
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import Invalid, NotFound


def add_step(*, child_id: uuid.UUID, term_starts_on: date, text: str, actor: Person | None, area: str = "") -> PlanStep:
    """One thing to do in one term. Raises Invalid when it is none of the child's terms, or nothing is written."""
    with atomic():
        child = queries.get_child_by_id(child_id)
        powers.works_with(actor, child)
        if not text.strip():
            raise Invalid(_("Write what is to be done, in a few words."), field="text")
        _check_term(child_id, term_starts_on)
        step = PlanStep(
            child_id=child_id, term_starts_on=term_starts_on, text=text.strip()[:300], area=check_area(area) if area else "",
            recorded_by_id=actor.id if actor else None,
        )
        db.session.add(step)
        record("children.step.planned", subject=step, actor=actor, zone_id=child.zone_id, term=term_starts_on)
        return step


def finish_step(*, child_id: uuid.UUID, step_id: uuid.UUID, actor: Person) -> PlanStep:
    """It was done. Twice is once."""
    with atomic():
        child = queries.get_child_by_id(child_id)
        powers.works_with(actor, child)
        step = _step(step_id, child_id)
        if step.state is StepState.PLANNED:
            step.state, step.settled_on = StepState.DONE, clock.today()
            record("children.step.done", subject=step, actor=actor, zone_id=child.zone_id, moved=("planned", "done"))
        return step


def change_step(
    *, child_id: uuid.UUID, step_id: uuid.UUID, why: str, actor: Person, text: str = "", term_starts_on: date | None = None
) -> PlanStep:
    """The plan changes: the old step stays, with why, and the new one (another wording, another term, or both) takes its place.
    With neither it is simply given up. Answers the step that now stands."""
    with atomic():
        child = queries.get_child_by_id(child_id)
        powers.works_with(actor, child)
        step = _step(step_id, child_id)
        if step.state is not StepState.PLANNED:
            raise Invalid(_("This step is settled already."))
        if not why.strip():
            raise Invalid(_("Write why the plan changes, and who asked for it."), field="why")
        step.state, step.why, step.settled_on = StepState.CHANGED, why.strip()[:300], clock.today()
        record("children.step.changed", subject=step, actor=actor, zone_id=child.zone_id, moved=("planned", "changed"))
        if not text.strip() and term_starts_on is None:
            return step
        return add_step(
            child_id=child_id, term_starts_on=term_starts_on or step.term_starts_on, text=text.strip() or step.text, area=step.area, actor=actor,
        )


def say_about_plan(
    *, child_id: uuid.UUID, term_starts_on: date, voice: PlanVoice, words: str, said_on: date, actor: Person | None, said_by: str = ""
) -> PlanSaying:
    """What the child, a parent, a teacher or the Link Worker said about one term, and who it was. Raises Invalid at the field."""
    with atomic():
        child = queries.get_child_by_id(child_id)
        powers.listens_to(actor, child)
        if not words.strip():
            raise Invalid(_("Write what was said."), field="words")
        if voice is not PlanVoice.CHILD and not said_by.strip():
            raise Invalid(_("Write who said it."), field="said_by")
        if said_on > clock.today():
            raise Invalid(_("It cannot have been said on a day that is still to come."), field="said_on")
        _check_term(child_id, term_starts_on)
        saying = PlanSaying(
            child_id=child_id, term_starts_on=term_starts_on, voice=voice, words=words.strip(), said_on=said_on,
            said_by="" if voice is PlanVoice.CHILD else said_by.strip()[:120], recorded_by_id=actor.id if actor else None,
        )
        db.session.add(saying)
        record("children.plan.said", subject=saying, actor=actor, zone_id=child.zone_id, voice=voice.value, term=term_starts_on)
        return saying


def _check_term(child_id: uuid.UUID, term_starts_on: date) -> None:
    child = queries.get_child_by_id(child_id)
    if term_starts_on not in {term.starts_on for term in terms.terms_of(child)}:
        raise Invalid(_("Choose one of the terms of the two years."), field="term_starts_on")


def _step(step_id: uuid.UUID, child_id: uuid.UUID) -> PlanStep:
    step = db.session.get(PlanStep, step_id)
    if step is None or step.child_id != child_id:
        raise NotFound
    return step
