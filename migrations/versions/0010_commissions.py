"""Commissions, decisions, places, the waiting list."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('approval_step',
    sa.Column('zone_id', sa.Uuid(), nullable=False),
    sa.Column('above_pence', sa.Integer(), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('above_pence >= 0 AND people BETWEEN 1 AND 3', name=op.f('ck_approval_step_step_in_range')),
    sa.ForeignKeyConstraint(['zone_id'], ['zone.id'], name=op.f('fk_approval_step_zone_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_approval_step')),
    sa.UniqueConstraint('zone_id', 'above_pence', name='uq_approval_step')
    )
    op.create_table('declared_interest',
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_declared_interest_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_declared_interest_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_declared_interest')),
    sa.UniqueConstraint('person_id', 'organisation_id', name='uq_declared_interest')
    )
    op.create_table('place',
    sa.Column('cohort_id', sa.Uuid(), nullable=False),
    sa.Column('child_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Enum('held', 'firm', 'taken', 'ended', 'released', name='place_state', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('held_by_id', sa.Uuid(), nullable=True),
    sa.Column('introduction_id', sa.Uuid(), nullable=True),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('freed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(state = 'held') = (expires_at IS NOT NULL)", name=op.f('ck_place_held_place_expires')),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_place_child_id')),
    sa.ForeignKeyConstraint(['cohort_id'], ['cohort.id'], name=op.f('fk_place_cohort_id')),
    sa.ForeignKeyConstraint(['held_by_id'], ['person.id'], name=op.f('fk_place_held_by_id')),
    sa.ForeignKeyConstraint(['introduction_id'], ['introduction.id'], name=op.f('fk_place_introduction_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_place'))
    )
    op.create_index(op.f('ix_place_child_id'), 'place', ['child_id'], unique=False)
    op.create_index('ix_place_cohort_state', 'place', ['cohort_id', 'state'], unique=False)
    op.create_index('one_live_place_per_child_and_cohort', 'place', ['cohort_id', 'child_id'], unique=True, sqlite_where=sa.text("state IN ('held', 'firm', 'taken')"), postgresql_where=sa.text("state IN ('held', 'firm', 'taken')"))
    op.create_table('commission',
    sa.Column('zone_id', sa.Uuid(), nullable=False),
    sa.Column('child_id', sa.Uuid(), nullable=False),
    sa.Column('introduction_id', sa.Uuid(), nullable=False),
    sa.Column('offering_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('cohort_id', sa.Uuid(), nullable=False),
    sa.Column('tariff_id', sa.Uuid(), nullable=False),
    sa.Column('place_id', sa.Uuid(), nullable=True),
    sa.Column('practitioner_id', sa.Uuid(), nullable=True),
    sa.Column('state', sa.Enum('draft', 'requested', 'returned', 'rejected', 'expired', 'approved', 'cancelled', 'confirmed', 'in_delivery', 'suspended', 'delivered', 'ended_early', 'closed', name='commission_state', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('sessions', sa.Integer(), nullable=False),
    sa.Column('price_pence', sa.Integer(), nullable=False),
    sa.Column('setup_pence', sa.Integer(), nullable=False),
    sa.Column('total_pence', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('need_code', sa.String(length=60), nullable=False),
    sa.Column('goal', sa.Text(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('free_alternatives', sa.Text(), nullable=False),
    sa.Column('requested_by_id', sa.Uuid(), nullable=False),
    sa.Column('requested_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decide_by', sa.DateTime(timezone=True), nullable=True),
    sa.Column('question', sa.Text(), nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('partner_agreed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('suspended_until', sa.Date(), nullable=True),
    sa.Column('end_reason', sa.Text(), nullable=False),
    sa.Column('closing_note', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('price_pence >= 0 AND setup_pence >= 0', name=op.f('ck_commission_price_not_negative')),
    sa.CheckConstraint('sessions > 0', name=op.f('ck_commission_sessions_positive')),
    sa.CheckConstraint('total_pence = sessions * price_pence + setup_pence', name=op.f('ck_commission_total_adds_up')),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_commission_child_id')),
    sa.ForeignKeyConstraint(['cohort_id'], ['cohort.id'], name=op.f('fk_commission_cohort_id')),
    sa.ForeignKeyConstraint(['introduction_id'], ['introduction.id'], name=op.f('fk_commission_introduction_id')),
    sa.ForeignKeyConstraint(['offering_id'], ['offering.id'], name=op.f('fk_commission_offering_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_commission_organisation_id')),
    sa.ForeignKeyConstraint(['place_id'], ['place.id'], name=op.f('fk_commission_place_id')),
    sa.ForeignKeyConstraint(['practitioner_id'], ['practitioner.id'], name=op.f('fk_commission_practitioner_id')),
    sa.ForeignKeyConstraint(['requested_by_id'], ['person.id'], name=op.f('fk_commission_requested_by_id')),
    sa.ForeignKeyConstraint(['tariff_id'], ['tariff.id'], name=op.f('fk_commission_tariff_id')),
    sa.ForeignKeyConstraint(['zone_id'], ['zone.id'], name=op.f('fk_commission_zone_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_commission'))
    )
    op.create_index('ix_commission_child', 'commission', ['child_id'], unique=False)
    op.create_index('ix_commission_introduction', 'commission', ['introduction_id'], unique=False)
    op.create_index('ix_commission_organisation', 'commission', ['organisation_id', 'state'], unique=False)
    op.create_index('ix_commission_zone_state', 'commission', ['zone_id', 'state'], unique=False)
    op.create_index('one_live_commission_per_introduction', 'commission', ['introduction_id'], unique=True, sqlite_where=sa.text("state IN ('draft', 'requested', 'returned', 'approved', 'confirmed', 'in_delivery', 'suspended')"), postgresql_where=sa.text("state IN ('draft', 'requested', 'returned', 'approved', 'confirmed', 'in_delivery', 'suspended')"))
    op.create_table('decision',
    sa.Column('commission_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('approve', 'return', 'reject', 'override', name='decision_kind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['commission_id'], ['commission.id'], name=op.f('fk_decision_commission_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_decision_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decision'))
    )
    op.create_index('ix_decision_commission', 'decision', ['commission_id'], unique=False)
    op.create_table('fund_share',
    sa.Column('commission_id', sa.Uuid(), nullable=False),
    sa.Column('fund_id', sa.Uuid(), nullable=False),
    sa.Column('pence', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('pence > 0', name=op.f('ck_fund_share_pence_positive')),
    sa.ForeignKeyConstraint(['commission_id'], ['commission.id'], name=op.f('fk_fund_share_commission_id')),
    sa.ForeignKeyConstraint(['fund_id'], ['fund.id'], name=op.f('fk_fund_share_fund_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fund_share')),
    sa.UniqueConstraint('commission_id', 'fund_id', name='uq_fund_share')
    )
    op.create_index(op.f('ix_fund_share_fund_id'), 'fund_share', ['fund_id'], unique=False)
    op.create_table('suspension',
    sa.Column('commission_id', sa.Uuid(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('ended_on IS NULL OR starts_on <= ended_on', name=op.f('ck_suspension_end_in_order')),
    sa.CheckConstraint('starts_on <= until_on', name=op.f('ck_suspension_days_in_order')),
    sa.ForeignKeyConstraint(['commission_id'], ['commission.id'], name=op.f('fk_suspension_commission_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_suspension'))
    )
    op.create_index(op.f('ix_suspension_commission_id'), 'suspension', ['commission_id'], unique=False)
    op.create_index('one_open_suspension', 'suspension', ['commission_id'], unique=True, sqlite_where=sa.text('ended_on IS NULL'), postgresql_where=sa.text('ended_on IS NULL'))
    op.create_table('waiting',
    sa.Column('cohort_id', sa.Uuid(), nullable=False),
    sa.Column('child_id', sa.Uuid(), nullable=False),
    sa.Column('commission_id', sa.Uuid(), nullable=True),
    sa.Column('state', sa.Enum('waiting', 'offered', 'placed', 'left', name='waiting_state', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('joined_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('offered_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_waiting_child_id')),
    sa.ForeignKeyConstraint(['cohort_id'], ['cohort.id'], name=op.f('fk_waiting_cohort_id')),
    sa.ForeignKeyConstraint(['commission_id'], ['commission.id'], name=op.f('fk_waiting_commission_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_waiting'))
    )
    op.create_index('ix_waiting_cohort', 'waiting', ['cohort_id', 'state', 'joined_at'], unique=False)
    op.create_index('one_turn_per_child_and_cohort', 'waiting', ['cohort_id', 'child_id'], unique=True, sqlite_where=sa.text("state IN ('waiting', 'offered')"), postgresql_where=sa.text("state IN ('waiting', 'offered')"))


def downgrade() -> None:
    op.drop_table("waiting")
    op.drop_table("suspension")
    op.drop_table("fund_share")
    op.drop_table("decision")
    op.drop_table("commission")
    op.drop_table("place")
    op.drop_table("declared_interest")
    op.drop_table("approval_step")
