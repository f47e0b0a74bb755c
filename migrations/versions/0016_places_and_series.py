"""Sites, contacts, series, photos, merges; school years, eligibility and who may know of an offering; how a place was found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

UUID = {"sqlite": "CHAR(32)", "postgresql": "UUID"}
FOUND_BY = "'source', 'pin', 'postcode', 'sector', 'outcode'"
COLUMNS = (
    ("organisation", "confirmed_on", "DATE"),
    ("organisation", "confirmed_by_id", "{uuid} CONSTRAINT fk_organisation_confirmed_by_id REFERENCES person (id)"),
    ("organisation", "merged_into_id", "{uuid} CONSTRAINT fk_organisation_merged_into_id REFERENCES organisation (id)"),
    ("offering", "year_min", "INTEGER"),
    ("offering", "year_max", "INTEGER CONSTRAINT ck_offering_years_in_order "
     "CHECK ((year_min IS NULL) = (year_max IS NULL) AND year_min <= year_max)"),
    ("offering", "eligibility", "TEXT DEFAULT '' NOT NULL"),
    ("offering", "is_private", "BOOLEAN DEFAULT false NOT NULL"),
    ("offering", "site_id", "{uuid} CONSTRAINT fk_offering_site_id REFERENCES site (id)"),
    ("offering", "place_found_by", f"VARCHAR(24) CONSTRAINT ck_offering_place_found_by CHECK (place_found_by IN ({FOUND_BY}))"),
    ("offering", "merged_into_id", "{uuid} CONSTRAINT fk_offering_merged_into_id REFERENCES offering (id)"),
    ("cohort", "site_id", "{uuid} CONSTRAINT fk_cohort_site_id REFERENCES site (id)"),
    ("session", "series_id", "{uuid} CONSTRAINT fk_session_series_id REFERENCES series (id)"),
)
"""Added in plain SQL: both databases add a column with its constraints in place, where Alembic would copy the whole table on SQLite."""

INDEXES = (("offering", "site_id"), ("cohort", "site_id"), ("session", "series_id"))
TABLES = ("photo", "not_duplicate", "merge", "series", "contact", "site")


def upgrade() -> None:
    op.create_table('merge',
        sa.Column('zone_id', sa.Uuid(), nullable=False),
        sa.Column('kind', sa.Enum('organisation', 'offering', name='merge_kind', native_enum=False, create_constraint=True, length=24), nullable=False),
        sa.Column('kept_id', sa.Uuid(), nullable=False),
        sa.Column('gone_id', sa.Uuid(), nullable=False),
        sa.Column('merged_by_id', sa.Uuid(), nullable=False),
        sa.Column('kept_before', sa.JSON(), nullable=False),
        sa.Column('kept_after', sa.JSON(), nullable=False),
        sa.Column('gone_before', sa.JSON(), nullable=False),
        sa.Column('moved', sa.JSON(), nullable=False),
        sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('undone_by_id', sa.Uuid(), nullable=True),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('(undone_at IS NULL) = (undone_by_id IS NULL)', name=op.f('ck_merge_undone_says_by_whom')),
        sa.CheckConstraint('kept_id <> gone_id', name=op.f('ck_merge_two_records')),
        sa.ForeignKeyConstraint(['merged_by_id'], ['person.id'], name=op.f('fk_merge_merged_by_id')),
        sa.ForeignKeyConstraint(['undone_by_id'], ['person.id'], name=op.f('fk_merge_undone_by_id')),
        sa.ForeignKeyConstraint(['zone_id'], ['zone.id'], name=op.f('fk_merge_zone_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_merge'))
    )
    op.create_index('ix_merge_zone', 'merge', ['zone_id', 'created_at'], unique=False)
    op.create_index('one_standing_merge', 'merge', ['gone_id'], unique=True, sqlite_where=sa.text('undone_at IS NULL'), postgresql_where=sa.text('undone_at IS NULL'))
    op.create_table('not_duplicate',
        sa.Column('zone_id', sa.Uuid(), nullable=False),
        sa.Column('kind', sa.Enum('organisation', 'offering', name='merge_kind', native_enum=False, create_constraint=True, length=24), nullable=False),
        sa.Column('first_id', sa.Uuid(), nullable=False),
        sa.Column('second_id', sa.Uuid(), nullable=False),
        sa.Column('said_by_id', sa.Uuid(), nullable=False),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('first_id <> second_id', name=op.f('ck_not_duplicate_two_records')),
        sa.ForeignKeyConstraint(['said_by_id'], ['person.id'], name=op.f('fk_not_duplicate_said_by_id')),
        sa.ForeignKeyConstraint(['zone_id'], ['zone.id'], name=op.f('fk_not_duplicate_zone_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_not_duplicate')),
        sa.UniqueConstraint('kind', 'first_id', 'second_id', name='uq_not_duplicate_pair')
    )
    op.create_index(op.f('ix_not_duplicate_zone_id'), 'not_duplicate', ['zone_id'], unique=False)
    op.create_table('contact',
        sa.Column('organisation_id', sa.Uuid(), nullable=False),
        sa.Column('name', sa.String(length=120), nullable=False),
        sa.Column('title', sa.String(length=120), nullable=False),
        sa.Column('purposes', sa.JSON(), nullable=False),
        sa.Column('email', sa.String(length=254), nullable=False),
        sa.Column('phone', sa.String(length=30), nullable=False),
        sa.Column('note', sa.String(length=300), nullable=False),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("email <> '' OR phone <> ''", name=op.f('ck_contact_can_be_reached')),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_contact_organisation_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_contact')),
        sa.UniqueConstraint('organisation_id', 'name', name='uq_contact_name')
    )
    op.create_table('site',
        sa.Column('organisation_id', sa.Uuid(), nullable=False),
        sa.Column('name', sa.String(length=120), nullable=False),
        sa.Column('address', sa.String(length=300), nullable=False),
        sa.Column('town', sa.String(length=120), nullable=False),
        sa.Column('postcode', sa.String(length=10), nullable=False),
        sa.Column('latitude', sa.Double(), nullable=True),
        sa.Column('longitude', sa.Double(), nullable=True),
        sa.Column('place_found_by', sa.Enum('source', 'pin', 'postcode', 'sector', 'outcode', name='place_found_by', native_enum=False, create_constraint=True, length=24), nullable=True),
        sa.Column('how_to_get_there', sa.Text(), nullable=False),
        sa.Column('is_step_free', sa.Boolean(), nullable=False),
        sa.Column('accessibility', sa.JSON(), nullable=False),
        sa.Column('access_note', sa.Text(), nullable=False),
        sa.Column('closed_on', sa.Date(), nullable=True),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('(latitude IS NULL) = (longitude IS NULL)', name=op.f('ck_site_whole_place')),
        sa.CheckConstraint('(latitude IS NULL) = (place_found_by IS NULL)', name=op.f('ck_site_place_says_how')),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_site_organisation_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_site')),
        sa.UniqueConstraint('organisation_id', 'name', name='uq_site_name')
    )
    op.create_table('photo',
        sa.Column('organisation_id', sa.Uuid(), nullable=True),
        sa.Column('offering_id', sa.Uuid(), nullable=True),
        sa.Column('name', sa.String(length=64), nullable=False),
        sa.Column('alt', sa.String(length=300), nullable=False),
        sa.Column('width', sa.Integer(), nullable=False),
        sa.Column('height', sa.Integer(), nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('added_by_id', sa.Uuid(), nullable=False),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('(organisation_id IS NULL) <> (offering_id IS NULL)', name=op.f('ck_photo_of_one_thing')),
        sa.CheckConstraint('width > 0 AND height > 0', name=op.f('ck_photo_size_positive')),
        sa.ForeignKeyConstraint(['added_by_id'], ['person.id'], name=op.f('fk_photo_added_by_id')),
        sa.ForeignKeyConstraint(['offering_id'], ['offering.id'], name=op.f('fk_photo_offering_id')),
        sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_photo_organisation_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_photo')),
        sa.UniqueConstraint('name', name=op.f('uq_photo_name'))
    )
    op.create_index(op.f('ix_photo_offering_id'), 'photo', ['offering_id'], unique=False)
    op.create_index(op.f('ix_photo_organisation_id'), 'photo', ['organisation_id'], unique=False)
    op.create_table('series',
        sa.Column('cohort_id', sa.Uuid(), nullable=False),
        sa.Column('school_id', sa.Uuid(), nullable=True),
        sa.Column('day', sa.Integer(), nullable=False),
        sa.Column('start', sa.String(length=5), nullable=False),
        sa.Column('end', sa.String(length=5), nullable=False),
        sa.Column('every_weeks', sa.Integer(), nullable=False),
        sa.Column('starts_on', sa.Date(), nullable=False),
        sa.Column('ends_on', sa.Date(), nullable=False),
        sa.Column('season', sa.Enum('term', 'holiday', 'all_year', name='series_season', native_enum=False, create_constraint=True, length=24), nullable=False),
        sa.Column('exceptions', sa.JSON(), nullable=False),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('day BETWEEN 0 AND 6', name=op.f('ck_series_weekday')),
        sa.CheckConstraint('every_weeks BETWEEN 1 AND 4', name=op.f('ck_series_weeks_in_range')),
        sa.CheckConstraint('start < "end"', name=op.f('ck_series_times_in_order')),
        sa.CheckConstraint('starts_on <= ends_on', name=op.f('ck_series_days_in_order')),
        sa.ForeignKeyConstraint(['cohort_id'], ['cohort.id'], name=op.f('fk_series_cohort_id')),
        sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_series_school_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_series')),
        sa.UniqueConstraint('cohort_id', 'day', 'start', 'starts_on', name='uq_series_meeting')
    )
    for table, column, definition in COLUMNS:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {definition.format(uuid=UUID[op.get_bind().dialect.name])}")
    for table, column in INDEXES:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)


def downgrade() -> None:
    for table, column in INDEXES:
        op.drop_index(op.f(f"ix_{table}_{column}"), table_name=table)
    for table, column, _ in reversed(COLUMNS):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    for table in TABLES:
        op.drop_table(table)
