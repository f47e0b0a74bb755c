"""Keeps `offering_text` true, in the same transaction as the offering: whoever writes, the flush that writes it comes by here."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session as DatabaseSession

from app.catalogue.models import Offering, OfferingState, OfferingText, Organisation, PartnerState
from app.catalogue.models.search import COLUMNS
from app.catalogue.search.analysis import spoken, stem
from app.catalogue.search.facts import (
    access_mask,
    day_mask,
    fact_words,
    listed,
    need_words,
    needs_mask,
    time_mask,
)
from app.catalogue.search.phrases import HEAD, phrases_in, reading
from app.shared.db import Row, db, in_parts

CHUNK = 400
_ORGANISATION_FIELDS = ("name", "state")
_OFFERING_FIELDS = [column.key for column in Offering.__table__.columns if column.key not in ("version", "confirmed_on")]
"""All but what changes when nothing that is searched does."""


def listen() -> None:
    """Watch the app's session. Called once when the rooms are wired; calling it again changes nothing."""
    if not event.contains(db.session, "after_flush", _after_flush):
        event.listen(db.session, "after_flush", _after_flush)


def rebuild(zone_id: uuid.UUID | None = None) -> int:
    """Write every row anew (of one Zone, or of all), for after a bulk load in SQL. Inside `atomic()`; how many there are."""
    statement = sa.select(Offering.id)
    if zone_id is not None:
        statement = statement.where(Offering.zone_id == zone_id)
    ids = db.session.scalars(statement).all()
    refresh(db.session(), ids)
    return len(ids)


def is_current() -> bool:
    """Whether every text was read by the phrases of now. Only PostgreSQL's index holds phrases; on SQLite it always is."""
    if db.engine.dialect.name == "sqlite":
        return True
    return not db.session.scalar(sa.select(sa.exists().where(OfferingText.words.not_like(f"%{reading()}"))))


def _after_flush(session: DatabaseSession, context: object) -> None:
    offerings = {row.id for row in session.new if isinstance(row, Offering)}
    organisations = set()
    for row in session.dirty:
        if isinstance(row, Offering) and any(_has_changed(row, name) for name in _OFFERING_FIELDS):
            offerings.add(row.id)
        elif isinstance(row, Organisation) and any(_has_changed(row, name) for name in _ORGANISATION_FIELDS):
            organisations.add(row.id)
    if organisations:
        offerings.update(session.connection().execute(
            sa.select(Offering.id).where(Offering.organisation_id.in_(organisations))
        ).scalars())
    if offerings:
        refresh(session, sorted(offerings))


def _has_changed(row: Row, name: str) -> bool:
    return bool(sa.inspect(row).attrs[name].history.has_changes())


def refresh(session: DatabaseSession, offering_ids: Sequence[uuid.UUID]) -> None:
    """Make the rows of these offerings what they ought to be; rows that are right already stay."""
    connection = session.connection()
    for ids in in_parts(offering_ids, CHUNK):
        wanted = {row["offering_id"]: row for row in _rows(connection, ids)}
        if connection.dialect.name == "postgresql":
            for row in wanted.values():
                row["lexemes"] = as_tsvector(row)
        standing = {
            row.offering_id: row._asdict()
            for row in connection.execute(sa.select(OfferingText.__table__).where(OfferingText.offering_id.in_(ids)))
        }
        wrong = [
            id_ for id_, row in standing.items()
            if id_ not in wanted or any(row[name] != value for name, value in wanted[id_].items())
        ]
        if wrong:
            connection.execute(sa.delete(OfferingText).where(OfferingText.offering_id.in_(wrong)))
        missing = [row for id_, row in wanted.items() if id_ not in standing or id_ in wrong]
        if missing:
            connection.execute(sa.insert(OfferingText), missing)


def _rows(connection: sa.Connection, ids: Sequence[uuid.UUID]) -> Iterator[dict[str, Any]]:
    """What search reads of those of `ids` that are live and not made for particular children, of live organisations."""
    table, provider = Offering.__table__, Organisation.__table__
    statement = (
        sa.select(table, provider.c.name.label("provider_name"))
        .join(provider, provider.c.id == table.c.organisation_id)
        .where(table.c.id.in_(ids), table.c.state == OfferingState.LIVE, provider.c.state == PartnerState.LIVE, table.c.is_private.is_(False))
        .order_by(table.c.id)
    )
    for row in connection.execute(statement):
        yield describe(row, row.provider_name)


def describe(offering: Any, provider_name: str) -> dict[str, Any]:
    """One offering (or a row with its columns) as search sees it. Pure."""
    written = {
        "title": spoken([offering.title]), "tags": spoken(offering.interests), "provider": spoken([provider_name]),
        "place": spoken([offering.town, offering.postcode_area, offering.postcode, offering.region]), "body": spoken([offering.description]),
    }
    columns = {name: " ".join(map(stem, found)) for name, found in written.items()}
    columns["needs"] = " ".join(need_words(tuple(offering.needs)))
    columns["facts"] = " ".join(fact_words(offering))
    vocabulary = {word for found in written.values() for word in found}
    vocabulary.update(spoken(code.replace(":", " ").replace("-", " ") for code in offering.needs))
    return {
        "offering_id": offering.id,
        "zone_id": offering.zone_id,
        **columns,
        "words": " ".join([*sorted({stem for column in columns.values() for stem in column.split()}), reading()]),
        "lexemes": "",
        "vocabulary": " ".join(sorted(vocabulary)),
        "kind": str(offering.kind),
        "delivery": str(offering.delivery),
        "region": " ".join(offering.region.casefold().split()),
        "source_ref": offering.source_ref,
        "age_min": offering.age_min,
        "age_max": offering.age_max,
        "cost_pence": offering.cost_pence,
        "days": day_mask(offering.slots),
        "times": time_mask(offering.slots),
        "needs_mask": needs_mask(offering.needs),
        "languages": _barred(offering.languages),
        "is_step_free": offering.is_step_free,
        "access": access_mask(offering.accessibility, is_step_free=offering.is_step_free),
        "interests": listed(offering.interests),
        "town": " ".join(offering.town.casefold().split()),
        "latitude": offering.latitude,
        "longitude": offering.longitude,
    }


def as_tsvector(row: Mapping[str, Any]) -> str:
    """What PostgreSQL finds the offering by, as it writes a tsvector: every stem and every phrase of the lexicon, and those of title
    and tags once more with `HEAD` before them."""
    found: set[str] = set()
    for column in COLUMNS:
        stems = row[column].split()
        here = {*stems, *phrases_in(stems)}
        found |= here
        if column in ("title", "tags"):
            found.update(f"{HEAD}{one}" for one in here)
    return " ".join(f"'{one}'" for one in sorted(found))


def _barred(items: Iterable[str]) -> str:
    return f"|{'|'.join(items)}|"[:400]
