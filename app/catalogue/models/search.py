"""OfferingText: what search reads of one live offering, and the database's own full-text index over it."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, String, Text, event
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from app.shared.db import Base


class OfferingText(Base):
    """One live offering of a live organisation, as search sees it; drafts, paused and closed ones have no row.

    A row is never changed: when the offering changes, it is replaced by one with a new `id`, so that (count, sum of ids) of a
    Zone says whether anything moved. Text columns hold stems (`search.analysis`), blanks between; `vocabulary` the words as
    people write them; `words` every stem once, and by which phrases the row was read; `lexemes` (PostgreSQL only) stems and phrases as a
    tsvector. `days` has bit 0 for Monday, `times` bit 4 x day + part of the day, `access`
    bit n for ACCESSIBILITY[n], `needs_mask` bit n for NEEDS[n]; `languages`, `interests`, `town` and `region` are ready to compare
    ("|en|so|", "|street dance|", small letters). The rest repeats the offering's facts so that filters and counts
    need one table.
    """

    __tablename__ = "offering_text"
    __table_args__ = (Index("ix_offering_text_zone", "zone_id", "id"),)

    id: Mapped[int] = mapped_column(sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True)
    offering_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offering.id", ondelete="CASCADE"), unique=True)
    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"))
    title: Mapped[str] = mapped_column(Text)
    tags: Mapped[str] = mapped_column(Text)
    needs: Mapped[str] = mapped_column(Text)
    provider: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(Text)
    facts: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    lexemes: Mapped[str] = mapped_column(Text().with_variant(TSVECTOR(), "postgresql"))
    vocabulary: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(24))
    delivery: Mapped[str] = mapped_column(String(24))
    region: Mapped[str] = mapped_column(String(120))
    source_ref: Mapped[str] = mapped_column(String(200))
    age_min: Mapped[int]
    age_max: Mapped[int]
    cost_pence: Mapped[int]
    days: Mapped[int]
    times: Mapped[int] = mapped_column(server_default="0")
    needs_mask: Mapped[int]
    languages: Mapped[str] = mapped_column(String(400))
    is_step_free: Mapped[bool]
    access: Mapped[int] = mapped_column(server_default="0")
    interests: Mapped[str] = mapped_column(Text, server_default="")
    town: Mapped[str] = mapped_column(String(120), server_default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]


class OfferingChange(Base):
    """When the text of an offering last came, changed or went: one row an offering, kept by triggers on `offering_text`, so that
    whoever keeps something in memory learns in one look what is new.

    `number` rises with every change of a Zone. On PostgreSQL two transactions may commit in another order than they took their
    numbers, so `xact` says which transaction it was (0 on SQLite, where writers go one by one).
    """

    __tablename__ = "offering_change"
    __table_args__ = (
        Index("ix_offering_change_number", "zone_id", "number"),
        Index("ix_offering_change_xact", "zone_id", "xact"),
    )

    zone_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    offering_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(sa.BigInteger)
    xact: Mapped[int] = mapped_column(sa.BigInteger)


COLUMNS = ("title", "tags", "needs", "provider", "place", "facts", "body")
"""What is searched, most telling first."""


_POSTGRESQL = (
    "ALTER TABLE offering_text SET (parallel_workers = 0)",
    "ALTER TABLE offering_text ALTER COLUMN lexemes SET STORAGE MAIN",
    ("CREATE FUNCTION offering_stems(tsvector) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 10000 "
    "AS $$ BEGIN RETURN $1; END $$"),
    "CREATE INDEX offering_search ON offering_text USING gin (offering_stems(lexemes)) WITH (fastupdate = off)",
    "CREATE SEQUENCE offering_change_number",
    ("CREATE FUNCTION offering_change_note() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE changed offering_text; BEGIN "
    "IF TG_OP = 'INSERT' THEN changed := NEW; ELSE changed := OLD; END IF; "
    "INSERT INTO offering_change (zone_id, offering_id, number, xact) VALUES (changed.zone_id, changed.offering_id, "
    "nextval('offering_change_number'), pg_current_xact_id()::text::bigint) ON CONFLICT (zone_id, offering_id) "
    "DO UPDATE SET number = excluded.number, xact = excluded.xact; RETURN NULL; END $$"),
    ("CREATE TRIGGER offering_change_note AFTER INSERT OR DELETE ON offering_text "
    "FOR EACH ROW EXECUTE FUNCTION offering_change_note()"),
)


def search_ddl(dialect: str) -> list[str]:
    """The full-text index over `offering_text`, called offering_search or offering_search_*, and what notes its changes.

    SQLite: an FTS5 table without text of its own, kept by triggers. PostgreSQL: a GIN index over `lexemes`, which holds what is new at
    once, not in a list that each search goes through. It is over what a function makes of them, and that is all that the function is for:
    PostgreSQL believes that reading stems costs nothing, and would read those of every row; the function says that it is dear. The stems
    stay in the row, and no helpers are started to read them all. Stems are made by Kith (the same on both), so neither database stems again.
    """
    if dialect != "sqlite":
        return list(_POSTGRESQL)
    names = ", ".join(COLUMNS)
    new, old = (", ".join(f"{row}.{name}" for name in COLUMNS) for row in ("new", "old"))
    remove = f"INSERT INTO offering_search (offering_search, rowid, {names}) VALUES ('delete', old.id, {old});"  # noqa: S608
    add = f"INSERT INTO offering_search (rowid, {names}) VALUES (new.id, {new});"  # noqa: S608
    return [
        (f"CREATE VIRTUAL TABLE offering_search USING fts5 ({names}, content='offering_text', content_rowid='id', "
        "tokenize='unicode61 remove_diacritics 0', prefix='2 3')"),
        f"CREATE TRIGGER offering_search_insert AFTER INSERT ON offering_text BEGIN {add} END",
        f"CREATE TRIGGER offering_search_delete AFTER DELETE ON offering_text BEGIN {remove} END",
        f"CREATE TRIGGER offering_search_update AFTER UPDATE ON offering_text BEGIN {remove} {add} END",
        *(
            f"CREATE TRIGGER offering_change_{verb.lower()} AFTER {verb} ON offering_text BEGIN "  # noqa: S608
            f"INSERT INTO offering_change (zone_id, offering_id, number, xact) VALUES ({row}.zone_id, {row}.offering_id, "
            f"(SELECT coalesce(max(number), 0) + 1 FROM offering_change WHERE zone_id = {row}.zone_id), 0) "
            "ON CONFLICT (zone_id, offering_id) DO UPDATE SET number = excluded.number; END"
            for verb, row in (("INSERT", "new"), ("DELETE", "old"))
        ),
    ]


def search_undo_ddl(dialect: str) -> list[str]:
    """Takes `search_ddl` away again; a migration going down runs it before it drops `offering_text`."""
    if dialect != "sqlite":
        return [
            "DROP TRIGGER IF EXISTS offering_change_note ON offering_text", "DROP FUNCTION IF EXISTS offering_change_note()",
            "DROP SEQUENCE IF EXISTS offering_change_number", "DROP INDEX IF EXISTS offering_search",
            "DROP FUNCTION IF EXISTS offering_stems(tsvector)",
        ]
    triggers = [f"DROP TRIGGER IF EXISTS offering_search_{verb}" for verb in ("insert", "delete", "update")]
    triggers += [f"DROP TRIGGER IF EXISTS offering_change_{verb}" for verb in ("insert", "delete")]
    return [*triggers, "DROP TABLE IF EXISTS offering_search"]


def _listen() -> None:
    table = OfferingText.__table__
    for dialect in ("sqlite", "postgresql"):
        for statement in search_ddl(dialect):
            ddl = sa.DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
            event.listen(table, "after_create", ddl.execute_if(dialect=dialect))
    for statement in search_undo_ddl("sqlite"):
        ddl = sa.DDL(statement)  # type: ignore[no-untyped-call]
        event.listen(table, "before_drop", ddl.execute_if(dialect="sqlite"))


_listen()
