"""A tariff says whether its price is for a session or for the whole place, and whether it is for a group or one to one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("tariff") as tariff:
        tariff.add_column(sa.Column("basis", sa.String(24), nullable=False, server_default="session"))
        tariff.add_column(sa.Column("is_one_to_one", sa.Boolean(), nullable=False, server_default=sa.false()))
        tariff.create_check_constraint(op.f("ck_tariff_tariff_basis"), "basis IN (\x27session\x27, \x27place\x27)")


def downgrade() -> None:
    with op.batch_alter_table("tariff") as tariff:
        tariff.drop_constraint(op.f("ck_tariff_tariff_basis"), type_="check")
        tariff.drop_column("is_one_to_one")
        tariff.drop_column("basis")
