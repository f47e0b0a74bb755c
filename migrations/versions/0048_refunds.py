"""Money of a paid invoice that goes back to its funder: asked for by one person, approved by another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

STATES = ("asked", "queued", "sending", "done", "refused", "came_back", "cancelled")
LIVE = sa.text("state IN ('asked', 'queued', 'sending')")


def upgrade() -> None:
    op.create_table(
        "refund",
        sa.Column("id", sa.Uuid(), nullable=False), sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("zone_id", sa.Uuid(), nullable=False), sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False), sa.Column("pence", sa.Integer(), nullable=False),
        sa.Column("state", sa.Enum(*STATES, name="refund_state", native_enum=False, create_constraint=True, length=24), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False), sa.Column("approved_by_id", sa.Uuid()),
        sa.Column("idempotency_key", sa.String(120), nullable=False), sa.Column("key_made_at", sa.DateTime(timezone=True)),
        sa.Column("stripe_refund", sa.String(64)), sa.Column("stripe_status", sa.String(24), nullable=False),
        sa.Column("why_not", sa.String(60), nullable=False), sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_refund"),
        sa.ForeignKeyConstraint(["zone_id"], ["zone.id"], name="fk_refund_zone_id"),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name="fk_refund_invoice_id"),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name="fk_refund_asked_by_id"),
        sa.ForeignKeyConstraint(["approved_by_id"], ["person.id"], name="fk_refund_approved_by_id"),
        sa.UniqueConstraint("zone_id", "number", name="uq_refund_number"), sa.UniqueConstraint("stripe_refund", name="uq_refund_stripe_refund"),
        sa.CheckConstraint("pence > 0", name=op.f("ck_refund_pence_positive")),
        sa.CheckConstraint("approved_by_id IS NULL OR approved_by_id <> asked_by_id", name=op.f("ck_refund_approved_by_another")),
        sa.CheckConstraint("state IN ('asked', 'cancelled') OR approved_by_id IS NOT NULL", name=op.f("ck_refund_after_two")),
        sa.CheckConstraint("(state IN ('done', 'came_back')) = (done_at IS NOT NULL)", name=op.f("ck_refund_done_says_when")),
    )
    op.create_index("ix_refund_invoice", "refund", ["invoice_id"])
    op.create_index("one_live_refund", "refund", ["invoice_id"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE)


def downgrade() -> None:
    op.drop_table("refund")
