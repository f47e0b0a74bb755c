"""Column mappings by name, the stages of an upload, and since when a source no longer has an offering.

Uploads that wait are thrown away: each lives a day at most, and can be brought again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KINDS = ("catalogue", "children")
STAGES = ("mapping", "looking", "ready", "working", "used")


def _enum(values: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def _draft(*more: sa.Column) -> None:
    op.create_table(
        "import_draft",
        sa.Column("zone_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _enum(KINDS, "import_kind"), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        *more,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(used_at IS NULL) = (content IS NOT NULL)", name=op.f("ck_import_draft_content_until_used")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_import_draft_person_id")),
        sa.ForeignKeyConstraint(["zone_id"], ["zone.id"], name=op.f("fk_import_draft_zone_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_draft")),
    )
    op.create_index(op.f("ix_import_draft_expires_at"), "import_draft", ["expires_at"], unique=False)
    op.create_index(op.f("ix_import_draft_person_id"), "import_draft", ["person_id"], unique=False)


def upgrade() -> None:
    op.add_column("offering", sa.Column("not_seen_since_on", sa.Date(), nullable=True))
    op.create_table(
        "import_mapping",
        sa.Column("zone_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("preset", sa.String(length=40), nullable=False),
        sa.Column("header_print", sa.String(length=64), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["zone_id"], ["zone.id"], name=op.f("fk_import_mapping_zone_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_mapping")),
        sa.UniqueConstraint("zone_id", "name", name="uq_import_mapping_name"),
    )
    op.drop_table("import_draft")
    _draft(
        sa.Column("stage", _enum(STAGES, "draft_stage"), nullable=False),
        sa.Column("preset", sa.String(length=40), nullable=False),
        sa.Column("outline", sa.JSON(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("mapping_name", sa.String(length=80), nullable=False),
        sa.Column("trouble", sa.String(length=300), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("import_draft")
    _draft()
    op.drop_table("import_mapping")
    op.drop_column("offering", "not_seen_since_on")
