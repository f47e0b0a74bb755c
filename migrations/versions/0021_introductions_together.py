"""Introductions that go together, views in another language and told to somebody else, and messages that stay on an introduction."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

UUID = {"sqlite": "CHAR(32)", "postgresql": "UUID"}
COLUMNS = (
    ("introduction", "party_id", "{uuid}"),
    ("view", "words_in_english", "TEXT DEFAULT '' NOT NULL"),
    ("view", "told_to", "VARCHAR(120) DEFAULT '' NOT NULL"),
)
"""Added in plain SQL: both databases add a column in place, where Alembic would copy the whole table on SQLite."""


def upgrade() -> None:
    kind = UUID[op.get_bind().dialect.name]
    for table, column, what in COLUMNS:
        op.execute(f'ALTER TABLE "{table}" ADD COLUMN {column} {what.format(uuid=kind)}')
    op.create_index("ix_introduction_party", "introduction", ["party_id"])
    op.create_table("introduction_message",
        sa.Column("introduction_id", sa.Uuid(), nullable=False),
        sa.Column("written_by_id", sa.Uuid(), nullable=False),
        sa.Column("is_by_partner", sa.Boolean(), nullable=False),
        sa.Column("readers", sa.Enum("team", "partner", name="readers", native_enum=False, create_constraint=True, length=24), nullable=False),
        sa.Column("is_question", sa.Boolean(), nullable=False),
        sa.Column("answers_id", sa.Uuid(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["answers_id"], ["introduction_message.id"], name=op.f("fk_introduction_message_answers_id")),
        sa.ForeignKeyConstraint(["introduction_id"], ["introduction.id"], name=op.f("fk_introduction_message_introduction_id")),
        sa.ForeignKeyConstraint(["written_by_id"], ["person.id"], name=op.f("fk_introduction_message_written_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_introduction_message")),
        sa.UniqueConstraint("answers_id", name="uq_introduction_message_answers"),
    )
    op.create_index("ix_introduction_message_introduction", "introduction_message", ["introduction_id", "created_at"])


def downgrade() -> None:
    op.drop_table("introduction_message")
    op.drop_index("ix_introduction_party", "introduction")
    for table, column, _ in reversed(COLUMNS):
        op.execute(f'ALTER TABLE "{table}" DROP COLUMN {column}')
