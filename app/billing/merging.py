"""What of this room goes along when two organisations become one: the statements, with their lines."""

from __future__ import annotations

import uuid

from flask_babel import gettext as _

from app.billing.models import Statement
from app.billing.queries import find_open_statement
from app.catalogue.merging import by_column, register_mover
from app.catalogue.models import MergeKind, Organisation
from app.shared.db import db


def register() -> None:
    register_mover(by_column(
        Statement, ("statement", "statements"), organisation=Statement.organisation_id, stops=_both_open,
    ))


def _both_open(kind: MergeKind, kept_id: uuid.UUID, gone_id: uuid.UUID) -> str:
    """One organisation has one open statement."""
    if kind is not MergeKind.ORGANISATION:
        return ""
    kept, gone = db.session.get(Organisation, kept_id), db.session.get(Organisation, gone_id)
    if kept is None or gone is None or kept.zone_id != gone.zone_id:
        return ""
    if find_open_statement(kept.zone_id, kept_id) and find_open_statement(gone.zone_id, gone_id):
        return _("Both have a statement that is not approved yet. Approve one of them first.")
    return ""
