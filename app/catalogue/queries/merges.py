"""Records that look alike, those that were merged, and those that are known not to be the same."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.accounts.models import Person, Role
from app.catalogue.duplicates import Likeness, Record, find_pairs
from app.catalogue.models import (
    Alike,
    AlikeLook,
    Merge,
    MergeKind,
    NotDuplicate,
    Offering,
    OfferingState,
    Organisation,
    PartnerState,
)
from app.catalogue.queries.heirs import MODELS
from app.shared.db import db, in_parts
from app.shared.errors import NotFound


@dataclass(frozen=True)
class Pair:
    """Two records that look alike, with what tells them apart on one line each."""

    kind: MergeKind
    likeness: Likeness
    first: tuple[str, str]
    second: tuple[str, str]


@dataclass(frozen=True)
class Told:
    """Two records that are known not to be the same, and who said so."""

    id: uuid.UUID
    kind: MergeKind
    first: str
    second: str
    by: str


FEW = 800
"""So many records are compared while somebody waits; of more, the worker keeps what it finds (app/catalogue/services/alike.py)."""


def list_duplicates(zone_id: uuid.UUID, kind: MergeKind) -> list[Pair]:
    """Of the Zone's records that are in use and not known to be different, the likeliest first; of many, those found at the last look."""
    if are_many(zone_id, kind):
        return _kept(zone_id, kind)
    records = list_records(zone_id, kind)
    apart = [(first, second) for first, second in db.session.execute(_apart(zone_id, kind))]
    said = {record.id: _said(record) for record in records}
    return [Pair(kind, one, said[one.first], said[one.second]) for one in find_pairs(records, apart=apart)]


def find_look(zone_id: uuid.UUID, kind: MergeKind) -> AlikeLook | None:
    return db.session.scalar(sa.select(AlikeLook).where(AlikeLook.zone_id == zone_id, AlikeLook.kind == kind))


def are_many(zone_id: uuid.UUID, kind: MergeKind) -> bool:
    model = MODELS[kind]
    return (db.session.scalar(sa.select(sa.func.count()).select_from(model).where(model.zone_id == zone_id)) or 0) > FEW


def list_records(zone_id: uuid.UUID, kind: MergeKind, ids: Sequence[uuid.UUID] | None = None) -> list[Record]:
    """What is compared of the records in use: all of them, or those of `ids`."""
    return _organisations(zone_id, ids) if kind is MergeKind.ORGANISATION else _offerings(zone_id, ids)


def _kept(zone_id: uuid.UUID, kind: MergeKind) -> list[Pair]:
    """As the records are called now; without those that went, or were told apart, since the look."""
    rows = db.session.scalars(
        sa.select(Alike).where(Alike.zone_id == zone_id, Alike.kind == kind).order_by(Alike.score.desc(), Alike.first_id, Alike.second_id)
    ).all()
    apart = {frozenset(pair) for pair in db.session.execute(_apart(zone_id, kind)).all()}
    ids = {id_ for row in rows for id_ in (row.first_id, row.second_id)}
    said = {record.id: _said(record) for part in in_parts(sorted(ids)) for record in list_records(zone_id, kind, part)}
    return [
        Pair(kind, Likeness(row.first_id, row.second_id, row.score, row.parts), said[row.first_id], said[row.second_id]) for row in rows
        if row.first_id in said and row.second_id in said and frozenset((row.first_id, row.second_id)) not in apart
    ]


def _apart(zone_id: uuid.UUID, kind: MergeKind) -> sa.Select[uuid.UUID, uuid.UUID]:
    return sa.select(NotDuplicate.first_id, NotDuplicate.second_id).where(NotDuplicate.zone_id == zone_id, NotDuplicate.kind == kind)


def _said(record: Record) -> tuple[str, str]:
    return record.name, " · ".join(filter(None, (record.provider, record.postcode)))


def _organisations(zone_id: uuid.UUID, ids: Sequence[uuid.UUID] | None) -> list[Record]:
    statement = (
        sa.select(Organisation.id, Organisation.name, Organisation.postcode, Organisation.phone, Organisation.website)
        .where(Organisation.zone_id == zone_id, Organisation.state != PartnerState.LEFT, Organisation.merged_into_id.is_(None))
        .order_by(Organisation.id)
    )
    rows = db.session.execute(statement if ids is None else statement.where(Organisation.id.in_(ids)))
    return [Record(row.id, row.name, postcode=row.postcode, phone=row.phone, website=row.website) for row in rows]


