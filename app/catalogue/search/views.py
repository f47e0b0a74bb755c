"""What one process keeps of a large Zone: the newest snapshot from the data directory, and the few offerings changed since.

The database stays the truth. Each search asks it in one small statement whether anything moved (`marks`); what moved is read, indexed
beside the snapshot, and answered from at once. The worker writes a new snapshot when much has changed. Without a snapshot, inside a
writing transaction, or after more changes than are worth carrying, there is no view and search asks the database itself.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import threading
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa
from flask import current_app

from app.catalogue.models import OfferingText
from app.catalogue.search import marks, places_now, segment
from app.catalogue.search.changed_words import words_of
from app.catalogue.search.lexicon import lexicon as shipped_lexicon
from app.catalogue.search.marks import Mark
from app.catalogue.search.overlay import lexicon_in_force
from app.catalogue.search.places_now import Part
from app.catalogue.search.segment import Posting, Segment
from app.catalogue.search.segment_builder import build, phrases_of
from app.catalogue.search.snapshot import Vocabulary
from app.shared import made_folders
from app.shared.db import db, in_parts, is_writing
from app.shared.moments import Since

LEAST = 1_000
"""Live offerings from which a Zone gets a snapshot: below, the database answers quickly enough."""
MOST_CHANGES = 3_000
"""Offerings changed since the snapshot up to which they are carried beside it."""
LOOK_AGAIN = 1.0
"""Seconds between two looks for newer files."""
COLUMNS = ("id", "offering_id", "source_ref", "vocabulary", *segment.TEXTS, *segment.FACTS)
log = logging.getLogger("kith.search")


@dataclass
class Base:
    """A snapshot that was read, and when it was taken."""

    segment: Segment
    since: Since
    name: str
    is_whole: bool = False


@dataclass
class View:
    """A Zone as it is at `mark`."""

    zone_id: uuid.UUID
    base: Base
    mark: Mark
    parts: list[Part]
    vocabulary: Vocabulary
    changes: Mapping[uuid.UUID, tuple[int, Any]]
    phrases: dict[tuple[str, int], Posting] = field(default_factory=dict)
    """Phrases that nobody had prepared, as the database's own index found them."""


_bases: dict[uuid.UUID, tuple[float, Base | None]] = {}
_views: dict[uuid.UUID, View] = {}
_lock = threading.RLock()


def forget() -> None:
    """Drop what this process keeps; the files stay."""
    with _lock:
        _bases.clear()
        _views.clear()
        places_now.forget()


def view_of(zone_id: uuid.UUID) -> View | None:
    """The Zone as the database has it now; None when the database had better be asked."""
    base = None if is_writing() else _base(zone_id)
    if base is None or not _is_practised(base):
        return None
    mark = marks.mark(zone_id, base.since)
    view = _views.get(zone_id)
    if view is not None and view.base is base and view.mark == mark:
        return view
    with _lock:
        view = _views.get(zone_id)
        if view is None or view.base is not base or view.mark != mark:
            if mark.count > MOST_CHANGES:
                return None
            view = _made(zone_id, base, mark, view if view is not None and view.base is base else None)
            if view is not None:
                _views[zone_id] = view
    return view


# --- compiled loops ------------------------------------------------------------------------------

_practised, _practising = threading.Event(), threading.Lock()


def _is_practised(base: Base) -> bool:
    """The loops over arrays are compiled, or read from where they are kept. Nobody waits for that: until it is done the database answers."""
    if not _practised.is_set() and _practising.acquire(blocking=False):
        threading.Thread(target=_practise, args=(base.segment, _practising), daemon=True, name="loops").start()
    return _practised.is_set()


def wait_for_loops(zone_id: uuid.UUID) -> None:
    """For a command: what it prints must not depend on how soon the loops are there, so it waits for them where the Zone has a snapshot."""
    base = _base(zone_id)
    if base is not None and not _practised.is_set():
        with _practising:
            if not _practised.is_set():
                _practise(base.segment)


def _practise(whole: Segment, held: threading.Lock | None = None) -> None:
    from app.catalogue.search.listing import practise  # stands above: a listing is of a view

    try:
        lexicon = shipped_lexicon()
        practise(View(uuid.UUID(int=0), Base(whole, Since(0), ""), Mark(0, 0, 0), [Part(whole)], words_of(whole, None, None, lexicon), {}))
        _practised.set()
    finally:
        if held is not None:
            held.release()


def _folder(zone_id: uuid.UUID) -> Path:
    data_dir: Path = current_app.config["SETTINGS"].data_dir
    return data_dir / "search" / zone_id.hex


def _base(zone_id: uuid.UUID) -> Base | None:
    looked, base = _bases.get(zone_id, (0.0, None))
    if looked and time.monotonic() - looked < LOOK_AGAIN:
        return base
    with _lock:
        newest = _newest(_folder(zone_id))
        if newest is None:
            base = None
        elif base is None or base.name != str(newest):
            base = _loaded(newest) or base
        _bases[zone_id] = (time.monotonic(), base)
    return base


def _newest(folder: Path) -> Path | None:
    try:
        names = [name for name in os.listdir(folder) if not name.startswith(".")]  # noqa: PTH208  a listing, a hundred times a minute
    except OSError:
        return None
    return folder / max(names) if names else None


def _loaded(folder: Path) -> Base | None:
    """The snapshot in a folder; None when it is of another form, half there, or just being swept away."""
    try:
        told = json.loads((folder / "snapshot.json").read_text(encoding="utf-8"))
        if told["form"] != segment.form():
            return None
        return Base(Segment.load(folder), Since(**told["since"]), str(folder))
    except (OSError, ValueError, KeyError, TypeError) as error:
        log.warning("a search snapshot could not be read: %s", type(error).__name__)
        return None


