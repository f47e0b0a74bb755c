"""Every live offering of a Zone as matching asks it: columns and words, read once and kept per process, with what changed since beside.

Always fresh: one small statement says what changed (marks), and only that is read again. A place taken changes a number; an offering
rewritten moves to a small second part, which is asked after the first. When a twentieth has changed, all is read anew.
"""

from __future__ import annotations

import logging
import uuid
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from threading import Lock, RLock

import numpy as np
import sqlalchemy as sa

from app.catalogue.models import Offering, Organisation
from app.catalogue.search.meaning import Meanings, meanings
from app.catalogue.search.overlay import lexicon_in_force
from app.matching import kept, marks, sentences, warming
from app.matching.hearing import Heard, hear
from app.matching.marks import Mark
from app.matching.part import Part, count_places, make_part
from app.matching.profile import Candidate, Profile
from app.matching.reading import CHUNK, Reading, is_live, order, readings, to_check, versions
from app.matching.sentences import Sentences
from app.matching.text import Reader
from app.shared.db import db, in_parts, is_writing
from app.shared.moments import Since

log = logging.getLogger("kith.matching")
KEPT = 6
"""Zones remembered by one process."""
MOST_CHANGED = 1 / 20
"""Share of the offerings from which on all are read anew; for files half of it, and the worker writes new ones at a quarter."""
HEARD_KEPT = 512


@dataclass(eq=False)
class Shelf:
    """The parts as they were at one mark. Never changed: what is new makes a new one, which shares what is not."""

    zone_id: uuid.UUID
    since: Since
    mark: Mark
    parts: tuple[Part, ...]
    reader: Reader
    table: Meanings
    seen: Mapping[uuid.UUID, int] = field(default_factory=dict)
    read: Mapping[uuid.UUID, Reading | None] = field(default_factory=dict)
    kept: dict[uuid.UUID, tuple[int, Candidate]] = field(default_factory=dict)
    sentences: Sentences | None = None
    _heard: OrderedDict[Profile, Heard] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    @property
    def considered(self) -> int:
        return sum(part.columns.size - part.hidden_count for part in self.parts)

    @property
    def is_large(self) -> bool:
        """Whether it is worth compiled loops, and the memory that they take."""
        return self.parts[0].columns.size >= kept.LEAST

    def hear(self, profile: Profile) -> Heard:
        """What the child says, read once and kept while neither the child nor the words of the shelf change."""
        with self._lock:
            known = self._heard.get(profile)
            if known is not None:
                self._heard.move_to_end(profile)
                return known
        heard = hear(profile, self.reader, self.table)
        with self._lock:
            self._heard[profile] = heard
            while len(self._heard) > HEARD_KEPT:
                self._heard.popitem(last=False)
        return heard


_shelves: OrderedDict[tuple[str, uuid.UUID], Shelf] = OrderedDict()
_lock = Lock()
_first = RLock()


def shelf_of(zone_id: uuid.UUID) -> Shelf:
    """The shelf as the database has it now."""
    key = (str(db.engine.url), zone_id)
    with _lock:
        known = _shelves.get(key)
        if known is not None:
            _shelves.move_to_end(key)
    if known is None:
        with _first:  # the others wait for the one who reads, and need not read again
            with _lock:
                known = _shelves.get(key)
            return _kept(key, _anew(zone_id) if known is None else _refreshed(known))
    fresh = _refreshed(known)
    return fresh if fresh is known else _kept(key, fresh)


def _kept(key: tuple[str, uuid.UUID], fresh: Shelf) -> Shelf:
    """Remembered, unless it has in it what is not committed yet and may never be."""
    if not is_writing():
        with _lock:
            _shelves[key] = fresh
            while len(_shelves) > KEPT:
                _shelves.popitem(last=False)
    return fresh


def forget() -> None:
    """Drop what this process keeps; the files stay."""
    with _lock:
        _shelves.clear()


# --- reading everything --------------------------------------------------------------------------


def _anew(zone_id: uuid.UUID) -> Shelf:
    """From files, where there are some that can be trusted."""
    return (None if is_writing() else _from_files(zone_id)) or _read(zone_id)


def _from_files(zone_id: uuid.UUID) -> Shelf | None:
    found = kept.load(zone_id, MOST_CHANGED / 2)
    if found is None:
        return None
    mark = marks.mark(zone_id, found.since)
    warming.ready()
    shelf = Shelf(zone_id, found.since, mark, (found.part,), Reader([found.part.index], lexicon_in_force(mark.words)), meanings(), sentences=sentences.in_use())
    return _with_changes(shelf, mark) if mark.count else shelf


def _read(zone_id: uuid.UUID) -> Shelf:
    since = marks.now(zone_id)
    mark = marks.mark(zone_id, since)
    numbers = kept.numbers_of(zone_id)
    table = meanings()
    base = make_part(sorted(readings(Offering.zone_id == zone_id), key=order), table, None)  # what was read is let go before anything else is made
    count_places(base, None, zone_id)
    if base.columns.size >= kept.LEAST:
        warming.ready()
        if not is_writing():
            _leave(zone_id, base, since, numbers)
    return Shelf(zone_id, since, mark, (base,), Reader([base.index], lexicon_in_force(mark.words)), table, sentences=sentences.in_use())


