"""Taking a catalogue in. The right rows come in together, the wrong ones are reported; the same file twice changes nothing."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, fields
from functools import partial
from typing import Any

from app.accounts.models import Person, Zone
from app.accounts.queries import get_zone
from app.catalogue import exchange
from app.catalogue.exchange import OPEN_TO_ALL, PLAIN_FIELDS, OfferingRecord
from app.catalogue.models import Delivery, Offering, PlaceFoundBy
from app.catalogue.services.contacts import ContactFacts
from app.catalogue.services.imports import ORGANISATION_KIND, ImportedOffering, mark_seen, upsert_offerings
from app.catalogue.services.offerings import OfferingFacts
from app.catalogue.services.organisations import OrganisationFacts
from app.catalogue.services.sites import SiteFacts
from app.catalogue.whereabouts import Spot
from app.interchange import memory
from app.interchange.catalogue_csv import COLUMNS, read_catalogue
from app.interchange.mapped import Beyond
from app.interchange.merging import Merged, Merger, Outcome, Rules
from app.interchange.models import ImportedRecord, ImportKind
from app.interchange.postcodes import tidy_code, wider_codes
from app.interchange.problems import Problem, Reading, shown
from app.interchange.reports import Report, Taken
from app.shared.db import atomic
from app.shared.view import plural

DEFAULT_SOURCE = "import"
MERGER = Merger(OfferingRecord, Rules(
    together=(("latitude", "longitude"), ("year_min", "year_max")), drifting=frozenset({"places_left"}), apart_from=frozenset({"ref"}),
))
PLACES = frozenset({"capacity", "places_left"})
PLACE = frozenset({"latitude", "longitude", "postcode_area", "postcode"})
COLUMN_OF = {**{column.field: column.title for column in COLUMNS}, "slots": "sessions", "year_min": "school years", "year_max": "school years"}
_FACTS = tuple(f.name for f in fields(OfferingFacts))
_SHARED = tuple(name for name in PLAIN_FIELDS if name in _FACTS)


@dataclass(frozen=True)
class Extras:
    """What a source knows beyond the format: for the organisation it makes, and for where the offering is."""

    organisation: Beyond = field(default_factory=Beyond)
    spot: tuple[float, float] | None = None


@dataclass
class Plan:
    """What would be done, worked out without writing. `offerings` are the rows that make or change something."""

    offerings: list[tuple[int, ImportedOffering]] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    known: dict[str, ImportedRecord] = field(default_factory=dict)
    said: dict[str, dict[str, str]] = field(default_factory=dict)
    placeless: list[str] = field(default_factory=list)
    merged_away: list[str] = field(default_factory=list)
    missing: int = 0


Progress = Callable[[str, int, int], None]
"""Told what is being done, how far it is, and of how many."""


def silent(what: str, done: int, total: int) -> None:
    """For who does not want to be told."""


def _everything(ref: str) -> bool:
    return True


def import_catalogue(
    *, zone_id: uuid.UUID, content: bytes, source: str = DEFAULT_SOURCE, is_dry_run: bool = False, actor: Person | None,
    progress: Progress = silent,
) -> Report:
    """Take a catalogue.csv into a Zone. `actor` None is the command line. Raises Unusable when the file cannot be read at all.

    Offerings are matched by (Zone, source, id); fields that somebody has edited in Kith since the last import stay as they are.
    A dry run gives the same report and writes nothing.
    """
    return take_offerings(
        zone_id=zone_id, reading=read_catalogue(content), source=source, is_dry_run=is_dry_run, actor=actor, what="catalogue", extras={},
        progress=progress,
    )


def take_offerings(
    *, zone_id: uuid.UUID, reading: Reading[OfferingRecord], source: str, is_dry_run: bool, actor: Person | None, what: str,
    extras: Mapping[str, Extras], progress: Progress = silent, covers: Callable[[str], bool] = _everything,
) -> Report:
    """The same for rows that were read from any kind of file. `covers` says of an id whether the file speaks of it at all.

    A dry run only reads: nobody waits for it.
    """
    with nullcontext() if is_dry_run else atomic():
        zone = get_zone(zone_id) if is_dry_run else memory.one_at_a_time(zone_id)
        progress("Comparing", 0, len(reading.rows))
        plan = _plan(zone_id, source, reading, extras)
        problems = _write(zone_id, source, plan, actor, progress, is_dry_run=is_dry_run)
        _note_missing(zone_id, source, reading, plan, actor, covers, is_dry_run=is_dry_run)
        return _report(zone, source, reading, plan, problems, what, is_dry_run=is_dry_run)


def _note_missing(
    zone_id: uuid.UUID, source: str, reading: Reading[OfferingRecord], plan: Plan, actor: Person | None, covers: Callable[[str], bool],
    *, is_dry_run: bool,
) -> None:
    """Who is not in the file any more. Rows that could not be read at all may have been anybody, so then nobody is missed."""
    seen = reading.seen | {record.ref for _, record in reading.rows}
    knows_all = bool(reading.rows) and not reading.has_unread_rows
    if not knows_all:
        seen |= {row.ref for row in exchange.list_missing(zone_id, source, seen, covers) if row.is_missing and row.since is None}
    if is_dry_run:
        plan.missing = sum(row.is_missing for row in exchange.list_missing(zone_id, source, seen, covers))
    else:
        plan.missing = mark_seen(zone_id=zone_id, source=source, seen=seen, covers=covers, actor=actor)


def _plan(zone_id: uuid.UUID, source: str, reading: Reading[OfferingRecord], extras: Mapping[str, Extras]) -> Plan:
    refs = [record.ref for _, record in reading.rows]
    offerings = exchange.list_imported(zone_id, source, refs)
    current = exchange.to_records(list(offerings.values()))
    plan = Plan(known=memory.recall(zone_id, ImportKind.CATALOGUE, source, refs))
    merged = {}
    for _, incoming in reading.rows:
        offering, said = offerings.get(incoming.ref), MERGER.fingerprints(incoming)
        # Of a new one all is kept, also what a blank means: should a column come later, an edit made meanwhile is still known as one.
        plan.said[incoming.ref] = said if offering is None else {name: print_ for name, print_ in said.items() if name in reading.columns}
        if offering is not None:
            last = plan.known[incoming.ref].prints if incoming.ref in plan.known else None
            columns = reading.columns - _kiths_own(offering, incoming)
            merged[incoming.ref] = MERGER.merge(current[offering.id], incoming, said, last, columns)
    places = _find_places(reading, offerings, merged, extras)
    for row, incoming in reading.rows:
        ref, offering = incoming.ref, offerings.get(incoming.ref)
        known = merged.get(ref, Merged(incoming, frozenset(), ()))
        place = places.get(ref)
        if offering is not None and offering.merged_into_id is not None:
            plan.merged_away.append(ref)
            plan.taken.append(Taken(row, ref, incoming.title, Outcome.UNCHANGED))
            continue
        outcome = Outcome.CREATED if offering is None else Outcome.UPDATED if known.changed or place else Outcome.UNCHANGED
        if outcome is not Outcome.UNCHANGED:
            plan.offerings.append((row, _to_import(offering, known, place, extras.get(ref, Extras()))))
        is_placed = known.record.latitude is not None or place is not None or (offering is not None and offering.latitude is not None)
        if not is_placed and known.record.delivery is not Delivery.ONLINE:
            plan.placeless.append(ref)
        changed = known.changed | ({"place"} if place is not None and offering is not None else set())
        plan.taken.append(Taken(row, ref, incoming.title, outcome, _columns(changed), _columns(known.kept)))
    return plan


def _is_at_own_site(offering: Offering, incoming: OfferingRecord) -> bool:
    """At a site that the file does not speak of, or whose pin a person has moved."""
    site = offering.site
    return site is not None and (site.name != incoming.site or site.place_found_by is PlaceFoundBy.PIN)


def _kiths_own(offering: Offering, incoming: OfferingRecord) -> frozenset[str]:
    """Fields in which no file has a say: the places of several groups, a pin moved by hand, and what an offering has from a site (unless the
    file speaks of that very site, and nobody moved its pin)."""
    own: frozenset[str] = PLACES if len(exchange.running_cohorts(offering)) > 1 else frozenset()
    if _is_at_own_site(offering, incoming):
        return own | PLACE | {"town"}
    return own | {"latitude"} if offering.place_found_by is PlaceFoundBy.PIN else own


def _columns(names: Iterable[str]) -> tuple[str, ...]:
    """Fields by the names that the file has for them."""
    return tuple(sorted({COLUMN_OF.get(name, name) for name in names}))


def _to_import(offering: Offering | None, merged: Merged[OfferingRecord], place: Spot | None, extra: Extras) -> ImportedOffering:
    record = merged.record
    values = {name: getattr(offering, name) for name in _FACTS} if offering is not None else {}
    values |= {name: getattr(record, name) for name in _SHARED}
    if offering is None or place is not None or PLACE & merged.changed:
        own = Spot(record.latitude, record.longitude, PlaceFoundBy.SOURCE) if record.latitude is not None and record.longitude is not None else None
        spot = place or own
        values |= {
            "latitude": spot.latitude if spot else None, "longitude": spot.longitude if spot else None,
            "place_found_by": spot.found_by if spot else None, "is_place_approximate": place is not None,
        }
    if "site" in merged.changed and not record.site:
        values["site_id"] = None
    says_places = offering is None or bool(PLACES & merged.changed)
    left = OPEN_TO_ALL if record.capacity is None else record.places_left
    known = extra.organisation
    return ImportedOffering(
        ref=record.ref, provider=record.provider, facts=OfferingFacts(**values), referrals_last_year=record.referrals_last_year,
        capacity=(OPEN_TO_ALL if record.capacity is None else record.capacity) if says_places else None,
        places_left=left if says_places else None,
        site=_site_of(record, values, known) if record.site else None,
        contact=_contact_of(known), organisation=OrganisationFacts(
            name=record.provider, kind=ORGANISATION_KIND[record.kind], address=known.address, postcode=known.postcode, email=known.email,
            phone=known.phone, website=known.website, contact_name=known.contact_name,
        ),
    )


def _site_of(record: OfferingRecord, place: Mapping[str, Any], known: Beyond) -> SiteFacts:
    return SiteFacts(
        name=record.site, address=known.address, town=record.town, postcode=record.postcode, latitude=place["latitude"],
        longitude=place["longitude"], place_found_by=place["place_found_by"], how_to_get_there=record.how_to_get_there,
        is_step_free=record.is_step_free, accessibility=list(record.accessibility), access_note=known.access_note,
    )


def _contact_of(known: Beyond) -> ContactFacts | None:
    """Somebody with a name, who can be reached."""
    if not known.contact_name or not (known.email or known.phone):
        return None
    return ContactFacts(name=known.contact_name, title=known.contact_title, email=known.email, phone=known.phone)


def _write(zone_id: uuid.UUID, source: str, plan: Plan, actor: Person | None, progress: Progress, *, is_dry_run: bool) -> list[Problem]:
    """Hand the rows that say something new to the catalogue; what it refuses joins the wrong ones and is not remembered."""
    problems: list[Problem] = []
    if plan.offerings:
        rows = {imported.ref: row for row, imported in plan.offerings}
        done = upsert_offerings(
            zone_id=zone_id, source=source, offerings=[imported for _, imported in plan.offerings], actor=actor, dry_run=is_dry_run,
            progress=partial(_tell_written, progress, 2 * len(plan.offerings)),
        )
        for one in done:
            if one.refusal is not None:
                column = one.refusal.field or ""
                problems.append(Problem(
                    rows[one.ref], COLUMN_OF.get(column, column) or "the whole row", shown(one.ref), one.refusal.sentence.rstrip(".")
                ))
                plan.said.pop(one.ref, None)
    wrong = {problem.row for problem in problems}
    plan.taken = [taken for taken in plan.taken if taken.row not in wrong]
    if not is_dry_run:
        memory.remember(zone_id, ImportKind.CATALOGUE, source, plan.known, plan.said)
    return problems


def _tell_written(progress: Progress, total: int, count: int) -> None:
    """Rows are written first and put into the trail then: twice as many steps."""
    progress("Writing", count, total)


def _find_places(
    reading: Reading[OfferingRecord], offerings: Mapping[str, Offering], merged: Mapping[str, Merged[OfferingRecord]],
    extras: Mapping[str, Extras],
) -> dict[str, Spot]:
    """For those without coordinates of their own: the middle of the postcode, else of its sector, else of its outcode.

    An offering that has such a place keeps it while its postcode stays the same, and a closer one is not known meanwhile.
    """
    codes: dict[str, list[str]] = {}
    spots: dict[str, Spot] = {}
    for _, incoming in reading.rows:
        ref, offering = incoming.ref, offerings.get(incoming.ref)
        record = merged[ref].record if ref in merged else incoming
        if offering is not None and (offering.place_found_by is PlaceFoundBy.PIN or _is_at_own_site(offering, incoming)):
            continue
        is_settled = offering is not None and offering.latitude is not None and not PLACE & merged[ref].changed
        extra = extras.get(ref, Extras())
        if record.latitude is not None or record.delivery is Delivery.ONLINE or is_settled:
            continue
        if extra.spot is not None:
            spots[ref] = Spot(*extra.spot, PlaceFoundBy.POSTCODE)
        else:
            code = tidy_code(record.postcode) or tidy_code(record.postcode_area)
            codes[ref] = wider_codes(code) if code else []
    known = exchange.find_places(code for wider in codes.values() for code in wider)
    found = {
        ref: Spot(*known[code], _found_by(code)) for ref, wider in codes.items() if (code := next((c for c in wider if c in known), "")) in known
    }
    return spots | found


def _found_by(code: str) -> PlaceFoundBy:
    rest = code.partition(" ")[2]
    return PlaceFoundBy.POSTCODE if len(rest) == 3 else PlaceFoundBy.SECTOR if rest else PlaceFoundBy.OUTCODE


def _report(
    zone: Zone, source: str, reading: Reading[OfferingRecord], plan: Plan, refused: list[Problem], what: str, *, is_dry_run: bool
) -> Report:
    problems = sorted([*reading.problems, *refused], key=lambda problem: problem.row)
    notes = list(reading.notes)
    if plan.placeless:
        notes.append(
            f"{plural(len(plan.placeless), 'offering')} without a place, because there are no coordinates and the postcode is not in the table "
            f"of postcodes: {_some(plan.placeless)}."
        )
    if plan.merged_away:
        were = "has" if len(plan.merged_away) == 1 else "have"
        notes.append(f"{plural(len(plan.merged_away), 'offering')} {were} been merged into another in Kith and were left alone: {_some(plan.merged_away)}.")
    if plan.missing > 0:
        are, stay, them = ("is", "it stays as it is", "it") if plan.missing == 1 else ("are", "they stay as they are", "them")
        notes.append(
            f"{plural(plan.missing, 'offering')} of this source {are} not in the file. Nothing is deleted: {stay} and "
            f"{'will be' if is_dry_run else are} marked as not seen, until the source has {them} again."
        )
    if reading.has_unread_rows:
        notes.append("Some rows could not be read at all, so no offering is marked as not seen because of this file.")
    return Report(
        what=what, zone=zone.slug, source=source, is_dry_run=is_dry_run, taken=plan.taken, problems=problems,
        wrong=len({problem.row for problem in problems}), notes=notes,
    )


def _some(refs: Sequence[str], most: int = 8) -> str:
    return ", ".join(refs[:most]) + (f" and {len(refs) - most:,} more" if len(refs) > most else "")