# --- the changes since ---------------------------------------------------------------------------


def _made(zone_id: uuid.UUID, base: Base, mark: Mark, before: View | None) -> View | None:
    numbers = dict(marks.changed(zone_id, base.since)) if mark.count else {}
    known = before.changes if before is not None else {}
    changes = {id_: known[id_] for id_, number in numbers.items() if id_ in known and known[id_][0] == number}
    fresh = [id_ for id_ in numbers if id_ not in changes]
    texts = {row.offering_id: row for row in _rows(zone_id, fresh)}
    changes.update({id_: (numbers[id_], texts.get(id_)) for id_ in fresh})
    if not base.is_whole and not _is_whole(zone_id, base, changes):
        return None
    lexicon = lexicon_in_force(mark.words)
    if before is not None and not fresh and len(changes) == len(known):
        return replace(before, mark=mark, vocabulary=replace(before.vocabulary, lexicon=lexicon))
    old = base.segment
    if not changes:
        return View(zone_id, base, mark, [Part(old)], words_of(old, None, None, lexicon), {})
    alive = np.ones(old.size, bool)
    gone = old.numbers(changes)
    alive[gone] = False
    rows = [row for _, (_, row) in sorted(changes.items(), key=lambda item: item[0].bytes) if row is not None]
    new = build(rows, phrases_of(lexicon.concepts)) if rows else None
    parts = [Part(old, alive), *([Part(new)] if new is not None else [])]
    return View(zone_id, base, mark, parts, words_of(old, gone, new, lexicon), changes)


def _rows(zone_id: uuid.UUID, ids: Sequence[uuid.UUID]) -> Iterable[Any]:
    table = OfferingText.__table__
    for part in in_parts(ids):
        yield from db.session.execute(
            sa.select(*(table.c[name] for name in COLUMNS)).where(table.c.zone_id == zone_id, table.c.offering_id.in_(part))
        )


def _is_whole(zone_id: uuid.UUID, base: Base, changes: Mapping[uuid.UUID, tuple[int, Any]]) -> bool:
    """Looked at once for each snapshot read: it and the changes together have the rows that the table has. They may not when the
    database was put back to an earlier day and its files were not."""
    row = db.session.execute(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(OfferingText.id), 0)).where(OfferingText.zone_id == zone_id)
    ).one()
    kept = np.ones(base.segment.size, bool)
    kept[base.segment.numbers(changes)] = False
    new = [text.id for _, text in changes.values() if text is not None]
    have = int(np.count_nonzero(kept)) + len(new), int(base.segment.text_ids[kept].sum()) + sum(new)
    base.is_whole = have == (int(row[0]), int(row[1]))
    if not base.is_whole:
        log.warning("a search snapshot is not of this database: left alone")
    return base.is_whole


# --- to files ------------------------------------------------------------------------------------


def large_zones() -> dict[uuid.UUID, int]:
    """How many live offerings each Zone has that has enough for a snapshot."""
    counted = sa.select(OfferingText.zone_id, sa.func.count()).group_by(OfferingText.zone_id).having(sa.func.count() >= LEAST)
    return {zone_id: int(size) for zone_id, size in db.session.execute(counted)}


def keep() -> None:
    """The worker's sweep: a snapshot for each large Zone that has none, or a worn one."""
    for zone_id, size in large_zones().items():
        base = _base(zone_id)
        if base is None or _is_worn(zone_id, base, size):
            write(zone_id)


def _is_worn(zone_id: uuid.UUID, base: Base, size: int) -> bool:
    mark = marks.mark(zone_id, base.since)
    if mark.count > min(MOST_CHANGES // 2, max(100, size // 50)):
        return True
    return not base.is_whole and not _is_whole(zone_id, base, _texts_of_changes(zone_id, base))


def _texts_of_changes(zone_id: uuid.UUID, base: Base) -> dict[uuid.UUID, tuple[int, Any]]:
    numbers = dict(marks.changed(zone_id, base.since))
    texts = {row.offering_id: row for row in _rows(zone_id, list(numbers))}
    return {id_: (number, texts.get(id_)) for id_, number in numbers.items()}


def write(zone_id: uuid.UUID) -> Path | None:
    """Take a snapshot of the Zone and put it where every process finds it; None when another is at it."""
    folder = _folder(zone_id)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(folder / ".lock") as is_mine:
        if not is_mine:
            return None
        since = marks.now(zone_id)
        lexicon = lexicon_in_force(marks.mark(zone_id, since).words)
        made = build(_all_rows(zone_id), phrases_of(lexicon.concepts))
        _practise(made)  # compiled here, and kept on disk for those who answer

        def fill(making: Path) -> None:
            made.save(making)
            (making / "snapshot.json").write_text(json.dumps({"form": segment.form(), "since": asdict(since)}), encoding="utf-8")

        done = made_folders.put(folder, fill)
    with _lock:
        _bases.pop(zone_id, None)
    return done


def _all_rows(zone_id: uuid.UUID) -> Iterable[Any]:
    table = OfferingText.__table__
    return db.session.execute(
        sa.select(*(table.c[name] for name in COLUMNS)).where(table.c.zone_id == zone_id).order_by(table.c.offering_id)
        .execution_options(yield_per=4000)
    )


@contextmanager
def _alone(path: Path) -> Any:
    with path.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
