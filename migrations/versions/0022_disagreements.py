"""Registers from a phone without a signal that say something else than the mark that stands, until somebody settles it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "disagreement",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("mark_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Enum(
            "attended", "late", "left_early", "absent_told", "absent_untold", "session_cancelled", "excused", name="mark_kind",
            native_enum=False, create_constraint=True, length=24), nullable=False),
        sa.Column("is_told_late", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("client_key", sa.String(length=64), nullable=False),
        sa.Column("tapped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_by_id", sa.Uuid(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("NOT is_told_late OR kind = 'absent_told'", name=op.f("ck_disagreement_only_told_can_be_late")),
        sa.CheckConstraint("(settled_at IS NULL) = (settled_by_id IS NULL)", name=op.f("ck_disagreement_settled_by_somebody")),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name=op.f("fk_disagreement_session_id")),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_disagreement_child_id")),
        sa.ForeignKeyConstraint(["mark_id"], ["mark.id"], name=op.f("fk_disagreement_mark_id")),
        sa.ForeignKeyConstraint(["sent_by_id"], ["person.id"], name=op.f("fk_disagreement_sent_by_id")),
        sa.ForeignKeyConstraint(["settled_by_id"], ["person.id"], name=op.f("fk_disagreement_settled_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disagreement")),
        sa.UniqueConstraint("session_id", "child_id", "client_key", name="uq_disagreement_client_key"),
    )
    op.create_index(op.f("ix_disagreement_child_id"), "disagreement", ["child_id"])
    op.create_index(
        "ix_disagreement_open", "disagreement", ["session_id"],
        postgresql_where=sa.text("settled_at IS NULL"), sqlite_where=sa.text("settled_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("disagreement")
