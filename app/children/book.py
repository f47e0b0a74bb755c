"""All that is kept of one child, read in one statement however much it is, for the pages that show it whole.

Each list comes as one JSON column, made by the database; the rows are models that belong to no session: they are for reading.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

from app.accounts.models import Person, Term
from app.catalogue.models import Organisation
from app.children.models import (
    Carer,
    Child,
    Consent,
    Goal,
    GoalReview,
    HelpAnswer,
    ListeningNote,
    Need,
    NoteTag,
    OnePage,
    PlanSaying,
    PlanStep,
    Relationship,
    RelationshipMoment,
    TagState,
    Voice,
)
from app.children.terms import PlanTerm, plan_terms, programme_of
from app.shared.db import db
from app.shared.gathered import listed, made, read_list


@dataclass
class Book:
    """Newest first where things were said, in the child's order where they were chosen. `people` are names by id, of those who heard
    or wrote; `organisations` those of the consents."""

    voices: list[Voice] = field(default_factory=list)
    notes: list[ListeningNote] = field(default_factory=list)
    tags: list[NoteTag] = field(default_factory=list)
    needs: list[Need] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    ties: list[Relationship] = field(default_factory=list)
    carers: list[Carer] = field(default_factory=list)
    consents: list[Consent] = field(default_factory=list)
    answers: list[HelpAnswer] = field(default_factory=list)
    steps: list[PlanStep] = field(default_factory=list)
    sayings: list[PlanSaying] = field(default_factory=list)
    pages: list[OnePage] = field(default_factory=list)
    terms: list[PlanTerm] = field(default_factory=list)
    people: dict[uuid.UUID | None, str] = field(default_factory=dict)
    organisations: dict[uuid.UUID, str] = field(default_factory=dict)

    @property
    def live_needs(self) -> list[Need]:
        return [need for need in self.needs if need.ended_on is None]

    @property
    def approved(self) -> OnePage | None:
        """The one-page profile in force."""
        return next((page for page in self.pages if page.approved_on is not None), None)

    @property
    def draft(self) -> OnePage | None:
        return next((page for page in self.pages if page.approved_on is None), None)

    def tags_of(self, note: ListeningNote) -> list[NoteTag]:
        return [tag for tag in self.tags if tag.note_id == note.id and tag.state is not TagState.DECLINED]

    @property
    def open_tags(self) -> list[NoteTag]:
        return [tag for tag in self.tags if tag.state is TagState.SUGGESTED]


def read(child: Child) -> Book:
    """One statement."""
    id_ = child.id
    own_goals = sa.select(Goal.id).where(Goal.child_id == id_)
    own_ties = sa.select(Relationship.id).where(Relationship.child_id == id_)
    heard = sa.union(*(
        sa.select(column).where(column.class_.child_id == id_)
        for column in (Voice.heard_by_id, ListeningNote.noted_by_id, PlanSaying.recorded_by_id, OnePage.read_by_id, HelpAnswer.asked_by_id)
    ))
    shared_with = sa.select(Consent.organisation_id).where(Consent.child_id == id_)
    wanted: list[tuple[Any, Any]] = [
        *((model, model.child_id == id_) for model in (
            Voice, ListeningNote, NoteTag, Need, Goal, Relationship, Carer, Consent, HelpAnswer, PlanStep, PlanSaying, OnePage,
        )),
        (GoalReview, GoalReview.goal_id.in_(own_goals)), (RelationshipMoment, RelationshipMoment.relationship_id.in_(own_ties)),
        (Term, Term.school_id == child.school_id),
    ]
    columns = [listed(model.__table__.columns, where) for model, where in wanted]
    named = [
        listed([Person.__table__.c.id, Person.__table__.c.name], Person.id.in_(sa.select(heard.subquery().c[0]))),
        listed([Organisation.__table__.c.id, Organisation.__table__.c.name], Organisation.id.in_(shared_with)),
    ]
    row = db.session.execute(sa.select(*columns, *named)).one()
    lists = {model: [made(model, raw) for raw in read_list(value)] for (model, _), value in zip(wanted, row, strict=False)}
    people, organisations = ({uuid.UUID(raw["id"]): raw["name"] for raw in read_list(value)} for value in row[-2:])
    return _bound(child, lists, people, organisations)


def _bound(child: Child, lists: dict[Any, list[Any]], people: dict[uuid.UUID, str], organisations: dict[uuid.UUID, str]) -> Book:
    """Put together what belongs together, each list in its order."""
    def newest(name: str) -> Callable[[Any], Any]:
        return lambda row: (getattr(row, name), row.created_at)

    for goal in lists[Goal]:
        own = sorted((r for r in lists[GoalReview] if r.goal_id == goal.id), key=newest("reviewed_on"))
        set_committed_value(goal, "reviews", own)
    for tie in lists[Relationship]:
        set_committed_value(tie, "moments", sorted((m for m in lists[RelationshipMoment] if m.relationship_id == tie.id), key=lambda m: m.from_on))
    carers = {carer.id: carer for carer in lists[Carer]}
    for consent in lists[Consent]:
        set_committed_value(consent, "carer", carers.get(consent.carer_id))
        set_committed_value(consent, "child", child)
    begins, ends = programme_of(child)
    names: dict[uuid.UUID | None, str] = {None: ""}
    names.update(people.items())
    return Book(
        voices=sorted(lists[Voice], key=newest("said_on"), reverse=True), notes=sorted(lists[ListeningNote], key=newest("noted_on"), reverse=True),
        tags=sorted(lists[NoteTag], key=lambda t: (t.created_at, t.word)), needs=sorted(lists[Need], key=lambda n: (n.priority, n.position, n.code)),
        goals=sorted(lists[Goal], key=lambda g: g.created_at), ties=sorted(lists[Relationship], key=lambda t: (t.name, t.id)),
        carers=sorted(lists[Carer], key=lambda c: c.name), consents=sorted(lists[Consent], key=newest("given_on"), reverse=True),
        answers=sorted(lists[HelpAnswer], key=lambda a: a.asked_on), steps=sorted(lists[PlanStep], key=lambda s: (s.term_starts_on, s.created_at)),
        sayings=sorted(lists[PlanSaying], key=lambda s: (s.term_starts_on, s.said_on, s.created_at)),
        pages=sorted(lists[OnePage], key=lambda p: p.version, reverse=True), terms=plan_terms(begins, ends, lists[Term]),
        people=names, organisations=organisations,
    )


# --- single things, for the verbs ----------------------------------------------------------------


def find_by_origin(child_id: uuid.UUID, origin_id: uuid.UUID) -> Relationship | None:
    """Who came into the circle through that."""
    statement = sa.select(Relationship).where(Relationship.child_id == child_id, Relationship.origin_id == origin_id)
    return db.session.scalars(statement).one_or_none()


def find_help_answer(child_id: uuid.UUID, on: date) -> HelpAnswer | None:
    return db.session.scalars(sa.select(HelpAnswer).where(HelpAnswer.child_id == child_id, HelpAnswer.asked_on == on)).one_or_none()


def list_one_pages(child_id: uuid.UUID) -> Sequence[OnePage]:
    """Newest first; a draft stands before the approved ones."""
    return db.session.scalars(sa.select(OnePage).where(OnePage.child_id == child_id).order_by(OnePage.version.desc())).unique().all()


def approved_pages(child_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, OnePage]:
    """The one-page profile in force of each child that has one."""
    statement = sa.select(OnePage).where(OnePage.child_id.in_(child_ids), OnePage.approved_on.is_not(None)).order_by(OnePage.version)
    return {page.child_id: page for page in db.session.scalars(statement).unique()}
