"""Every live offering of a Zone as matching asks it: columns and words, read once and kept per process, with what changed since beside.

Always fresh: one small statement says what changed (marks), and only that is read again. A place taken changes a number; an offering
rewritten moves to a small second part, which is asked after the first. When a twentieth has changed, all is read anew.
"""

from __future__ import annotations

import uuid
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
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
    OfferingState,
    OfferingText,
    Organisation,
    PartnerState,
)
from app.catalogue.search.overlay import lexicon_in_force
from app.matching import audiences, columns, marks, text
from app.matching.columns import Array, Columns
from app.matching.marks import Mark
from app.matching.meaning import Meanings, meanings
from app.matching.profile import Candidate, Profile, slots_of
from app.matching.scoring import Heard, hear
from app.matching.text import Reader
from app.shared.db import db, in_parts
from app.shared.moments import Since

KEPT = 6
"""Zones remembered by one process."""
HEARD_KEPT = 512
CHUNK = 400
AT_ONCE = 2000
DROP_IN = -1
"""Free places where nobody counts them."""
NEVER = 10_000_000


@dataclass(frozen=True)
class Reading:
    """One offering as it was read: its facts (without the description), its stems by field, and a number that tells them from others."""

    facts: Candidate
    stems: Mapping[str, str]

    @property
    def digest(self) -> int:
        return hash((self.facts, *self.stems.values()))


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
        return sum(part.columns.size - int(part.hidden.sum()) for part in self.parts)

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


def is_live() -> tuple[sa.ColumnElement[bool], ...]:
    """SQL: open for new children, and not made for particular ones."""
    return Offering.state == OfferingState.LIVE, Organisation.state == PartnerState.LIVE, Offering.is_private.is_(False)


# --- reading everything --------------------------------------------------------------------------


def _read(zone_id: uuid.UUID) -> Shelf:
    since = marks.now(zone_id)
    mark = marks.mark(zone_id, since)
    found = sorted(_readings(Offering.zone_id == zone_id), key=lambda reading: (reading.facts.ref, str(reading.facts.id)))
    table = meanings()
    base = make_part(found, table, None)
    _count_places(base, None, zone_id)
    return Shelf(zone_id, since, mark, (base,), Reader([base.index], lexicon_in_force(mark.words)), table)


def make_part(found: Sequence[Reading], table: Meanings, beside: text.Index | None) -> Part:
    index = text.build_stems([reading.stems for reading in found], beside)
    many = len(found)
    return Part(
        columns.build([reading.facts for reading in found], index, table, text.terms), index, [reading.digest for reading in found],
        hidden=np.zeros(many, bool), free=np.zeros(many, np.int32), unsure=np.zeros(many, bool), until=np.full(many, NEVER, np.int32),
    )


READ = (
    Offering.id, Offering.source_ref, Offering.title, Offering.organisation_id, Offering.kind, Offering.description, Offering.interests,
    Offering.needs, Offering.age_min, Offering.age_max, Offering.town, Offering.postcode_area, Offering.latitude, Offering.longitude,
    Offering.delivery, Offering.home_visit_radius_km, Offering.slots, Offering.is_by_arrangement, Offering.cost_pence, Offering.languages,
    Offering.gender, Offering.is_step_free, Offering.must_parent_stay, Offering.accessibility, Offering.sibling_min_age,
    Offering.group_size, Offering.confirmed_on, Organisation.name.label("organisation_name"),
)
"""What matching reads of an offering; columns, so that nothing half-loaded stays in the session."""


def _readings(which: sa.ColumnElement[bool]) -> Iterator[Reading]:
    statement = (
        sa.select(*READ, OfferingText.title.label("title_stems"), OfferingText.tags.label("tag_stems"), OfferingText.body.label("body_stems"))
        .join(Organisation, Organisation.id == Offering.organisation_id)
        .outerjoin(OfferingText, OfferingText.offering_id == Offering.id).where(which, *is_live())
        .execution_options(yield_per=AT_ONCE)
    )
    for row in db.session.execute(statement):
        facts = candidate_of(row)
        if row.title_stems is None:
            stems = {"title": " ".join(text.terms(facts.title)), "tags": " ".join(text.terms(" . ".join(facts.interests))),
                     "body": " ".join(text.terms(facts.description))}
        else:
            stems = {"title": row.title_stems, "tags": row.tag_stems, "body": row.body_stems}
        yield Reading(replace(facts, description=""), stems)


def candidate_of(row: Any) -> Candidate:
    """From a row of READ, or an Offering with its `organisation_name`."""
    return Candidate(
        id=row.id, ref=row.source_ref, title=row.title, organisation_id=row.organisation_id, organisation=row.organisation_name,
        kind=row.kind.value, description=row.description, interests=tuple(row.interests), needs=tuple(row.needs),
        age_min=row.age_min, age_max=row.age_max, town=row.town, postcode_area=row.postcode_area, latitude=row.latitude,
        longitude=row.longitude, delivery=row.delivery.value, home_visit_radius_km=row.home_visit_radius_km,
        slots=slots_of(row.slots), is_by_arrangement=row.is_by_arrangement, cost_pence=row.cost_pence,
        languages=frozenset(row.languages), gender=row.gender.value, is_step_free=row.is_step_free,
        must_parent_stay=row.must_parent_stay, accessibility=frozenset(row.accessibility), sibling_min_age=row.sibling_min_age,
        group_size=row.group_size, confirmed_on=row.confirmed_on, audiences=audiences.of_offering(row.title, row.description),
        meant_for=audiences.meant_for(row.title, row.description),
    )


_IDS: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True, type_=sa.Uuid())
_SOME = sa.select(*READ, Offering.version).join(Organisation, Organisation.id == Offering.organisation_id).where(Offering.id.in_(_IDS), *is_live())
_STANDING = sa.select(Offering.id, Offering.version).join(
    Organisation, Organisation.id == Offering.organisation_id).where(Offering.id.in_(_IDS), *is_live())


def fresh_candidates(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Candidate]:
    """Those of the offerings that are live at this moment, as they are now."""
    return {row.id: candidate_of(row) for some in in_parts(list(ids), CHUNK) for row in db.session.execute(_SOME, {"ids": some})}


def standing(shelf: Shelf, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Candidate]:
    """The same through what the shelf keeps: the database says which are live and of which version, only others are read."""
    versions = {id_: version for some in in_parts(list(ids), CHUNK) for id_, version in db.session.execute(_STANDING, {"ids": some})}
    missing = [id_ for id_, version in versions.items() if shelf.kept.get(id_, _NONE)[0] != version]
    if len(shelf.kept) + len(missing) > CANDIDATES_KEPT:
        shelf.kept.clear()
        missing = list(versions)
    for some in in_parts(list(missing), CHUNK):
        for row in db.session.execute(_SOME, {"ids": some}):
            shelf.kept[row.id] = (row.version, replace(candidate_of(row), description=""))
    return {id_: shelf.kept[id_][1] for id_ in ids if id_ in versions and id_ in shelf.kept}


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
        found = {reading.facts.id: reading for reading in _readings(Offering.id.in_(some))}
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
    rewritten.sort(key=lambda reading: (reading.facts.ref, str(reading.facts.id)))
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
