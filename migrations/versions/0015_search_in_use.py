"""Search in use: finer facets, words laid over the lexicon, saved searches, what was not found."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from app.shared.append_only import append_only_ddl, append_only_undo_ddl

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
FEATURES = ("step-free", "quiet-space", "accessible-toilet", "send-trained-staff", "transport-provided", "bsl-interpreter")


def upgrade() -> None:
    for column in (
        sa.Column("times", sa.Integer(), nullable=False, server_default="0"), sa.Column("access", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("interests", sa.Text(), nullable=False, server_default=""),
        sa.Column("town", sa.String(length=120), nullable=False, server_default=""),
    ):
        op.add_column("offering_text", column)
    _fill(op.get_bind())
    op.create_table('lexicon_concept',
    sa.Column('key', sa.String(length=120), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('same', sa.JSON(), nullable=False),
    sa.Column('near', sa.JSON(), nullable=False),
    sa.Column('needs', sa.JSON(), nullable=False),
    sa.Column('without', sa.JSON(), nullable=False),
    sa.Column('is_on', sa.Boolean(), nullable=False),
    sa.Column('source', sa.Enum('kith', 'csv', 'openactive', name='word_source', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lexicon_concept')),
    sa.UniqueConstraint('key', name=op.f('uq_lexicon_concept_key'))
    )
    op.create_table('lexicon_change',
    sa.Column('stamp', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.Enum('saved', 'switched_on', 'switched_off', 'forgotten', 'imported', 'undone', name='change_kind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('what', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=True),
    sa.Column('person_name', sa.String(length=120), nullable=False),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.Column('after', sa.JSON(), nullable=False),
    sa.Column('undoes_id', sa.Uuid(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_lexicon_change_person_id')),
    sa.ForeignKeyConstraint(['undoes_id'], ['lexicon_change.id'], name=op.f('fk_lexicon_change_undoes_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lexicon_change')),
    sa.UniqueConstraint('undoes_id', name=op.f('uq_lexicon_change_undoes_id'))
    )
    op.create_table('search_miss',
    sa.Column('zone_id', sa.Uuid(), nullable=False),
    sa.Column('on_day', sa.Date(), nullable=False),
    sa.Column('role', sa.Enum('link_worker', 'partner_admin', 'practitioner', 'budget_holder', 'zone_manager', 'school_lead', 'safeguarding_lead', 'funder', 'administrator', name='role', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('kind', sa.Enum('nothing', 'near', 'corrected', name='miss_kind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('typed', sa.String(length=200), nullable=False),
    sa.Column('taken_as', sa.String(length=200), nullable=False),
    sa.Column('asked', sa.String(length=400), nullable=False),
    sa.Column('times', sa.Integer(), nullable=False),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('times > 0', name=op.f('ck_search_miss_counted')),
    sa.ForeignKeyConstraint(['zone_id'], ['zone.id'], name=op.f('fk_search_miss_zone_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_search_miss')),
    sa.UniqueConstraint('zone_id', 'on_day', 'role', 'kind', 'typed', 'asked', name='uq_search_miss_once_a_day')
    )
    op.create_index('ix_search_miss_zone_day', 'search_miss', ['zone_id', 'on_day'], unique=False)
    op.create_table('gap_note',
    sa.Column('zone_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('typed', sa.String(length=200), nullable=False),
    sa.Column('asked', sa.String(length=400), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_by_id', sa.Uuid(), nullable=True),
    sa.Column('closed_why', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('(closed_at IS NULL) = (closed_by_id IS NULL)', name=op.f('ck_gap_note_closed_by_somebody')),
    sa.ForeignKeyConstraint(['closed_by_id'], ['person.id'], name=op.f('fk_gap_note_closed_by_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_gap_note_person_id')),
    sa.ForeignKeyConstraint(['zone_id'], ['zone.id'], name=op.f('fk_gap_note_zone_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_gap_note'))
    )
    op.create_index('ix_gap_note_zone', 'gap_note', ['zone_id', 'closed_at'], unique=False)
    op.create_table('saved_search',
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('zone_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('asked', sa.String(length=1000), nullable=False),
    sa.Column('is_told', sa.Boolean(), nullable=False),
    sa.Column('swept_on', sa.Date(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_saved_search_person_id')),
    sa.ForeignKeyConstraint(['zone_id'], ['zone.id'], name=op.f('fk_saved_search_zone_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_search')),
    sa.UniqueConstraint('person_id', 'zone_id', 'name', name='uq_saved_search_name')
    )
    op.create_index('ix_saved_search_swept', 'saved_search', ['is_told', 'swept_on'], unique=False)
    op.create_table('saved_search_offer',
    sa.Column('saved_search_id', sa.Uuid(), nullable=False),
    sa.Column('offering_id', sa.Uuid(), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['offering_id'], ['offering.id'], name=op.f('fk_saved_search_offer_offering_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['saved_search_id'], ['saved_search.id'], name=op.f('fk_saved_search_offer_saved_search_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_search_offer')),
    sa.UniqueConstraint('saved_search_id', 'offering_id', name='uq_saved_search_offer_once')
    )
    op.create_index(op.f('ix_saved_search_offer_offering_id'), 'saved_search_offer', ['offering_id'], unique=False)
    op.create_table('opened_view',
    sa.Column('zone_id', sa.Uuid(), nullable=False),
    sa.Column('to_zone_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('zone_id <> to_zone_id', name=op.f('ck_opened_view_two_zones')),
    sa.ForeignKeyConstraint(['to_zone_id'], ['zone.id'], name=op.f('fk_opened_view_to_zone_id')),
    sa.ForeignKeyConstraint(['zone_id'], ['zone.id'], name=op.f('fk_opened_view_zone_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_opened_view')),
    sa.UniqueConstraint('zone_id', 'to_zone_id', name='uq_opened_view_pair')
    )
    op.create_index(op.f('ix_opened_view_to_zone_id'), 'opened_view', ['to_zone_id'], unique=False)
    for statement in append_only_ddl("lexicon_change", op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    for statement in append_only_undo_ddl("lexicon_change", op.get_bind().dialect.name):
        op.execute(statement)
    for table in ("opened_view", "saved_search_offer", "saved_search", "gap_note", "search_miss", "lexicon_change", "lexicon_concept"):
        op.drop_table(table)
    for name in ("town", "interests", "access", "times"):
        op.drop_column("offering_text", name)


def _fill(connection: sa.Connection) -> None:
    """What the offerings of an installation that is in use say about times, access, interests and town."""
    offering = sa.table(
        "offering", sa.column("id", sa.Uuid()), sa.column("slots", sa.JSON()), sa.column("accessibility", sa.JSON()),
        sa.column("is_step_free", sa.Boolean()), sa.column("interests", sa.JSON()), sa.column("town", sa.String()),
    )
    text = sa.table(
        "offering_text", sa.column("offering_id", sa.Uuid()), sa.column("times", sa.Integer()), sa.column("access", sa.Integer()),
        sa.column("interests", sa.Text()), sa.column("town", sa.String()),
    )
    rows = connection.execute(sa.select(offering).join(text, text.c.offering_id == offering.c.id)).all()
    found = [
        {
            "of": row.id, "times": _times(row.slots), "access": _access(row.accessibility, row.is_step_free),
            "interests": _listed(row.interests), "town": " ".join(row.town.casefold().split()),
        }
        for row in rows
    ]
    if found:
        wanted = {name: sa.bindparam(name) for name in ("times", "access", "interests", "town")}
        connection.execute(sa.update(text).where(text.c.offering_id == sa.bindparam("of", type_=sa.Uuid())).values(**wanted), found)


def _times(slots: list[dict[str, Any]]) -> int:
    mask = 0
    for slot in slots:
        if slot["day"] in DAYS:
            mask |= 1 << (4 * DAYS.index(slot["day"]) + sum(str(slot["start"]) >= at for at in ("09:00", "15:00", "17:30")))
    return mask


def _access(features: list[str], is_step_free: bool) -> int:
    return sum(1 << n for n, name in enumerate(FEATURES) if name in features or (n == 0 and is_step_free))


def _listed(values: list[str]) -> str:
    tidy = [t for t in dict.fromkeys(" ".join(value.replace("|", "/").casefold().split()) for value in values) if t]
    return f"|{'|'.join(tidy)}|" if tidy else ""
