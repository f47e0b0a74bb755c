"""Some offerings of a shelf: their columns, their words, their free places."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import sqlalchemy as sa

from app.catalogue import availability
from app.catalogue.exchange import OPEN_TO_ALL
from app.catalogue.models import Cohort, Offering, OfferingKind
from app.catalogue.search.meaning import Meanings
from app.matching import columns, text
from app.matching.columns import Array, Columns
from app.matching.facts import Facts, facts_of
from app.matching.reading import AT_ONCE, CHUNK, Reading
from app.shared.db import db, in_parts

DROP_IN = -1
"""Free places where nobody counts them."""
NEVER = 10_000_000
_DROP_IN_KINDS = (OfferingKind.COMMUNITY_ASSET, OfferingKind.STATUTORY)


@dataclass(eq=False)
class Part:
    """Offerings with their words. `hidden` are those that stand in a later part or nowhere any more. `free` places as they were when
    last something about them changed; those of `unsure` (some are Kith's own, which may run out, or a run ends) are asked for anew."""

    columns: Columns
    facts: Facts
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
    def state(self) -> Array:
        """As kernels.sift has it."""
        return self.hidden.astype(np.uint8)

    @cached_property
    def sure_until(self) -> Array:
        """The last day (ordinal) on which `free` can be relied upon; -1 for those of `unsure`."""
        return np.where(self.unsure, -1, self.until).astype(np.int32)

    @cached_property
    def of_who(self) -> Array:
        """How many offerings there are of each combination of `columns.whos`, without the hidden ones."""
        return np.bincount(self.columns.who[~self.hidden], minlength=len(self.columns.whos))

    @cached_property
    def at(self) -> dict[uuid.UUID, int]:
        return {id_: at for at, id_ in enumerate(self.columns.ids)}


def make_part(found: Sequence[Reading], table: Meanings, beside: text.Index | None) -> Part:
    """`found` in order."""
    index = text.build_stems([reading.stems for reading in found], beside)
    many = len(found)
    rows = [reading.facts for reading in found]
    return Part(
        columns.build(rows, index, table, text.terms), facts_of(rows), index, [reading.digest for reading in found],
        hidden=np.zeros(many, bool), free=np.zeros(many, np.int32), unsure=np.zeros(many, bool), until=np.full(many, NEVER, np.int32),
    )


def count_places(part: Part, which: Sequence[uuid.UUID] | None, zone_id: uuid.UUID) -> None:
    """Fills in the free places of some of the offerings, or of all."""
    cohorts = [row for row in _cohorts(which, zone_id) if row.offering_id in part.at]
    running = [row for row in cohorts if row.is_running]
    live = availability.live_places(row.id for row in running)
    free: Counter[int] = Counter()
    until: dict[int, int] = {}
    unsure = set[int]()
    for row in running:
        at = part.at[row.offering_id]
        free[at] += max(0, row.capacity - row.outside_places - live[row.id])
        if live[row.id] > 0:
            unsure.add(at)
        if row.ends_on is not None:
            until[at] = min(until.get(at, NEVER), row.ends_on.toordinal())
    places = np.arange(part.columns.size) if which is None else np.array([part.at[id_] for id_ in which if id_ in part.at], np.int64)
    part.free[places], part.unsure[places], part.until[places] = 0, False, NEVER
    part.free[list(free)], part.unsure[list(unsure)], part.until[list(until)] = list(free.values()), True, list(until.values())
    has_cohorts = np.zeros(part.columns.size, bool)
    has_cohorts[[part.at[row.offering_id] for row in cohorts]] = True
    drops_in = np.array([kind in _DROP_IN_KINDS for kind in part.columns.kinds], bool)[part.columns.kind[places]]
    part.free[places[(drops_in & ~has_cohorts[places]) | (part.free[places] > OPEN_TO_ALL // 2)]] = DROP_IN


def _cohorts(which: Sequence[uuid.UUID] | None, zone_id: uuid.UUID) -> list[Any]:
    statement = sa.select(
        Cohort.id, Cohort.offering_id, Cohort.capacity, Cohort.outside_places, Cohort.ends_on,
        sa.case((sa.and_(*availability.is_running()), 1), else_=0).label("is_running"),
    )
    if which is None:
        in_zone = statement.join(Offering, Offering.id == Cohort.offering_id).where(Offering.zone_id == zone_id)
        return list(db.session.execute(in_zone.execution_options(yield_per=AT_ONCE)))
    return [row for some in in_parts(list(which), CHUNK) for row in db.session.execute(statement.where(Cohort.offering_id.in_(some)))]
