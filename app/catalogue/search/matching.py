"""Asks the database's full-text index for the rows that hold a query's words. Same answers on SQLite and PostgreSQL."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial, reduce
from math import prod
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import UnaryExpression

from app.catalogue.models import OfferingText
from app.catalogue.models.search import COLUMNS
from app.catalogue.search.analysis import stem
from app.catalogue.search.everyday import plain_words
from app.catalogue.search.lexicon import FILLERS
from app.catalogue.search.phrases import HEAD, prepared
from app.catalogue.search.scoring import BAR, WEIGHTS
from app.catalogue.search.scoring import HEAD as HEAD_COLUMNS
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
TEXTS: tuple[sa.ColumnElement[str], ...] = tuple(_T[name] for name in WEIGHTS)
_BAR: sa.ColumnElement[str] = sa.literal_column(f"' {BAR} '", sa.Text())
WORDS = (_T.id, reduce(lambda text, column: text.concat(_BAR).concat(column), TEXTS).label("whole"))
"""What is weighed (`scoring.whole`). It stands at the beginning of a row, so the rest of it need not be read."""


_FOUND = sa.table("offering_search", sa.column("rowid", sa.Integer), sa.column("offering_search", sa.Text))
"""SQLite's index. Joined, not asked for a list of all it finds: its rows come in their order, so a limit ends the looking."""


def required_groups(query: Query) -> list[Group]:
    return [group for group in query.groups if group.is_required][:MOST_GROUPS]


def looked_for(query: Query) -> list[int]:
    """The places of the groups of which something must be in an offering for it to be found at all."""
    return [place for place, group in enumerate(query.groups) if group.is_looked_for][:MOST_GROUPS]


@dataclass(frozen=True)
class Part:
    """One thing that must be there, as PostgreSQL's index is asked for it: `loosely`, where the words of a phrase that it does not hold
    may stand anywhere; `surely` without such `phrases`, which are then looked for in the text."""

    loosely: str
    surely: str = ""
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Match:
    """What the database's index is asked: on SQLite one text, on PostgreSQL all `parts`. `in_head`: in the title or tags. `share`: about
    which part of the Zone's `size` offerings hold it anywhere, 0 where nobody knows. Nothing wanted: nothing is found."""

    wanted: str = ""
    parts: tuple[Part, ...] = ()
    in_head: bool = False
    share: float = 0.0
    size: int = 0


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
        return Match()
    wanted = [_needed(phrases) for phrases in wanted if phrases]
    if db.engine.dialect.name == "sqlite":
        found = {_AND: " AND ", _OR: " OR "}[joint].join(f"({' OR '.join(map(_quoted, phrases))})" for phrases in wanted)
        return Match(f"{{title tags}} : ({found})" if in_head and found else found)
    if joint == _OR:
        wanted = [_needed(list(dict.fromkeys(phrase for phrases in wanted for phrase in phrases)))] if wanted else []
    known = prepared() if vocabulary is not None and vocabulary.has_phrases else frozenset[str]()
    parts = tuple(_part(phrases, known, HEAD if in_head else "") for phrases in wanted)
    if vocabulary is None:
        return Match("", parts, in_head)
    return Match("", parts, in_head, _share(wanted, vocabulary), vocabulary.size)


def _part(phrases: Sequence[str], known: Container[str], head: str) -> Part:
    sure = [f"'{head}{one}'" for one in phrases if " " not in one or one in known]
    others = [one for one in phrases if " " in one and one not in known]
    return Part(" | ".join([*sure, *(_apart(one, head) for one in others)]), " | ".join(sure), tuple(others))


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


def _apart(wanted: str, head: str) -> str:
    """Little words are left out where they stand in nearly every offering."""
    stems = wanted.split(" ")
    telling = [one for one in stems if one not in _little()]
    found = " & ".join(f"'{head}{one}'" for one in (stems if head or not telling else telling))
    return f"({found})"


@cache
def _little() -> frozenset[str]:
    return frozenset(map(stem, plain_words().empty | FILLERS))


