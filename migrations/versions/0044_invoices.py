"""Invoices to funders through Stripe, and whom they ask."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

STATES = ("queued", "open", "held", "paid", "void")
LIVE = sa.text("state IN ('queued', 'open', 'held')")


def _row() -> list[sa.Column[object]]:
    return [sa.Column("id", sa.Uuid(), nullable=False), sa.Column("created_at", sa.DateTime(timezone=True), nullable=False)]


def upgrade() -> None:
    op.create_table(
        "payer",
        *_row(), sa.Column("zone_id", sa.Uuid(), nullable=False), sa.Column("name", sa.String(120), nullable=False),
        sa.Column("email", sa.String(254), nullable=False), sa.Column("stripe_customer", sa.String(64)),
        sa.Column("held_pence", sa.Integer(), nullable=False), sa.PrimaryKeyConstraint("id", name="pk_payer"),
        sa.ForeignKeyConstraint(["zone_id"], ["zone.id"], name="fk_payer_zone_id"), sa.UniqueConstraint("zone_id", "name", name="uq_payer_name"),
        sa.UniqueConstraint("stripe_customer", name="uq_payer_stripe_customer"),
        sa.CheckConstraint("held_pence >= 0", name=op.f("ck_payer_held_not_below_nil")),
    )
    op.create_table(
        "invoice",
        *_row(), sa.Column("zone_id", sa.Uuid(), nullable=False), sa.Column("payer_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False), sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("pence", sa.Integer(), nullable=False), sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("state", sa.Enum(*STATES, name="invoice_state", native_enum=False, create_constraint=True, length=24), nullable=False),
        sa.Column("why", sa.String(60), nullable=False), sa.Column("is_withdrawn", sa.Boolean(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False), sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False), sa.Column("key_made_at", sa.DateTime(timezone=True)),
        sa.Column("stripe_invoice", sa.String(64)), sa.Column("stripe_number", sa.String(60), nullable=False),
        sa.Column("page", sa.String(600), nullable=False), sa.Column("due_on", sa.Date()), sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.Column("paid_at", sa.DateTime(timezone=True)), sa.PrimaryKeyConstraint("id", name="pk_invoice"),
        sa.ForeignKeyConstraint(["zone_id"], ["zone.id"], name="fk_invoice_zone_id"),
        sa.ForeignKeyConstraint(["payer_id"], ["payer.id"], name="fk_invoice_payer_id"),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name="fk_invoice_asked_by_id"),
        sa.UniqueConstraint("zone_id", "number", name="uq_invoice_number"), sa.UniqueConstraint("stripe_invoice", name="uq_invoice_stripe_invoice"),
        sa.CheckConstraint("pence > 0", name=op.f("ck_invoice_pence_positive")),
        sa.CheckConstraint("state <> 'held' OR why <> ''", name=op.f("ck_invoice_held_says_why")),
        sa.CheckConstraint("(state = 'paid') = (paid_at IS NOT NULL)", name=op.f("ck_invoice_paid_says_when")),
    )
    op.create_index("ix_invoice_owner", "invoice", ["owner_id"])
    op.create_index("ix_invoice_payer", "invoice", ["payer_id"])
    op.create_index("ix_invoice_live", "invoice", ["state"], sqlite_where=LIVE, postgresql_where=LIVE)


def downgrade() -> None:
    op.drop_table("invoice")
    op.drop_table("payer")
