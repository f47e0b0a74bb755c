"""What goes along when a child moves to another Zone: what the child and the family said, and what was noticed of what does the child good.

Private notes, and what a school or a partner wrote down, stay."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from app.accounts.models import Zone
from app.children import book, queries
from app.children.models import (
    Child,
    Goal,
    Relationship,
    RelationshipKind,
)
from app.children.school_models import Informant, Measure
from app.shared.db import R, Row, db

GOES_ALONG = frozenset({
    "first_name", "last_name", "known_as", "born_on", "age", "school_year", "school_year_of", "gender", "programme_starts_on", "interests", "strengths",
    "aspiration", "what_helps", "what_does_not", "must_know", "goals_text", "barriers", "audiences", "max_km", "windows", "are_holidays_ok",
    "is_online_ok", "max_cost_pence", "languages", "needs_step_free", "is_girls_only", "sibling_ages", "max_group", "needs_quiet",
    "parent_cannot_stay",
})
BEGINS_ANEW = frozenset({
    "id", "created_at", "zone_id", "school_id", "reference", "state", "region", "town", "ward", "postcode_area", "latitude", "longitude",
    "programme_ends_on", "link_worker_note", "source", "source_ref", "moved_to_zone_id", "came_from_zone_id",
})
"""Where the child lives and goes to school is another place now. Every fact of a child is in one of the two."""

CIRCLE = (RelationshipKind.FAMILY, RelationshipKind.FRIEND, RelationshipKind.PLACE)
"""Whom the child brings along; people at the old school, of partners and the old Link Worker are theirs to say."""
SAID_AT_HOME = (Informant.PARENT, Informant.SELF)


def new_record(child: Child, there: Zone, ends_on: object) -> Child:
    """The child's facts on a record of the other Zone; the reference stays where it is free there."""
    facts = {name: getattr(child, name) for name in sorted(GOES_ALONG)}  # school_year before the year it is of
    taken = db.session.scalar(sa.select(Child.id).where(Child.zone_id == there.id, Child.reference == child.reference))
    reference = child.reference if taken is None else queries.free_reference(there.id)
    return Child(zone_id=there.id, region=there.region, reference=reference, programme_ends_on=ends_on, **facts)


def carry(child: Child, new: Child) -> dict[str, int]:
    """Copies of what goes along, on the new record; how many of each."""
    carried = {
        "voices": _copies(child.voices, new, "words", "said_on", "heard_by_id", "source"),
        "notes": _copies((note for note in child.notes if not note.is_private), new, "kind", "text", "noted_on", "noted_by_id"),
        "needs": _copies(child.live_needs, new, "code", "priority", "starting_point", "position"),
        "carers": _copies(child.carers, new, "name", "relation", "phone", "email", "language", "has_parental_responsibility", "may_not_know_where"),
        "figures": _copies(_figures(child), new, "code", "informant", "tenths", "measured_on", "recorded_by_id"),
        "goals": sum(_carry_goal(goal, new) for goal in child.goals),
        "circle": sum(_carry_tie(tie, new) for tie in child.relationships if tie.kind in CIRCLE and tie.ended_on is None),
        "page": _carry_page(child, new),
    }
    db.session.flush()
    return carried


def _copies(rows: Iterable[Row], new: Child, *columns: str) -> int:
    """The same rows for the new record; how many."""
    return len([_copy(row, columns, child_id=new.id) for row in rows])


def _copy(row: R, columns: Iterable[str], **given: object) -> R:
    made = type(row)(created_at=row.created_at, **{name: getattr(row, name) for name in columns}, **given)
    db.session.add(made)
    return made


def _figures(child: Child) -> Iterable[Measure]:
    """What the child and home answered and still stands; what the school measured stays with the school."""
    return db.session.scalars(sa.select(Measure).where(
        Measure.child_id == child.id, Measure.ended_at.is_(None), Measure.informant.in_(SAID_AT_HOME)
    ).order_by(Measure.measured_on, Measure.id)).unique().all()


def _carry_goal(goal: Goal, new: Child) -> int:
    made = _copy(goal, ("area", "words", "set_on", "review_words", "stars", "reviewed_on", "starting_point", "reached_on"), child_id=new.id)
    db.session.flush()
    for review in goal.reviews:
        _copy(review, ("stars", "words", "is_seen_by_child", "reviewed_on", "heard_by_id"), goal_id=made.id)
    return 1


def _carry_tie(tie: Relationship, new: Child) -> int:
    """Somebody or somewhere, with how it was; never that a friend or brother is a child of Kith as well."""
    said = ("name", "who", "kind", "closeness", "warmth", "since_on", "is_trusted_adult", "is_found_by_child", "note")
    made = _copy(tie, said, child_id=new.id)
    db.session.flush()
    for moment in tie.moments:
        _copy(moment, ("from_on", "closeness", "warmth"), relationship_id=made.id)
    return 1


def _carry_page(child: Child, new: Child) -> int:
    """The page that the child said yes to, as a draft: it is read out again before anybody there gets it."""
    page = max((p for p in book.list_one_pages(child.id) if p.approved_on is not None), key=lambda p: p.version, default=None)
    if page is None:
        return 0
    _copy(page, ("about_me", "likes", "helps", "does_not", "working_on"), child_id=new.id, version=1)
    return 1
