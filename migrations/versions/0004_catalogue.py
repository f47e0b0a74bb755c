"""Organisations, offerings, cohorts, sessions, documents, postcodes, and the search over them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SEARCH = {
    "sqlite": [
        "CREATE VIRTUAL TABLE offering_search USING fts5 (title, tags, needs, provider, place, facts, body, content='offering_text', content_rowid='id', tokenize='unicode61 remove_diacritics 0', prefix='2 3')",
        "CREATE TRIGGER offering_search_insert AFTER INSERT ON offering_text BEGIN INSERT INTO offering_search (rowid, title, tags, needs, provider, place, facts, body) VALUES (new.id, new.title, new.tags, new.needs, new.provider, new.place, new.facts, new.body); END",
        "CREATE TRIGGER offering_search_delete AFTER DELETE ON offering_text BEGIN INSERT INTO offering_search (offering_search, rowid, title, tags, needs, provider, place, facts, body) VALUES ('delete', old.id, old.title, old.tags, old.needs, old.provider, old.place, old.facts, old.body); END",
        "CREATE TRIGGER offering_search_update AFTER UPDATE ON offering_text BEGIN INSERT INTO offering_search (offering_search, rowid, title, tags, needs, provider, place, facts, body) VALUES ('delete', old.id, old.title, old.tags, old.needs, old.provider, old.place, old.facts, old.body); INSERT INTO offering_search (rowid, title, tags, needs, provider, place, facts, body) VALUES (new.id, new.title, new.tags, new.needs, new.provider, new.place, new.facts, new.body); END",
    ],
    "postgresql": [
        "CREATE INDEX offering_search ON offering_text USING gin ((lexemes::tsvector))",
    ],
}

SEARCH_UNDO = {
    "sqlite": [
        "DROP TRIGGER IF EXISTS offering_search_insert",
        "DROP TRIGGER IF EXISTS offering_search_delete",
        "DROP TRIGGER IF EXISTS offering_search_update",
        "DROP TABLE IF EXISTS offering_search",
    ],
    "postgresql": [
        "DROP INDEX IF EXISTS offering_search",
    ],
}


def upgrade() -> None:
    op.create_table('postcode',
    sa.Column('code', sa.String(length=10), nullable=False),
    sa.Column('latitude', sa.Double(), nullable=False),
    sa.Column('longitude', sa.Double(), nullable=False),
    sa.Column('place', sa.String(length=120), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_postcode')),
    sa.UniqueConstraint('code', name=op.f('uq_postcode_code'))
    )
    op.create_table('organisation',
    sa.Column('zone_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('kind', sa.Enum('partner', 'community', 'statutory', name='organisation_kind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('state', sa.Enum('invited', 'applying', 'in_review', 'approved', 'live', 'restricted', 'suspended', 'left', name='partner_state', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('about', sa.Text(), nullable=False),
    sa.Column('contact_name', sa.String(length=120), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('phone', sa.String(length=30), nullable=False),
    sa.Column('website', sa.String(length=300), nullable=False),
    sa.Column('address', sa.String(length=300), nullable=False),
    sa.Column('postcode', sa.String(length=10), nullable=False),
    sa.Column('source', sa.String(length=60), nullable=False),
    sa.Column('source_ref', sa.String(length=200), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['zone_id'], ['zone.id'], name=op.f('fk_organisation_zone_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organisation')),
    sa.UniqueConstraint('zone_id', 'source', 'source_ref', name='uq_organisation_source')
    )
    op.create_index('ix_organisation_zone_name', 'organisation', ['zone_id', 'name'], unique=False)
    op.create_table('offering',
    sa.Column('zone_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('commissioned', 'community_asset', 'paid_community', 'statutory', name='offering_kind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('state', sa.Enum('draft', 'live', 'paused', 'closed', name='offering_state', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('interests', sa.JSON(), nullable=False),
    sa.Column('needs', sa.JSON(), nullable=False),
    sa.Column('age_min', sa.Integer(), nullable=False),
    sa.Column('age_max', sa.Integer(), nullable=False),
    sa.Column('town', sa.String(length=120), nullable=False),
    sa.Column('postcode', sa.String(length=10), nullable=False),
    sa.Column('postcode_area', sa.String(length=10), nullable=False),
    sa.Column('region', sa.String(length=120), nullable=False),
    sa.Column('latitude', sa.Double(), nullable=True),
    sa.Column('longitude', sa.Double(), nullable=True),
    sa.Column('is_place_approximate', sa.Boolean(), nullable=False),
    sa.Column('delivery', sa.Enum('venue', 'online', 'home', 'school', name='delivery', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('home_visit_radius_km', sa.Double(), nullable=True),
    sa.Column('slots', sa.JSON(), nullable=False),
    sa.Column('is_by_arrangement', sa.Boolean(), nullable=False),
    sa.Column('season', sa.Enum('term', 'holiday', 'both', 'all_year', name='season', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('cost_pence', sa.Integer(), nullable=False),
    sa.Column('languages', sa.JSON(), nullable=False),
    sa.Column('gender', sa.Enum('any', 'girls', 'boys', name='gender', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('is_step_free', sa.Boolean(), nullable=False),
    sa.Column('must_parent_stay', sa.Boolean(), nullable=False),
    sa.Column('accessibility', sa.JSON(), nullable=False),
    sa.Column('sibling_min_age', sa.Integer(), nullable=True),
    sa.Column('group_size', sa.Integer(), nullable=True),
    sa.Column('referrals_last_year', sa.Integer(), nullable=False),
    sa.Column('how_to_get_there', sa.Text(), nullable=False),
    sa.Column('source', sa.String(length=60), nullable=False),
    sa.Column('source_ref', sa.String(length=200), nullable=False),
    sa.Column('confirmed_on', sa.Date(), nullable=True),
    sa.Column('confirmed_by_id', sa.Uuid(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(delivery = 'home') OR home_visit_radius_km IS NULL", name=op.f('ck_offering_radius_only_for_home_visits')),
    sa.CheckConstraint('age_min >= 0 AND age_min <= age_max AND age_max <= 25', name=op.f('ck_offering_ages_in_order')),
    sa.CheckConstraint('cost_pence >= 0', name=op.f('ck_offering_cost_not_negative')),
    sa.ForeignKeyConstraint(['confirmed_by_id'], ['person.id'], name=op.f('fk_offering_confirmed_by_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_offering_organisation_id')),
    sa.ForeignKeyConstraint(['zone_id'], ['zone.id'], name=op.f('fk_offering_zone_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_offering')),
    sa.UniqueConstraint('zone_id', 'source', 'source_ref', name='uq_offering_source')
    )
    op.create_index('ix_offering_organisation', 'offering', ['organisation_id'], unique=False)
    op.create_index('ix_offering_zone_state', 'offering', ['zone_id', 'state'], unique=False)
    op.create_table('practitioner',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=True),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('works_alone', sa.Boolean(), nullable=False),
    sa.Column('left_on', sa.Date(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_practitioner_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_practitioner_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_practitioner')),
    sa.UniqueConstraint('organisation_id', 'name', name='uq_practitioner_name')
    )
    op.create_table('cohort',
    sa.Column('offering_id', sa.Uuid(), nullable=False),
    sa.Column('practitioner_id', sa.Uuid(), nullable=True),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('state', sa.Enum('open', 'closed', name='cohort_state', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=True),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('capacity', sa.Integer(), nullable=False),
    sa.Column('outside_places', sa.Integer(), nullable=False),
    sa.Column('venue', sa.String(length=200), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('capacity >= 0 AND outside_places >= 0 AND outside_places <= capacity', name=op.f('ck_cohort_places_in_range')),
    sa.CheckConstraint('starts_on IS NULL OR ends_on IS NULL OR starts_on <= ends_on', name=op.f('ck_cohort_days_in_order')),
    sa.ForeignKeyConstraint(['offering_id'], ['offering.id'], name=op.f('fk_cohort_offering_id')),
    sa.ForeignKeyConstraint(['practitioner_id'], ['practitioner.id'], name=op.f('fk_cohort_practitioner_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cohort'))
    )
    op.create_index('ix_cohort_offering', 'cohort', ['offering_id', 'state'], unique=False)
    op.create_table('document',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('practitioner_id', sa.Uuid(), nullable=True),
    sa.Column('kind', sa.Enum('public_liability', 'safeguarding_policy', 'dbs', 'risk_assessment', 'data_agreement', 'shared_values', 'behaviour_agreement', name='document_kind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('state', sa.Enum('submitted', 'verified', 'rejected', 'waived', name='document_state', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('reference', sa.String(length=60), nullable=False),
    sa.Column('level', sa.String(length=30), nullable=False),
    sa.Column('issued_on', sa.Date(), nullable=True),
    sa.Column('expires_on', sa.Date(), nullable=True),
    sa.Column('submitted_by_id', sa.Uuid(), nullable=True),
    sa.Column('verified_by_id', sa.Uuid(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(kind = 'dbs') = (practitioner_id IS NOT NULL)", name=op.f('ck_document_dbs_names_a_practitioner')),
    sa.CheckConstraint('expires_on IS NULL OR issued_on IS NULL OR issued_on <= expires_on', name=op.f('ck_document_days_in_order')),
    sa.CheckConstraint('verified_by_id IS NULL OR verified_by_id <> submitted_by_id', name=op.f('ck_document_verifier_is_not_submitter')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_document_organisation_id')),
    sa.ForeignKeyConstraint(['practitioner_id'], ['practitioner.id'], name=op.f('fk_document_practitioner_id')),
    sa.ForeignKeyConstraint(['submitted_by_id'], ['person.id'], name=op.f('fk_document_submitted_by_id')),
    sa.ForeignKeyConstraint(['verified_by_id'], ['person.id'], name=op.f('fk_document_verified_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_document'))
    )
    op.create_index('ix_document_organisation_kind', 'document', ['organisation_id', 'kind'], unique=False)
    op.create_table('offering_text',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('offering_id', sa.Uuid(), nullable=False),
    sa.Column('zone_id', sa.Uuid(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('tags', sa.Text(), nullable=False),
    sa.Column('needs', sa.Text(), nullable=False),
    sa.Column('provider', sa.Text(), nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('facts', sa.Text(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('lexemes', sa.Text(), nullable=False),
    sa.Column('vocabulary', sa.Text(), nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('delivery', sa.String(length=24), nullable=False),
    sa.Column('region', sa.String(length=120), nullable=False),
    sa.Column('source_ref', sa.String(length=200), nullable=False),
    sa.Column('age_min', sa.Integer(), nullable=False),
    sa.Column('age_max', sa.Integer(), nullable=False),
    sa.Column('cost_pence', sa.Integer(), nullable=False),
    sa.Column('days', sa.Integer(), nullable=False),
    sa.Column('needs_mask', sa.Integer(), nullable=False),
    sa.Column('languages', sa.String(length=400), nullable=False),
    sa.Column('is_step_free', sa.Boolean(), nullable=False),
    sa.Column('latitude', sa.Double(), nullable=True),
    sa.Column('longitude', sa.Double(), nullable=True),
    sa.ForeignKeyConstraint(['offering_id'], ['offering.id'], name=op.f('fk_offering_text_offering_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['zone_id'], ['zone.id'], name=op.f('fk_offering_text_zone_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_offering_text')),
    sa.UniqueConstraint('offering_id', name=op.f('uq_offering_text_offering_id'))
    )
    op.create_index('ix_offering_text_zone', 'offering_text', ['zone_id', 'id'], unique=False)
    op.create_table('tariff',
    sa.Column('offering_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('price_pence', sa.Integer(), nullable=False),
    sa.Column('setup_pence', sa.Integer(), nullable=False),
    sa.Column('notice_percent', sa.Integer(), nullable=False),
    sa.Column('payable', sa.JSON(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('notice_percent BETWEEN 0 AND 100', name=op.f('ck_tariff_notice_in_range')),
    sa.CheckConstraint('price_pence >= 0 AND setup_pence >= 0', name=op.f('ck_tariff_price_not_negative')),
    sa.ForeignKeyConstraint(['offering_id'], ['offering.id'], name=op.f('fk_tariff_offering_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tariff')),
    sa.UniqueConstraint('offering_id', 'version', name='uq_tariff_version')
    )
    op.create_table('session',
    sa.Column('cohort_id', sa.Uuid(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.Enum('scheduled', 'held', 'closed', 'cancelled', 'moved', name='session_state', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('cancelled_by', sa.Enum('partner', 'programme', 'school', 'weather', name='cancelled_by', native_enum=False, create_constraint=True, length=24), nullable=True),
    sa.Column('cancel_reason', sa.String(length=300), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(state = 'cancelled') = (cancelled_by IS NOT NULL)", name=op.f('ck_session_cancelled_says_by_whom')),
    sa.CheckConstraint('starts_at < ends_at', name=op.f('ck_session_times_in_order')),
    sa.ForeignKeyConstraint(['cohort_id'], ['cohort.id'], name=op.f('fk_session_cohort_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_session')),
    sa.UniqueConstraint('cohort_id', 'starts_at', name='uq_session_start')
    )
    op.create_index('ix_session_starts_at', 'session', ['starts_at'], unique=False)
    for statement in SEARCH[op.get_bind().dialect.name]:
        op.execute(sa.DDL(statement))


def downgrade() -> None:
    for statement in SEARCH_UNDO[op.get_bind().dialect.name]:
        op.execute(sa.DDL(statement))
    op.drop_table("session")
    op.drop_table("tariff")
    op.drop_table("offering_text")
    op.drop_table("document")
    op.drop_table("cohort")
    op.drop_table("practitioner")
    op.drop_table("offering")
    op.drop_table("organisation")
    op.drop_table("postcode")
