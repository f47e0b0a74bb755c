"""Introductions of a child are found along an index, whatever their state and however many the Zone has."""

from __future__ import annotations

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_introduction_child_state", "introduction", ["child_id", "state"])


def downgrade() -> None:
    op.drop_index("ix_introduction_child_state", "introduction")
