"""When the text of each offering last changed, so that what search keeps in memory knows in one look what is new."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

NOTE = {
    "sqlite": [
        "CREATE TRIGGER offering_change_insert AFTER INSERT ON offering_text BEGIN INSERT INTO offering_change (zone_id, offering_id, number, xact) VALUES (new.zone_id, new.offering_id, (SELECT coalesce(max(number), 0) + 1 FROM offering_change WHERE zone_id = new.zone_id), 0) ON CONFLICT (zone_id, offering_id) DO UPDATE SET number = excluded.number; END",
        "CREATE TRIGGER offering_change_delete AFTER DELETE ON offering_text BEGIN INSERT INTO offering_change (zone_id, offering_id, number, xact) VALUES (old.zone_id, old.offering_id, (SELECT coalesce(max(number), 0) + 1 FROM offering_change WHERE zone_id = old.zone_id), 0) ON CONFLICT (zone_id, offering_id) DO UPDATE SET number = excluded.number; END",
    ],
    "postgresql": [
        "CREATE SEQUENCE offering_change_number",
        "CREATE FUNCTION offering_change_note() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE changed offering_text; BEGIN IF TG_OP = 'INSERT' THEN changed := NEW; ELSE changed := OLD; END IF; INSERT INTO offering_change (zone_id, offering_id, number, xact) VALUES (changed.zone_id, changed.offering_id, nextval('offering_change_number'), pg_current_xact_id()::text::bigint) ON CONFLICT (zone_id, offering_id) DO UPDATE SET number = excluded.number, xact = excluded.xact; RETURN NULL; END $$",
        "CREATE TRIGGER offering_change_note AFTER INSERT OR DELETE ON offering_text FOR EACH ROW EXECUTE FUNCTION offering_change_note()",
    ],
}

NOTE_UNDO = {
    "sqlite": ["DROP TRIGGER IF EXISTS offering_change_insert", "DROP TRIGGER IF EXISTS offering_change_delete"],
    "postgresql": [
        "DROP TRIGGER IF EXISTS offering_change_note ON offering_text",
        "DROP FUNCTION IF EXISTS offering_change_note()",
        "DROP SEQUENCE IF EXISTS offering_change_number",
    ],
}


def upgrade() -> None:
    op.create_table('offering_change',
    sa.Column('zone_id', sa.Uuid(), nullable=False),
    sa.Column('offering_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('xact', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('zone_id', 'offering_id', name=op.f('pk_offering_change'))
    )
    op.create_index('ix_offering_change_number', 'offering_change', ['zone_id', 'number'], unique=False)
    op.create_index('ix_offering_change_xact', 'offering_change', ['zone_id', 'xact'], unique=False)
    for statement in NOTE[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    for statement in NOTE_UNDO[op.get_bind().dialect.name]:
        op.execute(statement)
    op.drop_table('offering_change')
