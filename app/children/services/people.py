"""The people around the child: the circle with its history, and parents and carers."""

from __future__ import annotations

import uuid
from datetime import date

from flask_babel import gettext as _

from app.accounts.models import Person
from app.audit.services import record
from app.children import book, queries
from app.children.models import Carer, Closeness, Relationship, RelationshipKind, RelationshipMoment, Warmth
from app.children.services import powers
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import Invalid, NotFound


def set_relationship(
    *, child_id: uuid.UUID, name: str, kind: RelationshipKind, actor: Person | None, relationship_id: uuid.UUID | None = None,
    who: str = "", closeness: Closeness = Closeness.NEAR, warmth: Warmth = Warmth.WARM, since_on: date | None = None,
    is_trusted_adult: bool = False, is_found_by_child: bool = False, note: str = "", changed_on: date | None = None,
    other_child_id: uuid.UUID | None = None,
) -> Relationship:
    """Put somebody or somewhere into the circle, or say how it is now (with `relationship_id`).

    How close and how warm it was before stays on record; `changed_on` is the day it became so (today, unless named). A friend, brother
    or sister may be another child of Kith whom the actor sees (`other_child_id`). Raises Invalid for a day to come, one before the last
    change, or somebody who cannot be that child.
    """
    with atomic():
        child = queries.get_child_by_id(child_id)
        powers.works_with(actor, child)
        if not name.strip():
            raise Invalid(_("Type a name."), field="name")
        if since_on is not None and since_on > clock.today():
            raise Invalid(_("It cannot have begun on a day that is still to come."), field="since_on")
        if relationship_id is None:
            tie = Relationship(child_id=child_id, since_on=since_on or clock.today(), kind=kind, name=name.strip())
            db.session.add(tie)
            _begin(tie, closeness, warmth)
        else:
            tie = get_relationship(relationship_id, child_id)
            _move_beginning(tie, since_on or tie.since_on)
            _become(tie, closeness, warmth, changed_on or clock.today())
        tie.name, tie.who, tie.kind, tie.note = name.strip(), who.strip(), kind, note.strip()
        tie.is_trusted_adult, tie.is_found_by_child = is_trusted_adult, is_found_by_child
        tie.other_child_id = _same_child(child_id, kind, other_child_id, tie.other_child_id, actor)
        record("children.relationship.set", subject=tie, actor=actor, zone_id=child.zone_id, child_id=child_id, kind=kind.value,
               closeness=closeness.value, warmth=warmth.value)
        return tie


def _same_child(
    child_id: uuid.UUID, kind: RelationshipKind, wanted: uuid.UUID | None, known: uuid.UUID | None, actor: Person | None
) -> uuid.UUID | None:
    """What somebody else has linked, whom the actor may not see, is left as it is."""
    if wanted is None:
        return known if known is not None and not (actor is not None and queries.is_visible(known, actor)) else None
    if kind not in (RelationshipKind.FRIEND, RelationshipKind.FAMILY):
        raise Invalid(_("Only a friend, or a brother or sister, can be a child of Kith."), field="other_child_id")
    if wanted == child_id or actor is None or not queries.is_visible(wanted, actor):
        raise Invalid(_("Choose one of the children you work with."), field="other_child_id")
    return wanted


def join_circle(
    *, child_id: uuid.UUID, origin_id: uuid.UUID, name: str, who: str, kind: RelationshipKind, closeness: Closeness, warmth: Warmth,
    on: date, actor: Person | None,
) -> Relationship | None:
    """A partner or a place comes into the circle by itself, through what brought it (`origin_id`), or is from `on` as close and as
    warm as said. One that never came in cannot end: None. What a person has written about it since is left as it is."""
    with atomic():
        child = queries.get_child_by_id(child_id)
        tie = book.find_by_origin(child_id, origin_id)
        if tie is None:
            if warmth is Warmth.ENDED:
                return None
            tie = Relationship(child_id=child_id, since_on=on, kind=kind, name=name, who=who, origin_id=origin_id)
            db.session.add(tie)
            _begin(tie, closeness, warmth)
        elif not _become(tie, closeness, warmth, max(on, tie.moments[-1].from_on if tie.moments else on)):
            return tie
        record("children.relationship.followed", subject=tie, actor=actor, zone_id=child.zone_id, child_id=child_id, kind=kind.value,
               closeness=closeness.value, warmth=warmth.value)
        return tie


