"""Partner statements; money that is on its way to a partner has an account of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.billing.models import freeze_ddl, unfreeze_ddl
from app.shared.append_only import append_only_ddl, append_only_undo_ddl

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

BEFORE = ("receivable", "pledged", "bank", "available", "requested", "committed", "accrued", "paid")
AFTER = (*BEFORE[:-1], "in_flight", "paid")
OPEN = sa.text("state IN ('accruing', 'queried', 'submitted', 'verified', 'on_hold')")


def accounts(names: tuple[str, ...]) -> None:
    """Say anew which accounts there are. SQLite makes the table again, and with it what guards it."""
    allowed = "account IN ({})".format(", ".join(f"'{name}'" for name in names))
    dialect = op.get_bind().dialect.name
    if dialect != "sqlite":
        op.drop_constraint(op.f("ck_posting_account"), "posting", type_="check")
        op.create_check_constraint(op.f("ck_posting_account"), "posting", allowed)
        return
    for statement in append_only_undo_ddl("posting", dialect):
        op.execute(statement)
    with op.batch_alter_table("posting", recreate="always") as posting:
        posting.drop_constraint(op.f("ck_posting_account"), type_="check")
        posting.create_check_constraint(op.f("ck_posting_account"), allowed)
    for statement in append_only_ddl("posting", dialect):
        op.execute(statement)


def upgrade() -> None:
    accounts(AFTER)
    op.create_table('statement',
        sa.Column('zone_id', sa.Uuid(), nullable=False),
        sa.Column('organisation_id', sa.Uuid(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('through_on', sa.Date(), nullable=False),
        sa.Column('state', sa.Enum('accruing', 'queried', 'submitted', 'verified', 'approved', 'on_hold', 'in_payment', 'failed', 'paid', name='statement_state', native_enum=False, create_constraint=True, length=24), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('drawn_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('agreed_by_id', sa.Uuid(), nullable=True),
        sa.Column('agreed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('verified_by_id', sa.Uuid(), nullable=True),
        sa.Column('verified_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('approved_by_id', sa.Uuid(), nullable=True),
        sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('paid_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('held_why', sa.String(length=300), nullable=False),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('(verified_by_id IS NULL) = (verified_at IS NULL)', name=op.f('ck_statement_verified_by_somebody')),
        sa.CheckConstraint('(approved_by_id IS NULL) = (approved_at IS NULL)', name=op.f('ck_statement_approved_by_somebody')),
        sa.CheckConstraint('approved_by_id IS NULL OR approved_by_id <> verified_by_id', name=op.f('ck_statement_approved_by_another')),
        sa.CheckConstraint("state NOT IN ('approved', 'in_payment', 'failed', 'paid') OR (approved_at IS NOT NULL AND verified_at IS NOT NULL)", name=op.f('ck_statement_paid_after_two')),
        sa.ForeignKeyConstraint(['zone_id'], ['zone.id'], name=op.f('fk_statement_zone_id')),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_statement_organisation_id')),
        sa.ForeignKeyConstraint(['agreed_by_id'], ['person.id'], name=op.f('fk_statement_agreed_by_id')),
        sa.ForeignKeyConstraint(['verified_by_id'], ['person.id'], name=op.f('fk_statement_verified_by_id')),
        sa.ForeignKeyConstraint(['approved_by_id'], ['person.id'], name=op.f('fk_statement_approved_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_statement')),
        sa.UniqueConstraint('zone_id', 'number', name=op.f('uq_statement_number')),
    )
    op.create_index(op.f('ix_statement_zone_id'), 'statement', ['zone_id'], unique=False)
    op.create_index('ix_statement_organisation', 'statement', ['organisation_id', 'state'], unique=False)
    op.create_index('one_open_statement', 'statement', ['zone_id', 'organisation_id'], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_table('statement_line',
        sa.Column('statement_id', sa.Uuid(), nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('commission_id', sa.Uuid(), nullable=False),
        sa.Column('child_id', sa.Uuid(), nullable=False),
        sa.Column('session_id', sa.Uuid(), nullable=True),
        sa.Column('what', sa.String(length=36), nullable=False),
        sa.Column('correction', sa.Integer(), nullable=False),
        sa.Column('held_on', sa.Date(), nullable=False),
        sa.Column('percent', sa.Integer(), nullable=False),
        sa.Column('price_pence', sa.Integer(), nullable=False),
        sa.Column('pence', sa.Integer(), nullable=False),
        sa.Column('parts', sa.JSON(), nullable=False),
        sa.Column('say', sa.Enum('nothing', 'queried', 'answered', name='line_say', native_enum=False, create_constraint=True, length=24), nullable=False),
        sa.Column('query', sa.Text(), nullable=False),
        sa.Column('answer', sa.Text(), nullable=False),
        sa.Column('frozen_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('pence <> 0', name=op.f('ck_statement_line_pence_not_nil')),
        sa.CheckConstraint('correction > 0 OR pence > 0', name=op.f('ck_statement_line_only_corrections_take_back')),
        sa.CheckConstraint('correction >= 0', name=op.f('ck_statement_line_correction_counted')),
        sa.CheckConstraint("say <> 'queried' OR query <> ''", name=op.f('ck_statement_line_query_has_words')),
        sa.ForeignKeyConstraint(['statement_id'], ['statement.id'], name=op.f('fk_statement_line_statement_id')),
        sa.ForeignKeyConstraint(['commission_id'], ['commission.id'], name=op.f('fk_statement_line_commission_id')),
        sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_statement_line_child_id')),
        sa.ForeignKeyConstraint(['session_id'], ['session.id'], name=op.f('fk_statement_line_session_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_statement_line')),
        sa.UniqueConstraint('commission_id', 'what', 'correction', name=op.f('uq_statement_line_once')),
    )
    op.create_index('ix_statement_line_statement', 'statement_line', ['statement_id', 'position'], unique=False)
    op.create_index('one_first_line_per_child_and_session', 'statement_line', ['child_id', 'session_id'], unique=True, sqlite_where=sa.text('correction = 0'), postgresql_where=sa.text('correction = 0'))
    for text in freeze_ddl(op.get_bind().dialect.name):
        op.execute(text)


def downgrade() -> None:
    for text in unfreeze_ddl(op.get_bind().dialect.name):
        op.execute(text)
    op.drop_table("statement_line")
    op.drop_table("statement")
    accounts(BEFORE)
