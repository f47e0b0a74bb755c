"""Holds, erasures, runs of the rules of time, and the lines of the trail that an erasure emptied."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.shared.append_only import append_only_ddl, append_only_undo_ddl

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _row() -> list[sa.Column[object]]:
    return [sa.Column("id", sa.Uuid(), nullable=False), sa.Column("created_at", sa.DateTime(timezone=True), nullable=False)]


def upgrade() -> None:
    op.create_table(
        "audit_redaction",
        sa.Column("id", NUMBER, nullable=False), sa.Column("of_table", sa.String(40), nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False), sa.Column("rest", sa.String(64), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False), sa.PrimaryKeyConstraint("id", name="pk_audit_redaction"),
    )
    op.create_index("ix_audit_redaction_row", "audit_redaction", ["of_table", "row_id"])
    op.create_index("ix_audit_redaction_entry", "audit_redaction", ["entry_id"])
    for statement in append_only_ddl("audit_redaction", op.get_bind().dialect.name):
        op.execute(statement)
    op.create_table(
        "legal_hold",
        *_row(), sa.Column("child_id", sa.Uuid(), nullable=False), sa.Column("why", sa.Text(), nullable=False), sa.Column("until", sa.Date()),
        sa.Column("placed_by_id", sa.Uuid(), nullable=False), sa.Column("ended_at", sa.DateTime(timezone=True)), sa.Column("ended_by_id", sa.Uuid()),
        sa.PrimaryKeyConstraint("id", name="pk_legal_hold"),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name="fk_legal_hold_child_id"),
        sa.ForeignKeyConstraint(["placed_by_id"], ["person.id"], name="fk_legal_hold_placed_by_id"),
        sa.ForeignKeyConstraint(["ended_by_id"], ["person.id"], name="fk_legal_hold_ended_by_id"),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name=op.f("ck_legal_hold_ended_by_somebody")),
    )
    op.create_index("ix_legal_hold_child", "legal_hold", ["child_id"])
    op.create_table(
        "retention_run",
        *_row(), sa.Column("zone_id", sa.Uuid(), nullable=False), sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("confirmed_by_id", sa.Uuid(), nullable=False), sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True)), sa.Column("taken", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_retention_run"),
        sa.ForeignKeyConstraint(["zone_id"], ["zone.id"], name="fk_retention_run_zone_id"),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["person.id"], name="fk_retention_run_confirmed_by_id"),
    )
    op.create_index("ix_retention_run_zone", "retention_run", ["zone_id", "created_at"])
    op.create_table(
        "erasure",
        *_row(), sa.Column("zone_id", sa.Uuid(), nullable=False), sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("pseudonym", sa.String(10), nullable=False), sa.Column("why", sa.Text(), nullable=False), sa.Column("erased_by_id", sa.Uuid()),
        sa.Column("run_id", sa.Uuid()), sa.PrimaryKeyConstraint("id", name="pk_erasure"), sa.UniqueConstraint("child_id", name="uq_erasure_child_id"),
        sa.ForeignKeyConstraint(["zone_id"], ["zone.id"], name="fk_erasure_zone_id"),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name="fk_erasure_child_id"),
        sa.ForeignKeyConstraint(["erased_by_id"], ["person.id"], name="fk_erasure_erased_by_id"),
        sa.ForeignKeyConstraint(["run_id"], ["retention_run.id"], name="fk_erasure_run_id"),
    )
    op.create_index("ix_erasure_zone_id", "erasure", ["zone_id"])


def downgrade() -> None:
    for table in ("erasure", "retention_run", "legal_hold"):
        op.drop_table(table)
    for statement in append_only_undo_ddl("audit_redaction", op.get_bind().dialect.name):
        op.execute(statement)
    op.drop_table("audit_redaction")
