"""Asks the database's full-text index for the rows that hold a query's words. Same answers on SQLite and PostgreSQL."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, reduce
from math import prod
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import UnaryExpression

from app.catalogue.models import OfferingText
from app.catalogue.search.analysis import stem
from app.catalogue.search.everyday import plain_words
from app.catalogue.search.lexicon import FILLERS
from app.catalogue.search.scoring import BAR, WEIGHTS
from app.catalogue.search.snapshot import Vocabulary
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
TEXTS = tuple(_T[name] for name in WEIGHTS)
WORDS = (_T.id, reduce(lambda text, column: text.concat(sa.literal_column(f"' {BAR} '")).concat(column), TEXTS).label("whole"))
"""What is weighed (`scoring.whole`). It stands at the beginning of a row, so the rest of it need not be read."""


_FOUND = sa.table("offering_search", sa.column("rowid", sa.Integer), sa.column("offering_search", sa.Text))
"""SQLite's index. Joined, not asked for a list of all it finds: its rows come in their order, so a limit ends the looking."""


def required_groups(query: Query) -> list[Group]:
    return [group for group in query.groups if group.is_required][:MOST_GROUPS]


def looked_for(query: Query) -> list[int]:
    """The places of the groups of which something must be in an offering for it to be found at all."""
    return [place for place, group in enumerate(query.groups) if group.is_looked_for][:MOST_GROUPS]


@dataclass(frozen=True)
class Match:
    """What the database's index is asked: `wanted`, or more loosely `apart`, where the words of a phrase may stand anywhere (on
    PostgreSQL, whose index does not know where). `in_head`: in the title or tags. `share`: about which part of the Zone's offerings
    hold it anywhere, 0 where nobody knows. Nothing wanted: nothing is found."""

    wanted: str
    apart: str
    in_head: bool
    share: float = 0.0

    @property
    def has_phrases(self) -> bool:
        return "<->" in self.wanted


def holds_all(query: Query, vocabulary: Vocabulary | None = None, *, in_head: bool = False, least: float = 0.0) -> Match | None:
    """Something of every required group (in the title or tags, with `in_head`), of alternatives of at least that weight.

    None where nothing is required. The Zone's `vocabulary` says how much it will find.
    """
    groups = required_groups(query)
    return _match(groups, _AND, vocabulary, in_head=in_head, least=least) if groups else None


def holds_any(query: Query, vocabulary: Vocabulary | None = None, *, in_head: bool = False) -> Match | None:
    """Something of any group that finds; None for an empty query."""
    groups = [query.groups[place] for place in looked_for(query)]
    return _match(groups, _OR, vocabulary, in_head=in_head) if groups else None


_AND, _OR = "&", "|"


def _match(groups: Sequence[Group], joint: str, vocabulary: Vocabulary | None, *, in_head: bool, least: float = 0.0) -> Match:
    wanted = [[phrase for phrase, weight in group.alternatives.items() if weight >= least] for group in groups]
    if not all(wanted) and joint == _AND:
        return Match("", "", in_head)
    wanted = [_needed(phrases) for phrases in wanted if phrases]
    if db.engine.dialect.name == "sqlite":
        found = {_AND: " AND ", _OR: " OR "}[joint].join(f"({' OR '.join(map(_quoted, phrases))})" for phrases in wanted)
        found = f"{{title tags}} : ({found})" if in_head and found else found
        return Match(found, found, in_head)
    side_by_side, apart = (
        f" {joint} ".join(f"({' | '.join(as_written(phrase, in_head) for phrase in phrases)})" for phrases in wanted)
        for as_written in (_side_by_side, _apart)
    )
    return Match(side_by_side, apart, in_head, 0.0 if in_head or vocabulary is None else _share(wanted, joint, vocabulary))


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


def _side_by_side(wanted: str, in_head: bool) -> str:
    return _both(wanted.split(" "), "<->", ":AB" if in_head else "")


def _apart(wanted: str, in_head: bool) -> str:
    """Little words are left out where they stand in nearly every offering."""
    stems = wanted.split(" ")
    telling = [one for one in stems if one not in _little()]
    return _both(stems if in_head or not telling else telling, "&")


def _both(stems: Sequence[str], between: str, label: str = "") -> str:
    found = f" {between} ".join(f"'{one}'{label}" for one in stems)
    return f"({found})" if len(stems) > 1 else found


@cache
def _little() -> frozenset[str]:
    return frozenset(map(stem, plain_words().empty | FILLERS))


def _share(wanted: Sequence[Sequence[str]], joint: str, vocabulary: Vocabulary) -> float:
    """As if words stood in offerings independently of each other; phrases, which few have, not counted."""
    held = [min(1.0, sum(vocabulary.stems.get(one, 0) for one in phrases) / max(1, vocabulary.size)) for phrases in wanted]
    return prod(held) if joint == _AND else 1.0 - prod(1.0 - each for each in held)


