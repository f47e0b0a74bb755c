"""A Zone handed over: everything Kith keeps of it as one ZIP that another organisation can read without Kith.

`tables/` has a CSV for each table, with what was sealed opened and lists and maps as JSON; `files/` the papers and photos; `catalogue.csv` and
`children.json` what another Kith imports. Every table belongs to a Zone by itself or through another; what stays out is in LEFT_OUT with
its reason, and a table that is neither fails a test. Written row by row: a large Zone takes time and no memory.
"""

from __future__ import annotations

import csv
import io
import json
import uuid
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person, RoleGrant, Zone
from app.audit import services as audit
from app.catalogue.files import PAPERS
from app.catalogue.pictures import PHOTOS
from app.children.models import Child, ListeningNote
from app.interchange.cells import safe
from app.interchange.exports import export_catalogue, export_children
from app.shared import clock
from app.shared.db import Base, atomic, db
from app.shared.errors import Invalid
from app.shared.paths import new_file
from config import Settings

AT_ONCE = 1000
LEFT_OUT = {
    "audit_head": "the seals of this database", "audit_seal": "the seals of this database", "audit_redaction": "the seals of this database",
    "once_key": "of this machine", "outbox": "letters of this machine", "throttle": "of this machine", "sign_in": "of this machine",
    "passkey_challenge": "of this machine", "authenticator_app": "people’s own second steps", "passkey": "people’s own second steps",
    "recovery_code": "people’s own second steps", "lexicon_concept": "words for searching, every Zone’s", "lexicon_change": "words for searching, every Zone’s",
    "postcode": "open data", "stripe_event": "of this charity’s account", "stripe_look": "of this charity’s account",
    "bank_detail": "account numbers: each partner gives them anew, to people it knows", "bank_file": "account numbers",
    "concern": "safeguarding concerns: the safeguarding lead hands them over by hand", "concern_note": "safeguarding concerns",
    "hand_over": "hand-overs, this one among them",
    "data_case": "complaints and breaches: this charity answers for them", "data_case_note": "complaints and breaches",
    "match_change": "what was counted for speed", "offering_change": "what was counted for speed", "offering_text": "the search index",
}
SECRETS = frozenset({"password_hash", "originator", "content", "sealed", "picture"})
"""Columns that are for nobody's eyes, or that no cell can hold."""
PRIVATE = "private notes, which a Zone's manager does not read: whoever runs Kith hands them over with kith hand-over"


@dataclass(frozen=True)
class HandedOver:
    path: Path
    rows: int
    files: int


def write(*, zone: Zone, path: Path, settings: Settings, actor: Person | None, tell: Callable[[str, int], None] = lambda table, rows: None) -> HandedOver:
    """Make the ZIP beside its name and give it the name when it is whole; in the trail. Raises Invalid."""
    if path.exists():
        raise Invalid(_("%(path)s is there already.", path=path.name))
    zone_id = zone.id
    beside = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        with new_file(beside) as target:
            rows, files = pack(target, zone=zone, settings=settings, tell=tell)
        with atomic():
            audit.record("keeping.zone.handed_over", subject=db.session.get_one(Zone, zone_id), actor=actor, zone_id=zone_id, rows=rows)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return HandedOver(path, rows, files)


def pack(
    target: IO[bytes], *, zone: Zone, settings: Settings, without_private: bool = False, tell: Callable[[str, int], None] = lambda table, rows: None,
) -> tuple[int, int]:
    """The ZIP, written from its beginning to its end: how many rows and files. `without_private` leaves out what only a Link Worker reads."""
    zone_id, contents = zone.id, {"zone": zone.slug, "name": zone.name, "made_at": clock.now().isoformat()}
    counts: dict[str, int] = {}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        tables = list(scoped(zone_id, without_private=without_private))
        for table, where in tables:
            counts[table.name] = _write_table(packed, table, where)
            tell(table.name, sum(counts.values()))
        files = _write_files(packed, tables, settings)
        packed.writestr("catalogue.csv", export_catalogue(zone_id))
        packed.writestr("children.json", export_children(zone_id=zone_id, actor=None))
        left_out = LEFT_OUT | ({"listening_note, the private ones": PRIVATE} if without_private else {})
        packed.writestr("contents.json", json.dumps({**contents, "rows": counts, "files": files, "left_out": left_out}, ensure_ascii=False, indent=1))
    return sum(counts.values()), files


