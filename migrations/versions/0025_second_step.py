"""A second step at sign-in: codes from an app, recovery codes, and sign-ins that wait for one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

INSTANT = {"sqlite": "DATETIME", "postgresql": "TIMESTAMP WITH TIME ZONE"}
COLUMNS = (("waits_until", "{instant}"), ("confirmed_at", "{instant}"), ("is_strong", "BOOLEAN DEFAULT {no} NOT NULL"))
"""Added in plain SQL: both databases add a column in place, where Alembic would copy the whole table on SQLite."""


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    for column, what in COLUMNS:
        op.execute(f"ALTER TABLE sign_in ADD COLUMN {column} " + what.format(instant=INSTANT[dialect], no="0" if dialect == "sqlite" else "false"))
    op.create_table("authenticator_app",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_seed", sa.LargeBinary(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_authenticator_app_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authenticator_app")),
        sa.UniqueConstraint("person_id", name=op.f("uq_authenticator_app_person_id")),
    )
    op.create_table("recovery_code",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_recovery_code_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("person_id", "code_hash", name="uq_recovery_code"),
    )


def downgrade() -> None:
    op.drop_table("recovery_code")
    op.drop_table("authenticator_app")
    for column, _ in reversed(COLUMNS):
        op.execute(f"ALTER TABLE sign_in DROP COLUMN {column}")
