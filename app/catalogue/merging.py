"""What goes along when two records become one. Rooms above register what of theirs names an organisation or an offering.

Each mover moves rows in the transaction of the merge, answers their ids, and can take just those back.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from app.catalogue.models import Merge, MergeKind
from app.shared.db import Row, db, in_parts

Move = Callable[[MergeKind, uuid.UUID, uuid.UUID], Sequence[uuid.UUID]]
Back = Callable[[MergeKind, uuid.UUID, Sequence[uuid.UUID]], None]


def _nothing_stops(kind: MergeKind, kept_id: uuid.UUID, gone_id: uuid.UUID) -> str:
    return ""


def _nothing_stops_undoing(merge: Merge) -> str:
    return ""


@dataclass(frozen=True)
class Mover:
    """One table. `move(kind, kept, gone)` answers the ids that went over; `back(kind, gone, ids)` takes those to `gone` again.

    `stops` and `stops_undo` answer a sentence when that cannot be now, and "" when it can; never a child's name. `said` names the
    rows for a person, in one and in many ("introduction", "introductions").
    """

    table: str
    said: tuple[str, str]
    move: Move
    back: Back
    stops: Callable[[MergeKind, uuid.UUID, uuid.UUID], str] = _nothing_stops
    stops_undo: Callable[[Merge], str] = _nothing_stops_undoing


Column = InstrumentedAttribute[Any]


def by_column(
    model: type[Row], said: tuple[str, str], *, organisation: Column | None = None, offering: Column | None = None,
    once_per: Column | None = None, stops: Callable[[MergeKind, uuid.UUID, uuid.UUID], str] = _nothing_stops,
    stops_undo: Callable[[Merge], str] = _nothing_stops_undoing,
) -> Mover:
    """The mover of a table whose rows name the record in a column. `once_per`: where the kept record already has a row with the
    same value there (one declared interest a person), that of the other stays where it is."""
    columns = {MergeKind.ORGANISATION: organisation, MergeKind.OFFERING: offering}
    ids: Column = model.id

    def move(kind: MergeKind, kept_id: uuid.UUID, gone_id: uuid.UUID) -> Sequence[uuid.UUID]:
        column = columns[kind]
        if column is None:
            return []
        wanted = sa.select(ids).where(column == gone_id).order_by(ids)
        if once_per is not None:
            wanted = wanted.where(once_per.not_in(sa.select(once_per).where(column == kept_id)))
        found = db.session.scalars(wanted).all()
        _set(column, found, kept_id)
        return found

    def back(kind: MergeKind, gone_id: uuid.UUID, found: Sequence[uuid.UUID]) -> None:
        column = columns[kind]
        if column is not None:
            _set(column, found, gone_id)

    def _set(column: Column, found: Sequence[uuid.UUID], to: uuid.UUID) -> None:
        for part in in_parts(found):
            db.session.execute(sa.update(model).where(ids.in_(part)).values({column.key: to}))

    return Mover(model.__tablename__, said, move, back, stops, stops_undo)


_movers: dict[str, Mover] = {}


def register_mover(mover: Mover) -> None:
    """Registering a table again replaces its mover."""
    _movers[mover.table] = mover


def movers() -> Sequence[Mover]:
    return list(_movers.values())


def mover_of(table: str) -> Mover:
    return _movers[table]
