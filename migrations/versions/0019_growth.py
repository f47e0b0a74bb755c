"""The circle's history, tags taken from notes, answers in faces, reviews of goals, the plan by term, the one-page profile."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

UUID = {"sqlite": "CHAR(32)", "postgresql": "UUID"}
COLUMNS = (("relationship", "origin_id", "{uuid}"), ("goal", "starting_point", "TEXT DEFAULT '' NOT NULL"), ("goal", "reached_on", "DATE"))
"""Added in plain SQL: both databases add a column in place, where Alembic would copy the whole table on SQLite."""

TABLES = ("one_page", "plan_saying", "plan_step", "goal_review", "help_answer", "note_tag", "relationship_moment")


def upgrade() -> None:
    kind = UUID[op.get_bind().dialect.name]
    for table, column, what in COLUMNS:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {what.format(uuid=kind)}")
    op.create_index("one_relationship_per_origin", "relationship", ["child_id", "origin_id"], unique=True)
    op.create_table('relationship_moment',
    sa.Column('relationship_id', sa.Uuid(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('closeness', sa.Enum('close', 'near', 'far', name='closeness', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('warmth', sa.Enum('warm', 'new', 'fading', 'ended', name='warmth', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['relationship_id'], ['relationship.id'], name=op.f('fk_relationship_moment_relationship_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_relationship_moment')),
    sa.UniqueConstraint('relationship_id', 'from_on', name='uq_relationship_moment_day')
    )
    op.create_table('note_tag',
    sa.Column('child_id', sa.Uuid(), nullable=False),
    sa.Column('note_id', sa.Uuid(), nullable=False),
    sa.Column('word', sa.String(length=80), nullable=False),
    sa.Column('place', sa.Enum('loves', 'helps', 'does_not', 'in_the_way', name='tag_place', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('state', sa.Enum('suggested', 'accepted', 'declined', name='tag_state', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('decided_on', sa.Date(), nullable=True),
    sa.Column('decided_by_id', sa.Uuid(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(state = 'suggested') = (decided_on IS NULL)", name=op.f('ck_note_tag_decided_has_a_day')),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_note_tag_child_id')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['person.id'], name=op.f('fk_note_tag_decided_by_id')),
    sa.ForeignKeyConstraint(['note_id'], ['listening_note.id'], name=op.f('fk_note_tag_note_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_note_tag')),
    sa.UniqueConstraint('note_id', 'word', name='uq_note_tag_word')
    )
    op.create_index('ix_note_tag_child', 'note_tag', ['child_id', 'state'], unique=False)
    op.create_table('help_answer',
    sa.Column('child_id', sa.Uuid(), nullable=False),
    sa.Column('face', sa.Integer(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('asked_on', sa.Date(), nullable=False),
    sa.Column('asked_by_id', sa.Uuid(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('face BETWEEN 1 AND 5', name=op.f('ck_help_answer_face_in_range')),
    sa.ForeignKeyConstraint(['asked_by_id'], ['person.id'], name=op.f('fk_help_answer_asked_by_id')),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_help_answer_child_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_help_answer')),
    sa.UniqueConstraint('child_id', 'asked_on', name='uq_help_answer_day')
    )
    op.create_table('goal_review',
    sa.Column('goal_id', sa.Uuid(), nullable=False),
    sa.Column('stars', sa.Integer(), nullable=True),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('is_seen_by_child', sa.Boolean(), nullable=False),
    sa.Column('reviewed_on', sa.Date(), nullable=False),
    sa.Column('heard_by_id', sa.Uuid(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("stars IS NOT NULL OR words <> ''", name=op.f('ck_goal_review_says_something')),
    sa.CheckConstraint('stars IS NULL OR stars BETWEEN 1 AND 5', name=op.f('ck_goal_review_stars_in_range')),
    sa.ForeignKeyConstraint(['goal_id'], ['goal.id'], name=op.f('fk_goal_review_goal_id')),
    sa.ForeignKeyConstraint(['heard_by_id'], ['person.id'], name=op.f('fk_goal_review_heard_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_goal_review'))
    )
    op.create_index(op.f('ix_goal_review_goal_id'), 'goal_review', ['goal_id'], unique=False)
    op.create_table('plan_step',
    sa.Column('child_id', sa.Uuid(), nullable=False),
    sa.Column('term_starts_on', sa.Date(), nullable=False),
    sa.Column('area', sa.String(length=10), nullable=False),
    sa.Column('text', sa.String(length=300), nullable=False),
    sa.Column('state', sa.Enum('planned', 'done', 'changed', name='step_state', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('why', sa.String(length=300), nullable=False),
    sa.Column('settled_on', sa.Date(), nullable=True),
    sa.Column('recorded_by_id', sa.Uuid(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state <> 'changed' OR why <> ''", name=op.f('ck_plan_step_changed_says_why')),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_plan_step_child_id')),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['person.id'], name=op.f('fk_plan_step_recorded_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_step'))
    )
    op.create_index('ix_plan_step_child', 'plan_step', ['child_id', 'term_starts_on'], unique=False)
    op.create_table('plan_saying',
    sa.Column('child_id', sa.Uuid(), nullable=False),
    sa.Column('term_starts_on', sa.Date(), nullable=False),
    sa.Column('voice', sa.Enum('child', 'parent', 'teacher', 'link_worker', name='plan_voice', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('said_by', sa.String(length=120), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('said_on', sa.Date(), nullable=False),
    sa.Column('recorded_by_id', sa.Uuid(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_plan_saying_child_id')),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['person.id'], name=op.f('fk_plan_saying_recorded_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_saying'))
    )
    op.create_index('ix_plan_saying_child', 'plan_saying', ['child_id', 'term_starts_on'], unique=False)
    op.create_table('one_page',
    sa.Column('child_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('about_me', sa.Text(), nullable=False),
    sa.Column('likes', sa.JSON(), nullable=False),
    sa.Column('helps', sa.Text(), nullable=False),
    sa.Column('does_not', sa.Text(), nullable=False),
    sa.Column('working_on', sa.JSON(), nullable=False),
    sa.Column('written_on', sa.Date(), nullable=False),
    sa.Column('approved_on', sa.Date(), nullable=True),
    sa.Column('read_by_id', sa.Uuid(), nullable=True),
    sa.Column('childs_word', sa.String(length=300), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('(approved_on IS NULL) = (read_by_id IS NULL)', name=op.f('ck_one_page_approved_says_who_read_it')),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_one_page_child_id')),
    sa.ForeignKeyConstraint(['read_by_id'], ['person.id'], name=op.f('fk_one_page_read_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_one_page')),
    sa.UniqueConstraint('child_id', 'version', name='uq_one_page_version')
    )
    op.create_index('one_draft_per_child', 'one_page', ['child_id'], unique=True, sqlite_where=sa.text('approved_on IS NULL'), postgresql_where=sa.text('approved_on IS NULL'))
    _begin_histories(op.get_bind())


def _begin_histories(bind: sa.Connection) -> None:
    """What is known of each relationship and goal becomes its first moment and its first review."""
    meta = sa.MetaData()
    tie, moment, goal, review = (sa.Table(name, meta, autoload_with=bind) for name in ("relationship", "relationship_moment", "goal", "goal_review"))
    now = datetime.now(UTC)
    ties = bind.execute(sa.select(tie.c.id, tie.c.since_on, tie.c.closeness, tie.c.warmth, tie.c.ended_on)).all()
    moments = [
        {"relationship_id": id_, "from_on": since, "closeness": close, "warmth": "warm" if ended and ended > since else warm}
        for id_, since, close, warm, ended in ties
    ] + [
        {"relationship_id": id_, "from_on": ended, "closeness": close, "warmth": "ended"} for id_, since, close, _, ended in ties if ended and ended > since
    ]
    goals = bind.execute(sa.select(goal.c.id, goal.c.stars, goal.c.review_words, goal.c.reviewed_on).where(goal.c.reviewed_on.is_not(None))).all()
    reviews = [
        {"goal_id": id_, "stars": stars, "words": words, "reviewed_on": on, "is_seen_by_child": False}
        for id_, stars, words, on in goals if stars is not None or words
    ]
    for table, rows in ((moment, moments), (review, reviews)):
        if rows:
            bind.execute(table.insert(), [{"id": _key(bind), "created_at": now, **row} for row in rows])


def _key(bind: sa.Connection) -> object:
    """A new key as this table reflects it: SQLite knows UUIDs as 32 characters."""
    return uuid.uuid4().hex if bind.dialect.name == "sqlite" else uuid.uuid4()


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    op.drop_index("one_relationship_per_origin", table_name="relationship")
    for table, column, _ in reversed(COLUMNS):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
