"""What people wrote about a child, and how carers are reached, lie sealed; seeds of apps take the data keys; and what only grows may have its
free text resealed or emptied, and nothing else."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from app.shared import sealing
from app.shared.append_only import EMPTIED, RESEALED, SHORTENED, append_only_ddl, append_only_undo_ddl

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

TEXTS = {
    "child": ("aspiration", "what_helps", "what_does_not", "must_know", "link_worker_note", "goals_text", "barriers"),
    "voice": ("words",), "listening_note": ("text",), "need": ("starting_point",), "goal": ("words", "review_words", "starting_point"),
    "relationship": ("note",), "carer": ("name", "phone", "email"), "consent": ("withdrawn_why",), "refusal": ("why",),
    "help_answer": ("words",), "goal_review": ("words",), "plan_step": ("text", "why"), "plan_saying": ("words",),
    "one_page": ("about_me", "helps", "does_not", "childs_word"), "selection_decision": ("reason",),
    "teacher_view": ("going_well", "next_step"), "consent_objection": ("words", "lifted_why"),
    "gillick_note": ("understood", "why_not_parent", "decision_note"), "urgent_look": ("why",), "concern": ("about", "words"),
    "concern_note": ("words",),
    "introduction": (
        "why", "who_goes_along", "not_yet_why", "asked_note", "decline_note", "meeting_place", "meeting_people", "trusted_adult", "met_people",
        "met_words", "outcome", "next_step", "end_note",
    ),
    "view": ("words", "words_in_english"), "introduction_message": ("words",), "still_going": ("words",),
    "mark": ("note", "reason"), "follow_up": ("words",), "disagreement": ("note",),
    "commission": ("goal", "why", "question", "answer", "closing_note"),
}
LENGTHS = {
    ("relationship", "note"): 300, ("carer", "name"): 120, ("carer", "phone"): 30, ("carer", "email"): 254, ("plan_step", "text"): 300,
    ("plan_step", "why"): 300, ("one_page", "childs_word"): 300, ("concern", "about"): 200, ("introduction", "who_goes_along"): 120,
    ("introduction", "meeting_place"): 200, ("introduction", "meeting_people"): 300, ("introduction", "trusted_adult"): 120,
    ("introduction", "met_people"): 300,
}
"""Columns that PostgreSQL must not hold to their length any more; SQLite never did."""
FILES = ("import_draft", "school_import")
GROWING: dict[str, Mapping[str, str]] = {
    "mark": {"note": RESEALED, "reason": RESEALED}, "follow_up": {"words": RESEALED}, "concern_note": {"words": RESEALED},
    "audit_entry": {"reason": EMPTIED, "details": SHORTENED}, "sight": {"why": EMPTIED},
}
AT_ONCE = 500


def upgrade() -> None:
    _unguard()
    if op.get_bind().dialect.name == "postgresql":
        for (table, column), length in LENGTHS.items():
            op.alter_column(table, column, type_=sa.Text(), existing_type=sa.String(length), existing_nullable=False)
    for table, columns in TEXTS.items():
        for column in columns:
            place = f"{table}.{column}"
            _change(table, column, sa.Text(), lambda text, place=place: sealing.seal_text(text, place) if text else text)
    for table in FILES:
        _change(table, "content", sa.LargeBinary(), lambda raw, place=f"{table}.content": sealing.seal_bytes(raw, place))
    _seeds(lambda raw, person_id: sealing.seal_bytes(_open_seed(raw, person_id), f"authenticator_app:{person_id}"))
    _guard(GROWING)


def downgrade() -> None:
    _unguard()
    for table, columns in TEXTS.items():
        for column in columns:
            place = f"{table}.{column}"
            _change(table, column, sa.Text(), lambda text, place=place: sealing.unseal_text(text, place) if text else text)
    for table in FILES:
        _change(table, "content", sa.LargeBinary(), lambda raw, place=f"{table}.content": sealing.unseal_bytes(raw, place))
    _seeds(lambda raw, person_id: _close_seed(sealing.unseal_bytes(raw, f"authenticator_app:{person_id}"), person_id))
    if op.get_bind().dialect.name == "postgresql":
        for (table, column), length in LENGTHS.items():
            op.alter_column(table, column, type_=sa.String(length), existing_type=sa.Text(), existing_nullable=False)
    _guard({table: {} for table in GROWING})


def _unguard() -> None:
    for table in GROWING:
        for statement in append_only_undo_ddl(table, op.get_bind().dialect.name):
            op.execute(statement)


def _guard(tables: Mapping[str, Mapping[str, str]]) -> None:
    inspector = sa.inspect(op.get_bind())
    for table, may in tables.items():
        columns = [column["name"] for column in inspector.get_columns(table)]
        for statement in append_only_ddl(table, op.get_bind().dialect.name, columns, may):
            op.execute(statement)


def _change(table: str, column: str, kind: Any, change: Callable[[Any], Any]) -> None:
    """Every value of a column, in parts, in the order of the keys."""
    rows = sa.table(table, sa.column("id", sa.Uuid()), sa.column(column, kind))
    value, after, bind = rows.c[column], None, op.get_bind()
    statement = sa.update(rows).where(rows.c.id == sa.bindparam("row_id", type_=sa.Uuid())).values({column: sa.bindparam("changed", type_=kind)})
    while True:
        some = sa.select(rows.c.id, value).where(value.is_not(None)).order_by(rows.c.id).limit(AT_ONCE)
        found = bind.execute(some if after is None else some.where(rows.c.id > after)).all()
        changed = [{"row_id": row[0], "changed": change(row[1])} for row in found if row[1]]
        if changed:
            bind.execute(statement, changed)
        if len(found) < AT_ONCE:
            return
        after = found[-1][0]


def _seeds(change: Callable[[bytes, uuid.UUID], bytes]) -> None:
    """A seed that does not open is left as it lies: its person sets up the app anew, as before."""
    rows = sa.table("authenticator_app", sa.column("id", sa.Uuid()), sa.column("person_id", sa.Uuid()), sa.column("sealed_seed", sa.LargeBinary()))
    for row in op.get_bind().execute(sa.select(rows)).all():
        try:
            changed = change(row.sealed_seed, row.person_id)
        except (InvalidTag, sealing.CannotOpen):
            continue
        op.get_bind().execute(sa.update(rows).where(rows.c.id == row.id).values(sealed_seed=changed))


def _old_key() -> AESGCM:
    secret = str(current_app.secret_key).encode()
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=b"kith.accounts.totp").derive(secret))


def _open_seed(raw: bytes, person_id: uuid.UUID) -> bytes:
    return _old_key().decrypt(raw[:12], raw[12:], person_id.bytes)


def _close_seed(seed: bytes, person_id: uuid.UUID) -> bytes:
    nonce = os.urandom(12)
    return nonce + _old_key().encrypt(nonce, seed, person_id.bytes)
