"""Roles for somebody who has an account that whoever asks knows nothing of: the owner says yes or no.

Until then a row of its own stands for them in the Zone that asks, with what was typed there. It looks like somebody new who has not chosen a
password, and nobody can sign in with it: so nobody learns from an address who has an account elsewhere, or what they are called there.
"""

from __future__ import annotations

import uuid

import sqlalchemy as sa

from app.accounts import queries
from app.accounts.models import Person
from app.audit import services as audit
from app.shared import clock
from app.shared.append_only import APPEND_ONLY_TABLES
from app.shared.db import Base, atomic, db, lock_rows


def say_yes(*, asked_id: uuid.UUID, actor: Person) -> None:
    """The roles, and what was given to whoever stood for them meanwhile, are the account's own from now on. Raises NotFound."""
    with atomic():
        asked = _asked(asked_id, actor)
        for grant in asked.grants:
            audit.record("accounts.role.accepted", subject=grant, actor=actor, role=grant.role, person_id=actor.id)
        asked.left_at = clock.now()
        db.session.flush()
        for table in Base.metadata.sorted_tables:
            for column in table.columns if table.name not in APPEND_ONLY_TABLES else ():
                if any(key.column.table.name == "person" for key in column.foreign_keys):
                    db.session.execute(sa.update(table).where(column == asked_id).values({column.name: actor.id}))
        db.session.expire_all()


def say_no(*, asked_id: uuid.UUID, actor: Person) -> None:
    """None of it; the Zone that asked sees that they have left. Raises NotFound."""
    with atomic():
        asked = _asked(asked_id, actor)
        asked.left_at = clock.now()
        audit.record("accounts.person.declined", subject=asked, actor=actor, zone_id=next((g.zone_id for g in asked.grants), None))


def _asked(asked_id: uuid.UUID, actor: Person) -> Person:
    """Locked, with the account: a yes and a no at once are one of the two."""
    queries.get_asked(asked_id, actor)
    lock_rows(Person, [asked_id, actor.id])
    return queries.get_asked(asked_id, actor)
