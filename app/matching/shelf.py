"""Every live offering of a Zone as matching asks it: columns and words, read once and kept per process, with what changed since beside.

Always fresh: one small statement says what changed (marks), and only that is read again. A place taken changes a number; an offering
rewritten moves to a small second part, which is asked after the first. When a twentieth has changed, all is read anew.
"""

from __future__ import annotations

import uuid
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from threading import Lock
from typing import Any

import numpy as np
import sqlalchemy as sa

from app.catalogue import availability
from app.catalogue.exchange import OPEN_TO_ALL
from app.catalogue.models import (
    Cohort,
    Offering,
    OfferingKind,
)
from app.catalogue.search.meaning import Meanings, meanings
from app.catalogue.search.overlay import lexicon_in_force
from app.matching import columns, marks, text
from app.matching.columns import Array, Columns
from app.matching.hearing import Heard, hear
from app.matching.marks import Mark
from app.matching.profile import Candidate, Profile
from app.matching.reading import AT_ONCE, CHUNK, SOME, Reading, candidate_of, order, readings, versions
from app.matching.text import Reader
from app.shared.db import db, in_parts
from app.shared.moments import Since

KEPT = 6
"""Zones remembered by one process."""
HEARD_KEPT = 512
DROP_IN = -1
"""Free places where nobody counts them."""
NEVER = 10_000_000


@dataclass(eq=False)
class Part:
    """Offerings with their words. `hidden` are those that stand in a later part or nowhere any more. `free` places as they were when
    last something about them changed; those of `unsure` (some are Kith's own, which may run out, or a run ends) are asked for anew."""

    columns: Columns
    index: text.Index
    digests: list[int]
    hidden: Array
    free: Array
    unsure: Array
    until: Array

    @cached_property
    def hidden_count(self) -> int:
        return int(self.hidden.sum())

    @cached_property
    def of_who(self) -> Array:
        """How many offerings there are of each combination of `columns.whos`, without the hidden ones."""
        return np.bincount(self.columns.who[~self.hidden], minlength=len(self.columns.whos))

    @cached_property
    def at(self) -> dict[uuid.UUID, int]:
        return {id_: at for at, id_ in enumerate(self.columns.ids)}


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
    _heard: OrderedDict[Profile, Heard] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    @property
    def considered(self) -> int:
        return sum(part.columns.size - part.hidden_count for part in self.parts)

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


def shelf_of(zone_id: uuid.UUID) -> Shelf:
    """The shelf as the database has it now."""
    key = (str(db.engine.url), zone_id)
    with _lock:
        known = _shelves.get(key)
        if known is not None:
            _shelves.move_to_end(key)
    fresh = _refreshed(known) if known is not None else _read(zone_id)
    if fresh is not known:
        with _lock:
            _shelves[key] = fresh
            while len(_shelves) > KEPT:
                _shelves.popitem(last=False)
    return fresh


# --- reading everything --------------------------------------------------------------------------


def _read(zone_id: uuid.UUID) -> Shelf:
    since = marks.now(zone_id)
    mark = marks.mark(zone_id, since)
    found = sorted(readings(Offering.zone_id == zone_id), key=order)
    table = meanings()
    base = make_part(found, table, None)
    _count_places(base, None, zone_id)
    return Shelf(zone_id, since, mark, (base,), Reader([base.index], lexicon_in_force(mark.words)), table)


def make_part(found: Sequence[Reading], table: Meanings, beside: text.Index | None) -> Part:
    """`found` in order."""
    index = text.build_stems([reading.stems for reading in found], beside)
    many = len(found)
    return Part(
        columns.build([reading.facts for reading in found], index, table, text.terms), index, [reading.digest for reading in found],
        hidden=np.zeros(many, bool), free=np.zeros(many, np.int32), unsure=np.zeros(many, bool), until=np.full(many, NEVER, np.int32),
    )


def standing(shelf: Shelf, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Candidate]:
    """The same through what the shelf keeps: the database says which are live and of which version, only others are read."""
    live = versions(ids)
    missing = [id_ for id_, version in live.items() if shelf.kept.get(id_, _NONE)[0] != version]
    if len(shelf.kept) + len(missing) > CANDIDATES_KEPT:
        shelf.kept.clear()
        missing = list(live)
    for some in in_parts(list(missing), CHUNK):
        for row in db.session.execute(SOME, {"ids": some}):
            shelf.kept[row.id] = (row.version, candidate_of(row, to_check=True))
    return {id_: shelf.kept[id_][1] for id_ in ids if id_ in live and id_ in shelf.kept}


