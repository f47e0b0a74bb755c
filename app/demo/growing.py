"""How the demo's children grow over their two years: faces, steps of the plan, stars, figures, their own page, a circle that moves.

Some children have all of it (those a newcomer opens first), the others a little. It is done after the year's story, through the services,
each thing on its own day; all of one child in one transaction, which keeps it quick.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from random import Random

import sqlalchemy as sa

from app.accounts.calendar import SchoolDays
from app.accounts.queries import school_days
from app.children.book import list_one_pages
from app.children.models import Closeness, NoteKind, PlanStep, PlanVoice, RelationshipKind, StepState, Warmth
from app.children.school_models import Informant
from app.children.services.help import answer_help
from app.children.services.listening import add_note, record_voice
from app.children.services.measures import add_teacher_view, record_measures
from app.children.services.people import set_relationship
from app.children.services.plan import add_step, change_step, finish_step, say_about_plan
from app.children.services.plans import review_goal, set_need
from app.children.terms import PlanTerm, plan_terms
from app.demo import growing_words as words
from app.demo.childhoods import YEARS_DAYS, Life, write_page
from app.demo.story import school_morning
from app.demo.world import World
from app.shared import clock
from app.shared.db import atomic, db

WHOLE_OF_FIRST, WHOLE_OF_OTHERS = 10, 1
"""Children whose whole two years are told: of the first Link Worker, and of every other."""


@dataclass
class Growth:
    """One child's two years: moments on their days, lived through in order."""

    life: Life
    until: datetime
    dice: Random
    days: SchoolDays
    terms: list[PlanTerm]
    moments: list[tuple[datetime, int, Callable[[Growth], None]]] = field(default_factory=list)

    def on(self, day: date, happens: Callable[[Growth], None], hour: int = 11) -> None:
        instant = school_morning(self.days, day, hour, self.dice.choice((5, 25, 45)))
        if day >= self.life.begins_on and instant < self.until:
            self.moments.append((instant, len(self.moments), happens))

    def live(self) -> None:
        with atomic():
            for instant, _, happens in sorted(self.moments, key=lambda moment: moment[:2]):
                with clock.freeze(instant):
                    happens(self)


def tell_growing(world: World, lives: list[Life], until: datetime) -> None:
    """Asking for help of every other child, and the whole of some."""
    first = lives[0].worker.id
    told: Counter[uuid.UUID] = Counter()
    calendars = {school.id: (school_days(school.id), list(school.terms)) for _, school in world.schools}
    for number, life in enumerate(lives):
        told[life.worker.id] += 1
        is_whole = told[life.worker.id] <= (WHOLE_OF_FIRST if life.worker.id == first else WHOLE_OF_OTHERS)
        if not is_whole and number % 2:
            continue
        days, terms = calendars[life.school.id]
        growth = Growth(
            life, until, Random(f"growing-{world.zone.slug}-{number}"), days,
            plan_terms(life.begins_on, life.begins_on + timedelta(days=YEARS_DAYS), terms),
        )
        _plan_faces(growth, is_whole)
        if is_whole:
            _plan_whole(growth)
        growth.live()


def _plan_whole(g: Growth) -> None:
    begins = g.life.begins_on
    g.on(begins + timedelta(days=8), _where_it_stands)
    g.on(begins + timedelta(days=24), _write_own_page)
    for at, term in enumerate(g.terms):
        g.on(max(term.starts_on, begins) + timedelta(days=12), partial(_plan_term, term=term, at=at))
        g.on(term.ends_on - timedelta(days=9), partial(_end_term, term=term, at=at), hour=14)
    for at, days_on in enumerate((20, 75, 150, 235, 300, 390)):
        g.on(begins + timedelta(days=days_on + g.dice.randint(0, 14)), partial(_circle_moves, at=at))
    g.on(begins + timedelta(days=330), _where_it_stands)


# --- “Can you ask your Link Worker for help?” -------------------------------------------------------


def _plan_faces(g: Growth, is_whole: bool) -> None:
    """Twice a term; of most children only the last time is told. Trust grows, with a dip now and then."""
    halves = [day for term in g.terms for day in (term.starts_on + timedelta(days=16), term.ends_on - timedelta(days=25))]
    past = [day for day in halves if g.life.begins_on + timedelta(days=14) <= day < g.until.date()]
    face = g.dice.choice((1, 2, 2, 3))
    for at, day in enumerate(past):
        face = max(1, min(5, face + g.dice.choice((-1, 0, 1, 1, 1, 2))))
        if is_whole or at == len(past) - 1:
            g.on(day, partial(_ask_in_faces, face=face, is_last=at == len(past) - 1), hour=10)


