"""Seals over the trail: what was written down cannot be changed, or taken away, without its being found and named.

Writers only append. The worker seals what has come since, a few times a minute at most: each seal is a SHA-256 over the seal before and
the whole line, and the end of the chain is signed with a key made from KITH_SECRET_KEY and kept in a file beside the database as well.
Found: a changed line (named), a line taken away (named), a chain made anew (the signature), an end cut off (the file). Not found: a line
changed or taken away before it was sealed, which takes a minute at the most while the worker runs; and whoever has the database, the
secret and the file can forge all three, so `kith audit head` prints the head to be kept elsewhere. A line whose personal text was taken out
by an erasure (redacting.py) keeps the seal of what it was; a sealed entry vouches for what is left of it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app.audit import redacting
from app.audit.models import AuditEntry, Head, Seal, Sight
from app.shared import clock
from app.shared.db import Base, atomic, db
from config import Settings

HEAD_FILES = "audit-head-*.json"
BATCH = 2_000
LATE = 10_000
"""A writer may commit after a later number was sealed: so far back the sealer looks for lines it has missed."""
START = "0" * 64
TABLES: tuple[tuple[type[AuditEntry] | type[Sight], str], ...] = ((AuditEntry, "audit_entry"), (Sight, "sight"))


def head_file(settings: Settings) -> Path:
    """Where the head is kept beside the database: one file for each database that this data directory has served."""
    address = sa.make_url(settings.database_url).render_as_string(hide_password=True)
    return settings.data_dir / HEAD_FILES.replace("*", hashlib.sha256(address.encode()).hexdigest()[:12])


def seal_all(*, secret: str, head_file: Path) -> int:
    """Seal what has come since the last time. How many lines. Safe to run twice at once: one waits for the other."""
    sealed = 0
    while True:
        number = _seal_some(secret)
        sealed += number
        if number < BATCH:
            break
    head = last_head()
    if sealed and head is not None:
        _write_head(head, head_file)
    return sealed


def last_head() -> Head | None:
    return db.session.scalar(sa.select(Head).order_by(Head.seq.desc()).limit(1))


def head_line(head: Head) -> str:
    return json.dumps({"seq": head.seq, "hash": head.hash, "at": _utc(head.at)})


def broken(*, secret: str, head_file: Path) -> str | None:
    """What is wrong with the chain, in words and by number, or None."""
    wrong = _broken_line() or _broken_head(secret)
    if wrong is None and head_file.exists():
        kept = json.loads(head_file.read_text())
        if not _stands_now(kept["seq"], kept["hash"]) and not _began_after(datetime.fromisoformat(kept["at"])):
            wrong = f"the chain no longer has what its head of {kept['at']} (number {kept['seq']}) vouched for"
    return wrong


def _stands_now(seq: int, link: str) -> bool:
    """Looked up outside this transaction: the worker may have sealed, and written its head, since this one began to look."""
    with db.engine.connect() as now:
        return now.scalar(sa.select(Seal.hash).where(Seal.seq == seq)) == link


def _began_after(at: datetime) -> bool:
    """Nothing here is as old as that: the file is an earlier database's, which stood at the same address."""
    first = db.session.scalar(sa.select(sa.func.min(Head.at))) or db.session.scalar(sa.select(sa.func.min(AuditEntry.at)))
    return first is None or first > at


def _seal_some(secret: str) -> int:
    with atomic():
        if db.engine.dialect.name == "postgresql":
            db.session.execute(sa.text("LOCK TABLE audit_seal IN EXCLUSIVE MODE"))
        last = db.session.execute(sa.select(Seal.seq, Seal.hash).order_by(Seal.seq.desc()).limit(1)).first()
        seq, link = (last.seq, last.hash) if last else (0, START)
        seals: list[dict[str, object]] = []
        for model, name in TABLES:
            for row in _unsealed(model, name, BATCH - len(seals)):
                seq, link = seq + 1, _link(link, row)
                seals.append({"seq": seq, "of_table": name, "row_id": row.id, "hash": link})
        if seals:
            db.session.execute(sa.insert(Seal), seals)
            db.session.add(Head(seq=seq, at=clock.now(), hash=link, signature=_sign(secret, seq, link)))
        return len(seals)


