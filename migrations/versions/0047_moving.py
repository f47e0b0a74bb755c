"""Money that stops when a child changes school: what a share gave up and when, and what of a commission nobody pays for yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

CHANGES = "sessions > 0 AND (sessions <> was_sessions OR tariff_id IS NOT NULL OR cohort_id IS NOT NULL)"
CHANGES_NOW = "sessions > 0 AND (sessions <> was_sessions OR tariff_id IS NOT NULL OR cohort_id IS NOT NULL OR is_for_payer)"


STOPPED = "CASE WHEN stopped_at IS NULL THEN stopped_of_pence = 0 ELSE stopped_of_pence >= pence + stopped_pence END AND stopped_pence >= 0"


def upgrade() -> None:
    with op.batch_alter_table("commission") as commission:
        commission.add_column(sa.Column("uncovered_pence", sa.Integer(), nullable=False, server_default="0"))
        commission.create_check_constraint(op.f("ck_commission_uncovered_in_range"), "uncovered_pence BETWEEN 0 AND total_pence")
    with op.batch_alter_table("fund_share") as share:
        share.add_column(sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True))
        share.add_column(sa.Column("stopped_pence", sa.Integer(), nullable=False, server_default="0"))
        share.add_column(sa.Column("stopped_of_pence", sa.Integer(), nullable=False, server_default="0"))
        share.create_check_constraint(op.f("ck_fund_share_stopped_part"), STOPPED)
    with op.batch_alter_table("variation") as variation:
        variation.add_column(sa.Column("is_for_payer", sa.Boolean(), nullable=False, server_default=sa.false()))
        variation.drop_constraint(op.f("ck_variation_something_changes"), type_="check")
        variation.create_check_constraint(op.f("ck_variation_something_changes"), CHANGES_NOW)


def downgrade() -> None:
    op.execute("DELETE FROM decision WHERE variation_id IN (SELECT id FROM variation WHERE is_for_payer)")
    op.execute("DELETE FROM variation WHERE is_for_payer")
    with op.batch_alter_table("variation") as variation:
        variation.drop_constraint(op.f("ck_variation_something_changes"), type_="check")
        variation.drop_column("is_for_payer")
        variation.create_check_constraint(op.f("ck_variation_something_changes"), CHANGES)
    with op.batch_alter_table("fund_share") as share:
        share.drop_constraint(op.f("ck_fund_share_stopped_part"), type_="check")
        for column in ("stopped_of_pence", "stopped_pence", "stopped_at"):
            share.drop_column(column)
    with op.batch_alter_table("commission") as commission:
        commission.drop_constraint(op.f("ck_commission_uncovered_in_range"), type_="check")
        commission.drop_column("uncovered_pence")
