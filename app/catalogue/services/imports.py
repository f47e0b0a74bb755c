"""Offerings that come from files and feeds: created or updated by (Zone, source, reference), with their organisation and places.

A price is never invented. A wrong row is refused by itself and never stops the others; nothing of it is written.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from app.accounts.models import Person, Zone
from app.audit import services as audit
from app.catalogue import changes
from app.catalogue.availability import live_places
from app.catalogue.exchange import list_missing
from app.catalogue.models import (
    Cohort,
    CohortState,
    Offering,
    OfferingKind,
    OfferingState,
    Organisation,
    OrganisationKind,
    PartnerState,
    PlaceFoundBy,
)
from app.catalogue.services.offerings import OfferingFacts, require_sense
from app.catalogue.services.organisations import OrganisationFacts
from app.shared import clock
from app.shared.db import atomic, db, in_parts, lock_rows
from app.shared.errors import DomainError, Invalid, NotFound

PLACE = frozenset({"latitude", "longitude", "is_place_approximate", "place_found_by"})
ORGANISATION_KIND = {
    OfferingKind.COMMISSIONED: OrganisationKind.PARTNER,
    OfferingKind.STATUTORY: OrganisationKind.STATUTORY,
    OfferingKind.COMMUNITY_ASSET: OrganisationKind.COMMUNITY,
    OfferingKind.PAID_COMMUNITY: OrganisationKind.COMMUNITY,
}


class Outcome(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True)
class ImportedOffering:
    """One offering as its source has it. `ref` is the source's own key; `provider` the organisation's name.

    `organisation` is what else is known of the organisation: used when it is new. `capacity` None: the source says nothing of
    places, so there is no group to make or change; `places_left` None: it does not say how many are free.
    """

    ref: str
    provider: str
    facts: OfferingFacts
    capacity: int | None = None
    places_left: int | None = None
    referrals_last_year: int = 0
    organisation: OrganisationFacts | None = None


@dataclass(frozen=True)
class Imported:
    """What became of one row. `refusal` says why it was refused, with the field it is about."""

    ref: str
    outcome: Outcome
    offering_id: uuid.UUID | None = None
    refusal: DomainError | None = None


def upsert_offering(*, zone_id: uuid.UUID, source: str, offering: ImportedOffering, actor: Person | None) -> Imported:
    """One row. Raises what `upsert_offerings` would only report."""
    (done,) = upsert_offerings(zone_id=zone_id, source=source, offerings=[offering], actor=actor)
    if done.refusal is not None:
        raise done.refusal
    return done


def upsert_offerings(
    *,
    zone_id: uuid.UUID,
    source: str,
    offerings: Iterable[ImportedOffering],
    actor: Person | None,
    only: Collection[str] | None = None,
    dry_run: bool = False,
    progress: Callable[[int], None] | None = None,
) -> list[Imported]:
    """Many rows in one transaction, one answer each in the same order. Known keys are read once.

    `only` names the fields that the source has (of OfferingFacts, and capacity, places_left, referrals_last_year): a known
    offering keeps the others. `dry_run` answers the same, writes nothing and keeps nobody else from writing. `progress` is told
    how many rows are written. Raises NotFound for no such Zone.
    """
    rows = list(offerings)
    with nullcontext() if dry_run else atomic():
        if db.session.get(Zone, zone_id) is None:
            raise NotFound
        with db.session.no_autoflush:
            batch = _Batch(zone_id, source, rows, only, dry_run=dry_run)
            done = [batch.take(row) for row in rows]
        if not dry_run:
            batch.write(actor, done, progress)
        return done


def mark_seen(
    *, zone_id: uuid.UUID, source: str, seen: Collection[str], covers: Callable[[str], bool], actor: Person | None
) -> int:
    """Write down since when a source no longer has an offering, and take that away from those it has again. Nothing is deleted.

    `seen` are the ids in the source's file, `covers` says of an id whether the file speaks of it at all. How many are missing now.
    """
    with atomic():
        rows = list_missing(zone_id, source, seen, covers)
        gone = [row.id for row in rows if row.is_missing and row.since is None]
        back = [row.id for row in rows if not row.is_missing]
        for ids, since, action in ((gone, clock.today(), "catalogue.offering.not_seen"), (back, None, "catalogue.offering.seen_again")):
            for part in in_parts(ids):
                # Not an edit: nobody's open form is out of date because of it, so the version stays.
                db.session.execute(
                    sa.update(Offering).where(Offering.id.in_(part)).values(not_seen_since_on=since)
                    .execution_options(synchronize_session=False)
                )
                for offering in db.session.scalars(sa.select(Offering).where(Offering.id.in_(part))).unique().all():
                    db.session.expire(offering, ["not_seen_since_on"])
                    audit.record(action, subject=offering, actor=actor, source=source)
                db.session.flush()
        return sum(row.is_missing for row in rows)


class _Batch:
    """What is known of a Zone's catalogue while rows are compared with it."""

    def __init__(
        self, zone_id: uuid.UUID, source: str, rows: Sequence[ImportedOffering], only: Collection[str] | None, *, dry_run: bool
    ) -> None:
        self.zone_id = zone_id
        self.source = source
        self.only = only
        self.dry_run = dry_run
        self.organisations = _organisations(zone_id)
        self.offerings = _offerings(zone_id, source, [row.ref for row in rows])
        self.cohorts = _open_cohorts([offering.id for offering in self.offerings.values()])
        if self.cohorts and not dry_run:
            for part in in_parts(sorted(cohort.id for cohort in self.cohorts.values())):
                lock_rows(Cohort, part)  # before the count of places
        self.live = live_places(cohort.id for cohort in self.cohorts.values())
        self.taken_refs = set(db.session.scalars(
            sa.select(Organisation.source_ref).where(Organisation.zone_id == zone_id, Organisation.source == source)
        ))
        self.new: list[Organisation | Offering | Cohort] = []
        self.new_ids: set[uuid.UUID] = set()
        self.changed: list[tuple[Offering, list[str], dict[str, list[Any]]]] = []

    def take(self, row: ImportedOffering) -> Imported:
        known = self.offerings.get(row.ref)
        try:
            require_sense(_values(row.facts))
            _require_places(row)
            if known is None:
                return self._create(row)
            return self._update(known, row)
        except DomainError as refusal:
            return Imported(row.ref, Outcome.REFUSED, known.id if known else None, refusal)

    def _create(self, row: ImportedOffering) -> Imported:
        offering = Offering(
            id=uuid.uuid4(), zone_id=self.zone_id, source=self.source, source_ref=row.ref, state=OfferingState.LIVE,
            confirmed_on=clock.today(), referrals_last_year=row.referrals_last_year, **_values(row.facts),
        )
        organisation = self._organisation(row)
        offering.organisation_id = organisation.id
        self.offerings[row.ref] = offering
        self.new.append(offering)
        self.new_ids.add(offering.id)
        if row.capacity is not None:
            left = row.capacity if row.places_left is None else row.places_left
            cohort = Cohort(
                id=uuid.uuid4(), offering_id=offering.id, capacity=row.capacity, outside_places=row.capacity - left,
                state=CohortState.OPEN,
            )
            self.cohorts[offering.id] = cohort
            self.live[cohort.id] = 0
            self.new.append(cohort)
        return Imported(row.ref, Outcome.CREATED, None if self.dry_run else offering.id)

    def _update(self, offering: Offering, row: ImportedOffering) -> Imported:
        if offering.merged_into_id is not None:
            return Imported(row.ref, Outcome.UNCHANGED, offering.id)  # it is part of another record now, which is kept in Kith
        values = {**_values(row.facts), "referrals_last_year": row.referrals_last_year}
        if offering.place_found_by is PlaceFoundBy.PIN or offering.site_id is not None:
            values = {name: value for name, value in values.items() if name not in PLACE}  # a pin moved by hand stays where it is
        if self.only is not None:
            values = {name: value for name, value in values.items() if name in self.only}
        differing = [name for name, value in values.items() if getattr(offering, name) != value]
        organisation = self._find(row.provider)
        is_moving = organisation is None or organisation.id != offering.organisation_id
        places = self._places(offering, row)
        if not (differing or is_moving or places):
            return Imported(row.ref, Outcome.UNCHANGED, offering.id)
        if not self.dry_run:
            edits = changes.apply(offering, {name: values[name] for name in differing})
            if is_moving:
                offering.organisation_id = self._organisation(row).id
            if (differing or is_moving) and offering.confirmed_by_id is None:
                offering.confirmed_on = clock.today()  # the source's word; a person's “still right” keeps its own day
            self._set_places(offering, places)
            noted = [*differing, *(["organisation"] if is_moving else []), *(["places"] if places else [])]
            if offering.id not in self.new_ids:
                self.changed.append((offering, noted, edits))
        return Imported(row.ref, Outcome.UPDATED, offering.id)

    def _places(self, offering: Offering, row: ImportedOffering) -> tuple[int, int] | None:
        """Capacity and places taken by others as they ought to be, where that differs from what is.

        Raises Invalid when Kith's own children hold more places than the source has.
        """
        if row.capacity is None or (self.only is not None and "capacity" not in self.only):
            return None
        cohort = self.cohorts.get(offering.id)
        live = self.live.get(cohort.id, 0) if cohort else 0
        if row.capacity < live:
            raise Invalid(f"Kith’s children hold {live} places there, so it cannot have {row.capacity}.", field="capacity")
        says_left = row.places_left is not None and (self.only is None or "places_left" in self.only)
        if says_left and row.places_left is not None:
            outside = max(0, row.capacity - row.places_left - live)
        else:
            outside = min(cohort.outside_places, row.capacity - live) if cohort else 0
        if cohort is not None and (cohort.capacity, cohort.outside_places) == (row.capacity, outside):
            return None
        return row.capacity, outside

    def _set_places(self, offering: Offering, places: tuple[int, int] | None) -> None:
        if places is None:
            return
        cohort = self.cohorts.get(offering.id)
        if cohort is None:
            cohort = Cohort(id=uuid.uuid4(), offering_id=offering.id, capacity=0, outside_places=0, state=CohortState.OPEN)
            self.cohorts[offering.id] = cohort
            self.new.append(cohort)
        cohort.capacity, cohort.outside_places = places

    def _find(self, provider: str) -> Organisation | None:
        return self.organisations.get(_key(provider))

    def _organisation(self, row: ImportedOffering) -> Organisation:
        found = self._find(row.provider)
        if found is not None:
            return found
        known = asdict(row.organisation) if row.organisation else {"kind": ORGANISATION_KIND[row.facts.kind]}
        organisation = Organisation(
            id=uuid.uuid4(), zone_id=self.zone_id, state=PartnerState.LIVE, source=self.source, source_ref=self._reference(row.provider),
            **{**known, "name": row.provider.strip()},
        )
        self.organisations[_key(row.provider)] = organisation
        self.new.append(organisation)
        return organisation

    def _reference(self, provider: str) -> str:
        """The organisation's name is its reference in the source, unless an earlier one (renamed since) has it."""
        name = _key(provider)[:190]
        reference, n = name, 2
        while reference in self.taken_refs:
            reference, n = f"{name} {n}", n + 1
        self.taken_refs.add(reference)
        return reference

    def write(self, actor: Person | None, done: Sequence[Imported], progress: Callable[[int], None] | None) -> None:
        tell = progress or (lambda count: None)
        written = 0
        for kind in (Organisation, Offering, Cohort):  # in this order: each refers to the one before
            for part in in_parts([row for row in self.new if isinstance(row, kind)]):
                db.session.add_all(part)
                db.session.flush()
                written += len(part) if kind is Offering else 0
                tell(written)
        entries: list[tuple[str, Organisation | Offering, list[str] | None, dict[str, list[Any]] | None]] = [
            (f"catalogue.{row.__tablename__}.imported", row, None, None) for row in self.new if isinstance(row, (Organisation, Offering))
        ]
        entries += [("catalogue.offering.imported", offering, names, edits) for offering, names, edits in self.changed]
        for part_ in in_parts(entries):
            for action, subject, names, edits in part_:
                audit.record(action, subject=subject, actor=actor, source=self.source, fields=names, changes=edits or None)
            db.session.flush()  # `record` looks through what is pending: keep that short
            written += sum(names is not None for _, _, names, _ in part_)
            tell(written)
        counts = Counter(one.outcome for one in done)
        audit.record(
            "catalogue.import.finished", subject=db.session.get_one(Zone, self.zone_id), actor=actor, zone_id=self.zone_id,
            source=self.source, created=counts[Outcome.CREATED], updated=counts[Outcome.UPDATED],
            unchanged=counts[Outcome.UNCHANGED], refused=counts[Outcome.REFUSED],
        )


