"""PostgreSQL keeps an offering's stems in its row, and its indices over them up to date at once.

A row of more than 2 kB had its stems put aside, where each look at them is several reads: two thirds of checking a phrase. What is read
for the words of a Zone alone is put aside instead. New entries of the indices stood in an unsorted list that every search went through.
"""

from __future__ import annotations

from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

INDICES = ("offering_search", "offering_search_head")


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("ALTER TABLE offering_text SET (parallel_workers = 0)")
    op.execute("ALTER TABLE offering_text ALTER COLUMN lexemes SET STORAGE MAIN")
    for index in INDICES:
        op.execute(f"DROP INDEX {index}")
    op.execute("UPDATE offering_text SET lexemes = ts_filter(lexemes, '{a,b,c,d}')")
    op.execute("CREATE INDEX offering_search ON offering_text USING gin (lexemes) WITH (fastupdate = off)")
    op.execute("CREATE INDEX offering_search_head ON offering_text USING gin (ts_filter(lexemes, '{a,b}')) WITH (fastupdate = off)")


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for index in INDICES:
        op.execute(f"ALTER INDEX {index} RESET (fastupdate)")
    op.execute("ALTER TABLE offering_text ALTER COLUMN lexemes SET STORAGE EXTENDED")
    op.execute("ALTER TABLE offering_text RESET (parallel_workers)")
