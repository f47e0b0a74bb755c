"""A friend, brother or sister in the circle who is a child of Kith as well."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("relationship", sa.Column("other_child_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("relationship", "other_child_id")
