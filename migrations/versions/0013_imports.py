"""Uploads waiting for a yes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('import_draft',
    sa.Column('zone_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('catalogue', 'children', name='import_kind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('source', sa.String(length=60), nullable=False),
    sa.Column('file_name', sa.String(length=120), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=True),
    sa.Column('report', sa.JSON(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('(used_at IS NULL) = (content IS NOT NULL)', name=op.f('ck_import_draft_content_until_used')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_import_draft_person_id')),
    sa.ForeignKeyConstraint(['zone_id'], ['zone.id'], name=op.f('fk_import_draft_zone_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_draft'))
    )
    op.create_index(op.f('ix_import_draft_expires_at'), 'import_draft', ['expires_at'], unique=False)
    op.create_index(op.f('ix_import_draft_person_id'), 'import_draft', ['person_id'], unique=False)
    op.create_table('imported_record',
    sa.Column('zone_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('catalogue', 'children', name='import_kind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('source', sa.String(length=60), nullable=False),
    sa.Column('source_ref', sa.String(length=200), nullable=False),
    sa.Column('prints', sa.JSON(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['zone_id'], ['zone.id'], name=op.f('fk_imported_record_zone_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_imported_record')),
    sa.UniqueConstraint('zone_id', 'kind', 'source', 'source_ref', name='uq_imported_record_source')
    )


def downgrade() -> None:
    op.drop_table("imported_record")
    op.drop_table("import_draft")
