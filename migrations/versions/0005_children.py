"""Children, what was heard, consent, caseloads."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('child',
    sa.Column('zone_id', sa.Uuid(), nullable=False),
    sa.Column('school_id', sa.Uuid(), nullable=True),
    sa.Column('reference', sa.String(length=10), nullable=False),
    sa.Column('first_name', sa.String(length=80), nullable=False),
    sa.Column('last_name', sa.String(length=80), nullable=False),
    sa.Column('known_as', sa.String(length=80), nullable=False),
    sa.Column('state', sa.Enum('active', 'ended', name='child_state', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('born_on', sa.Date(), nullable=True),
    sa.Column('age', sa.Integer(), nullable=False),
    sa.Column('school_year', sa.String(length=20), nullable=False),
    sa.Column('gender', sa.String(length=20), nullable=False),
    sa.Column('region', sa.String(length=120), nullable=False),
    sa.Column('town', sa.String(length=120), nullable=False),
    sa.Column('ward', sa.String(length=120), nullable=False),
    sa.Column('postcode_area', sa.String(length=10), nullable=False),
    sa.Column('latitude', sa.Double(), nullable=True),
    sa.Column('longitude', sa.Double(), nullable=True),
    sa.Column('programme_starts_on', sa.Date(), nullable=True),
    sa.Column('programme_ends_on', sa.Date(), nullable=True),
    sa.Column('interests', sa.JSON(), nullable=False),
    sa.Column('strengths', sa.JSON(), nullable=False),
    sa.Column('aspiration', sa.Text(), nullable=False),
    sa.Column('what_helps', sa.Text(), nullable=False),
    sa.Column('what_does_not', sa.Text(), nullable=False),
    sa.Column('must_know', sa.Text(), nullable=False),
    sa.Column('link_worker_note', sa.Text(), nullable=False),
    sa.Column('goals_text', sa.Text(), nullable=False),
    sa.Column('barriers', sa.Text(), nullable=False),
    sa.Column('audiences', sa.JSON(), nullable=False),
    sa.Column('max_km', sa.Double(), nullable=False),
    sa.Column('windows', sa.JSON(), nullable=False),
    sa.Column('are_holidays_ok', sa.Boolean(), nullable=False),
    sa.Column('is_online_ok', sa.Boolean(), nullable=False),
    sa.Column('max_cost_pence', sa.Integer(), nullable=False),
    sa.Column('languages', sa.JSON(), nullable=False),
    sa.Column('needs_step_free', sa.Boolean(), nullable=False),
    sa.Column('is_girls_only', sa.Boolean(), nullable=False),
    sa.Column('sibling_ages', sa.JSON(), nullable=False),
    sa.Column('max_group', sa.Integer(), nullable=True),
    sa.Column('needs_quiet', sa.Boolean(), nullable=False),
    sa.Column('parent_cannot_stay', sa.Boolean(), nullable=False),
    sa.Column('source', sa.String(length=60), nullable=False),
    sa.Column('source_ref', sa.String(length=200), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('age BETWEEN 0 AND 25', name=op.f('ck_child_age_in_range')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_child_school_id')),
    sa.ForeignKeyConstraint(['zone_id'], ['zone.id'], name=op.f('fk_child_zone_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_child')),
    sa.UniqueConstraint('zone_id', 'reference', name='uq_child_reference'),
    sa.UniqueConstraint('zone_id', 'source', 'source_ref', name='uq_child_source')
    )
    op.create_index('ix_child_school', 'child', ['school_id', 'state'], unique=False)
    op.create_table('carer',
    sa.Column('child_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('relation', sa.String(length=60), nullable=False),
    sa.Column('phone', sa.String(length=30), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('language', sa.String(length=10), nullable=False),
    sa.Column('has_parental_responsibility', sa.Boolean(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_carer_child_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_carer'))
    )
    op.create_index(op.f('ix_carer_child_id'), 'carer', ['child_id'], unique=False)
    op.create_table('caseload',
    sa.Column('child_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('lead', 'cover', name='caseload_kind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('ends_on IS NULL OR starts_on <= ends_on', name=op.f('ck_caseload_days_in_order')),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_caseload_child_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_caseload_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_caseload'))
    )
    op.create_index('ix_caseload_person', 'caseload', ['person_id', 'child_id'], unique=False)
    op.create_index('one_open_lead_per_child', 'caseload', ['child_id'], unique=True, sqlite_where=sa.text("kind = 'lead' AND ends_on IS NULL"), postgresql_where=sa.text("kind = 'lead' AND ends_on IS NULL"))
    op.create_table('goal',
    sa.Column('child_id', sa.Uuid(), nullable=False),
    sa.Column('area', sa.String(length=10), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('set_on', sa.Date(), nullable=False),
    sa.Column('review_words', sa.Text(), nullable=False),
    sa.Column('stars', sa.Integer(), nullable=True),
    sa.Column('reviewed_on', sa.Date(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('stars IS NULL OR stars BETWEEN 1 AND 5', name=op.f('ck_goal_stars_in_range')),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_goal_child_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_goal'))
    )
    op.create_index(op.f('ix_goal_child_id'), 'goal', ['child_id'], unique=False)
    op.create_table('listening_note',
    sa.Column('child_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('well_received', 'not_well_received', 'motivates', 'barrier', name='note_kind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('noted_on', sa.Date(), nullable=False),
    sa.Column('noted_by_id', sa.Uuid(), nullable=True),
    sa.Column('is_private', sa.Boolean(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_listening_note_child_id')),
    sa.ForeignKeyConstraint(['noted_by_id'], ['person.id'], name=op.f('fk_listening_note_noted_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_listening_note'))
    )
    op.create_index(op.f('ix_listening_note_child_id'), 'listening_note', ['child_id'], unique=False)
    op.create_table('need',
    sa.Column('child_id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('priority', sa.Integer(), nullable=False),
    sa.Column('starting_point', sa.Text(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('priority BETWEEN 1 AND 3', name=op.f('ck_need_priority_in_range')),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_need_child_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_need')),
    sa.UniqueConstraint('child_id', 'code', name='uq_need_code')
    )
    op.create_table('refusal',
    sa.Column('child_id', sa.Uuid(), nullable=False),
    sa.Column('offering_id', sa.Uuid(), nullable=False),
    sa.Column('said_on', sa.Date(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('is_childs_no', sa.Boolean(), nullable=False),
    sa.Column('recorded_by_id', sa.Uuid(), nullable=True),
    sa.Column('lifted_on', sa.Date(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_refusal_child_id')),
    sa.ForeignKeyConstraint(['offering_id'], ['offering.id'], name=op.f('fk_refusal_offering_id')),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['person.id'], name=op.f('fk_refusal_recorded_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_refusal'))
    )
    op.create_index('one_standing_refusal', 'refusal', ['child_id', 'offering_id'], unique=True, sqlite_where=sa.text('lifted_on IS NULL'), postgresql_where=sa.text('lifted_on IS NULL'))
    op.create_table('relationship',
    sa.Column('child_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('who', sa.String(length=120), nullable=False),
    sa.Column('kind', sa.Enum('family', 'friend', 'school', 'link_worker', 'partner', 'place', name='relationship_kind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('closeness', sa.Enum('close', 'near', 'far', name='closeness', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('warmth', sa.Enum('warm', 'new', 'fading', 'ended', name='warmth', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('since_on', sa.Date(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('is_trusted_adult', sa.Boolean(), nullable=False),
    sa.Column('is_found_by_child', sa.Boolean(), nullable=False),
    sa.Column('note', sa.String(length=300), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_relationship_child_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_relationship'))
    )
    op.create_index(op.f('ix_relationship_child_id'), 'relationship', ['child_id'], unique=False)
    op.create_table('voice',
    sa.Column('child_id', sa.Uuid(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('said_on', sa.Date(), nullable=False),
    sa.Column('heard_by_id', sa.Uuid(), nullable=True),
    sa.Column('source', sa.String(length=60), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_voice_child_id')),
    sa.ForeignKeyConstraint(['heard_by_id'], ['person.id'], name=op.f('fk_voice_heard_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_voice'))
    )
    op.create_index(op.f('ix_voice_child_id'), 'voice', ['child_id'], unique=False)
    op.create_table('consent',
    sa.Column('child_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('carer_id', sa.Uuid(), nullable=False),
    sa.Column('fields', sa.JSON(), nullable=False),
    sa.Column('given_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('how', sa.String(length=40), nullable=False),
    sa.Column('language', sa.String(length=10), nullable=False),
    sa.Column('recorded_by_id', sa.Uuid(), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_why', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('given_on <= ends_on', name=op.f('ck_consent_days_in_order')),
    sa.ForeignKeyConstraint(['carer_id'], ['carer.id'], name=op.f('fk_consent_carer_id')),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_consent_child_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_consent_organisation_id')),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['person.id'], name=op.f('fk_consent_recorded_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent'))
    )
    op.create_index(op.f('ix_consent_child_id'), 'consent', ['child_id'], unique=False)
    op.create_index('ix_consent_organisation', 'consent', ['organisation_id', 'child_id'], unique=False)


def downgrade() -> None:
    op.drop_table("consent")
    op.drop_table("voice")
    op.drop_table("relationship")
    op.drop_table("refusal")
    op.drop_table("need")
    op.drop_table("listening_note")
    op.drop_table("goal")
    op.drop_table("caseload")
    op.drop_table("carer")
    op.drop_table("child")