def _share(wanted: Sequence[Sequence[str]], vocabulary: Vocabulary) -> float:
    """As if words stood in offerings independently of each other; phrases, which few have, not counted."""
    return prod(min(1.0, sum(vocabulary.stems.get(one, 0) for one in phrases) / max(1, vocabulary.size)) for phrases in wanted)


def select_rows(
    zone_id: uuid.UUID, columns: Sequence[sa.ColumnElement[Any]], match: Match | None, *where: sa.ColumnElement[bool], limit: int | None = None
) -> Sequence[sa.Row[Any]]:
    """Rows of one Zone, in the order of their ids; None for `match` where no words are asked for."""
    if match is not None and not (match.wanted or match.parts):
        return []
    statement = sa.select(*columns).where(*where)
    if match is None:
        statement = statement.where(_T.zone_id == zone_id).order_by(_T.id)
    elif match.wanted:
        # The plus keeps SQLite from going through the Zone's rows one by one and asking its index about each.
        statement = statement.where(
            _FOUND.c.rowid == _T.id, _FOUND.c.offering_search.op("MATCH", is_comparison=True)(match.wanted), _as_it_is(_T.zone_id) == zone_id,
        ).order_by(_FOUND.c.rowid)
    else:
        ids = first_found(zone_id, match, *where, limit=limit)
        return rows_of(tuple(columns), ids)
    return db.session.execute(statement.limit(limit)).all()


def rows_of(columns: tuple[sa.ColumnElement[Any], ...], ids: Sequence[int]) -> Sequence[sa.Row[Any]]:
    """These rows, in the order of their ids."""
    if not ids:
        return []
    is_sqlite = db.engine.dialect.name == "sqlite"
    return db.session.execute(_of_these(columns, is_sqlite=is_sqlite), {"ids": json.dumps(list(ids)) if is_sqlite else list(ids)}).all()


@cache
def _of_these(columns: tuple[sa.ColumnElement[Any], ...], *, is_sqlite: bool) -> sa.Select[Any]:
    """The numbers go over in one value: as many values as rows take longer to send than their rows to find. Made once: a statement takes
    longer to build than to answer."""
    if is_sqlite:
        given = sa.func.json_each(sa.bindparam("ids", type_=sa.Text())).table_valued("value").c.value
        return sa.select(*columns).where(_T.id.in_(sa.select(given))).order_by(_T.id)
    return sa.select(*columns).where(_T.id == sa.func.any(sa.bindparam("ids", type_=sa.ARRAY(sa.BigInteger())))).order_by(_T.id)


def first_found(zone_id: uuid.UUID, match: Match, *where: sa.ColumnElement[bool], limit: int | None = None) -> list[int]:
    """The numbers of the Zone's rows that `select_rows` would give, the smallest first."""
    if match.wanted:
        return [row[0] for row in select_rows(zone_id, NAMES[:1], match, *where, limit=limit)]
    if not match.parts:
        return []
    given = {f"part{n}": part.loosely for n, part in enumerate(match.parts)}
    found: list[int] = []
    begin, end = 0, None if limit is None or where else _enough(match, limit)
    while True:
        statement = _statement(match, where, begins=begin > 0, ends=end is not None, is_limited=limit is not None)
        found += db.session.scalars(statement, {"zone_id": zone_id, "begin": begin, "end": end, "most": limit, **given})
        if end is None or limit is None or len(found) >= limit:
            return found[:limit]
        begin, end = end, _within(match, end * max(GROWING, ROOM * limit / max(1, len(found))))


