"""Figures by term, a school's pupils and files, selection, teachers' views; a carer's no beside a yes, and a child's own consent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TABLES = (
    "school_mapping", "school_import", "gillick_note", "consent_objection", "teacher_view", "selection_decision", "risk_scheme", "measure", "pupil",
)
DAYS = sa.CheckConstraint("given_on <= ends_on", name="ck_consent_days_in_order")


def upgrade() -> None:
    with op.batch_alter_table("consent", table_args=(DAYS,)) as consent:
        consent.add_column(sa.Column("waits_since", sa.DateTime(timezone=True), nullable=True))
        consent.alter_column("carer_id", existing_type=sa.Uuid(), nullable=True)
    op.create_table('pupil',
        sa.Column('zone_id', sa.Uuid(), nullable=False),
        sa.Column('school_id', sa.Uuid(), nullable=False),
        sa.Column('school_key', sa.String(length=40), nullable=False),
        sa.Column('first_name', sa.String(length=80), nullable=False),
        sa.Column('last_name', sa.String(length=80), nullable=False),
        sa.Column('born_on', sa.Date(), nullable=True),
        sa.Column('school_year', sa.String(length=20), nullable=False),
        sa.Column('child_id', sa.Uuid(), nullable=True),
        sa.Column('batch_id', sa.Uuid(), nullable=True),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("child_id IS NULL OR (first_name = '' AND last_name = '' AND born_on IS NULL)", name=op.f('ck_pupil_name_until_decided')),
        sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_pupil_child_id')),
        sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_pupil_school_id')),
        sa.ForeignKeyConstraint(['zone_id'], ['zone.id'], name=op.f('fk_pupil_zone_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_pupil'))
    )
    op.create_index(op.f('ix_pupil_batch_id'), 'pupil', ['batch_id'], unique=False)
    op.create_index(op.f('ix_pupil_child_id'), 'pupil', ['child_id'], unique=False)
    op.create_index(op.f('ix_pupil_school_id'), 'pupil', ['school_id'], unique=False)
    op.create_index('one_pupil_per_key', 'pupil', ['school_id', 'school_key'], unique=True, sqlite_where=sa.text("school_key <> ''"), postgresql_where=sa.text("school_key <> ''"))
    op.create_table('measure',
        sa.Column('child_id', sa.Uuid(), nullable=True),
        sa.Column('pupil_id', sa.Uuid(), nullable=True),
        sa.Column('code', sa.String(length=40), nullable=False),
        sa.Column('informant', sa.Enum('parent', 'teacher', 'self', 'school', name='informant', native_enum=False, create_constraint=True, length=24), nullable=False),
        sa.Column('tenths', sa.Integer(), nullable=False),
        sa.Column('measured_on', sa.Date(), nullable=False),
        sa.Column('recorded_by_id', sa.Uuid(), nullable=True),
        sa.Column('batch_id', sa.Uuid(), nullable=True),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('replaced_by_id', sa.Uuid(), nullable=True),
        sa.Column('why_ended', sa.String(length=300), nullable=False),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('(child_id IS NULL) <> (pupil_id IS NULL)', name=op.f('ck_measure_of_one')),
        sa.CheckConstraint('replaced_by_id IS NULL OR ended_at IS NOT NULL', name=op.f('ck_measure_replaced_is_ended')),
        sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_measure_child_id')),
        sa.ForeignKeyConstraint(['pupil_id'], ['pupil.id'], name=op.f('fk_measure_pupil_id')),
        sa.ForeignKeyConstraint(['recorded_by_id'], ['person.id'], name=op.f('fk_measure_recorded_by_id')),
        sa.ForeignKeyConstraint(['replaced_by_id'], ['measure.id'], name=op.f('fk_measure_replaced_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_measure'))
    )
    op.create_index(op.f('ix_measure_batch_id'), 'measure', ['batch_id'], unique=False)
    op.create_index('one_standing_measure', 'measure', ['child_id', 'code', 'informant', 'measured_on'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
    op.create_index('one_standing_measure_of_pupil', 'measure', ['pupil_id', 'code', 'informant', 'measured_on'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
    op.create_table('risk_scheme',
        sa.Column('zone_id', sa.Uuid(), nullable=False),
        sa.Column('criteria', sa.JSON(), nullable=False),
        sa.Column('least', sa.Integer(), nullable=False),
        sa.Column('changed_by_id', sa.Uuid(), nullable=False),
        sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('least >= 1', name=op.f('ck_risk_scheme_at_least_one')),
        sa.ForeignKeyConstraint(['changed_by_id'], ['person.id'], name=op.f('fk_risk_scheme_changed_by_id')),
        sa.ForeignKeyConstraint(['zone_id'], ['zone.id'], name=op.f('fk_risk_scheme_zone_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_risk_scheme')),
        sa.UniqueConstraint('zone_id', name=op.f('uq_risk_scheme_zone_id'))
    )
    op.create_table('selection_decision',
        sa.Column('pupil_id', sa.Uuid(), nullable=False),
        sa.Column('choice', sa.Enum('selected', 'not_now', name='selection', native_enum=False, create_constraint=True, length=24), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('met', sa.JSON(), nullable=False),
        sa.Column('decided_by_id', sa.Uuid(), nullable=False),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("choice = 'selected' OR reason <> ''", name=op.f('ck_selection_decision_not_now_has_a_reason')),
        sa.ForeignKeyConstraint(['decided_by_id'], ['person.id'], name=op.f('fk_selection_decision_decided_by_id')),
        sa.ForeignKeyConstraint(['pupil_id'], ['pupil.id'], name=op.f('fk_selection_decision_pupil_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_selection_decision'))
    )
    op.create_index(op.f('ix_selection_decision_pupil_id'), 'selection_decision', ['pupil_id'], unique=False)
    op.create_table('teacher_view',
        sa.Column('child_id', sa.Uuid(), nullable=False),
        sa.Column('said_on', sa.Date(), nullable=False),
        sa.Column('teacher', sa.String(length=120), nullable=False),
        sa.Column('going_well', sa.Text(), nullable=False),
        sa.Column('next_step', sa.Text(), nullable=False),
        sa.Column('is_review', sa.Boolean(), nullable=False),
        sa.Column('recorded_by_id', sa.Uuid(), nullable=False),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("going_well <> '' OR next_step <> ''", name=op.f('ck_teacher_view_says_something')),
        sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_teacher_view_child_id')),
        sa.ForeignKeyConstraint(['recorded_by_id'], ['person.id'], name=op.f('fk_teacher_view_recorded_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_teacher_view'))
    )
    op.create_index(op.f('ix_teacher_view_child_id'), 'teacher_view', ['child_id'], unique=False)
    op.create_table('consent_objection',
        sa.Column('child_id', sa.Uuid(), nullable=False),
        sa.Column('organisation_id', sa.Uuid(), nullable=False),
        sa.Column('carer_id', sa.Uuid(), nullable=False),
        sa.Column('said_on', sa.Date(), nullable=False),
        sa.Column('words', sa.Text(), nullable=False),
        sa.Column('recorded_by_id', sa.Uuid(), nullable=False),
        sa.Column('lifted_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('lifted_by_id', sa.Uuid(), nullable=True),
        sa.Column('lifted_why', sa.Text(), nullable=False),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('(lifted_at IS NULL) = (lifted_by_id IS NULL)', name=op.f('ck_consent_objection_lifted_says_by_whom')),
        sa.ForeignKeyConstraint(['carer_id'], ['carer.id'], name=op.f('fk_consent_objection_carer_id')),
        sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_consent_objection_child_id')),
        sa.ForeignKeyConstraint(['lifted_by_id'], ['person.id'], name=op.f('fk_consent_objection_lifted_by_id')),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_consent_objection_organisation_id')),
        sa.ForeignKeyConstraint(['recorded_by_id'], ['person.id'], name=op.f('fk_consent_objection_recorded_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_consent_objection'))
    )
    op.create_index('one_standing_objection', 'consent_objection', ['child_id', 'organisation_id', 'carer_id'], unique=True, sqlite_where=sa.text('lifted_at IS NULL'), postgresql_where=sa.text('lifted_at IS NULL'))
    op.create_table('gillick_note',
        sa.Column('child_id', sa.Uuid(), nullable=False),
        sa.Column('organisation_id', sa.Uuid(), nullable=False),
        sa.Column('fields', sa.JSON(), nullable=False),
        sa.Column('given_on', sa.Date(), nullable=False),
        sa.Column('ends_on', sa.Date(), nullable=False),
        sa.Column('how', sa.String(length=40), nullable=False),
        sa.Column('language', sa.String(length=10), nullable=False),
        sa.Column('understood', sa.Text(), nullable=False),
        sa.Column('why_not_parent', sa.Text(), nullable=False),
        sa.Column('noted_by_id', sa.Uuid(), nullable=False),
        sa.Column('state', sa.Enum('noted', 'countersigned', 'turned_down', name='gillick_state', native_enum=False, create_constraint=True, length=24), nullable=False),
        sa.Column('decided_by_id', sa.Uuid(), nullable=True),
        sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('decision_note', sa.Text(), nullable=False),
        sa.Column('consent_id', sa.Uuid(), nullable=True),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(state = 'countersigned') = (consent_id IS NOT NULL)", name=op.f('ck_gillick_note_countersigned_is_a_consent')),
        sa.CheckConstraint("(state = 'noted') = (decided_by_id IS NULL)", name=op.f('ck_gillick_note_decided_says_by_whom')),
        sa.CheckConstraint('decided_by_id IS NULL OR decided_by_id <> noted_by_id', name=op.f('ck_gillick_note_two_people')),
        sa.CheckConstraint('given_on <= ends_on', name=op.f('ck_gillick_note_days_in_order')),
        sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_gillick_note_child_id')),
        sa.ForeignKeyConstraint(['consent_id'], ['consent.id'], name=op.f('fk_gillick_note_consent_id')),
        sa.ForeignKeyConstraint(['decided_by_id'], ['person.id'], name=op.f('fk_gillick_note_decided_by_id')),
        sa.ForeignKeyConstraint(['noted_by_id'], ['person.id'], name=op.f('fk_gillick_note_noted_by_id')),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_gillick_note_organisation_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_gillick_note'))
    )
    op.create_index(op.f('ix_gillick_note_child_id'), 'gillick_note', ['child_id'], unique=False)
    op.create_table('school_import',
        sa.Column('zone_id', sa.Uuid(), nullable=False),
        sa.Column('school_id', sa.Uuid(), nullable=False),
        sa.Column('person_id', sa.Uuid(), nullable=False),
        sa.Column('file_name', sa.String(length=120), nullable=False),
        sa.Column('content', sa.LargeBinary(), nullable=True),
        sa.Column('state', sa.Enum('waiting', 'imported', 'discarded', 'undone', name='school_import_state', native_enum=False, create_constraint=True, length=24), nullable=False),
        sa.Column('preset', sa.String(length=20), nullable=False),
        sa.Column('measured_on', sa.Date(), nullable=False),
        sa.Column('rules', sa.JSON(), nullable=False),
        sa.Column('choices', sa.JSON(), nullable=False),
        sa.Column('counts', sa.JSON(), nullable=False),
        sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('undone_by_id', sa.Uuid(), nullable=True),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(state = 'waiting') = (content IS NOT NULL)", name=op.f('ck_school_import_content_while_waiting')),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_school_import_person_id')),
        sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_school_import_school_id')),
        sa.ForeignKeyConstraint(['undone_by_id'], ['person.id'], name=op.f('fk_school_import_undone_by_id')),
        sa.ForeignKeyConstraint(['zone_id'], ['zone.id'], name=op.f('fk_school_import_zone_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_school_import'))
    )
    op.create_index(op.f('ix_school_import_expires_at'), 'school_import', ['expires_at'], unique=False)
    op.create_index('ix_school_import_school', 'school_import', ['school_id', 'created_at'], unique=False)
    op.create_table('school_mapping',
        sa.Column('school_id', sa.Uuid(), nullable=False),
        sa.Column('preset', sa.String(length=20), nullable=False),
        sa.Column('rules', sa.JSON(), nullable=False),
        sa.Column('changed_by_id', sa.Uuid(), nullable=False),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['changed_by_id'], ['person.id'], name=op.f('fk_school_mapping_changed_by_id')),
        sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_school_mapping_school_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_school_mapping')),
        sa.UniqueConstraint('school_id', name=op.f('uq_school_mapping_school_id'))
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    op.execute("DELETE FROM consent WHERE carer_id IS NULL")
    with op.batch_alter_table("consent", table_args=(DAYS,)) as consent:
        consent.alter_column("carer_id", existing_type=sa.Uuid(), nullable=False)
        consent.drop_column("waits_since")
