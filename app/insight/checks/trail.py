"""Every change of state has its line, and no line can be rewritten (PRODUCT 8)."""

from __future__ import annotations

import sqlalchemy as sa
from flask import current_app

from app.audit import seals
from app.audit.models import AuditEntry
from app.catalogue.models import Offering, Organisation, Session
from app.commissioning.models import Commission, Place, Waiting
from app.insight.checks.looking import first
from app.introductions.models import Introduction
from app.shared.append_only import APPEND_ONLY_TABLES
from app.shared.db import Row, db

MACHINES: tuple[type[Row], ...] = (Introduction, Commission, Place, Waiting, Session, Organisation, Offering)
"""What has a state. Where its trail tells of a move, the last one led to where it stands."""
ALWAYS_TOLD: tuple[type[Row], ...] = (Introduction, Commission)


def states_are_where_their_trail_leads() -> str | None:
    for model in MACHINES:
        line = _stray(model)
        if line:
            return line
    return None


def _stray(model: type[Row]) -> str | None:
    table = model.__table__
    last = (
        sa.select(AuditEntry.subject_id, sa.func.max(AuditEntry.id).label("id"))
        .where(AuditEntry.subject_type == model.__tablename__, AuditEntry.to_state.is_not(None))
        .group_by(AuditEntry.subject_id).subquery()
    )
    row = first(
        sa.select(table.c.id, table.c.state, AuditEntry.to_state)
        .join(last, last.c.subject_id == table.c.id).join(AuditEntry, AuditEntry.id == last.c.id)
        .where(sa.cast(table.c.state, sa.String) != AuditEntry.to_state).order_by(table.c.id)
    )
    return f"{model.__tablename__} {row[0]} is {row[1]}, and its trail ends at {row[2]}" if row else None


def every_introduction_and_commission_has_a_trail() -> str | None:
    for model in ALWAYS_TOLD:
        told = sa.exists().where(AuditEntry.subject_type == model.__tablename__, AuditEntry.subject_id == model.id)
        row = first(sa.select(model.id).where(~told).order_by(model.id))
        if row:
            return f"{model.__tablename__} {row[0]} has no audit entry"
    return None


def nothing_sealed_was_changed() -> str | None:
    """The worker seals each line of the trail and each look; one that was changed or taken away since is named."""
    return seals.broken(secret=str(current_app.secret_key), head_file=seals.head_file(current_app.config["SETTINGS"]))


def what_only_grows_is_guarded() -> str | None:
    """The database itself refuses to change or delete a line of the trail, the ledger and the registers."""
    is_sqlite = db.engine.dialect.name == "sqlite"
    names = set(db.session.scalars(sa.text(
        "SELECT name FROM sqlite_master WHERE type = 'trigger'" if is_sqlite
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    )))
    for table in APPEND_ONLY_TABLES:
        wanted = {f"{table}_no_update", f"{table}_no_delete"} if is_sqlite else {f"{table}_no_change"}
        if not wanted <= names:
            return f"nothing keeps the lines of {table} from being changed"
    return None
