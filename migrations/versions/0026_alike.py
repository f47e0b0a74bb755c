"""Which records of a large Zone look alike is kept, so that nobody waits for the comparing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None



def upgrade() -> None:
    op.create_table('alike',
        sa.Column('zone_id', sa.Uuid(), nullable=False),
        sa.Column('kind', sa.Enum('organisation', 'offering', name='merge_kind', native_enum=False, create_constraint=True, length=24), nullable=False),
        sa.Column('first_id', sa.Uuid(), nullable=False),
        sa.Column('second_id', sa.Uuid(), nullable=False),
        sa.Column('score', sa.Double(), nullable=False),
        sa.Column('parts', sa.JSON(), nullable=False),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['zone_id'], ['zone.id'], name=op.f('fk_alike_zone_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_alike')),
        sa.UniqueConstraint('kind', 'first_id', 'second_id', name='uq_alike_pair'),
    )
    op.create_index('ix_alike_zone', 'alike', ['zone_id', 'kind', 'score'])
    op.create_table('alike_look',
        sa.Column('zone_id', sa.Uuid(), nullable=False),
        sa.Column('kind', sa.Enum('organisation', 'offering', name='merge_kind', native_enum=False, create_constraint=True, length=24), nullable=False),
        sa.Column('looked_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('print', sa.String(length=32), nullable=False),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['zone_id'], ['zone.id'], name=op.f('fk_alike_look_zone_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_alike_look')),
        sa.UniqueConstraint('zone_id', 'kind', name='uq_alike_look'),
    )


def downgrade() -> None:
    op.drop_table('alike_look')
    op.drop_index('ix_alike_zone', table_name='alike')
    op.drop_table('alike')
