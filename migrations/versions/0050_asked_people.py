"""A row that stands for somebody whose account another Zone may not know of, until they say yes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("person") as person:
        person.drop_constraint(op.f("uq_person_email"), type_="unique")
        person.add_column(sa.Column("asked_id", sa.Uuid(), nullable=True))
        person.create_foreign_key(op.f("fk_person_asked_id"), "person", ["asked_id"], ["id"])
        person.create_index(op.f("ix_person_asked_id"), ["asked_id"])
    only = sa.text("asked_id IS NULL")
    op.create_index("uq_person_email", "person", ["email"], unique=True, sqlite_where=only, postgresql_where=only)


def downgrade() -> None:
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM person WHERE asked_id IS NOT NULL")):
        raise RuntimeError("people are asked to take roles over: end those roles first")
    op.drop_index("uq_person_email", "person")
    with op.batch_alter_table("person") as person:
        person.drop_index(op.f("ix_person_asked_id"))
        person.drop_constraint(op.f("fk_person_asked_id"), type_="foreignkey")
        person.drop_column("asked_id")
        person.create_unique_constraint(op.f("uq_person_email"), ["email"])
