"""Marks: only grow."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.shared.append_only import append_only_ddl, append_only_undo_ddl

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('follow_up',
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('child_id', sa.Uuid(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('noted_by_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_follow_up_child_id')),
    sa.ForeignKeyConstraint(['noted_by_id'], ['person.id'], name=op.f('fk_follow_up_noted_by_id')),
    sa.ForeignKeyConstraint(['session_id'], ['session.id'], name=op.f('fk_follow_up_session_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_follow_up'))
    )
    op.create_index(op.f('ix_follow_up_child_id'), 'follow_up', ['child_id'], unique=False)
    op.create_index('ix_follow_up_session_child', 'follow_up', ['session_id', 'child_id'], unique=False)
    op.create_table('mark',
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('child_id', sa.Uuid(), nullable=False),
    sa.Column('place_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('attended', 'late', 'left_early', 'absent_told', 'absent_untold', 'session_cancelled', 'excused', name='mark_kind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('is_told_late', sa.Boolean(), nullable=False),
    sa.Column('percent', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('client_key', sa.String(length=64), nullable=False),
    sa.Column('marked_by_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("NOT is_told_late OR kind = 'absent_told'", name=op.f('ck_mark_only_told_can_be_late')),
    sa.CheckConstraint('percent BETWEEN 0 AND 100', name=op.f('ck_mark_percent_in_range')),
    sa.CheckConstraint('revision >= 1', name=op.f('ck_mark_revision_positive')),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_mark_child_id')),
    sa.ForeignKeyConstraint(['marked_by_id'], ['person.id'], name=op.f('fk_mark_marked_by_id')),
    sa.ForeignKeyConstraint(['place_id'], ['place.id'], name=op.f('fk_mark_place_id')),
    sa.ForeignKeyConstraint(['session_id'], ['session.id'], name=op.f('fk_mark_session_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mark')),
    sa.UniqueConstraint('session_id', 'child_id', 'client_key', name='uq_mark_client_key'),
    sa.UniqueConstraint('session_id', 'child_id', 'revision', name='uq_mark_revision')
    )
    op.create_index('ix_mark_child', 'mark', ['child_id'], unique=False)
    op.create_index('ix_mark_place', 'mark', ['place_id'], unique=False)
    for table in ("follow_up", "mark"):
        for statement in append_only_ddl(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    for table in ("mark", "follow_up"):
        for statement in append_only_undo_ddl(table, op.get_bind().dialect.name):
            op.execute(statement)
    op.drop_table("mark")
    op.drop_table("follow_up")
