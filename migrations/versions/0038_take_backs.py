"""Money taken back from a partner: asked for by one person, approved by another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

WAYS = ("stripe", "bank")
STATES = ("asked", "queued", "sending", "done", "refused", "cancelled")
LIVE = "state IN ('asked', 'queued', 'sending')"


def upgrade() -> None:
    op.create_table("take_back",
        sa.Column("zone_id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("pence", sa.Integer(), nullable=False),
        sa.Column("is_whole", sa.Boolean(), nullable=False),
        sa.Column("way", sa.Enum(*WAYS, name="way", native_enum=False, create_constraint=True, length=24), nullable=False),
        sa.Column("state", sa.Enum(*STATES, name="take_back_state", native_enum=False, create_constraint=True, length=24), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("approved_by_id", sa.Uuid(), nullable=True),
        sa.Column("reference", sa.String(length=60), nullable=False),
        sa.Column("reversal_id", sa.String(length=64), nullable=True),
        sa.Column("idempotency_key", sa.String(length=120), nullable=False),
        sa.Column("key_made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why_not", sa.String(length=60), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("pence > 0", name=op.f("ck_take_back_pence_positive")),
        sa.CheckConstraint("approved_by_id IS NULL OR approved_by_id <> asked_by_id", name=op.f("ck_take_back_approved_by_another")),
        sa.CheckConstraint("state NOT IN ('queued', 'sending', 'done') OR approved_by_id IS NOT NULL", name=op.f("ck_take_back_after_two")),
        sa.CheckConstraint("(state = 'done') = (done_at IS NOT NULL)", name=op.f("ck_take_back_done_says_when")),
        sa.ForeignKeyConstraint(["zone_id"], ["zone.id"], name=op.f("fk_take_back_zone_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_take_back_payment_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_take_back_asked_by_id")),
        sa.ForeignKeyConstraint(["approved_by_id"], ["person.id"], name=op.f("fk_take_back_approved_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_take_back")),
        sa.UniqueConstraint("reversal_id", name=op.f("uq_take_back_reversal_id")),
    )
    op.create_index("ix_take_back_zone_id", "take_back", ["zone_id"])
    op.create_index("one_live_take_back", "take_back", ["payment_id"], unique=True, sqlite_where=sa.text(LIVE), postgresql_where=sa.text(LIVE))
    with op.batch_alter_table("payment_item") as batch:
        batch.add_column(sa.Column("take_back_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key("fk_payment_item_take_back_id", "take_back", ["take_back_id"], ["id"])
        batch.create_index("ix_payment_item_take_back_id", ["take_back_id"])


def downgrade() -> None:
    op.execute("DELETE FROM payment_item WHERE take_back_id IS NOT NULL")
    with op.batch_alter_table("payment_item") as batch:
        batch.drop_index("ix_payment_item_take_back_id")
        batch.drop_constraint("fk_payment_item_take_back_id", type_="foreignkey")
        batch.drop_column("take_back_id")
    op.drop_table("take_back")
