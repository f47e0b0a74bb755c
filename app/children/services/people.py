"""The people around the child: the circle, and parents and carers."""

from __future__ import annotations

import uuid
from datetime import date

from app.accounts.models import Person
from app.audit.services import record
from app.children import queries
from app.children.models import Carer, Closeness, Relationship, RelationshipKind, Warmth
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import Invalid, NotFound


def set_relationship(
    *, child_id: uuid.UUID, name: str, kind: RelationshipKind, actor: Person | None, relationship_id: uuid.UUID | None = None,
    who: str = "", closeness: Closeness = Closeness.NEAR, warmth: Warmth = Warmth.WARM, since_on: date | None = None,
    is_trusted_adult: bool = False, is_found_by_child: bool = False, note: str = "",
) -> Relationship:
    """Put somebody or somewhere into the circle, or say how it is now (with `relationship_id`). Ended ones keep their day."""
    with atomic():
        child = queries.get_child_by_id(child_id)
        if not name.strip():
            raise Invalid("Type a name.", field="name")
        if since_on is not None and since_on > clock.today():
            raise Invalid("It cannot have begun on a day that is still to come.", field="since_on")
        if relationship_id is None:
            tie = Relationship(child_id=child_id, since_on=since_on or clock.today(), kind=kind, name=name.strip())
            db.session.add(tie)
        else:
            tie = get_relationship(relationship_id, child_id)
            tie.since_on = since_on or tie.since_on
        tie.name, tie.who, tie.kind, tie.closeness, tie.note = name.strip(), who.strip(), kind, closeness, note.strip()
        tie.is_trusted_adult, tie.is_found_by_child = is_trusted_adult, is_found_by_child
        if warmth is not Warmth.ENDED:
            tie.ended_on = None
        elif tie.warmth is not Warmth.ENDED or tie.ended_on is None:
            tie.ended_on = clock.today()
        tie.warmth = warmth
        record("children.relationship.set", subject=tie, actor=actor, zone_id=child.zone_id, child_id=child_id, kind=kind.value,
               closeness=closeness.value, warmth=warmth.value)
        return tie


def get_relationship(relationship_id: uuid.UUID, child_id: uuid.UUID) -> Relationship:
    """Raises NotFound when it is not this child's."""
    tie = db.session.get(Relationship, relationship_id)
    if tie is None or tie.child_id != child_id:
        raise NotFound
    return tie


def set_carer(
    *, child_id: uuid.UUID, name: str, actor: Person | None, carer_id: uuid.UUID | None = None, relation: str = "",
    phone: str = "", email: str = "", language: str = "en", has_parental_responsibility: bool = True,
) -> Carer:
    """Add a parent or carer, or change what is known of one (with `carer_id`).

    Consents given by somebody who turns out to have no parental responsibility are not ended by this: withdraw them.
    """
    with atomic():
        child = queries.get_child_by_id(child_id)
        if not name.strip():
            raise Invalid("Type the parent’s or carer’s name.", field="name")
        if carer_id is None:
            carer = Carer(child_id=child_id, name=name.strip())
            db.session.add(carer)
        else:
            carer = queries.get_carer(carer_id, child_id)
            carer.name = name.strip()
        carer.relation, carer.phone, carer.email, carer.language = relation.strip(), phone.strip(), email.strip(), language
        carer.has_parental_responsibility = has_parental_responsibility
        record("children.carer.set", subject=carer, actor=actor, zone_id=child.zone_id, child_id=child_id)
        return carer
