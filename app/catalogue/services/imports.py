"""Offerings that come from files and feeds: created or updated by (Zone, source, reference), with their organisation and places.

A price is never invented. A wrong row is refused by itself and never stops the others; nothing of it is written.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable
from contextlib import nullcontext

import sqlalchemy as sa

from app.accounts.models import Person, Zone
from app.audit import services as audit
from app.catalogue.exchange import list_missing
from app.catalogue.models import Offering
from app.catalogue.services import powers
from app.catalogue.services.import_batch import Batch
from app.catalogue.services.imported import ORGANISATION_KIND, Imported, ImportedOffering, Outcome
from app.shared import clock
from app.shared.db import atomic, db, in_parts
from app.shared.errors import NotFound

__all__ = ["ORGANISATION_KIND", "Imported", "ImportedOffering", "Outcome", "mark_seen", "upsert_offering", "upsert_offerings"]


def upsert_offering(*, zone_id: uuid.UUID, source: str, offering: ImportedOffering, actor: Person | None) -> Imported:
    """One row. Raises what `upsert_offerings` would only report."""
    (done,) = upsert_offerings(zone_id=zone_id, source=source, offerings=[offering], actor=actor)
    if done.refusal is not None:
        raise done.refusal
    return done


def upsert_offerings(
    *,
    zone_id: uuid.UUID,
    source: str,
    offerings: Iterable[ImportedOffering],
    actor: Person | None,
    only: Collection[str] | None = None,
    dry_run: bool = False,
    progress: Callable[[int], None] | None = None,
) -> list[Imported]:
    """Many rows in one transaction, one answer each in the same order. Known keys are read once.

    `only` names the fields that the source has (of OfferingFacts, and capacity, places_left, referrals_last_year): a known
    offering keeps the others. `dry_run` answers the same, writes nothing and keeps nobody else from writing. `progress` is told
    how many rows are written. Raises NotFound for no such Zone.
    """
    rows = list(offerings)
    with nullcontext() if dry_run else atomic():
        powers.manages(actor, zone_id)
        if db.session.get(Zone, zone_id) is None:
            raise NotFound
        with db.session.no_autoflush:
            batch = Batch(zone_id, source, rows, only, dry_run=dry_run)
            done = [batch.take(row) for row in rows]
        if not dry_run:
            batch.write(actor, done, progress)
        return done


def mark_seen(
    *, zone_id: uuid.UUID, source: str, seen: Collection[str], covers: Callable[[str], bool], actor: Person | None
) -> int:
    """Write down since when a source no longer has an offering, and take that away from those it has again. Nothing is deleted.

    `seen` are the ids in the source's file, `covers` says of an id whether the file speaks of it at all. How many are missing now.
    """
    with atomic():
        powers.manages(actor, zone_id)
        rows = list_missing(zone_id, source, seen, covers)
        gone = [row.id for row in rows if row.is_missing and row.since is None]
        back = [row.id for row in rows if not row.is_missing]
        for ids, since, action in ((gone, clock.today(), "catalogue.offering.not_seen"), (back, None, "catalogue.offering.seen_again")):
            for part in in_parts(ids):
                # Not an edit: nobody's open form is out of date because of it, so the version stays.
                db.session.execute(
                    sa.update(Offering).where(Offering.id.in_(part)).values(not_seen_since_on=since)
                    .execution_options(synchronize_session=False)
                )
                for offering in db.session.scalars(sa.select(Offering).where(Offering.id.in_(part))).unique().all():
                    db.session.expire(offering, ["not_seen_since_on"])
                    audit.record(action, subject=offering, actor=actor, source=source)
                db.session.flush()
        return sum(row.is_missing for row in rows)
