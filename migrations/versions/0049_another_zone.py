"""Where a child went who moved to another Zone, and on the record there where the child came from. The two records do not name each other."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("child", sa.Column("moved_to_zone_id", sa.Uuid(), nullable=True))
    op.add_column("child", sa.Column("came_from_zone_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("child", "came_from_zone_id")
    op.drop_column("child", "moved_to_zone_id")