def select_rows(
    zone_id: uuid.UUID,
    columns: Sequence[sa.ColumnElement[Any]],
    match: Match | None,
    *where: sa.ColumnElement[bool],
    limit: int | None = None,
    numbers: range | None = None,
) -> Sequence[sa.Row[Any]]:
    """Rows of one Zone, in the order of their ids; None for `match` where no words are asked for. `numbers`: see `by_bitmaps`."""
    if match is not None and not match.wanted:
        return []
    statement = sa.select(*columns).where(*where)
    if match is None:
        statement = statement.where(_T.zone_id == zone_id).order_by(_T.id)
    elif db.engine.dialect.name == "sqlite":
        # The plus keeps SQLite from going through the Zone's rows one by one and asking its index about each.
        statement = statement.where(
            _FOUND.c.rowid == _T.id, _FOUND.c.offering_search.op("MATCH", is_comparison=True)(match.wanted), _as_it_is(_T.zone_id) == zone_id,
        ).order_by(_FOUND.c.rowid)
    elif limit is not None:
        return _first_found(zone_id, columns, match, where, limit, numbers)
    else:
        statement = statement.where(_holds(_T.lexemes, match.wanted), _T.zone_id == zone_id).order_by(_T.id)
    return db.session.execute(statement.limit(limit)).all()


def _as_it_is(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    return UnaryExpression(column, operator=operators.custom_op("+"), type_=column.type)


# --- PostgreSQL ------------------------------------------------------------------------------------

_BY_BITMAPS = sa.text(
    "SELECT set_config('enable_seqscan', 'off', true), set_config('enable_indexscan', 'off', true), "
    "set_config('plan_cache_mode', 'force_custom_plan', true), "
    "(SELECT min(id) FROM offering_text WHERE zone_id = :zone_id), (SELECT max(id) FROM offering_text WHERE zone_id = :zone_id)"
).bindparams(sa.bindparam("zone_id", type_=sa.Uuid()))
_AS_USUAL = sa.text(
    "SELECT set_config('enable_seqscan', 'on', true), set_config('enable_indexscan', 'on', true), set_config('plan_cache_mode', 'auto', true)"
)
ROOM = 1.5
"""So many times as many rows are looked through as ought to be enough."""
LARGEST_PART = 0.3
"""Where that is more of the Zone than this, all of it is looked through."""


@contextmanager
def by_bitmaps(zone_id: uuid.UUID) -> Iterator[range | None]:
    """In here PostgreSQL finds rows by the bitmaps of its indices alone; gives the numbers that the Zone's rows lie between. It thinks
    that reading stems costs nothing, so for a widespread word it would read those of all rows, which takes a third of a second at
    100,000. On SQLite nothing is done (None)."""
    if db.engine.dialect.name == "sqlite":
        yield None
        return
    row = db.session.execute(_BY_BITMAPS, {"zone_id": zone_id}).one()
    yield range(row[3] or 0, (row[4] or 0) + 1)
    db.session.execute(_AS_USUAL)  # where the block failed, the transaction ends, and the settings with it


def _holds(lexemes: sa.ColumnElement[Any], wanted: str) -> sa.ColumnElement[bool]:
    return lexemes.op("@@", is_comparison=True)(sa.cast(sa.bindparam(None, wanted, sa.Text(), unique=True), TSQUERY()))


def _first_found(
    zone_id: uuid.UUID, columns: Sequence[sa.ColumnElement[Any]], match: Match, where: Sequence[sa.ColumnElement[bool]], limit: int,
    numbers: range | None,
) -> Sequence[sa.Row[Any]]:
    """Of words that many have, among the first rows only, as many as ought to be enough; if they are not, among all."""
    enough = limit * ROOM / match.share if match.share and not where else float("inf")
    if numbers is not None and enough < len(numbers) * LARGEST_PART:
        rows = db.session.execute(_first(zone_id, columns, match, (_T.id < numbers[int(enough)],), limit)).all()
        if len(rows) == limit:
            return rows
    return db.session.execute(_first(zone_id, columns, match, where, limit)).all()


def _first(
    zone_id: uuid.UUID, columns: Sequence[sa.ColumnElement[Any]], match: Match, where: Sequence[sa.ColumnElement[bool]], limit: int
) -> sa.Select[Any]:
    """The index does not know where in an offering a word stands, so asked for phrases it has the stems read of every row that may hold
    them. Therefore it names those who have the words anywhere; they are put in order, and stems are read of one after the other
    until there are enough. The offset keeps PostgreSQL from reading them before that, the sum from going through all rows by
    their number, which is one way to have them in order."""
    number = (_T.id + sa.literal_column("0")).label("number")
    indexed = sa.func.ts_filter(_T.lexemes, sa.literal_column("'{a,b}'"), type_=TSVECTOR()) if match.in_head else _T.lexemes
    found = (
        sa.select(number, _place(OfferingText.__table__)).where(_holds(indexed, match.apart), _T.zone_id == zone_id, *where)
        .order_by(number).offset(0).subquery()
    )
    first = sa.select(found.c.number).order_by(found.c.number).limit(limit)
    if match.has_phrases:
        row = OfferingText.__table__.alias()
        first = first.where(sa.select(_holds(row.c.lexemes, match.wanted)).where(_place(row) == found.c.ctid).correlate(found).scalar_subquery())
    return sa.select(*columns).where(_T.id == sa.func.any(sa.func.array(first.scalar_subquery()))).order_by(_T.id)


def _place(table: sa.FromClause) -> sa.ColumnElement[Any]:
    """Where a row stands: the quickest way back to it within one statement."""
    column: sa.ColumnElement[Any] = sa.column("ctid", _selectable=table)
    return column
