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
from app.catalogue.search import index, matching
from app.catalogue.search.engine import search
from app.catalogue.search.filters import Filters
from app.catalogue.search.lexicon import lexicon
from app.catalogue.search.matching import NAMES, holds_all, holds_any, select_rows
from app.catalogue.search.phrases import READING, phrases_in, prepared, reading
from app.catalogue.search.scoring import occurrences
from app.catalogue.search.snapshot import Vocabulary, _read, read_vocabulary
from app.catalogue.search.understanding import Group, Query
from app.shared.db import atomic, db
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
    assert all("Bitmap Index Scan on offering_search" in plan for plan in seen), seen
    assert not any("Seq Scan on offering_text" in plan for plan in seen), seen


def ids(rows: Sequence[Any]) -> list[int]:
    return [row.id for row in rows]


def going_through_all(zone_id: uuid.UUID, wanted: str, columns: Sequence[str] = COLUMNS) -> list[int]:
    rows = db.session.scalars(sa.select(OfferingText).where(OfferingText.zone_id == zone_id).order_by(OfferingText.id))
    return [row.id for row in rows if any(occurrences(getattr(row, column), wanted) for column in columns)]


def one(wanted: str) -> Query:
    return Query(wanted, (Group(wanted, {wanted: 1.0}),))


def knowing(stems: dict[str, int], size: int = ROWS) -> list[Vocabulary]:
    """Vocabularies of a Zone whose texts were read by the phrases of now, and of one where some were not."""
    return [Vocabulary(stems=stems, size=size, has_phrases=has_phrases) for has_phrases in (True, False)]


def test_a_limit_gives_the_first_rows_of_all(zone_id: uuid.UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "FEWEST", 8)
    for wanted in ("free", "age9", "after school", "drop in", "art"):
        everywhere = going_through_all(zone_id, wanted)
        assert everywhere
        for says in ({}, {wanted: len(everywhere)}, {wanted: ROWS}):  # nothing known, what is true, and far too much
            for vocabulary in (*knowing(says), *knowing(says, 100 * ROWS)):
                match = holds_any(one(wanted), vocabulary)
                for limit in (3, 40, ROWS):
                    assert ids(select_rows(zone_id, NAMES, match, limit=limit)) == everywhere[:limit], (wanted, says, limit)
        for vocabulary in knowing({}):
            assert ids(select_rows(zone_id, NAMES, holds_all(one(wanted), vocabulary))) == everywhere


def test_in_the_head_means_title_or_tags(zone_id: uuid.UUID) -> None:
    for wanted in ("art", "danc", "drop in", "in"):
        expected = going_through_all(zone_id, wanted, ("title", "tags"))
        assert expected
        for vocabulary in knowing({}):
            assert ids(select_rows(zone_id, NAMES, holds_all(one(wanted), vocabulary, in_head=True), limit=ROWS)) == expected
            assert ids(select_rows(zone_id, NAMES, holds_all(one(wanted), vocabulary, in_head=True), limit=2)) == expected[:2]


def test_the_words_of_a_phrase_stand_side_by_side_in_every_part(zone_id: uuid.UUID) -> None:
    query = Query("", (Group("a", {"drop in": 1.0, "art": 0.8}), Group("b", {"free": 1.0, "after school": 0.5})))
    drop, art, free, after_school = (set(going_through_all(zone_id, wanted)) for wanted in ("drop in", "art", "free", "after school"))
    for vocabulary in knowing({}):
        assert ids(select_rows(zone_id, NAMES, holds_all(query, vocabulary), limit=ROWS)) == sorted((drop | art) & (free | after_school))
        assert ids(select_rows(zone_id, NAMES, holds_all(query, vocabulary, least=0.6), limit=ROWS)) == sorted((drop | art) & free)
        assert ids(select_rows(zone_id, NAMES, holds_any(query, vocabulary), limit=ROWS)) == sorted(drop | art | free | after_school)


def test_every_prepared_phrase_that_stands_in_a_column_is_found_there() -> None:
    for column in ("drop in art club", "after school drop in", "in drop"):
        stems = column.split()
        assert set(phrases_in(stems)) == {one for one in prepared() if occurrences(column, one)}


def test_phrases_of_another_lexicon_are_not_relied_on(zone_id: uuid.UUID) -> None:
    """One offering that was read by other phrases, and none of the Zone's phrases is taken from the index."""
    assert read_vocabulary(zone_id).has_phrases
    assert index.is_current()
    before = going_through_all(zone_id, "drop in")
    with atomic():
        row = db.session.scalars(sa.select(OfferingText).where(OfferingText.id == before[0])).one()
        row.words = row.words.replace(reading(), f"{READING}0")
        if db.engine.dialect.name == "postgresql":
            row.lexemes = "'drop' 'in'"
    vocabulary = _read(zone_id, lexicon())
    assert not vocabulary.has_phrases
    assert index.is_current() == (db.engine.dialect.name == "sqlite")
    assert not any(one.startswith(READING) for one in vocabulary.stems)
    assert ids(select_rows(zone_id, NAMES, holds_all(one("drop in"), vocabulary), limit=ROWS)) == before
