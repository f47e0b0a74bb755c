"""What a child's plan has, for lists of many children."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from app.accounts.models import Term
from app.children.models import (
    Consent,
    Goal,
    HelpAnswer,
    Need,
    Voice,
)
from app.shared import clock
from app.shared.db import db


@dataclass(frozen=True)
class PlanFacts:
    """`consent_ends`: the first day on which a consent that covers today runs out. `face` is the last answer to “Can you ask for help?”."""

    last_heard: date | None = None
    needs: int = 0
    goals: int = 0
    consent_ends: date | None = None
    asked_on: date | None = None
    face: int | None = None


def plan_facts(child_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, PlanFacts]:
    """For many children at once; each id asked for is a key."""
    if not child_ids:
        return {}
    today = clock.today()
    heard = dict(_grouped(sa.select(Voice.child_id, sa.func.max(Voice.said_on)).where(Voice.child_id.in_(child_ids)), Voice.child_id))
    needs = dict(_grouped(
        sa.select(Need.child_id, sa.func.count()).where(Need.child_id.in_(child_ids), Need.ended_on.is_(None)), Need.child_id))
    goals = dict(_grouped(sa.select(Goal.child_id, sa.func.count()).where(Goal.child_id.in_(child_ids)), Goal.child_id))
    ends = dict(_grouped(
        sa.select(Consent.child_id, sa.func.min(Consent.ends_on)).where(
            Consent.child_id.in_(child_ids), Consent.is_live_on(today)),
        Consent.child_id))
    faces = {
        child_id: (asked_on, face) for child_id, asked_on, face in db.session.execute(
            sa.select(HelpAnswer.child_id, HelpAnswer.asked_on, HelpAnswer.face).where(HelpAnswer.child_id.in_(child_ids)).order_by(HelpAnswer.asked_on)
        )
    }
    return {
        id_: PlanFacts(heard.get(id_), needs.get(id_, 0), goals.get(id_, 0), ends.get(id_), *faces.get(id_, (None, None))) for id_ in child_ids
    }


def terms_by_school(school_ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID | None, list[Term]]:
    """The terms of these schools, in order; a school without any is left out."""
    known: dict[uuid.UUID | None, list[Term]] = {}
    wanted = sorted({id_ for id_ in school_ids if id_ is not None})
    for term in db.session.scalars(sa.select(Term).where(Term.school_id.in_(wanted)).order_by(Term.starts_on)) if wanted else ():
        known.setdefault(term.school_id, []).append(term)
    return known


def _grouped(statement: sa.Select[*tuple[Any, ...]], by: Any) -> list[tuple[uuid.UUID, Any]]:
    return [(row[0], row[1]) for row in db.session.execute(statement.group_by(by))]
