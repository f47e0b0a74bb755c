"""What became of a record that was merged into another."""

from __future__ import annotations

import uuid

import sqlalchemy as sa

from app.catalogue.models import MergeKind, Offering, Organisation
from app.shared.db import db

MODELS: dict[MergeKind, type[Organisation] | type[Offering]] = {MergeKind.ORGANISATION: Organisation, MergeKind.OFFERING: Offering}
LONGEST_TRAIL = 20


def heir_of(kind: MergeKind, record_id: uuid.UUID) -> uuid.UUID | None:
    """The record that it is now, however often that was merged again; None for one that was not merged."""
    model, heir = MODELS[kind], None
    after: uuid.UUID | None = record_id
    for _ in range(LONGEST_TRAIL):
        after = db.session.scalar(sa.select(model.merged_into_id).where(model.id == after))
        if after is None:
            break
        heir = after
    return heir
