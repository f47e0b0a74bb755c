"""Reading and keeping what a source said last. Belongs to the import services; nothing else calls it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from app.accounts.models import Zone
from app.interchange.models import ImportedRecord, ImportKind
from app.shared.db import db, in_parts


def one_at_a_time(zone_id: uuid.UUID) -> Zone:
    """Lets one import into a Zone write at a time; others wait. Rows that merely refer to the Zone are not held up."""
    statement = sa.select(Zone).where(Zone.id == zone_id).with_for_update(key_share=True)
    return db.session.scalars(statement).one()


def recall(zone_id: uuid.UUID, kind: ImportKind, source: str, refs: Iterable[str]) -> dict[str, ImportedRecord]:
    """What is remembered of these records, by the source's ids."""
    wanted = list(dict.fromkeys(refs))
    found: dict[str, ImportedRecord] = {}
    for part in in_parts(wanted):
        statement = sa.select(ImportedRecord).where(
            ImportedRecord.zone_id == zone_id, ImportedRecord.kind == kind, ImportedRecord.source == source,
            ImportedRecord.source_ref.in_(part),
        )
        found.update({record.source_ref: record for record in db.session.scalars(statement)})
    return found


def remember(
    zone_id: uuid.UUID, kind: ImportKind, source: str, known: Mapping[str, ImportedRecord], said: Mapping[str, dict[str, str]]
) -> None:
    """Keep the new fingerprints; where nothing is new, nothing is written. Fields that a file lacks keep their last ones."""
    for ref, prints in said.items():
        record = known.get(ref)
        if record is None:
            db.session.add(ImportedRecord(zone_id=zone_id, kind=kind, source=source, source_ref=ref, prints=prints))
        elif (together := {**record.prints, **prints}) != record.prints:
            record.prints = together
    db.session.flush()
