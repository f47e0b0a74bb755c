"""Tables of postcodes, sectors and outcodes: reference data that belongs to no Zone."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass

import sqlalchemy as sa

from app.catalogue.models import Postcode
from app.shared import clock
from app.shared.db import atomic, db

CHUNK = 500


@dataclass(frozen=True)
class PostcodePlace:
    """A postcode (W10 5BN), a sector (W10 5) or an outcode (W10) and its middle, in degrees of WGS 84."""

    code: str
    latitude: float
    longitude: float
    place: str = ""


@dataclass
class PostcodeCount:
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    worked_out: int = 0


def save_postcodes(
    rows: Iterable[PostcodePlace], *, wider: Callable[[], Iterable[PostcodePlace]] = list, is_dry_run: bool = False
) -> PostcodeCount:
    """Take a table, as long as it may be, in one transaction. Of two rows for one code the later counts.

    `wider` is asked at the end for sectors and outcodes that were worked out: each fills a gap, and moves nothing that a table told.
    Reference data: no audit entry, the command says what it did. A dry run counts and writes nothing.
    """
    count = PostcodeCount()
    with nullcontext() if is_dry_run else atomic():
        for chunk in _chunks(rows):
            new, moved = _compare(chunk, count)
            if not is_dry_run:
                _write(new, moved)
        for chunk in _chunks(wider()):
            new, _ = _compare(chunk, PostcodeCount())
            count.worked_out += len(new)
            if not is_dry_run:
                _write(new, [])
    return count


def _chunks(rows: Iterable[PostcodePlace]) -> Iterator[dict[str, PostcodePlace]]:
    chunk: dict[str, PostcodePlace] = {}
    for row in rows:
        chunk[row.code] = row
        if len(chunk) >= CHUNK:
            yield chunk
            chunk = {}
    if chunk:
        yield chunk


def _compare(chunk: dict[str, PostcodePlace], count: PostcodeCount) -> tuple[list[PostcodePlace], list[PostcodePlace]]:
    """Those that are new and those that lie elsewhere now."""
    statement = sa.select(Postcode.code, Postcode.latitude, Postcode.longitude, Postcode.place).where(Postcode.code.in_(list(chunk)))
    known = {code: (latitude, longitude, place) for code, latitude, longitude, place in db.session.execute(statement)}
    new = [row for row in chunk.values() if row.code not in known]
    moved = [row for row in chunk.values() if row.code in known and known[row.code] != (row.latitude, row.longitude, row.place)]
    count.created += len(new)
    count.updated += len(moved)
    count.unchanged += len(chunk) - len(new) - len(moved)
    return new, moved


def _write(new: list[PostcodePlace], moved: list[PostcodePlace]) -> None:
    if new:
        at = clock.now()
        db.session.execute(sa.insert(Postcode), [
            {"id": uuid.uuid4(), "created_at": at, "code": r.code, "latitude": r.latitude, "longitude": r.longitude, "place": r.place}
            for r in new
        ])
    for row in moved:
        values = {"latitude": row.latitude, "longitude": row.longitude, "place": row.place}
        db.session.execute(sa.update(Postcode).where(Postcode.code == row.code).values(values))
