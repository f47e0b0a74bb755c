"""MatchChange (what changed for matching, noted by the database itself), MatchWeights (a Zone's table of weights), MatchShown,
MatchSurvey (all children at once)."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.shared.db import Base, Row


class MatchChange(Base):
    """When anything matching keeps of an offering last changed: its words and facts, its organisation's name and state, its runs,
    the places in them. One row an offering, kept by triggers, so that a process learns in one look what is new.

    `number` rises with every change of a Zone. On PostgreSQL two transactions may commit in another order than they took their
    numbers, so `xact` says which transaction it was (0 on SQLite, where writers go one by one).
    """

    __tablename__ = "match_change"
    __table_args__ = (Index("ix_match_change_number", "zone_id", "number"), Index("ix_match_change_xact", "zone_id", "xact"))

    zone_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    offering_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(sa.BigInteger)
    xact: Mapped[int] = mapped_column(sa.BigInteger)


class MatchWeights(Row):
    """One version of a Zone's weights: what differs from the usual ones, in hundredths. The highest version counts; rows are only added."""

    __tablename__ = "match_weights"
    __table_args__ = (
        UniqueConstraint("zone_id", "version", name="uq_match_weights_version"),
        CheckConstraint("version > 0", name="version_from_one"),
    )

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"))
    version: Mapped[int]
    hundredths: Mapped[dict[str, int]] = mapped_column(sa.JSON, default=dict)
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    person_name: Mapped[str] = mapped_column(String(120))


class MatchShown(Base):
    """When an offering was last among the first ten of a child's page. One row a pair, and none older than thirty days once the
    clock has come by: enough to give those a turn who were seldom shown."""

    __tablename__ = "match_shown"
    __table_args__ = (Index("ix_match_shown_turns", "zone_id", "organisation_id", "shown_on"),)

    child_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("child.id"), primary_key=True)
    offering_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offering.id"), primary_key=True)
    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    shown_on: Mapped[date]


class MatchSurvey(Row):
    """The last time all children of a Zone were matched at once: how far it is, and what came of it. One row a Zone.

    `found` holds ids, rules and numbers (see everyone.Found), never a name; what is shown of it is asked for anew.
    """

    __tablename__ = "match_survey"
    __table_args__ = (UniqueConstraint("zone_id", name="uq_match_survey_zone"),)

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    person_name: Mapped[str] = mapped_column(String(120))
    children: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None]
    failed: Mapped[bool] = mapped_column(default=False)
    found: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)


WATCHED = {
    "offering": "SELECT {row}.zone_id AS zone_id, {row}.id AS id",
    "organisation": "SELECT o.zone_id AS zone_id, o.id AS id FROM offering o WHERE o.organisation_id = {row}.id",
    "cohort": "SELECT o.zone_id AS zone_id, o.id AS id FROM offering o WHERE o.id = {row}.offering_id",
    "place": "SELECT o.zone_id AS zone_id, o.id AS id FROM cohort c JOIN offering o ON o.id = c.offering_id WHERE c.id = {row}.cohort_id",
}
"""The tables whose changes matter, and which offerings a changed row is about."""
_VERBS = {"INSERT": "new", "UPDATE": "new", "DELETE": "old"}


def change_ddl(dialect: str) -> list[str]:
    """The triggers that keep MatchChange. An organisation is watched for its name and state only; one without offerings says nothing."""
    out = []
    if dialect == "sqlite":
        for table, about in WATCHED.items():
            for verb, row in _VERBS.items():
                if table == "organisation" and verb != "UPDATE":
                    continue
                which = "UPDATE OF name, state" if table == "organisation" else verb
                chosen = about.format(row=row)
                out.append(
                    f"CREATE TRIGGER match_change_{table}_{verb.lower()} AFTER {which} ON {table} BEGIN "  # noqa: S608
                    "INSERT INTO match_change (zone_id, offering_id, number, xact) SELECT t.zone_id, t.id, "
                    "(SELECT coalesce(max(m.number), 0) + 1 FROM match_change m WHERE m.zone_id = t.zone_id), 0 "
                    f"FROM ({chosen}) t WHERE true "
                    "ON CONFLICT (zone_id, offering_id) DO UPDATE SET number = excluded.number; END"
                )
        return out
    out.append("CREATE SEQUENCE match_change_number")
    for table, about in WATCHED.items():
        chosen = about.format(row="changed")
        out.append(
            f"CREATE FUNCTION match_change_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE changed {table}; BEGIN "  # noqa: S608
            "IF TG_OP = 'DELETE' THEN changed := OLD; ELSE changed := NEW; END IF; "
            "INSERT INTO match_change (zone_id, offering_id, number, xact) SELECT t.zone_id, t.id, nextval('match_change_number'), "
            f"pg_current_xact_id()::text::bigint FROM ({chosen} ORDER BY 2) t ON CONFLICT (zone_id, offering_id) "
            "DO UPDATE SET number = excluded.number, xact = excluded.xact; RETURN NULL; END $$"
        )
        which = "UPDATE OF name, state" if table == "organisation" else "INSERT OR UPDATE OR DELETE"
        out.append(f"CREATE TRIGGER match_change_{table} AFTER {which} ON {table} FOR EACH ROW EXECUTE FUNCTION match_change_{table}()")
    return out