def _leave(zone_id: uuid.UUID, base: Part, since: Since, numbers: kept.Numbers) -> None:
    """For the other processes, which then need not read it."""
    try:
        kept.save(zone_id, base, since, numbers)
    except OSError as error:
        log.warning("a shelf could not be written: %s", type(error).__name__)


def renew() -> None:
    """The worker's sweep: the files of each large Zone are written anew before so much has changed that a page would have to wait. It leaves what was
    compiled on the disk as well."""
    sizes = (
        sa.select(Offering.zone_id, sa.func.count()).join(Organisation, Organisation.id == Offering.organisation_id).where(*is_live())
        .group_by(Offering.zone_id).having(sa.func.count() >= kept.LEAST)
    )
    for zone_id, size in db.session.execute(sizes).all():
        since = kept.since_of(zone_id)
        if since is None or marks.mark(zone_id, since).count > size * MOST_CHANGED / 4:
            _read(zone_id)


def standing(shelf: Shelf, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Candidate]:
    """The same through what the shelf keeps: the database says which are live and of which version, only others are read."""
    live = versions(ids)
    missing = [id_ for id_, version in live.items() if shelf.kept.get(id_, _NONE)[0] != version]
    if len(shelf.kept) + len(missing) > CANDIDATES_KEPT:
        shelf.kept.clear()
        missing = list(live)
    for id_, version, candidate in to_check(missing):
        shelf.kept[id_] = (version, candidate)
    return {id_: shelf.kept[id_][1] for id_ in ids if id_ in live and id_ in shelf.kept}


CANDIDATES_KEPT = 20_000
_NONE = (-1, None)


# --- what changed --------------------------------------------------------------------------------


def _refreshed(known: Shelf) -> Shelf:
    mark = marks.mark(known.zone_id, known.since)
    if mark == known.mark:
        return known
    if mark.top < known.since.number:
        return _anew(known.zone_id)  # another database than it was: restored from a backup
    if mark.same_offerings(known.mark):
        if mark.words == known.mark.words:
            return replace(known, mark=mark)
        return replace(known, mark=mark, reader=Reader(known.reader.parts, lexicon_in_force(mark.words)), _heard=OrderedDict(), _lock=Lock())
    return _with_changes(known, mark)


def _with_changes(known: Shelf, mark: Mark) -> Shelf:
    numbers = marks.changed(known.zone_id, known.since)
    base = known.parts[0]
    new = [id_ for id_, number in numbers.items() if known.seen.get(id_) != number]
    read = dict(known.read)
    for some in in_parts(list(new), CHUNK):
        found = {reading.facts.id: reading for reading in readings(Offering.id.in_(some))}
        read.update((id_, found.get(id_)) for id_ in some)
    rewritten = []
    for id_, reading in read.items():
        at = base.at.get(id_)
        if reading is not None and (at is None or base.digests[at] != reading.digest):
            rewritten.append(reading)
    gone = [base.at[id_] for id_, reading in read.items() if reading is None and id_ in base.at]
    if len(rewritten) + len(gone) > base.columns.size * MOST_CHANGED:
        return _anew(known.zone_id)
    hidden = np.zeros(base.columns.size, bool)
    hidden[gone] = True
    hidden[[base.at[reading.facts.id] for reading in rewritten if reading.facts.id in base.at]] = True
    base = replace(base, hidden=hidden, free=base.free.copy(), unsure=base.unsure.copy(), until=base.until.copy())
    base.__dict__["at"] = known.parts[0].at
    count_places(base, [id_ for id_ in new if id_ in base.at], known.zone_id)
    rewritten.sort(key=order)
    digests = [reading.digest for reading in rewritten]
    parts: tuple[Part, ...] = (base,)
    later = known.parts[1] if len(known.parts) > 1 else None
    if later is not None and later.digests == digests:
        later = replace(later, free=later.free.copy(), unsure=later.unsure.copy(), until=later.until.copy())
        count_places(later, [id_ for id_ in new if id_ in later.at], known.zone_id)
        parts = (base, later)
    elif rewritten:
        later = make_part(rewritten, known.table, base.index)
        count_places(later, list(later.columns.ids), known.zone_id)
        parts = (base, later)
    gone_by = set(new)
    still = {id_: candidate for id_, candidate in known.kept.items() if id_ not in gone_by}
    same_words = len(parts) == len(known.parts) and all(a.index is b.index for a, b in zip(parts, known.parts, strict=True))
    if same_words and mark.words == known.mark.words:
        return replace(known, mark=mark, parts=parts, seen=numbers, read=read, kept=still)
    reader = Reader([part.index for part in parts], lexicon_in_force(mark.words))
    return replace(known, mark=mark, parts=parts, seen=numbers, read=read, kept=still, reader=reader, _heard=OrderedDict(), _lock=Lock())
