"""The school year in which a child's year of school was written down, so that it moves up each September. Until now nothing said when; the day on
which the child was added is the earliest it can be."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("child") as child:
        child.add_column(sa.Column("school_year_of", sa.Integer(), nullable=True))
    year, month = sa.extract("year", sa.column("created_at")), sa.extract("month", sa.column("created_at"))
    child_table = sa.table("child", sa.column("school_year"), sa.column("school_year_of"), sa.column("created_at", sa.DateTime()))
    op.execute(
        child_table.update().where(child_table.c.school_year != "").values(school_year_of=sa.case((month >= 9, year), else_=year - 1)),
    )


def downgrade() -> None:
    with op.batch_alter_table("child") as child:
        child.drop_column("school_year_of")