def _offerings(zone_id: uuid.UUID, ids: Sequence[uuid.UUID] | None) -> list[Record]:
    statement = (
        sa.select(
            Offering.id, Offering.title, Organisation.name, Offering.postcode, Offering.postcode_area, Offering.latitude, Offering.longitude,
            Organisation.phone, Organisation.website,
        )
        .join(Organisation, Organisation.id == Offering.organisation_id)
        .where(Offering.zone_id == zone_id, Offering.state != OfferingState.CLOSED, Offering.merged_into_id.is_(None))
        .order_by(Offering.id)
    )
    rows = db.session.execute(statement if ids is None else statement.where(Offering.id.in_(ids)))
    return [
        Record(row.id, row.title, row.name, row.postcode or row.postcode_area, row.latitude, row.longitude, row.phone, row.website)
        for row in rows
    ]


def record_of(thing: Organisation | Offering) -> Record:
    if isinstance(thing, Organisation):
        return Record(thing.id, thing.name, postcode=thing.postcode, phone=thing.phone, website=thing.website)
    return Record(
        thing.id, thing.title, thing.organisation.name, thing.postcode or thing.postcode_area, thing.latitude, thing.longitude,
        thing.organisation.phone, thing.organisation.website,
    )


def get_merge(merge_id: uuid.UUID, person: Person) -> Merge:
    """For the Zone's manager. Raises NotFound."""
    found = db.session.scalar(
        sa.select(Merge).where(Merge.id == merge_id, Merge.zone_id.in_(person.zone_ids(Role.ZONE_MANAGER)))
    )
    if found is None:
        raise NotFound
    return found


def get_not_duplicate(mark_id: uuid.UUID, person: Person) -> NotDuplicate:
    """For the Zone's manager. Raises NotFound."""
    found = db.session.scalar(
        sa.select(NotDuplicate).where(NotDuplicate.id == mark_id, NotDuplicate.zone_id.in_(person.zone_ids(Role.ZONE_MANAGER)))
    )
    if found is None:
        raise NotFound
    return found


def list_merges(zone_id: uuid.UUID, limit: int = 50) -> list[dict[str, Any]]:
    """The newest first, with the names that people know them by."""
    rows = db.session.execute(
        sa.select(Merge, Person.name).join(Person, Person.id == Merge.merged_by_id).where(Merge.zone_id == zone_id)
        .order_by(Merge.created_at.desc(), Merge.id).limit(limit)
    ).all()
    names = _names([(merge.kind, id_) for merge, _ in rows for id_ in (merge.kept_id, merge.gone_id)])
    return [{"merge": merge, "by": by, "kept": names[merge.kept_id], "gone": names[merge.gone_id]} for merge, by in rows]


def list_told_apart(zone_id: uuid.UUID, limit: int = 100) -> list[Told]:
    """The newest first."""
    rows = db.session.execute(
        sa.select(NotDuplicate, Person.name).join(Person, Person.id == NotDuplicate.said_by_id).where(NotDuplicate.zone_id == zone_id)
        .order_by(NotDuplicate.created_at.desc(), NotDuplicate.id).limit(limit)
    ).all()
    names = _names([(mark.kind, id_) for mark, _ in rows for id_ in (mark.first_id, mark.second_id)])
    return [Told(mark.id, mark.kind, names[mark.first_id], names[mark.second_id], by) for mark, by in rows]


def _names(wanted: Sequence[tuple[MergeKind, uuid.UUID]]) -> dict[uuid.UUID, str]:
    names: dict[uuid.UUID, str] = {}
    for kind, column in ((MergeKind.ORGANISATION, Organisation.name), (MergeKind.OFFERING, Offering.title)):
        ids = {id_ for one, id_ in wanted if one is kind}
        names.update(db.session.execute(sa.select(MODELS[kind].id, column).where(MODELS[kind].id.in_(ids))).all() if ids else [])
    return names
