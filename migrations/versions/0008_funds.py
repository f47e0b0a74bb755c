"""Funds and envelopes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('fund',
    sa.Column('zone_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('funder', sa.String(length=120), nullable=False),
    sa.Column('purpose', sa.Text(), nullable=False),
    sa.Column('school_id', sa.Uuid(), nullable=True),
    sa.Column('ward', sa.String(length=120), nullable=False),
    sa.Column('postcode_area', sa.String(length=10), nullable=False),
    sa.Column('year_from', sa.Integer(), nullable=True),
    sa.Column('year_to', sa.Integer(), nullable=True),
    sa.Column('gender', sa.String(length=20), nullable=False),
    sa.Column('need_area', sa.String(length=10), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('is_closed', sa.Boolean(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('starts_on <= ends_on', name=op.f('ck_fund_days_in_order')),
    sa.CheckConstraint('year_from IS NULL OR year_to IS NULL OR year_from <= year_to', name=op.f('ck_fund_years_in_order')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_fund_school_id')),
    sa.ForeignKeyConstraint(['zone_id'], ['zone.id'], name=op.f('fk_fund_zone_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fund')),
    sa.UniqueConstraint('zone_id', 'name', name='uq_fund_name')
    )
    op.create_table('envelope',
    sa.Column('child_id', sa.Uuid(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('pence', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('pence >= 0', name=op.f('ck_envelope_pence_not_negative')),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_envelope_child_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_envelope')),
    sa.UniqueConstraint('child_id', 'year', name='uq_envelope_child_year')
    )


def downgrade() -> None:
    op.drop_table("envelope")
    op.drop_table("fund")
