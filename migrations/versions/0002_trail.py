"""The audit trail and who looked at which child: both only grow."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.shared.append_only import append_only_ddl, append_only_undo_ddl

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('sight',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('child_id', sa.Uuid(), nullable=False),
    sa.Column('what', sa.String(length=80), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sight'))
    )
    op.create_index('ix_sight_child', 'sight', ['child_id', 'id'], unique=False)
    op.create_index('ix_sight_person', 'sight', ['person_id', 'id'], unique=False)
    op.create_table('audit_entry',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Uuid(), nullable=True),
    sa.Column('actor_name', sa.String(length=120), nullable=False),
    sa.Column('actor_role', sa.String(length=40), nullable=False),
    sa.Column('action', sa.String(length=80), nullable=False),
    sa.Column('subject_type', sa.String(length=40), nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=False),
    sa.Column('zone_id', sa.Uuid(), nullable=True),
    sa.Column('child_id', sa.Uuid(), nullable=True),
    sa.Column('from_state', sa.String(length=24), nullable=True),
    sa.Column('to_state', sa.String(length=24), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['zone_id'], ['zone.id'], name=op.f('fk_audit_entry_zone_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entry'))
    )
    op.create_index('ix_audit_entry_child', 'audit_entry', ['child_id', 'id'], unique=False)
    op.create_index('ix_audit_entry_subject', 'audit_entry', ['subject_type', 'subject_id', 'id'], unique=False)
    op.create_index('ix_audit_entry_zone', 'audit_entry', ['zone_id', 'id'], unique=False)
    for table in ("sight", "audit_entry"):
        for statement in append_only_ddl(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    for table in ("audit_entry", "sight"):
        for statement in append_only_undo_ddl(table, op.get_bind().dialect.name):
            op.execute(statement)
    op.drop_table("audit_entry")
    op.drop_table("sight")
