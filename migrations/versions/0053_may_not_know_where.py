"""A carer who must not know where the child is (a court's order, danger at home) is marked as one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("carer") as carer:
        carer.add_column(sa.Column("may_not_know_where", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM carer WHERE may_not_know_where")):
        raise RuntimeError("carers are marked who must not know where a child is: the mark would be lost")
    with op.batch_alter_table("carer") as carer:
        carer.drop_column("may_not_know_where")
