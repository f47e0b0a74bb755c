"""Deciding: steps by school or fund, standing in for somebody, changes of what was bought, and requests that are decided together."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

STEPS = (
    ("one_step_per_zone_and_sum", ["zone_id", "above_pence"], "school_id IS NULL AND fund_id IS NULL"),
    ("one_step_per_school_and_sum", ["school_id", "above_pence"], "school_id IS NOT NULL"),
    ("one_step_per_fund_and_sum", ["fund_id", "above_pence"], "fund_id IS NOT NULL"),
)


def upgrade() -> None:
    with op.batch_alter_table("approval_step") as step:
        step.drop_constraint("uq_approval_step", type_="unique")
        step.add_column(sa.Column("school_id", sa.Uuid(), nullable=True))
        step.add_column(sa.Column("fund_id", sa.Uuid(), nullable=True))
        step.create_foreign_key("fk_approval_step_school_id", "school", ["school_id"], ["id"])
        step.create_foreign_key("fk_approval_step_fund_id", "fund", ["fund_id"], ["id"])
        step.create_check_constraint(op.f("ck_approval_step_for_one"), "school_id IS NULL OR fund_id IS NULL")
    for name, columns, where in STEPS:
        op.create_index(name, "approval_step", columns, unique=True, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    op.create_table(
        "delegation",
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["grant_id"], ["role_grant.id"], name="fk_delegation_grant_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["from_id"], ["person.id"], name="fk_delegation_from_id"),
        sa.PrimaryKeyConstraint("id", name="pk_delegation"),
        sa.UniqueConstraint("grant_id", name="uq_delegation_grant_id"),
    )
    op.create_index("ix_delegation_from_id", "delegation", ["from_id"])
    op.create_table(
        "variation",
        sa.Column("commission_id", sa.Uuid(), nullable=False),
        sa.Column("sessions", sa.Integer(), nullable=False),
        sa.Column("was_sessions", sa.Integer(), nullable=False),
        sa.Column("pence", sa.Integer(), nullable=False),
        sa.Column("state", sa.Enum("requested", "approved", "rejected", "withdrawn", name="variation_state", native_enum=False, create_constraint=True, length=24), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("requested_by_id", sa.Uuid(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("sessions > 0 AND sessions <> was_sessions", name=op.f("ck_variation_sessions_change")),
        sa.ForeignKeyConstraint(["commission_id"], ["commission.id"], name="fk_variation_commission_id"),
        sa.ForeignKeyConstraint(["requested_by_id"], ["person.id"], name="fk_variation_requested_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_variation"),
    )
    op.create_index("ix_variation_commission_id", "variation", ["commission_id"])
    open_one = sa.text("state = 'requested'")
    op.create_index("one_open_variation", "variation", ["commission_id"], unique=True, sqlite_where=open_one, postgresql_where=open_one)
    with op.batch_alter_table("decision") as decision:
        decision.add_column(sa.Column("for_id", sa.Uuid(), nullable=True))
        decision.add_column(sa.Column("held_until", sa.DateTime(timezone=True), nullable=True))
        decision.add_column(sa.Column("variation_id", sa.Uuid(), nullable=True))
        decision.create_foreign_key("fk_decision_for_id", "person", ["for_id"], ["id"])
        decision.create_foreign_key("fk_decision_variation_id", "variation", ["variation_id"], ["id"])
    op.create_table(
        "together",
        sa.Column("commission_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["commission_id"], ["commission.id"], name="fk_together_commission_id"),
        sa.PrimaryKeyConstraint("id", name="pk_together"),
        sa.UniqueConstraint("commission_id", name="uq_together_commission_id"),
    )
    op.create_index("ix_together_group_id", "together", ["group_id"])


def downgrade() -> None:
    op.drop_table("together")
    with op.batch_alter_table("decision") as decision:
        decision.drop_constraint("fk_decision_for_id", type_="foreignkey")
        decision.drop_constraint("fk_decision_variation_id", type_="foreignkey")
        for column in ("for_id", "held_until", "variation_id"):
            decision.drop_column(column)
    op.drop_table("variation")
    op.drop_table("delegation")
    for name, _, _ in STEPS:
        op.drop_index(name, "approval_step")
    op.execute("DELETE FROM approval_step WHERE school_id IS NOT NULL OR fund_id IS NOT NULL")
    with op.batch_alter_table("approval_step") as step:
        step.drop_constraint(op.f("ck_approval_step_for_one"), type_="check")
        step.drop_constraint("fk_approval_step_school_id", type_="foreignkey")
        step.drop_constraint("fk_approval_step_fund_id", type_="foreignkey")
        step.drop_column("school_id")
        step.drop_column("fund_id")
        step.create_unique_constraint("uq_approval_step", ["zone_id", "above_pence"])
