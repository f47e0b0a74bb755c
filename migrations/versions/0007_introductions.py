"""Introductions, views, linkings, signposts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('signpost',
    sa.Column('zone_id', sa.Uuid(), nullable=False),
    sa.Column('child_id', sa.Uuid(), nullable=False),
    sa.Column('offering_id', sa.Uuid(), nullable=False),
    sa.Column('given_by_id', sa.Uuid(), nullable=False),
    sa.Column('given_on', sa.Date(), nullable=False),
    sa.Column('to_whom', sa.String(length=120), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_signpost_child_id')),
    sa.ForeignKeyConstraint(['given_by_id'], ['person.id'], name=op.f('fk_signpost_given_by_id')),
    sa.ForeignKeyConstraint(['offering_id'], ['offering.id'], name=op.f('fk_signpost_offering_id')),
    sa.ForeignKeyConstraint(['zone_id'], ['zone.id'], name=op.f('fk_signpost_zone_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signpost'))
    )
    op.create_index('ix_signpost_child', 'signpost', ['child_id'], unique=False)
    op.create_table('introduction',
    sa.Column('zone_id', sa.Uuid(), nullable=False),
    sa.Column('child_id', sa.Uuid(), nullable=False),
    sa.Column('offering_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('cohort_id', sa.Uuid(), nullable=True),
    sa.Column('practitioner_id', sa.Uuid(), nullable=True),
    sa.Column('started_by_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Enum('idea', 'listening', 'not_yet', 'ready', 'asked', 'declined', 'lapsed', 'agreed', 'arranged', 'met', 'joined', 'settled', 'closed', 'ended', name='introduction_state', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('is_shared', sa.Boolean(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('has_met_contact', sa.Boolean(), nullable=False),
    sa.Column('who_goes_along', sa.String(length=120), nullable=False),
    sa.Column('warmth_answer', sa.String(length=12), nullable=False),
    sa.Column('ask_again_on', sa.Date(), nullable=True),
    sa.Column('not_yet_why', sa.Text(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('asked_note', sa.Text(), nullable=False),
    sa.Column('answer_by_on', sa.Date(), nullable=True),
    sa.Column('nudged_after', sa.Integer(), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answered_by', sa.String(length=120), nullable=False),
    sa.Column('decline_reason', sa.Enum('full', 'not_right_fit', 'times', 'staffing', 'other', name='decline_reason', native_enum=False, create_constraint=True, length=24), nullable=True),
    sa.Column('decline_note', sa.Text(), nullable=False),
    sa.Column('first_dates', sa.String(length=200), nullable=False),
    sa.Column('meeting_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('meeting_place', sa.String(length=200), nullable=False),
    sa.Column('meeting_people', sa.String(length=300), nullable=False),
    sa.Column('trusted_adult', sa.String(length=120), nullable=False),
    sa.Column('met_on', sa.Date(), nullable=True),
    sa.Column('met_people', sa.String(length=300), nullable=False),
    sa.Column('met_words', sa.Text(), nullable=False),
    sa.Column('joined_on', sa.Date(), nullable=True),
    sa.Column('settled_on', sa.Date(), nullable=True),
    sa.Column('visits_told', sa.Integer(), nullable=True),
    sa.Column('wants_to_go_on', sa.Boolean(), nullable=True),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.Column('next_step', sa.Text(), nullable=False),
    sa.Column('end_reason', sa.Enum('child_no', 'parent_no', 'consent_withdrawn', 'moved', 'safety', 'programme_end', 'commission_ended', name='end_reason', native_enum=False, create_constraint=True, length=24), nullable=True),
    sa.Column('end_note', sa.Text(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(state <> 'asked') OR (asked_at IS NOT NULL AND answer_by_on IS NOT NULL)", name=op.f('ck_introduction_asked_has_a_last_day')),
    sa.CheckConstraint("(state <> 'not_yet') OR (ask_again_on IS NOT NULL)", name=op.f('ck_introduction_not_yet_has_a_day')),
    sa.CheckConstraint("(state = 'ended') = (end_reason IS NOT NULL)", name=op.f('ck_introduction_ended_says_why')),
    sa.CheckConstraint('visits_told IS NULL OR visits_told >= 0', name=op.f('ck_introduction_visits_not_negative')),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_introduction_child_id')),
    sa.ForeignKeyConstraint(['cohort_id'], ['cohort.id'], name=op.f('fk_introduction_cohort_id')),
    sa.ForeignKeyConstraint(['offering_id'], ['offering.id'], name=op.f('fk_introduction_offering_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_introduction_organisation_id')),
    sa.ForeignKeyConstraint(['practitioner_id'], ['practitioner.id'], name=op.f('fk_introduction_practitioner_id')),
    sa.ForeignKeyConstraint(['started_by_id'], ['person.id'], name=op.f('fk_introduction_started_by_id')),
    sa.ForeignKeyConstraint(['zone_id'], ['zone.id'], name=op.f('fk_introduction_zone_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_introduction'))
    )
    op.create_index('ix_introduction_organisation_state', 'introduction', ['organisation_id', 'state'], unique=False)
    op.create_index('ix_introduction_zone_state', 'introduction', ['zone_id', 'state'], unique=False)
    op.create_index('one_open_introduction', 'introduction', ['child_id', 'offering_id'], unique=True, sqlite_where=sa.text("state NOT IN ('closed', 'ended')"), postgresql_where=sa.text("state NOT IN ('closed', 'ended')"))
    op.create_table('linking',
    sa.Column('zone_id', sa.Uuid(), nullable=False),
    sa.Column('child_id', sa.Uuid(), nullable=False),
    sa.Column('offering_id', sa.Uuid(), nullable=False),
    sa.Column('introduction_id', sa.Uuid(), nullable=False),
    sa.Column('met_on', sa.Date(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_linking_child_id')),
    sa.ForeignKeyConstraint(['introduction_id'], ['introduction.id'], name=op.f('fk_linking_introduction_id')),
    sa.ForeignKeyConstraint(['offering_id'], ['offering.id'], name=op.f('fk_linking_offering_id')),
    sa.ForeignKeyConstraint(['zone_id'], ['zone.id'], name=op.f('fk_linking_zone_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_linking')),
    sa.UniqueConstraint('child_id', 'offering_id', name='uq_linking_child_offering')
    )
    op.create_index(op.f('ix_linking_zone_id'), 'linking', ['zone_id'], unique=False)
    op.create_table('still_going',
    sa.Column('introduction_id', sa.Uuid(), nullable=False),
    sa.Column('months', sa.Integer(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('answered_on', sa.Date(), nullable=True),
    sa.Column('is_still_going', sa.Boolean(), nullable=True),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('(answered_on IS NULL) = (is_still_going IS NULL)', name=op.f('ck_still_going_answer_has_a_day')),
    sa.ForeignKeyConstraint(['introduction_id'], ['introduction.id'], name=op.f('fk_still_going_introduction_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_still_going')),
    sa.UniqueConstraint('introduction_id', 'months', name='uq_still_going_months')
    )
    op.create_table('view',
    sa.Column('introduction_id', sa.Uuid(), nullable=False),
    sa.Column('viewpoint', sa.Enum('child', 'carer', 'teacher', name='viewpoint', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('carer_id', sa.Uuid(), nullable=True),
    sa.Column('said_by', sa.String(length=120), nullable=False),
    sa.Column('stance', sa.Enum('yes', 'willing', 'unsure', 'no', name='stance', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('said_on', sa.Date(), nullable=False),
    sa.Column('how', sa.String(length=40), nullable=False),
    sa.Column('language', sa.String(length=10), nullable=False),
    sa.Column('asked_by_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(viewpoint = 'carer') = (carer_id IS NOT NULL)", name=op.f('ck_view_carer_is_named')),
    sa.ForeignKeyConstraint(['asked_by_id'], ['person.id'], name=op.f('fk_view_asked_by_id')),
    sa.ForeignKeyConstraint(['carer_id'], ['carer.id'], name=op.f('fk_view_carer_id')),
    sa.ForeignKeyConstraint(['introduction_id'], ['introduction.id'], name=op.f('fk_view_introduction_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_view'))
    )
    op.create_index('ix_view_introduction', 'view', ['introduction_id', 'viewpoint'], unique=False)


def downgrade() -> None:
    op.drop_table("view")
    op.drop_table("still_going")
    op.drop_table("linking")
    op.drop_table("introduction")
    op.drop_table("signpost")
