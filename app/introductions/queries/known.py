"""Which offerings a person knows through a child: those stay readable when they are closed, and are nobody else's to find."""

from __future__ import annotations

import uuid

import sqlalchemy as sa

from app.accounts.models import Person
from app.children.models import Child
from app.children.queries import visible_to as visible_children
from app.introductions.models import Introduction, Signpost
from app.introductions.queries.introductions import visible_to


def known_offerings(person: Person) -> sa.Select[tuple[uuid.UUID]] | None:
    """Of introductions and signposts within the person's sight; None for somebody without a role."""
    if not person.zone_ids():
        return None
    children = sa.select(Child.id).where(visible_children(person))
    both = sa.union_all(
        sa.select(Introduction.offering_id).where(visible_to(person)),
        sa.select(Signpost.offering_id).where(Signpost.child_id.in_(children)),
    ).subquery()
    return sa.select(both.c.offering_id)
