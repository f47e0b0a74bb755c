"""What introductions know that helps to choose: where the child's friends go, where its Link Worker has walked children before, how busy
a partner is, what went well for the child itself. Registered with matching (app/matching/people.py)."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta
from statistics import median_high

import sqlalchemy as sa

from app.accounts.models import Person
from app.catalogue.models import Offering
from app.children.models import Child, Relationship, RelationshipKind, Warmth
from app.children.queries import visible_to as visible_children
from app.introductions.models import OPEN_STATES, EndReason, Introduction, IntroductionState
from app.introductions.queries.introductions import is_covered
from app.matching.people import YOU, Around, Walked
from app.shared import clock
from app.shared.db import db
from app.shared.gathered import listed_from, read_list, value_of

REMEMBERED = timedelta(days=730)
"""How long ago a meeting may be that says somebody is known there."""
ANSWERS_OF, FEW, MOST = timedelta(days=180), 3, 500
"""Answers of the last half year count, from three on, the newest first."""
GOES = (IntroductionState.JOINED, IntroductionState.SETTLED)


class FromIntroductions:
    """Answers matching's questions, each in one statement."""

    def walked(self, child: Child) -> Walked:
        statement = (
            sa.select(Introduction.id, Introduction.offering_id, Introduction.state, Introduction.met_on, Introduction.settled_on,
                      Introduction.ended_on, Introduction.wants_to_go_on, Offering.title, Offering.interests)
            .join(Offering, Offering.id == Introduction.offering_id)
            .where(Introduction.child_id == child.id, sa.or_(Introduction.state.in_(OPEN_STATES), Introduction.met_on.is_not(None)))
            .order_by(Introduction.created_at, Introduction.id)
        )
        rows = db.session.execute(statement).all()
        return Walked(
            {row.offering_id: row.id for row in rows if row.state in OPEN_STATES},
            {row.offering_id: row.ended_on or row.settled_on or row.met_on for row in rows if row.state not in OPEN_STATES},
            tuple(", ".join((row.title, *row.interests)) for row in rows if row.settled_on is not None and row.wants_to_go_on is not False),
        )

    def around(self, child: Child, reader: Person, offerings: Mapping[uuid.UUID, uuid.UUID]) -> Mapping[uuid.UUID, Around]:
        workers = {entry.person_id: YOU if entry.person_id == reader.id else entry.person.name for entry in child.caseload if entry.is_live}
        organisations = set(offerings.values())
        row = db.session.execute(sa.select(
            listed_from(_friends(child, reader, set(offerings))), listed_from(_walked_there(child, set(workers), organisations)),
            listed_from(_schoolmates(child, organisations)), listed_from(_waiting(child, offerings)), listed_from(_answers(organisations)),
        )).one()
        friends, walked, mates, waiting, answers = (read_list(part) for part in row)
        going: dict[uuid.UUID, list[str]] = defaultdict(list)
        for one in friends:
            going[uuid.UUID(one["offering_id"])].append(one["name"])
        best: dict[uuid.UUID, tuple[int, str]] = {}
        for one in walked:
            by = (int(one["children"]), workers[uuid.UUID(one["person_id"])])
            best[uuid.UUID(one["organisation_id"])] = max(by, best.get(uuid.UUID(one["organisation_id"]), (0, "")))
        met = {uuid.UUID(one["organisation_id"]): int(one["children"]) for one in mates}
        queue = {uuid.UUID(one["offering_id"]): int(one["requests"]) for one in waiting}
        instant = Introduction.__table__.c.asked_at.type
        days: dict[uuid.UUID, list[float]] = defaultdict(list)
        for one in answers:
            took = value_of(instant, one["answered_at"]) - value_of(instant, one["asked_at"])
            days[uuid.UUID(one["organisation_id"])].append(took.total_seconds() / 86_400)
        school = child.school.name if child.school is not None else ""
        found = {
            offering: Around(
                tuple(sorted(going.get(offering, ()))), best.get(by, (0, ""))[1], best.get(by, (0, ""))[0], school, met.get(by, 0),
                queue.get(offering, 0), median_high(days[by]) if len(days.get(by, ())) >= FEW else None,
            )
            for offering, by in offerings.items()
        }
        return {offering: one for offering, one in found.items() if one != Around(school=school)}


def _friends(child: Child, reader: Person, offerings: set[uuid.UUID]) -> sa.Select[uuid.UUID, str]:
    """Where those go whom the circle knows as children of Kith: only children the reader may see too, only while their going there may
    be told (a consent with that organisation stands, or nothing is shared there)."""
    return (
        sa.select(Introduction.offering_id, Relationship.name).join(Relationship, Relationship.other_child_id == Introduction.child_id)
        .where(
            Relationship.child_id == child.id, Relationship.kind.in_((RelationshipKind.FRIEND, RelationshipKind.FAMILY)),
            Relationship.warmth != Warmth.ENDED, Introduction.offering_id.in_(offerings), Introduction.state.in_(GOES),
            Introduction.child_id.in_(sa.select(Child.id).where(visible_children(reader))),
            sa.or_(Introduction.is_shared.is_(False), is_covered(clock.today())),
        )
        .distinct()
    )


def _met_there(child: Child, organisations: set[uuid.UUID]) -> tuple[sa.ColumnElement[bool], ...]:
    """Other children who met the organisation, and nothing was wrong there."""
    return (
        Introduction.organisation_id.in_(organisations), Introduction.child_id != child.id, Introduction.met_on >= clock.today() - REMEMBERED,
        sa.or_(Introduction.end_reason.is_(None), Introduction.end_reason != EndReason.SAFETY),
    )


def _walked_there(child: Child, workers: set[uuid.UUID], organisations: set[uuid.UUID]) -> sa.Select[uuid.UUID, uuid.UUID, int]:
    return (
        sa.select(Introduction.organisation_id, Introduction.started_by_id.label("person_id"),
                  sa.func.count(sa.distinct(Introduction.child_id)).label("children"))
        .where(Introduction.started_by_id.in_(workers), *_met_there(child, organisations))
        .group_by(Introduction.organisation_id, Introduction.started_by_id)
    )


def _schoolmates(child: Child, organisations: set[uuid.UUID]) -> sa.Select[uuid.UUID, int]:
    return (
        sa.select(Introduction.organisation_id, sa.func.count(sa.distinct(Introduction.child_id)).label("children"))
        .join(Child, Child.id == Introduction.child_id).where(Child.school_id.is_not(None), Child.school_id == child.school_id, *_met_there(child, organisations))
        .group_by(Introduction.organisation_id)
    )


def _waiting(child: Child, offerings: Mapping[uuid.UUID, uuid.UUID]) -> sa.Select[uuid.UUID, int]:
    return (
        sa.select(Introduction.offering_id, sa.func.count().label("requests"))
        .where(Introduction.organisation_id.in_(set(offerings.values())), Introduction.offering_id.in_(set(offerings)),
               Introduction.state == IntroductionState.ASKED, Introduction.child_id != child.id)
        .group_by(Introduction.offering_id)
    )


def _answers(organisations: set[uuid.UUID]) -> sa.Select[*tuple[object, ...]]:
    return (
        sa.select(Introduction.organisation_id, Introduction.asked_at, Introduction.answered_at)
        .where(Introduction.organisation_id.in_(organisations), Introduction.asked_at.is_not(None),
               Introduction.answered_at >= clock.now() - ANSWERS_OF)
        .order_by(Introduction.answered_at.desc()).limit(MOST)
    )
