"""Concerns and what was done about them, urgent looks, and the number that a Zone rings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.shared.append_only import append_only_ddl, append_only_undo_ddl

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE zone ADD COLUMN council_phone VARCHAR(30) DEFAULT '' NOT NULL")
    op.create_table("urgent_look",
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_urgent_look_child_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_urgent_look_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_urgent_look")),
    )
    op.create_index("ix_urgent_look_child", "urgent_look", ["child_id", "ends_at"])
    op.create_index("ix_urgent_look_person", "urgent_look", ["person_id", "ends_at"])
    op.create_table("concern",
        sa.Column("zone_id", sa.Uuid(), nullable=False),
        sa.Column("about_child_id", sa.Uuid(), nullable=True),
        sa.Column("about", sa.String(length=200), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("raised_by_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Enum("raised", "taken_up", "closed", name="concern_state", native_enum=False, create_constraint=True, length=24), nullable=False),
        sa.Column("taken_up_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(state = 'raised') = (taken_up_by_id IS NULL)", name=op.f("ck_concern_taken_up_by_somebody")),
        sa.ForeignKeyConstraint(["about_child_id"], ["child.id"], name=op.f("fk_concern_about_child_id")),
        sa.ForeignKeyConstraint(["raised_by_id"], ["person.id"], name=op.f("fk_concern_raised_by_id")),
        sa.ForeignKeyConstraint(["taken_up_by_id"], ["person.id"], name=op.f("fk_concern_taken_up_by_id")),
        sa.ForeignKeyConstraint(["zone_id"], ["zone.id"], name=op.f("fk_concern_zone_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concern")),
    )
    op.create_index("ix_concern_zone", "concern", ["zone_id", "state"])
    op.create_table("concern_note",
        sa.Column("concern_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["concern_id"], ["concern.id"], name=op.f("fk_concern_note_concern_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_concern_note_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concern_note")),
    )
    op.create_index(op.f("ix_concern_note_concern_id"), "concern_note", ["concern_id"])
    for statement in append_only_ddl("concern_note", op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    for statement in append_only_undo_ddl("concern_note", op.get_bind().dialect.name):
        op.execute(statement)
    for table in ("concern_note", "concern", "urgent_look"):
        op.drop_table(table)
    op.execute("ALTER TABLE zone DROP COLUMN council_phone")
