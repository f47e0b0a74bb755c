"""The first row of a statement that looks for what should not be there."""

from __future__ import annotations

import sqlalchemy as sa

from app.shared.db import db


def first(statement: sa.Select[*tuple[object, ...]]) -> sa.Row[*tuple[object, ...]] | None:
    return db.session.execute(statement.limit(1)).first()
