"""The ledger: only grows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.shared.append_only import append_only_ddl, append_only_undo_ddl

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('journal',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('key', sa.String(length=120), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('reference', sa.String(length=120), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('zone_id', sa.Uuid(), nullable=False),
    sa.Column('actor_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['actor_id'], ['person.id'], name=op.f('fk_journal_actor_id')),
    sa.ForeignKeyConstraint(['zone_id'], ['zone.id'], name=op.f('fk_journal_zone_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_journal')),
    sa.UniqueConstraint('key', name=op.f('uq_journal_key'))
    )
    op.create_index(op.f('ix_journal_zone_id'), 'journal', ['zone_id'], unique=False)
    op.create_table('posting',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('journal_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('account', sa.Enum('receivable', 'pledged', 'bank', 'available', 'requested', 'committed', 'accrued', 'paid', name='account', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('fund_id', sa.Uuid(), nullable=False),
    sa.Column('pence', sa.Integer(), nullable=False),
    sa.Column('child_id', sa.Uuid(), nullable=True),
    sa.Column('commission_id', sa.Uuid(), nullable=True),
    sa.Column('session_id', sa.Uuid(), nullable=True),
    sa.Column('organisation_id', sa.Uuid(), nullable=True),
    sa.Column('school_id', sa.Uuid(), nullable=True),
    sa.Column('funder', sa.String(length=120), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.CheckConstraint('pence <> 0', name=op.f('ck_posting_pence_not_nil')),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_posting_child_id')),
    sa.ForeignKeyConstraint(['commission_id'], ['commission.id'], name=op.f('fk_posting_commission_id')),
    sa.ForeignKeyConstraint(['fund_id'], ['fund.id'], name=op.f('fk_posting_fund_id')),
    sa.ForeignKeyConstraint(['journal_id'], ['journal.id'], name=op.f('fk_posting_journal_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_posting_organisation_id')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_posting_school_id')),
    sa.ForeignKeyConstraint(['session_id'], ['session.id'], name=op.f('fk_posting_session_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_posting'))
    )
    op.create_index('ix_posting_child', 'posting', ['child_id', 'year'], unique=False)
    op.create_index('ix_posting_commission', 'posting', ['commission_id'], unique=False)
    op.create_index('ix_posting_fund_account', 'posting', ['fund_id', 'account'], unique=False)
    op.create_index(op.f('ix_posting_journal_id'), 'posting', ['journal_id'], unique=False)
    op.create_index('ix_posting_organisation', 'posting', ['organisation_id'], unique=False)
    for table in ("journal", "posting"):
        for statement in append_only_ddl(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    for table in ("posting", "journal"):
        for statement in append_only_undo_ddl(table, op.get_bind().dialect.name):
            op.execute(statement)
    op.drop_table("posting")
    op.drop_table("journal")
