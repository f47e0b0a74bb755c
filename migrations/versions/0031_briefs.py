"""Briefs: what no offering in the catalogue meets, put to partners without anything that could name the child; and their offers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

OPEN = sa.text("state = 'open'")
STANDING = sa.text("state IN ('offered', 'awarded')")


def upgrade() -> None:
    op.create_table(
        "brief",
        sa.Column("zone_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Enum("open", "awarded", "closed", name="brief_state", native_enum=False, create_constraint=True, length=24), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("days", sa.Text(), nullable=False),
        sa.Column("area", sa.String(length=120), nullable=False),
        sa.Column("year_group", sa.String(length=20), nullable=False),
        sa.Column("need_code", sa.String(length=60), nullable=False),
        sa.Column("sessions", sa.Integer(), nullable=False),
        sa.Column("budget_pence", sa.Integer(), nullable=False),
        sa.Column("goal", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("free_alternatives", sa.Text(), nullable=False),
        sa.Column("is_for_all", sa.Boolean(), nullable=False),
        sa.Column("offers_until", sa.Date(), nullable=False),
        sa.Column("written_by_id", sa.Uuid(), nullable=False),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.Column("commission_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("sessions > 0 AND budget_pence >= 0", name=op.f("ck_brief_numbers_in_range")),
        sa.CheckConstraint("state <> 'awarded' OR commission_id IS NOT NULL", name=op.f("ck_brief_award_has_commission")),
        sa.ForeignKeyConstraint(["zone_id"], ["zone.id"], name="fk_brief_zone_id"),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name="fk_brief_child_id"),
        sa.ForeignKeyConstraint(["written_by_id"], ["person.id"], name="fk_brief_written_by_id"),
        sa.ForeignKeyConstraint(["commission_id"], ["commission.id"], name="fk_brief_commission_id"),
        sa.PrimaryKeyConstraint("id", name="pk_brief"),
    )
    op.create_index("ix_brief_zone_state", "brief", ["zone_id", "state"])
    op.create_index("one_open_brief_per_child_and_need", "brief", ["child_id", "need_code"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_table(
        "brief_invite",
        sa.Column("brief_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["brief_id"], ["brief.id"], name="fk_brief_invite_brief_id"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_brief_invite_organisation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_brief_invite"),
        sa.UniqueConstraint("brief_id", "organisation_id", name="uq_brief_invite"),
    )
    op.create_table(
        "brief_offer",
        sa.Column("brief_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("practitioner_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Enum("offered", "withdrawn", "awarded", "declined", name="brief_offer_state", native_enum=False, create_constraint=True, length=24), nullable=False),
        sa.Column("price_pence", sa.Integer(), nullable=False),
        sa.Column("setup_pence", sa.Integer(), nullable=False),
        sa.Column("sessions", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("weekday", sa.String(length=3), nullable=False),
        sa.Column("starts", sa.String(length=5), nullable=False),
        sa.Column("ends", sa.String(length=5), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("offered_by_id", sa.Uuid(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("child_says", sa.String(length=10), nullable=False),
        sa.Column("parent_says", sa.String(length=10), nullable=False),
        sa.Column("their_words", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("price_pence >= 0 AND setup_pence >= 0 AND sessions > 0", name=op.f("ck_brief_offer_numbers_in_range")),
        sa.ForeignKeyConstraint(["brief_id"], ["brief.id"], name="fk_brief_offer_brief_id"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_brief_offer_organisation_id"),
        sa.ForeignKeyConstraint(["practitioner_id"], ["practitioner.id"], name="fk_brief_offer_practitioner_id"),
        sa.ForeignKeyConstraint(["offered_by_id"], ["person.id"], name="fk_brief_offer_offered_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_brief_offer"),
    )
    op.create_index("ix_brief_offer_organisation_id", "brief_offer", ["organisation_id"])
    op.create_index("one_offer_per_brief_and_organisation", "brief_offer", ["brief_id", "organisation_id"], unique=True, sqlite_where=STANDING, postgresql_where=STANDING)


def downgrade() -> None:
    op.drop_table("brief_offer")
    op.drop_table("brief_invite")
    op.drop_table("brief")
