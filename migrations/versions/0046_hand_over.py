"""Zones handed over: who asked, who agreed, and the sealed file until it is gone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hand_over",
        sa.Column("id", sa.Uuid(), nullable=False), sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("zone_id", sa.Uuid(), nullable=False), sa.Column("why", sa.Text(), nullable=False),
        sa.Column("state", sa.Enum("asked", "making", "ready", "ended", name="hand_over_state", native_enum=False, create_constraint=True, length=24), nullable=False), sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("answered_by_id", sa.Uuid()), sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file_name", sa.String(40)), sa.Column("secret", sa.Text()), sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False), sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("fetched", sa.Integer(), nullable=False), sa.Column("ended_why", sa.String(24), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_hand_over"),
        sa.ForeignKeyConstraint(["zone_id"], ["zone.id"], name="fk_hand_over_zone_id"),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name="fk_hand_over_asked_by_id"),
        sa.ForeignKeyConstraint(["answered_by_id"], ["person.id"], name="fk_hand_over_answered_by_id"),
        sa.CheckConstraint("asked_by_id <> answered_by_id OR state = \x27ended\x27", name=op.f("ck_hand_over_a_second_person")),
        sa.CheckConstraint("(state = \x27ready\x27) = (file_name IS NOT NULL)", name=op.f("ck_hand_over_file_while_ready")),
    )
    op.create_index("ix_hand_over_zone", "hand_over", ["zone_id", "created_at"])


def downgrade() -> None:
    op.drop_table("hand_over")
