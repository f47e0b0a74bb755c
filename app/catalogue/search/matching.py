"""Asks the database's full-text index for the rows that hold a query's words. Same answers on SQLite and PostgreSQL."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import UnaryExpression

from app.catalogue.models import OfferingText
from app.catalogue.search.understanding import Group, Query
from app.shared.db import db

MOST_GROUPS = 14
ENOUGH = 10
"""A page shows what answers every part of the query; with fewer than this, also what answers some of it."""
_T = OfferingText.__table__.c  # plain columns: their rows are read in two thirds of the time of mapped ones
NAMES = (_T.id, _T.offering_id, _T.source_ref)
LIGHT = (
    *NAMES, _T.kind, _T.delivery, _T.region, _T.age_min, _T.age_max, _T.cost_pence, _T.days, _T.times, _T.needs_mask, _T.languages,
    _T.is_step_free, _T.access, _T.interests, _T.town, _T.latitude, _T.longitude,
)
WORDS = (_T.id, _T.title, _T.tags, _T.needs, _T.provider, _T.place, _T.facts, _T.body)
"""What is weighed. It stands at the beginning of a row, so the rest of it need not be read."""


_FOUND = sa.table("offering_search", sa.column("rowid", sa.Integer), sa.column("offering_search", sa.Text))
"""SQLite's index. Joined, not asked for a list of all it finds: its rows come in their order, so a limit ends the looking."""


def required_groups(query: Query) -> list[Group]:
    return [group for group in query.groups if group.is_required][:MOST_GROUPS]


def looked_for(query: Query) -> list[int]:
    """The places of the groups of which something must be in an offering for it to be found at all."""
    return [place for place, group in enumerate(query.groups) if group.is_looked_for][:MOST_GROUPS]


def holds_all(query: Query, *, in_head: bool = False, least: float = 0.0) -> sa.ColumnElement[bool] | None:
    """SQL: something of every required group (in the title or tags, with `in_head`), of alternatives of at least that weight.

    None where nothing is required.
    """
    groups = required_groups(query)
    return _matches(groups, " AND ", " & ", in_head=in_head, least=least) if groups else None


def holds_any(query: Query, *, in_head: bool = False) -> sa.ColumnElement[bool] | None:
    """SQL: something of any group that finds; None for an empty query."""
    groups = [query.groups[place] for place in looked_for(query)]
    return _matches(groups, " OR ", " | ", in_head=in_head) if groups else None


def _matches(
    groups: Sequence[Group], fts_joint: str, ts_joint: str, *, in_head: bool, least: float = 0.0
) -> sa.ColumnElement[bool]:
    wanted = [[phrase for phrase, weight in group.alternatives.items() if weight >= least] for group in groups]
    if not all(wanted) and fts_joint == " AND ":
        return sa.false()
    wanted = [_needed(phrases) for phrases in wanted if phrases]
    if not wanted:
        return sa.false()
    if db.engine.dialect.name == "sqlite":
        found = fts_joint.join(f"({' OR '.join(map(_quoted, phrases))})" for phrases in wanted)
        found = f"{{title tags}} : ({found})" if in_head else found
        return sa.and_(_FOUND.c.rowid == _T.id, _FOUND.c.offering_search.op("MATCH", is_comparison=True)(found))
    found = ts_joint.join(f"({' | '.join(map(_adjacent, phrases))})" for phrases in wanted)
    return (_HEAD if in_head else _LEXEMES).op("@@", is_comparison=True)(sa.cast(sa.bindparam(None, found, sa.Text(), unique=True), TSQUERY()))


def _needed(phrases: Sequence[str]) -> list[str]:
    """Without those that hold another of them: whoever has “quiet space” has “quiet”. The same rows, for a third of the work."""
    every = set(phrases)
    return [phrase for phrase in phrases if " " not in phrase or not any(part in every for part in _parts(phrase))]


def _parts(phrase: str) -> Iterator[str]:
    stems = phrase.split(" ")
    for length in range(1, len(stems)):
        for first in range(len(stems) - length + 1):
            yield " ".join(stems[first : first + length])


def _quoted(wanted: str) -> str:
    return f'"{wanted}"'


def _adjacent(wanted: str) -> str:
    parts = [f"'{stem}'" for stem in wanted.split(" ")]
    return parts[0] if len(parts) == 1 else f"({' <-> '.join(parts)})"


_LEXEMES: sa.ColumnElement[Any] = _T.lexemes
_HEAD: sa.ColumnElement[Any] = sa.literal_column("ts_filter(offering_text.lexemes, '{a,b}')", TSVECTOR())
"""PostgreSQL's indices, as they were made: all stems, and those of title and tags."""

_NUMBER: sa.ColumnElement[int] = _T.id + sa.literal_column("0")


def select_rows(
    zone_id: uuid.UUID,
    columns: Sequence[sa.ColumnElement[Any]],
    *where: sa.ColumnElement[bool] | None,
    limit: int | None = None,
) -> Sequence[sa.Row[Any]]:
    """Rows of one Zone, in the order of their ids."""
    statement = sa.select(*columns).where(*(w for w in where if w is not None))
    if _FOUND in statement.get_final_froms():
        # The plus keeps SQLite from going through the Zone's rows one by one and asking its index about each.
        statement = statement.where(_as_it_is(_T.zone_id) == zone_id).order_by(_FOUND.c.rowid)
    else:
        # PostgreSQL, given a limit, would go through all rows by their number, reading the stems of each, rather than ask its index.
        is_sought = limit is not None and db.engine.dialect.name == "postgresql"
        statement = statement.where(_T.zone_id == zone_id).order_by(_NUMBER if is_sought else _T.id)
    return db.session.execute(statement.limit(limit)).all()


def _as_it_is(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    return UnaryExpression(column, operator=operators.custom_op("+"), type_=column.type)
