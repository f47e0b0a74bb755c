"""Many imported rows compared with what is there, and written together. Belongs to `imports`; nothing else calls it."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, fields
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person, Zone
from app.audit import services as audit
from app.catalogue import changes
from app.catalogue.availability import live_places
from app.catalogue.models import (
    Cohort,
    CohortState,
    Offering,
    OfferingState,
    Organisation,
    PartnerState,
    PlaceFoundBy,
)
from app.catalogue.services.import_sites import Surroundings
from app.catalogue.services.imported import ORGANISATION_KIND, Imported, ImportedOffering, Outcome
from app.catalogue.services.known import name_key, offerings_by_reference, open_cohorts, organisations_by_name
from app.catalogue.services.offerings import OfferingFacts, require_sense
from app.shared import clock
from app.shared.db import db, in_parts, lock_rows
from app.shared.errors import DomainError, Invalid

PLACE = frozenset({"latitude", "longitude", "is_place_approximate", "place_found_by"})


class Batch:
    """What is known of a Zone's catalogue while rows are compared with it."""

    def __init__(
        self, zone_id: uuid.UUID, source: str, rows: Sequence[ImportedOffering], only: Collection[str] | None, *, dry_run: bool
    ) -> None:
        self.zone_id = zone_id
        self.source = source
        self.only = only
        self.dry_run = dry_run
        self.organisations = organisations_by_name(zone_id)
        self.offerings = offerings_by_reference(zone_id, source, [row.ref for row in rows])
        self.cohorts = open_cohorts([offering.id for offering in self.offerings.values()])
        if self.cohorts and not dry_run:
            for part in in_parts(sorted(cohort.id for cohort in self.cohorts.values())):
                lock_rows(Cohort, part)  # before the count of places
        self.live = live_places(cohort.id for cohort in self.cohorts.values())
        self.taken_refs = set(db.session.scalars(
            sa.select(Organisation.source_ref).where(Organisation.zone_id == zone_id, Organisation.source == source)
        ))
        self.around = Surroundings(zone_id, rows, dry_run=dry_run)
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
        for name, value in self.around.at_site(row, organisation.id, moves=False).items():
            setattr(offering, name, value)
        self.around.ask_for(row, organisation)
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
        organisation = self._find(row.provider)
        if organisation is not None and offering.place_found_by is not PlaceFoundBy.PIN:
            is_there = offering.site is not None and row.site is not None and name_key(offering.site.name) == name_key(row.site.name)
            values |= self.around.at_site(row, organisation.id, moves=is_there)
        differing = [name for name, value in values.items() if getattr(offering, name) != value]
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
            raise Invalid(_("Kith’s children hold %(live)s places there, so it cannot have %(capacity)s.", live=live, capacity=row.capacity), field="capacity")
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
        return self.organisations.get(name_key(provider))

    def _organisation(self, row: ImportedOffering) -> Organisation:
        found = self._find(row.provider)
        if found is not None:
            return found
        known = asdict(row.organisation) if row.organisation else {"kind": ORGANISATION_KIND[row.facts.kind]}
        organisation = Organisation(
            id=uuid.uuid4(), zone_id=self.zone_id, state=PartnerState.LIVE, source=self.source, source_ref=self._reference(row.provider),
            **{**known, "name": row.provider.strip()},
        )
        self.organisations[name_key(row.provider)] = organisation
        self.new.append(organisation)
        return organisation

    def _reference(self, provider: str) -> str:
        """The organisation's name is its reference in the source, unless an earlier one (renamed since) has it."""
        name = name_key(provider)[:190]
        reference, n = name, 2
        while reference in self.taken_refs:
            reference, n = f"{name} {n}", n + 1
        self.taken_refs.add(reference)
        return reference

    def write(self, actor: Person | None, done: Sequence[Imported], progress: Callable[[int], None] | None) -> None:
        tell = progress or (lambda count: None)
        written = 0
        for kind in (Organisation, Offering, Cohort):  # in this order: each refers to the one before
            if kind is Offering:
                self.around.write_sites()
            for part in in_parts([row for row in self.new if isinstance(row, kind)]):
                db.session.add_all(part)
                db.session.flush()
                written += len(part) if kind is Offering else 0
                tell(written)
        self.around.write_contacts()
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
        self.around.tell(self.source, self.zone_id, actor)
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


def _require_places(row: ImportedOffering) -> None:
    if not row.provider.strip():
        raise Invalid(_("Name the organisation that provides it."), field="provider")
    if row.capacity is not None and row.capacity < 0:
        raise Invalid(_("A group cannot have less than no places."), field="capacity")
    if row.capacity is not None and row.places_left is not None and not 0 <= row.places_left <= row.capacity:
        raise Invalid(_("Places left must be from 0 to the capacity, %(capacity)s.", capacity=row.capacity), field="places_left")
