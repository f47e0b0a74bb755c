"""A moment in a table of numbered changes, so that what came after it can be asked for. Pure but for the asking."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from app.shared.db import db


@dataclass(frozen=True)
class Since:
    """A moment: the last number seen, and (PostgreSQL) the transactions that were under way, `first` up to but not `last`."""

    number: int
    first: int = 0
    last: int = 0

    @property
    def is_open(self) -> bool:
        """Some were under way: what they wrote may have an earlier number."""
        return self.first < self.last


def moment(last_number: sa.Select[int]) -> Since:
    """Ask before reading: what is written meanwhile then counts as later. `last_number` gives the last number so far, or 0."""
    if db.engine.dialect.name == "sqlite":
        return Since(int(db.session.execute(last_number).scalar_one()))
    snapshot = sa.func.pg_current_snapshot()
    edges = [sa.cast(sa.cast(edge(snapshot), sa.Text), sa.BigInteger) for edge in (sa.func.pg_snapshot_xmin, sa.func.pg_snapshot_xmax)]
    number, first, last = db.session.execute(sa.select(last_number.scalar_subquery(), *edges)).one()
    return Since(int(number), int(first), int(last))
