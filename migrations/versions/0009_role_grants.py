"""Roles, narrowed to schools, organisations and funds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('role_grant',
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('role', sa.Enum('link_worker', 'partner_admin', 'practitioner', 'budget_holder', 'zone_manager', 'school_lead', 'safeguarding_lead', 'funder', 'administrator', name='role', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('zone_id', sa.Uuid(), nullable=True),
    sa.Column('school_id', sa.Uuid(), nullable=True),
    sa.Column('organisation_id', sa.Uuid(), nullable=True),
    sa.Column('fund_id', sa.Uuid(), nullable=True),
    sa.Column('limit_pence', sa.Integer(), nullable=True),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('granted_by_id', sa.Uuid(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(role = 'administrator') = (zone_id IS NULL)", name=op.f('ck_role_grant_zone_unless_administrator')),
    sa.CheckConstraint("role <> 'funder' OR fund_id IS NOT NULL", name=op.f('ck_role_grant_funder_has_fund')),
    sa.CheckConstraint("role <> 'school_lead' OR school_id IS NOT NULL", name=op.f('ck_role_grant_school_lead_has_school')),
    sa.CheckConstraint("role NOT IN ('partner_admin', 'practitioner') OR organisation_id IS NOT NULL", name=op.f('ck_role_grant_partner_has_organisation')),
    sa.CheckConstraint('ends_on IS NULL OR starts_on <= ends_on', name=op.f('ck_role_grant_days_in_order')),
    sa.CheckConstraint('limit_pence IS NULL OR limit_pence >= 0', name=op.f('ck_role_grant_limit_not_negative')),
    sa.ForeignKeyConstraint(['fund_id'], ['fund.id'], name=op.f('fk_role_grant_fund_id')),
    sa.ForeignKeyConstraint(['granted_by_id'], ['person.id'], name=op.f('fk_role_grant_granted_by_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_role_grant_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_role_grant_person_id')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_role_grant_school_id')),
    sa.ForeignKeyConstraint(['zone_id'], ['zone.id'], name=op.f('fk_role_grant_zone_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role_grant'))
    )
    op.create_index(op.f('ix_role_grant_organisation_id'), 'role_grant', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_role_grant_person_id'), 'role_grant', ['person_id'], unique=False)
    op.create_index('ix_role_grant_zone_role', 'role_grant', ['zone_id', 'role'], unique=False)


def downgrade() -> None:
    op.drop_table("role_grant")
