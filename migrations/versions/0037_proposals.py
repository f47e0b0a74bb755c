"""What partners would like to change about what children see waits as a before and after; a photo may wait with it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("proposal",
        sa.Column("zone_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Enum("words", "photo", "price", "publish", name="proposal_kind", native_enum=False, create_constraint=True, length=24), nullable=False),
        sa.Column("state", sa.Enum("waiting", "accepted", "returned", "replaced", "withdrawn", name="proposal_state", native_enum=False, create_constraint=True, length=24), nullable=False),
        sa.Column("subject_type", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state NOT IN ('accepted', 'returned') OR decided_by_id IS NOT NULL", name=op.f("ck_proposal_answer_has_a_name")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_proposal_decided_by_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_proposal_made_by_id")),
        sa.ForeignKeyConstraint(["offering_id"], ["offering.id"], name=op.f("fk_proposal_offering_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_proposal_organisation_id")),
        sa.ForeignKeyConstraint(["zone_id"], ["zone.id"], name=op.f("fk_proposal_zone_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    still_open = sa.text("state IN ('waiting', 'returned')")
    op.create_index("one_open_proposal", "proposal", ["kind", "subject_id"], unique=True, sqlite_where=still_open, postgresql_where=still_open)
    op.create_index("ix_proposal_zone_state", "proposal", ["zone_id", "state"])
    op.create_index(op.f("ix_proposal_organisation_id"), "proposal", ["organisation_id"])
    op.create_index(op.f("ix_proposal_offering_id"), "proposal", ["offering_id"])
    op.add_column("photo", sa.Column("is_waiting", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("photo", "is_waiting")
    op.drop_table("proposal")
