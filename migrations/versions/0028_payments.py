"""Payments: payees and their sealed bank details, runs, payments and items, bank files, the cash book, Stripe's events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.shared.append_only import append_only_ddl, append_only_undo_ddl

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

TABLES = (
    "payment_item", "cash_move", "payment", "run_approval", "bank_file", "bank_detail", "payment_run", "payee", "pay_settings", "stripe_event",
)


def upgrade() -> None:
    op.create_table('stripe_event',
    sa.Column('id', sa.String(length=80), nullable=False),
    sa.Column('kind', sa.String(length=120), nullable=False),
    sa.Column('object_id', sa.String(length=80), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('handled_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stripe_event'))
    )
    op.create_table('pay_settings',
    sa.Column('zone_id', sa.Uuid(), nullable=False),
    sa.Column('rail', sa.Enum('bank_file', 'stripe', 'manual', name='rail', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('profile', sa.String(length=20), nullable=False),
    sa.Column('columns', sa.JSON(), nullable=False),
    sa.Column('originator', sa.LargeBinary(), nullable=True),
    sa.Column('originator_ends', sa.String(length=4), nullable=False),
    sa.Column('codes', sa.JSON(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['zone_id'], ['zone.id'], name=op.f('fk_pay_settings_zone_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pay_settings')),
    sa.UniqueConstraint('zone_id', name=op.f('uq_pay_settings_zone_id'))
    )
    op.create_table('payee',
    sa.Column('zone_id', sa.Uuid(), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=160), nullable=False),
    sa.Column('stripe_account', sa.String(length=64), nullable=True),
    sa.Column('is_stripe_ready', sa.Boolean(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['zone_id'], ['zone.id'], name=op.f('fk_payee_zone_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payee')),
    sa.UniqueConstraint('stripe_account', name=op.f('uq_payee_stripe_account')),
    sa.UniqueConstraint('zone_id', 'owner_id', name='uq_payee_owner')
    )
    op.create_index(op.f('ix_payee_owner_id'), 'payee', ['owner_id'], unique=False)
    op.create_table('payment_run',
    sa.Column('zone_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('rail', sa.Enum('bank_file', 'stripe', 'manual', name='rail', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('state', sa.Enum('draft', 'started', 'done', 'cancelled', name='run_state', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('needs', sa.Integer(), nullable=False),
    sa.Column('barred', sa.JSON(), nullable=False),
    sa.Column('requested_by_id', sa.Uuid(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('needs IN (1, 2)', name=op.f('ck_payment_run_one_or_two')),
    sa.ForeignKeyConstraint(['requested_by_id'], ['person.id'], name=op.f('fk_payment_run_requested_by_id')),
    sa.ForeignKeyConstraint(['zone_id'], ['zone.id'], name=op.f('fk_payment_run_zone_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_run')),
    sa.UniqueConstraint('zone_id', 'number', name='uq_payment_run_number')
    )
    op.create_table('bank_detail',
    sa.Column('payee_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Enum('proposed', 'confirmed', 'stopped', name='detail_state', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('ends_with', sa.String(length=4), nullable=False),
    sa.Column('proposed_by_id', sa.Uuid(), nullable=False),
    sa.Column('decided_by_id', sa.Uuid(), nullable=True),
    sa.Column('counts_from', sa.DateTime(timezone=True), nullable=True),
    sa.Column('checked_how', sa.String(length=300), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(state = 'confirmed') = (counts_from IS NOT NULL)", name=op.f('ck_bank_detail_confirmed_counts_from')),
    sa.CheckConstraint("decided_by_id IS NULL OR state = 'stopped' OR decided_by_id <> proposed_by_id", name=op.f('ck_bank_detail_confirmed_by_another')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['person.id'], name=op.f('fk_bank_detail_decided_by_id')),
    sa.ForeignKeyConstraint(['payee_id'], ['payee.id'], name=op.f('fk_bank_detail_payee_id')),
    sa.ForeignKeyConstraint(['proposed_by_id'], ['person.id'], name=op.f('fk_bank_detail_proposed_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bank_detail'))
    )
    op.create_index(op.f('ix_bank_detail_payee_id'), 'bank_detail', ['payee_id'], unique=False)
    op.create_index('one_proposed_detail', 'bank_detail', ['payee_id'], unique=True, sqlite_where=sa.text("state = 'proposed'"), postgresql_where=sa.text("state = 'proposed'"))
    op.create_table('bank_file',
    sa.Column('run_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('profile', sa.String(length=20), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('payments', sa.Integer(), nullable=False),
    sa.Column('pence', sa.Integer(), nullable=False),
    sa.Column('uploaded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('uploaded_by_id', sa.Uuid(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['run_id'], ['payment_run.id'], name=op.f('fk_bank_file_run_id')),
    sa.ForeignKeyConstraint(['uploaded_by_id'], ['person.id'], name=op.f('fk_bank_file_uploaded_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bank_file')),
    sa.UniqueConstraint('run_id', 'number', name='uq_bank_file_number')
    )
    op.create_table('run_approval',
    sa.Column('run_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_run_approval_person_id')),
    sa.ForeignKeyConstraint(['run_id'], ['payment_run.id'], name=op.f('fk_run_approval_run_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_run_approval')),
    sa.UniqueConstraint('run_id', 'person_id', name='uq_run_approval_person')
    )
    op.create_table('payment',
    sa.Column('zone_id', sa.Uuid(), nullable=False),
    sa.Column('run_id', sa.Uuid(), nullable=False),
    sa.Column('payee_id', sa.Uuid(), nullable=False),
    sa.Column('pence', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(length=18), nullable=False),
    sa.Column('state', sa.Enum('draft', 'approved', 'queued', 'submitting', 'unknown', 'quarantine', 'held', 'paid', 'part_reversed', 'reversed', 'cancelled', name='payment_state', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('held_code', sa.String(length=60), nullable=False),
    sa.Column('held_by_id', sa.Uuid(), nullable=True),
    sa.Column('paid_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('paid_reference', sa.String(length=120), nullable=False),
    sa.Column('reversed_pence', sa.Integer(), nullable=False),
    sa.Column('file_id', sa.Uuid(), nullable=True),
    sa.Column('destination', sa.String(length=64), nullable=False),
    sa.Column('transfer_id', sa.String(length=64), nullable=True),
    sa.Column('idempotency_key', sa.String(length=120), nullable=False),
    sa.Column('key_made_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lease_token', sa.String(length=36), nullable=True),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('next_try_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state <> 'held' OR held_code <> ''", name=op.f('ck_payment_held_says_why')),
    sa.CheckConstraint("state NOT IN ('paid', 'part_reversed', 'reversed') OR paid_at IS NOT NULL", name=op.f('ck_payment_paid_says_when')),
    sa.CheckConstraint('attempt >= 1', name=op.f('ck_payment_attempt_positive')),
    sa.CheckConstraint('pence > 0', name=op.f('ck_payment_pence_positive')),
    sa.CheckConstraint('reversed_pence BETWEEN 0 AND pence', name=op.f('ck_payment_reversed_in_range')),
    sa.ForeignKeyConstraint(['file_id'], ['bank_file.id'], name=op.f('fk_payment_file_id')),
    sa.ForeignKeyConstraint(['held_by_id'], ['person.id'], name=op.f('fk_payment_held_by_id')),
    sa.ForeignKeyConstraint(['payee_id'], ['payee.id'], name=op.f('fk_payment_payee_id')),
    sa.ForeignKeyConstraint(['run_id'], ['payment_run.id'], name=op.f('fk_payment_run_id')),
    sa.ForeignKeyConstraint(['zone_id'], ['zone.id'], name=op.f('fk_payment_zone_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment')),
    sa.UniqueConstraint('run_id', 'payee_id', name='uq_payment_payee'),
    sa.UniqueConstraint('transfer_id', name=op.f('uq_payment_transfer_id')),
    sa.UniqueConstraint('zone_id', 'reference', name='uq_payment_reference')
    )
    op.create_index(op.f('ix_payment_payee_id'), 'payment', ['payee_id'], unique=False)
    op.create_index('ix_payment_state', 'payment', ['state', 'next_try_at'], unique=False)
    op.create_table('cash_move',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('key', sa.String(length=120), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('zone_id', sa.Uuid(), nullable=False),
    sa.Column('source', sa.Enum('bank', 'transit', 'stripe', 'partners', 'funders', 'fees', 'suspense', name='source_place', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('target', sa.Enum('bank', 'transit', 'stripe', 'partners', 'funders', 'fees', 'suspense', name='target_place', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('pence', sa.Integer(), nullable=False),
    sa.Column('payment_id', sa.Uuid(), nullable=True),
    sa.Column('reference', sa.String(length=120), nullable=False),
    sa.Column('actor_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint('pence > 0', name=op.f('ck_cash_move_pence_positive')),
    sa.CheckConstraint('source <> target', name=op.f('ck_cash_move_goes_somewhere')),
    sa.ForeignKeyConstraint(['actor_id'], ['person.id'], name=op.f('fk_cash_move_actor_id')),
    sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_cash_move_payment_id')),
    sa.ForeignKeyConstraint(['zone_id'], ['zone.id'], name=op.f('fk_cash_move_zone_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cash_move')),
    sa.UniqueConstraint('key', name=op.f('uq_cash_move_key'))
    )
    op.create_index(op.f('ix_cash_move_payment_id'), 'cash_move', ['payment_id'], unique=False)
    op.create_index('ix_cash_move_zone', 'cash_move', ['zone_id', 'source', 'target'], unique=False)
    op.create_table('payment_item',
    sa.Column('payment_id', sa.Uuid(), nullable=False),
    sa.Column('payable_id', sa.Uuid(), nullable=False),
    sa.Column('pence', sa.Integer(), nullable=False),
    sa.Column('voided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('pence <> 0', name=op.f('ck_payment_item_pence_not_nil')),
    sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_payment_item_payment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_item'))
    )
    op.create_index(op.f('ix_payment_item_payment_id'), 'payment_item', ['payment_id'], unique=False)
    op.create_index('one_payment_per_payable', 'payment_item', ['payable_id'], unique=True, sqlite_where=sa.text('voided_at IS NULL'), postgresql_where=sa.text('voided_at IS NULL'))
    for statement in append_only_ddl("cash_move", op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    for statement in append_only_undo_ddl("cash_move", op.get_bind().dialect.name):
        op.execute(statement)
    for table in TABLES:
        op.drop_table(table)
