"""Taking personal text out of the trail without breaking its chain.

The lines stay: who did what, when, from which state to which. Reasons are emptied, and of the details only ids, numbers, dates and codes are
kept. Each line's rest is noted, and one entry, sealed like every other, vouches for all of them: whoever changes a line by hand and calls it
a redaction would need an entry that says so.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Collection, Iterable
from typing import Any

import sqlalchemy as sa

from app.audit.models import AuditEntry, Redaction, Sight
from app.shared.db import db, in_parts

_CODE = re.compile(r"[a-z0-9][a-z0-9_:.+-]*(?:T[0-9:.+-]+)?")
DIGEST = "redacted"


def take_out(*, child_id: uuid.UUID, subject_ids: Collection[uuid.UUID], own_words: Collection[str]) -> list[tuple[str, int, str]]:
    """Empty what people wrote in every line about a child, and in those about its things. (table, line, hash of the rest) of each one changed.

    `own_words` are the child's names in small letters: a code that is one of them goes as well.
    """
    changed: dict[tuple[str, int], None] = {}  # in order; a line may be found in two ways
    for where in (AuditEntry.child_id == child_id, *(AuditEntry.subject_id.in_(part) for part in in_parts(sorted(subject_ids)))):
        for row in db.session.execute(sa.select(AuditEntry.id, AuditEntry.reason, AuditEntry.details).where(where)).all():
            kept = scrubbed(row.details, own_words)
            line = (AuditEntry.__tablename__, row.id)
            if line not in changed and (row.reason or kept != row.details):
                db.session.execute(sa.update(AuditEntry).where(AuditEntry.id == row.id).values(reason="", details=kept))
                changed[line] = None
    for (sight_id,) in db.session.execute(sa.select(Sight.id).where(Sight.child_id == child_id, Sight.why != "")).all():
        db.session.execute(sa.update(Sight).where(Sight.id == sight_id).values(why=""))
        changed[Sight.__tablename__, sight_id] = None
    return [(table, row_id, rest_of(line_of(table, row_id))) for table, row_id in changed]


def vouch(entry: AuditEntry, lines: Iterable[tuple[str, int, str]]) -> None:
    """Note the redacted lines beside the entry whose details hold their digest."""
    db.session.flush()
    db.session.add_all(Redaction(of_table=table, row_id=row_id, rest=rest, entry_id=entry.id) for table, row_id, rest in lines)


def digest_of(lines: Iterable[tuple[str, int, str]]) -> str:
    text = "\n".join(f"{table} {row_id} {rest}" for table, row_id, rest in sorted(lines))
    return hashlib.sha256(text.encode()).hexdigest()


def scrubbed(details: dict[str, Any], own_words: Collection[str]) -> dict[str, Any]:
    """Only what says nothing of a person: numbers, ids, dates, codes in small letters."""
    return {key: value for key, raw in details.items() if (value := _kept(raw, own_words)) is not None}


def _kept(value: Any, own_words: Collection[str]) -> Any:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, str):
        return value if _CODE.fullmatch(value) and value not in own_words else None
    if isinstance(value, list):
        return [one for item in value if (one := _kept(item, own_words)) is not None]
    return scrubbed(value, own_words) if isinstance(value, dict) else None


def line_of(table: str, row_id: int) -> Any:
    model = AuditEntry if table == AuditEntry.__tablename__ else Sight
    return db.session.execute(sa.select(model.__table__).where(model.__table__.c.id == row_id)).one()


def rest_of(row: Any) -> str:
    values = {key: str(value) if not isinstance(value, (dict, list)) else value for key, value in row._mapping.items() if key != "seq"}  # noqa: SLF001
    return hashlib.sha256(json.dumps(values, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def vouched() -> dict[tuple[str, int], set[str]]:
    """The rests of all redacted lines for which a standing entry vouches."""
    by_entry: dict[int, list[tuple[str, int, str]]] = {}
    for row in db.session.execute(sa.select(Redaction.of_table, Redaction.row_id, Redaction.rest, Redaction.entry_id)):
        by_entry.setdefault(row.entry_id, []).append((row.of_table, row.row_id, row.rest))
    found: dict[tuple[str, int], set[str]] = {}
    for part in in_parts(sorted(by_entry)):
        for entry_id, details in db.session.execute(sa.select(AuditEntry.id, AuditEntry.details).where(AuditEntry.id.in_(part))):
            if details.get(DIGEST) == digest_of(by_entry[entry_id]):
                for table, row_id, rest in by_entry[entry_id]:
                    found.setdefault((table, row_id), set()).add(rest)
    return found