CANDIDATES_KEPT = 20_000
_NONE = (-1, None)


# --- places --------------------------------------------------------------------------------------


def _count_places(part: Part, which: Sequence[uuid.UUID] | None, zone_id: uuid.UUID) -> None:
    """Fills in the free places of some of the offerings, or of all."""
    cohorts: list[Any] = []
    statement = sa.select(
        Cohort.id, Cohort.offering_id, Cohort.capacity, Cohort.outside_places, Cohort.ends_on,
        sa.case((sa.and_(*availability.is_running()), 1), else_=0).label("is_running"),
    )
    if which is None:
        cohorts += db.session.execute(
            statement.join(Offering, Offering.id == Cohort.offering_id).where(Offering.zone_id == zone_id).execution_options(yield_per=AT_ONCE))
    else:
        for some in in_parts(list(which), CHUNK):
            cohorts += db.session.execute(statement.where(Cohort.offering_id.in_(some)))
    running = [row for row in cohorts if row.is_running and row.offering_id in part.at]
    live = availability.live_places(row.id for row in running)
    places = range(part.columns.size) if which is None else [part.at[id_] for id_ in which if id_ in part.at]
    part.free[places], part.unsure[places], part.until[places] = 0, False, NEVER
    for row in running:
        at = part.at[row.offering_id]
        part.free[at] += max(0, row.capacity - row.outside_places - live[row.id])
        part.unsure[at] |= live[row.id] > 0
        if row.ends_on is not None:
            part.until[at] = min(part.until[at], row.ends_on.toordinal())
    with_cohorts = {row.offering_id for row in cohorts}
    for at in places:
        is_open = part.columns.ids[at] not in with_cohorts and part.columns.kinds[part.columns.kind[at]] in _DROP_IN_KINDS
        if is_open or part.free[at] > OPEN_TO_ALL // 2:
            part.free[at] = DROP_IN


_DROP_IN_KINDS = (OfferingKind.COMMUNITY_ASSET, OfferingKind.STATUTORY)


# --- what changed --------------------------------------------------------------------------------


def _refreshed(known: Shelf) -> Shelf:
    mark = marks.mark(known.zone_id, known.since)
    if mark == known.mark:
        return known
    if mark.top < known.since.number:
        return _read(known.zone_id)  # another database than it was: restored from a backup
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
    if len(rewritten) + len(gone) > base.columns.size // 20:
        return _read(known.zone_id)
    hidden = np.zeros(base.columns.size, bool)
    hidden[gone] = True
    hidden[[base.at[reading.facts.id] for reading in rewritten if reading.facts.id in base.at]] = True
    base = replace(base, hidden=hidden, free=base.free.copy(), unsure=base.unsure.copy(), until=base.until.copy())
    base.__dict__["at"] = known.parts[0].at
    _count_places(base, [id_ for id_ in new if id_ in base.at], known.zone_id)
    rewritten.sort(key=order)
    digests = [reading.digest for reading in rewritten]
    parts: tuple[Part, ...] = (base,)
    later = known.parts[1] if len(known.parts) > 1 else None
    if later is not None and later.digests == digests:
        later = replace(later, free=later.free.copy(), unsure=later.unsure.copy(), until=later.until.copy())
        _count_places(later, [id_ for id_ in new if id_ in later.at], known.zone_id)
        parts = (base, later)
    elif rewritten:
        later = make_part(rewritten, known.table, base.index)
        _count_places(later, list(later.columns.ids), known.zone_id)
        parts = (base, later)
    gone_by = set(new)
    kept = {id_: candidate for id_, candidate in known.kept.items() if id_ not in gone_by}
    same_words = len(parts) == len(known.parts) and all(a.index is b.index for a, b in zip(parts, known.parts, strict=True))
    if same_words and mark.words == known.mark.words:
        return replace(known, mark=mark, parts=parts, seen=numbers, read=read, kept=kept)
    reader = Reader([part.index for part in parts], lexicon_in_force(mark.words))
    return replace(known, mark=mark, parts=parts, seen=numbers, read=read, kept=kept, reader=reader, _heard=OrderedDict(), _lock=Lock())
