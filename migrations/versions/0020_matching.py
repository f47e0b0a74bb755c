"""What matching keeps: what changed, noted by the database; each Zone's weights; what was shown to whom of late."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

NOTE = {
    "sqlite": [
        'CREATE TRIGGER match_change_offering_insert AFTER INSERT ON offering BEGIN INSERT INTO match_change (zone_id, offering_id, number, xact) SELECT t.zone_id, t.id, (SELECT coalesce(max(m.number), 0) + 1 FROM match_change m WHERE m.zone_id = t.zone_id), 0 FROM (SELECT new.zone_id AS zone_id, new.id AS id) t WHERE true ON CONFLICT (zone_id, offering_id) DO UPDATE SET number = excluded.number; END',
        'CREATE TRIGGER match_change_offering_update AFTER UPDATE ON offering BEGIN INSERT INTO match_change (zone_id, offering_id, number, xact) SELECT t.zone_id, t.id, (SELECT coalesce(max(m.number), 0) + 1 FROM match_change m WHERE m.zone_id = t.zone_id), 0 FROM (SELECT new.zone_id AS zone_id, new.id AS id) t WHERE true ON CONFLICT (zone_id, offering_id) DO UPDATE SET number = excluded.number; END',
        'CREATE TRIGGER match_change_offering_delete AFTER DELETE ON offering BEGIN INSERT INTO match_change (zone_id, offering_id, number, xact) SELECT t.zone_id, t.id, (SELECT coalesce(max(m.number), 0) + 1 FROM match_change m WHERE m.zone_id = t.zone_id), 0 FROM (SELECT old.zone_id AS zone_id, old.id AS id) t WHERE true ON CONFLICT (zone_id, offering_id) DO UPDATE SET number = excluded.number; END',
        'CREATE TRIGGER match_change_organisation_update AFTER UPDATE OF name, state ON organisation BEGIN INSERT INTO match_change (zone_id, offering_id, number, xact) SELECT t.zone_id, t.id, (SELECT coalesce(max(m.number), 0) + 1 FROM match_change m WHERE m.zone_id = t.zone_id), 0 FROM (SELECT o.zone_id AS zone_id, o.id AS id FROM offering o WHERE o.organisation_id = new.id) t WHERE true ON CONFLICT (zone_id, offering_id) DO UPDATE SET number = excluded.number; END',
        'CREATE TRIGGER match_change_cohort_insert AFTER INSERT ON cohort BEGIN INSERT INTO match_change (zone_id, offering_id, number, xact) SELECT t.zone_id, t.id, (SELECT coalesce(max(m.number), 0) + 1 FROM match_change m WHERE m.zone_id = t.zone_id), 0 FROM (SELECT o.zone_id AS zone_id, o.id AS id FROM offering o WHERE o.id = new.offering_id) t WHERE true ON CONFLICT (zone_id, offering_id) DO UPDATE SET number = excluded.number; END',
        'CREATE TRIGGER match_change_cohort_update AFTER UPDATE ON cohort BEGIN INSERT INTO match_change (zone_id, offering_id, number, xact) SELECT t.zone_id, t.id, (SELECT coalesce(max(m.number), 0) + 1 FROM match_change m WHERE m.zone_id = t.zone_id), 0 FROM (SELECT o.zone_id AS zone_id, o.id AS id FROM offering o WHERE o.id = new.offering_id) t WHERE true ON CONFLICT (zone_id, offering_id) DO UPDATE SET number = excluded.number; END',
        'CREATE TRIGGER match_change_cohort_delete AFTER DELETE ON cohort BEGIN INSERT INTO match_change (zone_id, offering_id, number, xact) SELECT t.zone_id, t.id, (SELECT coalesce(max(m.number), 0) + 1 FROM match_change m WHERE m.zone_id = t.zone_id), 0 FROM (SELECT o.zone_id AS zone_id, o.id AS id FROM offering o WHERE o.id = old.offering_id) t WHERE true ON CONFLICT (zone_id, offering_id) DO UPDATE SET number = excluded.number; END',
        'CREATE TRIGGER match_change_place_insert AFTER INSERT ON place BEGIN INSERT INTO match_change (zone_id, offering_id, number, xact) SELECT t.zone_id, t.id, (SELECT coalesce(max(m.number), 0) + 1 FROM match_change m WHERE m.zone_id = t.zone_id), 0 FROM (SELECT o.zone_id AS zone_id, o.id AS id FROM cohort c JOIN offering o ON o.id = c.offering_id WHERE c.id = new.cohort_id) t WHERE true ON CONFLICT (zone_id, offering_id) DO UPDATE SET number = excluded.number; END',
        'CREATE TRIGGER match_change_place_update AFTER UPDATE ON place BEGIN INSERT INTO match_change (zone_id, offering_id, number, xact) SELECT t.zone_id, t.id, (SELECT coalesce(max(m.number), 0) + 1 FROM match_change m WHERE m.zone_id = t.zone_id), 0 FROM (SELECT o.zone_id AS zone_id, o.id AS id FROM cohort c JOIN offering o ON o.id = c.offering_id WHERE c.id = new.cohort_id) t WHERE true ON CONFLICT (zone_id, offering_id) DO UPDATE SET number = excluded.number; END',
        'CREATE TRIGGER match_change_place_delete AFTER DELETE ON place BEGIN INSERT INTO match_change (zone_id, offering_id, number, xact) SELECT t.zone_id, t.id, (SELECT coalesce(max(m.number), 0) + 1 FROM match_change m WHERE m.zone_id = t.zone_id), 0 FROM (SELECT o.zone_id AS zone_id, o.id AS id FROM cohort c JOIN offering o ON o.id = c.offering_id WHERE c.id = old.cohort_id) t WHERE true ON CONFLICT (zone_id, offering_id) DO UPDATE SET number = excluded.number; END',
    ],
    "postgresql": [
        'CREATE SEQUENCE match_change_number',
        "CREATE FUNCTION match_change_offering() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE changed offering; BEGIN IF TG_OP = 'DELETE' THEN changed := OLD; ELSE changed := NEW; END IF; INSERT INTO match_change (zone_id, offering_id, number, xact) SELECT t.zone_id, t.id, nextval('match_change_number'), pg_current_xact_id()::text::bigint FROM (SELECT changed.zone_id AS zone_id, changed.id AS id ORDER BY 2) t ON CONFLICT (zone_id, offering_id) DO UPDATE SET number = excluded.number, xact = excluded.xact; RETURN NULL; END $$",
        'CREATE TRIGGER match_change_offering AFTER INSERT OR UPDATE OR DELETE ON offering FOR EACH ROW EXECUTE FUNCTION match_change_offering()',
        "CREATE FUNCTION match_change_organisation() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE changed organisation; BEGIN IF TG_OP = 'DELETE' THEN changed := OLD; ELSE changed := NEW; END IF; INSERT INTO match_change (zone_id, offering_id, number, xact) SELECT t.zone_id, t.id, nextval('match_change_number'), pg_current_xact_id()::text::bigint FROM (SELECT o.zone_id AS zone_id, o.id AS id FROM offering o WHERE o.organisation_id = changed.id ORDER BY 2) t ON CONFLICT (zone_id, offering_id) DO UPDATE SET number = excluded.number, xact = excluded.xact; RETURN NULL; END $$",
        'CREATE TRIGGER match_change_organisation AFTER UPDATE OF name, state ON organisation FOR EACH ROW EXECUTE FUNCTION match_change_organisation()',
        "CREATE FUNCTION match_change_cohort() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE changed cohort; BEGIN IF TG_OP = 'DELETE' THEN changed := OLD; ELSE changed := NEW; END IF; INSERT INTO match_change (zone_id, offering_id, number, xact) SELECT t.zone_id, t.id, nextval('match_change_number'), pg_current_xact_id()::text::bigint FROM (SELECT o.zone_id AS zone_id, o.id AS id FROM offering o WHERE o.id = changed.offering_id ORDER BY 2) t ON CONFLICT (zone_id, offering_id) DO UPDATE SET number = excluded.number, xact = excluded.xact; RETURN NULL; END $$",
        'CREATE TRIGGER match_change_cohort AFTER INSERT OR UPDATE OR DELETE ON cohort FOR EACH ROW EXECUTE FUNCTION match_change_cohort()',
        "CREATE FUNCTION match_change_place() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE changed place; BEGIN IF TG_OP = 'DELETE' THEN changed := OLD; ELSE changed := NEW; END IF; INSERT INTO match_change (zone_id, offering_id, number, xact) SELECT t.zone_id, t.id, nextval('match_change_number'), pg_current_xact_id()::text::bigint FROM (SELECT o.zone_id AS zone_id, o.id AS id FROM cohort c JOIN offering o ON o.id = c.offering_id WHERE c.id = changed.cohort_id ORDER BY 2) t ON CONFLICT (zone_id, offering_id) DO UPDATE SET number = excluded.number, xact = excluded.xact; RETURN NULL; END $$",
        'CREATE TRIGGER match_change_place AFTER INSERT OR UPDATE OR DELETE ON place FOR EACH ROW EXECUTE FUNCTION match_change_place()',
    ],
}

NOTE_UNDO = {
    "sqlite": [
        'DROP TRIGGER IF EXISTS match_change_offering_insert',
        'DROP TRIGGER IF EXISTS match_change_offering_update',
        'DROP TRIGGER IF EXISTS match_change_offering_delete',
        'DROP TRIGGER IF EXISTS match_change_organisation_update',
        'DROP TRIGGER IF EXISTS match_change_cohort_insert',
        'DROP TRIGGER IF EXISTS match_change_cohort_update',
        'DROP TRIGGER IF EXISTS match_change_cohort_delete',
        'DROP TRIGGER IF EXISTS match_change_place_insert',
        'DROP TRIGGER IF EXISTS match_change_place_update',
        'DROP TRIGGER IF EXISTS match_change_place_delete',
    ],
    "postgresql": [
        'DROP TRIGGER IF EXISTS match_change_offering ON offering',
        'DROP FUNCTION IF EXISTS match_change_offering()',
        'DROP TRIGGER IF EXISTS match_change_organisation ON organisation',
        'DROP FUNCTION IF EXISTS match_change_organisation()',
        'DROP TRIGGER IF EXISTS match_change_cohort ON cohort',
        'DROP FUNCTION IF EXISTS match_change_cohort()',
        'DROP TRIGGER IF EXISTS match_change_place ON place',
        'DROP FUNCTION IF EXISTS match_change_place()',
        'DROP SEQUENCE IF EXISTS match_change_number',
    ],
}


def upgrade() -> None:
    op.create_table('match_change',
    sa.Column('zone_id', sa.Uuid(), nullable=False),
    sa.Column('offering_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('xact', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('zone_id', 'offering_id', name=op.f('pk_match_change'))
    )
    op.create_index('ix_match_change_number', 'match_change', ['zone_id', 'number'], unique=False)
    op.create_index('ix_match_change_xact', 'match_change', ['zone_id', 'xact'], unique=False)
    op.create_table('match_weights',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('zone_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('hundredths', sa.JSON(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=True),
    sa.Column('person_name', sa.String(length=120), nullable=False),
    sa.CheckConstraint('version > 0', name=op.f('ck_match_weights_version_from_one')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_match_weights_person_id')),
    sa.ForeignKeyConstraint(['zone_id'], ['zone.id'], name=op.f('fk_match_weights_zone_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_match_weights')),
    sa.UniqueConstraint('zone_id', 'version', name='uq_match_weights_version')
    )
    op.create_table('match_shown',
    sa.Column('child_id', sa.Uuid(), nullable=False),
    sa.Column('offering_id', sa.Uuid(), nullable=False),
    sa.Column('zone_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('shown_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_match_shown_child_id')),
    sa.ForeignKeyConstraint(['offering_id'], ['offering.id'], name=op.f('fk_match_shown_offering_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_match_shown_organisation_id')),
    sa.ForeignKeyConstraint(['zone_id'], ['zone.id'], name=op.f('fk_match_shown_zone_id')),
    sa.PrimaryKeyConstraint('child_id', 'offering_id', name=op.f('pk_match_shown'))
    )
    op.create_index('ix_match_shown_turns', 'match_shown', ['zone_id', 'organisation_id', 'shown_on'], unique=False)
    for statement in NOTE[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    for statement in NOTE_UNDO[op.get_bind().dialect.name]:
        op.execute(statement)
    op.drop_table('match_shown')
    op.drop_table('match_weights')
    op.drop_table('match_change')
