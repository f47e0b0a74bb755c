"""Children in and out of Kith's own exchange format, one at a time. Reading the file is the interchange room's."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from app.accounts.models import Person
from app.audit.services import record as write_trail
from app.children import queries
from app.children.models import Child, Need, Voice
from app.children.record_values import Window
from app.children.records import ChildRecord
from app.children.services import powers
from app.shared import clock
from app.shared.db import atomic, db


class Outcome(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Upserted:
    outcome: Outcome
    child: Child


def find_imported(zone_id: uuid.UUID, source: str, source_ref: str) -> Child | None:
    """The child that came from that source under that id."""
    statement = sa.select(Child).where(Child.zone_id == zone_id, Child.source == source, Child.source_ref == source_ref)
    return db.session.scalars(statement).unique().one_or_none()


def upsert_child(
    *, zone_id: uuid.UUID, source: str, record: ChildRecord, actor: Person | None, school_id: uuid.UUID | None = None
) -> Upserted:
    """Make or bring up to date the child known by (Zone, source, id). The same record twice changes nothing.

    What the file does not know (surname, carers, consents, the plan's words) is left as it is. Needs the file no longer has
    end. The child's own words, where new, become a voice; earlier words stay.
    """
    with atomic():
        powers.manages(actor, zone_id)
        child = find_imported(zone_id, source, record.id)
        if child is None:
            child = Child(zone_id=zone_id, school_id=school_id, source=source, source_ref=record.id,
                          reference=queries.free_reference(zone_id), first_name="", age=0)
            db.session.add(child)
            _take(child, record)
            write_trail("children.child.imported", subject=child, actor=actor, source=source)
            return Upserted(Outcome.CREATED, child)
        changed = _take(child, record)
        if school_id is not None and child.school_id is None:
            child.school_id = school_id
            changed = [*changed, "school"]
        if not changed:
            return Upserted(Outcome.UNCHANGED, child)
        write_trail("children.child.reimported", subject=child, actor=actor, source=source, fields=changed)
        return Upserted(Outcome.UPDATED, child)


_PLAIN = {
    "first_name": "first_name", "age": "age", "school_year": "school_year", "gender": "gender", "region": "region",
    "town": "town", "lat": "latitude", "lon": "longitude", "link_worker_note": "link_worker_note", "goals": "goals_text",
    "barriers": "barriers", "max_km": "max_km", "holidays_ok": "are_holidays_ok", "online_ok": "is_online_ok",
    "max_cost_pence": "max_cost_pence", "step_free": "needs_step_free", "girls_only": "is_girls_only", "max_group": "max_group",
    "quiet_required": "needs_quiet", "parent_cannot_stay": "parent_cannot_stay",
}
_LISTS = {"interests": "interests", "languages": "languages", "sibling_ages": "sibling_ages"}


def _take(child: Child, record: ChildRecord) -> list[str]:
    """Bring the child to what the record says; the names of what changed."""
    wanted: dict[str, Any] = {column: getattr(record, name) for name, column in _PLAIN.items()}
    wanted |= {column: list(getattr(record, name)) for name, column in _LISTS.items()}
    wanted["windows"] = [window.as_dict() for window in record.windows]
    changed = [column for column, value in wanted.items() if getattr(child, column) != value]
    for column in changed:
        setattr(child, column, wanted[column])
    if _take_needs(child, record):
        changed.append("needs")
    imported = max((v for v in child.voices if v.source == "import"), key=lambda v: (v.said_on, v.created_at), default=None)
    if record.own_words.strip() and (imported is None or imported.words != record.own_words):
        child.voices.append(Voice(words=record.own_words, said_on=clock.today(), source="import"))
        changed.append("own_words")
    return changed


def _take_needs(child: Child, record: ChildRecord) -> bool:
    changed = False
    known = {need.code: need for need in child.needs}
    for position, (code, priority) in enumerate(record.needs):
        need = known.pop(code, None)
        if need is None:
            child.needs.append(Need(code=code, priority=priority, position=position))
            changed = True
        elif (need.priority, need.position, need.ended_on) != (priority, position, None):
            need.priority, need.position, need.ended_on = priority, position, None
            changed = True
    for need in known.values():
        if need.ended_on is None:
            need.ended_on = clock.today()
            changed = True
    return changed


def to_record(child: Child) -> ChildRecord:
    """The child as the exchange format knows one. The newest words are the child's own words."""
    newest = max(child.voices, key=lambda v: (v.said_on, v.created_at), default=None)
    return ChildRecord(
        id=child.source_ref, first_name=child.first_name, age=child.age, school_year=child.school_year_now, gender=child.gender,
        region=child.region, town=child.town, lat=child.latitude, lon=child.longitude,
        own_words=newest.words if newest else "", link_worker_note=child.link_worker_note, interests=tuple(child.interests),
        needs=tuple((need.code, need.priority) for need in sorted(child.live_needs, key=lambda n: (n.position, n.priority, n.code))),
        goals=child.goals_text, barriers=child.barriers, max_km=child.max_km,
        windows=tuple(Window(tuple(w["days"]), w["start"], w["end"]) for w in child.windows),
        holidays_ok=child.are_holidays_ok, online_ok=child.is_online_ok, max_cost_pence=child.max_cost_pence,
        languages=tuple(child.languages), step_free=child.needs_step_free, girls_only=child.is_girls_only,
        sibling_ages=tuple(child.sibling_ages), max_group=child.max_group, quiet_required=child.needs_quiet,
        parent_cannot_stay=child.parent_cannot_stay,
    )


def export_dict(child: Child) -> dict[str, Any]:
    """One child of children.json: keys and order of the format's sample, so that what came in goes out the same."""
    return to_record(child).as_dict()
