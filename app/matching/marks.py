"""What changed for matching in a Zone since it was read: one small statement, however large the Zone (see MatchChange)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.catalogue.models.words import LexiconChange
from app.matching.models import MatchChange, MatchShown, MatchWeights
from app.shared.db import db
from app.shared.moments import Since, moment


@dataclass(frozen=True)
class Mark:
    """Two equal marks since the same moment: nothing changed between them. `top` is the last number of all, `words` the lexicon's
    own mark, `hundredths` the Zone's weights; `was_any_shown` on any child's page of late."""

    count: int
    total: int
    top: int
    words: int
    hundredths: Mapping[str, int]
    was_any_shown: bool = False

    def same_offerings(self, other: Mark) -> bool:
        return (self.count, self.total, self.top) == (other.count, other.total, other.top)


def now(zone_id: uuid.UUID) -> Since:
    """Ask before reading: what is written meanwhile then counts as later."""
    return moment(sa.select(sa.func.coalesce(sa.func.max(MatchChange.number), 0)).where(MatchChange.zone_id == zone_id))


_ZONE: sa.BindParameter[uuid.UUID] = sa.bindparam("zone", type_=sa.Uuid())
_NUMBER: sa.BindParameter[int] = sa.bindparam("number", type_=sa.BigInteger())
_FIRST: sa.BindParameter[int] = sa.bindparam("first", type_=sa.BigInteger())
_LAST: sa.BindParameter[int] = sa.bindparam("last", type_=sa.BigInteger())
_LATER = sa.and_(MatchChange.zone_id == _ZONE, MatchChange.number > _NUMBER)
_STILL = sa.and_(MatchChange.zone_id == _ZONE, MatchChange.number <= _NUMBER, MatchChange.xact >= _FIRST, MatchChange.xact < _LAST)


def _mark(later: sa.ColumnElement[bool]) -> sa.Select[Any]:
    words = sa.select(sa.func.coalesce(sa.func.sum(LexiconChange.stamp), 0)).scalar_subquery()
    weights = (
        sa.select(MatchWeights.hundredths).where(MatchWeights.zone_id == _ZONE)
        .order_by(MatchWeights.version.desc()).limit(1).scalar_subquery()
    )
    shown = sa.exists().where(MatchShown.zone_id == _ZONE)
    top = sa.select(sa.func.coalesce(sa.func.max(MatchChange.number), 0)).where(MatchChange.zone_id == _ZONE).scalar_subquery()
    return sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(MatchChange.number), 0), top, words, weights, shown).where(later)


_MARK, _MARK_WITH_OPEN = _mark(_LATER), _mark(sa.or_(_LATER, _STILL))
_CHANGED = sa.select(MatchChange.offering_id, MatchChange.number)


def mark(zone_id: uuid.UUID, since: Since) -> Mark:
    row = db.session.connection().execute(_MARK_WITH_OPEN if since.is_open else _MARK, _values(zone_id, since)).one()
    return Mark(int(row[0]), int(row[1]), int(row[2]), int(row[3]), row[4] or {}, bool(row[5]))


def changed(zone_id: uuid.UUID, since: Since) -> dict[uuid.UUID, int]:
    """The offerings about which anything changed, each with the number of its last change."""
    later = sa.or_(_LATER, _STILL) if since.is_open else _LATER
    return {row.offering_id: row.number for row in db.session.execute(_CHANGED.where(later), _values(zone_id, since))}


def _values(zone_id: uuid.UUID, since: Since) -> dict[str, object]:
    values: dict[str, object] = {"zone": zone_id, "number": since.number}
    if since.is_open:
        values |= {"first": since.first, "last": since.last}
    return values
