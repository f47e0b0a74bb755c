"""Keeping which records of a large Zone look alike, so that the page of duplicates opens at once. The worker calls it every minute."""

from __future__ import annotations

import hashlib
import uuid
from datetime import timedelta

import sqlalchemy as sa

from app.accounts.models import Zone
from app.catalogue import queries
from app.catalogue.duplicates import find_pairs
from app.catalogue.models import Alike, AlikeLook, MergeKind
from app.shared import clock
from app.shared.db import atomic, db, in_parts

REST = timedelta(minutes=10)
"""Between two looks at one Zone's records, however often they change."""


def sweep() -> int:
    """Look through every large Zone whose last look is a while ago. How many were looked through."""
    zones = db.session.scalars(sa.select(Zone.id).order_by(Zone.id)).all()
    return sum(look_for_alike(zone_id=zone_id, kind=kind) for zone_id in zones for kind in MergeKind)


def look_for_alike(*, zone_id: uuid.UUID, kind: MergeKind) -> bool:
    """Compare the Zone's records, if they are many and something has changed since the last look. Comparing holds nobody up: what is
    found is written at the end, and two workers at once write the same."""
    if not queries.are_many(zone_id, kind):
        return False
    look = queries.find_look(zone_id, kind)
    if look is not None and clock.now() - look.looked_at < REST:
        return False
    records = queries.list_records(zone_id, kind)
    seal = hashlib.sha256(repr(records).encode()).hexdigest()[:32]
    pairs = find_pairs(records) if look is None or look.print != seal else None
    with atomic():
        db.session.scalars(sa.select(Zone).where(Zone.id == zone_id).with_for_update(key_share=True)).one()
        look = queries.find_look(zone_id, kind)
        if look is None:
            look = AlikeLook(zone_id=zone_id, kind=kind, looked_at=clock.now())
            db.session.add(look)
        look.looked_at, look.print = clock.now(), seal
        if pairs is not None:
            db.session.execute(sa.delete(Alike).where(Alike.zone_id == zone_id, Alike.kind == kind))
            for part in in_parts(pairs):
                db.session.execute(sa.insert(Alike), [
                    {"zone_id": zone_id, "kind": kind, "first_id": one.first, "second_id": one.second, "score": one.score, "parts": dict(one.parts)}
                    for one in part
                ])
    return pairs is not None
