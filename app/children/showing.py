"""What a child's pages show, made ready from what is kept. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from flask_babel import gettext as _

from app.children.book import Book
from app.children.models import (
    Child,
    Goal,
    GoalReview,
    Need,
    OnePage,
    PlanSaying,
    PlanStep,
    Relationship,
    RelationshipKind,
    StepState,
)
from app.children.terms import PlanTerm, half_term_begin


def ties_shown(ties: Iterable[Relationship], sees_helpers: bool) -> list[Relationship]:
    return [tie for tie in ties if sees_helpers or tie.kind is not RelationshipKind.PARTNER]


@dataclass(frozen=True)
class TermReview:
    """The last review of a goal in one term; None where there was none."""

    term: PlanTerm
    review: GoalReview | None


@dataclass(frozen=True)
class GoalShown:
    goal: Goal
    by_term: tuple[TermReview, ...]


@dataclass(frozen=True)
class Area:
    name: str
    needs: tuple[Need, ...]
    goals: tuple[GoalShown, ...]


def areas(book: Book, names: Sequence[str]) -> list[Area]:
    """Social, emotional, academic: those that have something."""
    found = [
        Area(name, tuple(n for n in book.live_needs if n.area == name), tuple(goal_shown(g, book.terms) for g in book.goals if g.area == name))
        for name in names
    ]
    return [area for area in found if area.needs or area.goals]


def goal_shown(goal: Goal, terms: Sequence[PlanTerm]) -> GoalShown:
    """Each term from the one the goal was set in to the one of the newest review, with its last review; a review in a holiday counts
    to the term before it."""
    last: dict[date, GoalReview] = {}
    for review in goal.reviews:
        last[_term_of(review.reviewed_on, terms)] = review
    first, newest = _term_of(goal.set_on, terms), max(last, default=date.min)
    return GoalShown(goal, tuple(TermReview(t, last.get(t.starts_on)) for t in terms if first <= t.starts_on <= newest))


def _term_of(day: date, terms: Sequence[PlanTerm]) -> date:
    before = [term.starts_on for term in terms if term.starts_on <= day]
    return before[-1] if before else terms[0].starts_on if terms else day


@dataclass(frozen=True)
class TermPlan:
    """One term with what is to be done in it and what was said about it."""

    term: PlanTerm
    when: str
    steps: tuple[PlanStep, ...] = ()
    changed: tuple[PlanStep, ...] = ()
    sayings: tuple[PlanSaying, ...] = field(default=())

    @property
    def done(self) -> int:
        return sum(step.state is StepState.DONE for step in self.steps)


def plan_of(book: Book, today: date) -> list[TermPlan]:
    """Every term of the two years. `when` is past, now or next; in a holiday the coming term is now."""
    now = next((term.starts_on for term in book.terms if term.ends_on >= today), None)
    return [
        TermPlan(
            term, "now" if term.starts_on == now else "past" if now is None or term.starts_on < now else "next",
            tuple(s for s in book.steps if _term_of(s.term_starts_on, book.terms) == term.starts_on and s.state is not StepState.CHANGED),
            tuple(s for s in book.steps if _term_of(s.term_starts_on, book.terms) == term.starts_on and s.state is StepState.CHANGED),
            tuple(s for s in book.sayings if _term_of(s.term_starts_on, book.terms) == term.starts_on),
        )
        for term in book.terms
    ]


def plan_now(book: Book, today: date) -> list[TermPlan]:
    """This term and the next one."""
    return [plan for plan in plan_of(book, today) if plan.when != "past"][:2]


def is_help_due(book: Book, today: date) -> bool:
    """Has the half term begun without the child having been asked?"""
    begun = half_term_begin(today, book.terms)
    return not any(answer.asked_on >= begun for answer in book.answers)


@dataclass(frozen=True)
class PageWords:
    about_me: str
    likes: tuple[str, ...]
    helps: str
    does_not: str
    working_on: tuple[str, ...]


def suggested_page(child: Child, book: Book) -> PageWords:
    """What a first one-page profile could say: what is on record, for the child to change."""
    return PageWords(
        book.voices[0].words if book.voices else "", tuple(child.interests), child.what_helps, child.what_does_not,
        tuple(goal.words for goal in book.goals if goal.reached_on is None),
    )


def moved_on(page: OnePage, child: Child) -> list[str]:
    """What is on record by now and does not stand on the approved page: reasons to write a new one."""
    listed = {like.casefold() for like in page.likes}
    new = [word for word in child.interests if word.casefold() not in listed]
    found = [_("%(child)s loves %(interests)s", child=child.called, interests=", ".join(new)) if new else ""]
    for told, here, words in ((_("what helps reads differently on record"), page.helps, child.what_helps), (_("what does not help reads differently on record"), page.does_not, child.what_does_not)):
        if words.strip() and words.strip() != here.strip():
            found.append(told)
    return [line for line in found if line]
