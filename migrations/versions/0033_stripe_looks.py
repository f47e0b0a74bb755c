"""What the nightly look at Stripe found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("stripe_look",
        sa.Column("available_pence", sa.Integer(), nullable=False),
        sa.Column("pending_pence", sa.Integer(), nullable=False),
        sa.Column("books_pence", sa.Integer(), nullable=False),
        sa.Column("on_its_way_pence", sa.Integer(), nullable=False),
        sa.Column("unexplained", sa.JSON(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stripe_look")),
    )


def downgrade() -> None:
    op.drop_table("stripe_look")
