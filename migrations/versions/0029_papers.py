"""Documents as files, agreements signed by both sides, the safeguarding lead's counter-signature, and what a lapse did by itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

KINDS = (
    "public_liability", "safeguarding_policy", "dbs", "risk_assessment", "data_agreement", "shared_values", "behaviour_agreement",
)
STATES = ("invited", "applying", "in_review", "approved", "live", "restricted", "suspended", "left")


def row(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False), sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def key(table: str, column: str, to: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column(column, sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}")),
    ]


def upgrade() -> None:
    op.create_table(
        "paper", *row("paper"), *key("paper", "document_id", "document"), *key("paper", "added_by_id", "person"),
        sa.Column("name", sa.String(length=40), nullable=False), sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.UniqueConstraint("document_id", name=op.f("uq_paper_document_id")), sa.UniqueConstraint("name", name=op.f("uq_paper_name")),
        sa.CheckConstraint("size > 0", name=op.f("ck_paper_size_positive")),
    )
    op.create_table(
        "agreement", *row("agreement"), *key("agreement", "zone_id", "zone"), *key("agreement", "published_by_id", "person"),
        sa.Column("kind", sa.Enum(*KINDS, name="document_kind", native_enum=False, create_constraint=True, length=24), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False), sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sign_by_on", sa.Date(), nullable=True),
        sa.UniqueConstraint("zone_id", "kind", "number", name="uq_agreement_number"),
        sa.CheckConstraint("kind IN ('shared_values', 'behaviour_agreement')", name=op.f("ck_agreement_is_signed")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_agreement_number_positive")),
    )
    op.create_table(
        "agreement_signature", *row("agreement_signature"), *key("agreement_signature", "agreement_id", "agreement"),
        *key("agreement_signature", "organisation_id", "organisation"), *key("agreement_signature", "person_id", "person"),
        sa.Column("is_partner", sa.Boolean(), nullable=False), sa.Column("name", sa.String(length=120), nullable=False),
        sa.UniqueConstraint("agreement_id", "organisation_id", "is_partner", name="uq_agreement_signature_side"),
    )
    op.create_index(op.f("ix_agreement_signature_organisation_id"), "agreement_signature", ["organisation_id"])
    op.create_table(
        "counter_signature", *row("counter_signature"), *key("counter_signature", "organisation_id", "organisation"),
        *key("counter_signature", "person_id", "person"), sa.Column("words", sa.Text(), nullable=False),
    )
    op.create_index(op.f("ix_counter_signature_organisation_id"), "counter_signature", ["organisation_id"])
    op.create_table(
        "lapse", *row("lapse"), *key("lapse", "organisation_id", "organisation"),
        sa.Column("came_from", sa.Enum(*STATES, name="partner_state", native_enum=False, create_constraint=True, length=24), nullable=False),
        sa.Column("went_to", sa.String(length=24), nullable=False), sa.Column("why", sa.Text(), nullable=False),
        sa.Column("began_on", sa.Date(), nullable=False), sa.Column("ended_on", sa.Date(), nullable=True),
        sa.CheckConstraint("ended_on IS NULL OR began_on <= ended_on", name=op.f("ck_lapse_days_in_order")),
    )
    op.create_index(
        "one_open_lapse_per_organisation", "lapse", ["organisation_id"], unique=True,
        sqlite_where=sa.text("ended_on IS NULL"), postgresql_where=sa.text("ended_on IS NULL"),
    )


def downgrade() -> None:
    for table in ("lapse", "counter_signature", "agreement_signature", "agreement", "paper"):
        op.drop_table(table)
