"""Taking children in. The right ones come in together, the wrong ones are reported; the same file twice changes nothing."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace

from app.accounts.models import Person, Zone
from app.accounts.queries import get_zone
from app.audit.services import record as write_trail
from app.children import services as children
from app.children.records import ChildRecord
from app.interchange import memory, queries
from app.interchange.children_json import read_children
from app.interchange.merging import Merger, Outcome, Rules
from app.interchange.models import ImportedRecord, ImportKind
from app.interchange.problems import Reading
from app.interchange.reports import Report, Taken
from app.interchange.services.catalogue import DEFAULT_SOURCE
from app.shared.db import atomic
from app.shared.view import plural

MERGER = Merger(ChildRecord, Rules(together=(("lat", "lon"),), drifting=frozenset({"own_words"}), apart_from=frozenset({"id"})))
COLUMNS = frozenset(field.name for field in fields(ChildRecord)) - {"id"}
STEP = 100


@dataclass
class Plan:
    """What would be done, worked out without writing. A record's own words are blank where they are not new."""

    records: list[ChildRecord] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    known: dict[str, ImportedRecord] = field(default_factory=dict)
    said: dict[str, dict[str, str]] = field(default_factory=dict)
    schoolless: int = 0


def import_children(
    *, zone_id: uuid.UUID, content: bytes, source: str = DEFAULT_SOURCE, is_dry_run: bool = False, actor: Person | None,
    progress: Callable[[int], None] | None = None,
) -> Report:
    """Take a children.json into a Zone. `actor` None is the command line. Raises Unusable when the file cannot be read at all.

    Children are matched by (Zone, source, id); what somebody has edited in Kith since the last import stays. New children have no
    school yet and are on nobody's caseload: the Zone's managers see them and assign them. A dry run writes nothing.
    """
    reading = read_children(content)
    if is_dry_run:
        return _report(get_zone(zone_id), source, reading, _plan(zone_id, source, reading), is_dry_run=True)
    with atomic():
        zone = memory.one_at_a_time(zone_id)
        plan = _plan(zone_id, source, reading)
        report = _report(zone, source, reading, plan, is_dry_run=False)
        for number, record in enumerate(plan.records, 1):
            children.upsert_child(zone_id=zone_id, source=source, record=record, actor=actor)
            if progress is not None and number % STEP == 0:
                progress(number)
        memory.remember(zone_id, ImportKind.CHILDREN, source, plan.known, plan.said)
        if plan.records:
            write_trail(
                "interchange.children.imported", subject=zone, actor=actor, zone_id=zone_id, source=source,
                created=report.created, updated=report.updated, unchanged=report.unchanged, wrong=report.wrong,
            )
        return report


def _plan(zone_id: uuid.UUID, source: str, reading: Reading[ChildRecord]) -> Plan:
    refs = [record.id for _, record in reading.rows]
    here = queries.list_imported_children(zone_id, source, refs)
    plan = Plan(known=memory.recall(zone_id, ImportKind.CHILDREN, source, refs))
    for row, incoming in reading.rows:
        child = here.get(incoming.id)
        said = plan.said[incoming.id] = MERGER.fingerprints(incoming)
        if child is None:
            plan.records.append(incoming)
            plan.taken.append(Taken(row, incoming.id, incoming.first_name, Outcome.CREATED))
            plan.schoolless += 1
            continue
        last = plan.known[incoming.id].prints if incoming.id in plan.known else None
        merged = MERGER.merge(children.to_record(child), incoming, said, last, COLUMNS)
        changed = merged.changed - ({"own_words"} if not incoming.own_words.strip() else set())
        if changed:
            plan.records.append(merged.record if "own_words" in changed else replace(merged.record, own_words=""))
        outcome = Outcome.UPDATED if changed else Outcome.UNCHANGED
        plan.taken.append(Taken(row, incoming.id, incoming.first_name, outcome, tuple(sorted(changed)), merged.kept))
    return plan


def _report(zone: Zone, source: str, reading: Reading[ChildRecord], plan: Plan, *, is_dry_run: bool) -> Report:
    notes = list(reading.notes)
    if plan.schoolless:
        notes.append(f"{plural(plan.schoolless, 'new child', 'new children')} without a school: give each a school and a Link Worker on their page.")
    return Report(
        what="children", zone=zone.slug, source=source, is_dry_run=is_dry_run, taken=plan.taken, problems=reading.problems,
        wrong=reading.wrong_rows, notes=notes,
    )
