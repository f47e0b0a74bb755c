"""Merging what was entered twice: one record stays, with the fields that were chosen and everything that hung on either; undone by the same record."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person
from app.audit import services as audit
from app.catalogue import changes
from app.catalogue.merging import mover_of, movers
from app.catalogue.models import (
    Cohort,
    Merge,
    MergeKind,
    NotDuplicate,
    Offering,
    OfferingState,
    Organisation,
    PartnerState,
)
from app.catalogue.services import powers
from app.shared import clock
from app.shared.db import atomic, db, lock_rows
from app.shared.errors import DomainError, Invalid, NotFound
from app.shared.view import plural

ORGANISATION_FIELDS = ("name", "kind", "about", "contact_name", "email", "phone", "website", "address", "postcode")
OFFERING_FIELDS = (
    "title", "description", "interests", "needs", "age_min", "age_max", "year_min", "year_max", "gender", "eligibility", "is_private", "delivery",
    "home_visit_radius_km", "site_id", "town", "postcode", "postcode_area", "region", "latitude", "longitude", "is_place_approximate",
    "place_found_by", "how_to_get_there", "slots", "is_by_arrangement", "season", "cost_pence", "languages", "is_step_free",
    "must_parent_stay", "accessibility", "sibling_min_age", "group_size",
)
"""Not the kind: a programme that is bought and a library that is free are not one and the same."""

FIELDS = {MergeKind.ORGANISATION: ORGANISATION_FIELDS, MergeKind.OFFERING: OFFERING_FIELDS}
TOGETHER = (
    ("age_min", "age_max"), ("year_min", "year_max"), ("delivery", "home_visit_radius_km"),
    ("site_id", "town", "postcode", "postcode_area", "region", "latitude", "longitude", "is_place_approximate", "place_found_by"),
    ("slots", "is_by_arrangement", "season"), ("is_step_free", "accessibility"),
)
"""Fields that only make sense from one and the same record: chosen by the first of them."""

MODELS: dict[MergeKind, type[Organisation] | type[Offering]] = {MergeKind.ORGANISATION: Organisation, MergeKind.OFFERING: Offering}
_Record = Organisation | Offering


class CannotMerge(DomainError):
    """The two cannot become one as things stand; the sentence says what to settle first."""

    code = "cannot_merge"


class CannotUndo(DomainError):
    """Something later depends on the merge."""

    code = "cannot_undo"


@dataclass(frozen=True)
class Undone:
    """`kept_edits` are fields that somebody changed since, and that stay as they are."""

    merge: Merge
    kept_edits: tuple[str, ...]


def groups(kind: MergeKind) -> list[tuple[str, ...]]:
    """The fields to choose, those that belong together in one."""
    joined = {name: group for group in TOGETHER for name in group if group[0] in FIELDS[kind]}
    return list(dict.fromkeys(joined.get(name, (name,)) for name in FIELDS[kind]))


def merge(*, kind: MergeKind, kept_id: uuid.UUID, gone_id: uuid.UUID, take: Collection[str], actor: Person) -> Merge:
    """`gone` becomes part of `kept`. `take` names the fields that come from `gone` (of a group, its first).

    Everything that hangs on `gone` moves over in this one transaction; `gone` stays, closed, for its address and its history.
    Raises CannotMerge.
    """
    with atomic():
        if kept_id == gone_id:
            raise CannotMerge(_("These are one and the same record already."))
        kept, gone = _get(kind, kept_id), _get(kind, gone_id)
        powers.manages(actor, kept.zone_id)
        _require_alike(kind, kept, gone)
        _lock(kind, kept_id, gone_id)
        for mover in movers():
            if why := mover.stops(kind, kept_id, gone_id):
                raise CannotMerge(why)
        chosen = [name for group in groups(kind) if group[0] in take for name in group]
        values = {name: getattr(gone, name) for name in chosen}
        names = FIELDS[kind]
        kept_before, gone_before = changes.pack(kept, names), changes.pack(gone, (*names, "state"))
        gone.merged_into_id, stood = kept_id, str(gone.state)
        gone.state = PartnerState.LEFT if isinstance(gone, Organisation) else OfferingState.CLOSED
        db.session.flush()  # the name is free before the other takes it
        moved = {mover.table: [str(id_) for id_ in mover.move(kind, kept_id, gone_id)] for mover in movers()}
        changed = changes.apply(kept, values)
        done = Merge(
            zone_id=kept.zone_id, kind=kind, kept_id=kept_id, gone_id=gone_id, merged_by_id=actor.id, kept_before=kept_before,
            kept_after=changes.pack(kept, names), gone_before=gone_before, moved={table: ids for table, ids in moved.items() if ids},
        )
        db.session.add(done)
        db.session.flush()
        counts = {table: len(ids) for table, ids in done.moved.items()}
        audit.record(
            "catalogue.merge.kept", subject=kept, actor=actor, other=gone_id, merge=done.id, fields=list(changed), changes=changed, moved_rows=counts,
        )
        moved_to = (stood, str(gone.state)) if stood != gone.state else None
        audit.record("catalogue.merge.joined", subject=gone, actor=actor, other=kept_id, merge=done.id, moved=moved_to)
        return done


def undo_merge(*, merge_id: uuid.UUID, actor: Person) -> Undone:
    """Both are there again, each with what was its own. Fields that were edited since stay as they were edited.

    Undoing twice is undoing once. Raises CannotUndo when something later depends on the merge.
    """
    with atomic():
        done = db.session.get(Merge, merge_id)
        if done is None:
            raise NotFound
        powers.manages(actor, done.zone_id)
        if done.undone_at is not None:
            return Undone(done, ())
        kept, gone = _get(done.kind, done.kept_id), _get(done.kind, done.gone_id)
        _require_last(done)
        _lock(done.kind, done.kept_id, done.gone_id)
        for mover in movers():
            if why := mover.stops_undo(done):
                raise CannotUndo(why)
        now = changes.pack(kept, FIELDS[done.kind])
        edited = tuple(name for name, value in now.items() if value != done.kept_after.get(name))
        model = MODELS[done.kind]
        back = {name: value for name, value in done.kept_before.items() if name not in edited}
        changed = changes.apply(kept, changes.unpack(model, back))
        db.session.flush()
        for table, ids in done.moved.items():
            mover_of(table).back(done.kind, done.gone_id, [uuid.UUID(id_) for id_ in ids])
        stood = str(gone.state)
        changes.apply(gone, changes.unpack(model, done.gone_before))
        gone.merged_into_id = None
        done.undone_at, done.undone_by_id = clock.now(), actor.id
        audit.record(
            "catalogue.merge.reversed", subject=kept, actor=actor, other=gone.id, merge=done.id, fields=list(changed), changes=changed,
        )
        moved_to = (stood, str(gone.state)) if stood != gone.state else None
        audit.record("catalogue.merge.restored", subject=gone, actor=actor, other=kept.id, merge=done.id, moved=moved_to)
        return Undone(done, edited)


def tell_apart(*, kind: MergeKind, first_id: uuid.UUID, second_id: uuid.UUID, actor: Person) -> NotDuplicate:
    """Somebody looked: not the same. They are not shown together again; saying it twice is saying it once."""
    with atomic():
        one, other = _get(kind, first_id), _get(kind, second_id)
        powers.manages(actor, one.zone_id)
        if one.zone_id != other.zone_id or one.id == other.id:
            raise Invalid(_("Choose two records of one Zone."))
        low, high = sorted((first_id, second_id), key=str)
        known = db.session.scalar(sa.select(NotDuplicate).where(
            NotDuplicate.kind == kind, NotDuplicate.first_id == low, NotDuplicate.second_id == high
        ))
        if known is not None:
            return known
        mark = NotDuplicate(zone_id=one.zone_id, kind=kind, first_id=low, second_id=high, said_by_id=actor.id)
        db.session.add(mark)
        audit.record("catalogue.merge.dismissed", subject=one, actor=actor, other=second_id)
        return mark


def forget_told_apart(*, mark_id: uuid.UUID, actor: Person) -> None:
    """Perhaps they are the same after all: they are shown together again."""
    with atomic():
        mark = db.session.get(NotDuplicate, mark_id)
        if mark is None:
            raise NotFound
        powers.manages(actor, mark.zone_id)
        audit.record("catalogue.merge.reconsidered", subject=_get(mark.kind, mark.first_id), actor=actor, other=mark.second_id)
        db.session.delete(mark)


def why_not(kind: MergeKind, kept_id: uuid.UUID, gone_id: uuid.UUID) -> list[str]:
    """Why the two cannot be merged now, one sentence each; nothing when they can. Writes nothing."""
    try:
        _require_alike(kind, _get(kind, kept_id), _get(kind, gone_id))
    except CannotMerge as refusal:
        return [refusal.sentence]
    return [why for mover in movers() if (why := mover.stops(kind, kept_id, gone_id))]


def _require_alike(kind: MergeKind, kept: _Record, gone: _Record) -> None:
    if kept.zone_id != gone.zone_id:
        raise CannotMerge(_("They are in two Zones."))
    if kept.merged_into_id is not None or gone.merged_into_id is not None:
        raise CannotMerge(_("One of the two was merged already. Look at the list again."))
    if isinstance(kept, Offering) and isinstance(gone, Offering):
        if kept.needs_money != gone.needs_money:
            raise CannotMerge(_("One is a programme that is bought, the other is not. Change the kind of one first, if that is wrong."))
        if kept.organisation_id != gone.organisation_id:
            raise CannotMerge(
                _("They are of two organisations, %(kept)s and %(gone)s. If those are one and the same, merge them first.", kept=kept.organisation.name, gone=gone.organisation.name)
            )


def _lock(kind: MergeKind, *ids: uuid.UUID) -> None:
    """The groups first: nobody takes a place in one while it moves."""
    statement = sa.select(Cohort.id).join(Offering, Offering.id == Cohort.offering_id)
    which = Offering.organisation_id if kind is MergeKind.ORGANISATION else Offering.id
    lock_rows(Cohort, db.session.scalars(statement.where(which.in_(ids))).all())


def _require_last(done: Merge) -> None:
    """Merges that build on one another are undone from the last one back."""
    ids = (done.kept_id, done.gone_id)
    later: Sequence[Merge] = db.session.scalars(
        sa.select(Merge).where(
            Merge.undone_at.is_(None), Merge.id != done.id, Merge.created_at >= done.created_at,
            sa.or_(Merge.kept_id.in_(ids), Merge.gone_id.in_(ids)),
        ).order_by(Merge.created_at.desc()).limit(1)
    ).all()
    if later:
        raise CannotUndo(_("It was merged with another since. Undo that merge first."))


def _get(kind: MergeKind, record_id: uuid.UUID) -> _Record:
    found: Any = db.session.get(MODELS[kind], record_id)
    if found is None:
        raise NotFound
    return found  # type: ignore[no-any-return]


def say_moved(done: Merge) -> list[str]:
    """"3 groups", "1 introduction": what went over, for the page."""
    return [plural(len(ids), *mover_of(table).said) for table, ids in done.moved.items()]
