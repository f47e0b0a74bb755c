"""Asks the database's full-text index for the rows that hold a query's words. Same answers on SQLite and PostgreSQL."""

from __future__ import annotations

import json
import uuid
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, reduce
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
    if in_head or vocabulary is None:
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
        return rows_of(columns, ids)
    return db.session.execute(statement.limit(limit)).all()


def rows_of(columns: Sequence[sa.ColumnElement[Any]], ids: Sequence[int]) -> Sequence[sa.Row[Any]]:
    """These rows, in the order of their ids. They go over in one value: as many values as rows take longer to send than to find."""
    if not ids:
        return []
    if db.engine.dialect.name == "sqlite":
        given: Any = sa.select(sa.func.json_each(json.dumps(list(ids))).table_valued("value").c.value)
        return db.session.execute(sa.select(*columns).where(_T.id.in_(given)).order_by(_T.id)).all()
    among = sa.bindparam("ids", list(ids), sa.ARRAY(sa.BigInteger()))
    return db.session.execute(sa.select(*columns).where(_T.id == sa.func.any(among)).order_by(_T.id)).all()


def first_found(zone_id: uuid.UUID, match: Match, *where: sa.ColumnElement[bool], limit: int | None = None) -> list[int]:
    """The numbers of the Zone's rows that `select_rows` would give, the smallest first."""
    if match.wanted:
        return [row[0] for row in select_rows(zone_id, NAMES[:1], match, *where, limit=limit)]
    if not match.parts:
        return []
    if limit is not None and match.share and not where and (enough := limit * ROOM / match.share) < match.size * LARGEST_PART:
        first = sa.select(sa.func.min(_T.id) + int(enough)).where(_T.zone_id == zone_id).scalar_subquery()
        ids = list(db.session.scalars(_first(zone_id, match, (_T.id < first,), limit)))
        if len(ids) == limit:
            return ids
    return list(db.session.scalars(_first(zone_id, match, where, limit)))


def _as_it_is(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    return UnaryExpression(column, operator=operators.custom_op("+"), type_=column.type)


# --- PostgreSQL ------------------------------------------------------------------------------------

ROOM = 1.5
"""So many times as many rows are looked through as ought to be enough."""
LARGEST_PART = 0.3
"""Where that is more of the Zone than this, all of it is looked through."""


def _holds(wanted: str) -> sa.ColumnElement[bool]:
    stems = sa.func.offering_stems(_T.lexemes, type_=TSVECTOR())
    return stems.op("@@", is_comparison=True)(sa.cast(sa.bindparam(None, wanted, sa.Text(), unique=True), TSQUERY()))


def _first(zone_id: uuid.UUID, match: Match, where: Sequence[sa.ColumnElement[bool]], limit: int | None) -> sa.Select[Any]:
    """The index names those who have the words; they are put in order, and the texts of those who may hold a phrase that the index does
    not are read one after the other until there are enough. The offset keeps PostgreSQL from reading them before that, the sum
    from going through all rows by their number, which is one way to have them in order."""
    number = (_T.id + sa.literal_column("0")).label("number")
    found = (
        sa.select(number, _place(OfferingText.__table__)).where(*(_holds(part.loosely) for part in match.parts), _T.zone_id == zone_id, *where)
        .order_by(number).offset(0).subquery()
    )
    first = sa.select(found.c.number).order_by(found.c.number).limit(limit)
    unsure = [part for part in match.parts if part.phrases]
    if unsure:
        row = OfferingText.__table__.alias()
        first = first.where(
            sa.select(sa.and_(*(_says(row.c, part, match) for part in unsure))).where(_place(row) == found.c.ctid).correlate(found).scalar_subquery()
        )
    return first


def _says(row: Any, part: Part, match: Match) -> sa.ColumnElement[bool]:
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
