"""Complaints about how data is handled, and breaches, with what was done about each."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.shared.append_only import RESEALED, append_only_ddl, append_only_undo_ddl

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

NOTE = ("case_id", "person_id", "words", "id", "created_at")


def upgrade() -> None:
    op.create_table(
        "data_case",
        sa.Column("id", sa.Uuid(), nullable=False), sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("zone_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Enum("complaint", "breach", name="case_kind", native_enum=False, create_constraint=True, length=24), nullable=False),
        sa.Column("state", sa.Enum("open", "answered", "closed", name="case_state", native_enum=False, create_constraint=True, length=24), nullable=False),
        sa.Column("words", sa.Text(), nullable=False), sa.Column("known_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False), sa.Column("raised_by_id", sa.Uuid(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False), sa.Column("answered_at", sa.DateTime(timezone=True)), sa.Column("answered_by_id", sa.Uuid()),
        sa.Column("is_ico_told", sa.Boolean()), sa.Column("are_people_told", sa.Boolean()),
        sa.PrimaryKeyConstraint("id", name="pk_data_case"),
        sa.ForeignKeyConstraint(["zone_id"], ["zone.id"], name="fk_data_case_zone_id"),
        sa.ForeignKeyConstraint(["raised_by_id"], ["person.id"], name="fk_data_case_raised_by_id"),
        sa.ForeignKeyConstraint(["answered_by_id"], ["person.id"], name="fk_data_case_answered_by_id"),
        sa.CheckConstraint("(state = 'open') = (answered_at IS NULL) AND (answered_at IS NULL) = (answered_by_id IS NULL)", name=op.f("ck_data_case_answered_by_somebody")),
        sa.CheckConstraint("(kind = 'breach' AND state <> 'open') = (is_ico_told IS NOT NULL) AND (is_ico_told IS NULL) = (are_people_told IS NULL)", name=op.f("ck_data_case_a_breach_is_decided")),
    )
    op.create_index("ix_data_case_zone", "data_case", ["zone_id", "state"])
    op.create_table(
        "data_case_note",
        sa.Column("id", sa.Uuid(), nullable=False), sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False), sa.Column("person_id", sa.Uuid(), nullable=False), sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_data_case_note"),
        sa.ForeignKeyConstraint(["case_id"], ["data_case.id"], name="fk_data_case_note_case_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_data_case_note_person_id"),
    )
    op.create_index("ix_data_case_note_case_id", "data_case_note", ["case_id"])
    for statement in append_only_ddl("data_case_note", op.get_bind().dialect.name, NOTE, {"words": RESEALED}):
        op.execute(statement)


def downgrade() -> None:
    for statement in append_only_undo_ddl("data_case_note", op.get_bind().dialect.name):
        op.execute(statement)
    op.drop_table("data_case_note")
    op.drop_table("data_case")
