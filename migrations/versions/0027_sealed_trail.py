"""The seals over the trail and the looks, and the signed heads of their chain."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.shared.append_only import append_only_ddl, append_only_undo_ddl

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table("audit_seal",
        sa.Column("seq", NUMBER, autoincrement=False, nullable=False),
        sa.Column("of_table", sa.String(length=40), nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_seal")),
        sa.UniqueConstraint("of_table", "row_id", name="uq_audit_seal_row"),
    )
    op.create_table("audit_head",
        sa.Column("seq", NUMBER, autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("signature", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_head")),
    )
    for table in ("audit_seal", "audit_head"):
        for statement in append_only_ddl(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    for table in ("audit_head", "audit_seal"):
        for statement in append_only_undo_ddl(table, op.get_bind().dialect.name):
            op.execute(statement)
        op.drop_table(table)
