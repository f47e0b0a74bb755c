"""Places with one price, what each session is worth once it has a register, and changes of price and of dates."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

ADDS_UP = "total_pence = sessions * price_pence + setup_pence"
ADDS_UP_NOW = (
    "total_pence = setup_pence + CASE WHEN basis = 'place' THEN price_pence ELSE kept_pence + (sessions - kept_sessions) * price_pence END"
)


def upgrade() -> None:
    with op.batch_alter_table("commission") as commission:
        commission.add_column(sa.Column("basis", sa.String(24), nullable=False, server_default="session"))
        commission.add_column(sa.Column("kept_sessions", sa.Integer(), nullable=False, server_default="0"))
        commission.add_column(sa.Column("kept_pence", sa.Integer(), nullable=False, server_default="0"))
        commission.drop_constraint(op.f("ck_commission_total_adds_up"), type_="check")
        commission.create_check_constraint(op.f("ck_commission_total_adds_up"), ADDS_UP_NOW)
        commission.create_check_constraint(op.f("ck_commission_kept_in_range"), "kept_sessions BETWEEN 0 AND sessions AND kept_pence >= 0")
        commission.create_check_constraint(op.f("ck_commission_tariff_basis"), "basis IN ('session', 'place')")
    op.create_table(
        "session_price",
        sa.Column("commission_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("tariff_id", sa.Uuid(), nullable=False),
        sa.Column("before_pence", sa.Integer(), nullable=False),
        sa.Column("over_sessions", sa.Integer(), nullable=False),
        sa.Column("pence", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("pence >= 0 AND before_pence >= 0 AND over_sessions > 0", name=op.f("ck_session_price_numbers_in_range")),
        sa.ForeignKeyConstraint(["commission_id"], ["commission.id"], name=op.f("fk_session_price_commission_id")),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name=op.f("fk_session_price_session_id")),
        sa.ForeignKeyConstraint(["tariff_id"], ["tariff.id"], name=op.f("fk_session_price_tariff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_price")),
        sa.UniqueConstraint("commission_id", "session_id", name="uq_session_price"),
    )
    op.create_index("ix_session_price_session_id", "session_price", ["session_id"])
    _keep_what_was_earned()
    with op.batch_alter_table("variation") as variation:
        for column, table in (("tariff_id", "tariff"), ("was_tariff_id", "tariff"), ("cohort_id", "cohort"), ("was_cohort_id", "cohort")):
            variation.add_column(sa.Column(column, sa.Uuid(), nullable=True))
            variation.create_foreign_key(op.f(f"fk_variation_{column}"), table, [column], ["id"])
        variation.drop_constraint(op.f("ck_variation_sessions_change"), type_="check")
        variation.create_check_constraint(
            op.f("ck_variation_something_changes"),
            "sessions > 0 AND (sessions <> was_sessions OR tariff_id IS NOT NULL OR cohort_id IS NOT NULL)",
        )


def _keep_what_was_earned() -> None:
    """Until now every session was worth its commission's price."""
    bind = op.get_bind()
    found = bind.execute(sa.text(
        "SELECT DISTINCT p.commission_id, p.session_id, c.tariff_id, c.price_pence, c.requested_at FROM posting p "
        "JOIN journal j ON j.id = p.journal_id JOIN commission c ON c.id = p.commission_id "
        "WHERE p.session_id IS NOT NULL AND j.kind = 'accrual'"
    )).all()
    dialect_uuid = sa.Uuid()
    price = sa.table("session_price", *(
        sa.column(name, kind) for name, kind in (
            ("id", dialect_uuid), ("commission_id", dialect_uuid), ("session_id", dialect_uuid), ("tariff_id", dialect_uuid),
            ("before_pence", sa.Integer()), ("over_sessions", sa.Integer()), ("pence", sa.BigInteger()),
            ("created_at", sa.DateTime(timezone=True)),
        )
    ))
    rows = [
        {
            "id": uuid.uuid4(), "commission_id": _uuid(row[0]), "session_id": _uuid(row[1]), "tariff_id": _uuid(row[2]), "before_pence": 0,
            "over_sessions": 1, "pence": row[3], "created_at": _instant(row[4]),
        } for row in found
    ]
    if rows:
        bind.execute(price.insert(), rows)


def _uuid(value: object) -> uuid.UUID:
    return value if isinstance(value, uuid.UUID) else uuid.UUID(str(value))


def _instant(value: object) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value)) if value else datetime.now(UTC)


def downgrade() -> None:
    op.execute("DELETE FROM decision WHERE variation_id IN (SELECT id FROM variation WHERE sessions = was_sessions)")
    op.execute("DELETE FROM variation WHERE sessions = was_sessions")
    with op.batch_alter_table("variation") as variation:
        variation.drop_constraint(op.f("ck_variation_something_changes"), type_="check")
        for column in ("tariff_id", "was_tariff_id", "cohort_id", "was_cohort_id"):
            variation.drop_constraint(op.f(f"fk_variation_{column}"), type_="foreignkey")
            variation.drop_column(column)
        variation.create_check_constraint(op.f("ck_variation_sessions_change"), "sessions > 0 AND sessions <> was_sessions")
    op.drop_table("session_price")
    op.execute(
        "UPDATE commission SET sessions = 1, kept_sessions = 0, kept_pence = 0, basis = 'session', price_pence = total_pence - setup_pence "
        "WHERE total_pence <> sessions * price_pence + setup_pence"
    )
    with op.batch_alter_table("commission") as commission:
        for name in ("total_adds_up", "kept_in_range", "tariff_basis"):
            commission.drop_constraint(op.f(f"ck_commission_{name}"), type_="check")
        for column in ("basis", "kept_sessions", "kept_pence"):
            commission.drop_column(column)
        commission.create_check_constraint(op.f("ck_commission_total_adds_up"), ADDS_UP)