def _ask_in_faces(g: Growth, face: int, is_last: bool) -> None:
    if is_last and g.dice.random() < 0.12:
        return  # still to be asked this half term
    said = g.dice.choice(words.ABOUT_ASKING[face]) if g.dice.random() < 0.7 else ""
    answer_help(child_id=g.life.child.id, face=face, words=said, actor=g.life.worker)


# --- the plan, term by term -------------------------------------------------------------------------


def _plan_term(g: Growth, term: PlanTerm, at: int) -> None:
    """Two small steps, and what somebody says about them. In the first term the next one is planned too."""
    child, worker = g.life.child, g.life.worker
    for area, text in words.STEPS[min(at, len(words.STEPS) - 1)][: g.dice.choice((2, 2, 3))]:
        add_step(child_id=child.id, term_starts_on=term.starts_on, text=text.format(called=child.called), area=area, actor=worker)
    voice, said, by = g.dice.choice(words.ABOUT_THE_PLAN)
    say_about_plan(
        child_id=child.id, term_starts_on=term.starts_on, voice=PlanVoice(voice), words=said, said_on=clock.today(), actor=worker,
        said_by=by.format(carer=g.life.carer.name, teacher=_teacher(g)),
    )
    if at + 1 < len(g.terms) and g.terms[at + 1].starts_on > g.until.date():
        area, text = words.STEPS[min(at + 1, len(words.STEPS) - 1)][0]
        add_step(child_id=child.id, term_starts_on=g.terms[at + 1].starts_on, text=text.format(called=child.called), area=area, actor=worker)