def _begin(tie: Relationship, closeness: Closeness, warmth: Warmth) -> None:
    tie.closeness, tie.warmth, tie.ended_on = closeness, warmth, tie.since_on if warmth is Warmth.ENDED else None
    tie.moments.append(RelationshipMoment(from_on=tie.since_on, closeness=closeness, warmth=warmth))


def _move_beginning(tie: Relationship, since_on: date) -> None:
    if since_on == tie.since_on:
        return
    later = tie.moments[1].from_on if len(tie.moments) > 1 else None
    if later is not None and since_on >= later:
        raise Invalid(_("It changed on %(day)s, so it began before that.", day=f"{later:%-d %B %Y}"), field="since_on")
    tie.since_on = since_on
    if tie.moments:
        tie.moments[0].from_on = since_on


def _become(tie: Relationship, closeness: Closeness, warmth: Warmth, on: date) -> bool:
    """From `on` it is so. The same again is no change."""
    if (tie.closeness, tie.warmth) == (closeness, warmth):
        return False
    last = tie.moments[-1] if tie.moments else None
    if on > clock.today():
        raise Invalid(_("It cannot have changed on a day that is still to come."), field="changed_on")
    if last is not None and on < last.from_on:
        raise Invalid(_("It changed last on %(day)s. Choose that day or a later one.", day=f"{last.from_on:%-d %B %Y}"), field="changed_on")
    if last is not None and last.from_on == on:
        last.closeness, last.warmth = closeness, warmth
    else:
        tie.moments.append(RelationshipMoment(from_on=on, closeness=closeness, warmth=warmth))
    tie.closeness, tie.warmth = closeness, warmth
    tie.ended_on = on if warmth is Warmth.ENDED else None
    return True


def get_relationship(relationship_id: uuid.UUID, child_id: uuid.UUID) -> Relationship:
    """Raises NotFound when it is not this child's."""
    tie = db.session.get(Relationship, relationship_id)
    if tie is None or tie.child_id != child_id:
        raise NotFound
    return tie


def set_carer(
    *, child_id: uuid.UUID, name: str, actor: Person | None, carer_id: uuid.UUID | None = None, relation: str = "",
    phone: str = "", email: str = "", language: str = "en", has_parental_responsibility: bool = True, may_not_know_where: bool | None = None,
) -> Carer:
    """Add a parent or carer, or change what is known of one (with `carer_id`).

    Consents given by somebody who turns out to have no parental responsibility are not ended by this: withdraw them.
    Whoever is marked as one who must not know where the child is stays marked until the mark is taken away (`may_not_know_where` False).
    """
    with atomic():
        child = queries.get_child_by_id(child_id)
        powers.works_with(actor, child)
        if not name.strip():
            raise Invalid(_("Type the parent’s or carer’s name."), field="name")
        if carer_id is None:
            carer = Carer(child_id=child_id, name=name.strip())
            db.session.add(carer)
        else:
            carer = queries.get_carer(carer_id, child_id)
            carer.name = name.strip()
        carer.relation, carer.phone, carer.email, carer.language = relation.strip(), phone.strip(), email.strip(), language
        carer.has_parental_responsibility = has_parental_responsibility
        if may_not_know_where is not None:
            carer.may_not_know_where = may_not_know_where
        record("children.carer.set", subject=carer, actor=actor, zone_id=child.zone_id, child_id=child_id, may_not_know_where=bool(carer.may_not_know_where))
        return carer
