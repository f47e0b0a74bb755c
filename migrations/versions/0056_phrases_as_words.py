"""PostgreSQL's index of what is searched holds phrases as if they were words, and what stands in the title or tags by itself.

Asked for a phrase, it named everybody who has its words anywhere, and the text of each was looked through: two thirds of what a search cost
its server. A function that does nothing says that reading stems is dear, which had to be told PostgreSQL before and after each search.
The phrases come when the texts are read anew, as after every change of the schema; until then a search looks through texts.
"""

from __future__ import annotations

from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

_OF_THE_HEAD = "(SELECT array_agg('^' || stem) FROM unnest(tsvector_to_array(ts_filter(lexemes, '{a,b}'))) AS stem)"


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("DROP INDEX offering_search_head")
    op.execute("DROP INDEX offering_search")
    op.execute(
        "CREATE FUNCTION offering_stems(tsvector) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 10000 "
        "AS $$ BEGIN RETURN $1; END $$"
    )
    op.execute(f"UPDATE offering_text SET lexemes = array_to_tsvector(tsvector_to_array(lexemes) || {_OF_THE_HEAD})")
    op.execute("CREATE INDEX offering_search ON offering_text USING gin (offering_stems(lexemes)) WITH (fastupdate = off)")


def downgrade() -> None:
    """Places in the text as PostgreSQL counts them: near enough until the texts are read anew."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("DROP INDEX offering_search")
    op.execute("DROP FUNCTION offering_stems(tsvector)")
    op.execute(
        "UPDATE offering_text SET lexemes = setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('simple', tags), 'B') "
        "|| to_tsvector('simple', concat_ws(' ', needs, provider, place, facts, body))"
    )
    op.execute("CREATE INDEX offering_search ON offering_text USING gin (lexemes) WITH (fastupdate = off)")
    op.execute("CREATE INDEX offering_search_head ON offering_text USING gin (ts_filter(lexemes, '{a,b}')) WITH (fastupdate = off)")