def _as_it_is(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    return UnaryExpression(column, operator=operators.custom_op("+"), type_=column.type)


# --- PostgreSQL ------------------------------------------------------------------------------------

ROOM = 1.5
"""So many times as many rows are looked through as ought to be enough."""
FEWEST = 4096
"""So many are always looked through at once."""
LARGEST_PART = 0.3
"""Where that is more of the Zone than this, all that is left of it is looked through."""
IN_HEAD = 0.25
"""About so many of those who have a word have it in the title or tags."""
GROWING = 2


def _enough(match: Match, limit: int) -> int | None:
    """Of words that many have, only so many of the Zone's first rows are looked through as ought to be enough; None for all."""
    return _within(match, limit * ROOM / match.share / (IN_HEAD if match.in_head else 1)) if match.share else None


def _within(match: Match, rows: float) -> int | None:
    return max(FEWEST, int(rows)) if max(FEWEST, rows) < match.size * LARGEST_PART else None


def _statement(match: Match, where: Sequence[sa.ColumnElement[bool]], *, begins: bool, ends: bool, is_limited: bool) -> sa.Select[Any]:
    unsure = [part for part in match.parts if part.phrases]
    if where or unsure:
        return _first(len(match.parts), begins, ends, is_limited, *where, says=[partial(_says, part, match) for part in unsure])
    return _usual(len(match.parts), begins, ends, is_limited)


def _holds(wanted: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    stems = sa.func.offering_stems(_T.lexemes, type_=TSVECTOR())
    return stems.op("@@", is_comparison=True)(sa.cast(wanted, TSQUERY()))


def _first(
    parts: int, begins: bool, ends: bool, is_limited: bool, *where: sa.ColumnElement[bool], says: Sequence[Callable[[Any], Any]] = ()
) -> sa.Select[Any]:
    """The index names those who have the words; they are put in order, and the texts of those who may hold a phrase that the index does
    not are read one after the other until there are enough. The offset keeps PostgreSQL from reading them before that, the sum
    from going through all rows by their number, which is one way to have them in order. The words are written into the statement, for
    a plan made without knowing them takes three times as long."""
    zone_id = sa.bindparam("zone_id", type_=_T.zone_id.type)
    number = (_T.id + sa.literal_column("0")).label("number")
    of_zone = OfferingText.__table__.alias("of_zone").c
    lowest = sa.select(sa.func.min(of_zone.id)).where(of_zone.zone_id == zone_id).scalar_subquery()
    words = [_holds(sa.bindparam(f"part{n}", type_=sa.Text(), literal_execute=True)) for n in range(parts)]
    bounds = [_T.id + sa.literal_column("0") >= lowest + sa.bindparam("begin", type_=sa.BigInteger())] if begins else []
    bounds += [_T.id < lowest + sa.bindparam("end", type_=sa.BigInteger())] if ends else []
    found = (
        sa.select(number, _place(OfferingText.__table__)).where(*words, *bounds, _T.zone_id == zone_id, *where)
        .order_by(number).offset(sa.literal_column("0")).subquery()
    )
    first = sa.select(found.c.number).order_by(found.c.number).limit(sa.bindparam("most", type_=sa.Integer()) if is_limited else None)
    if says:
        row = OfferingText.__table__.alias()
        first = first.where(sa.select(sa.and_(*(say(row.c) for say in says))).where(_place(row) == found.c.ctid).correlate(found).scalar_subquery())
    return first


_usual = cache(_first)
"""Made once: a statement takes longer to build than to answer."""


def _says(part: Part, match: Match, row: Any) -> sa.ColumnElement[bool]:
    """The row's stems or its text have something of the part."""
    columns = COLUMNS[:HEAD_COLUMNS] if match.in_head else COLUMNS
    texts: list[sa.ColumnElement[str]] = [row[name] for name in columns]
    blank: sa.ColumnElement[str] = sa.literal_column("' '", sa.Text())
    text = blank.concat(reduce(lambda one, other: one.concat(_BAR).concat(other), texts)).concat(blank)
    sure = [row.lexemes.op("@@", is_comparison=True)(sa.cast(part.surely, TSQUERY()))] if part.surely else []
    return sa.or_(*sure, *(sa.func.strpos(text, f" {phrase} ") > 0 for phrase in part.phrases))


def _place(table: sa.FromClause) -> sa.ColumnElement[Any]:
    """Where a row stands: the quickest way back to it within one statement."""
    column: sa.ColumnElement[Any] = sa.column("ctid", _selectable=table)
    return column
