"""One picture of a child for the introduction card, sealed, kept only while a consent covers it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "child_photo",
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("picture", sa.LargeBinary(), nullable=False),
        sa.Column("kept_on", sa.Date(), nullable=False),
        sa.Column("kept_by_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_child_photo_child_id")),
        sa.ForeignKeyConstraint(["kept_by_id"], ["person.id"], name=op.f("fk_child_photo_kept_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_child_photo")),
        sa.UniqueConstraint("child_id", name="uq_child_photo_child"),
    )


def downgrade() -> None:
    op.drop_table("child_photo")