def _unsealed(model: type[AuditEntry] | type[Sight], name: str, limit: int) -> list[Any]:
    newest = db.session.scalar(sa.select(sa.func.max(Seal.row_id)).where(Seal.of_table == name)) or 0
    has_seal = sa.exists().where(Seal.of_table == name, Seal.row_id == model.id)
    statement = sa.select(model.__table__).where(model.id > newest - LATE, ~has_seal).order_by(model.id).limit(limit)
    return list(db.session.execute(statement))


def _link(before: str, row: Any) -> str:
    text = json.dumps({key: _plain(value) for key, value in row._mapping.items()}, sort_keys=True, ensure_ascii=False)  # noqa: SLF001
    return hashlib.sha256(f"{before}\n{text}".encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return _utc(value)
    return value if value is None or isinstance(value, (bool, int, float, str, dict, list)) else str(value)


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _lines(model: type[Base], name: str) -> Iterator[tuple[int, Any]]:
    """The sealed lines of a table by the number of their seal, in parts."""
    table, after = model.__table__, 0
    while True:
        statement = (
            sa.select(Seal.seq, table).join(table, sa.and_(Seal.of_table == name, Seal.row_id == table.c.id))
            .where(Seal.of_table == name, Seal.seq > after).order_by(Seal.seq).limit(BATCH)
        )
        rows = db.session.execute(statement).all()
        for row in rows:
            yield row.seq, row
        if len(rows) < BATCH:
            return
        after = rows[-1].seq


def _broken_line() -> str | None:
    """Both tables' lines and the seals are walked side by side: memory stays small however long the trail is."""
    walks = {name: _lines(model, name) for model, name in TABLES}
    waiting = {name: next(walk, None) for name, walk in walks.items()}
    vouched = redacting.vouched()
    before, expected, after = START, 1, 0
    while True:
        seals = db.session.execute(sa.select(Seal.seq, Seal.of_table, Seal.row_id, Seal.hash).where(Seal.seq > after).order_by(Seal.seq).limit(BATCH)).all()
        for seal in seals:
            if seal.seq != expected:
                return f"seal number {expected} is gone"
            found = waiting[seal.of_table]
            if found is None or found[0] != seal.seq:
                return f"line {seal.row_id} of {seal.of_table} is gone"
            row = found[1]._mapping  # noqa: SLF001  the row without its seal's number
            link = _link(before, _Line({key: value for key, value in row.items() if key != "seq"}))
            if link != seal.hash and redacting.rest_of(found[1]) not in vouched.get((seal.of_table, seal.row_id), ()):
                return f"line {seal.row_id} of {seal.of_table} was changed after it was sealed"
            waiting[seal.of_table] = next(walks[seal.of_table], None)
            before, expected = seal.hash, expected + 1
        if len(seals) < BATCH:
            return None
        after = seals[-1].seq


class _Line:
    """What `_link` reads of a row."""

    def __init__(self, mapping: dict[str, Any]) -> None:
        self._mapping = mapping


def _broken_head(secret: str) -> str | None:
    head = last_head()
    newest = db.session.scalar(sa.select(sa.func.max(Seal.seq)))
    if head is None:
        return "the seals have no signed head" if newest else None
    seal = db.session.get(Seal, head.seq)
    if newest != head.seq or seal is None or seal.hash != head.hash:
        return f"the chain does not end where its signed head says (number {head.seq})"
    if not hmac.compare_digest(head.signature, _sign(secret, head.seq, head.hash)):
        return f"the head of the chain (number {head.seq}) is not signed with this KITH_SECRET_KEY (changed lately? the next seal signs anew)"
    return None


def _sign(secret: str, seq: int, link: str) -> str:
    key = hmac.digest(secret.encode(), b"kith.audit.head", "sha256")
    return hmac.new(key, f"{seq} {link}".encode(), "sha256").hexdigest()


def _write_head(head: Head, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_suffix(".new")
    beside.write_text(head_line(head) + "\n")
    beside.replace(path)
