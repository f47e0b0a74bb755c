"""What changed in a Zone's texts since something was read from them: one small statement, however large the Zone.

The database notes each change itself (OfferingChange), so nobody can forget to. See docs/search.md.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.catalogue.models.search import OfferingChange
from app.shared.db import db, is_writing
from app.shared.moments import Since, moment


@dataclass(frozen=True)
class Mark:
    """Two equal marks since the same moment: nothing came, changed or went between them. `words` is the lexicon's own."""

    count: int
    total: int
    words: int


def now(zone_id: uuid.UUID) -> Since:
    """Ask before reading: what is written meanwhile then counts as later."""
    return moment(sa.select(sa.func.coalesce(sa.func.max(OfferingChange.number), 0)).where(OfferingChange.zone_id == zone_id))


def _as_text(text: str) -> sa.TextClause:
    """The mark is asked for before every search: building its statement anew would take longer than answering it."""
    return sa.text(text).bindparams(sa.bindparam("zone_id", type_=sa.Uuid()))


_MARK = (
    "SELECT count(*), coalesce(sum(number), 0), (SELECT coalesce(sum(stamp), 0) FROM lexicon_change) "
    "FROM offering_change WHERE zone_id = :zone_id AND "
)
_SIMPLE = _as_text(_MARK + "number > :number")
_WITH_THOSE_UNDER_WAY = _as_text(_MARK + "(number > :number OR xact >= :first AND xact < :last)")


def mark(zone_id: uuid.UUID, since: Since) -> Mark:
    """As the transaction sees it that is open now, or opens with this. On SQLite a connection knows by itself whether anything was
    committed since it last looked, so that nothing is counted again. Inside a writing transaction it is always counted, and not
    remembered: what is rolled back leaves no trace that a connection would know of."""
    connection = db.session.connection()
    if is_writing() or connection.dialect.name != "sqlite":
        return counted(connection, zone_id, since)
    driver: Any = connection.connection.dbapi_connection
    state = driver.execute("PRAGMA data_version").fetchone()[0], driver.total_changes
    kept: dict[tuple[uuid.UUID, Since], tuple[object, Mark]] = connection.info.setdefault(_KEPT, {})
    then, found = kept.get((zone_id, since), (None, None))
    if found is None or then != state:
        found = counted(connection, zone_id, since)
        if len(kept) >= MOST_KEPT:
            kept.clear()
        kept[zone_id, since] = state, found
    return found


_KEPT = "catalogue.search.marks"
MOST_KEPT = 64
"""Marks remembered with one connection."""


def counted(connection: sa.Connection, zone_id: uuid.UUID, since: Since) -> Mark:
    """`mark`, asked of the database."""
    given: dict[str, object] = {"zone_id": zone_id, "number": since.number}
    if since.is_open:
        row = connection.execute(_WITH_THOSE_UNDER_WAY, {**given, "first": since.first, "last": since.last}).one()
    else:
        row = connection.execute(_SIMPLE, given).one()
    return Mark(int(row[0]), int(row[1]), int(row[2]))


def changed(zone_id: uuid.UUID, since: Since) -> list[tuple[uuid.UUID, int]]:
    """The offerings whose text came, changed or went, each with the number of its last change."""
    later: sa.ColumnElement[bool] = OfferingChange.number > since.number
    if since.is_open:
        later = sa.or_(later, sa.and_(OfferingChange.xact >= since.first, OfferingChange.xact < since.last))
    rows = db.session.execute(
        sa.select(OfferingChange.offering_id, OfferingChange.number).where(OfferingChange.zone_id == zone_id, later)
        .order_by(OfferingChange.number)
    )
    return [(offering_id, number) for offering_id, number in rows]