_FIELDS = tuple(field.name for field in fields(OfferingFacts))


def _values(facts: OfferingFacts) -> dict[str, Any]:
    """Like `asdict`, which would copy every list of ten thousand rows."""
    return {name: getattr(facts, name) for name in _FIELDS}


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()


def _require_places(row: ImportedOffering) -> None:
    if not row.provider.strip():
        raise Invalid("Name the organisation that provides it.", field="provider")
    if row.capacity is not None and row.capacity < 0:
        raise Invalid("A group cannot have less than no places.", field="capacity")
    if row.capacity is not None and row.places_left is not None and not 0 <= row.places_left <= row.capacity:
        raise Invalid(f"Places left must be from 0 to the capacity, {row.capacity}.", field="places_left")


def _organisations(zone_id: uuid.UUID) -> dict[str, Organisation]:
    """By name; where two share one, those that have not left come first, then the older. A merged one's name means its heir."""
    rows = db.session.scalars(
        sa.select(Organisation).where(Organisation.zone_id == zone_id)
        .order_by(Organisation.merged_into_id.is_not(None), Organisation.state == PartnerState.LEFT, Organisation.created_at, Organisation.id)
    ).all()
    by_id = {organisation.id: organisation for organisation in rows}
    out: dict[str, Organisation] = {}
    for organisation in rows:
        heir = organisation
        while heir.merged_into_id is not None and heir.merged_into_id in by_id:
            heir = by_id[heir.merged_into_id]
        out.setdefault(_key(organisation.name), heir)
    return out


def _offerings(zone_id: uuid.UUID, source: str, refs: Sequence[str]) -> dict[str, Offering]:
    found: dict[str, Offering] = {}
    for part in in_parts(refs):
        rows = db.session.scalars(
            sa.select(Offering).where(Offering.zone_id == zone_id, Offering.source == source, Offering.source_ref.in_(part))
        )
        found.update({offering.source_ref: offering for offering in rows})
    return found


def _open_cohorts(offering_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Cohort]:
    """The group of each offering that the source speaks of: the unnamed open one, else the first open one."""
    found: dict[uuid.UUID, Cohort] = {}
    for part in in_parts(offering_ids):
        rows = db.session.scalars(
            sa.select(Cohort).where(Cohort.offering_id.in_(part), Cohort.state == CohortState.OPEN)
            .order_by(Cohort.name != "", Cohort.created_at, Cohort.id)
        )
        for cohort in rows:
            found.setdefault(cohort.offering_id, cohort)
    return found
