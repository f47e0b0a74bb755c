"""The database finds words by its own index, however many offerings have them, and the rows are those that going through all would give."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event

from app.catalogue.models import OfferingText
from app.catalogue.search.engine import search
from app.catalogue.search.filters import Filters
from app.catalogue.search.matching import NAMES, by_bitmaps, holds_all, holds_any, select_rows
from app.catalogue.search.scoring import occurrences
from app.catalogue.search.snapshot import Vocabulary
from app.catalogue.search.understanding import Group, Query
from app.shared.db import db
from benchmarks import invented
from tests import factories

ROWS = 400
COLUMNS = ("title", "tags", "needs", "provider", "place", "facts", "body")


@pytest.fixture
def zone_id(app: Flask) -> uuid.UUID:
    zone = factories.make_zone()
    invented.load(zone.id, ROWS)
    with db.engine.begin() as connection:
        connection.execute(sa.text("PRAGMA query_only=OFF" if connection.dialect.name == "sqlite" else "SET TRANSACTION READ WRITE"))
        connection.execute(sa.text("ANALYZE"))
    return zone.id


@contextmanager
def plans() -> Iterator[list[str]]:
    """How the database goes about each statement of the block that asks for words."""
    found: list[str] = []
    explain = "EXPLAIN QUERY PLAN " if db.engine.dialect.name == "sqlite" else "EXPLAIN "

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, *rest: Any) -> None:
        if "@@" in statement or "MATCH" in statement:
            other = connection.connection.cursor()
            other.execute(explain + statement, parameters)
            found.append("\n".join(" ".join(map(str, row)) for row in other.fetchall()))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_words_are_found_by_the_index(zone_id: uuid.UUID) -> None:
    with plans() as seen:
        for typed in ("trampolining", "beekeeping", "someone to talk to", "free"):
            search(zone_id, typed, Filters(), 10)
    assert len(seen) >= 4
    if db.engine.dialect.name == "sqlite":
        assert all("VIRTUAL TABLE INDEX" in plan for plan in seen), seen
        return
    assert not any("Seq Scan on offering_text" in plan for plan in seen), seen
    heads = [plan for plan in seen if "ts_filter" in plan]
    assert any("Bitmap Index Scan on offering_search_head" in plan for plan in heads), heads
    assert any("Bitmap Index Scan on offering_search " in plan for plan in seen if plan not in heads), seen
    assert db.session.scalar(sa.text("SHOW enable_seqscan")) == "on"


def ids(rows: Sequence[Any]) -> list[int]:
    return [row.id for row in rows]


def going_through_all(zone_id: uuid.UUID, wanted: str, columns: Sequence[str] = COLUMNS) -> list[int]:
    rows = db.session.scalars(sa.select(OfferingText).where(OfferingText.zone_id == zone_id).order_by(OfferingText.id))
    return [row.id for row in rows if any(occurrences(getattr(row, column), wanted) for column in columns)]


def one(wanted: str) -> Query:
    return Query(wanted, (Group(wanted, {wanted: 1.0}),))


def test_a_limit_gives_the_first_rows_of_all(zone_id: uuid.UUID) -> None:
    for wanted in ("free", "age9", "after school", "drop in", "art"):
        everywhere = going_through_all(zone_id, wanted)
        assert everywhere
        for says in ({}, {wanted: len(everywhere)}, {wanted: ROWS}):  # nothing known, what is true, and far too much
            match = holds_any(one(wanted), Vocabulary(stems=says, size=ROWS))
            for limit in (3, 40, ROWS):
                with by_bitmaps(zone_id) as numbers:
                    assert ids(select_rows(zone_id, NAMES, match, limit=limit, numbers=numbers)) == everywhere[:limit], (wanted, says, limit)
        assert ids(select_rows(zone_id, NAMES, holds_all(one(wanted)))) == everywhere


def test_in_the_head_means_title_or_tags(zone_id: uuid.UUID) -> None:
    for wanted in ("art", "danc", "drop in", "in"):
        expected = going_through_all(zone_id, wanted, ("title", "tags"))
        assert expected
        assert ids(select_rows(zone_id, NAMES, holds_all(one(wanted), in_head=True), limit=ROWS)) == expected
        assert ids(select_rows(zone_id, NAMES, holds_all(one(wanted), in_head=True), limit=2)) == expected[:2]


def test_the_words_of_a_phrase_stand_side_by_side_in_every_part(zone_id: uuid.UUID) -> None:
    query = Query("", (Group("a", {"drop in": 1.0, "art": 0.8}), Group("b", {"free": 1.0, "after school": 0.5})))
    drop, art, free, after_school = (set(going_through_all(zone_id, wanted)) for wanted in ("drop in", "art", "free", "after school"))
    assert ids(select_rows(zone_id, NAMES, holds_all(query), limit=ROWS)) == sorted((drop | art) & (free | after_school))
    assert ids(select_rows(zone_id, NAMES, holds_all(query, least=0.6), limit=ROWS)) == sorted((drop | art) & free)
    assert ids(select_rows(zone_id, NAMES, holds_any(query), limit=ROWS)) == sorted(drop | art | free | after_school)