def _end_term(g: Growth, term: PlanTerm, at: int) -> None:
    """What was done, what was changed, how far the goal is, what the teacher says, what the school counts."""
    child, worker = g.life.child, g.life.worker
    for number, step in enumerate(_steps_of(g, term)):
        if number and g.dice.random() < 0.25:
            change_step(child_id=child.id, step_id=step.id, why=g.dice.choice(words.WHY_CHANGED), actor=worker)
        else:
            finish_step(child_id=child.id, step_id=step.id, actor=worker)
    stars = min(5, 1 + at + g.dice.choice((0, 1, 1, 2)))
    review_goal(
        child_id=child.id, goal_id=child.goals[0].id, stars=stars, words=g.dice.choice(words.STARS_SAID[stars]), actor=worker,
        is_reached=stars == 5 and g.dice.random() < 0.5,
    )
    if at % 2 == 0:
        heard = words.LATER_VOICES[g.life.theme]
        record_voice(child_id=child.id, words=heard[at // 2 % len(heard)], said_on=clock.today(), actor=worker)
    kind, text = g.dice.choice(words.LATER_NOTES)
    add_note(child_id=child.id, kind=NoteKind(kind), text=text, noted_on=clock.today(), actor=worker)
    well, further = g.dice.choice(words.TEACHER)
    add_teacher_view(
        child_id=child.id, teacher=_teacher(g), said_on=clock.today(), going_well=well.format(called=child.called),
        next_step=further.format(called=child.called), is_review=bool(at), worries={"worry_social": 10 * max(1, 3 - at)}, actor=worker,
    )
    if at % 2:
        _school_figures(g, at + 1)


def _steps_of(g: Growth, term: PlanTerm) -> list[PlanStep]:
    return list(db.session.scalars(
        sa.select(PlanStep).where(PlanStep.child_id == g.life.child.id, PlanStep.term_starts_on == term.starts_on, PlanStep.state == StepState.PLANNED)
        .order_by(PlanStep.created_at, PlanStep.id)
    ))


def _teacher(g: Growth) -> str:
    known = (tie.name for tie in g.life.child.relationships if tie.kind is RelationshipKind.SCHOOL and tie.warmth is not Warmth.ENDED)
    return next(known, "Form tutor")


# --- figures ----------------------------------------------------------------------------------------


def _where_it_stands(g: Growth) -> None:
    """The teacher's SDQ scores at the beginning and nearly a year on, with the school's own figures; each need says where it began."""
    child, worker = g.life.child, g.life.worker
    is_later = clock.today() - g.life.begins_on > timedelta(days=200)
    ease = 2 if is_later else 0
    scores = {
        "sdq_emotional": max(0, g.dice.randint(3, 8) - ease), "sdq_conduct": max(0, g.dice.randint(1, 6) - ease),
        "sdq_hyperactivity": max(0, g.dice.randint(3, 9) - ease), "sdq_peer": max(0, g.dice.randint(2, 7) - ease),
        "sdq_prosocial": min(10, g.dice.randint(4, 8) + ease),
    }
    record_measures(
        child_id=child.id, informant=Informant.TEACHER, measured_on=clock.today(), figures={code: 10 * score for code, score in scores.items()},
        actor=worker,
    )
    if not is_later:
        _school_figures(g, 0)
        for need in child.needs:
            set_need(
                child_id=child.id, code=need.code, priority=need.priority, actor=worker,
                starting_point=g.dice.choice(words.STARTING[need.code.partition(":")[0]]),
            )


def _school_figures(g: Growth, at: int) -> None:
    start = Random(f"school-{g.life.child.reference}")
    attendance, reading, maths = start.randint(845, 930), start.randint(82, 101), start.randint(80, 104)
    record_measures(
        child_id=g.life.child.id, informant=Informant.SCHOOL, measured_on=clock.today(), actor=g.life.worker,
        figures={
            "attendance": min(995, attendance + 14 * at + g.dice.randint(-8, 12)), "reading": 10 * (reading + 2 * at + g.dice.randint(-1, 2)),
            "maths": 10 * (maths + at + g.dice.randint(-1, 2)),
        },
    )


# --- the child's own page ---------------------------------------------------------------------------


def _write_own_page(g: Growth) -> None:
    if not list_one_pages(g.life.child.id):
        write_page(g.life, is_approved=g.dice.random() < 0.85)


# --- the circle -------------------------------------------------------------------------------------


def _circle_moves(g: Growth, at: int) -> None:
    """The Link Worker comes near; a friend is found, then another; somebody fades, a teacher goes, a place becomes the child's own."""
    moves: tuple[Callable[[Growth], None], ...] = (_worker_warms, _friend_found, _place_found, _somebody_fades, _worker_near, _teacher_changes)
    moves[at](g)


def _worker_warms(g: Growth) -> None:
    _becomes(g, RelationshipKind.LINK_WORKER, Closeness.NEAR, Warmth.WARM)


def _worker_near(g: Growth) -> None:
    _becomes(g, RelationshipKind.LINK_WORKER, Closeness.CLOSE, Warmth.WARM)


def _friend_found(g: Growth) -> None:
    name, who = g.dice.choice(words.FRIENDS)
    _comes(g, name, who, RelationshipKind.FRIEND, g.dice.choice((Closeness.NEAR, Closeness.CLOSE)), is_found=True)


def _place_found(g: Growth) -> None:
    name, who = g.dice.choice(words.OWN_PLACES)
    _comes(g, name, who, RelationshipKind.PLACE, Closeness.NEAR, is_found=g.dice.random() < 0.6)


def _somebody_fades(g: Growth) -> None:
    if g.dice.random() < 0.5:
        _comes(g, "Nan", "grandmother", RelationshipKind.FAMILY, Closeness.NEAR, warmth=Warmth.FADING, note=words.ABOUT_NAN)
    else:
        _friend_found(g)


def _teacher_changes(g: Growth) -> None:
    _becomes(g, RelationshipKind.SCHOOL, Closeness.FAR, Warmth.ENDED)
    name = g.dice.choice(words.NEXT_TEACHERS)
    _comes(g, name, "class teacher", RelationshipKind.SCHOOL, Closeness.NEAR)


def _comes(
    g: Growth, name: str, who: str, kind: RelationshipKind, closeness: Closeness, *, is_found: bool = False, warmth: Warmth = Warmth.WARM,
    note: str = "",
) -> None:
    if any(tie.name == name for tie in g.life.child.relationships):
        return
    set_relationship(
        child_id=g.life.child.id, name=name, who=who, kind=kind, closeness=closeness, warmth=warmth, since_on=clock.today(),
        is_found_by_child=is_found, note=note, actor=g.life.worker,
    )


def _becomes(g: Growth, kind: RelationshipKind, closeness: Closeness, warmth: Warmth) -> None:
    tie = next((tie for tie in g.life.child.relationships if tie.kind is kind and tie.warmth is not Warmth.ENDED), None)
    if tie is not None:
        set_relationship(
            child_id=g.life.child.id, relationship_id=tie.id, name=tie.name, who=tie.who, kind=kind, closeness=closeness, warmth=warmth,
            is_trusted_adult=tie.is_trusted_adult, is_found_by_child=tie.is_found_by_child, note=tie.note, actor=g.life.worker,
        )
