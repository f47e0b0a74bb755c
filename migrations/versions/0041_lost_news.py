"""How many of Stripe's webhooks were lost, as a look at its own list of events found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("stripe_look", sa.Column("missed", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("stripe_look") as look:
        look.alter_column("missed", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("stripe_look") as look:
        look.drop_column("missed")
