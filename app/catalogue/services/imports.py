"""Taking many offerings, and tables of postcodes, in one transaction. What changes is the interchange room's to decide."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from app.accounts.models import Person
from app.audit.services import record as write_trail
from app.catalogue import exchange
from app.catalogue.availability import live_places
from app.catalogue.exchange import CHUNK, OPEN_TO_ALL, PLAIN_FIELDS, OfferingRecord
from app.catalogue.models import (
    Cohort,
    Offering,
    OfferingKind,
    Organisation,
    OrganisationKind,
    Postcode,
)
from app.shared import clock
from app.shared.db import atomic, db, lock_rows
from app.shared.errors import Stale

PLACES = frozenset({"capacity", "places_left"})
PLACE = frozenset({"latitude", "longitude", "postcode_area"})

_KINDS = {
    OfferingKind.COMMISSIONED: OrganisationKind.PARTNER,
    OfferingKind.STATUTORY: OrganisationKind.STATUTORY,
}


@dataclass(frozen=True)
class OfferingChange:
    """What one offering should be, and which fields differ from what it is. `offering` None: it is new.

    `place` is where the postcode lies, for offerings whose source gives no coordinates. Address, postcode and e-mail go to an
    organisation that is made for this offering; one that is there already keeps its own.
    """

    record: OfferingRecord
    offering: Offering | None
    fields: frozenset[str] = frozenset()
    place: tuple[float, float] | None = None
    address: str = ""
    postcode: str = ""
    email: str = ""


def save_offerings(*, zone_id: uuid.UUID, source: str, changes: Sequence[OfferingChange], actor: Person | None) -> list[Offering]:
    """Make and change offerings, their organisations and their places, in the order given.

    A cohort never gets a capacity below the places that Kith's children have: raises Stale when that came about meanwhile.
    """
    with atomic():
        organisations = _organisations(zone_id, source, changes)
        saved = []
        for change in changes:
            offering = change.offering or Offering(zone_id=zone_id, source=source, source_ref=change.record.ref)
            _write(offering, change, organisations)
            if change.offering is None:
                db.session.add(offering)
            saved.append(offering)
        db.session.flush()
        _set_places([(offering, change) for offering, change in zip(saved, changes, strict=True)
                     if change.offering is None or PLACES & change.fields])
        for offering, change in zip(saved, changes, strict=True):
            if change.offering is None:
                write_trail("catalogue.offering.imported", subject=offering, actor=actor, source=source)
            else:
                write_trail("catalogue.offering.reimported", subject=offering, actor=actor, source=source, fields=sorted(change.fields))
        return saved


def _write(offering: Offering, change: OfferingChange, organisations: dict[str, Organisation]) -> None:
    record, is_new = change.record, change.offering is None
    for name in PLAIN_FIELDS:
        if is_new or name in change.fields:
            setattr(offering, name, getattr(record, name))
    if is_new or "provider" in change.fields:
        offering.organisation = organisations[_key(record.provider)]
    if is_new or PLACE & change.fields or change.place is not None:
        own = record.latitude is not None
        offering.latitude, offering.longitude = (record.latitude, record.longitude) if own else change.place or (None, None)
        offering.is_place_approximate = not own and change.place is not None
    if change.postcode:
        offering.postcode = change.postcode


def _organisations(zone_id: uuid.UUID, source: str, changes: Sequence[OfferingChange]) -> dict[str, Organisation]:
    """The organisations by name, in any capitals; those that are new are made. Of several of one name the first made counts."""
    wanted = {_key(c.record.provider): c for c in reversed(changes) if c.offering is None or "provider" in c.fields}
    statement = (
        sa.select(Organisation).where(Organisation.zone_id == zone_id).order_by(Organisation.created_at.desc(), Organisation.id)
    )
    found = {key: row for row in db.session.scalars(statement) if (key := _key(row.name)) in wanted}
    kinds: dict[str, set[OfferingKind]] = {}
    for change in changes:
        kinds.setdefault(_key(change.record.provider), set()).add(change.record.kind)
    for key, change in wanted.items():
        if key not in found:
            found[key] = Organisation(
                zone_id=zone_id, name=change.record.provider, kind=_organisation_kind(kinds[key]), source=source, source_ref=key[:200],
                address=change.address, postcode=change.postcode, email=change.email,
            )
            db.session.add(found[key])
    return found


def _key(name: str) -> str:
    return " ".join(name.casefold().split())


def _organisation_kind(kinds: Iterable[OfferingKind]) -> OrganisationKind:
    """Whoever has one commissioned programme is a partner."""
    wanted = {_KINDS.get(kind, OrganisationKind.COMMUNITY) for kind in kinds}
    return next(kind for kind in (OrganisationKind.PARTNER, OrganisationKind.STATUTORY, OrganisationKind.COMMUNITY) if kind in wanted)


# --- places --------------------------------------------------------------------------------------


def _set_places(pairs: Sequence[tuple[Offering, OfferingChange]]) -> None:
    """The source's number of places, on the one cohort that runs; with several, the places are Kith's own affair."""
    known = [(offering, change, cohorts[0]) for offering, change in pairs
             if change.offering is not None and len(cohorts := exchange.running_cohorts(offering)) == 1]
    lock_rows(Cohort, [cohort.id for _, _, cohort in known])
    live = live_places(cohort.id for _, _, cohort in known)
    for offering, change, cohort in known:
        _set_cohort(offering, change.record, cohort, live[cohort.id])
    for offering, change in pairs:
        if change.offering is None or not exchange.running_cohorts(offering):
            db.session.add(_set_cohort(offering, change.record, Cohort(offering_id=offering.id), 0))
    db.session.flush()


def _set_cohort(offering: Offering, record: OfferingRecord, cohort: Cohort, live: int) -> Cohort:
    capacity = OPEN_TO_ALL if record.capacity is None else record.capacity
    if capacity < live:
        raise Stale(f"“{offering.title}” has {live} of Kith's children by now, more than the {capacity} places in the file. Import again.")
    left = capacity if record.places_left is None else record.places_left
    cohort.capacity = capacity
    cohort.outside_places = max(0, capacity - left - live)
    return cohort


# --- postcodes -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class PostcodePlace:
    code: str
    latitude: float
    longitude: float
    place: str = ""


@dataclass
class PostcodeCount:
    created: int = 0
    updated: int = 0
    unchanged: int = 0


def save_postcodes(rows: Iterable[PostcodePlace], *, is_dry_run: bool = False) -> PostcodeCount:
    """Take a table of postcodes, as long as it may be, in one transaction. The later of two rows for one code counts.

    Reference data: no audit entry of its own, the command says what it did. A dry run counts and writes nothing.
    """
    count = PostcodeCount()
    if is_dry_run:
        for chunk in _chunks(rows):
            _save_chunk(chunk, count, is_dry_run=True)
        return count
    with atomic():
        for chunk in _chunks(rows):
            _save_chunk(chunk, count, is_dry_run=False)
    return count


def _chunks(rows: Iterable[PostcodePlace]) -> Iterable[dict[str, PostcodePlace]]:
    chunk: dict[str, PostcodePlace] = {}
    for row in rows:
        chunk[row.code] = row
        if len(chunk) >= CHUNK:
            yield chunk
            chunk = {}
    if chunk:
        yield chunk


def _save_chunk(chunk: dict[str, PostcodePlace], count: PostcodeCount, *, is_dry_run: bool) -> None:
    statement = sa.select(Postcode.code, Postcode.latitude, Postcode.longitude, Postcode.place).where(Postcode.code.in_(list(chunk)))
    known = {code: (latitude, longitude, place) for code, latitude, longitude, place in db.session.execute(statement).tuples()}
    new = [row for row in chunk.values() if row.code not in known]
    moved = [row for row in chunk.values() if row.code in known and known[row.code] != (row.latitude, row.longitude, row.place)]
    count.created += len(new)
    count.updated += len(moved)
    count.unchanged += len(chunk) - len(new) - len(moved)
    if is_dry_run:
        return
    if new:
        at = clock.now()
        db.session.execute(sa.insert(Postcode), [
            {"id": uuid.uuid4(), "created_at": at, "code": r.code, "latitude": r.latitude, "longitude": r.longitude, "place": r.place}
            for r in new
        ])
    for row in moved:
        values = {"latitude": row.latitude, "longitude": row.longitude, "place": row.place}
        db.session.execute(sa.update(Postcode).where(Postcode.code == row.code).values(values))