def scoped(zone_id: uuid.UUID, *, without_private: bool = False) -> Iterator[tuple[sa.Table, sa.ColumnElement[bool]]]:
    """Every table that is handed over, with what of it is the Zone's."""
    known: dict[str, sa.Select[Any]] = {}
    for table in Base.metadata.sorted_tables:
        where = _own(table, zone_id, known)
        if table.name in LEFT_OUT or where is None:
            continue
        if without_private:
            where = sa.and_(where, *_not_private(table))
        if "id" in table.c:
            known[table.name] = sa.select(table.c.id).where(where)
        yield table, where


def _not_private(table: sa.Table) -> list[sa.ColumnElement[bool]]:
    """Notes that a Link Worker marked as private, and what was read out of them."""
    if table is ListeningNote.__table__:
        return [ListeningNote.is_private.is_(False)]
    keys = [column for column in table.columns for fk in column.foreign_keys if fk.column.table is ListeningNote.__table__]
    return [sa.or_(key.is_(None), key.in_(sa.select(ListeningNote.id).where(ListeningNote.is_private.is_(False)))) for key in keys]


def _own(table: sa.Table, zone_id: uuid.UUID, known: dict[str, sa.Select[Any]]) -> sa.ColumnElement[bool] | None:
    if table.name == "zone":
        return table.c.id == zone_id
    if table.name == "person":
        return table.c.id.in_(sa.select(RoleGrant.person_id).where(RoleGrant.zone_id == zone_id))
    if table.name == "sight":
        return table.c.child_id.in_(sa.select(Child.id).where(Child.zone_id == zone_id))
    if "zone_id" in table.c:
        return table.c.zone_id == zone_id
    through = [
        column.in_(known[fk.column.table.name])
        for column in table.columns for fk in column.foreign_keys if fk.column.table.name in known and fk.column.table.name not in ("person", table.name)
    ]
    return sa.or_(*through) if through else None


def _write_table(packed: zipfile.ZipFile, table: sa.Table, where: sa.ColumnElement[bool]) -> int:
    columns = [column for column in table.columns if column.name not in SECRETS]
    number = 0
    statement = sa.select(*columns).where(where).order_by(*table.primary_key.columns)
    with packed.open(f"tables/{table.name}.csv", "w", force_zip64=True) as raw, io.TextIOWrapper(raw, "utf-8", newline="") as text:
        out = csv.writer(text)
        out.writerow([column.name for column in columns])
        for row in db.session.execute(statement.execution_options(yield_per=AT_ONCE)):
            out.writerow([_cell(value) for value in row])
            number += 1
    return number


def _cell(value: Any) -> str:
    """As a spreadsheet and a program both read it; nothing that a spreadsheet would run."""
    if value is None:
        return ""
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, bytes):
        return value.hex()
    return safe(value) if isinstance(value, str) else str(value)


def _write_files(packed: zipfile.ZipFile, tables: Iterable[tuple[sa.Table, sa.ColumnElement[bool]]], settings: Settings) -> int:
    number = 0
    wheres = {table.name: (table, where) for table, where in tables}
    for name, drawer in (("paper", PAPERS), ("photo", PHOTOS)):
        table, where = wheres[name]
        for file_name in db.session.scalars(sa.select(table.c.name).where(where)):
            if drawer.path_of(settings.data_dir, file_name).exists():
                packed.writestr(f"files/{drawer.folder}/{file_name}", drawer.read(settings.data_dir, file_name))
                number += 1
    table, where = wheres["child_photo"]
    for child_id, picture in db.session.execute(sa.select(table.c.child_id, table.c.picture).where(where)):
        packed.writestr(f"files/children/{child_id}.jpg", picture)
        number += 1
    return number
