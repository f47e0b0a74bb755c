"""Which key seals what, and moving everything to the newest, while Kith runs.

A value is moved only if it is still what was read, so that two who do this at once, or somebody who saves meanwhile, lose nothing; what is
done stays done, so that it may be stopped and begun again at any time.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import current_app

from app.shared import clock, drawers, keyring, sealing
from app.shared.db import Base, atomic, db
from app.shared.errors import Invalid, NotFound
from app.shared.keyring import Key
from app.shared.sealing import CannotOpen, Sealing
from config import Settings

AT_ONCE = 500
QUIET = timedelta(minutes=15)
"""So long after a new key the one before may still be in the hands of somebody who is saving."""
FILES = "files"


@dataclass(frozen=True)
class KeyUse:
    """One key and what it seals: number of values by "table.column", or by folder of files."""

    name: str
    source: str
    is_current: bool
    is_here: bool
    counts: dict[str, int]

    @property
    def values(self) -> int:
        return sum(self.counts.values())


@dataclass
class Moved:
    """What one run did. `stuck` are values that no key here opens, by place and id."""

    values: int = 0
    stuck: list[str] = field(default_factory=list)


def uses() -> list[KeyUse]:
    """Every key of the ring, the one in use first; then keys that are gone although something needs them."""
    counts: dict[str, Counter[str]] = {}
    for column in sealing.sealings(Base.metadata):
        for mark, number in _marks(column):
            counts.setdefault(mark, Counter())[column.name] += number
    for drawer, path in _files():
        marked = drawer.mark_of(path)
        counts.setdefault(marked.hex() if marked else "unsealed", Counter())[f"{FILES} in {drawer.folder}"] += 1
    keys = keyring.ring(_settings())
    found = [KeyUse(key.name, key.source, index == 0, True, dict(counts.pop(key.name, {}))) for index, key in enumerate(keys)]
    return [*found, *(KeyUse(mark, "", False, False, dict(number)) for mark, number in sorted(counts.items()))]


def move_all(tell: Callable[[str, int], None] = lambda place, number: None) -> Moved:
    """Seal everything with the key in use that another seals. `tell` hears of every part: where, and how many so far."""
    moved = Moved()
    current = keyring.ring(_settings())[0]
    for column in sealing.sealings(Base.metadata):
        for done in _move_column(column, current, moved):
            moved.values += done
            tell(column.name, moved.values)
    for drawer, path in _files():
        try:
            moved.values += drawer.reseal(path, current)
        except CannotOpen:
            moved.stuck.append(f"{drawer.folder}/{path.name}")
        tell(drawer.folder, moved.values)
    return moved


def drop(name: str) -> None:
    """Take an old key out of the file of keys. Raises NotFound, Invalid while something needs it or may still be being sealed with it."""
    found = next((use for use in uses() if use.name == name and use.is_here), None)
    if found is None:
        raise NotFound(f"There is no key {name}; `kith keys` lists them.")
    if found.is_current:
        raise Invalid(f"{name} is the key in use. Add a newer one first: kith keys add.")
    if found.values:
        raise Invalid(f"{found.values} values are sealed with {name} still. Move them first: kith keys rotate.")
    if found.source == keyring.OF_EARLIER:
        raise Invalid("This one is made from KITH_SECRET_KEY, which Kith needs for other things; it seals nothing.")
    newest = keyring.ring(_settings())[0].made_at
    if newest is not None and clock.now() - newest < QUIET:
        raise Invalid(f"The newest key is younger than {QUIET.seconds // 60} minutes: somebody may be saving with the one before. Try again later.")
    keyring.drop_from_file(_settings(), name)


def missing() -> str | None:
    """What of the sealed values has no key here, in words, or None."""
    for use in uses():
        if not use.is_here and use.name != "unsealed":
            return f"{use.values} values ({', '.join(sorted(use.counts))}) are sealed with the key {use.name}, which is not here"
    return None


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _raw(column: Sealing) -> tuple[sa.TableClause, sa.ColumnClause[Any]]:
    """The table as the database has it: no value is opened on the way."""
    value: sa.ColumnClause[Any] = sa.column(column.column.name, sa.Text() if column.is_text else sa.LargeBinary())
    needs = [sa.column(name, column.table.c[name].type) for name in column.needs]
    return sa.table(column.table.name, *needs, value), value


def _mark(column: Sealing, value: sa.ColumnClause[Any]) -> sa.ColumnElement[Any]:
    """As it stands in the database: hex in text, four bytes in bytes."""
    if column.is_text:
        return sa.func.substr(value, len(sealing.SIGN) + 1, 2 * sealing.MARK)
    return sa.func.substr(value, 1, sealing.MARK, type_=sa.LargeBinary())


def _there(column: Sealing, value: sa.ColumnClause[Any]) -> sa.ColumnElement[bool]:
    return sa.and_(value.is_not(None), sa.func.length(value) > 0)


def _marks(column: Sealing) -> Iterator[tuple[str, int]]:
    table, value = _raw(column)
    mark = _mark(column, value).label("mark")
    statement = sa.select(mark, sa.func.count()).select_from(table).where(_there(column, value)).group_by(sa.text("1"))
    for found, number in db.session.execute(statement):
        yield (found if column.is_text else bytes(found).hex()), number


def _move_column(column: Sealing, current: Key, moved: Moved) -> Iterator[int]:
    """How many were moved in each part. Parts are told apart by id, so that a value that does not open stops nothing."""
    table, value = _raw(column)
    wanted: Any = current.name if column.is_text else current.mark
    after: uuid.UUID | None = None
    while True:
        statement = (
            sa.select(table).where(_there(column, value), _mark(column, value) != sa.literal(wanted, sa.Text() if column.is_text else sa.LargeBinary()))
            .order_by(table.c.id).limit(AT_ONCE)
        )
        with atomic():
            rows = db.session.execute(statement if after is None else statement.where(table.c.id > after)).all()
            done = sum(_move(column, table, value, row, current, moved) for row in rows)
        yield done
        if len(rows) < AT_ONCE:
            return
        after = rows[-1].id


def _move(column: Sealing, table: sa.TableClause, value: sa.ColumnClause[Any], row: Any, current: Key, moved: Moved) -> int:
    before = getattr(row, column.column.name)
    belongs_to = column.belongs_to(row)
    try:
        content = sealing.unseal_bytes(sealing.as_bytes(before) if column.is_text else before, belongs_to)
    except CannotOpen:
        moved.stuck.append(f"{column.name} {row.id}")
        return 0
    sealed = sealing.seal_with(current, content, belongs_to)
    result = db.session.execute(
        sa.update(table).where(table.c.id == row.id, value == before).values({column.column.name: sealing.as_text(sealed) if column.is_text else sealed})
    )
    return int(result.rowcount)  # type: ignore[attr-defined]



def _files() -> Iterator[tuple[drawers.Drawer, Path]]:
    for drawer in drawers.SEALED:
        for path in sorted((_settings().data_dir / drawer.folder).glob("??/*")):
            if path.suffix[1:] in drawer.endings:
                yield drawer, path
